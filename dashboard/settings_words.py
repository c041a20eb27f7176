"""The words of the page of settings, and what each section of the site's rules is about."""

from __future__ import annotations

from typing import Final

SETTINGS_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "settings_page": ("Settings", "설정"),
    "settings_page_question": (
        "By which rules are the logs read, and what would others change?",
        "로그를 어떤 규칙으로 읽고, 규칙을 바꾸면 무엇이 달라지나요?",
    ),
    "in_force": ("Rules in force", "적용 중인 규칙"),
    "in_force_help": (
        "What the dashboard was started with. This page changes nothing",
        "대시보드를 시작할 때 읽은 규칙입니다. 이 페이지에서는 아무것도 바뀌지 않습니다",
    ),
    "as_sections": ("Sections", "항목별"),
    "as_text": ("As text", "파일 내용"),
    "only_set": ("Only what the file sets", "파일에서 정한 것만"),
    "as_default": ("usual value", "기본값"),
    "set_here": ("set in the file", "파일에서 지정"),
    "nothing_set": ("none", "없음"),
    "no_site_file": (
        "There is no site.toml: all settings have their usual values. `weblog init` writes one.",
        "site.toml이 없어 모든 설정이 기본값입니다. `weblog init`으로 만들 수 있습니다.",
    ),
    "file_differs": (
        ("{path} was changed since the dashboard was started: what is shown as sections is still "
        "in force here. Restart the dashboard to take it."),
        ("대시보드를 시작한 뒤 {path} 파일이 바뀌었습니다. 항목별 내용은 아직 적용 중인 "
        "규칙입니다. 다시 시작하면 새 규칙이 적용됩니다."),
    ),
    "propose": ("Try a changed copy", "바꾼 규칙 시험"),
    "propose_help": (
        ("Change the text, paste one or choose a file. It is checked as `weblog check` does, and "
        "tried beside the rules in force"),
        ("내용을 고치거나 붙여 넣거나 파일을 고르세요. `weblog check`와 같이 확인하고 적용 중인 "
        "규칙과 나란히 시험합니다"),
    ),
    "proposal_label": ("Text of a changed site.toml", "바꾼 site.toml 내용"),
    "choose_file": ("Choose a file", "파일 선택"),
    "take_current": ("Text in force", "적용 중인 내용"),
    "file_too_large": ("This file is too large for rules.", "규칙 파일로는 너무 큽니다."),
    "lines_label": (
        "Lines of a log to try (else those of the newest log that was read)",
        "시험할 로그 줄(비워 두면 가장 최근에 읽은 로그 사용)",
    ),
    "try_site": ("Check and compare", "확인하고 비교"),
    "trying_site": ("Checking and trying…", "확인하고 시험하는 중…"),
    "site_busy": (
        "Others are trying rules just now; yours follow.",
        "다른 사용자의 작업이 끝나면 이어서 실행합니다.",
    ),
    "site_valid": ("No fault was found.", "고칠 곳이 없습니다."),
    "site_faults": (
        "{count} faults: these rules would be refused.",
        "고칠 곳이 {count}건 있어 사용할 수 없습니다.",
    ),
    "problems": ("Tables of the company", "회사 표의 문제"),
    "unopened": (
        ("{names}: a text that was pasted opens no file the rules in force do not name. "
        "`weblog check` looks at it."),
        ("{names}: 붙여 넣은 내용으로는 적용 중인 규칙에 없는 파일을 열지 않습니다. `weblog "
        "check`로 확인하세요."),
    ),
    "differences": ("Settings that differ", "달라지는 설정"),
    "no_differences": ("No setting differs.", "달라지는 설정이 없습니다."),
    "col_setting": ("Setting", "설정"),
    "col_before": ("In force", "적용 중"),
    "col_after": ("Changed copy", "바꾼 규칙"),
    "site_result": ("What they would change", "바꾸면 달라지는 점"),
    "trial": ("What the lines would be", "로그 줄 분류 비교"),
    "tried_on": (
        "{lines} lines of {log}, under both; {changed} would be something else.",
        "{log} {lines}줄을 두 규칙으로 분류하면 {changed}줄이 달라집니다.",
    ),
    "pasted_lines": ("the pasted log", "붙여 넣은 로그"),
    "visitors_both": (
        "Visitors among them: {before} now, {after} then.",
        "방문자 수: 현재 {before}명, 변경 후 {after}명.",
    ),
    "untried_no_log": (
        ("No log that was read can still be found, and the store keeps hits, not lines: what a "
        "line would be cannot be tried. Paste some lines of a log."),
        ("읽은 로그 파일이 남아 있지 않고 저장소에는 원래 줄이 없어 분류를 시험할 수 없습니다. "
        "로그 줄을 붙여 넣으세요."),
    ),
    "untried_unreadable": (
        "The lines cannot be tried: {problem}",
        "로그 줄을 시험할 수 없습니다: {problem}",
    ),
    "stored_stays": (
        ("What is stored stays as it is: kind, category, channel and visitor are decided when "
        "a line is read. Rules of sessions, segments and tables apply with the next "
        "`weblog ingest`."),
        ("이미 저장된 데이터는 바뀌지 않습니다. 종류, 카테고리, 채널, 방문자는 로그를 읽을 때 "
        "정해집니다. 세션, 세그먼트, 표 규칙은 다음 `weblog ingest`부터 적용됩니다."),
    ),
    "what_to_run": (
        "To put them into force, on the server:", "적용하려면 서버에서 실행하세요:",
    ),
    "col_kind": ("A line is", "종류"),
    "col_what": ("What", "항목"),
    "col_lines": ("Lines", "줄"),
    "col_example": ("Such as", "예"),
    "more_changes": (
        "{count} more kinds of change are not shown.",
        "다른 변경 {count}가지는 표시하지 않습니다.",
    ),
    "kind_skipped": ("skipped", "제외"),
    "what_line_is": ("kind of line", "종류"),
    "what_bot_reason": ("why a robot", "로봇 판단 근거"),
    "what_category": ("category", "카테고리"),
    "what_product": ("product", "상품"),
    "what_goal": ("goal", "목표"),
    "what_channel": ("channel", "채널"),
    "what_source": ("source", "소스"),
    "what_medium": ("medium", "매체"),
    "what_campaign": ("campaign", "캠페인"),
    "what_device": ("device", "기기"),
    "what_customer_known": ("customer known", "고객 식별"),
}  # fmt: skip

