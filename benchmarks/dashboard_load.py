"""How soon ``weblog serve`` answers when several people read the dashboard at once.

Each simulated user opens the dashboard, goes from page to page, changes filters, and waits between
clicks. A click asks what a browser asks: the callbacks the server itself declares for that page,
all at once. ``card`` is when the page's quick cards are there, ``page`` when the slow ones are,
too. With ``--follow-rate``, ``weblog ingest --follow`` reads so many lines a second into the same
store meanwhile: a copy of the one that was named.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.followed import Followed, copy_of, day_after
from benchmarks.processes import machine
from dashboard.access.roles import Reader
from dashboard.pages import PAGES
from reports.load import data_days
from weblog.store import open_store

SEARCHES = (
    "", "", "", "?period=7", "?period=90", "?compare=year", "?device=desktop", "?device=smartphone",
    "?channel=Direct", "?channel=Email&period=90", "?segment=customer", "?segment=VIP&period=90",
)  # fmt: skip
"""Filters chosen; many only look."""

OPEN = [path for path, page in PAGES.items() if Reader("", "marketer", "open").sees(page.role)]
"""Pages for whoever reads without login."""

CONNECTIONS = 6
"""So many requests a browser has on the way to one server."""

PATIENCE_S = 120


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


KINDS = ("open", "page", "filter")
"""Kinds of clicks: the dashboard is opened, another page is, another filter is chosen."""


MINUTE = "minute {}"
"""What clicks of a minute count as, too: those of the first meet a server that has read nothing."""


@dataclass
class Found:
    """What the users met: times by page and by kind of click, and processes over the time."""

    card: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    page: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    server_mb: list[float] = field(default_factory=list)
    follower_mb: list[float] = field(default_factory=list)
    cpu_s: dict[str, float] = field(default_factory=dict)

    def took(self, names: tuple[str, ...], card: float, page: float) -> None:
        """Note a click under each of the names it counts for."""
        for name in names:
            self.card[name].append(card)
            self.page[name].append(page)


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Serve the store, let users click, and return the figures."""
    store = copy_of(options.store, folder / "store") if options.follow_rate else options.store
    snapshot = open_store(store).snapshot()
    days = data_days(snapshot)
    if days is None:
        sys.exit(f"{options.store} has no session to look at")
    command = [sys.executable, "-m", "weblog", "serve", "--store", str(store),
               "--port", "0", "--no-login"]  # fmt: skip
    command += ["--site", str(options.site)] if options.site else []
    command += ["--workers", str(options.workers)] if options.workers else []
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    followed = None
    try:
        said = server.stdout.readline() if server.stdout else ""
        if not said.startswith("Dashboard on "):
            sys.exit(f"the server did not start; try it yourself: {' '.join(command)}")
        url = said.split()[2].rstrip("/")
        if options.follow_rate:
            after, rate = day_after(days[1]), options.follow_rate
            followed = Followed.begin(store, options.site, folder, rate, after)
        found = _clicked(options, url, server.pid, followed)
    finally:
        if followed:
            followed.end()
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
    shown = _figures(options, found)
    if followed:
        read = open_store(store).snapshot().rows_by_day("hits")
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


def _clicked(
    options: argparse.Namespace, url: str, server: int, followed: Followed | None
) -> Found:
    """Let users click until the end, and look at the processes every second."""
    found, callbacks = Found(), _callbacks(url)
    end = time.monotonic() + 60 * options.minutes
    users = [
        threading.Thread(target=_user, args=(url, callbacks, found, (end, options.think), number))
        for number in range(options.users)
    ]
    for user in users:
        user.start()
    while any(user.is_alive() for user in users):
        memory, found.cpu_s["server"] = _used(server)
        found.server_mb.append(memory)
        if followed:
            memory, found.cpu_s["follower"] = _used(followed.process.pid)
            found.follower_mb.append(memory)
            followed.look()
        time.sleep(1)
    return found


def _ask(url: str, path: str, body: object = None, *, is_json: bool = True) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(url + path, data, headers)  # noqa: S310  our own server
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:  # noqa: S310
        text = answer.read()
        return json.loads(text) if text and is_json else None


def _callbacks(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return, for each page, the requests that showing it makes, the quick one first."""
    found: dict[str, list[dict[str, Any]]] = {path: [] for path in PAGES}
    for one in _ask(url, "/_dash-dependencies"):
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
                    _ask(url, "/", is_json=False)
                    _ask(url, "/_dash-layout")
                    _ask(url, "/_dash-dependencies")
                card = _show(url, callbacks[path], search, browser)
            except (OSError, urllib.error.URLError, ValueError) as error:
                found.errors[f"{kind} {path}: {type(error).__name__} {error}"] += 1
                card = None
            now = time.monotonic()
            if card is not None:
                minute = MINUTE.format(int(began - start) // 60 + 1)
                found.took((PAGES[path].name, kind, minute), card - began, now - began)
            time.sleep(chance.expovariate(1 / think))
            kind = "open" if chance.random() < 0.05 else chance.choice(KINDS[1:])
            if kind == "filter":
                search = chance.choice([one for one in SEARCHES if one != search])
            elif kind == "page":
                path = chance.choice([one for one in OPEN if one != path])


def _show(url: str, bodies: list[dict[str, Any]], search: str, browser: Executor) -> float:
    """Ask what fills a page; return when its quick cards were there.

    Raises:
        ValueError: a card says that it failed.
    """

    def asked(body: dict[str, Any]) -> dict[str, Any]:
        (given,) = body["inputs"]
        value = search if given["property"] == "search" else {"number": 1}
        return body | {"inputs": [{**given, "value": value}]}

    waiting = [browser.submit(_ask, url, "/_dash-update-component", asked(body)) for body in bodies]
    quick = 0.0
    for one in waiting:
        text = json.dumps(one.result())
        quick = quick or time.monotonic()
        if '"state": "error"' in text:
            raise ValueError("a card failed")
    return quick


def _used(leader: int) -> tuple[float, float]:
    """Return the memory (MB) of a process and those it began, and the processor time (s).

    What they share counts once.
    """
    whole, ticks = 0, 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == leader:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                whole += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
                spent = (folder / "stat").read_text().rpartition(")")[2].split()
                ticks += int(spent[11]) + int(spent[12])
        except (OSError, ProcessLookupError):
            continue  # it has ended meanwhile
    return whole / 1024, ticks / os.sysconf("SC_CLK_TCK")


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
        "clicks": clicks,
        "errors": dict(found.errors) or 0,
        "kinds": {kind: row(kind) for kind in KINDS if found.page[kind]},
        "pages": {page.name: row(page.name) for page in PAGES.values() if found.page[page.name]},
        "minutes_of_clicks": {
            name: row(name)
            for name in (MINUTE.format(number + 1) for number in range(int(options.minutes) + 1))
            if found.page[name]
        },
        "cpu_s": {name: round(spent, 1) for name, spent in found.cpu_s.items()}
        | {"server_per_click": round(found.cpu_s.get("server", 0) / max(clicks, 1), 3)},
        "memory_mb_by_minute": _by_minute(found),
    }
    return shown


def _by_minute(found: Found) -> dict[str, dict[str, int]]:
    """Return the most memory of each minute, of the server and of the follower."""
    both = {"server": found.server_mb, "follower": found.follower_mb}
    length = len(found.server_mb)
    return {
        str(start // 60 + 1): {
            name: round(max(some[start : start + 60])) for name, some in both.items() if some
        }
        for start in range(0, length, 60)
    }
