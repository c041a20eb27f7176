"""The words of figures of the last minutes, in English and Korean."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "minute_now": ("now", "지금"),
    "minute_ago": ("−{minutes} min", "{minutes}분 전"),
    "minute_told": ("{when}: {views} page views", "{when}: 페이지뷰 {views}"),
}  # fmt: skip
"""Key to (English, Korean)."""
