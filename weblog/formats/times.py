r"""How logs write times: each way a row, and strftime formats compiled to one.

``pattern`` is what the text looks like, ``written`` how chrono (the reader behind polars) reads
it (https://docs.rs/chrono/latest/chrono/format/strftime/). Reading is done by
:func:`weblog.parse.times.instants`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from weblog.errors import FormatError

Part = Literal["time", "date", "clock", "zone", "fraction"]


@dataclass(frozen=True, slots=True)
class TimeKind:
    """One way to write a time or a part of one.

    Attributes:
        name: what formats call it.
        pattern: what it looks like, as bytes.
        part: what it tells: all (``time``), or a piece that is put together with others.
        written: chrono formats, of which one fits; those without ``%#z`` are local times. Empty:
            a number, since 1970 or of the second that others tell.
        per_second: how many of that number are a second.
    """

    name: str
    pattern: bytes
    part: Part = "time"
    written: tuple[str, ...] = ()
    per_second: int = 1

    @property
    def may_lack_zone(self) -> bool:
        """Whether it can be a time without a zone: then the format's is taken, else UTC."""
        return any("%#z" not in each for each in self.written)


_FRACTION: Final = rb"(?:[.,]\d{1,9})?"
_CLOCK: Final = rb"\d{2}:\d{2}:\d{2}" + _FRACTION
_DAY: Final = rb"\d{2}/[A-Z][a-z]{2}/\d{4}"
_DATE: Final = rb"\d{4}-\d{2}-\d{2}"
_ZONE: Final = rb"(?:Z|[+-]\d{2}(?::?\d{2})?)"

CLF: Final = TimeKind(
    "clf", _DAY + b":" + _CLOCK + rb" [+-]\d{4}", written=("%d/%b/%Y:%H:%M:%S%.f %#z",)
)
"""``17/May/2015:10:05:03 +0900``: what ``%t`` writes between brackets."""

ISO: Final = TimeKind(
    "iso",
    _DATE + b"[T ]" + _CLOCK + b" ?" + _ZONE,
    written=("%Y-%m-%dT%H:%M:%S%.f%#z",),
)

KINDS: Final = {
    kind.name: kind
    for kind in (
        CLF,
        ISO,
        TimeKind("clf_local", _DAY + b":" + _CLOCK, written=("%d/%b/%Y:%H:%M:%S%.f",)),
        TimeKind(
            "clf_any",
            _DAY + b":" + _CLOCK + rb"(?: [+-]\d{4})?",
            written=("%d/%b/%Y:%H:%M:%S%.f %#z", "%d/%b/%Y:%H:%M:%S%.f"),
        ),
        TimeKind("iso_local", _DATE + b"[T ]" + _CLOCK, written=("%Y-%m-%dT%H:%M:%S%.f",)),
        TimeKind(
            "iso_any",
            _DATE + b"[T ]" + _CLOCK + b"(?: ?" + _ZONE + b")?",
            written=("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f"),
        ),
        TimeKind("epoch", rb"\d{9,10}(?:\.\d{1,9})?"),
        TimeKind("epoch_ms", rb"\d{12,13}(?:\.\d{1,6})?", per_second=1_000),
        TimeKind("epoch_us", rb"\d{15,16}", per_second=1_000_000),
        TimeKind("epoch_ns", rb"\d{18,19}", per_second=1_000_000_000),
        TimeKind("date", _DATE, "date", ("%Y-%m-%d",)),
        TimeKind("day", _DAY, "date", ("%d/%b/%Y",)),
        TimeKind("clock", _CLOCK, "clock", ("%H:%M:%S%.f",)),
        TimeKind("zone", rb"[+-]\d{4}", "zone", ("%#z",)),
        TimeKind("msec_frac", rb"\d{3}", "fraction", per_second=1_000),
        TimeKind("usec_frac", rb"\d{6}", "fraction", per_second=1_000_000),
    )
}
"""Every kind by name."""

APACHE: Final = {"sec": "epoch", "msec": "epoch_ms", "usec": "epoch_us"}
"""Apache's names in ``%{...}t`` for kinds; others are kinds of the same name, or strftime.

https://httpd.apache.org/docs/2.4/mod/mod_log_config.html
"""

