"""The words of a customer card, in English and Korean."""

from __future__ import annotations

from typing import Final

from reports.figures.numbers import check_language
from weblog.errors import UnknownNameError

WORDS: Final[dict[str, tuple[str, str]]] = {
    "customer": ("Customer", "고객"),
    "as_of": ("Everything known at the end of {day}", "{day} 끝 기준"),
    "masked": ("personal data masked", "개인정보 가림 표시"),
    "print": ("Print", "인쇄"),
    "other_language": ("한국어", "English"),
    "find": ("Find a customer", "고객 찾기"),
    "find_help": (
        "Type a whole customer number above, or look by name or telephone under “Find a customer”.",
        "위에 고객 번호 전체를 입력하세요. 이름이나 전화번호로는 ‘고객 찾기’에서 찾을 수 있습니다.",
    ),
    "customer_number": ("Customer number", "고객 번호"),
    "show": ("Show", "보기"),
    "no_card": ("No card", "카드 없음"),
    "unknown_customer": (
        "The register does not know customer “{id}” at the end of {day}.",
        "{day} 기준 고객 명부에 “{id}” 고객이 없습니다.",
    ),
    "wrong_day": (
        "“{day}” is no day: write 2025-11-30.",
        "“{day}”은(는) 날짜가 아닙니다: 2025-11-30처럼 쓰세요.",
    ),
    "who": ("Who", "기본 정보"),
    "why": ("Why this segment", "세그먼트 근거"),
    "rule": ("Rule", "규칙"),
    "no_rule": ("No rule of the site holds.", "해당하는 규칙이 없습니다."),
    "activity": ("At a glance", "한눈에 보기"),
    "suggestions": ("What to suggest", "추천"),
    "interests_note": (
        "Index: 100 looks at it as much as all customers do; near 100 also where little is known.",
        "지수: 100이면 전체 고객과 같은 관심. 알려진 것이 적어도 100에 가깝습니다.",
    ),
    "why_this": ("Because", "이유"),
    "index": ("Index", "지수"),
    "content": ("content", "콘텐츠"),
    "interests": ("What interests them: the last 90 days", "관심사: 최근 90일"),
    "purchases": ("Products held and bought", "보유 및 구매 상품"),
    "contacts": ("Mailings and lists", "받은 메일과 대상 목록"),
    "contacts_note": (
        "What came after a contact need not have come of it: only a held-out group tells that.",
        "연락 이후의 일이 연락 때문이라는 뜻은 아닙니다. 효과는 대조군과 비교해야 알 수 있습니다.",
    ),
    "campaigns": ("Campaigns they came by", "유입 캠페인"),
    "visits": ("Latest visits", "최근 방문"),
    "sms": ("SMS", "문자"),
    "none": ("None.", "없습니다."),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    "category": ("content", "콘텐츠"),
    "product": ("product", "상품"),
    "name": ("Name", "이름"),
    "email": ("E-mail", "이메일"),
    "phone": ("Telephone", "전화"),
    "birth_date": ("Born", "생년월일"),
    "age": ("Age", "나이"),
    "sex": ("Sex", "성별"),
    "F": ("female", "여"),
    "M": ("male", "남"),
    "occupation": ("Occupation", "직업"),
    "children": ("Children", "자녀 수"),
    "grade": ("Grade", "등급"),
    "joined": ("Joined", "가입일"),
    "consent_email": ("E-mail consent", "이메일 수신 동의"),
    "consent_sms": ("SMS consent", "문자 수신 동의"),
    "sessions": ("Visits", "방문"),
    "first_visit": ("First visit", "첫 방문"),
    "last_visit": ("Last visit", "최근 방문일"),
    "days_since_last_visit": ("Days since last visit", "최근 방문 후 (일)"),
    "sessions_90_days": ("Visits, 90 days", "방문 (90일)"),
    "page_views_90_days": ("Page views, 90 days", "페이지뷰 (90일)"),
    "logins": ("Logins", "로그인"),
    "purchase_count": ("Purchases", "구매"),
    "purchases_in_force": ("In force", "유지 계약"),
    "purchase_value": ("Value bought", "구매 금액"),
    "next_maturity": ("Next maturity", "다음 만기일"),
    "days_to_maturity": ("Days to maturity", "만기까지 (일)"),
    "maturing_product": ("Maturing product", "만기 상품"),
    "kind": ("Kind", "구분"),
    "interest": ("What", "내용"),
    "page_views": ("Page views", "페이지뷰"),
    "share": ("Share", "비중"),
    "weight": ("Recent weight", "최근 가중"),
    "dwell_s": ("Time", "체류 시간"),
    "last_viewed": ("Last viewed", "최근 본 날"),
    "is_held": ("Held", "보유"),
    "product_bought": ("Product", "상품"),
    "purchase_id": ("Contract", "계약 번호"),
    "purchased": ("Bought", "구매일"),
    "ended": ("Ended", "종료일"),
    "matures": ("Matures", "만기일"),
    "value": ("Value", "금액"),
    "sold_through": ("Sold through", "판매 경로"),
    "day": ("Day", "날짜"),
    "channel": ("Channel", "채널"),
    "about": ("About", "내용"),
    "offer": ("Offer", "제안 상품"),
    "is_held_out": ("Held out", "대조군"),
    "bounced": ("Bounced", "반송"),
    "visits_after": ("Visits, 7 days", "방문 (7일)"),
    "came_by_it": ("Came by it", "이 메일로 방문"),
    "conversions_after": ("Goals, 30 days", "전환 (30일)"),
    "purchases_after": ("Purchases, 30 days", "구매 (30일)"),
    "campaign": ("Campaign", "캠페인"),
    "title": ("Title", "제목"),
    "conversions": ("Goals", "전환"),
    "date": ("Day", "날짜"),
    "start": ("Time", "시각"),
    "segment": ("Segment", "세그먼트"),
    "device": ("Device", "기기"),
    "entry_page": ("First page", "첫 페이지"),
    "exit_page": ("Last page", "마지막 페이지"),
}
"""Key to (English, Korean)."""


def card_word(key: str, language: str, **facts: object) -> str:
    """Return a text of the card, facts put in.

    Raises:
        UnknownNameError: no such text or language.
    """
    check_language(language)
    if key not in WORDS:
        raise UnknownNameError("text of the card", key, sorted(WORDS))
    return WORDS[key][language == "ko"].format(**facts)
