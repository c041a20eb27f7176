"""Rules that somebody proposes: as text, against the rules in force.

Rules may name files, and whoever reads rules reads these. What is proposed is only text: no file
is opened for it that the rules in force do not name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from weblog.site.load import Draft, draft_of, told_by
from weblog.site.rules import Site, Tables

NAMES: Final[Mapping[str, str]] = {
    "skip": "name", "keep": "name", "categories": "category", "products": "product",
    "goals": "goal", "events": "event", "funnels": "funnel", "segments": "segment",
    "scheduled": "scheduled", "webhooks": "webhook", "alerts": "alert",
}  # fmt: skip
"""Sections of several entries, and the setting by which an entry is known."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed: the draft, and the settings that name files which were not opened."""

    draft: Draft
    unopened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that differs: its place such as ``session.inactivity_minutes``, and both values.

    None: it is not there. A list of tables is compared by the names of its entries; where their
    order is another, ``place`` is the section and the values are the names.
    """

    place: str
    before: Any
    after: Any


def proposed(text: str, force: Site, shown: str = "site.toml") -> Proposal:
    """Look at a text as rules that could replace ``force``."""
    rules, fault = told_by(text)
    if fault is not None:
        return Proposal(Draft(shown, Site(), (fault,)), ())
    folder, unopened = Path(force.folder), []
    geo = rules.get("geo")
    if isinstance(geo, dict) and geo.get("database", force.geo.database) != force.geo.database:
        rules = {**rules, "geo": {key: geo[key] for key in geo if key != "database"}}
        unopened.append("geo.database")
    draft = draft_of(rules, shown, folder)
    kept = {}
    for name in Tables.model_fields:
        file = getattr(draft.site.tables, name)
        if file is not None and file != getattr(force.tables, name):
            unopened.append(f"tables.{name}")
        else:
            kept[name] = file
    site = draft.site.model_copy(update={"tables": Tables(**kept)})
    return Proposal(Draft(shown, site, draft.faults), tuple(unopened))


def differences(before: Site, after: Site) -> list[Difference]:
    """Return the settings in which two sites' rules differ, in the order of the sections."""
    one, other = (
        each.model_dump(mode="json", by_alias=True, exclude={"folder"}) for each in (before, after)
    )
    return [found for name in one for found in _compared(name, one[name], other[name], name)]


def _compared(place: str, one: Any, other: Any, section: str) -> Iterator[Difference]:
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from _compared(f"{place}.{key}", one.get(key), other.get(key), section)
    elif place == section and section in NAMES:
        yield from _of_entries(place, one, other, NAMES[section])
    else:
        yield Difference(place, one, other)


def _of_entries(place: str, one: list[Any], other: list[Any], name: str) -> Iterator[Difference]:
    before = {str(each[name]): each for each in one}
    after = {str(each[name]): each for each in other}
    if len(before) < len(one) or len(after) < len(other):  # several of a name: as a whole
        yield Difference(place, one, other)
        return
    for key in dict.fromkeys([*before, *after]):
        if key not in before or key not in after:
            yield Difference(f"{place}[{key}]", before.get(key), after.get(key))
        else:
            yield from _compared(f"{place}[{key}]", before[key], after[key], "")
    kept = [key for key in before if key in after], [key for key in after if key in before]
    if kept[0] != kept[1]:
        yield Difference(place, *kept)
