"""The truth beside the logs: who came, where visits begin, what mailings caused.

Kept so that tests can compare what is measured with what is true. See README.md
for the columns.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final

import numpy as np

from sample_logs.agents import AGENTS
from sample_logs.company import MAILINGS
from sample_logs.daylog import Sort
from sample_logs.mailings import sent_at
from sample_logs.pages import Bools, Ints
from sample_logs.people import customer_id
from sample_logs.plan import Day, Plan
from sample_logs.rhythm import DAY
from sample_logs.sources import SOURCES
from sample_logs.tables import Row, truth_word, write_csv
from sample_logs.visits import NO_DELIVERY, REFUSED, Goal
from sample_logs.walk import VIEWS, Act

VISIT_DAYS: Final = 7
BUY_DAYS: Final = 14
"""Days after sending within which mailings.csv.gz counts visits and subscriptions."""


class GzipCsv:
    """A gzipped CSV whose bytes depend on nothing but its rows."""

    def __init__(self, path: Path, header: str) -> None:
        self._file = path.open("wb")
        self._gzip = gzip.GzipFile(
            filename="", mode="wb", compresslevel=6, fileobj=self._file, mtime=0
        )
        self._text = io.TextIOWrapper(self._gzip, encoding="utf-8", newline="")
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._writer.writerow(header.split())

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._writer.writerows(rows)

    def __enter__(self) -> GzipCsv:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Finish the file."""
        self._text.close()
        self._gzip.close()
        self._file.close()


