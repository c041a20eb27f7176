"""Saved views: a page and what its address says, under a name.

File ``saved-views.json`` of the store's folder. A view is its owner's, or shown to everybody who
may see that page and ask for its filters. Views of single customers or browsers are not saved:
an erasure does not look for people there.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dashboard.access.roles import Reader
from dashboard.pages import PAGES
from dashboard.view import DEFAULT_PERIOD, read
from reports.coarse import BY_REGISTER
from reports.query import ID_FILTERS
from weblog.errors import UnknownNameError
from weblog.record_book import Record, RecordBook, WrittenError, one_line

FILE: Final = "saved-views.json"

LONGEST: Final = 80
"""Characters of a name."""

LONGEST_ADDRESS: Final = 4_000
"""Characters of what is saved of an address."""

MOST: Final = 100
"""Views of one owner."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view.

    Attributes:
        id: its number.
        name: what it is called, as text.
        owner: name of the account; empty: who need not log in.
        shared: whether others see it.
        path: of the page.
        search: the part of the address behind the path, ``?`` included; empty: nothing chosen.
        written: when it was saved or last changed, UTC.
    """

    id: str
    name: str
    owner: str
    shared: bool
    path: str
    search: str
    written: datetime

    @property
    def address(self) -> str:
        """Where it leads."""
        return self.path + self.search


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The views of a store; ``folder`` is the store's."""

    folder: Path

    @property
    def book(self) -> RecordBook:
        """The file they stand in: who looks at what is not for every user of the machine."""
        return RecordBook(self.folder / FILE, mode=0o600)

    def all(self) -> list[SavedView]:
        """Return all views by name.

        Raises:
            StoreError: their file is damaged.
        """
        return sorted(
            self.book.read_as(_read), key=lambda one: (one.name.casefold(), one.name, one.id)
        )

    def of(self, reader: Reader) -> list[SavedView]:
        """Return the views a reader may open: the own ones, and shared ones that are for them."""
        return [one for one in self.all() if may_open(reader, one)]

    def get(self, number: str) -> SavedView:
        """Return the view with this id.

        Raises:
            UnknownNameError: there is none.
        """
        views = {one.id: one for one in self.all()}
        if number not in views:
            raise UnknownNameError("saved view", number[:LONGEST], list(views))
        return views[number]

    def save(
        self, name: str, owner: str, path: str, search: str, *, shared: bool, at: datetime
    ) -> SavedView:
        """Save a view; one of the same name and owner is replaced.

        Raises:
            UnknownNameError: no page is at that path.
            WrittenError: it cannot be saved under that name, or not at all.
        """
        told = one_line(name, "name", LONGEST)
        kept = understood(path, search)
        made = SavedView(secrets.token_hex(4), told, owner, shared, path, kept, at.astimezone(UTC))

        def saved(records: list[Record]) -> list[Record]:
            left = [one for one in records if (one["name"], one["owner"]) != (told, owner)]
            if sum(one["owner"] == owner for one in left) >= MOST:
                raise WrittenError("view", "too_many", MOST)
            return [*left, _record(made)]

        self.book.change(saved)
        return made

    def change(
        self, number: str, *, at: datetime, name: str | None = None, shared: bool | None = None
    ) -> SavedView:
        """Rename a view, share it, or keep it to its owner.

        Raises:
            UnknownNameError: there is none with this id.
            WrittenError: it cannot be called that.
        """
        found = self.get(number)
        told = found.name if name is None else one_line(name, "name", LONGEST)
        is_shared = found.shared if shared is None else shared
        made = replace(found, name=told, shared=is_shared, written=at.astimezone(UTC))

        def changed(records: list[Record]) -> list[Record]:
            if any(_is_same(one, made) for one in records):
                raise WrittenError("name", "taken")
            return [_record(made) if one["id"] == number else one for one in records]

        self.book.change(changed)
        return made

    def delete(self, number: str) -> SavedView:
        """Delete a view; return what it was.

        Raises:
            UnknownNameError: there is none with this id.
        """
        gone = self.get(number)
        self.book.change(lambda records: [one for one in records if one["id"] != gone.id])
        return gone


def understood(path: str, search: str) -> str:
    """Return what of an address is saved: what the page understands, and options of its cards.

    Raises:
        UnknownNameError: no page is at that path.
        WrittenError: it is too long, or chooses single people.
    """
    if path not in PAGES:
        raise UnknownNameError("page", path[:LONGEST], list(PAGES))
    if len(search) > LONGEST_ADDRESS:
        raise WrittenError("address", "too_long", LONGEST_ADDRESS)
    if any("\ud800" <= sign <= "\udfff" for sign in search):
        raise WrittenError("address", "signs")  # halves of letters: no browser writes them
    page = PAGES[path]
    view, _ = read(search, page.cards.period if page.cards else DEFAULT_PERIOD)
    if view.chosen.keys() & ID_FILTERS.keys():
        raise WrittenError("view", "people")
    return view.search


def may_open(reader: Reader, view: SavedView) -> bool:
    """Say whether a reader is shown a view: none of a page or a filter that is not for them."""
    page = PAGES.get(view.path)
    if page is None or not reader.sees(page.role):
        return False
    if view.owner != reader.name and not view.shared and not reader.sees("admin"):
        return False
    chosen, _ = read(view.search)
    return reader.sees("marketer") or not chosen.chosen.keys() & BY_REGISTER


def may_change(reader: Reader, owner: str) -> bool:
    """Say whether a reader may change what ``owner`` keeps.

    Where nobody logs in, a reader who is no viewer is whoever works at that machine.
    """
    if reader.how == "open":
        return reader.sees("marketer")
    return reader.name == owner or reader.sees("admin")


def _is_same(record: Record, view: SavedView) -> bool:
    same = (record["name"], record["owner"]) == (view.name, view.owner)
    return same and record["id"] != view.id


def _record(view: SavedView) -> Record:
    return {**asdict(view), "written": view.written.isoformat(timespec="seconds")}


def _read(record: Record) -> SavedView:
    return SavedView(
        id=str(record["id"]),
        name=str(record["name"]),
        owner=str(record["owner"]),
        shared=bool(record["shared"]),
        path=str(record["path"]),
        search=str(record["search"]),
        written=datetime.fromisoformat(record["written"]),
    )
