"""Suggestions on the sample company: nothing held, nothing of the future, a figure that is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import log2
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

import reports
import sample_logs
import weblog
from reports import compact
from reports.recommendations import (
    Lists,
    Recommendations,
    answer,
    lists_of,
    load_recommendations,
    prepared,
    suggestions,
)
from reports.recommendations.customers import GROUP, customers_before
from reports.recommendations.history import history_before
from reports.recommendations.model import fit, ranked
from reports.recommendations.quality import served, summarised
from weblog.errors import UnknownCustomerError
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.site import Site
from weblog.store import Store

DAY = date(2025, 11, 3)
SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2025, 11, 3, 12, tzinfo=SEOUL)


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


@pytest.fixture(scope="module")
def rules(site: Site) -> Recommendations:
    return load_recommendations(None, site)


@pytest.fixture(scope="module")
def lists(company: Store, site: Site, rules: Recommendations) -> Lists:
    return lists_of(company.snapshot(), DAY, site, rules)


def test_nothing_held_and_nothing_read_is_suggested(
    company: Store, lists: Lists, rules: Recommendations
) -> None:
    rows = suggestions(lists, rules)
    bought = company.snapshot().scan("purchases").collect()
    in_force = bought.filter(
        pl.col("purchased") < DAY, pl.col("ended").is_null() | (pl.col("ended") > DAY)
    )
    held = set(in_force.select("customer_id", "product").rows())
    products = set(rows.filter(pl.col("kind") == "product").select("customer_id", "item").rows())
    assert len(held) > 1000
    assert products & held == set()
    views = company.snapshot().scan("page_views").filter(pl.col("date") < DAY)
    whose = company.snapshot().scan("sessions").select("session_id", "customer_id").drop_nulls()
    read = set(views.join(whose, on="session_id").select("customer_id", "path").collect().rows())
    pages = set(rows.filter(pl.col("kind") == "content").select("customer_id", "item").rows())
    assert len(pages) > 1000
    assert pages & read == set()
    assert rows["customer_id"].n_unique() == lists.customers.height
    assert not rows["item"].str.ends_with("/").any(), "left out by the settings"


def test_what_comes_later_changes_nothing(
    company: Store, site: Site, rules: Recommendations, lists: Lists, tmp_path: Path
) -> None:
    past = weblog.open_store(tmp_path / "store", create=True)
    for name in ("customers", "purchases"):
        past.replace_all(name, company.snapshot().scan(name).collect())
    for table in (SESSIONS, PAGE_VIEWS):
        rows = company.snapshot().scan(table.name).filter(pl.col("date") < DAY).collect()
        past.replace_days(table.name, sorted(set(rows["date"])), lambda r=rows: (r, {"made": 1}))
    bought = company.snapshot().scan("purchases").filter(pl.col("purchased") < DAY).collect()
    past.replace_all("purchases", bought)
    before = lists_of(past.snapshot(), DAY, site, rules)
    assert before.rows.equals(lists.rows)
    assert before.quality.equals(lists.quality)
    assert suggestions(before, rules).equals(suggestions(lists, rules))


def test_quality_is_what_counting_by_hand_gives(
    company: Store, site: Site, rules: Recommendations
) -> None:
    snapshot, start, end = company.snapshot(), date(2025, 10, 20), date(2025, 11, 2)
    report = reports.recommendation_quality(
        snapshot, reports.Filters(start, end), site=site, recommendations=rules
    )
    row = report.frame.row(
        by_predicate=(pl.col("goal") == "bought") & (pl.col("method") == "evidence"), named=True
    )
    names = rules.content_categories
    before = history_before(snapshot, start, content=names, look_back_days=rules.look_back_days)
    customers = customers_before(snapshot, start, site)
    model = fit(before, "product", customers.select("person", *GROUP), rules.shrinkage)
    bought = snapshot.scan("purchases").filter(pl.col("purchased").is_between(start, end)).collect()
    held = set(before.held.rows())
    person = dict(customers.select("customer_id", "person").rows())
    wanted: dict[int, set[str]] = {}
    for who, product in bought.select("customer_id", "product").rows():
        if who in person and (person[who], product) not in held:
            wanted.setdefault(person[who], set()).add(product)
    asked = pl.DataFrame({"person": list(wanted)}, schema={"person": pl.UInt64})
    places: dict[int, dict[str, int]] = {}
    for line in ranked(model, asked, before.held, "evidence", 5).to_dicts():
        places.setdefault(line["person"], {})[line["item"]] = line["rank"]
    ndcg = [
        sum(1 / log2(places[who].get(item, 10**9) + 1) for item in items if item in places[who])
        / sum(1 / log2(place + 1) for place in range(1, min(len(items), 5) + 1))
        for who, items in wanted.items()
    ]
    assert row["customers"] == len(wanted) > 5
    assert row["ndcg"] == pytest.approx(np.mean(ndcg))
    first = sum(any(places[who].get(item) == 1 for item in items) for who, items in wanted.items())
    assert row["hits_at_1"] == first


def test_content_beats_popularity_and_products_are_told_to_be_popular(
    company: Store, site: Site, rules: Recommendations
) -> None:
    lists = lists_of(company.snapshot(), date(2025, 12, 1), site, rules)
    assert served(lists.quality, "content") == "evidence"
    assert served(lists.quality, "product") == "popular", "a mailing sold annuities to everybody"
    told = answer(prepared(lists, rules, lists.day), "H10048271", NOON)
    figure = told["quality"]["product"]  # type: ignore[index]
    assert not figure["beats_popular"]
    assert "no method beat it" in figure["says"]
    assert told["quality"]["content"]["ndcg"] > told["quality"]["content"]["ndcg_popular"]  # type: ignore[index]


def test_preferences_that_were_planted_are_found(
    company: Store, site: Site, rules: Recommendations
) -> None:
    # The generator's children's products share their readers; annuities and children do not.
    history = history_before(
        company.snapshot(), date(2025, 12, 1), content=rules.content_categories, look_back_days=90
    )
    customers = customers_before(company.snapshot(), date(2025, 12, 1), site)
    found = fit(history, "content", customers.select("person", *GROUP), 30.0).found
    code = {row["item"]: row["code"] for row in found.items.to_dicts()}
    piece = found.evidence.filter(evidence="viewed", item="annuity-savings")["code"][0]
    lifts = found.log_lift[piece]
    assert lifts[code["/pension/tax-credit"]] > 0.5
    assert lifts[code["/children/health/fever-at-night"]] < 0


@pytest.mark.parametrize("method", ["served", "not asked"])
def test_intervals_of_ndcg_cover_the_truth(method: str) -> None:
    """Simulated: customers whose item stands at a random place of either list."""
    random = np.random.default_rng(11)
    gain = np.array([*(1 / np.log2(np.arange(5) + 2)), 0.0])
    odds = np.array([0.25, 0.2, 0.15, 0.1, 0.05, 0.25])
    popular = np.array([0.2, 0.2, 0.15, 0.1, 0.1, 0.25])
    truth = (gain @ odds) if method == "not asked" else (gain @ odds - gain @ popular)
    inside = 0
    for _ in range(1_000):
        mine, theirs = random.choice(6, 60, p=odds), random.choice(6, 60, p=popular)
        frames = [
            pl.DataFrame(
                {
                    "person": range(60),
                    "ndcg": gain[places],
                    "hit_at_1": places == 0,
                    "hit": places < 5,
                    "candidates": [10] * 60,
                }
            ).with_columns(kind=pl.lit("product"), goal=pl.lit("bought"), method=pl.lit(name))
            for name, places in (("evidence", mine), ("popular", theirs))
        ]
        row = summarised(pl.concat(frames)).row(0, named=True)
        name = "gain" if method == "served" else "ndcg"
        inside += row[f"{name}_low"] <= truth <= row[f"{name}_high"]
    assert 930 <= inside <= 970


def test_a_store_without_sessions_has_nothing_to_evaluate(
    make_store: Callable[[list[object]], Store],
) -> None:
    report = reports.recommendation_quality(make_store([]))
    assert report.frame.is_empty()
    assert "nothing_to_evaluate" in {warning.code for warning in report.warnings}


def test_picked_items_stand_at_their_place_on_their_days_only(
    lists: Lists, rules: Recommendations
) -> None:
    on = suggestions(lists, rules, on=date(2025, 11, 20)).filter(pl.col("reason") == "new")
    assert set(on["item"]) == {"/pension/irp-or-annuity"}
    assert on["rank"].max() == 5
    assert (
        suggestions(lists, rules, on=date(2026, 1, 5))["reason"].is_in(["new", "picked"]).sum() == 0
    )
    ranks = (
        suggestions(lists, rules, on=date(2025, 11, 20)).group_by("customer_id", "kind").agg("rank")
    )
    assert all(each == list(range(1, len(each) + 1)) for each in ranks["rank"].to_list())


def test_one_customer_gets_what_the_whole_list_says(lists: Lists, rules: Recommendations) -> None:
    everybody = suggestions(lists, rules, on=NOON.date())
    for who in lists.customers["customer_id"].head(5):
        mine = suggestions(lists.of(who), rules, on=NOON.date())
        assert mine.equals(everybody.filter(pl.col("customer_id") == who))
    later = NOON + timedelta(days=20)
    made = prepared(lists, rules, NOON.date())
    again = prepared(lists, rules, later.date())
    who = lists.customers["customer_id"][3]
    assert answer(made, who, later) == answer(again, who, later), "other items picked: made anew"
    with pytest.raises(UnknownCustomerError, match="'nobody'"):
        answer(made, "nobody", NOON)


def test_reasons_name_nothing_personal(lists: Lists, rules: Recommendations) -> None:
    said = suggestions(lists, replace_names(rules))["why_en"].unique().to_list()
    for word in ("VIP", "dormant", "female", "30-39", " F ", " M "):
        assert all(word not in text for text in said)


def replace_names(rules: Recommendations) -> Recommendations:
    return rules.model_copy(update={"names": ()})


@pytest.mark.parametrize("chunk", [500, 1_000_000])
def test_what_some_people_looked_at_is_of_what_all_did(
    company: Store, site: Site, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    snapshot = company.snapshot()
    asked = {"content": (), "look_back_days": 20}
    whole = history_before(snapshot, DAY, **asked).seen
    monkeypatch.setattr(compact, "CHUNK", chunk)
    people = customers_before(snapshot, DAY, site).select("person")[::2]
    found = history_before(snapshot, DAY, **asked, people=people).seen
    names = pl.col("evidence", "item").cast(pl.String)
    order = ["person", "session", "evidence", "item"]
    expected = whole.join(people, on="person", how="semi").with_columns(names).sort(order)
    assert 0 < expected.height < whole.height
    assert found.with_columns(names).sort(order).equals(expected)


def test_visitors_without_a_name_are_as_many_people_as_browsers(company: Store) -> None:
    snapshot = company.snapshot()
    seen = history_before(snapshot, DAY, content=(), look_back_days=90).seen
    views = snapshot.scan("page_views").filter(
        pl.col("date") < DAY,
        pl.col("kind") == "page",
        pl.col("product").is_not_null() | pl.col("category").is_not_null(),
    )
    whose = snapshot.scan("sessions").select("session_id", "visitor_id", "customer_id")
    named = pl.coalesce("c " + pl.col("customer_id"), "v " + pl.col("visitor_id"))
    people = views.select("session_id").join(whose, on="session_id").select(named.n_unique())
    assert seen["person"].n_unique() == people.collect().item() > 2_000
