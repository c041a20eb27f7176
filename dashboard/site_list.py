"""The sites of a dashboard that shows several: a file that names each store and its rules."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dashboard.desk.desk import Files
from dashboard.errors import SiteListError
from weblog.errors import shown_path
from weblog.site import Site, draft_site
from weblog.store import Store, open_store

RULES: Final = "rules.toml"
"""What the rules that choose customers are called, beside the site's rules."""

KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""What a site is called in addresses, accounts and the audit log."""

MOST: Final = 50
"""Sites of one dashboard: each has pages of its own in every process."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(pattern=f"^{KEY.pattern}$")]
    store: Annotated[str, Field(min_length=1)]
    rules: str = ""
    name: Annotated[str, Field(max_length=80)] = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    site: Annotated[list[_Row], Field(min_length=1, max_length=MOST)]


@dataclass(frozen=True, slots=True)
class ListedSite:
    """A site of the dashboard.

    Attributes:
        key: what it is called in addresses, in accounts and in the audit log.
        name: what readers call it: the list's word, else that of its rules, else the key.
        store: its own.
        site: its own rules.
        files: where these lie, and beside them ``rules.toml``, which chooses customers.
    """

    key: str
    name: str
    store: Store
    site: Site
    files: Files = field(default_factory=Files)


def load_sites(file: Path) -> tuple[ListedSite, ...]:
    """Read a list of sites, open their stores and check their rules.

    Paths are those from the list's folder.

    Raises:
        SiteListError: the list is wrong; all that is wrong is said at once.
        StoreError: a store cannot be opened.
        SiteError: the rules of a site are wrong.
    """
    shown = shown_path(file)
    try:
        rows = _File.model_validate(tomllib.loads(file.read_text("utf-8"))).site
    except OSError as error:
        raise SiteListError(shown, f"cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteListError(shown, f"is no TOML: {error}") from error
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise SiteListError(shown, "; ".join(faults)) from error
    for what, said in (
        ("key", [row.key for row in rows]),
        ("store", [str((file.parent / row.store).resolve()) for row in rows]),
    ):
        twice = sorted({one for one in said if said.count(one) > 1})
        if twice:
            raise SiteListError(shown, f"several sites have the {what} {', '.join(twice)}")
    return tuple(_listed(row, file.parent) for row in rows)


def _listed(row: _Row, beside: Path) -> ListedSite:
    store = open_store(str(beside / row.store))
    site = draft_site(str(beside / row.rules) if row.rules else None).checked()
    own = "" if site.name == Site().name else site.name
    files = Files()
    if row.rules:
        files = Files(str(beside / row.rules), str((beside / row.rules).with_name(RULES)))
    return ListedSite(row.key, row.name or own or row.key, store, site, files)
