"""What a mart's folder says of itself, and what a store knows of the copies made of it.

``mart.json`` in the folder: of which store it is, its format, and what each part was made from.
``copies.json`` in the store: folders elsewhere and databases that hold what was in the store, so
that whoever is erased from it can be erased from them, or it can be said where else to look.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from reports.mart.changes import Part
from weblog.errors import UsageError, shown_path
from weblog.remote.place import place as at
from weblog.store import Store
from weblog.store.layout import write_atomically

Format = Literal["delta", "parquet"]

MART: Final = "mart.json"
COPIES: Final = "copies.json"
OWN: Final = "mart"
"""The folder of a store's own mart, in the store."""

_LAYOUT: Final = 1


@dataclass(frozen=True, slots=True)
class MartState:
    """What a mart is: ``parts`` by view and part; ``store`` is the id of the store's sessions."""

    store: str
    format: Format
    with_customers: bool
    parts: Mapping[str, Mapping[str, Part]] = field(default_factory=dict)

    def with_parts(self, view: str, parts: Mapping[str, Part]) -> MartState:
        """Return the state with other parts of one view."""
        return replace(self, parts={**self.parts, view: dict(parts)})

    def write(self, folder: Path) -> None:
        """Write it to the mart in ``folder``."""
        views = {
            name: {part: list(asdict(each).values()) for part, each in sorted(parts.items())}
            for name, parts in sorted(self.parts.items())
        }
        told = {
            "weblog_mart": _LAYOUT,
            "store": self.store,
            "format": self.format,
            "with_customers": self.with_customers,
            "views": views,
        }
        write_atomically(folder / MART, json.dumps(told, indent=1), mode=0o600)


def read_state(folder: Path) -> MartState | None:
    """Return what the mart in ``folder`` is; None where there is none.

    Raises:
        UsageError: it is damaged, or of another version.
    """
    try:
        told = json.loads((folder / MART).read_text("utf-8"))
        if told["weblog_mart"] != _LAYOUT:
            raise UsageError(f"{shown_path(folder)}: the mart is of another version of weblog")
        parts = {
            name: {part: Part(*each) for part, each in found.items()}
            for name, found in told["views"].items()
        }
        return MartState(told["store"], told["format"], told["with_customers"], parts)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{shown_path(folder)}: {MART} is damaged ({error}). Remove the folder and build the "
            "mart again: it holds nothing that is not in the store."
        ) from None


@dataclass(frozen=True, slots=True)
class Copies:
    """Folders, as absolute paths, and databases (URL without the password, schema)."""

    folders: tuple[str, ...] = ()
    databases: tuple[tuple[str, str], ...] = ()

    def with_folder(self, folder: Path) -> Copies:
        """Return the same with a folder."""
        return replace(self, folders=tuple(sorted({*self.folders, str(folder)})))

    def without_folder(self, folder: Path) -> Copies:
        """Return the same without a folder."""
        return replace(self, folders=tuple(sorted({*self.folders} - {str(folder)})))

    def with_database(self, url: str, schema: str) -> Copies:
        """Return the same with a schema of a database."""
        return replace(self, databases=tuple(sorted({*self.databases, (url, schema)})))

    def without_database(self, url: str, schema: str) -> Copies:
        """Return the same without a schema of a database."""
        return replace(self, databases=tuple(sorted({*self.databases} - {(url, schema)})))

    def write(self, store: Store) -> None:
        """Write it to the store."""
        told = {"folders": list(self.folders), "databases": [list(e) for e in self.databases]}
        write_atomically(store.folder / COPIES, json.dumps(told, indent=1), mode=0o600)


def copies_of(store: Store) -> Copies:
    """Return the copies made of a store, but for its own mart.

    Raises:
        UsageError: the list is damaged.
    """
    try:
        told = json.loads((store.folder / COPIES).read_text("utf-8"))
        databases = tuple((str(url), str(schema)) for url, schema in told["databases"])
        return Copies(tuple(map(str, told["folders"])), databases)
    except FileNotFoundError:
        return Copies()
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{COPIES} is damaged ({error}). Restore it from a backup, or remove it"
        raise UsageError(f"{shown_path(store.folder)}: {problem}.") from None


def marts_of(store: Store) -> list[Path]:
    """Return the folders of a store's marts, its own first, whether they are there or not."""
    own = store.folder / OWN
    found = [own] if (own / MART).is_file() else []
    return [*found, *(at(each) for each in copies_of(store).folders)]
