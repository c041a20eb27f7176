"""The words of the login and the account, in English and Korean."""

from __future__ import annotations

from typing import Final

from reports.figures.numbers import check_language

WORDS: Final[dict[str, tuple[str, str]]] = {
    "log_in": ("Log in", "로그인"),
    "log_out": ("Log out", "로그아웃"),
    "name": ("Name", "아이디"),
    "password": ("Password", "비밀번호"),
    "other_language": ("한국어", "English"),
    "wrong": ("Name or password is wrong.", "아이디 또는 비밀번호가 올바르지 않습니다."),
    "wait": (
        "Too many tries. Try again in {time}.",
        "시도 횟수를 초과했습니다. {time} 뒤에 다시 시도하세요.",
    ),
    "minutes": ("{count} minutes", "{count}분"),
    "minute": ("1 minute", "1분"),
    "seconds": ("{count} seconds", "{count}초"),
    "second": ("1 second", "1초"),
    "stale": (
        "This form was open too long, or cookies are off. Try again.",
        "양식이 만료되었거나 쿠키가 꺼져 있습니다. 다시 시도하세요.",
    ),
    "forgotten": (
        "Forgotten it? Whoever runs this dashboard can set a new one.",
        "비밀번호를 잊으셨다면 대시보드 운영자에게 재설정을 요청하세요.",
    ),
    "account": ("Your account", "내 계정"),
    "role": ("Role", "권한"),
    "viewer": ("viewer: aggregates", "뷰어: 집계 결과"),
    "marketer": (
        "marketer: lists and customer cards, personal data masked",
        "마케터: 고객 목록과 고객 카드 (개인정보 가림)",
    ),
    "analyst": ("analyst: everything", "분석가: 모든 데이터"),
    "admin": ("administrator: everything", "관리자: 모든 데이터"),
    "change_password": ("Change the password", "비밀번호 변경"),
    "old_password": ("Current password", "현재 비밀번호"),
    "new_password": ("New password", "새 비밀번호"),
    "new_again": ("New password again", "새 비밀번호 확인"),
    "at_least": (
        "At least {count} characters: several words that have nothing to do with each other.",
        "{count}자 이상. 서로 관련 없는 단어 몇 개를 이어 쓰면 좋습니다.",
    ),
    "change": ("Change", "변경"),
    "changed": (
        "The password is changed. All other sessions of yours have ended.",
        "비밀번호를 변경했습니다. 다른 세션은 모두 종료되었습니다.",
    ),
    "not_same": ("The two new passwords differ.", "새 비밀번호가 서로 다릅니다."),
    "too_easy": (
        "Too short or too easy to guess: avoid common words, names, dates and rows of keys.",
        "너무 짧거나 추측하기 쉬운 비밀번호입니다. 흔한 단어, 이름, 날짜, 자판 배열은 피하세요.",
    ),
    "known_by_proxy": (
        "You were logged in by your company's login.",
        "회사 통합 로그인으로 접속했습니다.",
    ),
    "known_by_oidc": (
        "You were logged in by your company's login; passwords are changed there.",
        "회사 계정으로 로그인했습니다. 비밀번호는 회사 로그인에서 변경하세요.",
    ),
    "company_login": ("Log in with your company account", "회사 계정으로 로그인"),
    "company_or": ("or with an account of this dashboard", "또는 대시보드 계정으로 로그인"),
    "company_unreachable": (
        "Your company's login does not answer. Try again in a moment.",
        "회사 로그인이 응답하지 않습니다. 잠시 후 다시 시도하세요.",
    ),
    "company_cancelled": (
        "Your company's login let nobody in. Try again.",
        "회사 로그인이 취소되었거나 거부되었습니다. 다시 시도하세요.",
    ),
    "company_stale": (
        "That login was begun too long ago, in another browser, or used before. Try again.",
        "로그인 요청이 만료되었거나 이미 사용되었습니다. 다시 시도하세요.",
    ),
    "company_failed": (
        "What your company's login said could not be verified. Ask whoever runs this dashboard.",
        "회사 로그인 정보를 확인하지 못했습니다. 대시보드 운영자에게 문의하세요.",
    ),
    "company_nobody": (
        "You were logged in, but have no role here. Ask whoever runs this dashboard.",
        "회사 계정은 확인되었지만 볼 수 있는 권한이 없습니다. 대시보드 운영자에게 문의하세요.",
    ),
    "to_dashboard": ("To the dashboard", "대시보드로 가기"),
    "refused": ("Not for your role", "볼 수 있는 권한이 없습니다"),
    "refused_help": (
        "Your role ({role}) may not see this. Ask whoever runs this dashboard.",
        "현재 권한({role})으로는 볼 수 없습니다. 대시보드 운영자에게 문의하세요.",
    ),
    "refused_site": (
        "Your account is not for this site. Ask whoever runs this dashboard.",
        "이 사이트를 볼 수 있는 계정이 아닙니다. 대시보드 운영자에게 문의하세요.",
    ),
    "no_site": (
        "Your account is for no site of this dashboard. Ask whoever runs it.",
        "이 계정으로 볼 수 있는 사이트가 없습니다. 대시보드 운영자에게 문의하세요.",
    ),
    "withheld": ("Not shown", "표시하지 않음"),
    "withheld_few_people": (
        "Fewer than {least} visitors are behind this, or behind what is left without it.",
        "해당하는 방문자 또는 나머지 방문자가 {least}명 미만이어서 표시하지 않습니다.",
    ),
    "withheld_person": (
        "Your role sees groups, not single customers or visitors.",
        "현재 권한으로는 개별 고객이나 방문자를 볼 수 없습니다.",
    ),
    "withheld_report": (
        "This is not for your role, which sees groups only.",
        "현재 권한은 집계 결과만 볼 수 있어 표시하지 않습니다.",
    ),
    "unknown_reader": (
        "The login in front of this dashboard named nobody who may see it.",
        "이 대시보드를 볼 수 있는 사용자로 확인되지 않았습니다.",
    ),
}
"""Key to (English, Korean)."""


def access_word(key: str, language: str, **places: object) -> str:
    """Return a text with its places filled in.

    Raises:
        UnknownNameError: no such language.
    """
    check_language(language)
    return WORDS[key][language == "ko"].format(**places)


def waiting_time(seconds: float, language: str) -> str:
    """Return a time to wait as people say it: whole minutes, or seconds where it is less."""
    unit, count = ("minute", -(-seconds // 60)) if seconds > 60 else ("second", -(-seconds // 1))
    whole = int(count)
    return access_word(unit if whole == 1 else f"{unit}s", language, count=whole)
