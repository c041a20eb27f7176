"""The words of the page on which rules that choose customers are written."""

from __future__ import annotations

from typing import Final

DESK_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "rules_page": ("Target lists & rules", "대상 목록과 규칙"),
    "rules_page_question": (
        "Whom do we write to next, and what do we offer?",
        "다음에는 누구에게 연락하고 무엇을 제안할까요?",
    ),
    "stopped_time": (
        ("This took longer than a minute and was stopped. Nothing was changed. Shorter conditions "
        "or fewer rules help."),
        "1분 넘게 걸려 중단했습니다. 바뀐 것은 없습니다. 조건을 줄이거나 규칙 수를 줄여 보세요.",
    ),
    "stopped_died": (
        "This took too much memory or could not be read, and was stopped. Nothing was changed.",
        "메모리를 너무 많이 쓰거나 읽을 수 없어 중단했습니다. 바뀐 것은 없습니다.",
    ),
    # the editor
    "editor": ("The rules", "규칙"),
    "editor_help": (
        "As text: a marketer's file, rules.toml. What stands here is only kept when it is saved.",
        "마케터가 관리하는 rules.toml 파일입니다. 저장해야 반영됩니다.",
    ),
    "editor_label": ("Text of rules.toml", "rules.toml 내용"),
    "file_new": (
        "{path} is not there yet: these are ready rules to start from.",
        "{path} 파일이 아직 없습니다. 아래 예시 규칙으로 시작하세요.",
    ),
    "no_rules_file": (
        "The dashboard was started without a file of rules. Start it with --rules rules.toml.",
        "규칙 파일 없이 시작했습니다. --rules rules.toml 옵션으로 다시 시작하세요.",
    ),
    "no_audit": (
        "Nothing can be saved or exported: who does it could not be recorded (no audit log).",
        "감사 기록을 남길 수 없어 저장과 내보내기를 할 수 없습니다.",
    ),
    "read_only": (
        "The file cannot be written by the dashboard: rules can be tried, not saved.",
        "파일에 쓸 수 없어 규칙을 시험할 수만 있고 저장할 수는 없습니다.",
    ),
    "try_rules": ("Check and preview", "확인하고 미리 보기"),
    "trying": ("Trying on all customers…", "전체 고객에 적용해 보는 중…"),
    "busy": (
        "Others are trying rules just now; yours follow.",
        "다른 사용자의 작업이 끝나면 이어서 실행합니다.",
    ),
    "save_rules": ("Save", "저장"),
    "saving": ("Checking and saving…", "확인 후 저장하는 중…"),
    "saved": ("Saved. What the file said before is kept.", "저장했습니다. 이전 내용은 보관됩니다."),
    "unsaved": ("Not saved yet", "저장하지 않은 변경"),
    "unchanged": ("As saved", "저장된 상태"),
    "discard": ("Back to what is saved", "저장된 내용으로"),
    "earlier": ("Earlier versions", "이전 버전"),
    "earlier_until": ("until {at}", "{at}까지"),
    "earlier_loaded": (
        "An earlier version stands in the editor. It holds again once it is saved.",
        "이전 버전을 불러왔습니다. 저장하면 다시 적용됩니다.",
    ),
    "not_saved_wrong": (
        "Not saved: the rules contradict each other or themselves.",
        "규칙이 서로 또는 스스로 모순되어 저장하지 않았습니다.",
    ),
    "for_day": ("Customers as of", "고객 기준일"),
    "lift_hoped": ("Lift hoped for, points", "기대하는 차이(%p)"),
    # findings
    "findings": ("What the check says", "확인 결과"),
    "findings_help": (
        "As `weblog rules check`: mistakes keep the file from being saved, notes do not",
        ("`weblog rules check`와 같습니다. 오류가 있으면 저장되지 않고, 참고 사항은 저장에 "
        "지장이 없습니다"),
    ),
    "not_tried": (
        "Nothing was checked yet.",
        "아직 확인하지 않았습니다.",
    ),
    "outdated": (
        "The text has changed since.",
        "확인한 뒤에 내용이 바뀌었습니다.",
    ),
    "no_findings": (
        "No conflict; every rule wins for somebody. Tried on {customers} customers of {day}.",
        (
            "충돌이 없고 모든 규칙에 해당 고객이 있습니다. "
            "{day} 기준 고객 {customers}명에 적용했습니다."
        ),
    ),
    "found": (
        "{wrong} mistakes, {notes} notes; tried on {customers} customers of {day}.",
        "오류 {wrong}건, 참고 {notes}건. {day} 기준 고객 {customers}명에 적용했습니다.",
    ),
    "faults": (
        "{count} faults: the text cannot be used as it is.",
        "고칠 곳이 {count}건 있어 사용할 수 없습니다.",
    ),
    "mistake": ("Mistake", "오류"),
    "note": ("Note", "참고"),
    "fault": ("Fault", "오류"),
    "kind_conflict": ("conflict", "충돌"),
    "kind_unreachable": ("never wins", "적용되지 않음"),
    "kind_never": ("contradicts itself", "모순"),
    "kind_nobody": ("nobody", "해당 고객 없음"),
    "kind_everybody": ("everybody", "모든 고객 해당"),
    "kind_over": ("over", "기간 종료"),
    "kind_gaps": ("no text", "문구 누락"),
    # explain
    "explain": ("Why is a customer on a list?", "이 고객은 왜 목록에 있나요?"),
    "explain_help": (
        "Every rule as it stands in the editor, with the values it looks at",
        "편집 중인 모든 규칙과 판단에 쓰인 값을 보여 줍니다. 조회는 기록됩니다",
    ),
    "customer_number": ("Customer number", "고객 번호"),
    "explain_show": ("Explain", "설명 보기"),
    "explaining": ("Looking…", "조회 중…"),
    "verdict_wins": ("true, wins", "해당, 적용됨"),
    "verdict_later": ("true, but one before it wins", "해당하지만 앞선 규칙이 적용됨"),
    "verdict_false": ("false", "해당 안 됨"),
    "verdict_unknown": ("unknown, counts as false", "알 수 없음(해당 안 되는 것으로 처리)"),
    "verdict_not_for_day": ("not for this day", "해당 날짜가 아님"),
    "on_list": ("on it by {rule}, offered {offer}", "{rule} 규칙으로 포함, 제안: {offer}"),
    "not_on_list": ("no rule holds: not on it", "해당 규칙이 없어 포함되지 않음"),
    # preview
    "preview": ("What the lists would come to", "목록 미리 보기"),
    "preview_help": (
        "As `weblog target --dry-run` of each list; nothing is written or recorded",
        "각 목록의 `weblog target --dry-run`과 같으며, 아무것도 기록하지 않습니다",
    ),
    "preview_none": (
        "Check the rules to see how many customers each list would have.",
        "규칙을 확인하면 목록별 고객 수를 볼 수 있습니다.",
    ),
    "chosen_customers": ("{count} customers chosen", "선택된 고객 {count}명"),
    "outcome_no_consent": ("no consent", "수신 동의 없음"),
    "outcome_recently_contacted": ("contacted lately", "최근 연락함"),
    "outcome_over_cap": ("contacted as often as allowed", "연락 한도 도달"),
    "outcome_held_out": ("held out by lot", "대조군(추첨)"),
    "outcome_written": ("to write to", "발송 대상"),
    "limits": (
        "by {channel}; {most}{rest}; {share} held out{stratum}",
        "{channel} 발송, {most}{rest},{stratum} {share} 대조군",
    ),
    "limit_most": ("at the most {most} contacts in {days} days", "{days}일 동안 최대 {most}회"),
    "limit_rest": (", {rest} days of rest between them", ", 연락 간격 {rest}일 이상"),
    "limit_stratum": (" within each {name}", " {name}별"),
    "limit_none": ("any number of contacts", "횟수 제한 없음"),
    "channel_email": ("e-mail", "이메일"),
    "channel_sms": ("SMS", "문자(SMS)"),
    "power_least": (
        ("Over a rate of {base}, these groups show a lift of {least} points or more (two-sided 5%, "
        "power 80%)."),
        ("기준 비율 {base}에서 {least}%p 이상의 차이를 확인할 수 있는 규모입니다(양측 5%, 검정력 "
        "80%)."),
    ),
    "power_none": (
        "Over a rate of {base}, these groups are too small to show any lift.",
        "기준 비율 {base}에서 차이를 확인하기에는 규모가 너무 작습니다.",
    ),
    "power_few": (
        "Only {count} held out: too few to conclude anything from.",
        "대조군이 {count}명뿐이라 결론을 내릴 수 없습니다.",
    ),
    "power_needed": (
        "To see {lift} points takes {written} written to and {held} held out.",
        "{lift}%p 차이를 확인하려면 발송 {written}명, 대조군 {held}명이 필요합니다.",
    ),
    "power_unknown": (
        "No rate is known to begin with: nothing can be said of the size.",
        "기준 비율을 알 수 없어 필요한 규모를 계산할 수 없습니다.",
    ),
    "not_for_day": ("No rule of it is for this day.", "이 날짜에 해당하는 규칙이 없습니다."),
    "col_rule": ("Rule", "규칙"),
    "col_priority": ("Priority", "우선순위"),
    "col_offer": ("Offer", "제안"),
    "col_holds": ("Holds for", "해당 고객"),
    "col_wins": ("Wins for", "적용 고객"),
    "col_alone": ("Alone: to write to", "단독 발송 대상"),
    "col_when": ("Condition", "조건"),
    # export
    "export": ("Make a list", "목록 만들기"),
    "export_help": (
        ("The file `weblog target` makes of the saved rules. It is recorded: who is on it "
        "counts as contacted on its day, and lots are drawn for those held out."),
        ("저장된 규칙으로 `weblog target`과 같은 파일을 만듭니다. 목록의 고객은 그날 연락한 "
        "것으로 기록되고 대조군이 추첨됩니다."),
    ),
    "export_name": ("List or rule", "목록 또는 규칙"),
    "export_channel": ("Channel", "채널"),
    "as_rules_say": ("as the rules say", "규칙에 따름"),
    "export_format": ("File", "파일"),
    "export_columns": ("Other columns", "추가 열"),
    "export_replace": (
        "The one made before for this day was never used: make it anew",
        "같은 날 만든 목록을 사용하지 않았으므로 새로 만듭니다",
    ),
    "export_make": ("Make and download", "만들고 내려받기"),
    "exporting": ("Choosing and recording…", "선정하고 기록하는 중…"),
    "exported": (
        "{file} was made: {written} customers to write to, {held} held out. It is recorded.",
        "{file} 파일을 만들었습니다. 발송 대상 {written}명, 대조군 {held}명이며 기록되었습니다.",
    ),
    "export_unsaved": (
        "The editor has changes that are not saved; the list is made by the saved rules.",
        "저장하지 않은 변경이 있습니다. 목록은 저장된 규칙으로 만듭니다.",
    ),
    "export_failed": ("The list could not be made.", "목록을 만들 수 없습니다."),
    "audit_record": ("Audit record", "감사 기록"),
    "made_before": ("Lists made before", "이전에 만든 목록"),
    "none_made": ("No list was made yet.", "아직 만든 목록이 없습니다."),
    "col_made": ("Made", "생성 시각"),
    "col_list": ("List", "목록"),
    "col_day": ("Day", "기준일"),
    "col_written": ("To write to", "발송 대상"),
    "col_held": ("Held out", "대조군"),
    "col_file": ("File", "파일"),
}  # fmt: skip

DESK_WORDS: Final = (
    "editor", "editor_help", "editor_label", "try_rules", "trying", "busy", "save_rules", "saving",
    "unsaved", "unchanged", "discard", "earlier", "for_day", "lift_hoped", "findings",
    "findings_help", "not_tried", "outdated", "explain", "explain_help", "customer_number",
    "explain_show", "explaining", "preview", "preview_help", "preview_none", "col_rule",
    "col_priority", "col_offer", "col_holds", "col_wins", "col_alone", "col_when",
    "export", "export_help", "export_name", "export_channel", "as_rules_say", "export_format",
    "export_columns", "export_replace", "export_make", "exporting", "export_unsaved",
    "export_failed", "audit_record", "made_before", "none_made", "col_made", "col_list", "col_day",
    "col_written", "col_held", "col_file", "channel_email", "channel_sms", "card_failed",
    "reference", "reference_help", "loading", "nothing_here",
)  # fmt: skip
"""Those the page needs in the browser."""
