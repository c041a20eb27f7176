"""What rejected lines look like, and what can be done about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from weblog.errors import FormatError
from weblog.formats import KNOWN, Format
from weblog.formats.detect import detect
from weblog.parse import Reason

LOOKED_AT: Final = 256
"""Lines detection is run on: as many as a file's first ones."""

_TLS = re.compile(rb"\x16\x03[\x00-\x04]")
_ZEROES = re.compile(rb"\x00{4}")
_ERROR_LOGS: Final = (
    (re.compile(rb"\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"), "Apache's error log"),
    (re.compile(rb"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[[a-z]+\] \d+#"), "nginx's error log"),
    (re.compile(rb"(?:PHP |Traceback|\tat |\s+File \")"), "a program's error message"),
)

_OF_REASON: Final = {
    Reason.TOO_LONG: "longer than any server writes; only its first 64 KiB are kept",
    Reason.CUT_OFF: "cut off: the log was copied while it was being written, or the disk was full",
    Reason.BINARY: "binary: a write that was torn apart, or no log at all",
    Reason.BAD_TIME: "of the format, but its time is none: a damaged line, or a clock gone wrong",
    Reason.BAD_NUMBER: "of the format, but its status, bytes or duration is no number: damaged, or "
    "another column than the format says",
    Reason.NO_REQUEST: "well written, but of no request: a message of the server's own",
    Reason.NO_FIELDS: "before any line that names the columns: give them with --format "
    '\'w3c:{"fields":"date time ..."}\', or csv: with columns',
}


def advice(lines: Sequence[bytes], reason: str, tried: str) -> str:
    """Return what lines of one shape look like, for people; empty where nothing is known.

    Args:
        lines: some of them, without line ends.
        reason: why they were rejected (:class:`weblog.parse.Reason`).
        tried: the format that did not fit, written out.
    """
    found = better_format(lines, tried)
    if found is not None:
        return f"looks like {found}: `weblog rejects replay --format {quoted(found)}`"
    first = lines[0]
    if _TLS.search(first):
        return "TLS on a plain port: a client spoke https where http is expected"
    if _ZEROES.search(first):
        return "zero bytes: the machine stopped while the log was being written"
    if reason == Reason.NOT_THE_FORMAT:
        return next(
            (f"a line of {what}" for pattern, what in _ERROR_LOGS if pattern.match(first)), ""
        )
    return _OF_REASON.get(Reason(reason), "")


def better_format(lines: Sequence[bytes], tried: str) -> str | None:
    """Return the name of the format, other than ``tried``, that at least half of ``lines`` fit."""
    looked_at = [line for line in lines[:LOOKED_AT] if line.strip()]
    try:
        found = detect(looked_at, "")
    except FormatError:
        return None
    return None if KNOWN[found.name] == tried or found.share * 2 < 1 else found.name


def name_of(log_format: Format) -> str:
    """Return the name of a known format, else the format written out."""
    return next((name for name, text in KNOWN.items() if text == log_format.text), log_format.text)


def quoted(text: str) -> str:
    """Return an argument as a shell takes it."""
    return text if re.fullmatch(r"[\w./:-]+", text) else "'" + text.replace("'", "'\\''") + "'"
