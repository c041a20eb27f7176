"""From interest to purchase: who counts, how long it takes, and what is bought for its looks."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import Simulated
from slow_interest import slow_curve, slow_trial

import reports
from reports.answers.interest_gap import gaps
from reports.interest import outcomes, trials
from reports.interest_words import sentences
from reports.survival import kaplan_meier, quartile_days
from weblog.company_tables import PURCHASES
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store

Rows = list[dict[str, Any]]
LAST = date(2025, 11, 30)
WHOLE = reports.Filters(date(2025, 9, 2), LAST)


def with_purchases(store: Store, *bought: tuple[str, str, date]) -> Store:
    """Add purchases given as (customer, product, day)."""
    rows = [
        dict.fromkeys(PURCHASES.schema)
        | {"purchase_id": f"P{n}", "customer_id": who, "product": product, "purchased": day}
        for n, (who, product, day) in enumerate(bought)
    ]
    store.upsert("purchases", pl.DataFrame(rows, schema=PURCHASES.schema))
    return store


def ago(days: int) -> date:
    return LAST - timedelta(days=days)


# who counts


VISIT = st.tuples(st.sampled_from("ABC"), st.integers(0, 30), st.sets(st.sampled_from("xy")))
BOUGHT = st.dictionaries(
    st.tuples(st.sampled_from("ABC"), st.sampled_from("xy")), st.integers(0, 40), max_size=6
)


@settings(max_examples=80)
@given(st.lists(VISIT, min_size=1, max_size=12), BOUGHT, st.integers(1, 20))
def test_trials_equal_the_slow_reference(
    drawn: list[tuple[str, int, set[str]]], sold: dict[tuple[str, str], int], days: int
) -> None:
    ordered = sorted(drawn, key=lambda one: -one[1])
    visits = pl.DataFrame(
        {
            "customer_id": [who for who, _, _ in ordered],
            "date": [ago(back) for _, back, _ in ordered],
            "segment": ["member"] * len(ordered),
            "session": range(len(ordered)),
            "row": range(len(ordered)),
        }
    )
    viewed = pl.DataFrame(
        [(n, product) for n, (_, _, seen) in enumerate(ordered) for product in sorted(seen)],
        schema={"session": pl.Int64, "product": pl.String},
        orient="row",
    )
    purchases = pl.DataFrame(
        [(who, product, ago(back)) for (who, product), back in sold.items()],
        schema={"customer_id": pl.String, "product": pl.String, "purchased": pl.Date},
        orient="row",
    )
    found = outcomes(trials(visits, viewed, purchases), days, LAST)
    for row in found.to_dicts():
        own = [
            {"date": ago(back), "products": seen}
            for who, back, seen in ordered
            if who == row["customer_id"]
        ]
        back = sold.get((row["customer_id"], row["product"]))
        expected = slow_trial(own, row["product"], None if back is None else ago(back), days, LAST)
        assert (row["is_viewed"], row["start"], row["outcome"]) == expected
    products = {*viewed["product"], *purchases["product"]}
    assert found.height == visits["customer_id"].n_unique() * len(products)


@pytest.fixture
def followed(make_store: Callable[[Rows], Store], visits: Callable[..., dict[str, Any]]) -> Store:
    """Eight customers, each another case, product "annuity" (page /old)."""
    cases = [
        ("looked, bought later", [(50, "old")]),
        ("looked, bought that day", [(50, "old")]),
        ("looked, bought too late", [(50, "old")]),
        ("looked, never bought", [(50, "home"), (40, "old")]),
        ("looked just now", [(3, "old")]),
        ("bought, then looked", [(50, "home"), (30, "old")]),
        ("had it", [(50, "old")]),
        ("never looked", [(50, "home kids")]),
    ]
    rows = [
        visits(n * 10 + k, back, who, pages, customer_id=who, segment="member")
        for n, (who, days) in enumerate(cases, 1)
        for k, (back, pages) in enumerate(days)
    ]
    last = visits(999, 0, "nobody", "home")
    return with_purchases(
        make_store([*rows, last]),
        ("looked, bought later", "annuity", ago(40)),
        ("looked, bought that day", "annuity", ago(50)),
        ("looked, bought too late", "annuity", ago(20)),
        ("bought, then looked", "annuity", ago(45)),
        ("had it", "annuity", ago(300)),
    )


def test_each_case_counts_where_it_belongs(followed: Store) -> None:
    report = reports.interest_to_purchase(followed, reports.Filters(ago(60), LAST))
    (row,) = report.frame.to_dicts()
    counts = ("viewers", "viewers_bought", "on_same_day", "others", "others_bought", "had_before")
    assert [row[name] for name in counts] == [4, 2, 1, 2, 1, 1]
    assert (row["unfinished"], row["others_unfinished"]) == (1, 0)
    assert (row["viewed_rate"], row["others_rate"], row["ratio"]) == (0.5, 0.5, 1.0)
    assert row["ratio_low"] < 1 < row["ratio_high"]
    assert row["small"]
    assert "Too few" in row["sentence_en"]
    late = next(w for w in report.warnings if w.code == "interest_unfinished")
    assert late.values == {"late": 1, "days": 14, "last": LAST}


def test_purchases_of_the_first_day_can_be_left_out(followed: Store) -> None:
    period = reports.Filters(ago(60), LAST)
    (row,) = reports.interest_to_purchase(followed, period, later_only=True).frame.to_dicts()
    assert (row["viewers"], row["viewers_bought"], row["on_same_day"]) == (3, 1, 1)


def test_a_longer_time_lets_more_purchases_follow(followed: Store) -> None:
    period = reports.Filters(ago(60), LAST)
    (row,) = reports.interest_to_purchase(followed, period, days=30).frame.to_dicts()
    assert (row["viewers"], row["viewers_bought"], row["days"]) == (4, 3, 30)


def test_by_segment_rows_sum_to_those_without(company: Store) -> None:
    whole = reports.interest_to_purchase(company, WHOLE).frame
    parts = reports.interest_to_purchase(company, WHOLE, by="segment").frame
    names = ["viewers", "viewers_bought", "others", "others_bought", "had_before", "unfinished"]
    summed = parts.group_by("product").agg(pl.col(names).sum()).sort("product")
    assert summed.equals(whole.select("product", *names).sort("product"))
    assert parts["segment"].n_unique() > 3


def test_wrong_options_are_refused(store: Store) -> None:
    with pytest.raises(QueryError, match="days is 0"):
        reports.interest_to_purchase(store, days=0)
    with pytest.raises(UnknownNameError, match="segment"):
        reports.interest_to_purchase(store, by="device")


def test_who_looks_buys_more_in_the_sample_company(company: Store) -> None:
    report = reports.interest_to_purchase(company, WHOLE)
    assert report.frame["beyond_chance"].all()
    assert report.frame.select((pl.col("difference_low") > 0.05).all()).item()
    assert {"association_only", "interest_same_day"} <= {w.code for w in report.warnings}
    later = reports.interest_to_purchase(company, WHOLE, later_only=True)
    assert "interest_same_day" not in {w.code for w in later.warnings}


# sentences


def sentence(language: str, **facts: Any) -> str:
    row = {
        "product": "loans", "segment": None, "days": 14, "viewers": 200, "viewers_bought": 30,
        "others": 900, "others_bought": 9, "viewed_rate": 0.15, "others_rate": 0.01,
        "difference": 0.14, "difference_low": 0.096, "difference_high": 0.197, "small": False,
        "beyond_chance": True,
    }  # fmt: skip
    return str(sentences(pl.DataFrame([row | facts]), language)[0])


def test_a_row_is_told_in_english() -> None:
    assert sentence("en") == (
        "Of 200 customers who looked at loans, 30 (15.0%) bought it within 14 days; of 900 who did "
        "not look, 9 (1.00%) did. That is 14.0 percentage points more (95 % interval +9.6 to "
        "+19.7). An association: it does not show that looking makes people buy."
    )
    assert "fewer" in sentence("en", difference=-0.1)
    assert "may be chance" in sentence("en", beyond_chance=False)
    assert "VIP customers" in sentence("en", segment="VIP")
    assert sentence("en", others=0) == (
        "No customers who did not look at loans could be followed for 14 days: nothing to compare."
    )


def test_a_row_is_told_in_korean() -> None:
    assert sentence("ko") == (
        "loans 상품을 조회한 고객 200명 중 30명(15.0%)이 14일 안에 구매했고, 조회하지 않은 900명 "
        "중에서는 9명(1.00%)이 구매했습니다. 조회한 쪽이 14.0%p 높습니다(95% 신뢰구간 +9.6 ~ "
        "+19.7). 연관일 뿐이며, 조회가 구매의 원인이라는 뜻은 아닙니다."
    )
    assert "낮습니다" in sentence("ko", difference=-0.1)
    assert "우연" in sentence("ko", beyond_chance=False)
    assert "표본" in sentence("ko", small=True)
    with pytest.raises(UnknownNameError):
        sentence("fr")


# how long it takes


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=30))
def test_curves_equal_the_slow_reference(people: list[tuple[int, bool]]) -> None:
    watched = pl.DataFrame(
        {
            "product": ["x"] * len(people),
            "days": [days for days, _ in people],
            "is_bought": [bought for _, bought in people],
        }
    )
    curve = kaplan_meier(watched, "product")
    assert dict(curve.select("day", "share").rows()) == pytest.approx(slow_curve(people))
    inside = curve.drop_nulls(["low", "high"])
    assert inside.select(
        ((pl.col("low") <= pl.col("share")) & (pl.col("share") <= pl.col("high"))).all()
    ).item()
    middle = quartile_days(curve, "product")["q50"][0]
    reached = [day for day, share in slow_curve(people).items() if share >= 0.5 - 1e-12]
    assert middle == (min(reached) if reached else None)


def test_a_published_curve_is_reproduced() -> None:
    """Freireich's 6-MP arm, weeks of remission; survival and Greenwood's error as published."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    left = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    watched = pl.DataFrame(
        {
            "product": ["x"] * 21,
            "days": [*ended, *left],
            "is_bought": [True] * len(ended) + [False] * len(left),
        }
    )
    curve = kaplan_meier(watched, "product")
    survival = {day: 1 - share for day, share in curve.select("day", "share").rows()}
    assert [round(survival[week], 3) for week in (6, 7, 10, 13, 16, 22, 23)] == [
        0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448,
    ]  # fmt: skip
    row = curve.filter(day=10).to_dicts()[0]
    deviation = 0.0963 / (0.7529 * abs(math.log(0.7529)))  # of ln(-ln S), from Greenwood's 0.0963
    low, high = (1 - 0.7529 ** math.exp(sign * 1.96 * deviation) for sign in (-1, 1))
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=2e-3)


