"""What the live page shows: one answer for all browsers, made anew every few seconds."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

import reports
from dashboard.cards.guard import Data
from dashboard.value_names import value_name
from dashboard.words import word
from reports.answers.live import OLD
from reports.figures import minutes, numbers
from reports.figures.theme import THEMES
from weblog.following import Following, following
from weblog.site import Site
from weblog.store import Store

EVERY_S: Final = 5
"""Seconds from one refresh of a browser to the next."""

SHARED_S: Final = 4.0
"""Seconds for which an answer is given to whoever asks: less than between two refreshes of one
browser, so that each refresh shows something new."""

SHOWN: Final = 8
"""Rows of each list."""

BEHIND: Final = 1 << 20
"""Bytes not read yet from which a follower is told to be behind: some thousand lines."""


@dataclass(frozen=True, slots=True)
class Now:
    """An answer: the report, who follows the logs, and the moment both are of."""

    report: reports.Report
    followers: tuple[Following, ...]
    moment: datetime


@dataclass(slots=True)
class Shared:
    """The newest answer of each store, and one computation at a time: the others wait for it."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ticks: Callable[[], float] = monotonic
    _kept: dict[Path, tuple[float, Now]] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    def now(self, store: Store) -> Now:
        """Return an answer that is at most :data:`SHARED_S` seconds old."""
        with self._guard:
            kept = self._kept.get(store.folder)
            if kept is not None and self.ticks() - kept[0] < SHARED_S:
                return kept[1]
            moment = self.clock()
            report = reports.live(store, now=moment, limit=SHOWN)
            answer = Now(report, tuple(following(store, moment.timestamp())), moment)
            self._kept[store.folder] = (self.ticks(), answer)
            return answer


SHARED: Final = Shared()
"""Of this process."""


def live_data(now: Now, store: Store, site: Site, language: str) -> Data:
    """Return an answer as the page's component shows it."""
    frame = now.report.frame
    total = frame.filter(pl.col("part") == "total").row(0, named=True)
    views = frame.filter(pl.col("part") == "minute")["page_views"]
    told = word("live_by_minute_told", language, views=_count(total["page_views"], language),
                most=_count(views.max() or 0, language))  # fmt: skip
    shown = now.moment.astimezone(ZoneInfo(site.time_zone))
    figures = {theme: minutes.figure(frame, language, theme) for theme in THEMES}
    return {
        "state": "ready",
        "time": f"{shown:%H:%M:%S}",
        "status": _status(now, total["delay_s"], store, site, language),
        "tiles": _tiles(total, site, language),
        "figures": figures if views.sum() else None,  # of nobody it would be an empty frame
        "summary": told,
        "lists": {
            "pages": _rows(frame, "page", ("active", "page_views"), site, language),
            "sources": _rows(frame, "source", ("visitors", "page_views"), site, language),
            "goals": _rows(frame, "goal", ("conversions", "value"), site, language),
            "failed": _rows(frame, "error", ("errors", "status"), site, language),
        },
    }


def _tiles(total: dict[str, Any], site: Site, language: str) -> list[Data]:
    half_hour = word("live_half_hour", language)
    server = word("live_server_errors", language,
                  count=_count(total["server_errors"], language))  # fmt: skip
    value = numbers.money(total["value"], language, site.currency) if total["value"] else half_hour
    delay = total["delay_s"]
    since = "–" if delay is None else word("live_ago", language, time=ago(delay, language))
    return [
        _tile("now", word("live_now", language), total["active"], word("live_now_help", language),
              language),
        _tile("visitors", word("visitors", language), total["visitors"], half_hour, language),
        _tile("page_views", word("page_views", language), total["page_views"], half_hour, language),
        _tile("conversions", word("conversions", language), total["conversions"], value, language),
        _tile("errors", word("live_errors", language), total["errors"], server, language),
        {"key": "delay", "name": word("live_delay", language), "value": since,
         "raw": delay, "below": word("live_delay_help", language),
         "bad": delay is None or delay > OLD},
    ]  # fmt: skip


def _tile(key: str, name: str, value: int, below: str, language: str) -> Data:
    return {"key": key, "name": name, "value": _count(value, language), "raw": value,
            "below": below, "bad": False}  # fmt: skip


def _count(value: object, language: str) -> str:
    return numbers.number(int(str(value)), language)


def _rows(
    frame: pl.DataFrame, part: str, figures: tuple[str, str], site: Site, language: str
) -> list[Data]:
    figure, beside = figures
    rows = frame.filter(pl.col("part") == part)
    most = max([*rows.filter(~pl.col("is_other"))[figure], 1])
    return [
        {
            "label": _label(row, part, language),
            "channel": value_name("channels", row["channel"], language) if row["channel"] else None,
            "figure": _count(row[figure], language),
            "beside": _beside(row[beside], beside, site, language),
            "share": 0 if row["is_other"] else round(100 * row[figure] / most, 1),
            "other": row["is_other"],
        }
        for row in rows.to_dicts()
    ]


def _label(row: dict[str, Any], part: str, language: str) -> str:
    if row["is_other"]:
        return word("other", language)
    if row["name"] is None:
        return word("none", language)
    return value_name("sources", row["name"], language) if part == "source" else str(row["name"])


def _beside(value: Any, column: str, site: Site, language: str) -> str:
    if column == "value":
        return numbers.money(value, language, site.currency)
    if column == "status":
        return "" if value is None else str(value)
    return _count(value, language)


def _status(now: Now, delay: float | None, store: Store, site: Site, language: str) -> Data:
    """Say whether new hits come, and if not, what to start."""
    alive = [each for each in now.followers if each.state == "alive"]
    since = ago(delay or 0, language)
    problems = [problem for each in alive for problem in each.problems]
    is_old = delay is None or delay > OLD
    if alive:
        behind = sum(each.bytes_behind for each in alive)
        kind = "quiet" if is_old and behind < BEHIND else "behind" if behind >= BEHIND else "fresh"
        text = word(f"live_is_{kind}", language, ago=since, bytes=f"{behind / 1e6:,.1f} MB")
        return {"kind": kind, "text": text, "code": None, "problems": problems}
    died = [each for each in now.followers if each.state == "died"]
    key = "live_is_dead" if died else "live_is_alone" if is_old else "live_is_read_now_and_then"
    given = [path for each in (died or now.followers)[:1] for path in each.given]
    command = [*("weblog", "ingest", "--follow"), *(given or ["access.log"])]
    where = ["--store", str(store.folder.resolve())]
    rules = Path(site.folder) / "site.toml"
    if rules.exists():
        where += ["--site", str(rules.resolve())]
    return {
        "kind": "alone",
        "text": word(key, language, ago=since),
        "code": shlex.join([*command, *where]),
        "problems": problems,
    }


def ago(seconds: float, language: str) -> str:
    """Return a span of time in its largest unit that tells enough."""
    whole = max(int(seconds), 0)
    for unit, length, enough in (
        ("seconds", 1, 120),
        ("minutes", 60, 120 * 60),
        ("hours", 3600, 48 * 3600),
    ):
        if whole < enough:
            return word(f"live_{unit}", language, count=whole // length)
    return word("live_days", language, count=f"{whole // 86_400:,}")
