"""How soon ``weblog serve`` answers when several people read the dashboard at once.

Each simulated user opens the dashboard, goes from page to page, changes filters, and waits between
clicks. A click asks what a browser asks: the callbacks the server itself declares for that page,
all at once. ``card`` is when the page's quick cards are there, ``page`` when the slow ones are,
too. Users begin when the server says that it is ready. With ``--follow-rate``, ``weblog ingest
--follow`` reads so many lines a second into the same store meanwhile; with ``--morning-after``,
others read it before, with a server that is stopped then. The store is a copy of the one that was
named.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
import urllib.error
from collections import defaultdict
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from benchmarks.followed import Followed, copy_of, day_after
from benchmarks.processes import machine
from benchmarks.served import Server, ask, used
from dashboard.access.roles import Reader
from dashboard.pages import PAGES
from reports.load import data_days
from weblog.store import open_store

SEARCHES = (
    "", "", "", "?period=7", "?period=90", "?compare=year", "?device=desktop", "?device=smartphone",
    "?channel=Direct", "?channel=Email&period=90", "?segment=customer", "?segment=VIP&period=90",
)  # fmt: skip
"""Filters chosen; many only look."""

WIDER = (
    (
        "segment",
        (
            "",
            "anonymous",
            "first-time anonymous",
            "member",
            "customer",
            "VIP",
            "prospect",
            "dormant",
            "churned",
        ),
    ),
    ("channel", ("", "Direct", "Organic Search", "Paid Search", "Display", "Email", "Referral")),
    ("device", ("", "desktop", "smartphone", "tablet")),
    ("period", ("", "7", "90", "365", "all")),
)
"""Filters that nobody may have chosen yet: one value of each, or none."""

OWN = 0.15
"""Chance that who chooses filters chooses one of these."""

OPEN = [path for path, page in PAGES.items() if Reader("", "marketer", "open").sees(page.role)]
"""Pages for whoever reads without login."""

CONNECTIONS = 6
"""So many requests a browser has on the way to one server."""

ANOTHER_DAY = 1_000
"""What is added to the seeds of the users of the day before."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--store", type=Path, required=True, help="folder of the store")
    parser.add_argument("--site", type=Path, help="the site's rules")
    parser.add_argument("--users", type=int, default=10, help="people at once (default: 10)")
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: 10)")
    parser.add_argument("--think", type=float, default=5, help="mean seconds between two clicks")
    about = "lines a second that a follower ingests meanwhile (default: none)"
    parser.add_argument("--follow-rate", type=int, default=0, help=about)
    parser.add_argument("--write", type=Path, help="record the figures in this file, for the docs")
    parser.add_argument("--workers", type=int, help="processes of the server")
    about = "let others click for so many minutes before, and start the server anew"
    parser.add_argument("--morning-after", type=float, default=0, metavar="MINUTES", help=about)


KINDS = ("open", "page", "filter")
"""Kinds of clicks: the dashboard is opened, another page is, another filter is chosen."""

NEW = "new"
"""What a click counts as, too, that shows a page at an address nobody asked for before."""


LOOK_S = 5
"""Seconds between two looks at the memory of a server: one of six gigabytes takes a tenth of a
second, for which it may have to wait."""

MINUTE = "minute {}"
"""What clicks of a minute count as, too: those of the first meet a server that has read nothing."""