def test_greenwoods_interval_holds_the_truth_in_95_of_100_companies(simulated: Simulated) -> None:
    """Exponential times, censored at random between 0 and 60 days; the share by day 20."""
    rng = np.random.default_rng(9)
    truth = 1 - math.exp(-20 / 50)
    parts = []
    for number in range(800):
        bought, ended = np.ceil(rng.exponential(50, 150)), rng.integers(0, 60, 150)
        parts.append(
            pl.DataFrame(
                {
                    "product": [str(number)] * 150,
                    "days": np.minimum(bought, ended).astype(int),
                    "is_bought": bought <= ended,
                }
            )
        )
    curve = kaplan_meier(pl.concat(parts), "product").filter(pl.col("day") <= 20)
    at = curve.sort("day").group_by("product").last()
    covered = at.select(pl.lit(truth).is_between("low", "high").mean()).item()
    assert 0.93 <= simulated("time_to_purchase: share", covered) <= 0.97


def test_time_to_purchase_of_each_case(followed: Store) -> None:
    frame = reports.time_to_purchase(followed, reports.Filters(ago(60), LAST)).frame
    (summary,) = frame.filter(part="summary").to_dicts()
    assert (summary["viewers"], summary["viewers_bought"]) == (5, 3)
    assert (summary["days_median"], summary["q25"], summary["q50"]) == (10.0, 10.0, 30.0)
    curve = frame.filter(part="curve")
    assert curve.select("day", "bought", "censored").rows() == [
        (0, 1, 0), (3, 0, 1), (10, 1, 0), (30, 1, 0), (40, 0, 1),
    ]  # fmt: skip
    assert curve["at_risk"].to_list() == [5, 4, 3, 2, 1]


