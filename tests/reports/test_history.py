"""Days of other tools beside the own: never added up, compared where both tell the same days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reports
from reports import Filters
from reports.coarse import CoarseStore
from weblog.errors import UnknownNameError
from weblog.history import MEASURES, Export, Histories, read_export
from weblog.schema import TABLES
from weblog.store import Store, open_store

DATA = Path(__file__).parents[1] / "weblog" / "history" / "data"
LAST = date(2025, 11, 30)
NOW = datetime(2025, 12, 1, tzinfo=UTC)
Rows = list[dict[str, Any]]


def load(store: Store, tool: str, days: dict[date, dict[str, int]], **more: Any) -> None:
    kept = Histories(store.folder)
    kept.load(Export(tool, days, **more), f"{tool}{sorted(days.items())}", "file", NOW)


def with_hits(store: Store, hits: dict[date, list[int]]) -> Store:
    """Give a store lines of these bytes."""
    line = {"source": "l", "kind": "page", "status": 200, "log_source": "l"}
    rows = [
        line | {"date": day, "bytes": size, "line": place, "ts": NOW}
        for day, sizes in hits.items()
        for place, size in enumerate(sizes)
    ]  # fmt: skip
    names = TABLES["hits"].schema
    rows = [{key: row[key] for key in row if key in names} for row in rows]
    frame = pl.DataFrame(rows, schema=names)
    if hits:
        store.replace_days("hits", sorted(hits), lambda: (frame, {"made": 1}))
    return store


# against a slow reference


def slowly(
    own: Rows, hits: dict[date, list[int]], told: dict[str, dict[date, dict[str, int]]], by: str
) -> set[tuple[Any, ...]]:
    """(date, measure, source, imported, own, imported days, own days, ratio), by plain loops."""

    def unit(day: date) -> date:
        return day.replace(day=1) if by == "month" else day

    known = {*hits, *(row["date"] for row in own)}
    counted: dict[tuple[date, str], dict[date, int]] = {}
    for day in known:
        there = [row for row in own if row["date"] == day]
        values = {"sessions": len(there), "page_views": sum(row["page_views"] for row in there),
                  "visitors": len({row["visitor_id"] for row in there})}  # fmt: skip
        if day in hits:
            values |= {"hits": len(hits[day]), "bytes": sum(hits[day])}
        for measure, value in values.items():
            counted.setdefault((unit(day), measure), {})[day] = value
    imported: dict[tuple[date, str, str], dict[date, int]] = {}
    for source, days in told.items():
        for day, cells in days.items():
            for measure, value in cells.items():
                if by == "month" and measure == "visitors":
                    continue
                imported.setdefault((unit(day), measure, source), {})[day] = value
    rows: set[tuple[Any, ...]] = set()
    for (at, measure, source), days in imported.items():
        mine = counted.get((at, measure), {})
        total = sum(mine.values()) if mine else None
        ratio = sum(days.values()) / total if mine.keys() == days.keys() and total else None
        rows.add((at, measure, source, sum(days.values()), total, len(days), len(mine), ratio))
    measures = {measure for _, measure, _ in imported}
    for (at, measure), mine in counted.items():
        if measure in measures and not any(key[:2] == (at, measure) for key in imported):
            rows.add((at, measure, None, None, sum(mine.values()), 0, len(mine), None))
    return rows


_DAYS = st.integers(0, 35).map(lambda back: LAST - timedelta(days=back))
_CELLS = st.dictionaries(st.sampled_from(MEASURES), st.integers(0, 9), min_size=1)


@settings(max_examples=10, deadline=None)
@given(
    own=st.lists(st.tuples(_DAYS, st.sampled_from("abc"), st.integers(0, 3)), max_size=8),
    hits=st.dictionaries(_DAYS, st.lists(st.integers(0, 500), min_size=1, max_size=3), max_size=5),
    told=st.dictionaries(
        st.sampled_from(["awstats", "goaccess"]),
        st.dictionaries(_DAYS, _CELLS, min_size=1, max_size=6),
        min_size=1,
    ),
    by=st.sampled_from(["day", "month"]),
)
def test_as_counted_slowly(  # noqa: PLR0917
    tmp_path_factory: pytest.TempPathFactory,
    visits: Callable[..., dict[str, Any]],
    fill: Callable[[Store, Rows], Store],
    own: list[tuple[date, str, int]],
    hits: dict[date, list[int]],
    told: dict[str, dict[date, dict[str, int]]],
    by: str,
) -> None:
    rows = [
        visits(number, (LAST - day).days, who, "home " * pages)
        for number, (day, who, pages) in enumerate(own)
    ]
    store = fill(open_store(tmp_path_factory.mktemp("own") / "store", create=True), rows)
    with_hits(store, hits)
    for tool, days in told.items():
        load(store, tool, days)
    period = Filters(start=LAST - timedelta(days=40), end=LAST)
    frame = reports.history(store, period, by=by).frame
    found = frame.filter(pl.col("part") == "period")
    columns = ["date", "measure", "source", "imported", "own", "imported_days", "own_days", "ratio"]
    assert len(found) == len(set(found.select(columns).rows()))
    if by == "month":  # distinct over the month: checked below
        found = found.filter(pl.col("measure") != "visitors")
    expected = slowly(rows, hits, told, by)
    assert set(found.select(columns).rows()) == {
        row for row in expected if by == "day" or row[1] != "visitors"
    }
    for row in frame.filter(pl.col("part") == "overlap").to_dicts():
        of = [
            one for one in expected
            if one[1:3] == (row["measure"], row["source"]) and one[7] is not None
        ]  # fmt: skip
        assert row["imported"] == sum(one[3] for one in of)
        assert row["own"] == sum(one[4] for one in of)
        assert row["own_days"] == row["imported_days"] == sum(one[6] for one in of)
        assert row["ratio"] == pytest.approx(row["imported"] / row["own"])
        ratios = [one[7] for one in of]
        assert (row["lowest"], row["highest"]) == (min(ratios), max(ratios))


# of the sample company, by the tools themselves


@pytest.fixture(scope="module")
def moved(company: Store) -> Store:
    for name in ("awstats112025.www.example.com.txt", "report.json"):
        export, digest = read_export(DATA / name)
        Histories(company.folder).load(export, digest, name, NOW)
    return company


def test_numbers_of_real_tools_lie_as_the_page_says(moved: Store) -> None:
    frame = reports.history(moved).frame.filter(pl.col("part") == "overlap")
    ratios = {(row["measure"], row["tool"]): row for row in frame.to_dicts()}
    assert ratios["hits", "goaccess"]["own_days"] == 90
    assert 1 <= ratios["hits", "goaccess"]["ratio"] < 1.01  # every line both can read
    assert ratios["visitors", "goaccess"]["lowest"] > 1  # robots among them
    assert 1.05 < ratios["page_views", "awstats"]["ratio"] < 1.25
    assert ratios["hits", "awstats"]["highest"] < 1  # its robots and errors stand apart
    assert ratios["sessions", "awstats"]["own_days"] == 30


def test_visitors_of_a_month_are_distinct(moved: Store) -> None:
    frame = reports.history(moved, by="month", measure="visitors").frame
    november = frame.filter(pl.col("part") == "period", pl.col("date") == date(2025, 11, 1))
    (row,) = november.to_dicts()
    own = reports.summary(moved, Filters(start=date(2025, 11, 1), end=LAST)).frame
    counted = own.filter(pl.col("measure") == "visitors")["value"].item()
    assert (row["tool"], row["imported"], row["own"]) == ("awstats", 4172, counted)
    half = reports.history(moved, Filters(start=date(2025, 11, 9)), by="month").frame
    cut = half.filter(pl.col("part") == "period", pl.col("measure") == "visitors").to_dicts()
    assert [(one["imported_days"], one["own_days"], one["ratio"]) for one in cut] == [
        (30, 22, None)
    ]  # the tool's number is of the whole month


def test_filters_do_not_apply(moved: Store) -> None:
    chosen = reports.history(moved, Filters(segments=("VIP",)))
    assert "history_counted_whole" in [one.code for one in chosen.warnings]
    assert chosen.frame.equals(reports.history(moved).frame)
    assert chosen.query.filters.segments == ("VIP",)


@pytest.mark.parametrize(("by", "measure"), [("week", None), ("day", "pages")])
def test_unknown_names(store: Store, by: str, measure: str | None) -> None:
    with pytest.raises(UnknownNameError):
        reports.history(store, by=by, measure=measure)


# where something is missing


def test_without_history_it_says_what_to_do(store: Store) -> None:
    report = reports.history(store)
    assert report.frame.is_empty()
    assert "no_history" in [one.code for one in report.warnings]


def test_a_history_without_own_days(make_store: Callable[[Rows], Store]) -> None:
    store = make_store([])
    load(store, "matomo", {date(2020, 2, 29): {"sessions": 7}})
    report = reports.history(store)
    (row,) = report.frame.to_dicts()
    assert (row["part"], row["imported"], row["own"], row["ratio"]) == ("period", 7, None, None)
    assert (report.query.start, report.query.end) == (date(2020, 2, 29),) * 2
    assert report.warnings == ()


# readers of groups


def test_readers_of_groups_learn_of_no_day_of_few(
    make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]
) -> None:
    crowd = [
        visits(10 * back + n, back, f"v{n}", "home") for back in (0, 1, 2, 4) for n in range(9)
    ]
    store = make_store([*crowd, visits(99, 3, "alone", "home home")])
    many = {"sessions": 30, "visitors": 20, "bytes": 5}
    told = {LAST - timedelta(days=back): many for back in range(5)}
    load(store, "matomo", told | {LAST - timedelta(days=40): {"sessions": 2}})
    seen = CoarseStore(store.folder, least_visitors=5)
    for by in ("day", "month"):
        report = reports.history(seen, by=by)
        period = report.frame.filter(pl.col("part") == "period", pl.col("measure") == "sessions")
        assert period["own"].sum() == 27  # the day of one, and the next smallest, are not in it
        assert period["imported"].sum() == 3 * 30
        codes = [one.code for one in report.warnings]
        assert {"rows_withheld", "history_bytes_withheld"} <= {*codes}
        assert report.frame.filter(pl.col("measure") == "bytes")["own"].is_null().all()
    assert reports.history(store).frame["own"].max() == 37


# the figure


def test_the_figure_draws_own_solid_and_others_dashed(moved: Store) -> None:
    report = reports.history(moved, measure="hits")
    figure = report.figure_dict("en")
    names = [trace["name"] for trace in figure["data"]]
    assert names == [
        "Hits, counted here", "awstats:www.example.com (AWStats)", "goaccess (GoAccess)",
    ]  # fmt: skip
    assert ["dash" in trace["line"] for trace in figure["data"]] == [False, True, True]
    assert [len(trace["x"]) for trace in figure["data"]] == [90, 30, 90]
    assert figure["data"][1]["x"][-1] == 89
    korean = report.figure_dict("ko", "dark", measure="hits")
    assert korean["data"][0]["name"] == "요청 수, 이 저장소"
    months = reports.history(moved, by="month").figure_dict("ko")
    assert months["layout"]["xaxis"]["ticktext"] == ["2025.09", "2025.10", "2025.11"]
    with pytest.raises(UnknownNameError, match="measure"):
        report.figure_dict(measure="pages")


def test_a_gap_of_days_is_no_line(make_store: Callable[[Rows], Store]) -> None:
    store = make_store([])
    load(store, "matomo", {LAST: {"sessions": 7}, LAST - timedelta(days=2): {"sessions": 5}})
    (trace,) = reports.history(store).figure_dict()["data"]
    assert (trace["x"], trace["y"]) == ([0, 1, 2], [5, None, 7])
