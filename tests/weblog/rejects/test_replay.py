"""Rejects read again: each line once, in its place, whatever is cut short."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from new_store import new_store

from sessionize import update
from weblog.erasure import Person, begin, erase
from weblog.errors import ConcurrentIngestError, FormatError, UnknownNameError
from weblog.ingestion import Settings, ingest
from weblog.rejects.replay import ReplaySummary, replay
from weblog.rejects.settling import settle
from weblog.site import Site
from weblog.site.line_rules import LineRule
from weblog.status import status
from weblog.store import Store, open_store

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def plain(i: int, status: int = 200) -> bytes:
    return (
        f"192.0.2.{i % 9} - - [{17 + i % 3}/May/2015:10:{i // 60:02}:{i % 60:02} +0000] "
        f'"GET /{i} HTTP/1.1" {status} 5 "-" "{AGENT}"\n'
    ).encode()


def vhost(i: int, status: int = 200) -> bytes:
    return b"www.example.com:443 " + plain(i, status)


BROKEN = b"no log line\n"
LONG = b"x" * (70 << 10) + b"\n"
MIXED = [plain(0), vhost(1), plain(2), BROKEN, vhost(3), vhost(4, 404), LONG, vhost(5)]


def stored(folder: Path, lines: list[bytes], log_format: str, size: int = 1 << 20) -> Store:
    """Return a store of the lines, read as a format that not all of them are of."""
    folder.mkdir(exist_ok=True)
    (folder / "a.log").write_bytes(b"".join(lines))
    store = new_store(folder / "S")
    sizes = Settings(force=True, chunk_bytes=size, batch_lines=4)
    ingested = ingest(store, [folder / "a.log"], log_format=log_format, settings=sizes)
    assert ingested.errors == ()
    return store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = stored(tmp_path, MIXED, "combined")
    update(made, Site())
    return made


def numbers(store: Store, table: str) -> list[int]:
    return sorted(store.head().scan(table).collect()["line"])


def assert_whole(store: Store, lines: int) -> None:
    found = status(store)
    assert (found.lines, found.adds_up) == (lines, True)
    told = store.head().scan("ledger").select(pl.col("lines", "hits", "rejects", "skipped").sum())
    assert told.collect().row(0) == (found.lines, found.hits, found.rejects, found.skipped)
    tables = [store.head().scan(name).select("log_source", "line") for name in ("hits", "rejects")]
    places = pl.concat(tables).collect()
    assert places.n_unique() == places.height


def test_what_now_parses_becomes_hits_in_their_place(store: Store, tmp_path: Path) -> None:
    assert numbers(store, "hits") == [1, 3]
    summary = replay(store, Site(), log_format="vhost_combined")
    assert summary == ReplaySummary(tried=5, hits=4, rejects=1, cut=1)
    update(store, Site())
    assert numbers(store, "hits") == [1, 2, 3, 5, 6, 8]
    assert numbers(store, "rejects") == [4, 7]
    assert_whole(store, 8)
    assert not status(store).unfinished
    hits = store.scan("hits").sort("line").collect()
    assert hits["host"].to_list() == [None, "www.example.com", None, *["www.example.com"] * 3]
    assert hits["log_source"].n_unique() == 1
    counted = store.scan("sessions").select(pl.col("page_views").sum()).collect().item()
    assert counted == 5  # all but the 404
    again = replay(store, Site(), log_format="vhost_combined")
    assert (again.tried, again.hits) == (1, 0)
    # the log goes on where it was left
    (tmp_path / "a.log").write_bytes(b"".join([*MIXED, plain(9)]))
    assert ingest(store, [tmp_path / "a.log"]).lines == 1
    assert_whole(store, 9)


def test_the_sites_rules_decide_what_is_stored(store: Store) -> None:
    rule = LineRule(name="errors", statuses=("404",))
    site = Site(log_format="vhost_combined", skip=(rule,))
    summary = replay(store, site)
    assert (summary.hits, summary.skipped_by, summary.rejects) == (3, {"errors": 1}, 1)
    assert_whole(store, 8)
    assert status(store).skipped_by == {"errors": 1}


def test_only_lines_of_a_reason_or_a_log_are_read_again(store: Store, tmp_path: Path) -> None:
    (tmp_path / "b.log").write_bytes(b"".join([plain(20), vhost(21)]))
    ingest(store, [tmp_path / "b.log"], log_format="combined")
    form = "vhost_combined"
    assert replay(store, Site(), log_format=form, reason="bad_time").tried == 0
    assert replay(store, Site(), log_format=form, source="*/b.log").hits == 1
    (source,) = store.head().scan("rejects").select("log_source").unique().collect().to_series()
    assert replay(store, Site(), log_format=form, source=source).hits == 4
    assert_whole(store, 10)


def test_without_a_format_each_line_is_read_as_before(store: Store) -> None:
    assert replay(store, Site()) == ReplaySummary(tried=5, rejects=5, cut=1)
    assert replay(store, Site(), log_format="auto").hits == 0
    assert_whole(store, 8)


def test_wrong_words_are_told(store: Store) -> None:
    with pytest.raises(FormatError):
        replay(store, Site(), log_format="%h %Q")
    with pytest.raises(UnknownNameError, match="Did you mean 'cut_off'"):
        replay(store, Site(), reason="cutoff")


# cut short


def dies(monkeypatch: pytest.MonkeyPatch, before: int) -> None:
    """Let the process die before its commit number ``before`` of a replay."""
    commits = [0]

    def counted(real: Callable[..., None]) -> Callable[..., None]:
        def commit(*arguments: object) -> None:
            if commits[0] == before:
                raise KeyboardInterrupt
            commits[0] += 1
            real(*arguments)

        return commit

    monkeypatch.setattr(Store, "append_marked", counted(Store.append_marked))
    monkeypatch.setattr(Store, "replace_days", counted(Store.replace_days))


@pytest.mark.parametrize("mend", ["replay", "ingest", "settle"])
@pytest.mark.parametrize(
    ("portion", "before"), [*((2, before) for before in range(6)), *((100, n) for n in range(4))]
)
def test_dying_between_any_two_commits_loses_and_repeats_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, before: int, portion: int, mend: str
) -> None:
    log = store.folder.parent / "a.log"
    site = Site(skip=(LineRule(name="errors", statuses=("404",)),), log_format="vhost_combined")
    dies(monkeypatch, before)
    is_done = portion == 100 and before >= 3
    if is_done:
        replay(store, site, portion_lines=portion)
    else:
        with pytest.raises(KeyboardInterrupt):
            replay(store, site, portion_lines=portion)
    monkeypatch.undo()
    readers = store.scan("hits").collect(), store.scan("rejects").collect()
    assert (sorted(readers[0]["line"]), sorted(readers[1]["line"])) == ([1, 3], [2, 4, 5, 6, 7, 8])
    if mend == "ingest":
        assert ingest(store, [log], site, publish=False).lines == 0
    elif mend == "settle":
        assert settle(store) is (before % 3 > 0 and not is_done)
    if mend != "replay":
        assert_whole(store, 8)
    replay(store, site)
    update(store, site)
    assert_whole(store, 8)
    assert not status(store).unfinished
    assert numbers(store, "hits") == [1, 2, 3, 5, 8]
    assert numbers(store, "rejects") == [4, 7]


@pytest.mark.parametrize("before", [1, 2], ids=["hit and reject", "not in the ledger"])
def test_whoever_is_erased_after_that_is_counted_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: int
) -> None:
    dies(monkeypatch, before)
    with pytest.raises(KeyboardInterrupt):
        replay(store, Site(), log_format="vhost_combined")
    monkeypatch.undo()
    last = store.head().scan("hits").filter(pl.col("line") == 8).collect()
    with store.lock("erase", exclusive=True):
        person = Person(visitors=(last["visitor_id"].item(),))
        journal = begin(store, person, {}, tmp_path, datetime(2025, 11, 3, tzinfo=UTC))
        assert erase(store, journal, lambda: update(store, Site())).lines == 1
    found = status(store)
    assert (found.lines, found.erased, found.adds_up, found.unfinished) == (8, 1, True, False)
    told = store.head().scan("ledger").select(pl.col("hits", "rejects").sum()).collect().row(0)
    assert told == (found.hits, found.rejects)


def test_lines_of_an_ingest_that_was_cut_short_wait_for_its_end(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.log").write_bytes(b"".join([*MIXED, plain(9), vhost(10)]))
    append = Store.append_marked

    def dying(self: Store, *arguments: object) -> None:
        if arguments[0] == "ledger":
            raise KeyboardInterrupt
        append(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "append_marked", dying)
    with pytest.raises(KeyboardInterrupt):
        ingest(store, [tmp_path / "a.log"])
    monkeypatch.undo()
    summary = replay(store, Site(), log_format="vhost_combined")
    assert (summary.hits, summary.unfinished) == (4, 1)
    assert ingest(store, [tmp_path / "a.log"]).lines == 2
    assert_whole(store, 10)
    assert replay(store, Site(), log_format="vhost_combined").hits == 1
    assert_whole(store, 10)


def _replay_in_a_process(folder: str) -> str:
    try:
        replay(open_store(folder), Site(), log_format="vhost_combined", portion_lines=10)
    except ConcurrentIngestError as error:
        return type(error).__name__
    return ""


def _ingest_in_a_process(folder: str, path: str) -> str:
    errors = ingest(open_store(folder), [path], settings=Settings(batch_lines=5)).errors
    return ",".join(type(error).__name__ for error in errors)


def test_two_replays_and_an_ingest_at_once_count_nothing_twice(tmp_path: Path) -> None:
    store = stored(tmp_path, [plain(0), *map(vhost, range(1, 120))], "combined")
    other = tmp_path / "other.log"
    other.write_bytes(b"".join([*map(plain, range(200, 260)), *[BROKEN] * 5]))
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        folder = str(store.folder)
        jobs = [pool.submit(_replay_in_a_process, folder) for _ in range(2)]
        jobs.append(pool.submit(_ingest_in_a_process, folder, str(other)))
        assert {job.result() for job in jobs} <= {"", ConcurrentIngestError.__name__}
    assert ingest(store, [other]).errors == ()
    replay(store, Site(), log_format="vhost_combined")
    assert_whole(store, 185)
    assert (status(store).hits, status(store).rejects) == (180, 5)


@given(st.lists(st.sampled_from([plain, vhost]), min_size=2, max_size=25), st.data())
@settings(max_examples=8)
def test_it_does_not_matter_which_of_two_formats_was_tried_first(
    makers: list[Callable[[int], bytes]], data: st.DataObject
) -> None:
    lines = [plain(0), vhost(1), *(make(i) for i, make in enumerate(makers, start=2))]
    kept = []
    with tempfile.TemporaryDirectory() as folder:
        for number, formats in enumerate(
            (("combined", "vhost_combined"), ("vhost_combined", "combined"))
        ):
            size = data.draw(st.integers(200, 3000))
            made = stored(Path(folder) / str(number), lines, formats[0], size)
            replay(made, Site(), log_format=formats[1], portion_lines=data.draw(st.integers(1, 9)))
            assert_whole(made, len(lines))
            update(made, Site())
            kept.append(made.scan("hits").drop("log_source").sort("line").collect())
        assert kept[0].height == len(lines)
        assert kept[0].equals(kept[1])
