"""The plan of all visits: who comes when, from where, on which browser, and to what end.

Everything that later needs another day (lots, effects, returning) is decided here,
on arrays with one row per visit; the pages of a visit are walked day by day.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np

from sample_logs.company import BANNERS, DISPLAY
from sample_logs.pages import Bools, Floats, Ints
from sample_logs.people import Attributes, People, draw_addresses
from sample_logs.rhythm import DAY, HOUR, PLANNED_DAYS, Window, day_weights, times_of_day
from sample_logs.sources import (
    ANY,
    COMPUTER,
    FIRST_BANNER,
    MAIL,
    NAVER_APP,
    PHONE,
    SOURCES,
    source_weights,
)

APART: Final = 3 * HOUR
"""Two visits of a person lie at least so far apart, so that no walk runs into the next."""

NO_DELIVERY: Final = -1
REFUSED: Final = -1
"""The cookie number of people who take none."""


class Goal(IntEnum):
    """What a visit leads to; a flow of pages stands behind each (see walk)."""

    NONE = 0
    QUOTE_BEGUN = 1
    QUOTE_HALF = 2
    QUOTE_DONE = 3
    APPLIED = 4
    SUBSCRIBED = 5
    CONSULT = 6
    JOIN = 7
    JOIN_AND_SUBSCRIBE = 8


class Login(IntEnum):
    """Whether a visit's person is logged in: never, from some page on, or from the start."""

    NONE = 0
    HALFWAY = 1
    ALWAYS = 2


@dataclass(slots=True)
class Visits:
    """One row per visit, all arrays of the same length, sorted by start once planned."""

    person: Ints
    start: Ints
    source: Ints
    topic: Ints
    goal: Ints
    login: Ints
    pages: Ints
    delivery: Ints
    """The delivery whose link was clicked, or NO_DELIVERY."""
    caused: Bools
    """Whether the visit would not have been made without that delivery."""
    browser: Ints
    cookie: Ints
    address: Ints

    def take(self, rows: Ints | Bools) -> Visits:
        """The chosen rows."""
        return Visits(*(getattr(self, field.name)[rows] for field in fields(self)))

    def __len__(self) -> int:
        return len(self.person)


def joined_visits(*parts: Visits) -> Visits:
    """All rows of ``parts``, one after the other."""
    return Visits(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Visits))
    )


def bare_visits(person: Ints, start: Ints, topic: Ints) -> Visits:
    """Visits of which only who, when and what about is known yet."""
    count = len(person)
    zeros = np.zeros(count, dtype=np.int64)
    return Visits(
        person=person.astype(np.int64),
        start=start.astype(np.int64),
        source=zeros.copy(),
        topic=topic.astype(np.int64),
        goal=zeros.copy(),
        login=zeros.copy(),
        pages=zeros + 1,
        delivery=zeros + NO_DELIVERY,
        caused=zeros.astype(bool),
        browser=zeros + ANY,
        cookie=zeros + REFUSED,
        address=zeros.copy(),
    )


def natural_visits(
    people: People, attributes: Attributes, window: Window, rng: np.random.Generator
) -> Visits:
    """Plan the visits people make of themselves, mailings apart, sorted by person and start."""
    weights = day_weights(window, rng)
    share = window.days / PLANNED_DAYS
    counts = rng.poisson(people.rate * share)
    first = people.registered
    last = first + people.anonymous
    # Anonymous people are those who came at least once; most came once.
    counts[first:last] = rng.poisson(0.22 * people.rate[first:last] * share) + (
        rng.random(people.anonymous) < min(1.0, share)
    )
    person = np.repeat(np.arange(people.count), counts)
    day = _weighted_days(len(person), weights, rng)
    fresh = np.flatnonzero(attributes.joined >= 0)
    joining = attributes.joined[fresh]
    # Nobody is at the site as a stranger on the day of joining but for the visit he joins in.
    joined_on = np.full(people.count, -1)
    joined_on[fresh] = joining
    keep = joined_on[person] != day
    person = np.concatenate([person[keep], fresh])
    day = np.concatenate([day[keep], joining])
    topic = np.where(
        rng.random(len(person)) < 0.78, people.topic[person], rng.integers(0, 5, len(person))
    )
    visits = bare_visits(person, times_of_day(window, day, rng), topic)
    visits.goal[len(person) - len(fresh) :] = np.where(
        rng.random(len(fresh)) < 0.30, Goal.JOIN_AND_SUBSCRIBE, Goal.JOIN
    )
    visits = visits.take(np.lexsort((visits.start, visits.person)))
    visits = visits.take(~_too_close(visits))
    _draw_sources(visits, people, window, rng)
    draw_conduct(visits, people, attributes, rng)
    return visits


def _weighted_days(count: int, weights: Floats, rng: np.random.Generator) -> Ints:
    upto = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(upto, rng.random(count), side="right"), len(weights) - 1)


def _too_close(visits: Visits) -> Bools:
    """Rows (sorted by person and start) to leave out, so that visits of a person stay apart."""
    follows = np.zeros(len(visits), dtype=bool)
    follows[1:] = (np.diff(visits.person) == 0) & (np.diff(visits.start) < APART)
    joins = visits.goal >= Goal.JOIN
    drop = follows & ~joins
    drop[:-1] |= (follows & joins)[1:]
    return drop


