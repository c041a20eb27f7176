"""What trials of rules say, in the reader's words."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from dashboard.cards.guard import Data
from dashboard.desk.desk import refused
from dashboard.fault_words import fault_word
from dashboard.notices import long_day
from dashboard.value_names import option_name
from dashboard.words import word
from reports.audience.target import OUTCOMES
from reports.figures import numbers

KOREAN: Final[dict[str, str]] = {
    "conflict": (
        "우선순위가 같고 제안이 다른데 같은 고객 {customers}명에게 해당합니다. 한쪽의 "
        "우선순위를 높이세요."
    ),
    "unreachable": "해당 고객이 모두 우선순위가 더 높은 규칙({others})에 먼저 해당합니다.",
    "never": "조건이 스스로 모순되어 어떤 고객에게도 해당하지 않습니다.",
    "nobody": "해당하는 고객이 없습니다.",
    "everybody": "고객 {customers}명 전원에게 해당합니다.",
    "over": "규칙의 기간이 이미 끝났습니다.",
    "gaps": (
        "알 수 없는 값이 있어 고객 {customers}명에게 문구를 만들 수 없습니다. {{열|대신할 "
        "말}}로 쓰세요."
    ),
}  # fmt: skip
"""What the findings of ``weblog rules check`` say; their English is the check's own."""


def shown_trial(found: dict[str, Any], day: date, language: str) -> Data:
    """Return the data of a trial, or of the faults that kept it from being one."""
    if "answer" not in found:
        return shown_refusal(found, language)
    answer = found["answer"]
    return {
        "state": "ready",
        **shown_findings(answer, day, language),
        "lists": shown_lists(answer, language),
    }


def shown_refusal(found: dict[str, Any], language: str) -> Data:
    """Return the data of what was refused: the faults, or the problem."""
    faults = found.get("faults")
    if faults is None:
        return refused(str(found["refused"]))
    told = [[where, value, fault_word(expected, language)] for where, value, expected in faults]
    return refused(word("faults", language, count=len(faults)), told)


def shown_findings(answer: dict[str, Any], day: date, language: str) -> Data:
    """Return what a check found, and a sentence that sums it up."""
    findings, wrong = answer["findings"], answer["wrong"]
    places = {
        "customers": _count(answer["customers"]),
        "day": long_day(day, language),
        "wrong": _count(wrong),
        "notes": _count(len(findings) - wrong),
    }
    return {
        "summary": word("found" if findings else "no_findings", language, **places),
        "wrong": wrong,
        "findings": [
            {
                "level": "wrong" if each["is_wrong"] else "note",
                "label": word("mistake" if each["is_wrong"] else "note", language),
                "kind": word(f"kind_{each['kind']}", language),
                "list": each["list"],
                "rules": each["rules"],
                "text": _sentence(each, language),
            }
            for each in findings
        ],
    }


def _sentence(finding: dict[str, Any], language: str) -> str:
    if language != "ko":
        return str(finding["problem"])
    customers = finding["customers"]
    return KOREAN[finding["kind"]].format(
        customers="?" if customers is None else _count(customers),
        others=", ".join(finding["rules"][1:]),
    )


def shown_lists(answer: dict[str, Any], language: str) -> list[Data]:
    """Return what each list would come to, with the rules that make it."""
    alone = {each["rule"]: each for each in answer["lists"] if each["rule"] is not None}
    return [
        {
            "name": each["list"],
            **_shown_list(each, language),
            "rules": [
                _shown_rule(rule, alone[rule["rule"]], language)
                for rule in answer["rules"]
                if rule["list"] == each["list"]
            ],
        }
        for each in answer["lists"]
        if each["rule"] is None
    ]


def _shown_list(each: dict[str, Any], language: str) -> Data:
    if not each["is_for_day"]:
        return {"note": word("not_for_day", language)}
    whole = max(each["matched"], 1)
    parts = [
        {
            "name": name,
            "label": word(f"outcome_{name}", language),
            "count": _count(each["counts"][name]),
            "raw": each["counts"][name],
            "share": round(100 * each["counts"][name] / whole, 2),
        }
        for name in OUTCOMES
    ]
    return {
        "chosen": word("chosen_customers", language, count=_count(each["matched"])),
        "matched": each["matched"],
        "limits": _limits(each["contact"], language),
        "parts": parts,
        "power": _power(each.get("power"), language),
    }


