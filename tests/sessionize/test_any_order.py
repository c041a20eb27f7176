"""Promise 2: chunks, the order of files and the interleaving of servers do not matter.

Real log lines go through the real ingest and the real update; one store gets everything at
once, the other piece by piece.
"""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store

import sessionize
import weblog
from weblog.ingestion import Settings
from weblog.schema import PAGE_VIEWS
from weblog.site import Site, site_from
from weblog.store import Store, open_store

LOG_FORMAT = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{WLID}n"'
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
PATHS = ("/", "/a", "/b?utm_source=m&utm_medium=email&utm_campaign=spring", "/x.css", "/download/f")
EXACT = Settings(log_format=LOG_FORMAT)


def site(name: str) -> Site:
    rules = {
        "time_zone": "Asia/Seoul",
        "log_format": LOG_FORMAT,
        "identity": {"visitor_cookie": "WLID"},
        "session": {"rules": name, "ends_at_new_campaign": True},
        "events": [{"event": "download", "paths": ["/download/*"]}],
        "goals": [{"goal": "download", "paths": ["/download/*"], "value": 2.5}],
    }
    return site_from(rules, "site.toml", Path())


def lines_drawn(
    draw: st.DrawFn, waits: tuple[timedelta, ...], evening: Any, most: int = 20
) -> list[bytes]:
    """Return log lines in order of time; each differs from the others by its size."""
    moment, lines = evening, []
    for number in range(draw(st.integers(1, most))):
        moment += draw(st.sampled_from(waits))
        user = draw(st.sampled_from(("-", "-", "C1", "C2")))
        path = draw(st.sampled_from(PATHS))
        status = draw(st.sampled_from((200, 200, 200, 302, 404)))
        cookie = draw(st.sampled_from(("ann", "ann", "bob", "-")))
        stamp = moment.strftime("%d/%b/%Y:%H:%M:%S +0000")
        lines.append(
            f'192.0.2.7 - {user} [{stamp}] "GET {path} HTTP/1.1" {status} {1000 + number} '
            f'"-" "{AGENT}" "{cookie}"\n'.encode()
        )
    return lines


def split(draw: st.DrawFn, lines: list[bytes], among: int) -> list[list[bytes]]:
    parts: list[list[bytes]] = [[] for _ in range(among)]
    for line in lines:
        parts[draw(st.integers(0, among - 1))].append(line)
    return parts


def read(store: Store, path: Path, rules: Site, sizes: Settings = EXACT) -> None:
    summary = weblog.ingest(store, [path], rules, settings=sizes)
    assert summary.errors == ()


def found(store: Store, *left_out: str) -> dict[str, list[dict[str, Any]]]:
    """Return sessions, visitors and page views, each in an order of their own."""
    head = store.head()
    keys = {
        "sessions": ["session_id"],
        "visitors": ["visitor_id"],
        "page_views": [name for name in PAGE_VIEWS.schema if name not in left_out],
    }
    return {
        name: head.scan(name).drop(left_out, strict=False).collect().sort(key).to_dicts()
        for name, key in keys.items()
    }


@settings(max_examples=6)
@given(data=st.data(), name=st.sampled_from(["matomo", "ga4"]))
def test_chunks_growth_and_the_order_of_files_do_not_matter(
    data: st.DataObject, name: str, waits: tuple[timedelta, ...], evening: Any
) -> None:
    @st.composite
    def servers(draw: st.DrawFn) -> list[list[bytes]]:
        return [part for part in split(draw, lines_drawn(draw, waits, evening), 2) if part]

    logs, rules = data.draw(servers()), site(name)
    # Steps of growth: server 0 by some lines, then server 1, then 0 again ...
    ends = [
        sorted({*data.draw(st.sets(st.integers(1, len(log)), max_size=2)), len(log)})
        for log in logs
    ]
    steps = [number for number, cuts in enumerate(ends) for _ in cuts]
    steps = data.draw(st.permutations(steps))
    sizes = Settings(
        log_format=LOG_FORMAT,
        chunk_bytes=data.draw(st.sampled_from([300, 1000])),
        batch_lines=data.draw(st.sampled_from([1, 3])),
    )
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        once = new_store(folder / "once")
        piecemeal = new_store(folder / "piecemeal")
        for number, log in enumerate(logs):
            (folder / f"whole{number}").write_bytes(b"".join(log))
            read(once, folder / f"whole{number}", rules)
        sessionize.update(once, rules)
        for number in steps:
            grown = folder / f"grown{number}"
            grown.write_bytes(b"".join(logs[number][: ends[number].pop(0)]))
            read(piecemeal, grown, rules, sizes)
            sessionize.update(piecemeal, rules, portion_rows=5)
        assert found(piecemeal) == found(once)


