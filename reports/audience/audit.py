"""How a target list came about: what is kept in table target_lists and beside its file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from reports.audience.load_rules import LoadedRules
from reports.audience.target import Target
from weblog import __version__
from weblog.contact_tables import TARGET_LISTS


@dataclass(frozen=True, slots=True)
class Run:
    """One making of a list: its number, when, the rules' file, and the tables it read."""

    number: str
    now: datetime
    rules: LoadedRules
    versions: dict[str, int]
    consent_day: date


def audit(run: Run, target: Target, file: str, content: bytes) -> dict[str, Any]:
    """Return the row of table target_lists."""
    asked = target.wanted
    texts = {rule.rule: rule.model_dump(mode="json", by_alias=True) for rule in asked.rules}
    limits = asked.contact.model_dump(mode="json", exclude={"seed"})
    said = {
        "run": run.number,
        "made_at": run.now,
        "list": asked.name,
        "day": asked.day,
        "channel": asked.contact.channel,
        "rules": json.dumps(texts, ensure_ascii=False),
        "rules_sha256": run.rules.sha256,
        "contact": json.dumps(limits, ensure_ascii=False),
        "seed": asked.contact.seed,
        "consent_day": run.consent_day,
        "version": __version__,
        "snapshot": json.dumps(run.versions, sort_keys=True),
        "matched": target.matched,
        **target.counts,
        "file": file,
        "file_sha256": sha256(content).hexdigest(),
    }
    return {name: said[name] for name in TARGET_LISTS.schema}


def as_json(row: dict[str, Any]) -> str:
    """Return an audit record for people and programs: what is JSON in the table is opened up."""
    opened = {
        name: json.loads(value) if name in ("rules", "contact", "snapshot") else value
        for name, value in row.items()
    }
    return json.dumps(opened, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
