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
    for moments, chosen, by_person in (
        (deliveries.opened_at, deliveries.opened_at > 0, True),
        (sent + 600 + noise, deliveries.fetched, False),
    ):
        for row in np.flatnonzero(chosen & (moments // DAY == log.day)).tolist():
            person = int(deliveries.person[row])
            _open_pixel(
                log,
                deliveries.identity(row),
                int(moments[row]),
                people,
                person=person,
                by_person=by_person,
            )
    for row in np.flatnonzero(deliveries.scanned & (sent // DAY == log.day)).tolist():
        _scanner(log, deliveries, row, int(sent[row]) + 4 + int(noise[row]) % 25, rng)


def _open_pixel(
    log: DayLog, identity: str, at: int, people: People, *, person: int, by_person: bool
) -> None:
    referrer = NO_REFERRER
    if not by_person:
        actor = log.actor(dotted(0x11390000 + person % 4_000), "Mozilla/5.0")
    elif person % 10 < 4:  # Naver Mail loads pictures in the reader's own browser
        browser = PHONE if people.prefers_phone[person] else COMPUTER
        agent = AGENTS[int(people.agents[person, browser])]
        actor = log.actor(dotted(int(people.home_address[person])), agent)
        referrer = log.referrer("https://mail.naver.com/")
    elif person % 10 < 8:
        actor = log.actor(dotted(0x42F95400 + person % 200), _GMAIL)
    else:
        agent = "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"
        actor = log.actor(dotted(int(people.home_address[person])), agent)
    log.add(
        at=np.array([at]),
        actor=actor,
        url=log.url(f"{pages.OPEN_PIXEL}{identity}"),
        sort=Sort.MAIL,
        server=person % 2,
        size=43,
        referrer=referrer,
    )


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
