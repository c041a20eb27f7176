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
    """A day's visits with the texts the log shows of them."""

    visits: Visits
    steps: Steps
    addresses: list[str]
    agents: list[str]
    cookies: list[str]


def day_visits(visits: Visits, steps: Steps, people: People, seed: int) -> DayVisits:
    """Work out the texts of a day's visits."""
    agents = people.agents[visits.person, visits.browser]
    return DayVisits(
        visits=visits,
        steps=steps,
        addresses=[dotted(address) for address in visits.address.tolist()],
        agents=[AGENTS[agent] for agent in agents.tolist()],
        cookies=[cookie_text(cookie, seed) for cookie in visits.cookie.tolist()],
    )


def add_visits(
    log: DayLog,
    day: DayVisits,
    is_fresh: Bools,
    people: People,
    deliveries: Deliveries,
    seed: int,
    rng: np.random.Generator,
) -> None:
    """Add the hits of a day's visits to ``log``.

    ``is_fresh`` says of each visit whether its browser has an empty cache.
    """
    visits, steps = day.visits, day.steps
    actors = np.array(
        [log.actor(*texts) for texts in zip(day.addresses, day.agents, day.cookies, strict=True)],
        dtype=np.int64,
    )
    registered = people.is_registered(visits.person)
    users = np.array(
        [
            log.user(customer_id(person)) if is_registered else 0
            for person, is_registered in zip(
                visits.person.tolist(), registered.tolist(), strict=True
            )
        ],
        dtype=np.int64,
    )
    url, entry = _step_urls(log, visits, steps, deliveries, seed, rng)
    referrer = _step_referrers(steps, url, entry)
    view = np.isin(steps.act, VIEWS)
    unchanged = view & (rng.random(len(url)) < 0.012)
    user = np.where(steps.logged_in, users[steps.visit], 0)
    size = PAGE_BYTES[steps.page] + (user * 37 + steps.visit * 13) % 400
    size = np.where(steps.act == Act.FILE, _FILE_BYTES, size)
    status = np.where(unchanged, 304, _STATUS[steps.act])
    size = np.where((status == 304) | (status == 204), 0, size)
    size = np.where((status == 302) | (status >= 400), 260 + steps.page % 90, size)
    staff = people.is_staff(visits.person)
    sticky = (visits.cookie + visits.person) % 2
    wanders = np.where(rng.random(len(visits)) < 0.15, 0.5, 0.02)
    server = _servers(sticky[steps.visit], wanders[steps.visit], rng)
    log.add(
        at=steps.at,
        actor=actors[steps.visit],
        url=url,
        sort=np.where(staff[steps.visit], int(Sort.INTERNAL), _SORT[steps.act]),
        server=server,
        status=status,
        size=size,
        referrer=referrer,
        user=user,
        method=_METHOD[steps.act],
    )
    _add_assets(log, steps, view, is_fresh, actors, user, url, server, staff, visits.topic, rng)


def _servers(home: Ints, wander: np.ndarray, rng: np.random.Generator) -> Ints:
    """The server of each hit: mostly the visit's own, sometimes the other one."""
    return np.where(rng.random(len(home)) < wander, 1 - home, home)


