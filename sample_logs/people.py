"""The people: who is in the register, what they care about, which browsers they use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sample_logs.agents import draw_agents
from sample_logs.company import TOPICS
from sample_logs.pages import Bools, Floats, Ints

REGISTERED: Final = 2_600
ANONYMOUS: Final = 5_200
STAFF: Final = 14
"""People of each sort at scale 1."""

OCCUPATIONS: Final = (
    "office worker",
    "self-employed",
    "homemaker",
    "public servant",
    "teacher",
    "engineer",
    "medical worker",
    "sales",
    "student",
    "retired",
)
DORMANT_DAYS: Final = 365
NEVER: Final = np.iinfo(np.int32).max
"""A day that does not come: no churn, no grade change, no known last visit."""

# Address blocks of Korean providers: fixed lines and mobile carriers (first address, size in bits).
_HOME_BLOCKS: Final = (
    (0x79800000, 20), (0xAFC00000, 22), (0xD3600000, 19), (0x01E00000, 20),
    (0x3A780000, 19), (0x70900000, 20), (0xDA900000, 19),
)  # fmt: skip
_MOBILE_BLOCKS: Final = ((0x6E460000, 16), (0x27070000, 16), (0xDF260000, 17), (0x6A650000, 17))


def draw_addresses(rng: np.random.Generator, count: int, *, mobile: bool) -> Ints:
    """Draw ``count`` client addresses as integers, of mobile carriers or of fixed lines."""
    blocks = _MOBILE_BLOCKS if mobile else _HOME_BLOCKS
    which = rng.integers(0, len(blocks), count)
    first = np.array([block for block, _ in blocks], dtype=np.int64)[which]
    bits = np.array([1 << size for _, size in blocks], dtype=np.int64)[which]
    return first + (rng.random(count) * bits).astype(np.int64)


@dataclass(slots=True)
class People:
    """Everybody, one row per person: the registered first, then the anonymous, then staff.

    ``rate`` is the expected number of visits in 90 days; ``agents`` has shape (people, 5):
    the agent of the phone, the computer, KakaoTalk, the Naver app and social apps.
    ``home_owner`` is the person whose computer this person uses at home (mostly his own).
    """

    registered: int
    anonymous: int
    topic: Ints
    rate: Floats
    agents: Ints
    prefers_phone: Bools
    home_address: Ints
    home_owner: Ints
    refuses_cookies: Bools
    deletes_cookies: Bools
    stays_logged_in: Bools

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.topic)

    def is_registered(self, person: Ints) -> Bools:
        """Whether each is in the register, shape of ``person``."""
        return (person >= 0) & (person < self.registered)

    def is_staff(self, person: Ints) -> Bools:
        """Whether each works for the insurer, shape of ``person``."""
        return person >= self.registered + self.anonymous


@dataclass(slots=True)
class Attributes:
    """What the register knows of each registered person; days are counted as in rhythm."""

    joined: Ints
    birth_year: Ints
    sex: Ints
    occupation: Ints
    children: Ints
    consent_email: Bools
    consent_sms: Bools
    last_visit: Ints
    """Last visit before the window; NEVER where the register knows none."""


def customer_id(person: int) -> str:
    """The register's number of a person: fixed per person, but in no visible order."""
    return f"H{10_000_000 + person * 48_271 % 89_999_999}"


