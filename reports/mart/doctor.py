"""Check the marts of a store: whole, and up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from reports.mart.build import FOLDERS, progress
from reports.mart.registry import VIEWS
from reports.mart.state import MartState, marts_of, read_state
from weblog.doctor import Finding
from weblog.errors import UsageError, shown_path
from weblog.site.rules import Site
from weblog.store import Store

_BUILD: Final = "`weblog mart build` brings it up to date (with --folder, where it is elsewhere)."
_ANEW: Final = "`weblog mart build --full` makes it anew (with --folder, where it is elsewhere)."
_LOST: Final = "Remove it by hand, and `weblog mart remove --folder` lets go of it."


def examine_marts(store: Store, site: Site) -> list[Finding]:
    """Check that every mart is where it was built, has the rows it should, and is not behind."""
    return [each for place in marts_of(store) for each in _examined(store, site, place)]


def _examined(store: Store, site: Site, place: Path) -> Iterator[Finding]:
    shown = shown_path(place)
    try:
        state = read_state(place) if place.is_dir() else None
    except UsageError as error:
        yield Finding("mart", "fault", "", error.message, _ANEW)
        return
    if state is None:
        yield Finding("mart", "note", "", f"the mart built in {shown} is not there", _LOST)
        return
    for name in state.parts:
        if name in VIEWS and (problem := _problem(place, state, name)):
            yield Finding("mart", "fault", name, f"{problem} in {shown}", _ANEW)
    behind = [row["view"] for row in progress(store, site, place) if row["behind"]]
    if behind:
        problem = f"the store changed since {', '.join(behind)} were built in {shown}"
        yield Finding("mart", "note", "", problem, _BUILD, len(behind))


def _problem(place: Path, state: MartState, name: str) -> str:
    """Return what is wrong with a view that was built, or nothing."""
    shelf = FOLDERS[state.format](place, VIEWS[name].table(with_customers=state.with_customers))
    expected = sum(part.rows for part in state.parts[name].values())
    try:
        if not shelf.is_there:
            return "is missing, or has other columns,"
        found = shelf.scan().select(pl.first().hash().len()).collect().item()
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        return f"cannot be read ({error})"
    return "" if found == expected else f"has {found:,} rows, expected {expected:,},"
