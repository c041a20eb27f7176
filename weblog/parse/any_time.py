"""Times that tell by themselves how they are written: ISO 8601, CLF, or a number since 1970.

No text is a time in two of these ways: seconds, milliseconds, microseconds and nanoseconds of the
years 1990 to 2199 have different numbers of digits. So each text has one meaning, whatever
else stands in its chunk; the first ones only decide which way is tried first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from weblog.formats.mapping import TimeRule
from weblog.formats.times import TimeKind, strftime
from weblog.parse.times import instants, is_possible

_UTC: Final = pl.Datetime("us", "UTC")
_LOOK_AT: Final = 50
_FRACTION: Final = r"(?:[.,]\d{1,9})?"
_ZONE: Final = r"(?: ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?"
_ENDS: Final = re.compile(r"^(?:[.,](\d{1,9}))? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$")


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A date and a time of day of fixed length, perhaps a fraction and a zone behind."""

    length: int
    written: str
    looks: str

    @property
    def pattern(self) -> str:
        return f"^{self.looks}{_FRACTION}{_ZONE}$"


_CLOCK: Final = r"\d\d:\d\d:\d\d"
_WAYS: Final = (
    _Spelled(19, "%Y-%m-%dT%H:%M:%S", r"\d{4}-\d\d-\d\dT" + _CLOCK),
    _Spelled(19, "%Y-%m-%d %H:%M:%S", r"\d{4}-\d\d-\d\d " + _CLOCK),
    _Spelled(20, "%d/%b/%Y:%H:%M:%S", r"\d\d/[A-Z][a-z]{2}/\d{4}:" + _CLOCK),
    _Spelled(19, "%Y/%m/%d %H:%M:%S", r"\d{4}/\d\d/\d\d " + _CLOCK),
    _Spelled(19, "%Y-%m-%d\t%H:%M:%S", r"\d{4}-\d\d-\d\d\t" + _CLOCK),
)
# A number below the bound counts in this many parts of a second.
_NUMBERS: Final = ((1e11, 1), (1e14, 1_000), (1e17, 1_000_000), (1e20, 1_000_000_000))


def read_times(texts: pl.Series, rule: TimeRule) -> pl.Series:
    """Return instants (Datetime[us, UTC]); null where the text is no time, or an impossible one."""
    first = texts.head(_LOOK_AT)
    if first.n_unique() * 2 > len(first):
        return _read_all(texts, rule)
    # Many hits a second, and times to the second: read each once.
    coded = texts.cast(pl.Categorical(pl.Categories.random()))
    distinct = coded.dtype.categories.to_series()  # type: ignore[attr-defined]
    return _read_all(distinct, rule).gather(coded.to_physical())


def _read_all(texts: pl.Series, rule: TimeRule) -> pl.Series:
    if rule.format is not None:
        found = _by_format(texts, strftime(rule.format), rule.zone)
    else:
        found = _by_itself(texts.str.strip_chars("[]"), rule.zone)
    possible = pl.when(is_possible(pl.col("ts"))).then("ts")
    return found.to_frame("ts").select(possible).to_series()


def _by_format(texts: pl.Series, kind: TimeKind, zone: str | None) -> pl.Series:
    instant = instants([("time", kind)], zone)
    # chrono also takes blanks for digits
    looks = pl.col("time").str.contains(f"^(?:{kind.pattern.decode()})$")
    return texts.to_frame("time").select(pl.when(looks).then(instant)).to_series()


def _by_itself(texts: pl.Series, zone: str | None) -> pl.Series:
    sample = texts.head(_LOOK_AT).drop_nulls().to_list()
    ways: list[_Spelled | None] = [None, *_WAYS]
    ways.sort(key=lambda way: -sum(_looks_like(text, way) for text in sample))
    found = _read(texts, ways[0], zone)
    for way in ways[1:]:
        left = found.is_null() & texts.is_not_null()
        if not left.any():
            break
        others = left.arg_true()
        found = found.scatter(others, _read(texts.gather(others), way, zone))
    return found


def _looks_like(text: str, way: _Spelled | None) -> bool:
    if way is None:
        return text[:1].isdigit() and text.replace(".", "", 1).isdigit()
    return re.match(way.pattern, text) is not None


