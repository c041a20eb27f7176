"""Read an ad system's export: find its header, below whatever stands before it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import polars as pl

from sessionize.ad_costs.systems_known import COLUMNS, Fit, fitted
from sessionize.csv_file import SEPARATORS, rows_of, text_of
from weblog.errors import TableError, UnknownNameError
from weblog.site.ads import AdSystem

_LINES_ABOVE: Final = 40
"""Lines that may stand before the header: a title, the days, the account, filters."""

_LEAST: Final = 3
"""Columns that a line needs to be taken for a header at all."""


@dataclass(frozen=True, slots=True)
class Export:
    """The rows of an export as text, and whose it is.

    ``numbers`` are those of the rows in the file, whose first line is 1; ``faults`` what is
    wrong with rows that could not be read (:mod:`sessionize.bad_rows`).
    """

    fit: Fit
    frame: pl.DataFrame
    numbers: pl.Series
    faults: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Header:
    line: int
    separator: str
    names: list[str]


def read_export(
    content: bytes,
    shown: str,
    known: Mapping[str, AdSystem],
    wanted: str | None,
    given: Mapping[str, str],
) -> Export:
    """Read an export of an ad system.

    Args:
        content: the file's bytes: CSV in UTF-8, UTF-16 or CP949.
        shown: what to call the file in errors.
        known: the ad systems.
        wanted: the name of the one it is of; None to find out by its header.
        given: what the export calls columns of ours, by the user's word.

    Raises:
        UnknownNameError: there is no such ad system, or column.
        TableError: it is no text, no ad system's header is in it, or that of several.
    """
    if wanted is not None and wanted not in known:
        raise UnknownNameError("ad system", wanted, [*known])
    for ours in given:
        if ours not in COLUMNS:
            raise UnknownNameError("column of an ad system's export", ours, [*COLUMNS])
    text, has_unreadable = text_of(content, shown)
    lines = [*islice(io.StringIO(text, newline=""), _LINES_ABOVE)]
    candidates = [known[wanted]] if wanted is not None else [*known.values()]
    header, fit = _header(lines, candidates, given, shown)
    _refuse_missing(fit, header, given, shown)
    below = text[sum(map(len, lines[: header.line])) :]
    rows = rows_of(below, header.separator, header.names, has_unreadable=has_unreadable)
    faults = rows.faults.with_columns(pl.col("row") + header.line)
    bare = pl.all_horizontal(pl.all().str.strip_chars().fill_null("") == "")
    is_filled = ~rows.frame.select(bare.alias("bare"))["bare"]
    numbers = (rows.numbers + header.line).filter(is_filled)
    return Export(fit, rows.frame.filter(is_filled), numbers, faults)


def _header(
    lines: Sequence[str], candidates: Sequence[AdSystem], given: Mapping[str, str], shown: str
) -> tuple[_Header, Fit]:
    """Return the line that is most of a header, and the ad system whose it is most."""
    found = [
        (header, fit)
        for header in _possible(lines)
        for fit in (fitted(each, header.names, given) for each in candidates)
        if len(fit.headers) >= _LEAST or (len(candidates) == 1 and fit.headers)
    ]
    if not found:
        names = ", ".join(each.name for each in candidates)
        fault = ("the header", "not found", f"expected columns of {names}; --column names others")
        raise TableError(shown, [fault])
    best = min(_badness(fit) for _, fit in found)
    whose = [(header, fit) for header, fit in found if _badness(fit) == best]
    if len({fit.system.name for _, fit in whose}) > 1:
        names = ", ".join(sorted({fit.system.name for _, fit in whose}))
        raise TableError(shown, [("the header", f"like that of {names}", "say which with --map")])
    return whose[0]


def _badness(fit: Fit) -> tuple[int, int]:
    """Put first what lacks least, then what has most columns in common."""
    return len(fit.missing), -len(fit.headers)


def _possible(lines: Sequence[str]) -> list[_Header]:
    found = []
    for number, line in enumerate(lines):
        for separator in SEPARATORS:
            fields = next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
            if len(fields) >= _LEAST:
                found.append(_Header(number, separator, _told_apart(fields)))
    return found


def _told_apart(fields: Sequence[str]) -> list[str]:
    """Return names of columns; of several with one name the later ones get a number."""
    seen: Counter[str] = Counter()
    names = []
    for place, field in enumerate(fields, 1):
        name = field.strip() or f"(column {place})"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _refuse_missing(fit: Fit, header: _Header, given: Mapping[str, str], shown: str) -> None:
    """Say which columns an export cannot be without, and what they may be called.

    Raises:
        TableError: some are not there.
    """
    faults = []
    for name in fit.missing:
        called = (given[name],) if name in given else getattr(fit.system, name)
        expected = (
            f"expected one of {', '.join(called)}; --column {name}=... says what it is called"
        )
        if name == "date":
            expected += "; export by day"
        faults.append((f"line {header.line + 1}: column {name} of {fit.system.name}", "missing",
                       expected))  # fmt: skip
    if faults:
        raise TableError(shown, faults)
