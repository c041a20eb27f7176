r"""GoatCounter's way to write a format: ``goatcounter:FORMAT||DATETIME``.

Such as ``goatcounter:$remote_addr $ignore [$datetime] "$method $path $http" $status $size``. The
time is written as Go does, by the parts of one certain instant (``02/Jan/2006:15:04:05 -0700``,
which it is where nothing is said), or named (``unix_milli``). What its fields mean:
https://www.goatcounter.com/help/logfile
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from weblog.errors import FormatError
from weblog.formats.log_format import LogFormat, compile_parts
from weblog.formats.parts import Directive, Part, merged, time_of
from weblog.formats.times import KINDS, TimeKind, split_zone, strftime

FIELDS: Final = {
    "remote_addr": "client",
    "xff": "header:x-forwarded-for",
    "method": "method",
    "status": "status",
    "path": "target",
    "url": "target",
    "query": "query",
    "referrer": "referrer",
    "user_agent": "user_agent",
    "host": "host",
    "size": "bytes",
    "timing_sec": "duration_s",
    "timing_milli": "duration_ms",
    "timing_micro": "duration_us",
    "http": None,
    "content_type": None,
    "accept_language": None,
    "ignore": None,
}
"""What its fields fill; ``$datetime``, ``$date`` and ``$time`` are times."""

_EPOCHS: Final = {
    "unix_sec": "epoch",
    "unix_sec_float": "epoch",
    "unix_milli": "epoch_ms",
    "unix_milli_float": "epoch_ms",
    "unix_nano": "epoch_ns",
}
_GO: Final = {
    "January": "%B",
    "Jan": "%b",
    "Monday": "%A",
    "Mon": "%a",
    "2006": "%Y",
    "-07:00": "%z",
    "-0700": "%z",
    "Z07:00": "%z",
    "Z0700": "%z",
    "MST": "%Z",
    "01": "%m",
    "02": "%d",
    "_2": "%e",
    "03": "%I",
    "04": "%M",
    "05": "%S",
    "06": "%y",
    "15": "%H",
    "PM": "%p",
}
_GO_PART: Final = re.compile("|".join(_GO))
_FIELD: Final = re.compile(r"\$([a-z_]+)")
_COMMON: Final = "02/Jan/2006:15:04:05 -0700"


@lru_cache(maxsize=64)
def compile_goatcounter(text: str) -> LogFormat:
    """Compile what stands behind ``goatcounter:``.

    Raises:
        FormatError: a field or a time that is not understood, no time or no request.
    """
    written, zone = split_zone(text)
    fields, *times = written.split("||")
    parts: list[Part] = []
    reached = 0
    for found in _FIELD.finditer(fields):
        behind = fields[found.end() :]
        parts += [fields[reached : found.start()], _part(found[1], behind, times, text)]
        reached = found.end()
    return compile_parts(f"goatcounter:{text}", merged([*parts, fields[reached:]]), zone)


def _part(name: str, behind: str, times: list[str], text: str) -> Directive:
    if name in ("datetime", "date", "time"):
        # The formats of $date and $time stand behind in the order of the fields.
        written = times.pop(0) if times else _COMMON
        return time_of(f"${name}", _time(written))
    if name not in FIELDS:
        advice = f"Its fields: {', '.join(FIELDS)}."
        raise FormatError(f"goatcounter:{text}", f"GoatCounter has no ${name}", advice)
    pattern = _up_to(behind) if name == "ignore" else None
    return Directive(f"${name}", FIELDS[name], pattern=pattern)


def _up_to(behind: str) -> bytes | None:
    """Return what ``$ignore`` lets go: what the first sign that divides it from the next is not.

    None where a blank does: then it is a word as any.
    """
    divider = behind.partition("$")[0]
    if sign := divider.strip()[:1]:
        return rb"[^" + re.escape(sign.encode()) + rb"]*?"
    return None if divider else rb".*?"


def _time(written: str) -> TimeKind:
    if written in _EPOCHS:
        return KINDS[_EPOCHS[written]]
    spelled = re.sub(r"05[.,][09]+", "05", written)  # seconds may have a fraction anyway
    return strftime(_GO_PART.sub(lambda found: _GO[found[0]], spelled))
