"""The words inside figures, in English and Korean."""

from __future__ import annotations

from typing import Final

from reports.figures.numbers import check_language

WORDS: Final[dict[str, tuple[str, str]]] = {
    "page_views": ("Page views", "페이지뷰"),
    "sessions": ("Sessions", "세션"),
    "visitors": ("Visitors", "방문자"),
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
    "credited": ("Conversions credited, with 95 % intervals", "기여 전환수 (95% 구간)"),
    "too_few": ("* too few for a conclusion", "* 결론을 내리기에는 너무 적음"),
    "model_last_touch": ("Last touch", "마지막 접점"),
    "model_last_non_direct": ("Last non-direct", "마지막 간접 접점"),
    "model_first_touch": ("First touch", "첫 접점"),
    "model_linear": ("Linear", "선형"),
    "model_position_based": ("Position based", "위치 기반"),
    "model_time_decay": ("Time decay", "시간 가중"),
    "model_markov": ("Markov chain", "마르코프 체인"),
    "model_shapley": ("Shapley value", "섀플리 값"),
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
