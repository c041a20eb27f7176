"""Comma-separated values, and what is like them: columns at a separator, perhaps in quotes.

The columns are named by a first line (``csv:``), or by the format::

    csv:{"columns": "time client method url status bytes", "separator": "|"}

A column that is named like a field of a hit is that field; so are the usual other names
(:data:`NAMES`); ``fields`` says so of others, as ``{"fields": {"client": "ip"}}``. Beside these:
``time_format`` and ``zone`` (:class:`weblog.formats.mapping.TimeRule`), and ``like``, a map of
ours. A line is a line: a line end within quotes, which CSV allows, no log has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from weblog.errors import FormatError, did_you_mean
from weblog.formats.columns import split_line
from weblog.formats.mapping import (
    FIELDS,
    TimeRule,
    check_fields,
    read_spec,
    time_rule,
    written_spec,
)
from weblog.formats.named.csv_maps import MAPS, NAMES
from weblog.formats.times import split_zone

PREFIX: Final = "csv"
BOM: Final = b"\xef\xbb\xbf"
_KEYS: Final = ("like", "columns", "separator", "fields", "time_format", "zone")
AZURE: Final = "azure_storage"
_LOOKS: Final = {
    "status": re.compile(r"\d{3}(?:\.0)?|-?|0"),
    "time": re.compile(r".*\d.*"),
    "bytes": re.compile(r"\d*|-"),
}


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """Columns at a separator.

    ``columns`` are their names in small letters, empty where the first line says them; ``of``
    the columns that hold each field, of which the first that the file has is taken.
    """

    text: str
    separator: str
    columns: tuple[str, ...]
    of: tuple[tuple[str, tuple[str, ...]], ...]
    times: TimeRule
    is_azure: bool = False

    @property
    def fields(self) -> tuple[str | None, ...]:
        """The fields it fills; where only the file says them, the least there are."""
        if self.columns:
            return tuple(self.places(self.columns))
        own = [name for name, names in self.of if names[0] != name]
        return tuple(own) or ("time", "target")

    def places(self, columns: Sequence[str]) -> dict[str, int]:
        """Return the number of the column that holds each field."""
        places: dict[str, int] = {}
        durations = 0
        for name, names in self.of:
            found = next((columns.index(each) for each in names if each in columns), None)
            is_duration = name.startswith("duration")
            if found is not None and not (is_duration and durations):
                places[name] = found
                durations += is_duration
        return places

    def is_header(self, values: Sequence[str]) -> bool:
        """Say whether these columns name the columns: time and request are among them."""
        return lacks(self.places(names_of(values))) is None

    def fit(self, lines: Sequence[bytes]) -> float:
        """Return the share of ``lines`` that name the columns, or have as many."""
        columns: Sequence[str] = self.columns
        fitting = 0
        for line in lines:
            text = line.removeprefix(BOM).decode("utf-8", "replace")
            values = split_line(text, self.separator)
            if not self.columns and self.is_header(values):
                columns = names_of(values)
                fitting += 1
            elif columns and len(values) == len(columns):
                fitting += self._looks_right(columns, values)
        return fitting / len(lines) if lines and columns else 0.0

    def _looks_right(self, columns: Sequence[str], values: Sequence[str]) -> bool:
        places = self.places(columns)
        return all(
            pattern.fullmatch(values[places[name]])
            for name, pattern in _LOOKS.items()
            if name in places
        )


def lacks(fields: Mapping[str, object]) -> str | None:
    """Return what fields lack to be a hit: ``time`` or ``request``; None if nothing."""
    if "time" not in fields and not {"date", "clock"} <= fields.keys():
        return "time"
    return None if {"request", "target", "url"} & fields.keys() else "request"


def names_of(values: Sequence[str]) -> list[str]:
    """Return columns as they are compared; names of cookies are what they are."""
    stripped = [value.strip() for value in values]
    return [name if name.startswith("cookie:") else name.lower() for name in stripped]


@lru_cache(maxsize=64)
def compile_csv(text: str) -> CsvFormat:
    """Compile what stands behind ``csv:``, the name of a map or a JSON object.

    Raises:
        FormatError: no such map, a field that is none, no time, or no request.
    """
    whole = f"{PREFIX}:{text}"
    spec = _spec(text)
    like = spec.get("like")
    maps = {**(_map(like, whole) if like is not None else {}), **spec}
    separator = maps.get("separator", ",")
    if not isinstance(separator, str) or len(separator.encode()) != 1 or separator in '"\r\n':
        raise FormatError(whole, f"separator is {separator!r}, not one sign")
    columns = _columns(maps.get("columns", ""), whole)
    own = _own(maps.get("fields", {}), whole)
    of = {**{name: (name, *NAMES.get(name, ())) for name in FIELDS}, **own}
    of |= {each: (each,) for each in columns if each.startswith(("cookie:", "header:"))}
    shown = f"{PREFIX}:{like}" if list(spec) == ["like"] else written_spec(PREFIX, spec)
    rule = time_rule(maps, whole)
    is_azure = str(like).startswith(AZURE)
    made = CsvFormat(shown, separator, columns, tuple(of.items()), rule, is_azure)
    check_fields([*own, "time", "request"], whole)
    if columns:
        check_fields(made.places(columns), whole)
    return made


def _columns(names: object, whole: str) -> tuple[str, ...]:
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return tuple(names_of(names))
    if not isinstance(names, str):
        raise FormatError(whole, "columns is no text such as 'time client url status'")
    return tuple(names_of(names.split()))


def _own(fields: object, whole: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(fields, Mapping):
        raise FormatError(whole, "fields is no map of a field to a column")
    own = {}
    for name, columns in fields.items():
        several = columns if isinstance(columns, list) else [columns]
        texts = [each for each in several if isinstance(each, str)]
        if not texts or len(texts) < len(several):
            raise FormatError(whole, f"{columns!r} is no column and no list of columns")
        own[str(name)] = tuple(names_of(texts))
    return own


def _spec(text: str) -> dict[str, Any]:
    name, zone = split_zone(f"{PREFIX}:{text}")
    if zone is not None:
        return {**_spec(name.removeprefix(f"{PREFIX}:")), "zone": zone}
    if re.fullmatch(r"[a-z0-9_]+", text):
        return {"like": text}
    return read_spec(PREFIX, text, _KEYS)


def _map(name: object, whole: str) -> Mapping[str, Any]:
    if name not in MAPS:
        advice = f"{did_you_mean(str(name), list(MAPS))} Known: {', '.join(MAPS)}.".strip()
        raise FormatError(whole, f"no map of columns is called {name!r}", advice)
    return MAPS[str(name)]
