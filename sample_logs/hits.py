"""From steps to hits: URLs with their parameters, referrers, statuses, and static files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import numpy as np

from sample_logs import pages
from sample_logs.agents import AGENTS
from sample_logs.company import MAILINGS
from sample_logs.daylog import GET, NO_REFERRER, POST, DayLog, Sort, dotted
from sample_logs.mailings import Deliveries
from sample_logs.pages import ASSET_BASE, ASSET_BYTES, ASSETS, CORE, PAGE_BYTES, URLS, Bools, Ints
from sample_logs.people import People, customer_id
from sample_logs.register import amounts
from sample_logs.sources import MAIL, entry_query, entry_referrer
from sample_logs.visits import REFUSED, Visits
from sample_logs.walk import VIEWS, Act, Steps

_MASK: Final = (1 << 64) - 1
_STATUS: Final = np.zeros(len(Act), dtype=np.int64)
_SORT: Final = np.zeros(len(Act), dtype=np.int64)
_METHOD: Final = np.zeros(len(Act), dtype=np.int64)
for _act, _status, _sort, _method in (
    (Act.VIEW, 200, Sort.PAGE, GET),
    (Act.ENTRY, 200, Sort.PAGE, GET),
    (Act.DONE, 200, Sort.PAGE, GET),
    (Act.POST_PAGE, 302, Sort.FORM, POST),
    (Act.LOGIN, 302, Sort.FORM, POST),
    (Act.FAILED_LOGIN, 200, Sort.FORM, POST),
    (Act.FILE, 200, Sort.EVENT, GET),
    (Act.BEACON, 204, Sort.EVENT, POST),
    (Act.FETCH, 200, Sort.FORM, POST),
    (Act.LOGOUT, 302, Sort.REDIRECT, GET),
    (Act.MAIL_CLICK, 302, Sort.REDIRECT, GET),
    (Act.MISSING, 404, Sort.ERROR, GET),
    (Act.BROKEN, 503, Sort.ERROR, GET),
):
    _STATUS[_act], _SORT[_act], _METHOD[_act] = _status, _sort, _method

_MISSING: Final = (
    "/products/child-cover/2023-terms",
    "/children/education/calendar-2024",
    "/images/event/2024.png",
    "/apple-touch-icon-precomposed.png",
    "/m/index.jsp",
)
_FILE_BYTES: Final = 1_482_230


def scrambled(number: int, seed: int) -> int:
    """Mix ``number`` into 64 bits that look random (the finalizer of splitmix64)."""
    mixed = (number * 0x9E3779B97F4A7C15 + seed * 0xD1B54A32D192ED03 + 1) & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    return mixed ^ mixed >> 31


def cookie_text(cookie: int, seed: int) -> str:
    """The visitor cookie's value, or '-' for those who refuse it."""
    return "-" if cookie == REFUSED else f"{scrambled(cookie, seed):016x}"


@dataclass(slots=True)
class DayVisits:
    """A day's visits and steps, with the texts the log shows of each visit."""

    visits: Visits
    steps: Steps
    is_fresh: Bools
    """Whether a visit's browser has an empty cache."""
    addresses: list[str]
    agents: list[str]
    cookies: list[str]


def day_visits(
    visits: Visits, steps: Steps, is_fresh: Bools, *, people: People, seed: int
) -> DayVisits:
    """Work out the texts of a day's visits."""
    agents = people.agents[visits.person, visits.browser]
    return DayVisits(
        visits=visits,
        steps=steps,
        is_fresh=is_fresh,
        addresses=[dotted(address) for address in visits.address.tolist()],
        agents=[AGENTS[agent] for agent in agents.tolist()],
        cookies=[cookie_text(cookie, seed) for cookie in visits.cookie.tolist()],
    )


