"""Which ad systems are known, and which one an export's header is of."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from weblog.errors import UnknownNameError
from weblog.site.ads import AdSystem

COLUMNS: Final = (
    "date",
    "first_day",
    "last_day",
    "campaign",
    "content",
    "term",
    "impressions",
    "clicks",
    "cost",
    "conversions",
    "conversion_value",
    "currency",
)
"""What a column of an export may be."""

_CURRENCY: Final = "{currency}"


@dataclass(frozen=True, slots=True)
class Fit:
    """How an export's header fits an ad system.

    ``headers`` are the columns that were found: ours to theirs; ``currency`` is what a header
    names, such as KRW of ``Amount spent (KRW)``; ``missing`` are columns no export can be
    without.
    """

    system: AdSystem
    headers: Mapping[str, str]
    currency: str | None
    missing: tuple[str, ...]


def systems(own: Sequence[AdSystem] = ()) -> dict[str, AdSystem]:
    """Return the ad systems by name: those of the site, and those that come with the toolkit.

    One of the site's takes the place of another of its name.

    Raises:
        UnknownNameError: one is like another that there is not.
    """
    # Not the folder by its name: that would import it, in the place of this function.
    folder = files("sessionize.ad_costs") / "systems"
    built_in = [
        AdSystem(**tomllib.loads(file.read_text(encoding="utf-8")))
        for file in sorted(folder.iterdir(), key=lambda each: each.name)
        if file.name.endswith(".toml")
    ]
    known = {each.name: each for each in built_in}
    return known | {each.name: _filled(each, known) for each in own}


def _filled(system: AdSystem, known: Mapping[str, AdSystem]) -> AdSystem:
    """Add to the site's headers those of the system it is like."""
    if system.like is None:
        return system
    if system.like not in known:
        raise UnknownNameError("ad system", system.like, [*known])
    base = known[system.like]
    headers = {name: (*getattr(system, name), *getattr(base, name)) for name in COLUMNS}
    kept = {
        name: getattr(system if name in system.model_fields_set else base, name)
        for name in ("source", "medium", "day_format", "decimal")
    }
    return system.model_copy(update=headers | kept)


def fitted(system: AdSystem, header: Sequence[str], given: Mapping[str, str]) -> Fit:
    """Find an ad system's columns in a header.

    Args:
        system: the ad system.
        header: names of the export's columns.
        given: what the export calls columns of ours, by the user's word.
    """
    spelled = {_plain(name): name for name in reversed(header)}
    headers: dict[str, str] = {}
    currency = None
    for column in COLUMNS:
        wanted = (given[column],) if column in given else getattr(system, column)
        for alias in wanted:
            found, code = _found(alias, spelled)
            if found is not None:
                headers[column] = found
                currency = currency or code
                break
    has_day = "date" in headers or {"first_day", "last_day"} <= headers.keys()
    missing = ["date"] if not has_day else []
    missing += [name for name in ("campaign", "cost") if name not in headers]
    return Fit(system, headers, currency, tuple(missing))


def _found(alias: str, spelled: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the header that an alias stands for, and the currency it names."""
    if _CURRENCY not in alias:
        return spelled.get(_plain(alias)), None
    before, after = (re.escape(_plain(part)) for part in alias.split(_CURRENCY))
    for plain, name in spelled.items():
        if code := re.fullmatch(f"{before}([a-z]{{3}}){after}", plain):
            return name, code[1].upper()
    return None, None


def _plain(header: str) -> str:
    """Return a header without what differs between exports: case, width, blanks."""
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", header)).casefold()
