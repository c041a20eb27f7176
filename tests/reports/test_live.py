"""What happens now: against the same counted row by row, and what is said when nothing does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import run_here
from slow_live import slow_live

import reports
from reports import Filters, lately
from reports.answers.live import COLUMNS, happening
from reports.lately import ERRORS, VIEWS, Window
from weblog.errors import QueryError
from weblog.schema import TABLES
from weblog.store import Store, open_store

NOW = datetime(2025, 11, 30, 12, 0, tzinfo=UTC)
TOTAL = pl.col("part") == "total"
KEYS = {
    "total": (),
    "minute": ("minutes_ago",),
    "page": ("name",),
    "source": ("channel", "name"),
    "goal": ("name",),
    "error": ("name", "status"),
}
"""Part to the columns that tell its rows apart."""

moments = st.integers(-100, 31 * 60_000).map(lambda ms: NOW - timedelta(milliseconds=ms))
edges = st.sampled_from([0, 1, 59_999, 60_000, 60_001, 299_999, 300_000, 1_799_999, 1_800_000]).map(
    lambda ms: NOW - timedelta(milliseconds=ms)
)
views = st.fixed_dictionaries(
    {
        "ts": moments | edges,
        "visitor": st.integers(0, 5),
        "session": st.sampled_from([1, 2, 3]),
        "log_source": st.sampled_from(["a", "b"]),
        "is_page": st.booleans(),
        "path": st.sampled_from(["/", "/a", "/b", "/<b>"]),
        "goal": st.none() | st.sampled_from(["buy", "sign up"]),
        "value": st.none() | st.sampled_from([1.0, 2.5]),
    }
)
errors = st.fixed_dictionaries(
    {
        "ts": moments | edges,
        "visitor": st.integers(0, 5),
        "path": st.sampled_from(["/", "/gone"]),
        "status": st.sampled_from([404, 499, 500, 503]),
    }
)
SOURCES = {1: ("Direct", None), 2: ("Organic Search", "naver")}
OF_SOURCES = pl.DataFrame(
    [(name, *known) for name, known in SOURCES.items()],
    {"session": pl.UInt64, "channel": pl.Categorical, "source": pl.Categorical},
    orient="row",
)


def told(frame: pl.DataFrame) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows by what they are about, with what is known of each."""
    return {
        (row["part"], *(row[name] for name in KEYS[row["part"]])): {
            name: value
            for name, value in row.items()
            if value is not None
            and name not in {"part", "at", "is_other", "delay_s", *KEYS[row["part"]]}
        }
        for row in frame.filter(~pl.col("is_other")).to_dicts()
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(views, max_size=25), st.lists(errors, max_size=8), st.randoms())
def test_it_agrees_with_counting_row_by_row(viewed: Any, failed: Any, chance: Any) -> None:
    viewed = [row | {"line": line} for line, row in enumerate(viewed)]
    window = Window(NOW - timedelta(minutes=30), NOW)
    chance.shuffle(shuffled := list(viewed))
    seen = pl.DataFrame(shuffled, VIEWS).filter(window.holds())
    bad = pl.DataFrame(failed, ERRORS).filter(window.holds())
    frame = happening(seen, OF_SOURCES, bad, window, newest=NOW)
    assert told(frame) == slow_live(viewed, SOURCES, failed, NOW)
    assert frame.schema == {column.name: column.dtype for column in COLUMNS}
    few = happening(seen, OF_SOURCES, bad, window, newest=NOW, limit=1)
    for part, count in (("page", "page_views"), ("goal", "conversions"), ("error", "errors")):
        rows = few.filter(pl.col("part") == part)
        assert rows.height <= 2
        assert rows[count].sum() == frame.filter(TOTAL)[count].sum()
    whole = frame.filter(TOTAL).row(0, named=True)
    minutes = frame.filter(pl.col("part") == "minute")
    for count in ("page_views", "conversions", "errors", "server_errors"):
        assert minutes[count].sum() == whole[count]


@pytest.mark.parametrize("back", [0, 3, 47, 60 * 24 * 20 + 5])
def test_only_files_of_these_minutes_are_read_and_nothing_is_missed(
    company: Store, back: int
) -> None:
    """The sample company, of which all rows are looked at here, whatever file they are in."""
    snapshot = company.snapshot()
    newest = lately.newest_hit(snapshot)
    assert newest == snapshot.scan("hits").select(pl.col("ts").max()).collect().item()
    now = newest - timedelta(minutes=back)
    rows = snapshot.scan("page_views").with_columns(
        visitor="visitor_id", session="session_id", is_page=pl.col("kind") == "page"
    )
    failed = (
        snapshot.scan("hits").filter(pl.col("kind") == "error").with_columns(visitor="visitor_id")
    )
    sessions = snapshot.scan("sessions").select("session_id", "channel", "source").collect()
    sources = {row[0]: row[1:] for row in sessions.rows()}
    expected = slow_live(
        rows.filter((pl.col("ts") - now).abs() < timedelta(hours=1)).collect().to_dicts(),
        sources,
        failed.filter((pl.col("ts") - now).abs() < timedelta(hours=1)).collect().to_dicts(),
        now,
    )
    report = reports.live(company, now=now, limit=None)
    assert told(report.frame) == expected
    assert expected[("total",)]["page_views"] > 0
    paths = lately._files(snapshot, "hits", Window(now - timedelta(minutes=30), now), "ts", "ts")
    assert 1 <= len(paths) < len(snapshot.files("hits")) / 10


