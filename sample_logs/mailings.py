"""Mailings: who is chosen, who by lot gets none, and what each mailing truly causes.

A visit through a mailing's link is of one of two sorts. *Caused*: it would not
have been made; only these make lift. *Moved*: the person would have come anyway
and happened to use the link; these make clicks and conversions, but no lift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sample_logs.company import HELD_OUT, MAILINGS, Mailing
from sample_logs.pages import Bools, Ints
from sample_logs.people import Attributes, People
from sample_logs.register import Register
from sample_logs.rhythm import DAY, HOUR, Window
from sample_logs.sources import DIRECT, MAIL
from sample_logs.visits import (
    APART,
    NO_DELIVERY,
    Goal,
    Login,
    Visits,
    bare_visits,
    draw_conduct,
    joined_visits,
)

_WAIT = 5 * DAY
"""How long after sending a visit made anyway may still come through the link."""
_FAR = np.int64(1) << 34
"""More seconds than any window has: person * _FAR + start sorts by person, then start."""

SOFT, HARD = 1, 2


@dataclass(slots=True)
class Deliveries:
    """One row per person chosen for a mailing; ``opened_at`` is 0 for the unopened."""

    mailing: Ints
    person: Ints
    held_out: Bools
    bounced: Ints
    opened_at: Ints
    clicked: Bools
    fetched: Bools
    """Whether a mail client fetched the pixel by itself (not the person)."""
    scanned: Bools
    """Whether a security scanner followed the link seconds after sending."""
    visited_because: Bools
    subscribed_because: Bools

    def identity(self, row: int) -> str:
        """The dispatch id of a row."""
        return delivery_id(int(self.mailing[row]), row)


def delivery_id(mailing: int, row: int) -> str:
    """The dispatch id the links of a mailing carry."""
    return f"m{mailing + 1}-{row:06x}"


def sent_at(mailing: Mailing, window: Window) -> int:
    """The second of the window a mailing is sent; negative if before the window."""
    return window.planned(mailing.day) * DAY + mailing.hour * HOUR


@dataclass(frozen=True, slots=True)
class Recipients:
    """Those who may be written to, and the visits they make of themselves.

    ``natural`` is sorted by person and start; visits that move to a mailing's link
    are changed in it, in place.
    """

    natural: Visits
    people: People
    attributes: Attributes
    register: Register
    window: Window


def send_mailings(to: Recipients, rng: np.random.Generator) -> tuple[Visits, Deliveries]:
    """Send all mailings of the window; return all visits, moved and caused ones among them."""
    parts: list[Deliveries] = []
    added: list[Visits] = []
    for number, mailing in enumerate(MAILINGS):
        sent = sent_at(mailing, to.window)
        if sent < 0:
            continue
        part = _choose(number, sent, to, rng)
        _open(part, mailing, sent, rng)
        first = sum(len(earlier.person) for earlier in parts)
        moved = _move_visits(part, sent, to.natural, rng)
        rows = np.flatnonzero(moved >= 0)
        to.natural.source[moved[rows]] = MAIL
        to.natural.delivery[moved[rows]] = first + rows
        to.natural.topic[moved[rows]] = mailing.topic
        rows, visits = _cause_visits(part, mailing, sent, to, rng)
        visits.delivery = first + rows
        parts.append(part)
        added.append(visits)
    return joined_visits(to.natural, *added), _joined(parts)


def _joined(parts: list[Deliveries]) -> Deliveries:
    names = Deliveries.__dataclass_fields__
    columns: dict[str, Any] = {
        name: np.concatenate([np.zeros(0, dtype=bool), *(getattr(part, name) for part in parts)])
        for name in names
    }
    return Deliveries(**columns)


def _choose(number: int, sent: int, to: Recipients, rng: np.random.Generator) -> Deliveries:
    """Choose the people of a mailing, draw the lots, and let some addresses bounce."""
    mailing, register = MAILINGS[number], to.register
    today = sent // DAY
    may = to.attributes.consent_email & (to.attributes.joined < today) & (register.withdrew > today)
    if mailing.key.endswith("vip"):
        may &= np.where(register.grade_day <= today, register.new_grade, register.grade) > 0
    person = np.flatnonzero(may & (rng.random(to.people.registered) < mailing.reach))
    count = len(person)
    held_out = rng.random(count) < HELD_OUT
    bounced = np.searchsorted([0.970, 0.988], rng.random(count), side="right")
    bounced[held_out] = 0
    arrives = ~held_out & (bounced == 0)
    none = np.zeros(count, dtype=bool)
    return Deliveries(
        mailing=np.full(count, number),
        person=person,
        held_out=held_out,
        bounced=bounced,
        opened_at=np.zeros(count, dtype=np.int64),
        clicked=none.copy(),
        fetched=arrives & (rng.random(count) < 0.16),
        scanned=arrives & (rng.random(count) < 0.025),
        visited_because=none.copy(),
        subscribed_because=none.copy(),
    )


def _waking(seconds: Ints) -> Ints:
    """Move what falls into the night to the morning."""
    return np.where(seconds % DAY < 7 * HOUR, seconds + 7 * HOUR, seconds)


def _open(part: Deliveries, mailing: Mailing, sent: int, rng: np.random.Generator) -> None:
    count = len(part.person)
    reads = ~part.held_out & (part.bounced == 0) & (rng.random(count) < mailing.open_rate)
    delay = (rng.lognormal(1.5, 1.3, count).clip(0.02, 140.0) * HOUR).astype(np.int64)
    part.opened_at = np.where(reads, _waking(sent + delay), 0)


def _move_visits(part: Deliveries, sent: int, natural: Visits, rng: np.random.Generator) -> Ints:
    """Let some readers make the visit they would have made anyway through the link.

    Returns, per delivery, the row of ``natural`` that moves, or -1.
    """
    keys = natural.person * _FAR + natural.start
    after = np.maximum(part.opened_at, sent)
    place = np.searchsorted(keys, part.person * _FAR + after).clip(0, len(keys) - 1)
    comes = (natural.person[place] == part.person) & (natural.start[place] >= after)
    comes &= natural.start[place] < sent + _WAIT
    plain = (natural.goal[place] < Goal.JOIN) & (natural.delivery[place] == NO_DELIVERY)
    moved = (part.opened_at > 0) & comes & plain & (rng.random(len(place)) < 0.55)
    part.clicked |= moved
    return np.where(moved, place, -1)


def _cause_visits(
    part: Deliveries, mailing: Mailing, sent: int, to: Recipients, rng: np.random.Generator
) -> tuple[Ints, Visits]:
    """Make the visits the mailing causes: their deliveries' rows in ``part``, and they."""
    count = len(part.person)
    open_to = ~part.held_out & (part.bounced == 0) & ~part.clicked
    interested = np.where(to.people.topic[part.person] == mailing.topic, 1.8, 0.8)
    wants = open_to & (rng.random(count) < mailing.visit_effect * interested)
    delay = (rng.lognormal(1.6, 1.2, count).clip(0.05, 120.0) * HOUR).astype(np.int64)
    start = _waking(np.maximum(part.opened_at, sent) + delay)
    wants &= ~_is_near(part.person, start, to.natural) & (start < to.window.end - 2 * HOUR)
    rows = np.flatnonzero(wants)
    visits = bare_visits(part.person[rows], start[rows], np.full(len(rows), mailing.topic))
    by_link = rng.random(len(rows)) < 0.88
    visits.source = np.where(by_link, MAIL, DIRECT)
    visits.caused[:] = True
    draw_conduct(visits, to.people, to.attributes, rng)
    buys = rng.random(len(rows)) < mailing.buy_effect
    visits.goal[buys] = Goal.SUBSCRIBED
    visits.login[buys] = np.maximum(visits.login[buys], Login.HALFWAY)
    just_before = start[rows] - rng.integers(15, 240, len(rows))
    part.clicked[rows] = by_link
    part.opened_at[rows] = np.where(part.opened_at[rows] > 0, part.opened_at[rows], just_before)
    part.visited_because[rows] = True
    part.subscribed_because[rows] = visits.goal == Goal.SUBSCRIBED
    return rows, visits


def _is_near(person: Ints, start: Ints, natural: Visits) -> Bools:
    """Whether a visit of ``person`` at ``start`` would run into one made anyway."""
    keys = natural.person * _FAR + natural.start
    place = np.searchsorted(keys, person * _FAR + start)
    near = np.zeros(len(person), dtype=bool)
    for side in (place.clip(0, len(keys) - 1), (place - 1).clip(0)):
        close = np.abs(natural.start[side] - start) < APART
        near |= close & (natural.person[side] == person)
    return near