@dataclass(slots=True)
class VisitHits:
    """Turns a day's visits into hits of ``log``; one use per day."""

    log: DayLog
    day: DayVisits
    people: People
    deliveries: Deliveries
    seed: int
    rng: np.random.Generator

    def add(self) -> None:
        """Add the hits of all visits: what people asked for, then the static files."""
        visits, steps, rng = self.day.visits, self.day.steps, self.rng
        view = np.isin(steps.act, VIEWS)
        url, entry = self._urls()
        unchanged = view & (rng.random(len(url)) < 0.012)
        status = np.where(unchanged, 304, _STATUS[steps.act])
        user = np.where(steps.logged_in, self._users()[steps.visit], 0)
        size = PAGE_BYTES[steps.page] + (user * 37 + steps.visit * 13) % 400
        size = np.where(steps.act == Act.FILE, _FILE_BYTES, size)
        size = np.where((status == 302) | (status >= 400), 260 + steps.page % 90, size)
        size = np.where((status == 304) | (status == 204), 0, size)
        # The balancer keeps most visits on one server, but not all of them, and not always.
        home = (visits.cookie + visits.person) % 2
        wanders = np.where(rng.random(len(visits)) < 0.15, 0.5, 0.02)[steps.visit]
        server = home[steps.visit]
        server = np.where(rng.random(len(server)) < wanders, 1 - server, server)
        shared = {"actor": self._actors()[steps.visit], "user": user, "server": server}
        staff = self.people.is_staff(visits.person)[steps.visit]
        self.log.add(
            at=steps.at,
            url=url,
            sort=np.where(staff, int(Sort.INTERNAL), _SORT[steps.act]),
            status=status,
            size=size,
            referrer=_referrers(steps, url, entry),
            method=_METHOD[steps.act],
            **shared,
        )
        row, asset, cached = self._assets(view)
        self.log.add(
            at=steps.at[row] + (asset % 5 == 4),
            url=ASSET_BASE + asset,
            sort=np.where(staff[row], int(Sort.INTERNAL), int(Sort.ASSET)),
            status=np.where(cached, 304, 200),
            size=np.where(cached, 0, ASSET_BYTES[asset]),
            referrer=url[row],
            **{name: column[row] for name, column in shared.items()},
        )

    def _actors(self) -> Ints:
        day = self.day
        texts = zip(day.addresses, day.agents, day.cookies, strict=True)
        return np.array([self.log.actor(*text) for text in texts], dtype=np.int64)

    def _users(self) -> Ints:
        person = self.day.visits.person
        known = zip(person.tolist(), self.people.is_registered(person).tolist(), strict=True)
        users = [
            self.log.user(customer_id(number)) if is_known else 0 for number, is_known in known
        ]
        return np.array(users, dtype=np.int64)

    def _urls(self) -> tuple[Ints, Ints]:
        """URL numbers of the steps; and per step the entry's outside referrer (0: none is set)."""
        log, visits, steps = self.log, self.day.visits, self.day.steps
        url = steps.page.copy()
        missing = np.array([log.url(path) for path in _MISSING])
        lost = steps.act == Act.MISSING
        url[lost] = missing[self.rng.integers(0, len(missing), int(lost.sum()))]
        done = np.flatnonzero(steps.act == Act.DONE)
        rows = steps.visit[done]
        values = amounts(visits.topic[rows], visits.person[rows], visits.start[rows])
        for step, value in zip(done.tolist(), values.tolist(), strict=True):
            url[step] = log.url(f"{URLS[steps.page[step]]}?amount={value}")
        referrer = np.zeros(len(url), dtype=np.int64)
        entries = np.flatnonzero(steps.act == Act.ENTRY)
        for step, visit in zip(entries.tolist(), steps.visit[entries].tolist(), strict=True):
            path = URLS[steps.page[step]]
            if visits.source[visit] == MAIL:
                delivery = int(visits.delivery[visit])
                identity = self.deliveries.identity(delivery)
                parameters = mail_query(int(self.deliveries.mailing[delivery]), identity)
                # The step before a mail's landing page is the redirect that led there.
                url[step - 1] = log.url(f"{pages.CLICK}{identity}&to={quote(path, safe='')}")
            else:
                parameters, referrer[step] = self._arrival(visit)
            if parameters:
                url[step] = log.url(f"{path}{'&' if '?' in path else '?'}{parameters}")
        return url, referrer

    def _arrival(self, visit: int) -> tuple[str, int]:
        """The campaign parameters and the referrer's number of a visit that no mail brought."""
        visits = self.day.visits
        source, topic = int(visits.source[visit]), int(visits.topic[visit])
        unique = scrambled(int(visits.start[visit]) * 8_191 + int(visits.person[visit]), self.seed)
        referrer = self.log.referrer(entry_referrer(source, topic, unique))
        return entry_query(source, topic, unique), referrer

    def _assets(self, view: Bools) -> tuple[Ints, Ints, Bools]:
        """Static files: the step each belongs to, which one, and whether it was unchanged.

        A browser loads the core once; later it mostly takes it from its cache or asks
        whether it changed.
        """
        steps, rng = self.day.steps, self.rng
        shown = np.flatnonzero(view)
        entry = steps.act[shown] == Act.ENTRY
        fresh = entry & self.day.is_fresh[steps.visit[shown]]
        again = entry & ~fresh
        core = np.where(fresh, rng.integers(3, CORE + 1, len(shown)), 0)
        core = np.where(again, rng.random(len(shown)) < 0.5, core)
        counts = core + rng.poisson(np.where(fresh, 0.8, 0.25))
        row = np.repeat(np.arange(len(shown)), counts)
        place = np.arange(len(row)) - (np.cumsum(counts) - counts)[row]
        topic = self.day.visits.topic[steps.visit[shown[row]]]
        image = CORE + (topic * 6 + rng.integers(0, 9, len(row))) % (len(ASSETS) - CORE)
        cached = again[row] & (rng.random(len(row)) < 0.7)
        return shown[row], np.where(place < core[row], place, image), cached


def mail_query(mailing: int, identity: str) -> str:
    """The parameters the click redirect puts on a landing page."""
    sent = MAILINGS[mailing]
    return (
        f"utm_source=newsletter&utm_medium=email&utm_campaign={sent.campaign}"
        f"&utm_content={sent.key}&d={identity}"
    )


def _referrers(steps: Steps, url: Ints, entry: Ints) -> Ints:
    """Each step's referrer: the visit's last page view before it, or the entry's own."""
    view = np.isin(steps.act, VIEWS)
    last = np.maximum.accumulate(np.where(view, np.arange(len(url)), -1))
    before = np.concatenate([[-1], last[:-1]])
    same = (before >= 0) & (steps.visit[before] == steps.visit)
    return np.where(entry != 0, entry, np.where(same, url[before], NO_REFERRER))
