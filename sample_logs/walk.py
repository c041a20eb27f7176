"""From visits to steps: the pages each visit goes through, and when.

Three strands are drawn apart and woven together by a decimal order: browsing
(a Markov chain over kinds of pages), logging in, and the flow its goal asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from sample_logs import pages
from sample_logs.company import BANNERS
from sample_logs.pages import Bools, Floats, Ints, Kind, draw_pages
from sample_logs.sources import ENTRY_KINDS, FIRST_BANNER, MAIL, SOURCES
from sample_logs.visits import Goal, Login, Visits


class Act(IntEnum):
    """What a step is in the log."""

    VIEW = 0
    ENTRY = 1  # a view whose URL may carry campaign parameters
    DONE = 2  # a view of a subscription's last page, with its amount
    POST_PAGE = 3  # a form that is answered with a redirect
    FAILED_LOGIN = 4
    FILE = 5
    BEACON = 6
    FETCH = 7
    LOGOUT = 8
    MAIL_CLICK = 9
    MISSING = 10
    BROKEN = 11
    LOGIN = 12


VIEWS: Final = (Act.VIEW, Act.ENTRY, Act.DONE)
"""Acts that are page views."""


@dataclass(slots=True)
class Steps:
    """The steps of a day's visits, sorted by visit and order, all arrays of one length.

    ``visit`` is the row in the day's visits, ``at`` seconds of the window.
    """

    visit: Ints
    page: Ints
    act: Ints
    logged_in: Bools
    at: Ints


_MOVES: Final = np.cumsum(
    np.array(
        [  # HOME  HUB  ART  PROD DETL SRCH CLMS MY   EVNT COMP
            [0.02, 0.17, 0.14, 0.25, 0.02, 0.06, 0.14, 0.11, 0.06, 0.03],  # HOME
            [0.06, 0.05, 0.58, 0.17, 0.03, 0.03, 0.03, 0.02, 0.03, 0.00],  # HUB
            [0.07, 0.18, 0.43, 0.20, 0.03, 0.03, 0.02, 0.01, 0.03, 0.00],  # ARTICLE
            [0.07, 0.04, 0.07, 0.14, 0.52, 0.04, 0.05, 0.04, 0.02, 0.01],  # PRODUCT
            [0.05, 0.03, 0.06, 0.22, 0.52, 0.04, 0.03, 0.03, 0.01, 0.01],  # DETAIL
            [0.05, 0.03, 0.33, 0.29, 0.07, 0.11, 0.10, 0.01, 0.01, 0.00],  # SEARCH
            [0.07, 0.02, 0.03, 0.05, 0.02, 0.06, 0.60, 0.13, 0.01, 0.01],  # CLAIMS
            [0.06, 0.02, 0.03, 0.07, 0.03, 0.02, 0.14, 0.61, 0.02, 0.00],  # MY
            [0.12, 0.06, 0.10, 0.11, 0.02, 0.02, 0.02, 0.05, 0.50, 0.00],  # EVENT
            [0.24, 0.04, 0.05, 0.12, 0.02, 0.05, 0.05, 0.03, 0.04, 0.36],  # COMPANY
        ]
    ),
    axis=1,
)
_MEDIAN_DWELL: Final = np.array([11, 13, 52, 34, 40, 9, 38, 28, 30, 22], dtype=float)
_INSTANT, _FORM = -1, -2
"""In place of a kind of page: no dwell at all, and that of a form."""
_FORM_DWELL: Final = 38.0
_LONGEST_DWELL: Final = 25 * 60

_Flow = tuple[tuple[Ints | int, Act], ...]
_quote: Final[_Flow] = (
    (pages.QUOTE[0], Act.VIEW),
    (pages.QUOTE[1], Act.VIEW),
    (pages.PREMIUM, Act.FETCH),
    (pages.QUOTE[2], Act.VIEW),
)
_apply: Final[_Flow] = ((pages.APPLY[0], Act.VIEW), (pages.APPLY[1], Act.VIEW))
_subscribe: Final[_Flow] = (*_apply, (pages.APPLY[1], Act.POST_PAGE), (pages.SUBSCRIBED, Act.DONE))
_join: Final[_Flow] = (
    (pages.JOIN, Act.VIEW),
    (pages.JOIN, Act.POST_PAGE),
    (pages.JOINED, Act.VIEW),
)
_FLOWS: Final[dict[Goal, _Flow]] = {
    Goal.QUOTE_BEGUN: _quote[:1],
    Goal.QUOTE_HALF: _quote[:2],
    Goal.QUOTE_DONE: _quote,
    Goal.APPLIED: _quote + _apply[:1],
    Goal.SUBSCRIBED: _quote + _subscribe,
    Goal.CONSULT: (
        (pages.CONSULT, Act.VIEW),
        (pages.CONSULT, Act.POST_PAGE),
        (pages.CONSULT_SENT, Act.VIEW),
    ),
    Goal.JOIN: _join,
    Goal.JOIN_AND_SUBSCRIBE: _join + _quote + _subscribe,
}


class _Strands:
    """Collects pieces of walks: visit, order, page, act, kind of page (for the dwell)."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.parts: list[tuple[Ints, Floats, Ints, Ints, Ints]] = []

    def add(self, visit: Ints, order: Floats, page: Ints | int, act: Act, kind: Ints | int) -> None:
        size = len(visit)
        self.parts.append(
            (
                visit,
                order,
                np.broadcast_to(np.asarray(page, dtype=np.int64), size),
                np.full(size, int(act)),
                np.broadcast_to(np.asarray(kind, dtype=np.int64), size),
            )
        )

    def woven(self) -> tuple[Ints, Floats, Ints, Ints, Ints]:
        visit, order, page, act, kind = (np.concatenate(x) for x in zip(*self.parts, strict=True))
        rows = np.lexsort((order, visit))
        return visit[rows], order[rows], page[rows], act[rows], kind[rows]


