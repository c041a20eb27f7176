"""The customer register and the contracts, before, in and because of the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sample_logs.company import PRODUCTS
from sample_logs.pages import Bools, Ints
from sample_logs.people import NEVER, Attributes, People
from sample_logs.rhythm import DAY, Window
from sample_logs.visits import Goal, Visits

GRADES: Final = ("BASIC", "GOLD", "VIP")
AGENT, WEB, CALL_CENTRE = 0, 1, 2
SOLD_THROUGH: Final = ("agent", "web", "call centre")
TERMS: Final = {
    "child-education": 5,
    "child-cover": 3,
    "critical-illness": 3,
    "annuity-savings": None,
    "loans": 1,
}
"""Years after which a contract matures, and is renewed unless it ends; an annuity never does."""

_PREMIUMS: Final = np.array([product.premium for product in PRODUCTS], dtype=np.int64)


@dataclass(slots=True)
class Contracts:
    """Contracts, one per row; days as in rhythm, ``ended`` is NEVER while in force."""

    person: Ints
    topic: Ints
    purchased: Ints
    ended: Ints
    value: Ints
    through: Ints

    def take(self, rows: Ints | Bools) -> Contracts:
        """The chosen rows."""
        return Contracts(
            self.person[rows],
            self.topic[rows],
            self.purchased[rows],
            self.ended[rows],
            self.value[rows],
            self.through[rows],
        )


@dataclass(slots=True)
class Register:
    """What changes about the registered: grades (numbers into GRADES) and e-mail consent."""

    grade: Ints
    new_grade: Ints
    grade_day: Ints
    withdrew: Ints
    """Day the consent to e-mail was withdrawn, or NEVER."""


def amounts(topic: Ints, person: Ints, start: Ints) -> Ints:
    """A year's premium of a subscription, in won: the same for the log and the register."""
    step = (person * 31 + start * 17) % 13
    return _PREMIUMS[topic] * (6 + step) // 12 // 1_000 * 1_000


def earlier_contracts(
    people: People, attributes: Attributes, rng: np.random.Generator
) -> Contracts:
    """Contracts from before the window; a third of the members never bought."""
    old = np.flatnonzero(attributes.joined < 0)
    state = rng.choice(3, size=len(old), p=(0.34, 0.54, 0.12))
    count = np.where(state == 0, 0, 1 + rng.poisson(0.45, len(old)))
    person = np.repeat(old, count)
    churned = np.repeat(state == 2, count)
    own = rng.random(len(person)) < 0.72
    topic = np.where(own, people.topic[person], rng.integers(0, 5, len(person)))
    joined = attributes.joined[person]
    purchased = (joined * rng.random(len(person))).astype(np.int64) - 1
    before = (purchased * rng.random(len(person)) * 0.6).astype(np.int64) - 1
    soon = np.where(rng.random(len(person)) < 0.03, rng.integers(0, 88, len(person)), NEVER)
    ended = np.where(churned, before, soon)
    value = (_PREMIUMS[topic] * rng.lognormal(0.0, 0.45, len(person))).astype(np.int64)
    return Contracts(
        person=person,
        topic=topic,
        purchased=np.minimum(purchased, np.where(ended == NEVER, purchased, ended - 1)),
        ended=ended,
        value=value // 1_000 * 1_000,
        through=rng.choice(3, size=len(person), p=(0.63, 0.19, 0.18)),
    )


def make_register(
    people: People, contracts: Contracts, window: Window, rng: np.random.Generator
) -> Register:
    """Grade the registered by what they pay a year, with some changes inside the window."""
    count = people.registered
    in_force = contracts.ended > 0
    paid = np.bincount(contracts.person[in_force], contracts.value[in_force], count)
    grade = np.searchsorted([1_800_000.0, 5_600_000.0], paid)
    changes = rng.random(count) < 0.07
    step = np.where(rng.random(count) < 0.7, 1, -1)
    new_grade = np.where(changes & (paid > 0), grade + step, grade).clip(0, 2)
    firsts = [day for day in range(1, window.days) if window.date(day).day == 1] or [NEVER]
    day = rng.choice(firsts, size=count)
    withdraws = rng.random(count) < 0.018
    return Register(
        grade=grade,
        new_grade=new_grade,
        grade_day=np.where(new_grade != grade, day, NEVER),
        withdrew=np.where(withdraws, rng.integers(1, max(window.days, 2), count), NEVER),
    )


def later_contracts(
    visits: Visits,
    people: People,
    attributes: Attributes,
    *,
    window: Window,
    rng: np.random.Generator,
) -> Contracts:
    """Contracts of the window: subscriptions on the site, and agents' sales.

    An agent's sale is likelier after a quote or a consultation request, which is
    the association between interest and purchase the reports look for.
    """
    on_site = visits.take(
        (visits.goal == Goal.SUBSCRIBED) | (visits.goal == Goal.JOIN_AND_SUBSCRIBE)
    )
    web = Contracts(
        person=on_site.person,
        topic=on_site.topic,
        purchased=on_site.start // DAY,
        ended=np.full(len(on_site), NEVER),
        value=amounts(on_site.topic, on_site.person, on_site.start),
        through=np.full(len(on_site), WEB),
    )
    asked = (visits.goal == Goal.QUOTE_DONE) | (visits.goal == Goal.CONSULT)
    warm = visits.take(asked & people.is_registered(visits.person))
    warm = warm.take(rng.random(len(warm)) < 0.09)
    cold = np.flatnonzero(rng.random(people.registered) < 0.012)
    person = np.concatenate([warm.person, cold])
    day = np.concatenate(
        [
            warm.start // DAY + rng.integers(2, 21, len(warm)),
            rng.integers(0, window.days, len(cold)),
        ]
    )
    topic = np.concatenate([warm.topic, people.topic[cold]])
    agents = Contracts(
        person=person,
        topic=topic,
        purchased=day,
        ended=np.full(len(person), NEVER),
        value=_PREMIUMS[topic] * rng.integers(6, 22, len(person)) // 12_000 * 1_000,
        through=rng.choice([AGENT, CALL_CENTRE], size=len(person), p=(0.8, 0.2)),
    )
    allowed = (attributes.joined[person] <= day) & (day < window.days)
    return joined_contracts(web, agents.take(allowed))


def joined_contracts(*parts: Contracts) -> Contracts:
    """All rows of ``parts``, in the order of purchase."""
    whole = Contracts(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("person", "topic", "purchased", "ended", "value", "through")
        )
    )
    return whole.take(np.lexsort((whole.person, whole.purchased)))
