"""The warnings of the report of the last minutes in Korean."""

from __future__ import annotations

from typing import Final

KOREAN: Final[dict[str, str]] = {
    "live_is_old": (
        "가장 최근 요청이 {minutes}분 전입니다: 로그를 따라 읽고 있지 않거나 로그에 새 줄이 "
        "없습니다. `weblog ingest --follow LOG`는 쓰이는 대로 읽고, `weblog status`는 누가 읽는지 "
        "알려 줍니다"
    ),
    "live_counted_whole": "최근 몇 분은 전체를 셉니다: 기간과 필터는 적용되지 않습니다",
}
"""Code to its Korean text."""
