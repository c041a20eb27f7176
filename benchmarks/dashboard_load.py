"""How soon ``weblog serve`` answers when several people read the dashboard at once.

Each simulated user goes from page to page, changes filters, and waits between clicks. A click asks
what a browser asks: the callbacks the server itself declares for that page, all at once. ``card``
is when the page's quick cards are there, ``page`` when the slow ones are, too.
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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

from dashboard.pages import PAGES

SEARCHES = (
    "", "", "", "?period=7", "?period=90", "?compare=year", "?device=desktop", "?device=smartphone",
    "?channel=Direct", "?channel=Email&period=90", "?segment=customer", "?segment=VIP&period=90",
)  # fmt: skip
"""Filters chosen; many only look."""

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
    parser.add_argument("--workers", type=int, help="processes of the server")


@dataclass
class Found:
    """What the users met."""

    card: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    page: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    memory: list[float] = field(default_factory=list)


def run(options: argparse.Namespace, _: Path) -> dict[str, object]:
    """Serve the store, let users click, and return the figures."""
    command = [sys.executable, "-m", "weblog", "serve", "--store", str(options.store),
               "--port", "0", "--no-login"]  # fmt: skip
    command += ["--site", str(options.site)] if options.site else []
    command += ["--workers", str(options.workers)] if options.workers else []
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        said = server.stdout.readline() if server.stdout else ""
        if not said.startswith("Dashboard on "):
            sys.exit(f"the server did not start; try it yourself: {' '.join(command)}")
        url = said.split()[2].rstrip("/")
        callbacks = _callbacks(url)
        found, end = Found(), time.monotonic() + 60 * options.minutes
        users = [
            threading.Thread(
                target=_user, args=(url, callbacks, found, (end, options.think), number)
            )
            for number in range(options.users)
        ]
        for user in users:
            user.start()
        while any(user.is_alive() for user in users):
            found.memory.append(_memory_mb(server.pid))
            time.sleep(1)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
    return _figures(options, found)


def _ask(url: str, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(url + path, data, headers)  # noqa: S310  our own server
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:  # noqa: S310
        text = answer.read()
        return json.loads(text) if text else None


def _callbacks(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return, for each page, the requests a change of the address makes, the quick one first."""
    found: dict[str, list[dict[str, Any]]] = {path: [] for path in PAGES}
    for one in _ask(url, "/_dash-dependencies"):
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
                    "changedPropIds": ["address.search"],
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
    chance = random.Random(number)
    search = ""
    time.sleep(chance.uniform(0, think))
    with ThreadPoolExecutor(CONNECTIONS) as browser:
        while time.monotonic() < end:
            path = chance.choice(list(PAGES))
            search = chance.choice(SEARCHES) if chance.random() < 0.5 else search
            began = time.monotonic()
            inputs = [{"id": "address", "property": "search", "value": search}]
            waiting = [
                browser.submit(_ask, url, "/_dash-update-component", body | {"inputs": inputs})
                for body in callbacks[path]
            ]
            for place, one in enumerate(waiting):
                try:
                    answer = one.result()
                    if '"state": "error"' in json.dumps(answer):
                        found.errors[f"{PAGES[path].name}: a card failed"] += 1
                except (OSError, urllib.error.URLError, ValueError) as error:
                    found.errors[f"{PAGES[path].name}: {type(error).__name__} {error}"] += 1
                if place == 0:
                    found.card[PAGES[path].name].append(time.monotonic() - began)
            found.page[PAGES[path].name].append(time.monotonic() - began)
            time.sleep(chance.expovariate(1 / think))


def _memory_mb(leader: int) -> float:
    """Return the memory of the server's processes, what they share counted once."""
    whole = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == leader:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                whole += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, ProcessLookupError):
            continue  # it has ended meanwhile
    return whole / 1024


def _figures(options: argparse.Namespace, found: Found) -> dict[str, object]:
    def row(name: str) -> dict[str, object]:
        shown: dict[str, object] = {"clicks": len(found.page[name])}
        for what, times in (("card", found.card[name]), ("page", found.page[name])):
            cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
            for part in (50, 95, 99):
                shown[f"{what}_p{part}_ms"] = round(1000 * cuts[part - 1]) if cuts else ""
        return shown

    steps = max(1, len(found.memory) // 8)
    return {
        "users": options.users,
        "minutes": options.minutes,
        "clicks": sum(map(len, found.page.values())),
        "errors": dict(found.errors) or 0,
        "pages": {page.name: row(page.name) for page in PAGES.values()},
        "memory_mb": {"most": round(max(found.memory, default=0))},
        "memory_curve_mb": ", ".join(str(round(one)) for one in found.memory[::steps]),
    }
