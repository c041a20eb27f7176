"""What values reports themselves write are called: stages, parts, models, dimensions, answers.

Values of the data (pages, segments of the site, campaigns) are none of these: they are shown as
they are, or by :mod:`dashboard.value_names`.
"""

from __future__ import annotations

from typing import Final

VALUES: Final[dict[str, tuple[str, str]]] = {
    # dimensions
    "segment": ("Segment", "세그먼트"),
    "channel": ("Channel", "채널"),
    "source": ("Source", "소스"),
    "medium": ("Medium", "매체"),
    "campaign": ("Campaign", "캠페인"),
    "content": ("Campaign content", "캠페인 소재"),
    "device": ("Device", "기기"),
    "browser": ("Browser", "브라우저"),
    "os": ("Operating system", "운영 체제"),
    "entry_page": ("Entry page", "진입 페이지"),
    "exit_page": ("Exit page", "종료 페이지"),
    "category": ("Content", "콘텐츠"),
    "product": ("Product", "상품"),
    "page": ("Page", "페이지"),
    "age_band": ("Age", "연령대"),
    "sex": ("Sex", "성별"),
    "occupation": ("Occupation", "직업"),
    "children": ("Children", "자녀 수"),
    "product_held": ("Product held", "보유 상품"),
    # parts and kinds of rows
    "measure": ("Measure", "지표"),
    "viewed": ("Viewed the product", "상품 조회"),
    "bought": ("Bought the product", "상품 구매"),
    "looked at more": ("Looked at more", "관심이 더 많음"),
    "bought more": ("Bought more", "구매가 더 많음"),
    "as expected": ("As expected", "기대한 만큼"),
    "next": ("To the next step", "다음 단계로"),
    "previous": ("Before", "이전"),
    "left": ("Left the site", "사이트 이탈"),
    "more": ("Went on beyond", "이후 단계로 계속"),
    "began": ("Visit began", "방문 시작"),
    "earlier": ("Began earlier", "그 전에 시작"),
    "(other pages)": ("(other pages)", "(기타 페이지)"),
    "(no category)": ("(no category)", "(분류 없음)"),
    "sessions": ("Sessions", "세션"),
    "visitors": ("Visitors", "방문자"),
    "customers": ("Customers", "고객"),
    "count": ("count", "건수"),
    "rate": ("rate", "비율"),
    "ratio": ("ratio", "배수"),
    "money": ("amount", "금액"),
    "current": ("Current", "현재"),
    "day": ("Day", "날짜별"),
    "other days": ("Other days", "다른 날"),
    "undated": ("Without a day", "날짜 없음"),
    "total": ("Total", "합계"),
    "stage": ("Stages", "단계"),
    "flow": ("Moves", "이동"),
    "summary": ("Summary", "요약"),
    "curve": ("Day by day", "일별"),
    "active": ("Visited lately", "최근 방문"),
    "recency": ("Days since the last visit", "마지막 방문 후 일수"),
    "going_dormant": ("Holds a product, gone quiet", "보유 중이나 방문 없음"),
    "frequency": ("Logins in a month", "월간 로그인"),
    "never": ("never", "방문 없음"),
    # stages of the relationship
    "first-time anonymous": ("First-time anonymous", "첫 방문 익명"),
    "anonymous": ("Anonymous", "익명"),
    "member": ("Member", "회원"),
    "customer": ("Customer", "고객"),
    "repeat customer": ("Repeat customer", "재구매 고객"),
    "dormant": ("Dormant", "휴면"),
    "reactivated": ("Reactivated", "재활성"),
    "churned": ("Churned", "이탈 고객"),
    "prospect": ("Prospect", "가망 고객"),
    "(new)": ("(new)", "(신규)"),
    "(recognised)": ("(recognised)", "(확인됨)"),
    "(not known yet)": ("(not known yet)", "(아직 모름)"),
    # cohorts
    "first_visit": ("First visit", "첫 방문"),
    "joined": ("Joined", "가입"),
    "first_purchase": ("First purchase", "첫 구매"),
    "month": ("Months", "월"),
    "week": ("Weeks", "주"),
    "calendar": ("Calendar", "달력 기준"),
    "rolling": ("Rolling days", "경과일 기준"),
    # models
    "last_touch": ("Last touch", "마지막 접점"),
    "last_non_direct": ("Last non-direct", "마지막 간접 접점"),
    "first_touch": ("First touch", "첫 접점"),
    "linear": ("Linear", "선형"),
    "position_based": ("Position based", "위치 기반"),
    "time_decay": ("Time decay", "시간 가중"),
    "markov": ("Markov chain", "마르코프 체인"),
    "shapley": ("Shapley value", "섀플리 값"),
    # robots
    "everybody": ("Everybody", "전체"),
    "strictness": ("By strictness", "엄격도별"),
    "counted": ("Counted as robots", "봇으로 셈"),
    "sort": ("By sort", "종류별"),
    "purpose": ("By purpose", "목적별"),
    "AI": ("AI crawlers", "AI 크롤러"),
    "robot": ("By robot", "로봇별"),
    "reason": ("By reason", "이유별"),
    "loose": ("Loose", "느슨"),
    "default": ("Default", "기본"),
    "strict": ("Strict", "엄격"),
    "training": ("Training", "학습"),
    "search": ("Search", "검색"),
    "user": ("For a user", "사용자 요청"),
    "unstated": ("Not stated", "밝히지 않음"),
    # rejects
    "binary": ("Binary", "이진 데이터"),
    "cut_off": ("Cut off", "잘린 행"),
    "not_the_format": ("Not the format", "형식 불일치"),
    "rule set": ("Rule set", "규칙 집합"),
    "one rule changed": ("One rule changed", "규칙 하나 변경"),
    "site": ("The site's rules", "사이트 규칙"),
}  # fmt: skip
"""Value to (English, Korean); a value that is not here is shown as it is."""

NAMED: Final = frozenset(
    {
        *("kind", "part", "of", "by", "across", "model", "direction", "reading", "stage"),
        *("stage_to", "unit", "outcome", "level", "purpose", "band", "period", "rules"),
    }
)
"""Columns whose values a report itself wrote, all of them."""

WRITTEN: Final = frozenset({"(other pages)", "(no category)", "(not known yet)"})
"""What a report writes among values of the data."""
