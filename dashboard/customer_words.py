"""The words of the page that finds a customer, in English and Korean."""

from __future__ import annotations

from typing import Final

CUSTOMER_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "customers_page": ("Customer", "고객"),
    "customers_page_question": (
        "Who is this, what interests them, and what to suggest?",
        "이 고객은 누구이고, 무엇에 관심이 있고, 무엇을 권할까요?",
    ),
    "search_label": ("Find a customer", "고객 찾기"),
    "search_hint_marketer": (
        ("Customer number or a part of it, name, last four digits of the telephone number; names "
        "are compared as far as your role sees them"),
        ("고객 번호(일부 가능), 이름, 전화번호 끝 네 자리. 이름은 내 권한으로 보이는 만큼만 "
            "비교합니다"),
    ),
    "search_hint_analyst": (
        "A part of the customer number, name, e-mail address or telephone number",
        "고객 번호, 이름, 이메일, 전화번호의 일부",
    ),
    "search_go": ("Find", "찾기"),
    "search_logged": (
        "Searches and opened cards are recorded in the audit log",
        "검색과 카드 열람은 감사 로그에 기록됩니다",
    ),
    "search_customer": ("Number", "고객 번호"),
    "search_name": ("Name", "이름"),
    "search_phone": ("Telephone", "전화"),
    "search_birth": ("Born", "생년월일"),
    "search_grade": ("Grade", "등급"),
    "search_joined": ("Joined", "가입일"),
    "search_found": ("{total} found", "{total}명 찾음"),
    "search_more": (
        "{total} found; the first {shown} are shown. Type more to narrow it down.",
        "{total}명 중 {shown}명만 표시합니다. 더 입력해 범위를 좁히세요.",
    ),
    "search_none": ("No customer fits “{text}”", "“{text}”에 맞는 고객이 없습니다"),
    "search_none_help": (
        ("Check the number, or try the beginning of it, the name alone, or the last four digits of "
        "the telephone number. Who is not in the register has no card."),
        ("번호를 확인하거나 번호 앞부분, 이름만, 또는 전화번호 끝 네 자리로 찾아 보세요. 고객 "
            "명부에 "
        "없는 사람은 카드가 없습니다."),
    ),
    "search_short": ("Type at least {least} characters", "{least}자 이상 입력하세요"),
    "search_no_register": ("No register is loaded", "고객 명부가 없습니다"),
    "search_no_register_help": (
        "Cards are of customers the register knows. Load it:",
        "카드는 고객 명부에 있는 고객의 것입니다. 명부를 불러오세요:",
    ),
    "search_recent": ("Opened lately in this tab", "이 탭에서 최근 연 고객"),
    "search_forget": ("Forget them", "목록 지우기"),
    "search_failed": ("The search failed", "검색하지 못했습니다"),
}  # fmt: skip
"""Key to (English, Korean); a text may have {places} to fill in."""
