"""Robots' traffic: at each strictness, by what they are, by name; from a log of a few lines."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import reports
import sessionize
import weblog
from reports import Filters
from weblog.errors import QueryError
from weblog.site import site_from
from weblog.store import Store

CHROME = (
    "Mozilla/5.0 (Windows NT {}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
)
PERSON, OLD = CHROME.format("10.0; Win64; x64"), CHROME.format("5.1")
GPTBOT = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"
ASKED = "Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)"
UNHEARD = "Mozilla/5.0 (compatible; Unheard; +http://unheard.example/)"

LINES: list[tuple[str, str, str, int]] = [
    # Address, agent, target, status; each one hundred bytes.
    *[("192.0.2.1", "Googlebot/2.1", f"/{n}", 200) for n in range(4)],
    ("192.0.2.1", "Googlebot/2.1", "/logo.png", 200),
    ("192.0.2.1", "Googlebot/2.1", "/gone", 404),
    *[("192.0.2.2", GPTBOT, f"/{n}", 200) for n in range(3)],
    ("192.0.2.3", GPTBOT, "/", 304),
    ("192.0.2.4", ASKED, "/", 200),
    ("192.0.2.5", "curl/8.5.0", "/", 200),
    ("192.0.2.6", UNHEARD, "/", 200),
    ("192.0.2.7", OLD, "/", 200),
    ("192.0.2.8", "-", "/", 200),
    ("192.0.2.9", "PriceWatch/1", "/", 200),
    # A robot under a browser's name, at strict alone; and one by two signals.
    ("198.51.100.1", PERSON, "/", 200),
    ("198.51.100.1", PERSON, "/robots.txt", 200),
    *[("198.51.100.2", PERSON, f"/{n}", 200) for n in range(11)],
    ("198.51.100.2", PERSON, "/robots.txt", 200),
    # People.
    *[("203.0.113.5", PERSON, f"/{n}", 200) for n in range(7)],
    ("203.0.113.5", PERSON, "/a.css", 200),
    # The company's own, never a robot.
    *[("10.0.0.1", "curl/8.5.0", "/health", 200) for _ in range(9)],
]


def log(path: Path) -> Path:
    """Write the lines; those of one address come every twenty seconds, people's unevenly."""
    seen: Counter[str] = Counter()
    with path.open("w") as file:
        for address, agent, target, status in LINES:
            number = seen[address]
            seen[address] += 1
            second = number**3 if address.startswith("203") else 20 * number
            time = f"04/Nov/2025:09:{second // 60:02d}:{second % 60:02d} +0000"
            request = f'"GET {target} HTTP/1.1" {status} 100 "-" "{agent}"'
            file.write(f"{address} - - [{time}] {request}\n")
    return path


def ingested(folder: Path, strictness: str = "default") -> Store:
    rules = {
        "bots": {"strictness": strictness, "agents": ["^PriceWatch"]},
        "internal": {"networks": ["10.0.0.0/8"]},
    }
    site = site_from(rules, "site.toml", folder)
    store = weblog.open_store(folder / "store", create=True)
    weblog.ingest(store, [log(folder / "access.log")], site)
    sessionize.update(store, site)
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return ingested(tmp_path_factory.mktemp("bots"))


def part(store: Store, name: str, **options: Any) -> dict[str | None, dict[str, Any]]:
    frame = reports.bots(store, **options).frame.filter(pl.col("part") == name)
    return {row["name"]: row for row in frame.to_dicts()}


def test_each_strictness_stands_beside_the_others(store: Store) -> None:
    (everybody,) = part(store, "everybody").values()
    assert [everybody[name] for name in ("hits", "page_hits", "bytes", "visitors", "share")] == [
        38, 33, 3800, 12, 1.0,
    ]  # fmt: skip
    rows = part(store, "strictness")
    shown = ("hits", "page_hits", "visitors")
    found = {name: [row[each] for each in shown] for name, row in rows.items()}
    # Known by name: Google, GPTBot twice, ChatGPT, curl, no agent, the site's own rule.
    assert found == {"loose": [14, 12, 7], "default": [27, 24, 9], "strict": [30, 26, 11]}
    assert rows["strict"]["share"] == pytest.approx(30 / 38)