def make_people(scale: float, days: int, rng: np.random.Generator) -> tuple[People, Attributes]:
    """Make everybody for ``scale`` times the base numbers, and the register's attributes."""
    registered = max(40, round(REGISTERED * scale))
    anonymous = max(60, round(ANONYMOUS * scale))
    count = registered + anonymous + max(2, round(STAFF * scale))
    attributes = _attributes(registered, days, rng)
    topic = rng.choice(len(TOPICS), size=count, p=(0.20, 0.24, 0.22, 0.22, 0.12))
    topic[:registered] = _topics_by_life(attributes, rng)
    # Visits per person: log-normal, so that a few come very often and most come seldom.
    rate = rng.lognormal(0.15, 1.05, count).clip(0.05, 40.0)
    rate[registered + anonymous :] = 6.0
    rate[:registered][attributes.last_visit < -DORMANT_DAYS] *= 0.16
    owner = np.arange(count)
    sharing = np.flatnonzero(rng.random(registered - 1) < 0.05)[::2]
    owner[sharing + 1] = sharing  # neighbours in the list are couples with one computer
    home = draw_addresses(rng, count, mobile=False)
    return People(
        registered=registered,
        anonymous=anonymous,
        topic=topic,
        rate=rate,
        agents=_agents(count, rng),
        prefers_phone=rng.random(count) < 0.68,
        home_address=home[owner],
        home_owner=owner,
        refuses_cookies=rng.random(count) < 0.025,
        deletes_cookies=rng.random(count) < 0.06,
        stays_logged_in=rng.random(count) < 0.09,
    ), attributes


def _attributes(count: int, days: int, rng: np.random.Generator) -> Attributes:
    joined = -(rng.beta(1.2, 2.2, count) * 4_600).astype(np.int64) - 3
    fresh = rng.random(count) < 0.11
    joined[fresh] = rng.integers(0, days, int(fresh.sum()))
    birth_year = (2025 - (22 + rng.beta(2.4, 3.1, count) * 55)).astype(np.int64)
    age = 2025 - birth_year
    children = np.where(age < 29, rng.random(count) < 0.12, rng.poisson(1.15, count)).clip(0, 4)
    occupation = rng.choice(
        len(OCCUPATIONS), size=count, p=(0.34, 0.15, 0.13, 0.08, 0.06, 0.09, 0.05, 0.06, 0.0, 0.04)
    )
    occupation[age < 26] = OCCUPATIONS.index("student")
    occupation[age > 66] = OCCUPATIONS.index("retired")
    return Attributes(
        joined=joined,
        birth_year=birth_year,
        sex=(rng.random(count) < 0.54).astype(np.int64),
        occupation=occupation,
        children=children.astype(np.int64),
        consent_email=rng.random(count) < 0.71,
        consent_sms=rng.random(count) < 0.58,
        last_visit=_last_visits(joined, rng),
    )


def _last_visits(joined: Ints, rng: np.random.Generator) -> Ints:
    count = len(joined)
    recent = -1 - rng.exponential(70.0, count).astype(np.int64).clip(0, 355)
    long_ago = -DORMANT_DAYS - 5 - rng.exponential(260.0, count).astype(np.int64)
    dormant = (rng.random(count) < 0.17) & (joined < long_ago)
    last = np.maximum(np.where(dormant, long_ago, recent), joined)
    unknown = (joined >= 0) | ((rng.random(count) < 0.08) & ~dormant)
    return np.where(unknown, NEVER, last)


def _topics_by_life(attributes: Attributes, rng: np.random.Generator) -> Ints:
    count = len(attributes.joined)
    age = 2025 - attributes.birth_year
    general = rng.choice(len(TOPICS), size=count, p=(0.10, 0.14, 0.32, 0.28, 0.16))
    parent = rng.choice(len(TOPICS), size=count, p=(0.40, 0.34, 0.10, 0.09, 0.07))
    older = rng.choice(len(TOPICS), size=count, p=(0.03, 0.03, 0.34, 0.50, 0.10))
    topic = np.where((attributes.children > 0) & (age < 48), parent, general)
    return np.where(age >= 52, older, topic)


def _agents(count: int, rng: np.random.Generator) -> Ints:
    iphone = rng.random(count) < 0.27
    columns = []
    for android_pool, iphone_pool in (
        ("android", "iphone"),
        ("desktop", "desktop"),
        ("kakao-android", "kakao-iphone"),
        ("naver-android", "naver-iphone"),
        ("social-android", "social-iphone"),
    ):
        uniform = rng.random(count)
        columns.append(
            np.where(iphone, draw_agents(iphone_pool, uniform), draw_agents(android_pool, uniform))
        )
    return np.column_stack(columns)
