"""A real Chromium before a real ``weblog dashboard`` process over the sample company's logs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from in_process import Ran, program_here
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from shared import copied

from weblog.store import open_store

expect.set_options(timeout=15_000)  # a busy machine is slow, and no test here is about speed

ROOT = Path(__file__).parents[2]
COMPANY = ROOT / "sample_logs" / "data"

EVIL = "/<img src=x onerror=window.hacked=1>"
"""A path that is asked for so often that it is among the top pages."""

STRANGER = (
    '9.9.9.9 - - [30/Nov/2025:10:{:02}:{:02} +0900] "GET /%3Cimg%20src=x%20onerror=window.hacked=1'
    '%3E HTTP/1.1" 200 1 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 '
    '(KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36" "stranger-{:08}"\n'
)


def weblog(*arguments: str | Path) -> Ran:
    """Run the command line to its end."""
    done = program_here(*arguments, folder=ROOT)
    assert done.returncode == 0, done.stderr
    return done


@dataclass
class Dashboard:
    """The dashboard under test: where it answers, and what the command line says."""

    url: str
    store: Path

    def report(self, name: str, *options: str) -> list[dict[str, Any]]:
        """The rows ``weblog report`` prints."""
        asked = ("report", name, "--store", self.store, "--site", COMPANY / "site.toml")
        rows: list[dict[str, Any]] = json.loads(weblog(*asked, *options, "--output", "json").stdout)
        return rows

    def summary(self, *filters: str) -> dict[str, Any]:
        """The figures of ``weblog report summary`` by measure."""
        return {row["measure"]: row["value"] for row in self.report("summary", *filters)}


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's store, with what many strangers asked for."""
    return copied("browser", with_strangers, tmp_path_factory.mktemp("browser") / "made") / "store"


def with_strangers(folder: Path) -> None:
    folder.mkdir()
    weblog("demo", "--no-dashboard", "--store", folder / "store", "--output", "json")
    log = folder / "stranger.log"
    # By many, three times each: who went on every second would be taken for a robot.
    lines = (STRANGER.format(*divmod(second, 60), second // 3) for second in range(900))
    log.write_text("".join(lines))
    weblog("ingest", log, "--store", folder / "store", "--site", COMPANY / "site.toml")


def served(store: Path) -> Iterator[Dashboard]:
    """Run ``weblog dashboard`` until the tests are done."""
    process = subprocess.Popen(
        [sys.executable, "-m", "weblog", "dashboard", "--store", str(store),
         "--site", str(COMPANY / "site.toml"), "--rules", str(store.parent / "rules.toml"),
         "--role", "analyst", "--port", "0", "--no-open"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        watchdog.cancel()
        assert line.startswith("Dashboard on http"), f"the dashboard did not start: {line!r}"
        yield Dashboard(line.split()[2], store)
    finally:
        watchdog.cancel()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def dashboard(store: Path) -> Iterator[Dashboard]:
    yield from served(store)


@pytest.fixture(scope="session")
def serve() -> Callable[[Path], Iterator[Dashboard]]:
    """Give modules with a store of their own what serves it."""
    return served


@pytest.fixture(scope="session")
def ingest() -> Callable[[Path, Path], object]:
    """Read a log into a store by the sample company's rules."""

    def read(log: Path, store: Path) -> object:
        return weblog("ingest", log, "--store", store, "--site", COMPANY / "site.toml")

    return read


@pytest.fixture
def empty_dashboard(tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard over a store nothing was read into."""
    open_store(tmp_path / "store", create=True)
    yield from served(tmp_path / "store")


@dataclass
class Watch:
    """What must not happen while a page is open."""

    allowed: str
    problems: list[str] = field(default_factory=list)

    def guard(self, context: BrowserContext, page: Page) -> None:
        def on_route(route: Route) -> None:
            if route.request.url.startswith((self.allowed, "data:", "blob:")):
                route.continue_()
            else:
                self.problems.append(f"request to another host: {route.request.url}")
                route.abort()

        context.route("**/*", on_route)
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on(
            "console",
            lambda message: (
                message.type in {"error", "warning"}
                and self.problems.append(f"console {message.type}: {message.text}")
            ),
        )


OpenPage = Callable[..., Page]


def opening(browser: Browser, url: str) -> Iterator[OpenPage]:
    """Open a dashboard in contexts of their own; any console message or foreign request fails."""
    contexts: list[BrowserContext] = []
    watch = Watch(url)

    def opened(address: str = "", width: int = 1440, **options: Any) -> Page:
        shape = {"width": width, "height": 900 if width > 820 else 844}
        context = browser.new_context(viewport=shape, **{"locale": "en-GB", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch.guard(context, page)
        page.goto(url + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watch.problems == []


@pytest.fixture
def open_page(browser: Browser, dashboard: Dashboard) -> Iterator[OpenPage]:
    """Open the dashboard of the sample company."""
    yield from opening(browser, dashboard.url)


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Start a process that follows a log into ``store`` beside it, and wait for that store."""
    started: list[subprocess.Popen[str]] = []

    def follow(log: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "weblog", "ingest", "--follow", str(log), "--every", "0.3",
             "--store", str(tmp_path / "store"), "--site", str(COMPANY / "site.toml")],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        started.append(process)
        deadline = time.monotonic() + 60
        while not (tmp_path / "store" / "published.json").exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return process

    yield follow
    for process in started:
        process.kill()
        process.wait(20)


@pytest.fixture
def open_followed(
    tmp_path: Path, browser: Browser, following: Callable[[Path], subprocess.Popen[str]]
) -> Iterator[Callable[[Path], tuple[subprocess.Popen[str], OpenPage]]]:
    """Follow a log, and serve a dashboard over what is read of it."""
    left: list[Iterator[Any]] = []

    def opened(log: Path) -> tuple[subprocess.Popen[str], OpenPage]:
        process = following(log)
        serving = served(tmp_path / "store")
        pages = opening(browser, next(serving).url)
        left.extend((pages, serving))
        return process, next(pages)

    yield opened
    for each in left:
        assert next(each, None) is None


@pytest.fixture(scope="module")
def open_window(browser: Browser, dashboard: Dashboard) -> Iterator[OpenPage]:
    """Open the dashboard in a window that the tests of a module share, under the same watch."""
    contexts: list[BrowserContext] = []
    watch = Watch(dashboard.url)

    def opened(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        watch.guard(contexts[-1], page)
        page.goto(dashboard.url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert watch.problems == []


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots are kept to be looked at: SCREENSHOTS names another folder."""
    folder = Path(os.environ.get("SCREENSHOTS", Path(__file__).with_name("screenshots")))
    folder.mkdir(exist_ok=True)
    return folder