def test_nobody_to_follow_is_said(store: Store, make_store: Callable[[Rows], Store],
                                  visits: Callable[..., dict[str, Any]]) -> None:  # fmt: skip
    nobody = make_store([visits(1, 0, "a", "old")])
    for report in (reports.time_to_purchase(nobody), reports.interest_to_purchase(nobody)):
        assert report.frame.is_empty()
        assert "no_customers" in {warning.code for warning in report.warnings}


# interest against purchases


def test_gaps_equal_the_formula_row_by_row() -> None:
    looked = pl.DataFrame({"product": ["a", "b", "c", "d"], "visitors": [400, 300, 300, 7]})
    bought = pl.DataFrame({"product": ["a", "b", "c", "e"], "buyers": [10, 30, 60, 2]})
    found = {row["product"]: row for row in gaps(looked, bought).to_dicts()}
    views, sales = 1007, 102
    for product, v, b in (("a", 400, 10), ("b", 300, 30), ("c", 300, 60)):
        ratio = (b / sales) / (v / views)
        spread = 1.959964 * math.sqrt(1 / b - 1 / sales + 1 / v - 1 / views)
        row = found[product]
        assert row["ratio"] == pytest.approx(ratio)
        assert (row["low"], row["high"]) == pytest.approx(
            (ratio * math.exp(-spread), ratio * math.exp(spread))
        )
    assert found["a"]["reading"] == "looked at more"
    assert found["c"]["reading"] == "bought more"
    assert (found["a"]["interest_rank"], found["a"]["purchase_rank"]) == (1, 3)
    assert found["a"]["rank_gap"] == 2
    assert (found["d"]["ratio"], found["d"]["small"], found["d"]["low"]) == (0.0, True, None)
    assert (found["e"]["ratio"], found["e"]["beyond_chance"]) == (None, False)


