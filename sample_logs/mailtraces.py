"""What mailings leave in the log beside visits: open pixels, prefetches, link scanners."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import numpy as np

from sample_logs import pages
from sample_logs.agents import AGENTS
from sample_logs.bots import BROWSER_OF_ROBOTS
from sample_logs.company import MAILINGS, PRODUCTS
from sample_logs.daylog import NO_REFERRER, DayLog, Sort, dotted
from sample_logs.hits import mail_query
from sample_logs.mailings import Deliveries, sent_at
from sample_logs.people import People
from sample_logs.rhythm import DAY
from sample_logs.sources import COMPUTER, PHONE

_GMAIL: Final = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)


def add_mail_traces(
    log: DayLog, deliveries: Deliveries, people: People, rng: np.random.Generator
) -> None:
    """Add the day's open pixels, clients' prefetches and security scanners."""
    count = len(deliveries.person)
    if not count:
        return
    sent = np.array([sent_at(mailing, log.window) for mailing in MAILINGS])[deliveries.mailing]
    # A delivery's own noise must not depend on the day that is being written.
    noise = (np.arange(count) * 2_654_435_761) % 10_007
    fetched_at = np.where(deliveries.fetched, sent + 600 + noise, 0)
    for moments, by_person in ((deliveries.opened_at, True), (fetched_at, False)):
        rows = np.flatnonzero((moments > 0) & (moments // DAY == log.day))
        person = deliveries.person[rows]
        clients = [_mail_client(log, one, people, by_person=by_person) for one in person.tolist()]
        pixels = [f"{pages.OPEN_PIXEL}{deliveries.identity(row)}" for row in rows.tolist()]
        log.add(
            at=moments[rows],
            actor=np.array([actor for actor, _ in clients], dtype=np.int64),
            url=np.array([log.url(pixel) for pixel in pixels], dtype=np.int64),
            sort=Sort.MAIL,
            server=person % 2,
            size=43,
            referrer=np.array([referrer for _, referrer in clients], dtype=np.int64),
        )
    for row in np.flatnonzero(deliveries.scanned & (sent // DAY == log.day)).tolist():
        _scanner(log, deliveries, row, int(sent[row]) + 4 + int(noise[row]) % 25, rng)


def _mail_client(log: DayLog, person: int, people: People, *, by_person: bool) -> tuple[int, int]:
    """The actor and the referrer of a person's mail pixel: each keeps one mail client."""
    if not by_person:
        return log.actor(dotted(0x11390000 + person % 4_000), "Mozilla/5.0"), NO_REFERRER
    if person % 10 < 4:  # Naver Mail loads pictures in the reader's own browser
        browser = PHONE if people.prefers_phone[person] else COMPUTER
        agent = AGENTS[int(people.agents[person, browser])]
        actor = log.actor(dotted(int(people.home_address[person])), agent)
        return actor, log.referrer("https://mail.naver.com/")
    if person % 10 < 8:
        return log.actor(dotted(0x42F95400 + person % 200), _GMAIL), NO_REFERRER
    agent = "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"
    return log.actor(dotted(int(people.home_address[person])), agent), NO_REFERRER


def _scanner(
    log: DayLog, deliveries: Deliveries, row: int, at: int, rng: np.random.Generator
) -> None:
    mailing = int(deliveries.mailing[row])
    identity = deliveries.identity(row)
    landing = f"/products/{PRODUCTS[MAILINGS[mailing].topic].key}/"
    urls = (
        f"{pages.OPEN_PIXEL}{identity}",
        f"{pages.CLICK}{identity}&to={quote(landing, safe='')}",
        f"{landing}?{mail_query(mailing, identity)}",
    )
    actor = log.actor(dotted(0x285E0000 + int(rng.integers(0, 60_000))), BROWSER_OF_ROBOTS)
    log.add(
        at=at + np.array([0, 1, 2]),
        actor=actor,
        url=np.array([log.url(url) for url in urls]),
        sort=Sort.BOT,
        server=0,
        status=np.array([200, 302, 200]),
        size=np.array([43, 290, 14_207]),
        protocol=0,
    )
