"""Read ``site.toml``: every fault at once, each with its place, value and expectation."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from weblog.endless import refuse_endless
from weblog.errors import SiteError, shown_path
from weblog.site.faults import Fault, rule_fault, toml_fault
from weblog.site.geo import database_problem
from weblog.site.rules import SegmentRule, Site, defined_twice

_ENDLESS: Final = re.compile("0[xob][0-9a-fA-F_]{1000}")
_DIGITS: Final = "expected no number of a thousand digits"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file of rules says, right or wrong.

    Attributes:
        path: the file, as people type it.
        site: the rules. With faults, they are good for one thing, to look for more of them:
            what is wrong has its default, but for segments, which are as they were written.
        faults: all that the file alone tells.
    """

    path: str
    site: Site
    faults: tuple[Fault, ...] = ()

    def checked(self) -> Site:
        """Return the rules, if they are without a fault.

        Raises:
            SiteError: carries every fault.
        """
        if self.faults:
            raise SiteError(self.path, list(self.faults))
        return self.site


def load_site(path: str | Path | None) -> Site:
    """Return the rules in the file ``path``; without a path, the rules of a site that wrote none.

    Raises:
        SiteError: the file is missing, is no TOML, or breaks a rule; carries every fault.
    """
    return draft_site(path).checked()


def site_from(rules: dict[str, Any], shown: str, folder: Path) -> Site:
    """Validate rules that were read from the file called ``shown``, lying in ``folder``.

    Raises:
        SiteError: carries every fault.
    """
    return draft_of(rules, shown, folder).checked()


def draft_site(path: str | Path | None) -> Draft:
    """Read the rules in the file ``path``, with their faults."""
    if path is None:
        return Draft("site.toml", Site())
    file = Path(path)
    rules, fault = written_rules(file)
    if fault is not None:
        return Draft(shown_path(file), Site(), (fault,))
    return draft_of(rules, shown_path(file), file.resolve().parent)


MISSING: Final = (
    "the file",
    "not there",
    "expected a file of site rules; `weblog init` writes one",
)


def written_rules(file: Path) -> tuple[dict[str, Any], Fault | None]:
    """Return what a TOML file of rules says; if it cannot be read, nothing, and why."""
    try:
        refuse_endless(file)
        return told_by(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        fault = (f"line {line}", "", "expected text in UTF-8; save the file in that encoding")
    except FileNotFoundError:
        fault = MISSING
    except IsADirectoryError:
        fault = ("the path", "a folder", "expected a file of site rules")
    except OSError as error:
        fault = ("the file", f"unreadable ({error.strerror})", "expected a file of site rules")
    return {}, fault


def told_by(text: str) -> tuple[dict[str, Any], Fault | None]:
    """Return what a text in TOML says; if it is none, nothing, and why."""
    if _ENDLESS.search(text):  # Python reads it, but refuses to write it
        return {}, ("the file", "", _DIGITS)
    try:
        return tomllib.loads(text), None
    except tomllib.TOMLDecodeError as error:
        return {}, toml_fault(str(error), text)
    except RecursionError:
        return {}, ("the file", "", "expected fewer lists or tables inside of each other")
    except ValueError:  # of int(), for more digits than Python reads
        return {}, ("the file", "", _DIGITS)


def draft_of(rules: dict[str, Any], shown: str, folder: Path) -> Draft:
    """Look at rules as they are read from the file called ``shown``, lying in ``folder``."""
    written = {name: value for name, value in rules.items() if name != "folder"}
    faults = [("folder", "", "unknown setting")] if "folder" in rules else []
    try:
        site = Site.model_validate({**written, "folder": str(folder)})
    except ValidationError as error:
        found = error.errors(include_url=False)
        faults += [rule_fault(item, written) for item in found]
        right = _without(written, [item["loc"] for item in found])
        site = Site.model_validate({**right, "folder": str(folder)})
        segments = _segments(written.get("segments", []))
        site = site.model_copy(update={"segments": segments})
        problem = defined_twice(segments)
        if problem and all(expected != problem for _, _, expected in faults):
            faults.append(("segments", "", problem))  # not sought where a single rule is wrong
    unusable = database_problem(site.geo, site.folder)
    return Draft(shown, site, (*faults, unusable) if unusable else tuple(faults))


def _without(rules: dict[str, Any], places: list[tuple[int | str, ...]]) -> dict[str, Any]:
    """Return the rules without what is wrong: single tables, else the whole section."""
    wrong = {place[0] for place in places if place[0] != "tables" or len(place) == 1}
    if wrong & {"goals", "events", "categories", "products"}:
        wrong.add("funnels")  # their steps name what is not there then
    right = {name: value for name, value in rules.items() if name not in wrong}
    tables = {place[1] for place in places if place[0] == "tables" and len(place) > 1}
    if tables and "tables" in right:
        named = right["tables"].items()
        right["tables"] = {name: file for name, file in named if name not in tables}
    return right


def _segments(written: object) -> tuple[SegmentRule, ...]:
    """Return the segment rules as they were written; one without a condition always holds."""
    rules = []
    for number, each in enumerate(written if isinstance(written, list) else [], start=1):
        rule = each if isinstance(each, dict) else {}
        name, condition = rule.get("segment"), rule.get("when")
        rules.append(
            SegmentRule(
                segment=name if isinstance(name, str) else f"number {number}",
                when=condition if isinstance(condition, str) else "TRUE",
            )
        )
    return tuple(rules)
