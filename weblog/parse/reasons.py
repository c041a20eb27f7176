"""Why a line did not become a hit: every reason, once."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a line was rejected. The value is what column ``reason`` of table rejects holds."""

    TOO_LONG = "too_long"
    """Longer than weblog.parse.lines.LONGEST bytes: no server writes such a line."""

    CUT_OFF = "cut_off"
    """It begins like a line of the format and ends too early, inside a quoted field."""

    BINARY = "binary"
    """Not of the format, and full of control characters: TLS on a plain port, or a torn write."""

    BAD_TIME = "bad_time"
    """Of the format, but its time is none, such as 31/Feb, or not of the years 1990 to 2199."""

    BAD_NUMBER = "bad_number"
    """Of the format, but its status, bytes or duration is no number, or an impossible one."""

    NO_REQUEST = "no_request"
    """Well written, but without a request: a message of the server's own among its log lines."""

    NO_FIELDS = "no_fields"
    """Before the line that names the columns, so nobody knows what it says."""

    NOT_THE_FORMAT = "not_the_format"
    """Anything else the format does not match."""
