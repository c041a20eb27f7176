"""What the page of rules asks of the server: look, try, explain, save."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.access.roles import reader
from dashboard.cards.guard import Data
from dashboard.desk.desk import LONGEST, Action, Desk, day_of, refused, text_of
from dashboard.desk.rules_shown import (
    shown_findings,
    shown_refusal,
    shown_trial,
    shown_verdicts,
)
from dashboard.words import word
from reports import audience
from reports.audience.list_file import PERSONAL
from reports.audience.rules_file import versions_of
from weblog.errors import RulesError, WeblogError
from weblog.store import Store

LISTS: Final = 20
"""Lists made before that are shown, the latest."""


def load(desk: Desk, _: dict[str, Any], language: str) -> Data:
    """Return the file as it is, what it chooses, what it said before, and lists made of it."""
    path = desk.rules_file
    if path is None:
        return refused(word("no_rules_file", language))
    desk.aside.warm()
    file = audience.RulesFile.read(path)
    is_new = file.sha256 == ""
    return {
        "state": "ready",
        "path": desk.files.rules,
        "text": audience.TEMPLATE if is_new else file.text,
        "sha256": file.sha256,
        "note": word("file_new", language, path=desk.files.rules) if is_new else "",
        "barred": _barred(desk, path, language),
        "versions": [
            {"name": name, "label": word("earlier_until", language, at=_at(desk, at))}
            for name, at in audience.kept_versions(path)[:LISTS]
        ],
        "day": desk.usual_day().isoformat(),
        "names": _names(file),
        "columns": _columns(),
        "made": made_lists(desk),
    }


def _barred(desk: Desk, path: Path, language: str) -> str:
    """Say why nothing can be saved; empty if it can."""
    if desk.door.audit is None:
        return word("no_audit", language)
    folder = path.resolve().parent
    return "" if os.access(folder, os.W_OK) else word("read_only", language)


def _names(file: audience.RulesFile) -> list[str]:
    """Return what a list can be made of, as the file stands; nothing where it is wrong.

    It was tried before it was saved here; whoever writes it elsewhere owns this machine's files.
    """
    try:
        book = audience.rules_from(file.text.encode())
    except RulesError:
        return []
    return [*book.list_names(), *(rule.rule for rule in book.rules)]


def _columns() -> list[str]:
    """Return what else a file can tell of customers, to the reader's role."""
    own = [column.name for column in audience.COLUMNS if column.name != "customer_id"]
    return [*own, *PERSONAL] if reader().sees("analyst") else own


def made_lists(desk: Desk) -> list[Data]:
    """Return the lists that were made, the latest first."""
    rows = rows_of_lists(desk.store).head(LISTS).to_dicts()
    return [
        {
            "run": row["run"],
            "made": _at(desk, row["made_at"]),
            "list": row["list"],
            "day": row["day"].isoformat(),
            "channel": row["channel"],
            "written": f"{row['written']:,}",
            "held": f"{row['held_out']:,}",
            "file": row["file"],
        }
        for row in rows
    ]


def rows_of_lists(store: Store) -> pl.DataFrame:
    """Return table target_lists, the latest first."""
    found = store.snapshot().scan("target_lists").collect()
    return found.sort("made_at", "run", descending=True)


def _at(desk: Desk, at: datetime) -> str:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return f"{aware.astimezone(ZoneInfo(desk.site.time_zone)):%Y-%m-%d %H:%M}"


def try_rules(desk: Desk, given: dict[str, Any], language: str) -> Data:
    """Check the text, and say what each list would come to; nothing is written."""
    text, day = text_of(given, "text"), day_of(given, desk)
    found = desk.aside.ask(
        "try_rules",
        text=text,
        store=str(desk.store.folder),
        site=desk.site,
        day=day,
        today=desk.today(),
        lift=_lift(given),
    )
    told = sha256(text.encode()).hexdigest()
    return {**shown_trial(found, day, language), "of": told}


def _lift(given: dict[str, Any]) -> float | None:
    """Return the lift hoped for; it is typed in points."""
    said = text_of(given, "lift", 20).strip().replace(",", ".")
    if not said:
        return None
    try:
        points = float(said)
    except ValueError:
        raise WeblogError(f"{said!r} is no number of points, such as 0.5") from None
    return points / 100


def explain(desk: Desk, given: dict[str, Any], language: str) -> Data:
    """Say what every rule says of a customer; that somebody looked is recorded first."""
    customer, day = text_of(given, "customer", 200).strip(), day_of(given, desk)
    if not customer:
        return refused(word("customer_number", language))
    if desk.door.audit:
        desk.door.audit.record(
            "rules_explained", reader=reader(), customer=customer, detail=day.isoformat()
        )
    found = desk.aside.ask(
        "explain",
        text=text_of(given, "text"),
        store=str(desk.store.folder),
        site=desk.site,
        day=day,
        customer=customer,
    )
    if "answer" not in found:
        return shown_refusal(found, language)
    lists = shown_verdicts(found["answer"]["verdicts"], language)
    return {"state": "ready", "customer": customer, "lists": lists}


def save(desk: Desk, given: dict[str, Any], language: str) -> Data:
    """Replace the file if the text passes the check and nobody changed it meanwhile."""
    path, audit = desk.rules_file, desk.door.audit
    if path is None:
        return refused(word("no_rules_file", language))
    if audit is None:
        return refused(word("no_audit", language))
    text, before, day = text_of(given, "text"), text_of(given, "sha256", 64), desk.today()
    found = desk.aside.ask(
        "check_rules", text=text, store=str(desk.store.folder), site=desk.site, day=day
    )
    if "answer" not in found:
        return shown_refusal(found, language)
    if found["answer"]["wrong"]:
        told = refused(word("not_saved_wrong", language))
        return {**told, **shown_findings(found["answer"], day, language)}

    def record(after: str) -> None:
        detail = f"{path.name} {before[:12] or 'new'} -> {after[:12]}"
        audit.record("rules_saved", reader=reader(), detail=detail)

    audience.save_rules(path, text, before, now=desk.now(), record=record)
    return {**load(desk, {}, language), "note": word("saved", language)}


def version(desk: Desk, given: dict[str, Any], language: str) -> Data:
    """Return what the file said before."""
    path, name = desk.rules_file, text_of(given, "name", 200)
    if path is None or name not in [known for known, _ in audience.kept_versions(path)]:
        return refused(word("nothing_here", language))
    file = versions_of(path.resolve()) / name
    return {"state": "ready", "text": audience.RulesFile.read(file).text[:LONGEST],
            "note": word("earlier_loaded", language)}  # fmt: skip


ACTIONS: Final = tuple(
    Action("desk", name, "marketer", act)
    for name, act in (
        ("load", load),
        ("trial", try_rules),
        ("explain", explain),
        ("save", save),
        ("version", version),
    )
)
