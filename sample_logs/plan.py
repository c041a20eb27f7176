"""The whole plan of a company's window, and the lines of each of its days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sample_logs.bots import add_bots
from sample_logs.damage import damaged_lines
from sample_logs.daylog import DayLog, Lines, joined_lines
from sample_logs.hits import DayVisits, VisitHits, day_visits
from sample_logs.mailings import Deliveries, Recipients, send_mailings
from sample_logs.mailtraces import add_mail_traces
from sample_logs.pages import Bools
from sample_logs.people import Attributes, People, make_people
from sample_logs.register import (
    Contracts,
    Register,
    earlier_contracts,
    joined_contracts,
    later_contracts,
    make_register,
)
from sample_logs.rhythm import DAY, Window
from sample_logs.visits import (
    REFUSED,
    Visits,
    add_family_visits,
    natural_visits,
    settle_browsers,
)
from sample_logs.walk import walk


@dataclass(slots=True)
class Plan:
    """Everything that is decided before a line is written."""

    seed: int
    scale: float
    window: Window
    people: People
    attributes: Attributes
    register: Register
    contracts: Contracts
    natural: Visits
    """The visits had no mailing been sent; the counterfactual of the lift."""
    visits: Visits
    is_fresh: Bools
    """Whether a visit is its browser's first."""
    deliveries: Deliveries


def make_plan(seed: int, scale: float, days: int) -> Plan:
    """Plan a company of ``scale`` times the base size over ``days`` days."""
    rng = np.random.default_rng([seed, 1])
    window = Window(days)
    people, attributes = make_people(scale, days, rng)
    before = earlier_contracts(people, attributes, rng)
    register = make_register(people, before, window, rng)
    natural = natural_visits(people, attributes, window, rng)
    visits, deliveries = send_mailings(
        Recipients(natural, people, attributes, register, window), rng
    )
    visits = add_family_visits(visits, people, attributes, rng)
    settle_browsers(visits, people, rng)
    visits = visits.take(np.lexsort((visits.person, visits.start)))
    after = later_contracts(visits, people, attributes, window=window, rng=rng)
    return Plan(
        seed=seed,
        scale=scale,
        window=window,
        people=people,
        attributes=attributes,
        register=register,
        contracts=joined_contracts(before, after),
        natural=natural,
        visits=visits,
        is_fresh=_first_of_browser(visits),
        deliveries=deliveries,
    )


def _first_of_browser(visits: Visits) -> Bools:
    _, first = np.unique(visits.cookie, return_index=True)
    fresh = np.zeros(len(visits), dtype=bool)
    fresh[first] = True
    fresh |= visits.cookie == REFUSED
    return fresh


@dataclass(slots=True)
class Day:
    """A day's lines, sorted by time, and the visits that began on it."""

    number: int
    lines: Lines
    first_visit: int
    visits: DayVisits


def write_days(plan: Plan, *, with_cookie: bool) -> Iterator[Day]:
    """Yield day after day; hits after midnight are kept for the next day.

    Memory follows the people and one day's lines, not the number of days.
    """
    waiting: Lines | None = None
    bounds = np.searchsorted(plan.visits.start, np.arange(plan.window.days + 1) * DAY)
    for number in range(plan.window.days):
        first, last = int(bounds[number]), int(bounds[number + 1])
        rng = np.random.default_rng([plan.seed, 2, number])
        visits = plan.visits.take(np.arange(first, last))
        day = day_visits(
            visits, walk(visits, rng), plan.is_fresh[first:last], people=plan.people, seed=plan.seed
        )
        log = DayLog(plan.window, number, with_cookie=with_cookie)
        if len(visits):
            VisitHits(log, day, plan.people, plan.deliveries, plan.seed, rng).add()
        add_bots(log, plan.scale, rng)
        add_mail_traces(log, plan.deliveries, plan.people, rng)
        lines = log.render()
        damage = damaged_lines(lines, plan.window, number, rng, with_cookie=with_cookie)
        parts = [lines, damage] if waiting is None else [waiting, lines, damage]
        lines = joined_lines(*parts)
        lines = lines.take(np.argsort(lines.at, kind="stable"))
        cut = int(np.searchsorted(lines.at, (number + 1) * DAY))
        waiting = lines.take(np.arange(cut, len(lines.text)))
        yield Day(number, lines.take(np.arange(cut)), first, day)
