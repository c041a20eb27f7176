"""Two sides compared: against a slow reference, by simulation, and where nothing can be said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from math import isclose, sqrt
from pathlib import Path
from statistics import variance
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_clusters import COMES, World, compared
from simulated import Simulated

import reports
from reports import Filters
from reports.intervals import student_quantile
from reports.sides import COMPARED
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store, open_store

Row = dict[str, Any]
LAST = date(2025, 11, 30)
CAREFUL = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
Z = 1.959963984540054

ONE = st.fixed_dictionaries(
    {
        "back": st.integers(0, 9),
        "visitor": st.sampled_from("abcdefgh"),
        "pages": st.lists(st.sampled_from(["home", "kids", "old"]), max_size=3),
        "segment": st.sampled_from(["VIP", "member", None]),
        "logins": st.integers(0, 2),
        "is_new": st.booleans(),
        "is_bounce": st.booleans(),
        "is_engaged": st.booleans(),
        "conversions": st.integers(0, 2),
        "value": st.sampled_from([None, 10.5, 3.0]),
    }
)
VISITS = st.lists(ONE, min_size=1, max_size=30)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("compare") / "store"
    return open_store(folder, create=True)


def made(scratch: Store, fill: Any, visits: Any, drawn: list[Row]) -> Store:
    rows = []
    for number, one in enumerate(drawn, 1):
        more = {key: one[key] for key in one if key not in {"back", "visitor", "pages"}}
        rows.append(visits(number, one["back"], one["visitor"], " ".join(one["pages"]), **more))
    store: Store = fill(scratch, rows)
    return store


# a slow reference, visitor by visitor

CATEGORY = {"kids": "children", "old": "pension"}
COUNT: dict[str, Callable[[Row], float]] = {
    "sessions": lambda one: 1,
    "page_views": lambda one: len(one["pages"]),
    "new": lambda one: one["is_new"],
    "logins": lambda one: one["logins"],
    "logged_in": lambda one: one["logins"] > 0,
    "bounces": lambda one: one["is_bounce"],
    "engaged": lambda one: one["is_engaged"],
    "converted": lambda one: one["conversions"] > 0,
    "conversions": lambda one: one["conversions"],
    "value": lambda one: one["value"] or 0.0,
}


def of_visitor(own: list[Row], name: str) -> float:
    if name == "visitors":
        return 1.0 if own else 0.0
    if name == "visitors_logged_in":
        return float(any(one["logins"] > 0 for one in own))
    return float(sum(COUNT[name](one) for one in own))


Pairs = list[tuple[float, float]]


def slow_difference(kind: str, sides: list[Pairs], both: list[tuple[int, int]]) -> Row:
    """Of n and d of every visitor on each side; ``both`` are places of the same visitor."""
    values, variances, scores = [], [], []
    for pairs in sides:
        n, d = sum(n for n, _ in pairs), sum(d for _, d in pairs)
        if kind == "total":
            values.append(n)
            scores.append([own for own, _ in pairs])
            variances.append(sum(own**2 for own, _ in pairs))
        elif d == 0:
            return {"difference": None}
        else:
            values.append(n / d)
            scores.append([(own - n / d * over) / d for own, over in pairs])
            variances.append(slow_variance(scores[-1], pairs))
    found: Row = {"left": values[0], "right": values[1], "difference": values[0] - values[1]}
    if None in variances:
        return found
    covariance = sum(scores[0][i] * scores[1][j] for i, j in both)
    error = sqrt(max(0.0, variances[0] + variances[1] - 2 * covariance))
    if kind == "rate":
        return found | slow_newcombe(values, variances, covariance, sides)
    if error > 1e-9:
        width = slow_quantile(kind, variances, sides) * error
        found |= {"low": found["difference"] - width, "high": found["difference"] + width}
    return found


def slow_variance(scores: list[float], pairs: Pairs) -> float | None:
    """The variance of a ratio, of e / D of every visitor; see :mod:`reports.clusters`."""
    g, whole = len(pairs), sum(d for _, d in pairs)
    if g < 2:
        return None
    weights = [d / whole for _, d in pairs]
    squares = sum(score**2 for score in scores)
    weighed = sum(score**2 * weight for score, weight in zip(scores, weights, strict=True))
    heavy = sum(weight**2 for weight in weights)
    return (squares + 2 * weighed - squares * heavy - squares / g) * g / (g - 1)


def slow_quantile(kind: str, variances: list[float], sides: list[Pairs]) -> float:
    """Student's quantile for Satterthwaite's degrees of freedom."""
    lost = 0 if kind == "total" else 1
    both = zip(variances, sides, strict=True)
    parts = sum(v**2 / (len(side) - lost) for v, side in both if v > 0)
    freedom = pl.DataFrame({"v": [sum(variances) ** 2 / parts]})
    found: float = freedom.select(student_quantile(pl.col("v"))).item()
    return found


def slow_newcombe(
    p: list[float], variances: list[float], covariance: float, sides: list[Pairs]
) -> Row:
    ends = []
    for rate, spread_of, pairs in zip(p, variances, sides, strict=True):
        d = sum(over for _, over in pairs)
        if spread_of > 0:
            g = len(pairs)
            n = min(rate * (1 - rate) / spread_of * g / (g - 1), d)
        else:
            n = d**2 / sum(over**2 for _, over in pairs)
        middle, spread = rate + Z**2 / (2 * n), sqrt(rate * (1 - rate) / n + Z**2 / (4 * n**2)) * Z
        ends.append([(middle - spread) / (1 + Z**2 / n), (middle + spread) / (1 + Z**2 / n)])
    product = sqrt(variances[0] * variances[1])
    r = max(-1.0, min(1.0, covariance / product)) if product > 0 else 0.0
    (l1, u1), (l2, u2) = ends

    def apart(one: float, other: float) -> float:
        return sqrt(max(0.0, one**2 + other**2 - 2 * r * one * other))

    difference = p[0] - p[1]
    return {
        "low": difference - apart(p[0] - l1, u2 - p[1]),
        "high": difference + apart(u1 - p[0], p[1] - l2),
    }


def check(row: Row, kind: str, sides: list[dict[str, list[Row]]], counts: Any) -> None:
    shown: list[Pairs] = [[counts(own) for own in side.values()] for side in sides]
    places = [{visitor: place for place, visitor in enumerate(side)} for side in sides]
    both = [(place, places[1][v]) for v, place in places[0].items() if v in places[1]]
    expected = slow_difference(kind, shown, both)
    for name in ("left", "right", "difference", "low", "high"):
        # Where nothing varies, rounding decides whether it varies by 1e-17.
        if name in expected and expected[name] is not None:
            assert row[name] is not None, (row, name)
            assert isclose(row[name], expected[name], abs_tol=1e-6), (row, name, expected)


@CAREFUL
@given(VISITS, st.sampled_from([None, "VIP"]))
def test_differences_equal_the_slow_reference(
    scratch: Store,
    fill: Callable[..., Store],
    visits: Callable[..., Row],
    drawn: list[Row],
    left: str | None,
) -> None:
    drawn = [*drawn, *({**drawn[0], "back": back, "segment": "VIP"} for back in (2, 7))]
    store = made(scratch, fill, visits, drawn)
    start = LAST - timedelta(4)
    report = reports.compare(store, Filters(start, LAST), left=left)
    sides: list[dict[str, list[Row]]] = [defaultdict(list), defaultdict(list)]
    for one in drawn:
        now = one["back"] <= 4
        if left is None:
            sides[0 if now else 1][one["visitor"]].append(one)
        elif now:
            sides[0 if one["segment"] == left else 1][one["visitor"]].append(one)
    rows = {(row["part"], row["name"]): row for row in report.frame.to_dicts()}
    for measure in COMPARED:
        row = rows.pop(("measure", measure.name))
        if left and measure.kind == "total":
            assert row["low"] is row["z"] is row["beyond_chance"] is None
            continue

        def counts(own: list[Row], of: Any = measure) -> tuple[float, float]:
            return of_visitor(own, of.summed), of_visitor(own, of.over) if of.over else 0.0

        check(row, measure.kind, sides, counts)
    for (part, name), row in rows.items():
        page = {"children": "kids", "pension": "old", "annuity": "old"}[name]
        assert part == ("product" if name == "annuity" else "category")

        def viewed(own: list[Row], page: str = page) -> tuple[float, float]:
            return float(sum(page in one["pages"] for one in own)), float(len(own))

        check(row, "rate", sides, viewed)
    seen = {page for side in sides for own in side.values() for one in own for page in one["pages"]}
    assert len(rows) == ("kids" in seen) + 2 * ("old" in seen)


def test_with_one_session_each_a_rate_has_newcombes_interval_and_a_mean_has_welchs(
    scratch: Store, fill: Callable[..., Store], visits: Callable[..., Row]
) -> None:
    """56 of 70 and 48 of 80, as in Newcombe's table; a mean by hand."""
    rows = [
        visits(
            number,
            0,
            f"v{number}",
            "home kids" if number % 3 else "home",
            segment="VIP" if number <= 70 else "member",
            conversions=int(number <= 56 or 70 < number <= 118),
        )
        for number in range(1, 151)
    ]
    frame = reports.compare(fill(scratch, rows), left="VIP", right="member").frame
    rate = frame.filter(name="conversion_rate").row(0, named=True)
    assert (rate["low"], rate["high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    mean = frame.filter(name="views_per_session").row(0, named=True)
    sides = [[len(row["pages"]) for row in rows[:70]], [len(row["pages"]) for row in rows[70:]]]
    parts = [variance(side) / len(side) for side in sides]
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 69 + parts[1] ** 2 / 79)
    assert 140 < freedom < 150
    width = 1.9764 * sqrt(sum(parts))  # Student's quantile for 145 degrees of freedom
    assert mean["high"] - mean["difference"] == pytest.approx(width, rel=2e-4)


# by simulation: seeded, so that it can fail only if the code changes

WORLDS = [
    World("rate", (0.1, 0.15), (200, 300), on_both=0, alike=0.0),
    World("rate", (0.1, 0.15), (200, 300), on_both=150, alike=0.7),
    World("rate", (0.1, 0.1), (60, 900), on_both=40, alike=0.5),
    World("rate", (0.02, 0.02), (300, 300), on_both=0, alike=0.3),
    World("rate", (0.6, 0.5), (40, 60), on_both=20, alike=1.0),
    World("ratio", (4.0, 5.0), (200, 300), on_both=100, alike=0.5),
    World("ratio", (4.0, 4.0), (60, 300), on_both=40, alike=1.0),
    World("ratio", (0.2, 0.2), (150, 300), on_both=100, alike=0.5),
    World("total", (1.0, 1.0), (2000, 3000), on_both=1000, alike=0.5),
]


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_intervals_cover_the_truth_93_to_97_times_of_100(
    simulated: Simulated, world: World
) -> None:
    frame = compared(world, times=1500, seed=11)
    truth = world.means[0] - world.means[1]
    if world.kind == "total":  # visitors x those who come x sessions of each x mean
        truth = (world.visitors[0] - world.visitors[1]) * COMES / 0.6
    covered = frame.select(pl.lit(truth).is_between("low", "high").mean()).item()
    assert 0.93 <= simulated("compare: difference", covered) <= 0.97


def test_taking_sessions_for_independent_would_not_cover() -> None:
    """The simulation can tell: without clusters, intervals are far too narrow."""
    frame = compared(WORLDS[4], times=1500, seed=11)
    width = Z * (sum(p * (1 - p) / n for p, n in zip((0.6, 0.5), (66, 100), strict=True))) ** 0.5
    covered = frame.select(((pl.col("difference") - 0.1).abs() <= width).mean()).item()
    assert covered < 0.92


@pytest.mark.parametrize("world", [WORLDS[2], WORLDS[3], WORLDS[6], WORLDS[7]], ids=str)
def test_p_values_are_below_5_percent_as_often_if_nothing_differs(world: World) -> None:
    frame = compared(world, times=1500, seed=12)
    assert 0.03 <= frame.select((pl.col("p") < 0.05).mean()).item() <= 0.07


# what it says of the company


def test_segments_differ_where_the_company_was_made_to(company: Store) -> None:
    report = reports.compare(company, left="customer")
    rows = {row["name"]: row for row in report.frame.to_dicts()}
    assert {row["right_name"] for row in rows.values()} == {"all others"}
    assert rows["my contracts"]["beyond_chance"]
    assert rows["views_per_session"]["difference"] > 0
    assert rows["loans"]["beyond_chance"] is False
    for row in rows.values():
        if row["low"] is not None:
            assert row["low"] <= row["difference"] <= row["high"]
    assert report.frame.filter(part="category").height <= 10
    few = reports.compare(company, left="customer", limit=2).frame
    assert few.filter(part="product").height == 2


def test_sides_exchanged_give_the_same_with_the_other_sign(company: Store) -> None:
    one = reports.compare(company, left="VIP", right="customer").frame
    other = reports.compare(company, left="customer", right="VIP").frame
    assert one["difference"].to_list() == pytest.approx((-other["difference"]).to_list())
    for low, high in zip(one["low"], other["high"], strict=True):
        assert low == (None if high is None else pytest.approx(-high))
    assert one["beyond_chance"].to_list() == other["beyond_chance"].to_list()


def test_rows_of_too_few_visitors_are_marked_and_not_concluded_from(company: Store) -> None:
    report = reports.compare(company, left="reactivated", right="customer")
    small = report.frame.filter("small")
    assert small.height > 20
    assert small["beyond_chance"].is_null().all()
    assert {one.code for one in report.warnings} == {"small_cells", "nothing_beyond_chance"}


def test_two_periods_are_compared_with_their_totals(company: Store) -> None:
    report = reports.compare(company)
    rows = {row["name"]: row for row in report.frame.to_dicts()}
    status = reports.summary(company).frame
    totals = {row["measure"]: row for row in status.to_dicts()}
    for name in ("sessions", "visitors", "logins", "conversion_rate", "value"):
        assert (rows[name]["left"], rows[name]["right"]) == pytest.approx(
            (totals[name]["value"], totals[name]["previous"])
        )
    assert rows["sessions"]["beyond_chance"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"left": "VPI"}, UnknownNameError, "Did you mean 'VIP'"),
        ({"right": "VIP"}, QueryError, "left is missing"),
        ({"left": "VIP", "right": "VIP"}, QueryError, "both sides are 'VIP'"),
        ({"limit": 0}, QueryError, "limit is 0"),
    ],
)
def test_sides_that_make_no_sense_are_refused(
    store: Store, options: Row, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        reports.compare(store, **options)


def test_without_a_period_to_compare_with_there_is_nothing(store: Store) -> None:
    report = reports.compare(store, Filters(compare="none"))
    assert report.frame.is_empty()
    assert "no_comparison" in {one.code for one in report.warnings}


def test_the_figure_shows_the_surest_first_and_colours_what_is_beyond_chance(
    company: Store,
) -> None:
    (bars,) = reports.compare(company, left="customer").figure_dict("ko")["data"]
    assert bars["y"][0].startswith("콘텐츠: my contracts<br><b>84.6% / 9.94%")
    assert len(bars["y"]) == len(set(bars["y"])) == 15
    (grey,) = set(
        reports.compare(company, left="VIP", right="customer").figure_dict()["data"][0]["marker"][
            "color"
        ]
    )
    assert grey not in bars["marker"]["color"][:5]
    assert max(bars["x"]) == 2.0
