"""Scores and rankings: against plain loops, on random histories."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_recommendations import OWN, SPEAKS, slow_log_lifts, slow_ranking, slow_shares

from reports.recommendations.history import EVIDENCE, KINDS, History
from reports.recommendations.model import METHODS, Model, fit, ranked

DAY = date(2025, 12, 1)
FIRST = DAY - timedelta(days=90)
PEOPLE = range(6)
ITEMS = {"viewed": "abc", "read": "pqr", "category": "xy"}
NARROW = ["segment", "sex", "age_band"]

looks = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.integers(0, 2),  # session
        st.sampled_from([(evidence, item) for evidence in ITEMS for item in ITEMS[evidence]]),
    ),
    max_size=30,
    unique=True,
)
purchases = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from("abd"), st.integers(1, 30)),
    max_size=6,
    unique=True,
)
groups = st.lists(
    st.tuples(st.sampled_from(["VIP", None]), st.sampled_from("FM"), st.just("30-39")),
    min_size=4,
    max_size=4,
)


def history_of(looked: list[Any], bought: list[Any]) -> History:
    seen = [
        {
            "person": person,
            "session": person * 10 + session,
            "date": DAY - timedelta(days=20 - 5 * session),
            "evidence": evidence,
            "item": item,
        }
        for person, session, (evidence, item) in looked
    ]
    rows = [
        {"person": person, "item": item, "purchased": DAY - timedelta(days=days), "ended": None}
        for person, item, days in bought
    ]
    schema = {
        "person": pl.UInt64,
        "session": pl.UInt64,
        "date": pl.Date,
        "evidence": pl.Enum(EVIDENCE),
        "item": pl.Categorical,
    }
    held = {"person": pl.UInt64, "item": pl.String, "purchased": pl.Date, "ended": pl.Date}
    return History(DAY, FIRST, pl.DataFrame(seen, schema), pl.DataFrame(rows, held))


def customers_of(drawn: list[Any]) -> pl.DataFrame:
    rows = [(person, *group) for person, group in enumerate(drawn)]
    schema = {"person": pl.UInt64} | dict.fromkeys(NARROW, pl.String)
    return pl.DataFrame(rows, schema, orient="row")


def expected(
    history: History, kind: str, customers: pl.DataFrame, barred: set[tuple[int, str]]
) -> dict[int, list[tuple[str, float]]]:
    seen = history.seen.to_dicts()
    bought = history.bought.to_dicts()
    lifts = slow_log_lifts(seen, bought, kind, 2.0)
    turned = {(r["person"], r["item"]) for r in seen if r["evidence"] == OWN[kind]}
    if kind == "product":
        turned |= {(r["person"], r["item"]) for r in bought}
    items = sorted({item for _, item in turned})
    own_groups = {row[0]: tuple(row[1:]) for row in customers.rows()}
    shares = slow_shares(turned, own_groups, items, 2.0) if items else {}
    lists = {}
    for person, group in own_groups.items():
        mine = {
            (r["evidence"], r["item"])
            for r in seen
            if r["person"] == person and r["evidence"] in SPEAKS[kind]
        }
        mine |= {("held", r["item"]) for r in bought if r["person"] == person}
        lists[person] = slow_ranking(
            shares[()] if items else {},
            shares[group] if items else {},
            [lifts[piece] for piece in sorted(mine)],
            {item for other, item in barred if other == person},
        )
    return lists


def found(model: Model, barred: pl.DataFrame, most: int) -> dict[int, list[tuple[str, float]]]:
    rows = ranked(model, model.people, barred, "evidence", most)
    lists: dict[int, list[tuple[str, float]]] = {p: [] for p in model.people["person"]}
    for row in rows.to_dicts():
        assert row["rank"] == len(lists[row["person"]]) + 1
        lists[row["person"]].append((row["item"], row["score"]))
    return lists


@settings(max_examples=40, deadline=None)
@given(looked=looks, bought=purchases, drawn=groups, kind=st.sampled_from(KINDS))
def test_lists_are_those_made_by_hand(
    looked: list[Any], bought: list[Any], drawn: list[Any], kind: str
) -> None:
    history, customers = history_of(looked, bought), customers_of(drawn)
    barred = history.held if kind == "product" else history.already_seen("read")
    model = fit(history, kind, customers, 2.0)
    slow = expected(history, kind, customers, set(barred.rows()))
    fast = found(model, barred, 10)
    for person, wanted in slow.items():
        assert [item for item, _ in fast[person]] == [item for item, _ in wanted]
        assert [score for _, score in fast[person]] == pytest.approx([s for _, s in wanted])
    held = set(barred.rows())
    assert all((person, item) not in held for person, rows in fast.items() for item, _ in rows)


@settings(max_examples=25, deadline=None)
@given(looked=looks, bought=purchases, drawn=groups, seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(
    looked: list[Any], bought: list[Any], drawn: list[Any], seed: int
) -> None:
    random = np.random.default_rng(seed)
    shuffled = history_of(
        [looked[place] for place in random.permutation(len(looked))],
        [bought[place] for place in random.permutation(len(bought))],
    )
    history, customers = history_of(looked, bought), customers_of(drawn)
    for kind in KINDS:
        lists = [
            found(fit(each, kind, customers, 2.0), history.held, 2) for each in (history, shuffled)
        ]
        assert lists[0] == lists[1]


def test_a_shorter_list_is_the_beginning_of_a_longer_one() -> None:
    looked = [(p, s, ("viewed", i)) for p in PEOPLE for s in (0, 1) for i in "abc" if (p + s) % 2]
    history, customers = history_of(looked, []), customers_of([("VIP", "F", "30-39")] * 4)
    model = fit(history, "product", customers, 2.0)
    for method in METHODS:
        whole = ranked(model, model.people, history.held, method, 10)
        assert whole["item"].to_list() == ["a", "b", "c"] * 4, "equal scores: by name"
        short = ranked(model, model.people, history.held, method, 2)
        assert short.equals(whole.filter(pl.col("rank") <= 2))
        assert whole.group_by("person").agg(pl.col("score").sum())["score"].to_list() == (
            pytest.approx([1.0] * 4)
        )


def test_who_is_not_known_gets_no_list_and_nobody_knows_nothing() -> None:
    history, customers = history_of([], []), customers_of([])
    model = fit(history, "product", customers, 2.0)
    stranger = pl.DataFrame({"person": [77]}, schema={"person": pl.UInt64})
    assert ranked(model, stranger, history.held, "evidence", 5).is_empty()