def walk(visits: Visits, rng: np.random.Generator) -> Steps:
    """Walk all ``visits`` of a day."""
    strands = _Strands(rng)
    count = len(visits)
    last = visits.pages - 1
    # The login, if any, follows one of the first pages; the goal's flow comes after it.
    login_after = np.floor(rng.random(count) ** 2 * (last + 1))
    halfway = visits.login == Login.HALFWAY
    login_at = np.where(halfway, login_after + 0.25, np.inf)
    login_at = np.where(visits.login == Login.ALWAYS, -1.0, login_at)
    flow_at = np.floor(login_after + rng.random(count) * (last + 1 - login_after)) + 0.5
    _browse(strands, visits, login_at)
    _log_in(strands, visits, login_after)
    _log_out(strands, np.flatnonzero(halfway & (rng.random(count) < 0.12)))
    everyone = np.arange(count)
    by_mail = everyone[visits.source == MAIL]
    strands.add(by_mail, np.full(len(by_mail), -0.5), pages.HOME, Act.MAIL_CLICK, _INSTANT)
    for goal, flow in _FLOWS.items():
        rows = everyone[visits.goal == goal]
        for number, (step, does) in enumerate(flow):
            of_topic = step if isinstance(step, int) else step[visits.topic[rows]]
            dwells = _FORM if does in VIEWS else _INSTANT
            strands.add(rows, flow_at[rows] + number * 0.01, of_topic, does, dwells)
    visit, order, page, act, kind = strands.woven()
    joins = visits.goal >= Goal.JOIN
    login_at = np.where(joins, flow_at + 0.015, login_at)
    logged_in = (order > login_at[visit]) & (order < _LOGOUT_AT)
    at = visits.start[visit] + _elapsed(visit, kind, rng)
    return Steps(visit, page, act, logged_in, at)


_LOGOUT_AT: Final = 1_000.0


