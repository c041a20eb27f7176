"""Random logs of small companies, each around a clock change, and random ways to hand them in.

A *case* is one company: what its servers log, and in which pieces, states and copies the logs
reach the store. Many cases share a store and its runs, which is what makes thousands of them
cheap; they never share a visitor, a customer, a server or a day.

``random.Random`` draws, so that a case is its seed; Hypothesis' ``randoms()`` will do as well.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

LOG_FORMAT = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{WLID}n"'
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

CLIENT = b"198.51.100."

SECOND = timedelta(seconds=1)
MINUTE = 60 * SECOND
NEAR = (
    *(SECOND, 9 * SECOND, 10 * SECOND, MINUTE, 7 * MINUTE, 7 * MINUTE + SECOND),
    *(30 * MINUTE - SECOND, 30 * MINUTE, 30 * MINUTE + SECOND),
    *(60 * MINUTE, 60 * MINUTE + SECOND),
)
WAITS = (*NEAR * 3, timedelta(hours=5), timedelta(hours=23, minutes=40))
"""Waits between lines: those near every limit of every set of rules, and near a day."""

TARGETS = (
    *("GET / HTTP/1.1", "GET /a HTTP/1.1", "GET /a/b?x=1 HTTP/1.1"),
    "GET /b?utm_source=m&utm_medium=email&utm_campaign=spring HTTP/1.1",
    "GET /c?utm_source=p&utm_medium=cpc&utm_campaign=autumn HTTP/1.1",
    *("GET /x.css HTTP/1.1", "GET /robots.txt HTTP/1.1", "GET /download/f HTTP/1.1"),
    *("POST /login HTTP/1.1", "HEAD / HTTP/1.1", "GET /staff/x HTTP/1.1", "GET /health HTTP/1.1"),
)
REFERRERS = (
    "-",
    "-",
    "https://www.google.com/",
    "https://shop.example/a",
    "https://m.example/?q=1",
)
PLACES = 48
"""Cases that fit beside each other in one store: each has its own spring or autumn."""


@dataclass(frozen=True)
class Line:
    """One line of a log: who wrote it, and what stands there. ``number`` is in its bytes."""

    number: int
    server: int
    visitor: str
    at: datetime
    text: bytes
    is_tied: bool
    """Of the same visitor and second as the line before it in the same log."""


@dataclass(frozen=True)
class Offer:
    """One state of one log, as it is handed to one run: a name and bytes."""

    run: int
    name: str
    content: bytes
    packing: str
    is_damaged: bool = False


@lru_cache(maxsize=256)
def clock_change(zone: str, place: int) -> datetime:
    """Return the instant (UTC) of a clock change in ``zone``; midnight where there is none."""
    year, is_autumn = 2001 + place // 2, place % 2
    first, last = ((3, 6), (9, 12))[is_autumn]
    moment = datetime(year, first, 1, tzinfo=UTC)
    while moment.month < last:
        later = moment + timedelta(hours=1)
        if ZoneInfo(zone).utcoffset(later) != ZoneInfo(zone).utcoffset(moment):
            return later
        moment = later
    return datetime(year, first + 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def random_lines(draw: random.Random, place: int, zone: str, most: int = 20) -> list[Line]:
    """Return the lines of a case in the order they were written.

    Several servers share the visitors; clocks jump back; each line may tell its time in another
    zone. Two lines of one visitor and second stand in one log, one after the other: which of
    two servers was first within a second is nothing a log tells.
    """
    servers = draw.choice((1, 1, 2, 2, 2, 3))
    slow = [timedelta(0)] * servers
    moment = clock_change(zone, place) - draw.choice((1, 3, 24, 49)) * 60 * MINUTE
    moment += draw.choice((0, 0, 1, 1799, 3599)) * SECOND
    last: dict[int, tuple[str, datetime]] = {}
    used: set[tuple[str, datetime]] = set()
    lines: list[Line] = []
    for ordinal in range(draw.randint(3, most)):
        moment += draw.choice(WAITS)
        server = draw.randrange(servers)
        if draw.random() < 0.04:
            slow[server] += draw.choice((SECOND, 10 * MINUTE, 31 * MINUTE, 61 * MINUTE))
        visitor = draw.choice(("ann", "ann", "bob", "-", "-phone"))
        key, is_first = (visitor, moment - slow[server]), server not in last
        is_tied = server in last and last[server][0] == visitor and draw.random() < 0.1
        if is_tied:
            key = last[server]
        else:
            while key in used:
                key = (visitor, key[1] + SECOND)
        used.add(key)
        last[server] = key
        number = place * 1000 + ordinal
        text = _text(draw, number, place, key, zone)
        while is_first and not text.startswith(CLIENT):
            text = _text(draw, number, place, key, zone)
        lines.append(Line(number, server, visitor, key[1], text, is_tied))
    return lines


def _text(
    draw: random.Random, number: int, place: int, key: tuple[str, datetime], zone: str
) -> bytes:
    visitor, at = key
    if draw.random() < 0.02:
        return draw.choice((b"", f"torn {number} \x16\x03\x01".encode(), f"{number}".encode()))
    told = draw.choice((UTC, ZoneInfo(zone), timezone(timedelta(hours=9)), _HALF))
    stamp = at.astimezone(told).strftime("%d/%b/%Y:%H:%M:%S %z")
    user = draw.choice(("-", "-", "-", f"C{place}", f"D{place}"))
    target, referrer = draw.choice(TARGETS), draw.choice(REFERRERS)
    status = draw.choice((200, 200, 200, 200, 304, 302, 404))
    agent = PHONE if visitor == "-phone" else BROWSER
    if draw.random() < 0.03:
        agent = GOOGLEBOT
    cookie = visitor + str(place) if visitor[0] != "-" else "-"
    return (
        f'{CLIENT.decode()}{place} - {user} [{stamp}] "{target}" {status} {number} '
        f'"{referrer}" "{agent}" "{cookie}"'
    ).encode()


_HALF = timezone(-timedelta(hours=3, minutes=30))


def logs_of(lines: list[Line]) -> list[list[Line]]:
    """Return each server's lines."""
    servers = sorted({line.server for line in lines})
    return [[line for line in lines if line.server == server] for server in servers]