def _draw_sources(visits: Visits, people: People, window: Window, rng: np.random.Generator) -> None:
    registered = people.is_registered(visits.person)
    uniform = rng.random(len(visits))
    days = visits.start // DAY
    for day in range(window.days):
        weights = source_weights(day - window.planned(0))
        for row, is_registered in enumerate((False, True)):
            chosen = np.flatnonzero((days == day) & (registered == is_registered))
            upto = np.cumsum(weights[row]) / weights[row].sum()
            visits.source[chosen] = np.searchsorted(upto, uniform[chosen], side="right")
    banner = visits.source - FIRST_BANNER
    shown = (banner >= 0) & (banner < len(BANNERS))
    campaign_topic = np.array([DISPLAY[item.campaign].topic for item in BANNERS])
    visits.topic[shown] = campaign_topic[banner[shown]]


def draw_conduct(
    visits: Visits, people: People, attributes: Attributes, rng: np.random.Generator
) -> None:
    """Draw length, goal and login of each visit in place; goals already set are kept."""
    count = len(visits)
    registered = people.is_registered(visits.person)
    known = registered.copy()
    known[registered] = (
        attributes.joined[visits.person[registered]] < visits.start[registered] // DAY
    )
    bounce = rng.random(count) < np.where(registered, 0.20, 0.44)
    more = rng.lognormal(0.80, 0.90, count).astype(np.int64)
    visits.pages = np.where(bounce, 1, 2 + more.clip(0, 70))
    paid = np.isin(visits.source, [n for n, s in enumerate(SOURCES) if s.channel == "Paid Search"])
    uniform = rng.random(count) / np.where(paid, 1.9, 1.0)
    # Cumulative chances of: quote begun, half, done; application begun; subscription; consultation
    upto = np.where(
        known[:, None],
        np.array([0.030, 0.048, 0.078, 0.086, 0.102, 0.114]),
        np.array([0.040, 0.068, 0.108, 0.108, 0.108, 0.124]),
    )
    drawn = (uniform[:, None] >= upto).sum(axis=1)
    goals = np.where(drawn < 6, drawn + 1, Goal.NONE)
    visits.goal = np.where(visits.goal == Goal.NONE, goals, visits.goal)
    wants = (rng.random(count) < 0.56) & (visits.pages > 1)
    needs = (visits.goal == Goal.APPLIED) | (visits.goal == Goal.SUBSCRIBED)
    login = np.where(wants | needs, Login.HALFWAY, Login.NONE)
    login = np.where(people.stays_logged_in[visits.person], Login.ALWAYS, login)
    visits.login = np.where(known, login, Login.NONE)


def add_family_visits(
    visits: Visits, people: People, attributes: Attributes, rng: np.random.Generator
) -> Visits:
    """Add the partner's visit right after some evening visits on a shared computer."""
    partner = np.full(people.count, -1)
    shared = np.flatnonzero(people.home_owner != np.arange(people.count))
    partner[people.home_owner[shared]] = shared
    partner[shared] = people.home_owner[shared]
    evening = visits.start % DAY // HOUR >= 18
    can = (partner[visits.person] >= 0) & evening & (visits.login == Login.HALFWAY)
    rows = np.flatnonzero(can & (rng.random(len(visits)) < 0.5))
    visits.browser[rows] = COMPUTER
    visits.pages[rows] = visits.pages[rows].clip(2, 6)
    other = partner[visits.person[rows]]
    start = visits.start[rows] + rng.integers(15 * 60, 45 * 60, len(rows))
    rows_ok = (attributes.joined[other] < start // DAY) & (
        start // DAY == visits.start[rows] // DAY
    )
    more = bare_visits(other, start, people.topic[other]).take(rows_ok)
    more.pages = rng.integers(2, 7, len(more))
    more.browser[:] = COMPUTER
    more.login[:] = Login.HALFWAY
    return joined_visits(visits, more)


def settle_browsers(visits: Visits, people: People, rng: np.random.Generator) -> None:
    """Decide in place which browser, cookie and address each visit comes with."""
    count = len(visits)
    wanted = np.array([source.browser for source in SOURCES])[visits.source]
    wanted = np.where(visits.browser != ANY, visits.browser, wanted)
    preferred = np.where(people.prefers_phone[visits.person], PHONE, COMPUTER)
    other = COMPUTER + PHONE - preferred
    usual = np.where(rng.random(count) < 0.86, preferred, other)
    mails = np.where(rng.random(count) < 0.25, NAVER_APP, usual)
    usual = np.where(visits.source == MAIL, mails, usual)
    visits.browser = np.where(wanted == ANY, usual, wanted)
    visits.browser[people.is_staff(visits.person)] = COMPUTER
    at_home = visits.browser == COMPUTER
    holder = np.where(at_home, people.home_owner[visits.person], visits.person)
    generation = np.where(people.deletes_cookies[holder], visits.start // (16 * DAY), 0)
    cookie = (holder * 8 + visits.browser) * 64 + generation
    private = rng.random(count) < 0.02
    cookie = np.where(private, people.count * 512 + np.arange(count), cookie)
    visits.cookie = np.where(people.refuses_cookies[holder], REFUSED, cookie)
    on_the_way = ~at_home & (rng.random(count) < 0.6)
    visits.address = np.where(
        on_the_way, draw_addresses(rng, count, mobile=True), people.home_address[holder]
    )
    office = (10 << 24) + (20 << 16) + visits.person % 60_000 + 12
    visits.address = np.where(people.is_staff(visits.person), office, visits.address)
