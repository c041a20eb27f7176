"""Funnels: chains of steps against trying everything; the report against loops and the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated import Simulated
from slow_walks import Hit, slow_chain, slow_longest

import reports
import sample_logs
import weblog
from reports.chains import chains
from reports.intervals import newcombe, wilson
from weblog.errors import QueryError, UnknownNameError, UsageError
from weblog.site.rules import Site
from weblog.store import Store, open_store

Row = dict[str, Any]
STEPS = 3
CAREFUL = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HITS = st.lists(
    st.builds(
        Hit,
        st.integers(0, 6),
        st.frozensets(st.integers(0, STEPS - 1), max_size=2),
        st.sampled_from(["a", "b", None]),
    ),
    min_size=1,
    max_size=9,
)
"""Some at the same time; some that are two steps at once, or none."""


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


def frame_of(units: list[list[Hit]]) -> pl.DataFrame:
    """Rows as the product has them; ``pages`` counts views of another page, by a loop."""
    rows = []
    for unit, hits in enumerate(units):
        page, pages = None, 0
        for hit in hits:
            is_new = hit.page is not None and hit.page != page
            page, pages = hit.page or page, pages + is_new
            rows.append((unit, hit.at, *(n in hit.steps for n in range(STEPS)), pages, is_new))
    return pl.DataFrame(
        rows,
        schema={
            "unit": pl.UInt32, "at": pl.Int64, **{f"is_{n}": pl.Boolean for n in range(STEPS)},
            "pages": pl.UInt32, "is_new": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(HITS, min_size=1, max_size=4), st.sampled_from([None, 0, 2, 4]), st.booleans())
def test_chains_equal_trying_every_begin(
    drawn: list[list[Hit]], window: int | None, strict: bool
) -> None:
    units = [sorted(hits, key=lambda hit: hit.at) for hits in drawn]
    found = chains(frame_of(units), STEPS, window=window, strict=strict)
    by_unit = {row["unit"]: row for row in found.to_dicts()}
    first = 0
    for unit, hits in enumerate(units):
        expected = slow_chain(hits, STEPS, window, strict=strict)
        if expected is None:
            assert unit not in by_unit
        else:
            rows = [by_unit[unit][f"r{n}"] for n in range(STEPS)]
            assert by_unit[unit]["depth"] == expected.depth
            assert [row - first for row in rows if row is not None] == list(expected.rows)
        first += len(hits)
    assert found["unit"].is_sorted()


@settings(max_examples=150, deadline=None)
@given(HITS, st.sampled_from([None, 0, 2, 4]))
def test_greed_misses_no_longer_chain(drawn: list[Hit], window: int | None) -> None:
    hits = sorted(drawn, key=lambda hit: hit.at)
    found = chains(frame_of([hits]), STEPS, window=window)
    depth = found["depth"][0] if found.height else 0
    assert depth == slow_longest(hits, STEPS, window)


def test_a_later_begin_counts_where_the_first_one_is_too_old() -> None:
    hits = [Hit(0, frozenset({0})), Hit(5, frozenset({0})), Hit(7, frozenset({1}))]
    (row,) = chains(frame_of([hits]), 2, window=3).to_dicts()
    assert (row["depth"], row["r0"], row["r1"]) == (2, 1, 2)


def test_one_view_is_one_step_only() -> None:
    hits = [Hit(0, frozenset({0, 1})), Hit(0, frozenset({2}))]
    assert chains(frame_of([hits]), 2)["depth"].to_list() == [1]


# the report

VISITS = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.sampled_from("xyz"),
        st.sampled_from(["VIP", "member", None]),
        st.lists(st.sampled_from(["home", "kids", "old", "new"]), max_size=7),
    ),
    min_size=1,
    max_size=25,
)
DAY_MS = 86_400_000


def hits_of(rows: list[Row], steps: list[str]) -> list[tuple[Row, Hit, str]]:
    """The page views of sessions in order of time, a minute apart."""
    return [
        (
            row,
            Hit(
                int(row["start"].timestamp() * 1000) + 60_000 * place,
                frozenset(n for n, step in enumerate(steps) if step == page),
                page,
            ),
            next((p for p in row["pages"][place + 1 :] if p != page), ""),
        )
        for row in sorted(rows, key=lambda row: row["start"])
        for place, page in enumerate(row["pages"])
    ]


@CAREFUL
@given(VISITS, st.sampled_from(["session", "1 day", "3 days"]), st.booleans(), st.booleans())
def test_a_funnel_equals_the_reference(
    ready: Callable[..., tuple[Store, list[Row]]],
    drawn: list[Any],
    within: str,
    strict: bool,
    by_segment: bool,
) -> None:
    store, rows = ready(drawn)
    strict = strict and within == "session"
    steps = ["/home", "/kids", "/old"]
    last = max(row["date"] for row in rows)
    report = reports.funnel(
        store,
        reports.Filters(start=date.fromordinal(last.toordinal() - 3)),
        steps=[f"page={step}" for step in steps],
        within=within,
        strict=strict,
        by="segment" if by_segment else None,
    )
    expected = {}
    for name, span in (("", report.query.current), ("previous_", report.query.previous)):
        inside = [row for row in rows if span and span[0] <= row["date"] <= span[1]]
        expected[name] = taken(inside, steps, within, strict=strict, by_segment=by_segment)
    for row in report.frame.to_dicts():
        number = row["step"] - 1
        for name, chosen in expected.items():
            if name and report.query.previous is None:
                continue
            mine = [each for each in chosen if each["name"] == row["name"]]
            reached = [each for each in mine if each["depth"] > number]
            assert row[f"{name}reached"] == len(reached)
            if name:
                continue
            lost = [each for each in reached if each["depth"] == number + 1]
            if number < len(steps) - 1:
                gone = Counter(each["next"] for each in lost if each["next"])
                assert row["lost"] == len(lost)
                assert row["left"] == sum(not each["next"] for each in lost)
                top = min(gone, key=lambda page: (-gone[page], page)) if gone else None
                assert (row["next_page"], row["next_page_lost"]) == (
                    top,
                    gone[top] if top else None,
                )
            if number and reached:
                waits = [(e["at"][number] - e["at"][number - 1]) / 1000 for e in reached]
                assert row["median_s"] == pytest.approx(median(waits))
                low, high = np.quantile(waits, [0.25, 0.75])
                assert (row["quarter_s"], row["three_quarters_s"]) == pytest.approx((low, high))
            if number and row["from_reached"]:
                assert row["rate"] == pytest.approx(row["reached"] / row["from_reached"])
    shown = {row["name"] for row in report.frame.to_dicts()}
    assert {each["name"] for each in expected[""]} <= shown


def taken(
    rows: list[Row], steps: list[str], within: str, *, strict: bool, by_segment: bool
) -> list[Row]:
    """The chain of each session or visitor, by trying every begin."""
    window = None if within == "session" else int(within.split(maxsplit=1)[0]) * DAY_MS
    units: dict[str, list[Row]] = {}
    for row in rows:
        key = row["session_id"] if window is None else row["visitor_id"]
        units.setdefault(key, []).append(row)
    made = []
    for own in units.values():
        hits = hits_of(own, steps)
        chain = slow_chain([hit for _, hit, _ in hits], len(steps), window, strict=strict)
        if chain is not None:
            made.append(
                {
                    "name": hits[chain.rows[0]][0]["segment"] if by_segment else None,
                    "depth": chain.depth,
                    "at": [hits[place][1].at for place in chain.rows],
                    "next": hits[chain.rows[-1]][2],
                }
            )
    return made


@pytest.fixture(scope="module")
def ready(
    tmp_path_factory: pytest.TempPathFactory,
    fill: Callable[[Store, list[Row]], Store],
    visits: Callable[..., Row],
) -> Callable[..., tuple[Store, list[Row]]]:
    """Make a store of visits drawn, and return their rows, too."""
    folder: Path = tmp_path_factory.mktemp("funnel") / "store"
    scratch = open_store(folder, create=True)

    def made(drawn: list[Any]) -> tuple[Store, list[Row]]:
        rows = []
        for number, (back, visitor, segment, pages) in enumerate(drawn, 1):
            row = visits(number, back, visitor, " ".join(pages), segment=segment)
            start = row["start"] + timedelta(minutes=20 * number)  # one visit after the other
            rows.append(row | {"start": start, "end": start + timedelta(minutes=len(pages))})
        return fill(scratch, rows), rows

    return made


def test_the_first_funnel_of_the_site_is_shown_and_others_by_name(
    company: Store, site: Site
) -> None:
    first = reports.funnel(company, site=site).frame
    assert first["funnel"].unique().to_list() == ["subscription"]
    assert first["unit"].unique().to_list() == ["sessions"]
    other = reports.funnel(company, site=site, funnel="consultation")
    assert other.frame["unit"].unique().to_list() == ["visitors"]
    assert "funnel_cut_short" in {warning.code for warning in other.warnings}
    own = reports.funnel(company, site=site, steps=["Begun: page=/quote/*/start", "goal=quote"])
    assert own.frame["step_name"].to_list() == ["Begun", "goal=quote"]
    with pytest.raises(UnknownNameError, match="no funnel is called 'subscriptions'"):
        reports.funnel(company, site=site, funnel="subscriptions")


def test_funnels_agree_with_the_truth(company: Store, site: Site) -> None:
    """Each true visit has one goal. Some are two sessions to a 30-minute rule: they can be cut
    between two steps, never made more."""
    truth = pl.read_csv(sample_logs.data_folder() / "truth" / "sessions.csv.gz")
    goals = truth["goal"].value_counts()
    count = dict(zip(goals["goal"], goals["count"], strict=True))
    order = ["quote_begun", "quote_half", "quote_done", "applied", "subscribed"]
    days = company.snapshot().rows_by_day("sessions")
    every = reports.Filters(start=min(days), end=max(days), compare="none")
    found = reports.funnel(company, every, site=site, funnel="subscription").frame
    for number, reached in enumerate(found["reached"]):
        true = sum(count[name] for name in order[number:]) + count["join_and_subscribe"]
        assert 0.98 * true <= reached <= true, order[number]
    steps = ["page=/consult", "goal=consultation"]
    (asked, done) = reports.funnel(company, every, site=site, steps=steps).frame["reached"]
    assert 0.98 * count["consult"] <= done <= asked <= count["consult"]


def test_steps_are_pages_events_goals_categories_and_products(company: Store, site: Site) -> None:
    days = company.snapshot().rows_by_day("sessions")
    every = reports.Filters(start=min(days), end=max(days), compare="none")
    views = company.snapshot().scan("page_views").collect()
    asked = {
        "event=call": views.filter(kind="event", path="/call/click"),
        "event=brochure": views.filter(pl.col("path").str.contains("-brochure.pdf$"), kind="event"),
        "goal=consultation": views.filter(goal="consultation"),
        "category=health": views.filter(kind="page", category="health"),
        "product=loans": views.filter(kind="page", product="loans"),
        "page=/claims/*,/my/": views.filter(
            pl.col("path").str.starts_with("/claims/") | (pl.col("path") == "/my/"), kind="page"
        ),
    }
    for step, hits in asked.items():
        frame = reports.funnel(company, every, site=site, steps=[step, step]).frame
        sessions = hits.group_by("session_id").len()
        assert frame["reached"].to_list() == [
            sessions.height, sessions.filter(pl.col("len") > 1).height
        ], step  # fmt: skip


def test_customers_are_followed_over_browsers(company: Store, site: Site) -> None:
    filters = reports.Filters(compare="none")
    one = reports.funnel(company, filters, site=site, funnel="consultation").frame
    other = reports.funnel(
        company, filters, site=site, funnel="consultation", people="customers"
    ).frame
    first, second = one["reached"][0], other["reached"][0]
    sessions = company.snapshot().scan("sessions")
    start, end = date(2025, 11, 3), date(2025, 11, 30)
    own = (
        company.snapshot()
        .scan("page_views")
        .filter(pl.col("date").is_between(start, end), pl.col("kind") == "page")
        .filter(pl.col("path").str.starts_with("/products/"))
        .join(sessions.select("session_id", "customer_id"), on="session_id")
        .collect()
    )
    people = own.select(pl.coalesce("customer_id", "visitor_id").n_unique()).item()
    assert (first, second) == (own["visitor_id"].n_unique(), people)


def test_what_cannot_be_asked_is_refused(store: Store, site: Site) -> None:
    with pytest.raises(UsageError, match="'quote' is no step: expected page="):
        reports.funnel(store, steps=["quote", "goal=quote"])
    with pytest.raises(UsageError, match="Did you mean 'goal'"):
        reports.funnel(store, steps=["gaol=quote", "goal=quote"])
    with pytest.raises(UsageError, match="expected a path that starts with /"):
        reports.funnel(store, steps=["page=quote", "goal=quote"])
    with pytest.raises(QueryError, match="1 steps are given: expected 2 to 12"):
        reports.funnel(store, steps=["goal=quote"])
    with pytest.raises(QueryError, match="no goal is called 'qoute'"):
        reports.funnel(store, site=site, steps=["page=/*", "goal=qoute"])
    with pytest.raises(QueryError, match="within is '7': expected \"session\""):
        reports.funnel(store, steps=["page=/*", "goal=quote"], within="7")
    with pytest.raises(QueryError, match="strict asks about neighbouring pages"):
        reports.funnel(store, steps=["page=/*", "goal=quote"], within="7 days", strict=True)
    with pytest.raises(UnknownNameError, match="no by of funnel is called 'age'"):
        reports.funnel(store, by="age")
    with pytest.raises(UnknownNameError, match="no people of funnel is called 'users'"):
        reports.funnel(store, people="users")


def test_a_site_without_funnels_and_a_step_nobody_took_are_said(store: Store) -> None:
    report = reports.funnel(store)
    assert [warning.code for warning in report.warnings] == ["small_numbers", "no_funnels"]
    nobody = reports.funnel(store, steps=["page=/none", "page=/home"])
    assert "not_reached" in {warning.code for warning in nobody.warnings}
    assert nobody.frame["reached"].to_list() == [0, 0]
    assert nobody.frame["rate"].to_list() == [None, None]


# intervals


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombes_interval_is_that_of_his_paper(
    counts: tuple[int, int, int, int], expected: tuple[float, float]
) -> None:
    """Newcombe (1998), table II, method 10."""
    low, high = newcombe(*(pl.lit(count) for count in counts))
    found = pl.select(low.alias("low"), high.alias("high")).row(0)
    assert found == pytest.approx(expected, abs=6e-5)


def test_newcombes_interval_is_unknown_without_trials() -> None:
    low, high = newcombe(pl.lit(0), pl.lit(0), pl.lit(1), pl.lit(2))
    assert pl.select(low.alias("low"), high.alias("high")).row(0) == (None, None)


@pytest.mark.parametrize(("n", "m", "p", "q"), [(200, 150, 0.3, 0.25), (80, 400, 0.6, 0.7)])
def test_intervals_hold_the_truth_as_often_as_they_say(
    simulated: Simulated, n: int, m: int, p: float, q: float
) -> None:
    rng = np.random.default_rng(7)
    drawn = pl.DataFrame({"a": rng.binomial(n, p, 20_000), "b": rng.binomial(m, q, 20_000)})
    low, high = newcombe(pl.col("a"), pl.lit(n), pl.col("b"), pl.lit(m))
    one, other = wilson(pl.col("a"), pl.lit(n))
    covered = drawn.select(
        ((low <= p - q) & (p - q <= high)).mean().alias("difference"),
        ((one <= p) & (p <= other)).mean().alias("rate"),
    ).row(0)
    for name, part in zip(("difference", "rate"), covered, strict=True):
        assert 0.93 <= simulated(f"funnel: {name}", part) <= 0.97
