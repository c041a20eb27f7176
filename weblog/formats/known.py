"""Formats by name, and how to find out which one a file is written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from weblog.errors import FormatError
from weblog.formats.format import Format
from weblog.formats.log_format import compile_format

_COMBINED: Final = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"'

KNOWN: Final = {
    "combined": _COMBINED,
    "common": '%h %l %u %t "%r" %>s %b',
    "vhost_combined": f"%v:%p {_COMBINED}",
    "vhost_common": '%v %h %l %u %t "%r" %>s %b',
    "combined_host": f"%v {_COMBINED}",
    "combined_duration": f"{_COMBINED} %D",
    "combined_forwarded": f'{_COMBINED} "%{{X-Forwarded-For}}i"',
    "combined_cookie": f'{_COMBINED} "%{{Cookie}}i"',
}
"""Named formats; nginx's ``combined`` is Apache's. Earlier ones win when two fit equally."""

ENOUGH: Final = 0.1
"""The share of a file's first lines a format must fit to be taken for the file's."""


def format_named(name_or_format: str) -> Format:
    """Return the format of that name, or compile the LogFormat string.

    Raises:
        FormatError: neither a known name nor a LogFormat.
    """
    if name_or_format in KNOWN:
        return compile_format(KNOWN[name_or_format])
    if "%" not in name_or_format and "$" not in name_or_format:
        known = ", ".join(KNOWN)
        raise FormatError(name_or_format, "no such name", f"Known: {known}; or a LogFormat string.")
    return compile_format(name_or_format)


def detect_format(lines: Sequence[bytes], shown: str) -> Format:
    """Return the known format that fits most of ``lines``, the first lines of a file.

    Args:
        lines: without line ends, none of them empty.
        shown: what to call the file in the error.

    Raises:
        FormatError: none fits a tenth of them; says what the first line looks like.
    """
    ranked = [(compile_format(text).fit(lines), text) for text in KNOWN.values()]
    share, text = max(ranked, key=lambda pair: pair[0])
    if share < ENOUGH:
        first = repr(lines[0][:100])[1:] if lines else "nothing"
        raise FormatError(
            "",
            f"{shown}: no known format fits its first {len(lines)} lines; the first is {first}",
            "If it is an access log, give its LogFormat with --format or in site.toml "
            "(log_format); if not, leave it out.",
        )
    return compile_format(text)
