"""Judge all alerts and tell what began and ended: one run of ``weblog alerts check``.

The order that makes an event told at least once, and once wherever nobody dies: judge; write the
event down with all its targets; tell one target; cross it off; tell the next. A run that is
killed before the writing has told nobody, and the next run finds the same event, with the same
id. One that is killed between telling and crossing off tells that target again, with the same
id. One run at a time: a second waits, and then finds nothing new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from zoneinfo import ZoneInfo

from reports.alerts.book import FOLDER, Book, Event, Standing, read_book, targets_of
from reports.alerts.judge import Verdict, judge
from reports.alerts.reading import REJECTS, SILENCE, Reading, hours_between, newest_hit, read
from reports.alerts.windows import Window, last_window
from weblog.errors import UnknownNameError, WeblogError
from weblog.site import Site
from weblog.site.alerts import Alert
from weblog.store import Snapshot, Store
from weblog.store.lock import lock

Deliver = Callable[[Event, Alert, str, datetime], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found of one alert; ``event`` is what it told, None where nothing changed."""

    rule: Alert
    window: Window
    verdict: Verdict
    standing: Standing
    event: Event | None


def check(
    store: Store, site: Site, now: datetime, deliver: Deliver
) -> tuple[list[Outcome], list[str]]:
    """Judge every alert as of ``now``; tell what began, what ended, and what is owed from before.

    Args:
        store: of the site.
        site: the rules, without faults.
        now: the moment; windows end before it.
        deliver: tells an event to a target.

    Returns:
        What was found, and what could not be told: it is told by the next run.

    Raises:
        LockedError: another run has been telling for minutes.
        StoreError: what is remembered is damaged.
    """
    snapshot = store.snapshot()
    (store.folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    with lock(store.folder / FOLDER, "check alerts", exclusive=True):
        book = read_book(store.folder) or Book(token_hex(8))
        book = book.without_others({rule.alert for rule in site.alerts})
        outcomes = []
        for rule in site.alerts:
            window, verdict = look(snapshot, rule, site, now)
            known = {event.id for event in book.events}
            book = book.noted(rule, verdict, window, now)
            event = next((each for each in book.events if each.id not in known), None)
            standing = book.standing.get(rule.alert, Standing())
            outcomes.append(Outcome(rule, window, verdict, standing, event))
        book.write(store.folder)
        return outcomes, _tell(store, site, book, now, deliver)


def look(snapshot: Snapshot, rule: Alert, site: Site, now: datetime) -> tuple[Window, Verdict]:
    """Judge one alert; what goes wrong on the way leaves it unknown, and says why."""
    zone = ZoneInfo(site.time_zone)
    window = last_window(rule.window, zone, now)
    if rule.measure == SILENCE:
        window = Window(now, now, window.last, window.last, is_hour=False)
    try:
        return window, _judged(snapshot, rule, site, now, window)
    except WeblogError as error:
        return window, Verdict("unknown", "failed", facts={"problem": str(error)})


def _judged(snapshot: Snapshot, rule: Alert, site: Site, now: datetime, window: Window) -> Verdict:
    zone = ZoneInfo(site.time_zone)
    if rule.measure != REJECTS:
        newest = newest_hit(snapshot, now, zone)
        if newest is None:
            return Verdict("unknown", "no_data", facts={"reach": "–"})
        if rule.measure == SILENCE:
            return judge(rule, Reading(hours_between(newest, now), "ratio"))
        if newest < window.covered_from:
            reach = f"{newest.astimezone(zone):%Y-%m-%d %H:%M}"
            return Verdict("unknown", "no_data", facts={"reach": reach})
    before: list[Reading] = []
    if rule.change is not None or rule.anomaly:
        first = min(snapshot.rows_by_day("sessions"), default=window.first)
        earlier = (window.weeks_before(weeks, zone) for weeks in range(1, rule.weeks + 1))
        found = (read(snapshot, rule, each, site) for each in earlier if each.first >= first)
        before = [each for each in found if each is not None]
    return judge(rule, read(snapshot, rule, window, site), before)


def send_test(site: Site, name: str, now: datetime, deliver: Deliver) -> list[str]:
    """Tell all targets of an alert that this is a test; return what could not be told.

    Raises:
        UnknownNameError: there is no such alert.
    """
    rule = next((each for each in site.alerts if each.alert == name), None)
    if rule is None:
        raise UnknownNameError("alert", name, [each.alert for each in site.alerts])
    window = last_window(rule.window, ZoneInfo(site.time_zone), now)
    verdict = Verdict("ok", "test")
    event = Book(token_hex(8)).event(rule, "test", verdict, window, at=now, episode=0)
    return [
        problem
        for target in event.waiting
        if (problem := _problem(event, rule, target, now, deliver)) is not None
    ]


def _tell(store: Store, site: Site, book: Book, now: datetime, deliver: Deliver) -> list[str]:
    """Tell every target that is owed an event, oldest first; return what could not be told."""
    rules = {rule.alert: rule for rule in site.alerts}
    problems = []
    for event in book.events:
        rule = rules.get(event.alert)
        for target in event.waiting:
            problem = None
            if rule is not None and target in targets_of(rule):  # else nobody wants it any more
                problem = _problem(event, rule, target, now, deliver)
            if problem is not None:
                problems.append(problem)
                continue
            book = book.told(event.id, target)
            book.write(store.folder)
    return problems


def _problem(event: Event, rule: Alert, target: str, now: datetime, deliver: Deliver) -> str | None:
    try:
        deliver(event, rule, target, now)
    except WeblogError as error:
        return f"{rule.alert}: {target}: {error}"
    return None
