"""Which columns of a report a mail has room for, where its first ones would not tell enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reports.figures.words import WORDS as FIGURE_WORDS

CHOSEN: Final[dict[str, tuple[str, ...]]] = {
    "anomalies": ("part", "series", "date", "value", "expected", "change", "reason"),
    "campaign_results": (
        *("date", "segment", "channel", "source", "medium", "campaign", "content", "keyword"),
        *("sessions", "conversions", "conversion_rate", "cost", "cpa", "roas"),
    ),
    "goals": ("target", "goal", "end", "so_far", "number", "projection", "state"),
    "campaign_effect": ("when", "visits", "name", "left", "right", "change", "beyond_chance"),
    "landing_pages": (
        *("campaign", "entry_page", "sessions", "bounce_rate", "conversions", "conversion_rate"),
    ),
    "campaign_paths": (
        *("campaign", "conversions", "share", "first_touch", "last_touch", "assisted"),
        "lag_days_median",
    ),
    "tagging": ("finding", "value", "meant", "count", "to_do"),
    "banners": (
        *("campaign", "portal", "position", "banner", "date", "clicks", "sessions"),
        *("conversions", "cost", "cpa"),
    ),
    "banner_gap": (
        *("campaign", "portal", "position", "banner", "date", "step", "clicks", "share", "known"),
    ),
    "creatives": (
        *("measure", "left_banner", "right_banner", "left", "right", "difference"),
        "beyond_chance",
    ),
    "mailings": ("mailing", "name", "sent_on", "delivered", "open_rate", "click_rate", "bought"),
    "mailing_effect": (
        *("mailing", "name", "written_rate", "control_rate", "difference", "difference_low"),
        *("difference_high", "verdict"),
    ),
    "mail_times": ("mailing", "name", "event", "delivered", "happened", "hours_median", "hours_q3"),
    "history": ("part", "measure", "date", "source", "imported", "own", "own_days", "ratio"),
    "mail_robots": ("trace", "rule", "traces", "share", "only_machines"),
}
"""Report to its columns, in their order; those without any value are left out."""

MOST: Final = 8
"""As many as are shown of those above, names of rows among them."""

HEADERS: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("campaign_effect", "left"): ("Then", "해당 기간"),
    ("campaign_effect", "right"): ("Before", "이전"),
    ("compare", "left"): ("Left", "왼쪽"),
    ("compare", "right"): ("Right", "오른쪽"),
    ("creatives", "left"): ("First", "첫째"),
    ("creatives", "right"): ("Second", "둘째"),
    ("creatives", "left_banner"): ("First creative", "첫째 소재"),
    ("creatives", "right_banner"): ("Second creative", "둘째 소재"),
    ("banner_gap", "known"): ("How known", "산출 방식"),
    ("goals", "end"): ("Until", "종료일"),
    ("tagging", "count"): ("Count", "건수"),
    ("tagging", "value"): ("Value", "값"),
    ("tagging", "meant"): ("Meant", "올바른 값"),
    ("mailings", "name"): ("Group", "그룹"),
    ("mailing_effect", "name"): ("Group", "그룹"),
    ("mail_times", "name"): ("Group", "그룹"),
    ("anomalies", "value"): ("Counted", "실제"),
}
"""Report and column to its header in English and Korean, where the column's word means another."""

