"""The words of the figure of days other tools counted, in English and Korean."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "hits": ("Hits", "요청 수"),
    "bytes": ("Bytes", "바이트"),
    "own_count": ("{measure}, counted here", "{measure}, 이 저장소"),
    "imported_count": ("{source} ({tool})", "{source} ({tool})"),
}  # fmt: skip
"""Key to (English, Korean)."""
