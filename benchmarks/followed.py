"""A log that grows at a steady rate, and ``weblog ingest --follow`` that reads it into a store.

The store is a copy of its own: data files are linked, for nobody ever changes one, and all that
is written in place is copied. So a store of ten million sessions is there in a moment, and as it
was afterwards.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from sessionize.agreement import ENRICHED, MADE, Findings, as_marks
from weblog.following import following
from weblog.schema import TABLES
from weblog.site import Site, load_site
from weblog.store import Store, open_store

A_SECOND: Final = 10
"""Times a second that lines are written."""

VISITORS: Final = 20_000

PAGES: Final = (
    "/", "/products", "/products/annuity", "/products/child-cover", "/quote/start", "/quote/done",
    "/magazine/retire/7", "/magazine/health/3", "/login", "/static/app.css", "/gone",
    "/event?utm_source=naver&utm_medium=cpc&utm_campaign=autumn",
)  # fmt: skip

REFERRERS: Final = ("-", "-", "https://search.naver.com/search.naver", "https://www.google.com/")

AGENT: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{}.0.0.0 Safari/537.36"
)


def copy_of(store: Path, folder: Path) -> Path:
    """Return a copy of a store in ``folder``, its data files linked where that can be."""

    def copied(source: str, target: str) -> None:
        if source.endswith(".parquet"):
            try:
                os.link(source, target)
            except OSError:  # another file system
                shutil.copy2(source, target)
        else:
            shutil.copy2(source, target)

    shutil.copytree(store, folder, copy_function=copied)
    return folder


def let_stand(store: Store, site: Site) -> None:
    """Mark sessions that follow from no hits (:mod:`benchmarks.large_store`) as if they did.

    A follower would remove them in its first round.
    """
    head = store.snapshot()
    if sum(head.rows_by_day("hits").values()):
        return
    marks = as_marks(Findings.of(head, site).days.wanted)
    for name in MADE:
        store.append_marked(name, TABLES[name].empty(), marks, {})
    found = Findings.of(store.snapshot(), site)
    settled = {ENRICHED: found.days.state(*found.inputs)}
    store.append_marked("visitors", TABLES["visitors"].empty(), settled, {})


@dataclass(slots=True)
class Followed:
    """A growing log and its follower.

    Attributes:
        store: the store it is read into.
        log: the log.
        rate: lines a second.
        day: the day that its lines are of; their time of day is that of the clock, UTC.
        process: the follower.
        written: lines written so far.
        behind_s: the longest that a written line was not read yet, by the follower's word.
    """

    store: Path
    log: Path
    rate: int
    day: date
    process: subprocess.Popen[str]
    written: int = 0
    behind_s: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)
    _writer: threading.Thread | None = None

    @classmethod
    def begin(cls, store: Path, site: Path | None, folder: Path, rate: int, day: date) -> Followed:
        """Let a log grow in ``folder``, and follow it.

        Args:
            store: a copy: it is written to.
            site: the site's rules.
            folder: for the log.
            rate: lines a second.
            day: of its lines; one the store has nothing of, for sessions are made of whole days.
        """
        let_stand(open_store(store), load_site(site) if site else Site())
        log = folder / "access.log"
        log.touch()
        command = [sys.executable, "-m", "weblog", "ingest", "--follow", str(log), "--store",
                   str(store), "--format", "combined"]  # fmt: skip
        command += ["--site", str(site)] if site else []
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True,
        )  # fmt: skip
        made = cls(store, log, rate, day, process)
        made._writer = threading.Thread(target=made._write, daemon=True)
        made._writer.start()
        return made

    def look(self) -> None:
        """Note how far behind the follower is; it must be alive.

        Raises:
            SystemExit: it has ended.
        """
        if self.process.poll() is not None:
            sys.exit(f"the follower ended with code {self.process.returncode}")
        logs = [log for each in following(open_store(self.store), time.time()) for log in each.logs]
        self.behind_s = max(self.behind_s, *(log.seconds_behind for log in logs), 0.0)

    def end(self) -> None:
        """Let the log grow no more, and end the follower when it has read it."""
        self._over.set()
        if self._writer is not None:
            self._writer.join()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)

    def _write(self) -> None:
        chance, began = random.Random(1), time.monotonic()
        with self.log.open("a", encoding="utf-8") as file:
            while not self._over.wait(1 / A_SECOND):
                due = int((time.monotonic() - began) * self.rate) - self.written
                file.write("".join(self._line(chance) for _ in range(due)))
                file.flush()
                self.written += due

    def _line(self, chance: random.Random) -> str:
        now = datetime.now(UTC)
        page, visitor = chance.choice(PAGES), chance.randrange(VISITORS)
        status = 404 if page == "/gone" else 200
        return (
            f"9.{visitor // 250}.{visitor % 250}.9 - - [{self.day:%d/%b/%Y}:{now:%H:%M:%S} +0000] "
            f'"GET {page} HTTP/1.1" {status} 512 "{chance.choice(REFERRERS)}" '
            f'"{AGENT.format(120 + visitor % 20)}"\n'
        )


def day_after(last: date) -> date:
    """Return a day that the store has nothing of, whatever the site's time zone."""
    return last + timedelta(days=2)
