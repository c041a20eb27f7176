"""The tables of a card against slow, obvious ones."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from reports.card import sections

END = date(2025, 11, 30)
days = st.integers(0, 60).map(lambda back: END - timedelta(days=back))
names = st.sampled_from([None, "children", "health", "pension"])

views = st.lists(
    st.fixed_dictionaries(
        {
            "session_id": st.sampled_from(["s1", "s2", "s3"]),
            "date": days,
            "category": names,
            "product": names,
            "dwell_s": st.none() | st.integers(0, 90).map(float),
        }
    ),
    max_size=12,
)
VIEWS = {
    "session_id": pl.String,
    "date": pl.Date,
    "category": pl.String,
    "product": pl.String,
    "dwell_s": pl.Float64,
}


@given(views, st.lists(names.filter(bool), unique=True))
def test_interests_equal_the_slow_count(rows: list[dict[str, Any]], held: list[str]) -> None:
    indices = {("category", "health"): 140.0, ("product", "pension"): 60.0}
    affinity = pl.DataFrame(
        [
            {"kind": kind, "name": name, "index": index, "low": index - 9, "high": index + 9}
            for (kind, name), index in indices.items()
        ]
    )
    found = sections.interests(pl.DataFrame(rows, schema=VIEWS), affinity, held, END)
    assert found.columns == sections.names(sections.INTERESTS)
    assert found.schema == pl.Schema([(each.name, each.dtype) for each in sections.INTERESTS])
    seen: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for kind in ("category", "product"):
            if row[kind]:
                seen[kind, row[kind]].append(row)
    told = {(row["kind"], row["name"]): row for row in found.to_dicts()}
    assert told.keys() == seen.keys()
    for (kind, name), theirs in seen.items():
        row = told[kind, name]
        whole = sum(len(each) for (other, _), each in seen.items() if other == kind)
        known = [view["dwell_s"] for view in theirs if view["dwell_s"] is not None]
        weight = sum(0.5 ** ((END - view["date"]).days / 30) for view in theirs)
        assert row["page_views"] == len(theirs)
        assert row["index"] == indices.get((kind, name))
        assert row["sessions"] == len({view["session_id"] for view in theirs})
        assert abs(row["share"] - len(theirs) / whole) < 1e-12
        assert abs(row["weight"] - weight) < 1e-9
        assert row["dwell_s"] == (sum(known) if known else None)
        assert row["last_viewed"] == max(view["date"] for view in theirs)
        assert row["is_held"] == (name in held if kind == "product" else None)
    order = [(row["kind"], -row["weight"]) for row in found.to_dicts()]
    assert order == sorted(order)


contacts = st.lists(
    st.tuples(days, st.sampled_from(["autumn", "winter"]), st.booleans()), max_size=5, unique=True
)
visits = st.lists(st.tuples(days, st.sampled_from([None, "autumn"]), st.integers(0, 2)), max_size=6)
bought = st.lists(days, max_size=4)


@given(contacts, visits, bought, days)
def test_what_came_after_a_contact_equals_the_slow_count(
    made: list[tuple[date, str, bool]],
    seen: list[tuple[date, str | None, int]],
    sold: list[date],
    day: date,
) -> None:
    frame = pl.DataFrame(
        [
            {"day": when, "about": about, "campaign": about, "is_held_out": held}
            for when, about, held in made
        ],
        schema={
            "day": pl.Date,
            "about": pl.String,
            "campaign": pl.String,
            "is_held_out": pl.Boolean,
        },
    ).with_columns(pl.lit(None, pl.String).alias(each) for each in ("channel", "offer", "bounced"))
    sessions = pl.DataFrame(
        seen,
        schema={"date": pl.Date, "campaign": pl.String, "conversions": pl.Int64},
        orient="row",
    )
    purchases = pl.DataFrame({"purchased": sold}, schema={"purchased": pl.Date})
    found = sections.contacts(frame, sessions, purchases, day)
    assert found.height == sum(when <= day for when, _, _ in made)
    week, month = timedelta(days=7), timedelta(days=30)
    for row in found.to_dicts():
        after = [visit for visit in seen if row["day"] <= visit[0] <= day]
        soon = [visit for visit in after if visit[0] <= row["day"] + week]
        assert row["visits_after"] == len(soon)
        assert row["came_by_it"] == any(by == row["about"] for _, by, _ in soon)
        reached = sum(goals for when, _, goals in after if when <= row["day"] + month)
        assert row["conversions_after"] == reached
        theirs = [when for when in sold if row["day"] <= when <= min(day, row["day"] + month)]
        assert row["purchases_after"] == len(theirs)


def test_a_contract_that_ends_later_is_in_force_and_its_end_not_told() -> None:
    rows = pl.DataFrame(
        {
            "purchase_id": ["p1", "p2", "p3"],
            "product": ["loans", "pension", "loans"],
            "purchased": [date(2024, 1, 1), date(2025, 1, 1), date(2025, 12, 24)],
            "ended": [date(2025, 6, 1), date(2025, 12, 5), None],
            "matures": [date(2026, 1, 1), date(2025, 12, 1), None],
            "value": [1.0, 2.0, 3.0],
            "sold_through": ["web", "web", "web"],
        },
        schema_overrides={"matures": pl.Date, "ended": pl.Date},
    )
    found = sections.purchases(rows, END).select(
        "purchase_id", "ended", "is_held", "days_to_maturity"
    )
    assert found.rows() == [("p2", None, True, 0), ("p1", date(2025, 6, 1), False, None)]