_HEADERS: Final[dict[str, tuple[str, str]]] = {
    "series": ("Of", "대상"),
    "reason": ("Reason", "사유"),
    "content": ("Ad content", "광고 소재"),
    "keyword": ("Keyword", "검색어"),
    "target": ("Target", "목표 이름"),
    "goal": ("Goal", "전환 목표"),
    "so_far": ("So far", "현재까지"),
    "number": ("To reach", "목표치"),
    "projection": ("Projection", "예상"),
    "state": ("State", "상태"),
    "when": ("When", "시점"),
    "visits": ("Visits", "방문"),
    "first_touch": ("First touch", "첫 접점"),
    "last_touch": ("Last touch", "마지막 접점"),
    "lag_days_median": ("Days to conversion (median)", "전환까지 일수(중앙값)"),
    "assisted": ("On the way", "경로 중"),
    "finding": ("Finding", "점검 결과"),
    "to_do": ("To do", "할 일"),
    "portal": ("Portal", "포털"),
    "position": ("Position", "게재 위치"),
    "banner": ("Banner", "배너"),
    "mailing": ("Mailing", "메일"),
    "sent_on": ("Sent on", "발송일"),
    "delivered": ("Delivered", "도달"),
    "open_rate": ("Opened", "오픈율"),
    "click_rate": ("Clicked", "클릭률"),
    "bought": ("Bought", "구매"),
    "written_rate": ("Written to", "발송 집단"),
    "control_rate": ("Held out", "대조군"),
    "difference_low": ("from", "하한"),
    "difference_high": ("to", "상한"),
    "verdict": ("Verdict", "판정"),
    "event": ("What", "반응"),
    "happened": ("How many", "건수"),
    "hours_median": ("Half of them within (hours)", "절반이 반응한 시간"),
    "hours_q3": ("Three quarters within (hours)", "4분의 3이 반응한 시간"),
    "trace": ("Trace", "흔적"),
    "rule": ("Rule", "규칙"),
    "traces": ("Count", "건수"),
    "only_machines": ("Mails by machines alone", "기계만 반응한 메일"),
    "cpa": ("CPA", "CPA"),
    "roas": ("ROAS", "ROAS"),
    "clicks": ("Clicks", "클릭"),
    "expected": ("Expected", "기대값"),
}
"""Likewise of any of the reports above."""


def header(report: str, column: str) -> tuple[str, str] | None:
    """Return a column's header in English and Korean; None: as usual."""
    name = column.removesuffix("_ko")
    own = HEADERS.get((report, name))
    return own or (_HEADERS.get(name) if report in CHOSEN else None)


def chosen_columns(
    report: str, there: Sequence[str], offered: Sequence[str], *, in_korean: bool
) -> tuple[list[str], int | None]:
    """Return the columns of a report to show, and how many of them at most; None: as usual.

    Args:
        report: its name.
        there: the columns its rows have.
        offered: those to show where nothing is chosen here, most telling first.
        in_korean: whether texts that come in both languages are to be in Korean.
    """
    own = CHOSEN.get(report)
    names = offered if own is None else own
    told = [f"{name}_ko" if in_korean and f"{name}_ko" in there else name for name in names]
    return [name for name in told if name in there], None if own is None else MOST


VALUES: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "part": {
        "anomaly": ("out of line", "이상치"),
        "step": ("lasting change", "지속된 변화"),
        "day": ("day", "평일과 같음"),
    },
    "state": {"no target": ("no target", "목표 없음")},
    "step": {"reported": ("reported clicks", "보고된 클릭")},
    "when": {"during": ("during", "기간 중"), "after": ("after", "종료 후")},
    "visits": {
        "all": ("all visits", "전체 방문"),
        "without the campaign": ("without the campaign", "캠페인 제외"),
    },
    "known": {
        "counted": ("counted", "집계"),
        "estimated": ("estimated", "추정"),
        "rest": ("what is left", "나머지"),
    },
    "event": {"opened": ("opened", "열람"), "clicked": ("clicked", "클릭")},
    "trace": {
        "open": ("open", "열람"),
        "click": ("click", "클릭"),
        "visit": ("visit", "방문"),
        "unsubscribe": ("unsubscription", "수신 거부"),
    },
    "rule": {
        "prefetch": ("prefetched", "미리 불러오기"),
        "too_soon": ("right after sending", "발송 직후"),
        "internal": ("own network", "내부망"),
        "robot": ("robot", "로봇"),
        "not_get": ("not a reader's request", "읽기 요청 아님"),
        "every_link": ("every link within seconds", "몇 초 안에 모든 링크"),
        "same_machine": ("what that machine did besides", "같은 기계의 다른 요청"),
    },
    "verdict": {
        "more": ("more", "증가"),
        "fewer": ("fewer", "감소"),
        "not shown": ("may be chance", "우연일 수 있음"),
        "too few": ("too few", "너무 적음"),
        "observational": ("nobody held out", "대조군 없음"),
    },
}
"""Column to what its values are called, in English and Korean."""

NULLS: Final = {("mail_robots", "rule"): ("a person's", "사람")}
"""Report and column to what it means that there is no value."""

_PREFIXES: Final = {"finding": "finding_", "state": "state_", "step": "click_"}


def value_words(column: str, value: str) -> tuple[str, str] | None:
    """Return what a value of a column is called, where the reports have a word for it."""
    known = FIGURE_WORDS.get(_PREFIXES.get(column, "\0") + value)
    return known or VALUES.get(column, {}).get(value)
