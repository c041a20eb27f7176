"""Odd lines through the whole ingest: one line never stands in the way of the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from new_store import new_store

from weblog.classify.bots import EMPTY
from weblog.ingestion import ingest
from weblog.site import Site
from weblog.status import status
from weblog.store import Store

GOOD = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
ZONES = ("UTC", "Asia/Seoul", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "store")


def at(time: str, *, escaped: bool) -> str:
    """Return a line of that time, for the fast path, or for the slow one (an escaped quote)."""
    line = GOOD.replace("17/May/2015:10:05:03 +0000", time)
    return line.replace("Mozilla", '\\"Mozilla') if escaped else line


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("escaped", [False, True], ids=["fast path", "slow path"])
def test_a_time_no_server_can_have_written_costs_its_own_line_only(
    store: Store, tmp_path: Path, zone: str, escaped: bool
) -> None:
    times = [
        "01/Jan/0000:00:00:00 +0000",
        "01/Jan/0001:00:00:00 +0000",
        "01/Jan/0001:00:00:00 +0900",
        "31/Dec/1989:23:59:59 +0000",
        "01/Jan/2200:00:00:00 +0000",
        "31/Dec/9999:23:59:59 +0000",
        "31/Dec/9999:23:59:59 -0500",
    ]
    path = tmp_path / "access.log"
    path.write_text(GOOD + "".join(at(time, escaped=escaped) for time in times) + GOOD * 6)
    for again in (False, True):
        summary = ingest(store, [path], Site(time_zone=zone))
        assert summary.errors == ()
        assert summary.lines == (0 if again else len(times) + 7)
        found = status(store)
        assert (found.lines, found.hits, found.rejects) == (len(times) + 7, 7, len(times))
        assert found.adds_up
    rejects = store.scan("rejects").sort("line").collect()
    assert rejects["line"].to_list() == list(range(2, len(times) + 2))
    assert set(rejects["reason"]) == {"bad_time"}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("escaped", [False, True], ids=["fast path", "slow path"])
def test_the_first_and_the_last_time_that_count(
    store: Store, tmp_path: Path, zone: str, escaped: bool
) -> None:
    times = ["01/Jan/1990:00:00:00 +0000", "31/Dec/2199:23:59:59 +0000"]
    path = tmp_path / "access.log"
    path.write_text("".join(at(time, escaped=escaped) for time in times))
    assert ingest(store, [path], Site(time_zone=zone)).errors == ()
    hits = store.scan("hits").sort("ts").collect()
    assert hits["ts"].dt.year().to_list() == [1990, 2199]


@pytest.mark.parametrize(
    ("time", "good", "bad"),
    [
        ("$time_iso8601", "2015-05-17T10:05:03+00:00", "0001-01-01T00:00:00+09:00"),
        ("$msec", "1431857103.123", "9999999999.123"),
        ("%t", "[17/May/2015:10:05:03.123 +0000]", "[31/Dec/9999:23:00:00.123 +0000]"),
    ],
)
def test_whatever_way_the_time_is_written(
    store: Store, tmp_path: Path, time: str, good: str, bad: str
) -> None:
    path = tmp_path / "access.log"
    path.write_text(
        "".join(f'192.0.2.7 {each} "GET / HTTP/1.1" 200\n' for each in (good, bad, good))
    )
    rules = Site(time_zone="Asia/Seoul", log_format=f'%h {time} "%r" %s')
    assert ingest(store, [path], rules).errors == ()
    assert (status(store).hits, status(store).rejects) == (2, 1)


_JSON = (
    '{"time_iso8601":"2015-05-17T10:05:03Z","remote_addr":"192.0.2.7",'
    '"request":"GET / HTTP/1.1","status":200%s}\n'
)


@pytest.mark.parametrize(
    ("log_format", "line", "kind"),
    [
        ("combined", GOOD.replace("Mozilla/5.0", "-"), "bot"),
        ("combined", GOOD.replace("Mozilla/5.0", ""), "bot"),
        ("common", GOOD.removesuffix(' "-" "Mozilla/5.0"\n') + "\n", "page"),
        ("json:nginx", _JSON % ',"http_user_agent":"-"', "bot"),
        ("json:nginx", _JSON % ',"http_user_agent":""', "bot"),
        ("json:nginx", _JSON % ',"http_user_agent":null', "bot"),
        ("json:nginx", _JSON % "", "page"),
    ],
)
def test_who_sends_no_agent_is_a_robot_where_the_log_has_agents(
    store: Store, tmp_path: Path, log_format: str, line: str, kind: str
) -> None:
    path = tmp_path / "access.log"
    path.write_text(line)
    assert ingest(store, [path], Site(log_format=log_format)).errors == ()
    found = store.scan("hits").select("kind", "user_agent", "bot_reason").collect().row(0)
    assert found == (kind, None, EMPTY if kind == "bot" else None)


def test_a_format_that_names_nobody(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text('[17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200\n' * 3)
    assert ingest(store, [path], Site(log_format='%t "%r" %s')).errors == ()
    hits = store.scan("hits").collect()
    assert hits.select("visitor_id", "customer_id", "client").rows() == [(None, None, None)] * 3
