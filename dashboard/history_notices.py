"""The warnings of the report of what other tools counted, in Korean."""

from __future__ import annotations

from typing import Final

KOREAN: Final[dict[str, str]] = {
    "no_history": (
        "다른 도구의 기록이 없습니다: `weblog history load FILE`로 AWStats 데이터 파일, GoAccess "
        "JSON 보고서, Matomo 일별 데이터를 불러오세요"
    ),
    "history_counted_whole": (
        "다른 도구는 모든 방문을 셌습니다: 기간만 적용되고 다른 필터는 적용되지 않습니다"
    ),
    "history_bytes_withheld": "이 저장소의 바이트는 집계만 보는 사용자에게 표시하지 않습니다",
}
"""Code to its Korean text."""