def _read(texts: pl.Series, way: _Spelled | None, zone: str | None) -> pl.Series:
    return _number(texts) if way is None else _spelled(texts, way, zone)


def _number(texts: pl.Series) -> pl.Series:
    """Read numbers since 1970; whole ones exactly, for a double has but 53 bits."""
    whole = pl.col("t").cast(pl.Int64, strict=False)
    broken = pl.col("t").cast(pl.Float64, strict=False)
    exact = pl.lit(None, pl.Int64)
    near = pl.lit(None, pl.Float64)
    for bound, per_second in reversed(_NUMBERS):
        micros = (
            whole * (1_000_000 // per_second)
            if per_second <= 1_000_000
            else whole // (per_second // 1_000_000)
        )
        exact = pl.when(whole < min(bound, 9.2e18)).then(micros).otherwise(exact)
        scaled = broken * (1_000_000 / per_second)
        near = pl.when(broken < bound).then(scaled).otherwise(near)
    micros = pl.coalesce(exact, near.round().cast(pl.Int64, strict=False))
    return texts.to_frame("t").select(micros.cast(_UTC)).to_series()


def _spelled(texts: pl.Series, way: _Spelled, zone: str | None) -> pl.Series:
    text = pl.col("t")
    # chrono also takes blanks for digits
    head = pl.when(text.str.contains(way.pattern)).then(text.str.head(way.length))
    frame = texts.to_frame("t").select(
        local=head.str.strptime(pl.Datetime("us"), way.written, strict=False, cache=True),
        end=pl.when(head.is_not_null()).then(text.str.slice(way.length)),
    )
    local = pl.col("local")
    if _repeats(frame["end"]):
        micros, offset = _end(frame["end"].drop_nulls()[0])
        return frame.select(_instant(local + pl.duration(microseconds=micros), offset, zone))["ts"]
    frame = frame.with_columns(_ends(frame["end"]))
    local = local + pl.duration(microseconds="micros")
    told = (local - pl.duration(microseconds="offset")).dt.replace_time_zone("UTC")
    if not frame["offset"].null_count():
        return frame.select(ts=told)["ts"]
    return frame.select(ts=pl.coalesce(told, _placed(local, zone)))["ts"]


def _repeats(ends: pl.Series) -> bool:
    """Say whether all times end alike, so that one look is enough."""
    first = ends.drop_nulls().head(1)
    return bool(len(first)) and bool((ends == first[0]).all())


def _end(text: str) -> tuple[int, int | None]:
    """Return the microseconds and the offset from UTC, in microseconds, of ``.123+09:00``."""
    match = _ENDS.match(text)
    assert match is not None  # noqa: S101  the way's pattern ends so
    return int((match[1] or "")[:6].ljust(6, "0")), _offset(match[2])


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone in ("Z", "UTC", "GMT"):
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-minutes if zone[0] == "-" else minutes) * 60_000_000


def _ends(ends: pl.Series) -> list[pl.Series]:
    """Return ``micros`` and ``offset`` from UTC of every end; null where it says none."""
    end = pl.col("end")
    digits = end.str.extract(r"^[.,](\d{1,6})", 1).str.pad_end(6, "0")
    frame = ends.to_frame("end").select(
        micros=digits.cast(pl.Int64).fill_null(0),
        zone=end.str.extract(r"(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)$", 1),
    )
    zones = frame["zone"].unique().drop_nulls()
    offsets = pl.Series([_offset(each) for each in zones.to_list()], dtype=pl.Int64)
    told = frame["zone"].replace_strict(zones, offsets, default=None, return_dtype=pl.Int64)
    return [frame["micros"], told.rename("offset")]


def _instant(local: pl.Expr, offset: int | None, zone: str | None) -> pl.Expr:
    if offset is None:
        return _placed(local, zone).alias("ts")
    return (local - pl.duration(microseconds=offset)).dt.replace_time_zone("UTC").alias("ts")


def _placed(local: pl.Expr, zone: str | None) -> pl.Expr:
    """Return the instant of a local time; one that the zone leaves out is none."""
    if zone is None:
        return local.dt.replace_time_zone("UTC")
    placed = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return placed.dt.convert_time_zone("UTC")
