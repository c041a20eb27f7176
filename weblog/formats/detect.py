"""Which format a file is written in, told by its first lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from weblog.errors import FormatError
from weblog.formats.format import Format
from weblog.formats.known import KNOWN, format_named

ENOUGH: Final = 0.1
"""The share of a file's first lines a format must fit to be taken for the file's."""


def detect_format(lines: Sequence[bytes], shown: str) -> Format:
    """Return the known format that fits most of ``lines``, the first lines of a file.

    Args:
        lines: without line ends, none of them empty.
        shown: what to call the file in the error.

    Raises:
        FormatError: none fits a tenth of them; says what the first line looks like.
    """
    ranked = [(format_named(text).fit(lines), text) for text in KNOWN.values()]
    share, text = max(ranked, key=lambda pair: pair[0])
    if share < ENOUGH:
        first = repr(lines[0][:100])[1:] if lines else "nothing"
        raise FormatError(
            "",
            f"{shown}: no known format fits its first {len(lines)} lines; the first is {first}",
            "If it is an access log, give its LogFormat with --format or in site.toml "
            "(log_format); if not, leave it out.",
        )
    return format_named(text)
