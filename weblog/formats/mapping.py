"""What formats with a map of fields share: which fields there are, and how times are told.

JSON, W3C, CSV and regular expressions name the fields of a hit and say where each is found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import available_timezones

from weblog.errors import FormatError, did_you_mean
from weblog.formats.times import strftime

FIELDS: Final = {
    "time": "when: ISO 8601, CLF, or seconds, ms, us or ns since 1970, told apart by themselves",
    "date": "the date, where the time stands elsewhere",
    "clock": "the time of day, where the date stands elsewhere",
    "client": "address or name of the client, perhaps with its port, or a list of proxies",
    "user": "the logged-in user",
    "request": "the request line, such as GET /plan?id=3 HTTP/1.1",
    "method": "the method",
    "target": "path, or path and query, or the whole URL",
    "query": "the query",
    "url": "the whole URL: target and host in one",
    "status": "HTTP status",
    "bytes": "bytes sent",
    "duration": "how long it took, with its unit: 12ms, 0.5s",
    "duration_s": "how long it took, in seconds",
    "duration_ms": "in milliseconds",
    "duration_us": "in microseconds",
    "duration_ns": "in nanoseconds",
    "referrer": "the Referer header",
    "user_agent": "the User-Agent header",
    "host": "the host asked for",
}
"""The fields that a format can fill; besides ``cookie:NAME`` and ``header:NAME``."""

_NAMED: Final = re.compile(r"cookie:[^\s=;]+|header:[a-z0-9_-]+")
_NO_ZONES: Final = frozenset({"localtime", "Factory"})
"""Files of the zone database that are no zones of polars'."""

_SPELLED: Final = {"json": "like", "csv": "like", "regex": "pattern"}
"""The key of what stands alone behind a prefix."""

_REQUESTS: Final = frozenset({"request", "target", "url"})


@dataclass(frozen=True, slots=True)
class TimeRule:
    """How times are written.

    Attributes:
        format: strftime format of ``time`` (of ``date`` and ``clock`` with a blank between),
            None where they tell by themselves how they are written.
        zone: the zone of times that say none; None: UTC.
    """

    format: str | None = None
    zone: str | None = None


def time_rule(spec: Mapping[str, Any], text: str) -> TimeRule:
    """Return what ``time_format`` and ``zone`` of a spec say.

    Raises:
        FormatError: no such zone, or a format that tells no time.
    """
    written, zone = (_text(spec, key, text) for key in ("time_format", "zone"))
    if zone is not None and zone not in available_timezones() - _NO_ZONES:
        raise FormatError(text, f"no time zone is called {zone!r}", "One is Asia/Seoul.")
    if written is not None and strftime(written).part != "time":
        raise FormatError(text, f"time_format {written!r} tells no date and time of day")
    return TimeRule(written, zone)


def check_fields(names: Iterable[str], text: str) -> None:
    """Check the fields that a format fills.

    Raises:
        FormatError: one that is none, two durations, no time, or no request.
    """
    known = set(names)
    for name in sorted(known):
        if name not in FIELDS and not _NAMED.fullmatch(name):
            fields = ", ".join(FIELDS)
            raise FormatError(
                text,
                f"no field is called {name!r}",
                f"{did_you_mean(name, list(FIELDS))} Fields: {fields}, cookie:NAME, header:name "
                "(lower case).".strip(),
            )
    if "time" not in known and not {"date", "clock"} <= known:
        raise FormatError(text, "it has no time (or date and clock)")
    if len(several := sorted(name for name in known if name.startswith("duration"))) > 1:
        raise FormatError(text, f"it has several durations ({', '.join(several)})")
    if not known & _REQUESTS:
        raise FormatError(text, "it has no request (or target, or url)")


def read_spec(prefix: str, text: str, keys: Iterable[str] | None) -> dict[str, Any]:
    """Return what stands behind ``prefix:``, a JSON object with no key but ``keys`` (None: any).

    Raises:
        FormatError: it is none, or has a key nobody knows.
    """
    whole = f"{prefix}:{text}"
    try:
        spec = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise FormatError(whole, f"what follows {prefix}: is no JSON ({error})") from None
    if not isinstance(spec, dict):
        raise FormatError(whole, f"what follows {prefix}: is no JSON object")
    known = list(spec if keys is None else keys)
    for key in spec:
        if key not in known:
            advice = f"{did_you_mean(key, known)} Known: {', '.join(known)}.".strip()
            raise FormatError(whole, f"it has {key!r}, which means nothing", advice)
    return spec


def written_spec(prefix: str, spec: Mapping[str, Any]) -> str:
    """Return the text of a format: its prefix and its spec, as short as can be."""
    shown = json.dumps(spec, ensure_ascii=False, separators=(",", ":")) if spec else ""
    return f"{prefix}:{shown}"


def with_time_format(text: str, written: str) -> str:
    """Return the text of a format with ``time_format`` in its spec.

    Args:
        text: ``json:``, ``csv:`` or ``regex:`` and what follows.
        written: how times are written, as strftime does.

    Raises:
        FormatError: a format that says how its times are written by itself, or no such time.
    """
    prefix, _, rest = text.partition(":")
    if prefix not in _SPELLED:
        advice = "A time format is for json:, csv: and regex:; a LogFormat has %{...}t."
        raise FormatError(text, "it says by itself how its times are written", advice)
    strftime(written)
    if rest.lstrip().startswith("{"):
        spec = read_spec(prefix, rest, None)
    else:
        spec = {_SPELLED[prefix]: rest} if rest else {}
    return written_spec(prefix, {**spec, "time_format": written})


def _text(spec: Mapping[str, Any], key: str, text: str) -> str | None:
    value = spec.get(key)
    if value is not None and not isinstance(value, str):
        raise FormatError(text, f"{key} is no text")
    return value