_NAME: Final = rb"[A-Za-z]{3,9}"
_TWO: Final = rb"\d{1,2}"
_CODES: Final = {
    # strftime -> what it looks like, chrono's code, what it tells
    "Y": (rb"\d{4}", "%Y", "year"),
    "y": (_TWO, "%y", "year"),
    "m": (_TWO, "%m", "month"),
    "b": (rb"[A-Za-z]{3}", "%b", "month"),
    "h": (rb"[A-Za-z]{3}", "%b", "month"),
    "B": (_NAME, "%B", "month"),
    "d": (_TWO, "%d", "day"),
    "e": (rb"[ \d]?\d", "%e", "day"),
    "j": (rb"\d{3}", "%j", "month day"),
    "a": (_NAME, "%a", ""),
    "A": (_NAME, "%A", ""),
    "H": (_TWO, "%H", "hour"),
    "k": (rb"[ \d]?\d", "%k", "hour"),
    "I": (_TWO, "%I", "hour"),
    "l": (rb"[ \d]?\d", "%l", "hour"),
    "p": (rb"[APap][Mm]", "%p", ""),
    "M": (_TWO, "%M", "minute"),
    "S": (_TWO + _FRACTION, "%S%.f", "second"),
    "z": (_ZONE, "%#z", "zone"),
    "Z": (rb"[A-Z]{2,5}", "%Z", ""),
    "n": (b"\n", "\n", ""),
    "t": (b"\t", "\t", ""),
    "%": (b"%", "%%", ""),
}
_LONG: Final = {
    "F": "%Y-%m-%d",
    "D": "%m/%d/%y",
    "x": "%m/%d/%y",
    "T": "%H:%M:%S",
    "X": "%H:%M:%S",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "c": "%a %b %e %H:%M:%S %Y",
}
_DATE_PARTS: Final = frozenset({"year", "month", "day"})


@lru_cache(maxsize=64)
def strftime(text: str) -> TimeKind:
    """Compile a format of strftime, as of the C library.

    Raises:
        FormatError: a code that no time can be read by.
    """
    if text == "%s":
        return KINDS["epoch"]
    spelled = re.sub(r"%([FDxTXRrc])", lambda match: _LONG[match[1]], text)
    pattern, written, tells = b"", "", set[str]()
    for literal, code in re.findall(r"([^%]+)|%[-_0^EO]?(.)", spelled):
        if literal:
            pattern += re.escape(literal.encode())
            written += literal
            continue
        if code not in _CODES:
            raise FormatError(text, f"a time of which %{code} cannot be read")
        looks, chrono, told = _CODES[code]
        pattern, written = pattern + looks, written + chrono
        tells |= set(told.split())
    return TimeKind(text, pattern, _part(tells), (written,))


def _part(tells: set[str]) -> Part:
    if tells >= _DATE_PARTS | {"hour", "minute"}:
        return "time"
    if tells == {"zone"}:
        return "zone"
    return "clock" if "hour" in tells or tells & {"minute", "second"} else "date"


def apache_time(argument: str) -> TimeKind:
    """Return the kind of ``%{argument}t``; ``begin:`` and ``end:`` before it are let go."""
    argument = re.sub("^(?:begin|end):", "", argument)
    name = APACHE.get(argument, argument)
    if name in KINDS:
        return KINDS[name]
    return strftime(argument if "%" in argument else _of_java(argument))


_JAVA: Final = {
    "yyyy": "%Y",
    "yy": "%y",
    "MMMM": "%B",
    "MMM": "%b",
    "MM": "%m",
    "dd": "%d",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "a": "%p",
    "EEE": "%a",
    "Z": "%z",
    "ZZZ": "%z",
    "X": "%z",
    "XX": "%z",
    "XXX": "%z",
}


def _of_java(text: str) -> str:
    """Write a SimpleDateFormat of Tomcat or Jetty, such as ``yyyy-MM-dd HH:mm:ss.SSS``, so."""
    text = re.sub(r"\|.*$", "", text)  # Jetty's zone and locale
    text = re.sub("ss[.,]S+", "ss", text)  # seconds may have a fraction anyway
    words = re.findall(r"'([^']*)'|(([A-Za-z])\3*)|([^A-Za-z']+)", text)
    return "".join(
        _JAVA.get(code, code) if code else literal + other for literal, code, _, other in words
    )


_ZONED: Final = re.compile(r"(.+)@([A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*)", re.DOTALL)


def split_zone(text: str) -> tuple[str, str | None]:
    """Return a format and the zone of its times, from ``FORMAT@Asia/Seoul``.

    >>> split_zone("haproxy@Asia/Seoul"), split_zone("%h %t")
    (('haproxy', 'Asia/Seoul'), ('%h %t', None))
    """
    found = _ZONED.fullmatch(text)
    if found is None or not is_zone(found[2]):
        return text, None
    return found[1], found[2]


def is_zone(name: str) -> bool:
    """Say whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
