"""The words of the questions people ask."""

from __future__ import annotations

from typing import Final

QUESTION_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "questions": ("What do you want to know?", "무엇이 궁금하세요?"),
    "questions_help": (
        "Each leads to the card that answers it; filters stay",
        "누르면 답이 있는 카드로 갑니다. 필터는 그대로입니다",
    ),
    "questions_jump": ("Questions people ask", "자주 묻는 질문"),
    "ask_changed": ("What changed since last week?", "지난주와 무엇이 달라졌나요?"),
    "ask_mobile": ("Are mobile visitors buying?", "모바일 방문자가 구매하나요?"),
    "ask_campaign": ("Which campaign pays?", "어떤 캠페인이 비용만큼 벌어 오나요?"),
    "ask_words": (
        "Which search words bring customers?", "어떤 검색어가 고객을 데려오나요?",
    ),
    "ask_banner": (
        "Which banner brings people who leave at once?",
        "바로 나가는 사람을 데려오는 배너는 무엇인가요?",
    ),
    "ask_mailing": ("Which mailing made people buy?", "어떤 메일이 구매로 이어졌나요?"),
    "ask_prefer": (
        "What does each segment read that others don't?",
        "세그먼트마다 남들보다 더 읽는 것은 무엇인가요?",
    ),
    "ask_form": (
        "Where do people leave the application form?", "신청 과정의 어느 단계에서 이탈하나요?",
    ),
    "ask_contact": ("Who should we contact this week?", "이번 주 누구에게 연락해야 하나요?"),
    "ask_trust": ("Can I trust yesterday's numbers?", "어제 숫자를 믿어도 되나요?"),
}  # fmt: skip
"""Key to (English, Korean)."""
