"""What a format tells of a hit, in the words of people: for listings and for detection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from weblog.formats.format import Format

_TIMES: Final = ("time", "date", "clock", "zone", "fraction")


def told_by(log_format: Format) -> tuple[str, ...]:
    """Return what a format tells, each once, in the order of the line.

    Parts of the time are ``time``, durations of every unit ``duration``; ``host`` is told too by
    requests that are whole addresses.
    """
    return tuple(dict.fromkeys(_words(log_format)))


def _words(log_format: Format) -> Iterator[str]:
    for field in log_format.fields:
        if field is None:
            continue
        if field.startswith(_TIMES):
            yield "time"
        elif field.startswith("duration_"):
            yield "duration"
        else:
            yield field
    if getattr(log_format, "names_hosts", False):
        yield "host"
