"""Read ``rules.toml``: every fault at once, each with its place, value and expectation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reports.audience.rule_book import RuleBook
from weblog.endless import refuse_endless
from weblog.errors import RulesError, shown_path
from weblog.site.faults import Fault, rule_fault
from weblog.site.load import told_by

INIT = "expected a file of rules; `weblog rules init` writes one"


@dataclass(frozen=True, slots=True)
class LoadedRules:
    """A file of rules: its ``path`` as people type it, the rules, and SHA-256 of its bytes."""

    path: str
    book: RuleBook
    sha256: str


def load_rules(path: str | Path) -> LoadedRules:
    """Return the rules in the file ``path``.

    Raises:
        RulesError: the file is missing, is no TOML, or breaks a rule; carries every fault.
    """
    file = Path(path)
    shown = shown_path(file)
    try:
        refuse_endless(file)
        data = file.read_bytes()
    except FileNotFoundError:
        raise RulesError(shown, [("the file", "not there", INIT)]) from None
    except IsADirectoryError:
        raise RulesError(shown, [("the path", "a folder", INIT)]) from None
    except OSError as error:
        fault = ("the file", f"unreadable ({error.strerror})", INIT)
        raise RulesError(shown, [fault]) from None
    return LoadedRules(shown, rules_from(data, shown), sha256(data).hexdigest())


def rules_from(data: bytes, shown: str = "rules.toml") -> RuleBook:
    """Return the rules that the bytes of a file called ``shown`` hold.

    Raises:
        RulesError: they are no TOML, or break a rule; carries every fault.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        fault = (f"line {line}", "", "expected text in UTF-8; save the file in that encoding")
        raise RulesError(shown, [fault]) from None
    written, unread = told_by(text)
    if unread is not None:
        raise RulesError(shown, [unread])
    faults: list[Fault] = []
    book = RuleBook()
    try:
        book = RuleBook.model_validate(written)
    except ValidationError as error:
        faults = [rule_fault(each, written, RuleBook) for each in error.errors(include_url=False)]
    faults += _between(written)
    if faults:
        raise RulesError(shown, faults)
    return book


def _between(written: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between entries, each of which may be right."""
    rules, lists = _entries(written, "rules"), _entries(written, "lists")
    names = [str(each.get("rule")) for each in rules if "rule" in each]
    used = [str(each.get("list")) for each in rules if "list" in each]
    for place, counts in (
        ("rules", Counter(names)),
        ("lists", Counter(str(each.get("list")) for each in lists)),
    ):
        for name, count in counts.items():
            if count > 1:
                yield place, "", f"expected each name once; {name!r} is there {count} times"
    for name in sorted(set(names) & set(used)):
        problem = "expected another name: `weblog target` could mean the rule or the list"
        yield f"rules: {name!r}", "a rule and a list", problem
    for number, each in enumerate(lists, start=1):
        if each.get("list") not in used:
            known = ", ".join(dict.fromkeys(used)) or "none"
            problem = f"expected a list that a rule names. Known: {known}"
            yield f"lists[{number}].list", repr(each.get("list")), problem
    for number, each in enumerate(rules, start=1):
        since, until = each.get("from"), each.get("until")
        if type(since) is type(until) is date and since > until:
            yield f"rules[{number}].until", str(until), f"expected a day from {since} on"


def _entries(written: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = written.get(name)
    return [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
