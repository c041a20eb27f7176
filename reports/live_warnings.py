"""What to know beside the figures of the last minutes, in English."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "live_is_old": (
        "the newest hit is {minutes} minutes old: nobody follows the logs, or nothing is written "
        "to them; `weblog ingest --follow LOG` reads lines as they are written, `weblog status` "
        "says who follows"
    ),
    "live_counted_whole": (
        "the last minutes are counted whole: neither the period nor any filter applies"
    ),
}
"""Code to its text."""