def test_the_ratios_interval_holds_the_truth_in_95_of_100_companies(simulated: Simulated) -> None:
    rng = np.random.default_rng(6)
    interest, purchase = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.25, 0.3, 0.3, 0.15])
    inside = []
    for _ in range(500):
        looked = pl.DataFrame({"product": list("abcd"), "visitors": rng.multinomial(900, interest)})
        bought = pl.DataFrame({"product": list("abcd"), "buyers": rng.multinomial(200, purchase)})
        found = gaps(looked, bought).sort("product")
        true = pl.Series(purchase / interest)
        inside += ((found["low"] <= true) & (true <= found["high"])).to_list()
    assert 0.93 <= simulated("interest_gap: ratio", sum(inside) / len(inside)) <= 0.97


def test_the_sample_companys_annuities_sell_for_their_looks(company: Store) -> None:
    report = reports.interest_gap(company, WHOLE)
    assert report.frame["product"][-1] == "annuity-savings"
    assert report.frame["reading"][-1] == "bought more"
    sold = company.scan("purchases").filter(pl.col("purchased").is_between(*report.query.current))  # type: ignore[misc]
    assert (
        report.frame["buyers"].sum()
        == sold.select("customer_id", "product").unique().collect().height
    )
    vips = reports.interest_gap(company, reports.Filters(WHOLE.start, LAST, segments=("VIP",)))
    assert vips.frame["buyers"].sum() < report.frame["buyers"].sum()
    assert "purchases_of_known" in {warning.code for warning in vips.warnings}


def test_without_purchases_the_report_says_so(store: Store) -> None:
    report = reports.interest_gap(store)
    assert "no_purchases" in {warning.code for warning in report.warnings}
    assert not report.frame["beyond_chance"].any()