@settings(max_examples=6)
@given(data=st.data(), name=st.sampled_from(["matomo", "ga4"]), servers=st.integers(2, 3))
def test_however_many_servers_shared_the_work(
    data: st.DataObject, name: str, servers: int, waits: tuple[timedelta, ...], evening: Any
) -> None:
    """Which of two lines of the same second came first is known within one log only: not here."""
    apart = tuple(wait for wait in waits if wait >= timedelta(seconds=1))

    @st.composite
    def logs(draw: st.DrawFn) -> tuple[list[bytes], list[list[bytes]]]:
        lines = lines_drawn(draw, apart, evening)
        return lines, split(draw, lines, servers)

    (lines, parts), rules = data.draw(logs()), site(name)
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        one = new_store(folder / "one")
        (folder / "all").write_bytes(b"".join(lines))
        read(one, folder / "all", rules)
        sessionize.update(one, rules)
        several = new_store(folder / "several")
        for number in data.draw(st.permutations(range(servers))):
            (folder / f"web{number}").write_bytes(b"".join(parts[number]))
            read(several, folder / f"web{number}", rules)
        sessionize.update(several, rules)
        assert found(several, "log_source", "line") == found(one, "log_source", "line")


@settings(max_examples=6)
@given(data=st.data(), name=st.sampled_from(["matomo", "ga4"]))
def test_a_log_cut_by_rotation_even_within_a_second_is_as_good_as_whole(
    data: st.DataObject, name: str, waits: tuple[timedelta, ...], evening: Any
) -> None:
    """Where each piece begins in a second of its own, the pieces are known by that."""
    close = (*[timedelta(0)] * 2 * len(waits), *[timedelta(seconds=1)] * len(waits), *waits)

    @st.composite
    def logs(draw: st.DrawFn) -> list[bytes]:
        return lines_drawn(draw, close, evening)

    lines, rules = data.draw(logs()), site(name)
    seconds = [line.split(b"[")[1][:20] for line in lines]
    cuts, begun = [0], {seconds[0]}
    for place in sorted(data.draw(st.sets(st.integers(1, len(lines)), max_size=4))):
        if place < len(lines) and seconds[place] not in begun:
            cuts.append(place)
            begun.add(seconds[place])
    pieces = [lines[start:end] for start, end in zip(cuts, [*cuts[1:], None], strict=True)]
    with TemporaryDirectory() as name_of_folder:
        folder = Path(name_of_folder)
        one = new_store(folder / "one")
        (folder / "whole").write_bytes(b"".join(lines))
        read(one, folder / "whole", rules)
        sessionize.update(one, rules)
        several = new_store(folder / "several")
        for number in data.draw(st.permutations(range(len(pieces)))):
            piece = b"".join(pieces[number])
            compressed = data.draw(st.booleans())
            (folder / f"log.{number}").write_bytes(gzip.compress(piece) if compressed else piece)
            read(several, folder / f"log.{number}", rules)
            if data.draw(st.booleans()):
                sessionize.update(several, rules)
        sessionize.update(several, rules)
        assert found(several, "log_source", "line") == found(one, "log_source", "line")


@pytest.mark.parametrize("name", ["matomo", "ga4"])
def test_a_landing_and_the_page_after_it_in_one_second_in_two_files(
    name: str, tmp_path: Path
) -> None:
    def line(second: int, path: str, visitor: str) -> bytes:
        return (
            f'192.0.2.7 - - [03/Nov/2025:14:00:{second:02} +0000] "GET {path} HTTP/1.1" 200 5 '
            f'"-" "{AGENT}" "{visitor}"\n'
        ).encode()

    for first in range(3):  # another first line, another hash
        before = [line(first, f"/{first}", "bob"), line(9, "/landing?utm_campaign=c", "ann")]
        after = [line(9, "/second", "ann"), line(10, "/third", "ann")]
        rules, told = site(name), []
        for files in ([before + after], [before, after], [after, before]):
            store = new_store(tmp_path / f"{first}{len(told)}")
            for number, content in enumerate(files):
                (tmp_path / f"log{number}").write_bytes(b"".join(content))
                read(store, tmp_path / f"log{number}", rules)
            sessionize.update(store, rules)
            told.append(found(store, "log_source", "line"))
        assert told[1] == told[0]
        assert told[2] == told[0]
        assert {"/landing"} == {
            each["entry_page"] for each in told[0]["sessions"] if each["visitor_id"] == "ann"
        }


def test_the_lines_drawn_become_every_kind_of_hit_that_counts(tmp_path: Path, evening: Any) -> None:
    """The promise would hold of nothing, too: make sure that there is something."""
    moment = evening.strftime("%d/%b/%Y:%H:%M:%S +0000")
    log = tmp_path / "log"
    log.write_text(
        "".join(
            f'192.0.2.7 - C1 [{moment}] "GET {path} HTTP/1.1" 200 5 "-" "{AGENT}" "ann"\n'
            for path in PATHS
        )
    )
    store = open_store(tmp_path / "store", create=True)
    read(store, log, site("matomo"))
    sessionize.update(store, site("matomo"))
    hits = store.scan("hits").collect()
    assert hits["kind"].to_list() == ["page", "page", "page", "static", "event"]
    sessions = store.scan("sessions").collect()
    # The campaign arrives within the session, and begins another.
    assert sessions.sort("session_id").select(
        "visitor_id", "customer_id", "page_views", "events", "campaign", "value"
    ).rows() == [("ann", "C1", 2, 0, None, 0.0), ("ann", "C1", 1, 1, "spring", 2.5)]
    assert store.scan("page_views").select(pl.len()).collect().item() == 4