@pytest.mark.parametrize(("strictness", "hits"), [("loose", 14), ("default", 27), ("strict", 30)])
def test_what_the_store_counts_follows_its_strictness(
    tmp_path: Path, strictness: str, hits: int
) -> None:
    found = ingested(tmp_path, strictness)
    (counted,) = part(found, "counted").values()
    assert counted["hits"] == hits
    # What each strictness would take for robots does not depend on it.
    rows = part(found, "strictness")
    assert [row["hits"] for row in rows.values()] == [14, 27, 30]
    views = found.scan("page_views").collect().height
    (everybody,) = part(found, "everybody").values()
    assert everybody["page_hits"] == counted["page_hits"] + views


def test_robots_by_sort(store: Store) -> None:
    found = {name: (row["hits"], row["level"]) for name, row in part(store, "sort").items()}
    assert found == {
        "AI": (5, "loose"),
        "search engine": (6, "loose"),
        "tool": (1, "loose"),
        "no agent": (1, "loose"),
        "the site's own rule": (1, "loose"),
        "behaviour": (14, "strict"),
        "unnamed": (2, "strict"),
    }


def test_ai_crawlers_by_name_and_by_what_they_do(store: Store) -> None:
    named = part(store, "AI", limit=1)
    found = {name: (row["purpose"], row["hits"], row["visitors"]) for name, row in named.items()}
    assert found == {"GPTBot": ("training", 4, 2), "ChatGPT-User": ("user", 1, 1)}
    by_purpose = {name: row["hits"] for name, row in part(store, "purpose").items()}
    assert by_purpose == {"training": 4, "user": 1}


def test_robots_and_reasons(store: Store) -> None:
    robots = {name: row["hits"] for name, row in part(store, "robot").items()}
    assert robots == {
        "robots.txt + constant intervals": 12,
        "Googlebot": 6,
        "GPTBot": 4,
        "robots.txt": 2,
        "ChatGPT-User": 1,
        "PriceWatch": 1,
        "Windows XP never ran it": 1,
        "curl": 1,
        "empty user agent": 1,
        "http://unheard.example": 1,
    }
    assert part(store, "reason")["site.toml: agents ^PriceWatch"]["level"] == "loose"


@pytest.mark.parametrize("name", ["robot", "reason"])
@pytest.mark.parametrize("limit", [1, 3, None])
def test_what_lies_beyond_the_limit_is_one_row(store: Store, name: str, limit: int | None) -> None:
    frame = reports.bots(store, limit=limit).frame.filter(pl.col("part") == name)
    assert frame["hits"].sum() == 30
    assert frame["is_other"].to_list()[:-1] == [False] * (frame.height - 1)
    assert frame["is_other"][-1] == (limit is not None)
    assert limit is None or frame.height == limit + 1


def test_a_limit_that_leaves_nothing_is_refused(store: Store) -> None:
    with pytest.raises(QueryError, match="limit is 0"):
        reports.bots(store, limit=0)


def test_filters_on_sessions_are_said_to_be_ignored(store: Store) -> None:
    report = reports.bots(store, Filters(devices=("desktop",)))
    assert "filters_ignored" in [warning.code for warning in report.warnings]
    assert report.frame.equals(reports.bots(store).frame)


def test_the_figure_has_a_bar_per_sort(store: Store) -> None:
    (bars,) = reports.bots(store).figure_dict("ko")["data"]
    assert bars["x"] == sorted(bars["x"], reverse=True)
    assert bars["y"][0] == "행동으로 판별"
    assert len(bars["y"]) == 7
