"""Campaigns' results: against a slow reference, by simulation, and as the company was made."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated import Simulated
from slow_campaigns import slow_arrivals, slow_costs, slow_days

import reports
import sample_logs
import weblog
from reports import Filters
from reports.intervals import arrivals
from weblog.errors import QueryError, UnknownNameError
from weblog.schema import TABLES
from weblog.store import Store, open_store

Row = dict[str, Any]
LAST = date(2025, 11, 30)
START = LAST - timedelta(days=6)
CAREFUL = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])

ONE = st.fixed_dictionaries(
    {
        "back": st.integers(0, 12),
        "visitor": st.sampled_from("abcdef"),
        "segment": st.sampled_from(["VIP", "member", None]),
        "channel": st.sampled_from(["Email", "Display"]),
        "source": st.sampled_from(["naver", "letter"]),
        "medium": st.sampled_from(["cpc", "email", None]),
        "campaign": st.sampled_from(["autumn", "winter", None]),
        "content": st.sampled_from(["top", "foot", None]),
        "is_new": st.booleans(),
        "is_bounce": st.booleans(),
        "is_engaged": st.booleans(),
        "conversions": st.integers(0, 2),
        "value": st.sampled_from([None, 10.5, 3.0]),
    }
)
BACK = st.integers(-2, 14).map(lambda back: LAST - timedelta(days=back))
NAMES = st.sampled_from(["Autumn", "winter", "summer"])
CAMPAIGNS = st.lists(
    st.fixed_dictionaries(
        {
            "campaign": NAMES,
            "start": BACK,
            "end": BACK,
            "cost": st.integers(1, 900).map(float),
        }
    ).filter(lambda one: one["start"] <= one["end"]),
    unique_by=lambda one: one["campaign"],
    max_size=3,
)
BANNERS = st.lists(
    st.fixed_dictionaries(
        {
            "date": BACK,
            "banner": st.sampled_from(["top", "side"]),
            "portal": st.sampled_from(["Naver", "daum"]),
            "campaign": st.just("autumn"),
            "cost": st.integers(0, 90).map(float),
        }
    ),
    unique_by=lambda one: (one["date"], one["banner"], one["portal"]),
    max_size=4,
)
DAILY = st.lists(
    st.fixed_dictionaries(
        {
            "date": BACK,
            "imported_from": st.just("system"),
            "ad_campaign": st.just("w"),
            "campaign": st.just("winter"),
            "source": st.sampled_from(["naver", None]),
            "medium": st.sampled_from(["cpc", None]),
            "content": st.sampled_from(["top", None]),
            "term": st.just(None),
            "cost": st.integers(0, 90).map(float),
        }
    ),
    unique_by=lambda one: (one["date"], one["source"], one["medium"], one["content"]),
    max_size=4,
)
TABLES_DRAWN = st.fixed_dictionaries(
    {"campaigns": CAMPAIGNS, "banners": BANNERS, "campaign_costs": DAILY}
)
BY = st.sampled_from(
    [["campaign"], ["source"], ["campaign", "content"], ["channel", "campaign"], ["content"]]
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("campaigns") / "store"
    return open_store(folder, create=True)


def put(store: Store, **tables: list[Row]) -> None:
    for name, rows in tables.items():
        store.replace_all(name, pl.DataFrame(rows, schema=TABLES[name].schema, strict=False))


def codes(report: reports.Report) -> set[str]:
    return {warning.code for warning in report.warnings}


# a slow reference

COUNTS: dict[str, Callable[[list[Row]], float]] = {
    "sessions": len,
    "visitors": lambda own: len({one["visitor"] for one in own}),
    "new_visitors": lambda own: sum(one["is_new"] for one in own),
    "bounces": lambda own: sum(one["is_bounce"] for one in own),
    "engaged": lambda own: sum(one["is_engaged"] for one in own),
    "converted": lambda own: sum(one["conversions"] > 0 for one in own),
    "conversions": lambda own: sum(one["conversions"] for one in own),
    "value": lambda own: sum(one["value"] or 0.0 for one in own),
}


def per_visitor(own: list[Row], name: str) -> list[float]:
    found: dict[str, float] = defaultdict(float)
    for one in own:
        if one["conversions"]:
            found[one["visitor"]] += one[name] or 0
    return list(found.values())


@CAREFUL
@given(
    st.tuples(st.lists(ONE, min_size=1, max_size=25), TABLES_DRAWN, BY, st.booleans()),
)
def test_rows_equal_the_slow_reference(
    scratch: Store,
    fill: Callable[..., Store],
    visits: Callable[..., Row],
    asked: tuple[list[Row], dict[str, list[Row]], list[str], bool],
) -> None:
    drawn, tables, by, per_day = asked
    drawn = [*drawn, {**drawn[0], "back": 0}]
    for one in drawn:
        one["date"], one["keyword"] = LAST - timedelta(days=one["back"]), None
    rows = [
        visits(
            number,
            one["back"],
            one["visitor"],
            "home",
            **{key: one[key] for key in one if key not in {"back", "visitor", "keyword", "date"}},
        )
        for number, one in enumerate(drawn, 1)
    ]
    fill(scratch, rows)
    put(scratch, **tables)
    inside = [one for one in drawn if one["back"] <= 6]
    report = reports.campaign_results(
        scratch, Filters(START, LAST, compare="none"), by=by, per_day=per_day, limit=None
    )
    keys = ["date", *by] if per_day else by
    tagged = [name for name in by if name in ("campaign", "content")]
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for one in inside:
        if not tagged or any(one[name] is not None for name in tagged):
            groups[tuple(one[name] for name in keys)].append(one)
    about = slow_days(**tables)
    shared, lonely = slow_costs(inside, about, (START, LAST), keys)
    # Sessions of a campaign without a content are in no row by content, nor is their part.
    costs = {key: cost for key, cost in shared.items() if key in groups}
    for key, cost in lonely.items():
        costs[key] = costs.get(key, 0.0) + cost
    found = {tuple(row[name] for name in keys): row for row in report.frame.to_dicts()}
    assert len(found) == report.frame.height
    assert found.keys() == groups.keys() | costs.keys()
    for key, row in found.items():
        own = groups.get(key, [])
        for name, count in COUNTS.items():
            assert row[name] == pytest.approx(count(own)), (key, name)
        assert row["cost"] == (pytest.approx(costs[key]) if key in costs else None), key
        if not row["cost"]:
            continue
        low, high = slow_arrivals(per_visitor(own, "conversions"))
        assert row["cpa_low"] == pytest.approx(row["cost"] / high)
        assert row["cpa_high"] == (pytest.approx(row["cost"] / low) if low else None)
        told = row["value"] or not row["conversions"]
        assert row["roas"] == (pytest.approx(row["value"] / row["cost"]) if told else None)
        assert row["roas_low"] is None  # fewer than 30 converting visitors
        if row["conversions"]:
            assert row["cpa"] == pytest.approx(row["cost"] / row["conversions"])


def test_what_is_beyond_the_limit_is_one_row_and_costs_sum_to_the_same(
    company: Store,
) -> None:
    filters = Filters(date(2025, 9, 2), LAST)
    every = reports.campaign_results(company, filters, limit=None).frame
    few = reports.campaign_results(company, filters, limit=3).frame
    assert few["is_other"].to_list() == [False] * 3 + [True]
    assert few.head(3).drop("share").equals(every.head(3).drop("share"))
    for name in ("sessions", "conversions", "value", "cost", "previous_sessions"):
        assert few[name].sum() == pytest.approx(every[name].sum())
    days = reports.campaign_results(company, filters, per_day=True, limit=2).frame
    parts = reports.campaign_results(company, filters, by_segment=True).frame
    for frame in (days, parts):
        for name in ("sessions", "conversions", "cost", "signups"):
            assert frame[name].sum() == pytest.approx(every[name].sum())


def test_rows_by_channel_sum_to_the_sites_sessions(company: Store) -> None:
    frame = reports.campaign_results(company, by="channel,source", limit=4).frame
    whole = dict(reports.summary(company).frame.select("measure", "value").rows())
    before = dict(reports.summary(company).frame.select("measure", "previous").rows())
    for name in ("sessions", "new_visitors", "bounces", "engaged", "conversions", "value"):
        assert frame[name].sum() == pytest.approx(whole[name])
    assert frame["previous_sessions"].sum() == before["sessions"]
    assert frame["share"].sum() == pytest.approx(1.0)


def test_several_levels_can_be_named_by_commas_in_any_order(company: Store) -> None:
    one = reports.campaign_results(company, by="medium, source")
    assert one.frame.equals(reports.campaign_results(company, by=("source", "medium")).frame)
    with pytest.raises(QueryError, match=r"by has 'chanel'.*Did you mean 'channel'"):
        reports.campaign_results(company, by="chanel")
    with pytest.raises(QueryError, match="names no level"):
        reports.campaign_results(company, by=" , ")
    with pytest.raises(QueryError, match="limit is 0"):
        reports.campaign_results(company, limit=0)
    with pytest.raises(UnknownNameError, match="Did you mean 'quote'"):
        reports.campaign_results(company, goal="qote")


def test_keywords_are_those_the_links_carry(company: Store) -> None:
    frame = reports.campaign_results(
        company, Filters(channels=("Paid Search",)), by="keyword", limit=None
    ).frame
    sessions = company.scan("sessions").filter(
        pl.col("date").is_between(LAST - timedelta(days=27), LAST),
        pl.col("channel") == "Paid Search",
        pl.col("term").is_not_null(),
    )
    expected = sessions.group_by("term").len().collect()
    assert dict(frame.filter(pl.col("sessions") > 0).select("keyword", "sessions").iter_rows()) == (
        dict(expected.iter_rows())
    )
    assert frame["cost"].sum() > 0


def test_filters_take_a_part_of_the_cost_by_sessions(company: Store) -> None:
    by = ("campaign", "content")
    phones = Filters(devices=("smartphone",))
    whole = reports.campaign_results(company, by=by, limit=None)
    some = reports.campaign_results(company, phones, by=by, limit=None)
    for row in some.frame.filter(pl.col("cost").is_not_null()).to_dicts():
        same = pl.all_horizontal(pl.col(name).eq_missing(row[name]) for name in by)
        (every,) = whole.frame.filter(same).to_dicts()
        assert row["cost"] == pytest.approx(every["cost"] * row["sessions"] / every["sessions"])
        assert row["cost_shared"] or row["sessions"] == every["sessions"]
    assert "costs_shared" in codes(some)
    one = reports.campaign_results(company, Filters(campaigns=("nl-2025-11",)))
    assert one.frame["cost"].to_list() == [480_000.0]
    assert "costs_shared" not in codes(one)


# what is missing is said


def test_without_costs_all_else_is_shown_and_what_is_missing_is_said(store: Store) -> None:
    report = reports.campaign_results(store)
    (row,) = report.frame.to_dicts()
    assert (row["campaign"], row["sessions"], row["conversions"], row["value"]) == (
        "autumn", 2, 2, 500.0,
    )  # fmt: skip
    assert row["cost"] is row["cpa"] is row["cpa_low"] is row["roas"] is row["signups"] is None
    assert {"no_costs", "no_signup_goal"} <= codes(report)
    put(store, campaigns=[{"campaign": "autumn", "cost": 5.0, "start": None, "end": LAST}])
    report = reports.campaign_results(store)
    assert report.frame["cost"].to_list() == [None]
    assert {"no_costs", "costs_undated"} <= codes(report)


def test_a_campaign_that_brought_nobody_has_a_row_and_the_part_of_its_days(store: Store) -> None:
    days = {"start": LAST - timedelta(days=27), "end": LAST + timedelta(days=28)}
    put(store, campaigns=[{"campaign": "Winter", "cost": 56.0, **days}])
    report = reports.campaign_results(store, limit=1)
    found = report.frame.filter(campaign="winter").to_dicts()[0]
    assert (found["sessions"], found["cost"], found["cost_from"]) == (0, 28.0, "campaigns")
    assert found["cpa"] is None
    assert found["cpa_low"] == pytest.approx(28 / slow_arrivals([])[1])
    assert {"costs_missing", "costs_spread"} <= codes(report)


def test_no_campaign_at_all_is_said(store: Store) -> None:
    report = reports.campaign_results(store, Filters(devices=("smartphone",)))
    assert report.frame.is_empty()
    assert "no_campaigns" in codes(report)


# as the company was made


def true_goals() -> dict[str, dict[str, int]]:
    """Planted conversions of each banner campaign, by goal, of people's visits."""
    folder = sample_logs.data_folder()
    campaign = {}
    with (folder / "banners.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            campaign[f"banner:{row['banner']}"] = row["campaign"]
    means = {
        "quote": {"quote_done", "applied", "subscribed", "join_and_subscribe"},
        "consultation": {"consult"},
    }
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    with gzip.open(folder / "truth" / "sessions.csv.gz") as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8")):
            for goal, planted in means.items():
                if row["source"] in campaign and row["goal"] in planted:
                    found[campaign[row["source"]]][goal] += row["person"].startswith("p")
    return found


def test_planted_costs_per_conversion_lie_within_their_intervals(company: Store) -> None:
    told = pl.read_csv(sample_logs.data_folder() / "campaigns.csv")
    costs = dict(zip(told["campaign"], told["cost"], strict=True))
    planted = true_goals()
    assert len(planted) == 2
    for goal in ("quote", "consultation"):
        frame = reports.campaign_results(
            company, Filters(date(2025, 9, 2), LAST), goal=goal, limit=None
        ).frame
        rows = {row["campaign"]: row for row in frame.to_dicts()}
        for campaign, goals in planted.items():
            row = rows[campaign]
            assert row["cost"] == pytest.approx(costs[campaign])
            assert row["cpa_low"] <= costs[campaign] / goals[goal] <= row["cpa_high"]
            assert abs(row["conversions"] - goals[goal]) <= 2
    # Costs of all campaigns are those of the company's table: nothing is lost or doubled.
    every = reports.campaign_results(company, Filters(date(2025, 9, 1), LAST), limit=None).frame
    shown = dict(zip(every["campaign"], every["cost"], strict=True))
    for campaign, cost in costs.items():
        assert shown[campaign] == pytest.approx(cost)


def test_signups_are_the_goals_the_site_marks(company: Store) -> None:
    site = weblog.load_site(sample_logs.data_folder() / "site.toml")
    shown = reports.campaign_results(company, by="channel", site=site, limit=None).frame
    marked = reports.campaign_results(company, by="channel", goal="membership", limit=None).frame
    sums = dict(zip(shown["channel"], shown["signups"], strict=True))
    assert sums == dict(zip(marked["channel"], marked["conversions"], strict=True))
    assert sum(sums.values()) > 50


# by simulation: seeded, so that it can fail only if the code changes


def covered(mean: float, amounts: Callable[[np.random.Generator, int], np.ndarray]) -> float:
    """How often the interval holds the expected sum of what ``mean`` visitors bring."""
    random = np.random.default_rng(5)
    truth = mean * float(amounts(random, 2_000_000).mean())
    drawn = [amounts(random, count) for count in random.poisson(mean, 4_000)]
    frame = pl.DataFrame(
        {"t": [float(one.sum()) for one in drawn], "s": [float((one**2).sum()) for one in drawn]}
    )
    low, high = arrivals(pl.col("t"), pl.col("s"))
    share: float = frame.select(pl.lit(truth).is_between(low, high).mean()).item()
    return share


@pytest.mark.parametrize("mean", [10, 30, 200])
def test_intervals_of_conversions_cover_the_truth_93_to_97_times_of_100(
    simulated: Simulated, mean: float
) -> None:
    assert (
        0.93
        <= simulated(
            "campaign_results: conversions",
            covered(mean, lambda random, n: random.geometric(0.7, n).astype(float)),
        )
        <= 0.97
    )


@pytest.mark.parametrize(("mean", "spread"), [(30, 0.5), (40, 0.8), (300, 1.0)])
def test_intervals_of_value_cover_the_truth_93_to_97_times_of_100(
    simulated: Simulated, mean: float, spread: float
) -> None:
    assert (
        0.93
        <= simulated(
            "campaign_results: value",
            covered(mean, lambda random, n: random.lognormal(0, spread, n)),
        )
        <= 0.97
    )


def test_taking_conversions_for_independent_would_not_cover() -> None:
    """The simulation can tell: visitors who convert five times are no five visitors."""
    random = np.random.default_rng(6)
    counts = random.poisson(30, 4_000) * 5.0
    frame = pl.DataFrame({"t": counts})
    low, high = arrivals(pl.col("t"), pl.col("t"))
    assert frame.select(pl.lit(150.0).is_between(low, high).mean()).item() < 0.75
