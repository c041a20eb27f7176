"""Fields as text to the columns of rows: times, numbers, addresses; and why a line is no row.

All families whose lines are split into named text share this, so that a field means the same
whatever it was written in. What is usual (all numbers whole, one address) is looked at first;
the whole grammar is only asked where something else stands in the column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from weblog.formats.mapping import TimeRule
from weblog.parse.any_time import read_times
from weblog.parse.reasons import Reason
from weblog.parse.times import PER_MS

_UNITS: Final = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": 1e3, "": 1e3}
_REQUESTS: Final = ("request", "target", "url")
_HOST: Final = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]+)"
_DURATION: Final = r"^(-?[0-9.]+(?:e-?[0-9]+)?) ?(ns|us|µs|μs|ms|s|)$"

Bad = list[tuple[pl.Series, Reason]]


@dataclass(frozen=True, slots=True)
class Typed:
    """Rows as :class:`weblog.parse.Parsed` wants them but for their place, and the others."""

    rows: pl.DataFrame
    rejects: list[tuple[int, Reason]]


def typed(frame: pl.DataFrame, times: TimeRule) -> Typed:
    """Give the fields their types.

    Args:
        frame: ``row`` (place in the chunk, UInt32) and fields of
            :data:`weblog.formats.mapping.FIELDS` as strings; null where the line has none.
        times: how times are written.

    A line is no hit where it has no request (``no_request``), its time is none (``bad_time``),
    or what should be a number is none (``bad_number``), told in this order.
    """
    fields = {name: frame[name] for name in frame.columns}
    absent = frame.select(_absent(frame.columns)).to_series()
    ts = _times(fields, times)
    bad: Bad = [(absent, Reason.NO_REQUEST), (ts.is_null(), Reason.BAD_TIME)]
    columns: dict[str, pl.Series] = {"row": fields["row"], "ts": ts}
    for name, text in fields.items():
        if name in ("row", "time", "date", "clock", "url"):
            continue
        if name in _READERS:
            columns[name], wrong = _READERS[name](text)
            bad.append((wrong, Reason.BAD_NUMBER))
        elif name.startswith("duration"):
            columns["duration_ms"], wrong = _duration(name, text)
            bad.append((wrong, Reason.BAD_NUMBER))
        else:
            columns[name] = text
    if "url" in fields:
        columns |= _address(fields)
    if "status" not in columns:  # what a hit is depends on it, if only on not knowing it
        columns["status"] = pl.Series("status", [None], pl.Int16).new_from_index(0, len(ts))
    return _kept(pl.DataFrame(_one_request(columns)), bad)


def _kept(rows: pl.DataFrame, bad: Bad) -> Typed:
    found = [(wrong, reason) for wrong, reason in bad if wrong.any()]
    if not found:
        return Typed(rows, [])
    reasons: dict[int, Reason] = {}
    for wrong, reason in found:
        for row in rows["row"].filter(wrong).to_list():
            reasons.setdefault(row, reason)
    good = rows.filter(~pl.any_horizontal(wrong for wrong, _ in found))
    return Typed(good, list(reasons.items()))


def _times(fields: Mapping[str, pl.Series], times: TimeRule) -> pl.Series:
    if "time" in fields:
        return read_times(fields["time"], times).rename("ts")
    both = pl.select(pl.concat_str(fields["date"], fields["clock"], separator=" "))
    return read_times(both.to_series(), times).rename("ts")


def _absent(present: Sequence[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_null() for name in _REQUESTS if name in present)


def _said(text: pl.Series) -> pl.Series:
    """Say where text stands that says something."""
    return text.is_not_null() & (text != "") & (text != "-")


def _status(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the status and where it is wrong; 0, as proxies write if none was sent, is null."""
    number = text.cast(pl.Int16, strict=False)
    usual = number.is_between(100, 999).fill_null(value=False)
    if usual.all():
        return number, ~usual
    broken = text.cast(pl.Float64, strict=False)  # 200.0
    number = number.fill_null(broken.cast(pl.Int16, strict=False))
    usual = number.is_between(100, 999).fill_null(value=False)
    wrong = ~usual & _said(text) & (number != 0).fill_null(value=True)
    return _only(number, usual), wrong


def _bytes(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    number = text.cast(pl.Int64, strict=False)
    usual = (number >= 0).fill_null(value=False)
    if usual.all():
        return number, ~usual
    broken = text.cast(pl.Float64, strict=False)
    number = number.fill_null(broken.cast(pl.Int64, strict=False))
    usual = (number >= 0).fill_null(value=False)
    return _only(number, usual), ~usual & _said(text)


_READERS: Final = {"status": _status, "bytes": _bytes}


def _only(number: pl.Series, where: pl.Series) -> pl.Series:
    return pl.select(pl.when(where).then(number).alias(number.name)).to_series()


def _duration(name: str, text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return milliseconds and where they are wrong.

    With a unit in the text nothing is wrong: not every way to write it is known (``1m2s``).
    """
    if name in PER_MS:
        number = text.cast(pl.Float64, strict=False) * PER_MS[name]
    else:
        number = _with_unit(text)
    usual = number.is_finite().fill_null(value=False)
    millis = number.round() if usual.all() else _only(number, usual).round()
    wrong = ~usual & _said(text) if name in PER_MS and not usual.all() else ~usual & usual
    return millis.cast(pl.Int32, strict=False).rename("duration_ms"), wrong


def _with_unit(text: pl.Series) -> pl.Series:
    parts = text.str.extract_groups(_DURATION).struct
    factors = pl.Series(list(_UNITS.values()))
    per_ms = parts.field("2").replace_strict(
        pl.Series(list(_UNITS)), factors, default=None, return_dtype=pl.Float64
    )
    return parts.field("1").cast(pl.Float64, strict=False) * per_ms


def _address(fields: Mapping[str, pl.Series]) -> dict[str, pl.Series]:
    """Return target and host, both of which a whole URL tells."""
    url = fields["url"]
    told = url.str.extract(_HOST, 1)
    target = fields["target"].fill_null(url) if "target" in fields else url
    host = fields["host"].fill_null(told) if "host" in fields else told
    return {"target": target.rename("target"), "host": host.rename("host")}


def _one_request(columns: dict[str, pl.Series]) -> dict[str, pl.Series]:
    """Return the columns with ``request`` or its parts: some logs have now one, now those.

    A null query would make the whole request null.
    """
    if "query" in columns:
        columns["query"] = columns["query"].fill_null("")
    if not {"request", "target"} <= columns.keys():
        return columns
    if columns["request"].null_count():
        columns["request"] = columns["request"].fill_null(_put_together(columns))
    parts = ("method", "target", "query")
    return {name: column for name, column in columns.items() if name not in parts}


def _put_together(columns: Mapping[str, pl.Series]) -> pl.Series:
    """Return request lines of method, target and query."""
    rows = pl.DataFrame(columns)
    blank = pl.lit("")
    method = pl.col("method").fill_null("GET") if "method" in columns else pl.lit("GET")
    query = pl.col("query").replace("-", "") if "query" in columns else blank
    mark = pl.when((query != "") & ~query.str.starts_with("?")).then(pl.lit("?")).otherwise(blank)
    line = pl.concat_str(method, pl.lit(" "), "target", mark, query, pl.lit(" HTTP/1.1"))
    return rows.select(line).to_series()
