"""The words inside figures, in English and Korean."""

from __future__ import annotations

from typing import Final

from reports.figures.numbers import check_language

WORDS: Final[dict[str, tuple[str, str]]] = {
    "page_views": ("Page views", "페이지뷰"),
    "sessions": ("Sessions", "세션"),
    "visitors": ("Visitors", "방문자"),
    "customers": ("Customers", "고객"),
    "new_visitors": ("New visitors", "신규 방문자"),
    "logins": ("Logins", "로그인"),
    "visitors_logged_in": ("Visitors who logged in", "로그인 방문자"),
    "sessions_logged_in": ("Sessions with a login", "로그인 세션"),
    "logins_per_session": ("Logins per session", "세션당 로그인"),
    "logins_per_visitor": ("Logins per logged-in visitor", "로그인 방문자당 로그인"),
    "bounces": ("Bounces", "이탈"),
    "bounce_rate": ("Bounce rate", "이탈률"),
    "engaged": ("Engaged sessions", "참여 세션"),
    "engagement_rate": ("Engagement rate", "참여율"),
    "converted": ("Converted sessions", "전환 세션"),
    "conversions": ("Conversions", "전환"),
    "conversion_rate": ("Conversion rate", "전환율"),
    "value": ("Value", "전환 가치"),
    "visits_per_week": ("Visits per week", "주당 방문"),
    "views_per_session": ("Pages per visit", "방문당 페이지"),
    "sessions_per_visitor": ("Visits per visitor", "방문자당 방문"),
    "conversions_per_session": ("Conversions per visit", "방문당 전환"),
    "value_per_session": ("Value per visit", "방문당 전환 가치"),
    "logged_in_rate": ("Visits with a login", "로그인 방문 비율"),
    "viewed_category": ("Content", "콘텐츠"),
    "viewed_product": ("Product", "상품"),
    "all_others": ("all others", "나머지 전체"),
    "premium": ("Premium", "보험료"),
    "all_segments": ("All", "전체"),
    "previous": ("previous", "비교 기간"),
    "current": ("current", "현재 기간"),
    "other": ("Other", "기타"),
    "none": ("(none)", "(없음)"),
    "average": ("average", "평균"),
    "channel": ("Channel", "채널"),
    "segment": ("Segment", "세그먼트"),
    "device": ("Device", "기기"),
    "campaign": ("Campaign", "캠페인"),
    "page": ("Page", "페이지"),
    "kind_page": ("Page views", "페이지뷰"),
    "kind_event": ("Events", "이벤트"),
    "kind_static": ("Static files", "정적 파일"),
    "kind_bot": ("Bots", "봇"),
    "kind_error": ("Errors", "오류"),
    "kind_internal": ("Internal", "내부"),
    "kind_other": ("Other hits", "기타 요청"),
    "not_known_yet": ("(not known yet)", "(아직 모름)"),
    "own_rules": ("the site's rules", "사이트 규칙"),
    "robot_hits": ("Hits of robots", "봇 요청"),
    "no_rows": ("Nothing to show", "표시할 데이터가 없습니다"),
}
"""Key to (English, Korean)."""

SORT_WORDS: Final[dict[str, str]] = {
    "AI": "AI 크롤러",
    "search engine": "검색 엔진",
    "SEO": "SEO 도구",
    "monitoring": "모니터링",
    "link preview": "링크 미리보기",
    "advertising": "광고",
    "feed reader": "피드 리더",
    "archiver": "아카이브",
    "academic": "학술",
    "tool": "도구",
    "browser automation": "브라우저 자동화",
    "scanner": "취약점 스캐너",
    "no agent": "사용자 에이전트 없음",
    "the site's own rule": "사이트 규칙",
    "behaviour": "행동으로 판별",
    "unnamed": "이름 없음",
}
"""Sorts of robots (:data:`weblog.classify.robots.SORTS`) in Korean."""


def word(key: str, language: str) -> str:
    """Return the word for ``key``.

    Raises:
        UnknownNameError: no such language.
    """
    check_language(language)
    english, korean = WORDS[key]
    return korean if language == "ko" else english