def whole(log: list[Line]) -> bytes:
    """Return a log as one file."""
    return b"".join(line.text + b"\n" for line in log)


def random_offers(draw: random.Random, lines: list[Line], place: int, runs: int) -> list[Offer]:
    """Return how the logs of a case reach the store, in no particular order.

    Each log is rotated here and there. Each piece is handed in while it grows, even in the
    middle of a line, and again under other names and compressions; older states may come after
    newer ones; whole pieces come in any run, the last one first or a month late. Each piece is
    handed in whole at least once.
    """
    offers = []
    for server, log in enumerate(logs_of(lines)):
        for count, piece in enumerate(_rotated(draw, log)):
            content, name = whole(piece), f"{place}-web{server}.{count}.log"
            at_last = draw.randrange(runs)
            for copy in range(draw.choice((1, 1, 1, 2, 3))):
                run = at_last if copy == 0 else draw.randrange(runs)
                packing = draw.choice(("", "", ".gz", ".bz2", ".xz", ".zst"))
                offers.append(Offer(run, f"copy{copy}-{name}{packing}", content, packing))
            for state in range(draw.choice((0, 0, 1))):
                so_far = content[: draw.randint(1, len(content))]
                run = draw.randint(0, at_last) if draw.random() < 0.8 else draw.randrange(runs)
                offers.append(Offer(run, f"state{state}-{name}", so_far, ""))
            if draw.random() < 0.05:
                run = draw.randrange(runs)
                offers.append(Offer(run, f"torn-{name}.gz", content, ".gz", is_damaged=True))
    draw.shuffle(offers)
    return offers


def _rotated(draw: random.Random, log: list[Line]) -> list[list[Line]]:
    """Cut a log into files, none of them between two lines of one visitor and second.

    Each begins with a whole line: where none fits its format, a log is refused.
    """
    pieces: list[list[Line]] = [[]]
    for line in log:
        may = bool(pieces[-1]) and not line.is_tied and line.text.startswith(CLIENT)
        if may and draw.random() < 0.07:
            pieces.append([])
        pieces[-1].append(line)
    return pieces