class TruthWriter:
    """Writes the truth of visits and visitors day by day, the rest at the end."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan = plan
        self._folder = folder
        self._counts = np.zeros(len(Sort), dtype=np.int64)
        self._is_first = _first_meetings(plan)
        self._visitors = GzipCsv(
            folder / "visitors.csv.gz", "cookie client user_agent person customer_id"
        )
        self._sessions = GzipCsv(
            folder / "sessions.csv.gz",
            "visit person cookie client user_agent start end page_views events channel source "
            "customer_id logged_in goal delivery",
        )

    def add(self, day: Day) -> None:
        """Write what is true of a day."""
        self._counts += np.bincount(day.lines.sort, minlength=len(Sort))
        rows = list(self._day_rows(day))
        self._sessions.write(rows)
        last = day.first_visit + len(rows)
        first = np.flatnonzero(self._is_first[day.first_visit : last])
        person = day.visits.visits.person
        for row in first.tolist():
            known = person[row] < self._plan.people.registered
            customer = customer_id(int(person[row])) if known else None
            _, name, cookie, client, agent = rows[row][:5]
            self._visitors.write([(cookie, client, agent, name, customer)])

    def close(self) -> None:
        """Finish the daily files and write lines, deliveries and mailings."""
        self._visitors.close()
        self._sessions.close()
        names = [sort.name.lower() for sort in Sort]
        rows: list[Row] = [("all", int(self._counts.sum()))]
        rows += zip(names, self._counts.tolist(), strict=True)
        write_csv(self._folder / "lines.csv", "sort lines", rows)
        with GzipCsv(
            self._folder / "deliveries.csv.gz",
            "delivery treated opened clicked prefetched scanned visited_because subscribed_because",
        ) as file:
            file.write(_delivery_rows(self._plan))
        write_csv(
            self._folder / "mailings.csv",
            "mailing chosen treated visited_7d visited_7d_without visit_lift "
            "subscribed_14d subscribed_14d_without subscribe_lift",
            _mailing_rows(self._plan),
        )

    def _day_rows(self, day: Day) -> Iterator[Row]:
        visits, steps = day.visits.visits, day.visits.steps
        count = len(visits)
        in_time = steps.at < self._plan.window.end
        views = _per_visit(steps.visit, np.isin(steps.act, VIEWS) & in_time, count)
        is_event = (steps.act == Act.FILE) | (steps.act == Act.BEACON)
        events = _per_visit(steps.visit, is_event & in_time, count)
        logged = _per_visit(steps.visit, steps.logged_in & in_time, count) > 0
        shown = np.isin(steps.act, VIEWS) | is_event
        end = np.zeros(count, dtype=np.int64)
        np.maximum.at(end, steps.visit[shown & in_time], steps.at[shown & in_time])
        moment = self._plan.window.moment
        staff = self._plan.people.is_staff(visits.person)
        for row in range(count):
            person = int(visits.person[row])
            cookie = day.visits.cookies[row]
            refuses = cookie == "-"
            delivery = int(visits.delivery[row])
            source = SOURCES[int(visits.source[row])]
            yield (
                day.first_visit + row,
                f"{'e' if staff[row] else 'p'}{person}",
                cookie,
                day.visits.addresses[row] if refuses else None,
                day.visits.agents[row] if refuses else None,
                moment(int(visits.start[row])).isoformat(),
                moment(int(end[row])).isoformat(),
                int(views[row]),
                int(events[row]),
                source.channel,
                source.key,
                customer_id(person) if logged[row] else None,
                truth_word(bool(logged[row])),
                Goal(int(visits.goal[row])).name.lower(),
                None if delivery == NO_DELIVERY else self._plan.deliveries.identity(delivery),
            )


def _first_meetings(plan: Plan) -> Bools:
    """Whether a visit is the first of its person on its browser, shape (visits,)."""
    visits = plan.visits
    agent = plan.people.agents[visits.person, visits.browser]
    stranger = -2 - (visits.address * len(AGENTS) + agent)
    browser = np.where(visits.cookie == REFUSED, stranger, visits.cookie)
    order = np.lexsort((np.arange(len(visits)), visits.person, browser))
    new = np.ones(len(visits), dtype=bool)
    new[1:] = (np.diff(browser[order]) != 0) | (np.diff(visits.person[order]) != 0)
    first = np.zeros(len(visits), dtype=bool)
    first[order[new]] = True
    return first


def _per_visit(visit: Ints, chosen: Bools, count: int) -> Ints:
    return np.bincount(visit[chosen], minlength=count)


def _delivery_rows(plan: Plan) -> Iterator[Row]:
    deliveries = plan.deliveries
    for row in range(len(deliveries.person)):
        yield (
            deliveries.identity(row),
            *(
                truth_word(bool(value))
                for value in (
                    not deliveries.held_out[row],
                    deliveries.opened_at[row] > 0,
                    deliveries.clicked[row],
                    deliveries.fetched[row],
                    deliveries.scanned[row],
                    deliveries.visited_because[row],
                    deliveries.subscribed_because[row],
                )
            ),
        )


def _mailing_rows(plan: Plan) -> Iterator[Row]:
    """Among those written to: what happened, and what would have without this mailing."""
    deliveries, visits = plan.deliveries, plan.visits
    sells = np.isin(visits.goal, (Goal.SUBSCRIBED, Goal.JOIN_AND_SUBSCRIBE))
    for number, mailing in enumerate(MAILINGS):
        sent = sent_at(mailing, plan.window)
        of_mailing = deliveries.mailing == number
        if sent < 0 or not of_mailing.any():
            continue
        treated = np.zeros(plan.people.count, dtype=bool)
        treated[deliveries.person[of_mailing & ~deliveries.held_out]] = True
        size = int(treated.sum())
        own = (visits.delivery >= 0) & visits.caused
        own[own] &= deliveries.mailing[visits.delivery[own]] == number
        figures: list[float] = []
        for days, which in ((VISIT_DAYS, np.ones(len(sells), dtype=bool)), (BUY_DAYS, sells)):
            within = (visits.start >= sent) & (visits.start < sent + days * DAY) & which
            within &= treated[visits.person]
            happened = len(np.unique(visits.person[within]))
            without = len(np.unique(visits.person[within & ~own]))
            figures += [happened, without, round((happened - without) / max(size, 1), 6)]
        yield mailing.key, int(of_mailing.sum()), size, *figures
