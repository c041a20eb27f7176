"""What the doctor looks at of alerts and mail: nothing damaged, nothing waiting for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from reports.alerts.book import read_book
from weblog.doctor.finding import Finding
from weblog.errors import StoreError
from weblog.mail import Outbox
from weblog.store import Store

LONG: Final = timedelta(days=1)


def examine_alerts(store: Store, now: datetime) -> list[Finding]:
    """Return what is wrong with what is remembered of alerts, and with mail that waits."""
    found = []
    try:
        book = read_book(store.folder)
        owed = [e for e in book.events if e.waiting] if book else []
        late = [each for each in owed if _is_late(each.at, now)]
        if late:
            problem = f"{len(late):,} alerts could not be told for more than a day"
            advice = "`weblog alerts check` tries again and says why."
            found.append(Finding("alerts", "note", "", problem, advice, len(late)))
    except StoreError as error:
        advice = "Remove that file: alerts that are firing are then told once more."
        found.append(Finding("alerts", "fault", "", error.problem, advice))
    try:
        waiting = [each for each in Outbox(store.folder).waiting() if _is_late(each.written, now)]
        if waiting:
            problem = f"{len(waiting):,} mails have waited for more than a day"
            advice = "`weblog send` tries again and says why; `weblog send --list` lists them."
            found.append(Finding("outbox", "note", "", problem, advice, len(waiting)))
    except StoreError as error:
        found.append(Finding("outbox", "fault", "", error.problem, "Remove that file."))
    return found


def _is_late(at: str, now: datetime) -> bool:
    return now - datetime.fromisoformat(at) > LONG