@dataclass
class Found:
    """What the users met: times by page and by kind of click, and processes over the time."""

    card: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    page: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    memory_mb: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    cpu_s: dict[str, float] = field(default_factory=dict)
    shown: set[tuple[str, str]] = field(default_factory=set)

    def is_new(self, path: str, search: str) -> bool:
        """Say whether nobody asked for an address before, and note that somebody does."""
        known = len(self.shown)
        self.shown.add((path, search))
        return len(self.shown) > known

    def took(self, names: tuple[str, ...], card: float, page: float) -> None:
        """Note a click under each of the names it counts for."""
        for name in names:
            self.card[name].append(card)
            self.page[name].append(page)


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Serve the store, let users click, and return the figures."""
    store = copy_of(options.store, folder / "store")  # what is asked is remembered in it
    snapshot = open_store(store).snapshot()
    days = data_days(snapshot)
    if days is None:
        sys.exit(f"{options.store} has no session to look at")
    found = Found()
    if options.morning_after:
        with Server.of(store, options.site, options.workers) as server:
            server.ready()
            yesterday = Found(shown=found.shown)
            _click(options, server, yesterday, options.morning_after, first=ANOTHER_DAY)
    followed = None
    with Server.of(store, options.site, options.workers) as server:
        try:
            if options.follow_rate:
                after, rate = day_after(days[1]), options.follow_rate
                followed = Followed.begin(store, options.site, folder, rate, after)
            ready = server.ready()
            _click(options, server, found, options.minutes, followed)
        finally:
            if followed:
                followed.end()
    shown = ready | _figures(options, found)
    if followed:
        last = open_store(store).snapshot()
        had, has = (each.rows_by_day("sessions") for each in (snapshot, last))
        if any(has.get(day) != had[day] for day in had):
            sys.exit("the follower made sessions of other days anew: name the rules with --site")
        read = last.rows_by_day("hits")
        shown["followed"] = {
            "lines_per_second": options.follow_rate, "lines_written": followed.written,
            "lines_ingested": sum(read.values()) - sum(snapshot.rows_by_day("hits").values()),
            "longest_behind_s": round(followed.behind_s, 1),
        }  # fmt: skip
    if options.write:
        sessions = sum(snapshot.rows_by_day("sessions").values())
        recorded = {"measured": f"{date.today():%Y-%m-%d}", "machine": machine(),  # noqa: DTZ011
                    "sessions": sessions, **shown}  # fmt: skip
        options.write.write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")
    return shown


def _click(
    options: argparse.Namespace,
    server: Server,
    found: Found,
    minutes: float,
    followed: Followed | None = None,
    *,
    first: int = 0,
) -> None:
    """Let users click until the end, and look at the processes meanwhile."""
    callbacks = _callbacks(server.url)
    began = time.monotonic()
    end = began + 60 * minutes
    pace = end, options.think
    users = [
        threading.Thread(target=_user, args=(server.url, callbacks, found, pace, first + number))
        for number in range(options.users)
    ]
    for user in users:
        user.start()
    processes = {"server": server.process.pid}
    if followed:
        processes["follower"] = followed.process.pid
    looked = 0.0
    while any(user.is_alive() for user in users):
        now = time.monotonic()
        if now >= looked + LOOK_S:
            looked = now
            for name, leader in processes.items():
                memory, found.cpu_s[name] = used(leader)
                most = found.memory_mb[int(now - began) // 60 + 1]
                most[name] = max(most.get(name, 0), round(memory))
        if followed:
            followed.look()
        time.sleep(1)


def _callbacks(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return, for each page, the requests that showing it makes, the quick one first."""
    found: dict[str, list[dict[str, Any]]] = {path: [] for path in PAGES}
    for one in ask(url, "/_dash-dependencies"):
        (given,) = one["inputs"]
        # What else asks, asks when somebody types or presses a button; the live page by itself.
        if given["property"] != "search" and given["id"] != "live_page-now":
            continue
        outputs = [
            dict(zip(("id", "property"), part.rsplit(".", 1), strict=True))
            for part in one["output"].strip(".").split("...")
        ]
        for path, page in PAGES.items():
            if outputs[0]["id"].startswith(f"{page.name}-"):
                multiple = one["output"].startswith("..")
                body = {
                    "output": one["output"],
                    "outputs": outputs if multiple else outputs[0],
                    "state": [{"id": "shell", "property": "language", "value": "en"}],
                    "inputs": [{"id": given["id"], "property": given["property"]}],
                    "changedPropIds": [f"{given['id']}.{given['property']}"],
                }
                found[path].append(body)
    return {path: sorted(some, key=lambda one: -len(one["output"])) for path, some in found.items()}


