"""Building a mart: only what changed is written, readers see all of a state or none of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

from reports.mart import VIEWS
from reports.mart.build import FOLDERS, build, rebuild, remove
from reports.mart.changes import portions
from reports.mart.state import copies_of, marts_of, read_state
from weblog import __version__
from weblog.company_tables import CUSTOMERS
from weblog.erasure import Person, begin
from weblog.errors import ErasureCutShortError, UsageError
from weblog.site import Site
from weblog.store import Store
from weblog.store.compaction import compact

SITE = Site()
FORMATS = ("delta", "parquet")
LAST = date(2025, 11, 30)


def place_of(store: Store) -> Path:
    return store.folder / "mart"


def read(store: Store, name: str, place: Path | None = None) -> pl.DataFrame:
    folder = place or place_of(store)
    state = read_state(folder)
    assert state is not None
    table = VIEWS[name].table(with_customers=state.with_customers)
    return FOLDERS[state.format](folder, table).scan().select(table.schema.names()).collect()


def assert_up_to_date(store: Store, place: Path | None = None) -> None:
    for name, view in VIEWS.items():
        rows = view.rows(store.snapshot(), None, SITE).collect()
        assert_frame_equal(read(store, name, place).sort(view.key), rows.sort(view.key))


def written(done: list[Any]) -> dict[str, int]:
    return {each.view: each.written for each in done if each.written}


@pytest.mark.parametrize("file_format", FORMATS)
def test_what_is_built_is_what_the_views_say(customers: Store, file_format: Any) -> None:
    done = build(customers, SITE, format=file_format)
    assert [each.view for each in done] == list(VIEWS)
    assert_up_to_date(customers)
    assert {each.view: each.rows for each in done} == {
        name: read(customers, name).height for name in VIEWS
    }
    assert written(build(customers, SITE)) == {}


@pytest.mark.parametrize("file_format", FORMATS)
def test_only_the_day_that_changed_is_written(
    customers: Store, file_format: Any, change_day: Callable[..., date]
) -> None:
    build(customers, SITE, format=file_format)
    change_day(customers, 5, channel="Display")
    done = written(build(customers, SITE))
    profiles = {"visitor_profile": 1}  # it tells of channels, that of customers does not
    daily = ("sessions_flat", "page_views_flat", "channel_daily")
    assert done == dict.fromkeys(daily, 1) | profiles
    assert_up_to_date(customers)


def test_a_register_loaded_again_rewrites_the_days_of_whom_it_is_about(customers: Store) -> None:
    build(customers, SITE)
    before = customers.scan("customers").collect()
    new = before.with_columns(grade=pl.lit("VIP"), occupation=pl.lit("teacher"))
    customers.replace_all("customers", new.cast(dict(CUSTOMERS.schema)))
    done = {each.view: each for each in build(customers, SITE)}
    assert (done["sessions_flat"].written, done["sessions_flat"].same) == (2, 54)
    assert done["channel_daily"].same == 0
    assert_up_to_date(customers)


def test_merging_small_files_changes_nothing(customers: Store) -> None:
    build(customers, SITE)
    compact(customers, "sessions")
    assert written(build(customers, SITE)) == {}


@pytest.mark.parametrize("file_format", FORMATS)
def test_days_that_went_from_the_store_go(
    customers: Store, file_format: Any, fill: Any, rows: Any
) -> None:
    build(customers, SITE, format=file_format)
    fill(customers, [row for row in rows if row["date"] > LAST - timedelta(days=28)])
    gone = {each.view: each.gone for each in build(customers, SITE)}
    assert gone["sessions_flat"] == 28
    assert_up_to_date(customers)
    fill(customers, [])
    build(customers, SITE)
    assert read(customers, "sessions_flat").is_empty()
    assert_up_to_date(customers)


def test_days_asked_for_are_the_only_ones_looked_at(
    customers: Store, change_day: Callable[..., date]
) -> None:
    build(customers, SITE, views=[VIEWS["channel_daily"]])
    far, near = change_day(customers, 29, channel="Audio"), change_day(customers, 1, channel="SMS")
    build(customers, SITE, span=(LAST - timedelta(days=9), LAST))
    channels = read(customers, "channel_daily").group_by("date").agg("channel").sort("date")
    told = dict(zip(channels["date"], channels["channel"].list.sort().to_list(), strict=True))
    assert (told[near], told[far]) == (["SMS"], ["Email"])
    build(customers, SITE)
    assert read(customers, "channel_daily").filter(pl.col("date") == far)["channel"][0] == "Audio"


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_run_that_was_killed_before_it_noted_what_it_wrote_is_done_again(
    customers: Store, file_format: Any, change_day: Callable[..., date]
) -> None:
    build(customers, SITE, format=file_format)
    before = (place_of(customers) / "mart.json").read_text()
    change_day(customers, 5, channel="Display")
    build(customers, SITE)
    (place_of(customers) / "mart.json").write_text(before)  # as if killed just before
    build(customers, SITE)
    assert_up_to_date(customers)
    told = json.loads(before)
    told["views"]["sessions_flat"] = {}  # killed in the very first build
    (place_of(customers) / "mart.json").write_text(json.dumps(told))
    build(customers, SITE)
    assert_up_to_date(customers)


@pytest.mark.parametrize("file_format", FORMATS)
def test_columns_of_another_version_are_replaced_altogether(
    customers: Store, file_format: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = VIEWS["channel_daily"]
    fewer = type(view)(view.name, view.grain, view.function, view.columns[:4], view.key, view.reads)
    build(customers, SITE, views=[fewer], format=file_format)
    build(customers, SITE, views=[view])
    rows = view.rows(customers.snapshot()).collect()
    assert_frame_equal(read(customers, view.name).sort(view.key), rows.sort(view.key))
    monkeypatch.setattr("reports.mart.changes.__version__", __version__ + ".1")
    (done,) = build(customers, SITE)
    assert (done.written, done.same) == (0, 56)  # looked at, for formulas may be others


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_reader_never_sees_half_a_state(
    customers: Store, file_format: Any, change_day: Callable[..., date]
) -> None:
    """All sessions bear one channel, which changes again and again while others read."""
    view = [VIEWS["sessions_flat"]]
    days = sorted(customers.day_rows("sessions"))
    for day in days:
        change_day(customers, (LAST - day).days, channel="0")
    build(customers, SITE, views=view, format=file_format)
    seen: list[list[str]] = []
    missed = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            try:
                found = read(customers, "sessions_flat")
            except FileNotFoundError:
                missed.append(1)  # listed in one state, opened in the next: said, not mixed
                continue
            assert found.height == 12
            seen.append(found["channel"].unique().to_list())

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(1, 6):
        for day in days:
            change_day(customers, (LAST - day).days, channel=str(number))
        build(customers, SITE)
    stop.set()
    reader.join()
    assert all(len(channels) == 1 for channels in seen)
    assert len({channels[0] for channels in seen}) > 1


def test_old_states_are_removed_but_the_last(
    customers: Store, change_day: Callable[..., date]
) -> None:
    build(customers, SITE, views=[VIEWS["channel_daily"]], format="parquet")
    for number in range(3):
        change_day(customers, 1, channel=str(number))
        build(customers, SITE)
    states = place_of(customers) / "states"
    assert sorted(each.name for each in states.iterdir()) == [
        "channel_daily.00000003",
        "channel_daily.00000004",
    ]
    one = next((states / "channel_daily.00000004").glob("2025-11-01*"))
    assert one.stat().st_nlink == 2  # shared, not written again


def test_who_is_to_be_forgotten_is_in_no_old_version(
    customers: Store, change_day: Callable[..., date], tmp_path: Path
) -> None:
    build(customers, SITE)
    build(customers, SITE, folder=tmp_path / "bi", format="parquet", with_customers=True)
    change_day(customers, 1, channel="Display")
    build(customers, SITE)
    assert rebuild(customers, SITE, forget=True) == []
    table = DeltaTable(place_of(customers) / "channel_daily")
    files = {path.name for path in (place_of(customers) / "channel_daily").glob("date=*/*")}
    assert files == {Path(uri).name for uri in table.file_uris()}
    assert len([*(tmp_path / "bi" / "states").glob("channel_daily.*")]) == 1
    assert_up_to_date(customers)
    assert_up_to_date(customers, tmp_path / "bi")


# whose folder it is


def test_other_folders_are_left_alone(customers: Store, tmp_path: Path, make_store: Any) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds something else"):
        build(customers, SITE, folder=tmp_path / "papers")
    with pytest.raises(UsageError, match="inside the store"):
        build(customers, SITE, folder=customers.folder / "sessions")
    build(customers, SITE, folder=tmp_path / "bi")
    assert copies_of(customers).folders == (str(tmp_path / "bi"),)
    told = json.loads((tmp_path / "bi" / "mart.json").read_text())
    (tmp_path / "bi" / "mart.json").write_text(json.dumps(told | {"store": "another"}))
    with pytest.raises(UsageError, match="mart of another store"):
        build(customers, SITE, folder=tmp_path / "bi")
    (tmp_path / "bi" / "mart.json").write_text("{")
    with pytest.raises(UsageError, match="is damaged"):
        build(customers, SITE, folder=tmp_path / "bi")


def test_a_mart_stays_of_its_kind(customers: Store, tmp_path: Path) -> None:
    build(customers, SITE, folder=tmp_path / "bi")
    for other in ({"format": "parquet"}, {"with_customers": True}):
        with pytest.raises(UsageError, match=r"otherwise \(delta, without customers\)"):
            build(customers, SITE, folder=tmp_path / "bi", **other)  # type: ignore[arg-type]
    assert "customer_id" not in read(customers, "sessions_flat", tmp_path / "bi").columns
    remove(customers, tmp_path / "bi")
    assert (marts_of(customers), (tmp_path / "bi").exists()) == ([], False)
    with pytest.raises(UsageError, match="is no mart of this store"):
        remove(customers, tmp_path / "bi")


def test_an_erasure_that_was_cut_short_comes_first(customers: Store, tmp_path: Path) -> None:
    person = Person(customers=("c1",))
    begin(customers, person, {"customer": ["c1"]}, tmp_path, datetime(2025, 12, 1, tzinfo=UTC))
    with pytest.raises(ErasureCutShortError):
        build(customers, SITE)


def test_days_are_worked_through_in_portions(customers: Store) -> None:
    view, snapshot = VIEWS["sessions_flat"], customers.snapshot()
    days = [day.isoformat() for day in view.days(snapshot)]
    changed = dict.fromkeys(days, "x")
    whole = (LAST - timedelta(days=55), LAST)
    assert list(portions(view, snapshot, changed)) == [whole]
    small = list(portions(view, snapshot, changed, rows=6))
    assert len(small) > 3
    covered = [day for part in small if part for day in (part[0], part[1])]
    assert covered == sorted(covered)
    del changed[days[10]]
    assert len(list(portions(view, snapshot, changed))) == 2