def _browse(strands: _Strands, visits: Visits, login_at: Floats) -> None:
    rng = strands.rng
    here = np.arange(len(visits))
    entry = np.cumsum([source.entry for source in SOURCES], axis=1)[visits.source]
    place = (rng.random(len(here))[:, None] > entry).sum(axis=1).clip(0, 3)
    kind = np.array([int(k) for k in ENTRY_KINDS])[place]
    page = draw_pages(kind, visits.topic, rng.random(len(here)))
    banner = visits.source - FIRST_BANNER
    shown = (banner >= 0) & (banner < len(BANNERS))
    landing = pages.LANDING[np.array([item.campaign for item in BANNERS])]
    page[shown] = landing[banner[shown]]
    kind[shown] = Kind.PRODUCT
    strands.add(here, np.zeros(len(here)), page, Act.ENTRY, kind)
    for number in range(1, int(visits.pages.max(initial=1))):
        still = visits.pages[here] > number
        here, kind = here[still], kind[still]
        kind = (rng.random(len(here))[:, None] > _MOVES[kind]).sum(axis=1).clip(0, 9)
        stranger = login_at[here] > number
        kind = np.where((kind == Kind.MY) & stranger, Kind.PRODUCT, kind)
        elsewhere = rng.random(len(here)) < 0.12
        topic = np.where(elsewhere, rng.integers(0, 5, len(here)), visits.topic[here])
        order = np.full(len(here), float(number))
        strands.add(here, order, draw_pages(kind, topic, rng.random(len(here))), Act.VIEW, kind)
        _extras(strands, here, order, kind, topic)


def _extras(strands: _Strands, here: Ints, order: Floats, kind: Ints, topic: Ints) -> None:
    """Downloads, calls, dead links and server faults on the way."""
    uniform = strands.rng.random(len(here))
    about = (kind == Kind.PRODUCT) | (kind == Kind.DETAIL)
    brochure = about & (uniform < 0.035)
    strands.add(
        here[brochure], order[brochure] + 0.01, pages.BROCHURE[topic[brochure]], Act.FILE, _INSTANT
    )
    form = (kind == Kind.CLAIMS) & (uniform < 0.09)
    strands.add(here[form], order[form] + 0.01, pages.CLAIM_FORM, Act.FILE, _INSTANT)
    call = (about | (kind == Kind.CLAIMS)) & (uniform > 0.985)
    strands.add(here[call], order[call] + 0.02, pages.CALL, Act.BEACON, _INSTANT)
    for limits, act in (((0.500, 0.506), Act.MISSING), ((0.600, 0.6012), Act.BROKEN)):
        rows = (uniform >= limits[0]) & (uniform < limits[1])
        strands.add(here[rows], order[rows] + 0.03, pages.HOME, act, _INSTANT)


def _log_in(strands: _Strands, visits: Visits, login_after: Floats) -> None:
    rng = strands.rng
    rows = np.flatnonzero(visits.login == Login.HALFWAY)
    order = login_after[rows]
    strands.add(rows, order + 0.10, pages.LOGIN, Act.VIEW, _FORM)
    fails = rng.random(len(rows)) < 0.07
    strands.add(rows[fails], order[fails] + 0.15, pages.LOGIN, Act.FAILED_LOGIN, _FORM)
    strands.add(rows, order + 0.20, pages.LOGIN, Act.LOGIN, _INSTANT)
    target = draw_pages(
        np.full(len(rows), int(Kind.MY)), visits.topic[rows], rng.random(len(rows)) * 0.6
    )
    strands.add(rows, order + 0.30, target, Act.VIEW, int(Kind.MY))


def _log_out(strands: _Strands, rows: Ints) -> None:
    late = np.full(len(rows), _LOGOUT_AT - 1.0)
    strands.add(rows, late, pages.LOGOUT, Act.LOGOUT, _INSTANT)
    strands.add(rows, late + 2.0, pages.HOME, Act.VIEW, int(Kind.HOME))


def _elapsed(visit: Ints, kind: Ints, rng: np.random.Generator) -> Ints:
    """Seconds from the visit's start to each step, from the dwell of the steps before."""
    count = len(visit)
    median = np.where(kind >= 0, _MEDIAN_DWELL[kind.clip(0)], _FORM_DWELL)
    dwell = (median * rng.lognormal(0.0, 1.0, count)).clip(2, _LONGEST_DWELL)
    dwell = np.where(kind == _INSTANT, rng.random(count) * 1.6, dwell)
    # Some go for a coffee: one visit to the person, two to a 30-minute rule.
    coffee = (rng.random(count) < 0.006) & (kind != _INSTANT)
    dwell = np.where(coffee, rng.uniform(31 * 60, 75 * 60, count), dwell)
    passed = np.concatenate([[0.0], np.cumsum(dwell)[:-1]])
    first = np.flatnonzero(np.diff(visit, prepend=-1))
    offset = np.repeat(passed[first], np.diff(np.append(first, count)))
    elapsed: Ints = (passed - offset).astype(np.int64)
    return elapsed
