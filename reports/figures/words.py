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
    "category": ("Content", "콘텐츠"),
    "product": ("Product", "상품"),
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
    "all_cohorts": ("All", "전체"),
    "people": ("People", "인원"),
    "months_since": ("Months since the first · % who came back", "첫 달부터 지난 개월 · 재방문 %"),
    "weeks_since": ("Weeks since the first · % who came back", "첫 주부터 지난 주 · 재방문 %"),
    "months_bought": ("Months since the first · % who bought", "첫 달부터 지난 개월 · 구매 %"),
    "weeks_bought": ("Weeks since the first · % who bought", "첫 주부터 지난 주 · 구매 %"),
    "stage_signs": (
        "last month: + came  − left  ↗ stepped up",
        "지난달: + 유입  − 이동  ↗ 다음 단계",
    ),
    "days_since_visit": ("Days since the last visit:", "마지막 방문 후 일수:"),
    "or_more": ("{} or more", "{} 이상"),
    "never": ("never", "방문 없음"),
    "affinity_note": (
        "100: like everybody. Blue: more,<br>amber: less; pale: may be chance",
        "100: 전체와 같음. 파랑: 더 많이,<br>황색: 더 적게, 옅은 색: 우연일 수 있음",
    ),
    "taste_note": (
        "100: like all customers.<br>Pale: not sure yet",
        "100: 전체 고객과 같음.<br>옅은 색: 아직 확실하지 않음",
    ),
    "too_few": ("too few for a conclusion", "결론을 내리기에는 너무 적음"),
    "grey_chance": ("grey: may be chance", "회색: 우연일 수 있음"),
    "lift_axis": ("Lift, with 95% interval", "향상도(lift)와 95% 신뢰구간"),
    "lift_less": ("less than expected", "기대보다 적음"),
    "lift_more": ("more", "기대보다 많음"),
    "gap_axis": ("Share of purchases ÷ share of interest", "구매 비중 ÷ 관심 비중"),
    "gap_less": ("looked at more", "관심이 더 많음"),
    "gap_more": ("bought more", "구매가 더 많음"),
    "looked": ("Looked at it", "상품 조회"),
    "looked_not": ("Did not look", "조회하지 않음"),
    "bought_within": ("Bought within {days} days", "{days}일 안에 구매한 비율"),
    "association": (
        "an association, not an effect",
        "연관이며 원인이라는 뜻은 아님",
    ),
    "days_since_look": ("Days since the first look", "첫 조회 후 일수"),
    "share_bought": ("Have bought", "구매한 비율"),
    "curve_point": (
        "{product}, day {day}: {share} have bought ({low} – {high}), {left} watched",
        "{product}, {day}일째: {share} 구매({low} – {high}), 관찰 중 {left}명",
    ),
    "other_pages": ("(other pages)", "(기타 페이지)"),
    "no_category": ("(no category)", "(분류 없음)"),
    "left": ("left the site", "사이트 이탈"),
    "came_in": ("visit began here", "여기서 방문 시작"),
    "went_on": ("went on", "계속 이동"),
    "lost": ("lost at this step", "이 단계에서 이탈"),
    "of_all": ("of all who began", "시작한 전체 대비"),
    "of_previous": ("of the step before", "이전 단계 대비"),
    "step": ("Step", "단계"),
    "searches": ("Searches", "검색 수"),
    "rare_terms": ("(rarer terms)", "(드문 검색어)"),
    "probability": ("Probability", "확률"),
    "ndcg": ("nDCG at 5 (filled: served)", "nDCG@5 (채워진 점: 제공 중)"),
    "served": ("served", "제공 중"),
    "turned_to": ("Next product", "다음 상품"),
    "viewed_newly": ("Newly viewed", "새로 본 상품"),
    "bought": ("Bought", "가입한 상품"),
    "read_newly": ("Newly read", "새로 읽은 글"),
    "evidence": ("evidence", "근거"),
    "popular_in_group": ("popular in group", "집단 인기"),
    "popular": ("popular", "전체 인기"),
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