def _limits(contact: dict[str, Any], language: str) -> str:
    most = contact["most"]
    cap = (
        word("limit_none", language)
        if most is None
        else word("limit_most", language, most=most, days=contact["within_days"])
    )
    rest, stratum = contact["rest_days"], contact["stratify_by"]
    return word(
        "limits",
        language,
        channel=word(f"channel_{contact['channel']}", language),
        most=cap,
        rest=word("limit_rest", language, rest=rest) if rest else "",
        share=numbers.rate(contact["held_out"]),
        stratum=word("limit_stratum", language, name=_column(stratum, language)),
    )


def _column(name: str, language: str) -> str:
    """Return what a column is called; the names rules use in English."""
    return option_name("", name, language) if language == "ko" else name


def _power(power: dict[str, Any] | None, language: str) -> list[str]:
    if power is None:
        return [word("power_unknown", language)]
    base, least = numbers.rate(power["base"]), power["least"]
    said = [
        word("power_none", language, base=base)
        if least is None
        else word("power_least", language, base=base, least=f"{100 * least:.2f}")
    ]
    if power["is_few"]:
        said.append(word("power_few", language, count=_count(power["held_out"])))
    if power["needed"] is not None:
        written, held = map(_count, power["needed"])
        points = f"{100 * power['lift']:+.2f}"
        said.append(word("power_needed", language, lift=points, written=written, held=held))
    return said


def _shown_rule(rule: dict[str, Any], alone: dict[str, Any], language: str) -> Data:
    since, until = (_day(rule[name], language) for name in ("from", "until"))
    return {
        "name": rule["rule"],
        "priority": str(rule["priority"]),
        "offer": rule["offer"] or numbers.UNKNOWN,
        "days": f"{since} – {until}" if since or until else "",
        "holds": _or_unknown(rule["holds"]),
        "wins": _or_unknown(rule["wins"]),
        "alone": _or_unknown(alone["counts"]["written"] if alone["is_for_day"] else None),
        "when": rule["when"],
    }


def shown_verdicts(verdicts: list[dict[str, Any]], language: str) -> list[Data]:
    """Return what every rule says of a customer, by list."""
    lists = []
    for name in dict.fromkeys(each["list"] for each in verdicts):
        theirs = [each for each in verdicts if each["list"] == name]
        won = next((each for each in theirs if each["wins"]), None)
        said = (
            word("not_on_list", language)
            if won is None
            else word("on_list", language, rule=won["rule"], offer=won["offer"] or numbers.UNKNOWN)
        )
        rules = [
            {
                "name": each["rule"],
                "priority": each["priority"],
                "wins": each["wins"],
                "verdict": word(f"verdict_{_verdict(each)}", language),
                "when": " ".join(each["when"].split()),
                "values": [[column, _value(value, language)] for column, value in each["values"]],
            }
            for each in theirs
        ]
        lists.append({"name": name, "said": said, "rules": rules})
    return lists


def _verdict(each: dict[str, Any]) -> str:
    if not each["is_for_day"]:
        return "not_for_day"
    if each["wins"]:
        return "wins"
    if each["holds"] is None:
        return "unknown"
    return "later" if each["holds"] else "false"


def _value(value: object, language: str) -> str:
    if value is None:
        return numbers.UNKNOWN
    if isinstance(value, bool):
        return word("yes" if value else "no", language)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or numbers.UNKNOWN
    return str(value)


def _day(value: str | None, language: str) -> str:
    return "" if value is None else long_day(date.fromisoformat(value), language)


def _or_unknown(value: int | None) -> str:
    return numbers.UNKNOWN if value is None else _count(value)


def _count(value: int) -> str:
    return f"{value:,}"