def _step_urls(
    log: DayLog,
    visits: Visits,
    steps: Steps,
    deliveries: Deliveries,
    seed: int,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """URL numbers of the steps; and per step the entry's outside referrer (0: none is set)."""
    url = steps.page.copy()
    referrer = np.zeros(len(url), dtype=np.int64)
    missing = np.array([log.url(path) for path in _MISSING])
    lost = steps.act == Act.MISSING
    url[lost] = missing[rng.integers(0, len(missing), int(lost.sum()))]
    done = np.flatnonzero(steps.act == Act.DONE)
    rows = steps.visit[done]
    values = amounts(visits.topic[rows], visits.person[rows], visits.start[rows])
    for step, value in zip(done.tolist(), values.tolist(), strict=True):
        url[step] = log.url(f"{URLS[steps.page[step]]}?amount={value}")
    entries = np.flatnonzero(steps.act == Act.ENTRY)
    clicks = dict(
        zip(
            steps.visit[steps.act == Act.MAIL_CLICK].tolist(),
            np.flatnonzero(steps.act == Act.MAIL_CLICK).tolist(),
            strict=True,
        )
    )
    for step, visit in zip(entries.tolist(), steps.visit[entries].tolist(), strict=True):
        source, topic = int(visits.source[visit]), int(visits.topic[visit])
        unique = scrambled(int(visits.start[visit]) * 8_191 + int(visits.person[visit]), seed)
        path = URLS[steps.page[step]]
        if source == MAIL:
            delivery = int(visits.delivery[visit])
            identity = deliveries.identity(delivery)
            path, parameters = path, mail_query(int(deliveries.mailing[delivery]), identity)
            target = quote(path, safe="")
            url[clicks[visit]] = log.url(f"{pages.CLICK}{identity}&to={target}")
            referrer[clicks[visit]] = NO_REFERRER
        else:
            parameters = entry_query(source, topic, unique)
        if parameters:
            url[step] = log.url(f"{path}{'&' if '?' in path else '?'}{parameters}")
        referrer[step] = log.referrer(entry_referrer(source, topic, unique))
    return url, referrer


def mail_query(mailing: int, identity: str) -> str:
    """The parameters the click redirect puts on a landing page."""
    key = MAILINGS[mailing].key
    return (
        f"utm_source=newsletter&utm_medium=email&utm_campaign={key}&utm_content=main&d={identity}"
    )


def _step_referrers(steps: Steps, url: Ints, entry: Ints) -> Ints:
    """Each step's referrer: the visit's last page view before it, or the entry's own."""
    view = np.isin(steps.act, VIEWS)
    number = np.where(view, np.arange(len(url)), -1)
    last = np.maximum.accumulate(number)
    before = np.concatenate([[-1], last[:-1]])
    same = (before >= 0) & (steps.visit[before] == steps.visit)
    referrer = np.where(same, url[before], NO_REFERRER)
    return np.where(entry != 0, entry, referrer)


def _add_assets(
    log: DayLog,
    steps: Steps,
    view: Bools,
    is_fresh: Bools,
    actors: Ints,
    user: Ints,
    url: Ints,
    server: Ints,
    staff: Bools,
    topic: Ints,
    rng: np.random.Generator,
) -> None:
    """Static files of the page views: the core once per browser, then mostly from the cache."""
    shown = np.flatnonzero(view)
    visit = steps.visit[shown]
    entry = steps.act[shown] == Act.ENTRY
    fresh = entry & is_fresh[visit]
    again = entry & ~is_fresh[visit]
    core = np.where(fresh, rng.integers(3, CORE + 1, len(shown)), 0)
    core = np.where(again, rng.random(len(shown)) < 0.5, core)
    images = rng.poisson(np.where(fresh, 0.8, 0.22))
    counts = core + images
    row = np.repeat(np.arange(len(shown)), counts)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    place = np.arange(len(row)) - first[row]
    image = CORE + (topic[visit[row]] * 6 + rng.integers(0, 9, len(row))) % (len(ASSETS) - CORE)
    asset = np.where(place < core[row], place, image)
    cached = again[row] & (rng.random(len(row)) < 0.7)
    step = shown[row]
    log.add(
        at=steps.at[step] + (place > 3),
        actor=actors[visit[row]],
        url=ASSET_BASE + asset,
        sort=np.where(staff[visit[row]], int(Sort.INTERNAL), int(Sort.ASSET)),
        server=server[step],
        status=np.where(cached, 304, 200),
        size=np.where(cached, 0, ASSET_BYTES[asset]),
        referrer=url[step],
        user=user[step],
    )
