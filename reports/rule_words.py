"""Why two sets of session rules give other numbers of sessions, in English and Korean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reports.figures.numbers import check_language, number

MORE: Final[dict[str, tuple[str, str]]] = {
    "by_inactivity": (
        "{n} pauses end a session that it would not by the site's limit",
        "사이트 기준으로는 이어질 세션이 휴지 시간 때문에 {n}번 끊깁니다",
    ),
    "by_midnight": ("midnight cuts {n} sessions", "자정이 세션을 {n}번 나눕니다"),
    "by_customer": (
        "another customer logging in cuts {n} sessions",
        "다른 고객의 로그인이 세션을 {n}번 나눕니다",
    ),
    "by_campaign": (
        "the arrival of a new campaign cuts {n} sessions",
        "새 캠페인 유입이 세션을 {n}번 나눕니다",
    ),
    "by_other": ("other limits cut {n} sessions", "그 밖의 제한이 세션을 {n}번 나눕니다"),
}
"""What makes more sessions than the site's rules: column to (English, Korean)."""

FEWER: Final[dict[str, tuple[str, str]]] = {
    "by_inactivity": (
        "{n} pauses that end a session by the site's limit do not here",
        "사이트 기준으로 세션을 끝내는 휴지 {n}번이 여기서는 세션을 끝내지 않습니다",
    ),
    "by_midnight": (
        "{n} sessions go on over midnight, which cuts them by the site's rules",
        "사이트 규칙이 자정에 나누는 세션 {n}개가 자정을 넘어 이어집니다",
    ),
    "by_customer": (
        "{n} sessions go on when another customer logs in",
        "다른 고객이 로그인해도 세션 {n}개가 이어집니다",
    ),
    "by_campaign": (
        "{n} sessions go on when a new campaign arrives",
        "새 캠페인으로 들어와도 세션 {n}개가 이어집니다",
    ),
    "by_other": ("other limits cut {n} sessions less", "그 밖의 제한이 세션을 {n}번 덜 나눕니다"),
}
"""What makes fewer."""

SAME: Final = ("the same rules as the site's", "사이트와 같은 규칙입니다")
ALIKE: Final = (
    "other rules, but no session of this period is affected",
    "규칙은 다르지만 이 기간의 세션에는 영향이 없습니다",
)


def why(effects: Mapping[str, int | None], language: str = "en") -> str:
    """Say what makes the difference, one clause per rule.

    Args:
        effects: column of :data:`reports.rule_sets.RULES` to the sessions its rule makes more,
            or fewer; None where the rule is the site's.
        language: "en" or "ko".

    Raises:
        UnknownNameError: no such language.
    """
    check_language(language)
    place = 1 if language == "ko" else 0
    known = {name: count for name, count in effects.items() if count is not None}
    if not known:
        return SAME[place]
    clauses = [
        (MORE if count > 0 else FEWER)[name][place].format(n=number(abs(count), language))
        for name, count in known.items()
        if count
    ]
    return "; ".join(clauses) or ALIKE[place]
