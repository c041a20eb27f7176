"""``weblog rejects`` and ``weblog rejects replay``: also killed ones, which are processes."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from mortal import run_mortal
from stored import ORDER

from weblog.status import status
from weblog.store import Store, open_store

Weblog = Callable[..., Any]

LINES = [
    f"192.0.2.{i % 9} - - [{17 + i % 3}/May/2015:10:{i // 60:02}:{i % 60:02} +0000] "
    f'"GET /{i} HTTP/1.1" {404 if i % 10 == 7 else 200} 5 "-" '
    f'"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"\n'
    for i in range(90)
]
MIXED = [f"www.example.com:443 {line}" if i % 3 else line for i, line in enumerate(LINES)]
BROKEN = ["no log line\n", "x" * (70 << 10) + "\n", '{"not": "a log"}\n']
SITE = '[[skip]]\nname = "not found"\nstatuses = [404]\n'


@pytest.fixture
def ingested(weblog: Weblog, tmp_path: Path) -> Path:
    """A store in which two lines of three are rejects; the rules skip some of them."""
    (tmp_path / "site.toml").write_text(SITE)
    (tmp_path / "a.log").write_text("".join([*MIXED, *BROKEN]))
    weblog("ingest", "a.log", "--store", "S", "--format", "combined", "--force", "--quiet")
    return tmp_path / "S"


def tables(store: Store) -> dict[str, pl.DataFrame]:
    return {
        name: store.snapshot().scan(name).sort(order).collect() for name, order in ORDER.items()
    }


def test_rejects_are_grouped_with_advice_and_replayed(weblog: Weblog, ingested: Path) -> None:
    said = weblog("rejects", "--store", "S").text
    assert '60 lines, not_the_format: a:9 IP - - [9/a/9:9:9:9 +9] ".." 9 9 ".." ".."\n' in said
    assert "    a.log, line 2:\n    www.example.com:443 192.0.2.1 - - [18/May/2015:10:00:01" in said
    assert "    looks like vhost_combined: `weblog rejects replay --format vhost_comb" in said
    assert "1 line, too_long: a\n" in said
    assert all(len(line) <= 200 for line in said.splitlines())
    assert said.endswith("63 rejects in 4 shapes; --lines shows them line by line.\n")
    first = weblog("rejects", "--store", "S", "--output", "json").json[0]
    assert (first["lines"], first["line"], first["raw"]) == (60, 2, MIXED[1].rstrip("\n"))
    assert weblog("rejects", "--store", "S", "--source", "b*").text == "No line was rejected.\n"
    assert "stands behind replay" in weblog("rejects", "--limit", "3", "replay", code=2).err

    run = weblog("rejects", "replay", "--store", "S", "--format", "vhost_combined")
    assert run.text == (
        "62 rejects read again = 54 hits + 6 skipped + 2 rejected again\n"
        "  skipped = 6 not found\n"
        "  1 reject cannot be read again: only the first 64 KiB of a longer line are kept\n"
    )
    found = weblog("status", "--store", "S", "--output", "json").json
    assert (found["lines"], found["hits"], found["rejects"]) == (93, 81, 3)
    assert found["skipped_by"] == {"not found": 9}
    assert not found["unfinished"]
    views = "select count(*) as n, sum(page_views) as views from sessions"
    assert weblog("sql", views, "--store", "S", "--output", "json").json[0]["views"] == 81
    run = weblog("rejects", "replay", "--store", "S", "--output", "json")
    assert (run.json["tried"], run.json["hits"], run.json["cut"]) == (2, 0, 1)


def test_a_killed_replay_loses_nothing_and_counts_nothing_twice(
    weblog: Weblog, ingested: Path, tmp_path: Path
) -> None:
    replay = ("rejects", "replay", "--format", "vhost_combined", "--store")
    calm = tmp_path / "calm"
    shutil.copytree(ingested, calm)
    weblog(*replay, "calm", "--quiet")
    expected, before = tables(open_store(calm)), tables(open_store(ingested))

    killed = 0
    for last in range(100):
        store = open_store(shutil.copytree(ingested, tmp_path / f"killed{last}"))
        done = run_mortal(*replay, store.folder, "--quiet", number=last, folder=tmp_path)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        killed += 1
        for name, rows in tables(store).items():
            assert rows.equals(before[name]), name  # readers see nothing of it
        # Ingesting puts right what was cut short, whatever it was; then a replay does the rest.
        commands = [("ingest", "a.log", "--store")] if last % 2 else []
        for each in (*commands, replay):
            weblog(*each, store.folder, "--quiet")
            found = status(store)
            assert (found.lines, found.adds_up, found.unfinished) == (93, True, False)
        for name, rows in tables(store).items():
            assert rows.equals(expected[name]), name
    assert killed >= 6  # hits, rejects, ledger, page views, sessions, visitors
