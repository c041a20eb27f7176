"""Who a visitor is: in the order the site says, with a key that stays or one that goes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from weblog.ingestion import ingest
from weblog.site import Site
from weblog.store import Store, open_store
from weblog.store.period_keys import FOLDER, PeriodKeys

AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"
COOKIES = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{uid}C" "%{X-Id}i"'


def site(salt: str = "stay", **rules: object) -> Site:
    privacy = {"visitor_salt": salt, **dict(rules.pop("privacy", {}))}  # type: ignore[call-overload]
    return Site.model_validate({"time_zone": "Asia/Seoul", "privacy": privacy, **rules})


def line(day: int, hour: int = 12, *, user: str = "-", cookie: str = "-", named: str = "-") -> str:
    when = f"{day:02}/Nov/2025:{hour:02}:00:00 +0900"
    return (
        f'203.0.113.7 - {user} [{when}] "GET /{day}/{hour} HTTP/1.1" 200 9 "-" "{AGENT}" '
        f'"{cookie}" "{named}"\n'
    )


def visitors(tmp: Path, lines: list[str], rules: Site, name: str = "store") -> list[str | None]:
    log = tmp / f"{name}-{len(list(tmp.iterdir()))}.log"
    log.write_text("".join(lines))
    store = open_store(tmp / name, create=True, key=b"k" * 32)
    assert not ingest(store, [log], rules, log_format=COOKIES).errors
    hits = store.scan("hits").sort("ts", "line").select("visitor_id").collect()
    return hits["visitor_id"].to_list()


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (None, ["#", "#", "#", "#"]),
        (["address+agent"], ["#", "#", "#", "#"]),
        (["cookie:uid", "address+agent"], ["c1", "#", "c1", "#"]),
        (["cookie:uid", "customer", "address+agent"], ["c1", "customer:kim", "c1", "#"]),
        (["customer", "cookie:uid"], ["c1", "customer:kim", "customer:kim", None]),
        (["header:X-Id", "cookie:uid", "address+agent"], ["c1", "#", "c1", "h1"]),
        (["cookie:uid"], ["c1", None, "c1", None]),
        (["cookie:other"], [None, None, None, None]),
    ],
)
def test_the_first_place_that_names_one_counts(
    tmp_path: Path, places: list[str] | None, expected: list[str | None]
) -> None:
    rules = site(identity={} if places is None else {"visitor": places})
    lines = [
        line(1, cookie="c1"),
        line(2, user="kim"),
        line(3, cookie="c1", user="kim"),
        line(4, named="h1"),
    ]
    found = visitors(tmp_path, lines, rules)
    (hashed,) = {*visitors(tmp_path, [line(9)], site(), "other")}
    assert found == [hashed if each == "#" else each for each in expected]


def test_visitor_cookie_is_short_for_a_list(tmp_path: Path) -> None:
    lines = [line(1, cookie="c1"), line(2)]
    short = visitors(tmp_path, lines, site(identity={"visitor_cookie": "uid"}), "short")
    long = {"visitor": ["cookie:uid", "address+agent"]}
    assert visitors(tmp_path, lines, site(identity=long), "long") == short


@pytest.mark.parametrize(
    ("salt", "same"),
    [
        ("stay", [[1, 2, 3, 10, 28]]),
        ("daily", [[1], [2], [3], [10], [28]]),
        ("weekly", [[1, 2], [3], [10], [28]]),  # the third is a Monday
        ("monthly", [[1, 2, 3, 10, 28]]),
    ],
)
def test_a_salt_that_rotates_keeps_periods_apart(
    tmp_path: Path, salt: str, same: list[list[int]]
) -> None:
    days = [1, 2, 3, 10, 28]
    lines = [line(day, hour) for day in days for hour in (9, 21)]
    found = visitors(tmp_path, lines, site(salt))
    by_visitor: dict[str | None, list[int]] = {}
    for visitor, day in zip(found[::2], days, strict=True):
        by_visitor.setdefault(visitor, []).append(day)
    assert found[::2] == found[1::2]
    assert list(by_visitor.values()) == same


def test_days_are_the_sites_not_the_servers(tmp_path: Path) -> None:
    rules = Site.model_validate({"time_zone": "UTC", "privacy": {"visitor_salt": "daily"}})
    found = visitors(tmp_path, [line(1, 23), line(2, 8), line(2, 9)], rules)
    assert found[0] == found[1] != found[2]


def test_the_order_of_files_does_not_matter_while_keys_are_kept(tmp_path: Path) -> None:
    rules = site("daily")
    forth, back = [line(1), line(2)], [line(1, 13), line(2, 13)]
    visitors(tmp_path, forth, rules)
    found = visitors(tmp_path, back, rules)
    assert found[0] == found[1]
    assert found[2] == found[3]


def keys_in(store: Store) -> list[str]:
    return sorted(file.name for file in (store.folder / FOLDER).iterdir())


def test_a_key_is_destroyed_and_nothing_can_link_its_day_again(tmp_path: Path) -> None:
    rules = site("daily", privacy={"salt_kept_days": 3})
    (before,) = visitors(tmp_path, [line(1)], rules)
    store = open_store(tmp_path / "store")
    (name,) = keys_in(store)
    assert (store.folder / FOLDER / name).stat().st_mode & 0o777 == 0o600
    long_ago = (datetime.now(UTC) - timedelta(days=3)).timestamp()
    os.utime(store.folder / FOLDER / name, (long_ago, long_ago))
    found = visitors(tmp_path, [line(1, 13)], rules)
    assert before in found
    assert len({*found}) == 2  # a late line is a new visitor's: that is the price


def test_keys_are_kept_for_the_days_the_site_says(tmp_path: Path) -> None:
    first = date(2025, 11, 1)
    keys = PeriodKeys(tmp_path, "daily", kept_days=7)
    drawn = keys([first])
    assert keys([first]) == drawn
    now = datetime.now(UTC)
    keys.destroy_old(now + timedelta(days=6))
    assert keys([first]) == drawn
    keys.destroy_old(now + timedelta(days=7))
    assert [*(tmp_path / FOLDER).iterdir()] == []
    assert keys([first]) != drawn


def test_a_key_of_a_period_that_lasts_is_not_old(tmp_path: Path) -> None:
    today = datetime.now(UTC)
    keys = PeriodKeys(tmp_path, "monthly", kept_days=1)
    keys([today.date()])
    keys.destroy_old(today + timedelta(days=31))
    assert len([*(tmp_path / FOLDER).iterdir()]) == 1


def test_cookies_can_be_hashed(tmp_path: Path) -> None:
    identity = {"visitor": ["cookie:uid", "customer", "address+agent"]}
    rules = site("daily", identity=identity, privacy={"visitor_cookies": "hash"})
    lines = [
        line(1, cookie="c1"),
        line(1, 13, cookie="c1"),
        line(2, cookie="c1"),
        line(3, user="k"),
    ]
    first, again, next_day, customer = visitors(tmp_path, lines, rules)
    assert first == again != next_day
    assert customer == "customer:k"
    hashes = pl.Series([first, next_day])
    assert hashes.str.contains("^[0-9a-f]{16}$").all()


def test_rejects_can_be_forgotten(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text(line(1) + "kim@example.com was here\n" + line(2))
    store = open_store(tmp_path / "store", create=True)
    ingest(store, [log], site(privacy={"rejects": "forget"}), log_format=COOKIES)
    kept = store.scan("rejects").select("line", "length", "raw").collect()
    assert kept.rows() == [(2, 24, b"")]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"identity": {"visitor": []}}, "at least one place"),
        ({"identity": {"visitor": ["uid"]}}, "expected 'cookie:NAME'"),
        ({"identity": {"visitor": ["address+agent", "cookie:a"]}}, "'address+agent' last"),
        ({"identity": {"visitor": ["cookie:a", "cookie:a"]}}, "each place once"),
        ({"identity": {"visitor_cookie": "a", "visitor": ["cookie:b"]}}, "not both"),
        ({"identity": {"trusted_proxies": ["proxy"]}}, "expected an address or a network"),
        ({"identity": {"ipv6_prefix": 16}}, "greater than or equal to 32"),
        ({"privacy": {"visitor_salt": "daily", "client": "hash"}}, 'expected client = "truncate"'),
        ({"privacy": {"visitor_salt": "hourly"}}, "'stay', 'daily', 'weekly' or 'monthly'"),
        ({"privacy": {"scrub": ["mail"]}}, "'email'"),
    ],
)
def test_wrong_rules_are_refused(rules: dict[str, object], expected: str) -> None:
    with pytest.raises(ValueError, match=expected.replace("+", r"\+")):
        Site.model_validate(rules)