def test_the_newest_hit_is_told_and_how_old_it_is(company: Store) -> None:
    newest = lately.newest_hit(company.snapshot())
    report = reports.live(company)
    row = report.frame.filter(TOTAL).row(0, named=True)
    assert (row["at"], row["delay_s"]) == (newest, 0.0)
    assert [each.code for each in report.warnings] == []
    late = reports.live(company, now=newest + timedelta(minutes=7, seconds=30))
    row = late.frame.filter(TOTAL).row(0, named=True)
    assert (row["at"], row["delay_s"]) == (newest, 450.0)
    (warning,) = late.warnings
    assert (warning.code, warning.values) == ("live_is_old", {"minutes": 7})
    assert "weblog ingest --follow" in warning.text
    past = reports.live(company, now=newest - timedelta(days=3))
    hits = company.snapshot().scan("hits")
    before = hits.filter(pl.col("ts") <= newest - timedelta(days=3)).select(pl.col("ts").max())
    assert past.frame.filter(TOTAL)["at"].item() == before.collect().item()


def test_long_after_the_last_hit_there_are_zeros_not_nothing(company: Store) -> None:
    frame = reports.live(company, now=datetime(2026, 6, 1, tzinfo=UTC)).frame
    assert frame["part"].unique().sort().to_list() == ["minute", "total"]
    assert frame.filter(TOTAL).select("active", "visitors", "page_views", "errors").row(0) == (
        *(0, 0, 0, 0),
    )
    assert frame.filter(pl.col("part") == "minute").height == 30


def test_an_empty_store_has_neither(make_store: Callable[..., Store]) -> None:
    store = make_store([])
    assert reports.live(store).frame.is_empty()
    row = reports.live(store, now=NOW).frame.filter(TOTAL).row(0, named=True)
    assert (row["at"], row["delay_s"], row["visitors"]) == (None, None, 0)


def test_lines_of_a_clock_that_is_ahead_are_still_to_come(make_store: Callable[..., Store]) -> None:
    store = make_store([])
    ahead, own = NOW + timedelta(hours=3), NOW - timedelta(minutes=1)
    hits = [
        {"date": at.date(), "ts": at, "log_source": "l", "line": line, "kind": "other"}
        for line, at in enumerate((own, ahead))
    ]
    store.append_once("hits", pl.DataFrame(hits, schema=TABLES["hits"].schema), "l", 1, None)
    store.publish()
    assert lately.newest_hit(store.snapshot(), NOW) == own
    assert lately.newest_hit(store.snapshot()) == ahead


def test_filters_do_not_apply_and_it_says_so(company: Store) -> None:
    report = reports.live(company, Filters(segments=("VIP",)))
    assert [each.code for each in report.warnings] == ["live_counted_whole"]
    assert report.frame.equals(reports.live(company).frame)


def test_a_moment_without_a_zone_is_refused(company: Store) -> None:
    with pytest.raises(QueryError, match="time zone"):
        reports.live(company, now=datetime(2025, 11, 30, 12))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("said", "same"),
    [("2025-11-30T21:00", "2025-11-30T21:00+09:00"), ("2025-11-30T12:00Z", None)],
)
def test_the_command_takes_a_moment_in_the_sites_time(
    company: Store, said: str, same: str | None
) -> None:
    asked = ("report", "live", "--store", company.folder, "--output", "json", "--now")
    one = run_here(*map(str, asked), said)
    assert one.returncode == 0, one.stderr
    assert one.stdout == run_here(*map(str, asked), same or "2025-11-30T21:00").stdout
    assert '"part":"page"' in one.stdout.replace(" ", "")


def test_the_command_looks_at_the_clock_and_says_that_nobody_follows(company: Store) -> None:
    done = run_here("report", "live", "--store", str(company.folder))
    assert done.returncode == 0
    assert "weblog ingest --follow" in done.stderr
    wrong = run_here("report", "live", "--store", str(company.folder), "--now", "yesterday")
    assert (wrong.returncode, "2025-11-30T21:00" in wrong.stderr) == (2, True)
    other = run_here("report", "bots", "--store", str(company.folder), "--now", "2025-11-30T21:00")
    assert (other.returncode, "report bots has no --now" in other.stderr) == (2, True)
    assert open_store(company.folder).snapshot().key == company.snapshot().key
