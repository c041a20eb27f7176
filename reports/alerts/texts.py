"""What alerts say, in English and Korean, and as JSON."""

from __future__ import annotations

import json
from typing import Final

from reports.alerts.book import Event
from reports.alerts.judge import Verdict
from reports.alerts.reading import unit_of
from reports.figures import numbers
from reports.figures.words import WORDS as FIGURE_WORDS
from weblog.site import Site
from weblog.site.alerts import Alert

REASONS: Final[dict[str, tuple[str, str]]] = {
    "above": ("above {limit}", "기준 {limit} 초과"),
    "below": ("below {limit}", "기준 {limit} 미만"),
    "percent": ("{percent} against {expected}, usual for these weekdays (of {weeks} weeks)",
                "같은 요일 평소({weeks}주)의 {expected} 대비 {percent}"),
    "errors": ("{errors} standard errors from {expected}, as these weekdays were ({weeks} weeks)",
               "같은 요일 평소({weeks}주)의 {expected}에서 표준오차의 {errors}배"),
    "anomaly": ("outside {low} to {high}, usual for these weekdays (of {weeks} weeks)",
                "같은 요일 평소({weeks}주) 범위 {low}~{high}를 벗어남"),
    "within": ("within its limits", "기준 안"),
    "usual": ("as usual: {expected} is expected", "평소 수준({expected})"),
    "no_data": ("not judged: the data reach only to {reach}",
                "판단 보류: 데이터가 {reach}까지만 있습니다"),
    "no_row": ("not judged: the report has no such row", "판단 보류: 보고서에 해당 행이 없습니다"),
    "no_value": ("not judged: a rate of nothing", "판단 보류: 분모가 없습니다"),
    "few": ("not judged: only {n} cases, too few", "판단 보류: 표본이 {n}건뿐입니다"),
    "small_row": ("not judged: the row is too few for a conclusion",
                  "판단 보류: 결론을 내리기에는 표본이 적은 행입니다"),
    "history": ("not judged: {weeks} earlier weeks are known, {needed} are needed",
                "판단 보류: 비교할 주가 {weeks}주뿐입니다({needed}주 필요)"),
    "nothing_before": ("not judged: it was 0 before", "판단 보류: 이전 값이 0입니다"),
    "no_spread": ("not judged: it was the same in all weeks before",
                  "판단 보류: 이전 값이 모두 같습니다"),
    "failed": ("not judged: {problem}", "판단 보류: {problem}"),
    "test": ("a test, nothing has happened", "시험 메시지이며 실제 경보가 아닙니다"),
}  # fmt: skip
"""Code of a verdict to its words, in English and Korean."""

_KINDS: Final = {
    "fired": ("ALERT", "경보"),
    "resolved": ("resolved", "해소"),
    "test": ("test", "시험"),
}

_OWN: Final = {
    "reject_share": ("Share of lines that could not be parsed", "해석하지 못한 로그 비율"),
    "hours_since_data": ("Hours since the last data", "마지막 데이터 이후 시간"),
}


def watched(rule: Alert, language: str) -> str:
    """Return what a rule watches, with its filters."""
    place = 1 if numbers.check_language(language) == "ko" else 0
    if rule.report is not None:
        row = ", ".join(rule.row.values())
        said = f"{rule.report}.{rule.column}" + (f" ({row})" if row else "")
    else:
        name = str(rule.measure)
        said = (_OWN | FIGURE_WORDS).get(name, (name, name))[place]
    only = [value for values in rule.only.model_dump().values() for value in values]
    return said + (f" [{', '.join(only)}]" if only else "")


def reason(said: Event | Verdict, rule: Alert, language: str) -> str:
    """Return why, in words."""
    english, korean = REASONS[said.code]
    template = korean if numbers.check_language(language) == "ko" else english
    unit = unit_of(rule)
    shown = {name: _fact(name, value, unit, language) for name, value in said.facts.items()}
    return template.format(expected=numbers.shown(said.expected, unit, language), **shown)


def sentence(event: Event, rule: Alert, language: str) -> str:
    """Return what happened, in one sentence."""
    value = numbers.shown(event.value, unit_of(rule), language)
    why = reason(event, rule, language)
    return f"{watched(rule, language)}: {value} ({event.window}), {why}"


def subject(event: Event, rule: Alert, site: Site) -> str:
    """Return the subject of a mail."""
    kind = _KINDS[event.kind][1 if rule.language == "ko" else 0]
    return f"[{site.name}] {kind}: {event.alert}"


def as_json(event: Event, rule: Alert, site: Site) -> bytes:
    """Return the event as JSON on one line: what a webhook gets, and a file."""
    told = {
        "id": event.id,
        "kind": event.kind,
        "alert": event.alert,
        "site": site.name,
        "at": event.at,
        "window": {"start": event.window_start, "end": event.window_end, "said": event.window},
        "measure": rule.measure,
        "report": rule.report,
        "column": rule.column,
        "row": rule.row,
        "only": {name: list(v) for name, v in rule.only.model_dump().items() if v},
        "value": event.value,
        "expected": event.expected,
        "unit": unit_of(rule),
        "reason": event.code,
        "facts": dict(event.facts),
        "text": sentence(event, rule, rule.language),
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


def _fact(name: str, value: float | int | str, unit: str, language: str) -> str:
    if isinstance(value, str):
        return value
    if name in {"n", "weeks", "needed"}:
        return f"{value:,}"
    if name == "percent":
        return f"{value:+.1f}%"
    if name == "errors":
        return f"{value:+.1f}"
    return numbers.shown(float(value), unit, language)
