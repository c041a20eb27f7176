"""What values of the data are called: channels, devices and the usual segments, in Korean.

A value the site itself named (a segment of its own, a category) is shown as it is.
"""

from __future__ import annotations

from typing import Final

from dashboard.marketing_words import MARKETING_TEXTS
from dashboard.plugged import OWN_CHANNELS, OWN_TEXTS
from dashboard.value_words import NAMED, VALUES, WRITTEN
from reports.figures.words import SORT_WORDS
from reports.figures.words import WORDS as FIGURE_WORDS
from reports.figures.words import word as figure_word
from weblog.history.export import TOOLS

KOREAN: Final[dict[str, dict[str, str]]] = {
    "channels": {
        "Direct": "직접 유입",
        "Cross-network": "교차 네트워크",
        "Paid Shopping": "유료 쇼핑",
        "Paid Search": "유료 검색",
        "Paid Social": "유료 소셜",
        "Paid Video": "유료 동영상",
        "Paid Other": "기타 유료",
        "Display": "디스플레이",
        "Organic Shopping": "자연 쇼핑",
        "Organic Social": "자연 소셜",
        "Organic Video": "자연 동영상",
        "Organic Search": "자연 검색",
        "Email": "이메일",
        "Affiliates": "제휴",
        "Referral": "추천 링크",
        "Audio": "오디오",
        "SMS": "문자",
        "Push": "푸시",
        "AI Assistants": "AI 어시스턴트",
        "Unassigned": "미분류",
        **OWN_CHANNELS,
    },
    "devices": {
        "desktop": "데스크톱",
        "smartphone": "스마트폰",
        "tablet": "태블릿",
        "tv": "TV",
        "other": "기타",
    },
    "segments": {
        "first-time anonymous": "첫 방문 익명",
        "anonymous": "익명",
        "member": "회원",
        "customer": "고객",
        "VIP": "VIP",
        "dormant": "휴면",
        "reactivated": "재활성",
        "churned": "이탈 고객",
        "prospect": "가망 고객",
    },
}
"""Field of `reports.Filters` to value to its Korean name."""


def value_name(field: str, value: str | None, language: str) -> str:
    """Return what ``value`` of filter ``field`` is called; ``(none)`` for what is unknown."""
    if value is None:
        return figure_word("none", language)
    return KOREAN.get(field, {}).get(value, value) if language == "ko" else value


def option_name(words: str, value: str, language: str) -> str:
    """Return what a value to choose is called; ``words`` is the prefix of its key, if any."""
    key = f"{words}{value}"
    if key in OWN_TEXTS:
        return OWN_TEXTS[key][language == "ko"]
    if key in MARKETING_TEXTS:
        return MARKETING_TEXTS[key][language == "ko"]
    if key in FIGURE_WORDS:
        return figure_word(key, language)
    return VALUES[value][language == "ko"] if value in VALUES else value


WORDED: Final = {
    "compare.name": "",
    "campaign_effect.name": "",
    "measure": "",
    "finding": "finding_",
    "goals.state": "state_",
    "mail_robots.trace": "trace_",
}
"""Column, or ``report.column``, of values that figures have words for, to the prefix of these."""


def cell_name(report: str, column: str, value: str, language: str) -> str:
    """Return what a value a report itself wrote is called; others as they are."""
    prefix = WORDED.get(f"{report}.{column}", WORDED.get(column))
    if prefix is not None and f"{prefix}{value}" in FIGURE_WORDS:
        return figure_word(f"{prefix}{value}", language)
    if (report, column) == ("history", "tool"):
        return TOOLS.get(value, value)
    if column == "sort" or (report, column) == ("bots", "name"):
        value = SORT_WORDS.get(value, value) if language == "ko" else value
    wrote = (
        column in NAMED
        or value in WRITTEN
        or (report, column) in {("bots", "name"), ("rejected", "reason")}
    )
    return VALUES[value][language == "ko"] if wrote and value in VALUES else value