def _user(
    url: str,
    callbacks: dict[str, list[dict[str, Any]]],
    found: Found,
    pace: tuple[float, float],
    number: int,
) -> None:
    """Click until the end; ``pace`` is when that is, and the mean seconds between clicks."""
    end, think = pace
    start = time.monotonic()
    chance = random.Random(number)
    path, search, kind = "/", "", "open"
    time.sleep(chance.uniform(0, think))
    with ThreadPoolExecutor(CONNECTIONS) as browser:
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                if kind == "open":
                    ask(url, "/", is_json=False)
                    ask(url, "/_dash-layout")
                    ask(url, "/_dash-dependencies")
                is_new = found.is_new(path, search)
                card = _show(url, callbacks[path], search, browser)
            except (OSError, urllib.error.URLError, ValueError) as error:
                found.errors[f"{kind} {path}: {type(error).__name__} {error}"] += 1
                card = None
            now = time.monotonic()
            if card is not None:
                minute = MINUTE.format(int(began - start) // 60 + 1)
                names = PAGES[path].name, kind, minute, *((NEW,) if is_new else ())
                found.took(names, card - began, now - began)
            time.sleep(chance.expovariate(1 / think))
            kind = "open" if chance.random() < 0.05 else chance.choice(KINDS[1:])
            if kind == "filter":
                search = _chosen(chance, search)
            elif kind == "page":
                path = chance.choice([one for one in OPEN if one != path])


def _chosen(chance: random.Random, search: str) -> str:
    """Return other filters than those."""
    if chance.random() >= OWN:
        return chance.choice([one for one in SEARCHES if one != search])
    drawn = [(name, chance.choice(values)) for name, values in WIDER]
    pairs = urlencode([(name, value) for name, value in drawn if value])
    return f"?{pairs}" if pairs else ""


def _show(url: str, bodies: list[dict[str, Any]], search: str, browser: Executor) -> float:
    """Ask what fills a page; return when its quick cards were there.

    Raises:
        ValueError: a card says that it failed.
    """

    def asked(body: dict[str, Any]) -> dict[str, Any]:
        (given,) = body["inputs"]
        value = search if given["property"] == "search" else {"number": 1}
        return body | {"inputs": [{**given, "value": value}]}

    waiting = [browser.submit(ask, url, "/_dash-update-component", asked(body)) for body in bodies]
    quick = 0.0
    for one in waiting:
        text = json.dumps(one.result())
        quick = quick or time.monotonic()
        if '"state": "error"' in text:
            raise ValueError("a card failed")
    return quick


def _figures(options: argparse.Namespace, found: Found) -> dict[str, object]:
    def row(name: str) -> dict[str, object]:
        shown: dict[str, object] = {"clicks": len(found.page[name])}
        for what, times in (("card", found.card[name]), ("page", found.page[name])):
            cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
            shown |= {f"{what}_p{part}_ms": round(1000 * cuts[part - 1]) for part in (50, 95, 99)}
        return shown

    clicks = sum(len(found.page[kind]) for kind in KINDS)
    shown: dict[str, Any] = {
        "users": options.users,
        "minutes": options.minutes,
        "morning_after": options.morning_after,
        "clicks": clicks,
        "errors": dict(found.errors) or 0,
        "kinds": {kind: row(kind) for kind in (*KINDS, NEW) if found.page[kind]},
        "pages": {page.name: row(page.name) for page in PAGES.values() if found.page[page.name]},
        "minutes_of_clicks": {
            name: row(name)
            for name in (MINUTE.format(number + 1) for number in range(int(options.minutes) + 1))
            if found.page[name]
        },
        "cpu_s": {name: round(spent, 1) for name, spent in found.cpu_s.items()}
        | {"server_per_click": round(found.cpu_s.get("server", 0) / max(clicks, 1), 3)},
        "memory_mb_by_minute": {str(minute): most for minute, most in found.memory_mb.items()},
    }
    return shown
