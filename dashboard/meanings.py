"""What each measure means, in Korean; in English it is :data:`reports.measures.MEASURES`'s own."""

from __future__ import annotations

from typing import Final

from reports.figures.numbers import check_language
from reports.measures import MEASURES

KOREAN: Final[dict[str, str]] = {
    "page_views": (
        "사람이 문서를 성공적으로 본 횟수: GET, 상태 2xx 또는 304, 정적 파일·봇·내부 트래픽 제외"
    ),
    "sessions": "방문: 한 방문자가 길게 쉬지 않고 이어서 남긴 페이지뷰와 이벤트의 묶음",
    "visitors": "서로 다른 브라우저 수. 여러 날에 걸쳐도 한 번만 셈",
    "new_visitors": "생애 첫 세션이 이 기간에 있는 방문자",
    "logins": "로그인: 사이트가 로그인 성공 기록을 지정하면 그 수, 아니면 다른 고객으로 바뀐 횟수",
    "visitors_logged_in": "한 번 이상 로그인한 방문자",
    "sessions_logged_in": "로그인이 한 번 이상 있는 세션",
    "logins_per_session": "로그인 ÷ 세션",
    "logins_per_visitor": "로그인 ÷ 로그인한 방문자",
    "bounces": "페이지뷰가 정확히 하나이고 이벤트나 전환이 없는 세션",
    "bounce_rate": "이탈 ÷ 세션",
    "engaged": "페이지뷰가 둘 이상이거나 10초 이상이거나 전환이 있는 세션",
    "engagement_rate": "참여 세션 ÷ 세션",
    "converted": "목표를 하나 이상 달성한 세션",
    "conversions": "사이트 규칙이 정한 목표 달성 수. 한 세션이 여러 번 달성할 수 있음",
    "conversion_rate": "목표를 달성한 세션 ÷ 세션",
    "value": "달성한 목표의 가치, 사이트 통화 기준",
}  # fmt: skip
"""Measure to its meaning; a test holds the keys against :data:`MEASURES`."""

LOWER_IS_BETTER: Final = frozenset({"bounces", "bounce_rate"})
"""Measures whose rise is shown in the colour of what is bad."""


def meaning(measure: str, language: str) -> str:
    """Return what a measure means, in one sentence.

    Raises:
        UnknownNameError: no such language.
    """
    korean = check_language(language) == "ko"
    return KOREAN[measure] if korean else MEASURES[measure].meaning