SETTINGS_WORDS: Final = (
    "in_force", "in_force_help", "as_sections", "as_text", "only_set", "as_default", "set_here",
    "propose", "propose_help", "proposal_label", "choose_file", "take_current", "file_too_large",
    "lines_label", "try_site", "trying_site", "site_busy", "problems", "differences",
    "no_differences", "col_setting", "col_before", "col_after", "trial", "what_to_run",
    "site_result",
    "col_kind", "col_what", "col_lines", "col_example", "card_failed", "reference",
    "reference_help", "loading",
)  # fmt: skip
"""Those the page needs in the browser."""

SECTIONS: Final[dict[str, tuple[str, str]]] = {
    "name": (
        "What the site is called on pages and reports",
        "페이지와 보고서에 표시되는 사이트 이름",
    ),
    "time_zone": ("Whose days, weeks and midnight are meant", "날짜와 자정을 정하는 시간대"),
    "currency": (
        "Shown behind values; nothing is converted",
        "금액 뒤에 표시되는 통화(환산하지 않음)",
    ),
    "hosts": (
        "The site's own host names: links from them are no arrivals",
        "사이트 자체 호스트 이름(유입으로 보지 않음)",
    ),
    "log_format": (
        "How the server writes its log; not set: found out",
        "서버 로그 형식(비우면 자동으로 알아냄)",
    ),
    "skip": (
        "Lines that are not stored, and counted under their rule",
        "저장하지 않고 규칙별로 세는 줄",
    ),
    "keep": ("Lines that are stored; all others are not", "저장할 줄(나머지는 저장하지 않음)"),
    "urls": ("Which spellings of a path are one page", "같은 페이지로 보는 경로 표기"),
    "static": ("Files that are part of a page, not a page", "페이지가 아닌 부속 파일"),
    "internal": (
        "The company's own traffic: counted, nobody's visit",
        "회사 내부 트래픽(방문으로 세지 않음)",
    ),
    "bots": ("Robots beyond the built-in lists", "기본 목록 외의 로봇"),
    "identity": ("How a browser and a customer are known", "브라우저와 고객을 알아보는 방법"),
    "geo": (
        "The database that tells the country of an address",
        "주소의 국가를 알려 주는 데이터베이스",
    ),
    "privacy": (
        "What is shortened or left out before anything is stored",
        "저장 전에 줄이거나 지우는 개인정보",
    ),
    "session": ("When a visit ends", "방문(세션)이 끝나는 기준"),
    "login": ("Which hits are a login that succeeded", "로그인 성공으로 보는 요청"),
    "categories": ("Pages about a content category", "콘텐츠 카테고리별 페이지"),
    "products": ("Pages about a product", "상품별 페이지"),
    "goals": ("Hits that are a conversion", "전환으로 보는 요청"),
    "events": ("What a person did that is no page view", "페이지뷰가 아닌 이벤트"),
    "targets": ("What a goal shall reach, and by when", "목표별 목표치와 기한"),
    "funnels": ("Steps on the way to something", "단계별 퍼널"),
    "calendar": ("Days that are out of the ordinary", "특별한 날"),
    "site_search": ("Where search words of the site's own search stand", "사이트 내 검색어 위치"),
    "campaign": ("Parameters by which a campaign is known", "캠페인을 알아보는 파라미터"),
    "channel_rules": ("Channel rules of installed packages", "설치한 패키지의 채널 규칙"),
    "mail": ("How opens and clicks of mailings are known", "메일 열람과 클릭을 알아보는 방법"),
    "segments": ("Groups of customers, the first that holds", "고객 세그먼트(먼저 맞는 규칙 적용)"),
    "tables": ("Files of the company's own tables", "회사 표 파일"),
    "ad_systems": ("Advertising systems that report costs", "비용을 보고하는 광고 시스템"),
    "ad_campaigns": (
        "Which of their campaigns is which of ours",
        "광고 시스템 캠페인과 우리 캠페인의 대응",
    ),
    "retention": ("How long what is kept", "데이터 보관 기간"),
    "smtp": ("The server that sends mail", "메일을 보내는 서버"),
    "scheduled": ("Reports that are mailed by themselves", "정기 발송 보고서"),
    "webhooks": ("Where alerts are posted to", "알림을 보낼 주소"),
    "alerts": ("Numbers that are watched", "감시하는 지표"),
    "dashboard": ("Who reads the dashboard, and for how long", "대시보드 이용자와 로그인 시간"),
}  # fmt: skip
"""Section of ``site.toml`` to what it is about."""
