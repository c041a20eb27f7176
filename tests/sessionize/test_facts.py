"""What is known of a customer at any moment equals what going through all rows would tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from slow_segments import slow_default_segment, slow_facts

from sessionize.as_of import complete
from sessionize.facts import BOUGHT, Register, customer_facts, last_visits, product_days
from sessionize.segments import segments_of
from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.schema import SESSIONS
from weblog.site.rules import DEFAULT_SEGMENTS

Rows = list[dict[str, Any]]

FIRST = date(2025, 6, 1)
WHO = st.sampled_from(["C1", "C2"])
# Close to every limit: the day itself, a month, 90 days and a year, and one day to either side.
GAPS = (0, 0, 0, 1, 2, 30, 89, 90, 91, 364, 365, 366)
DAYS = st.sampled_from([FIRST + timedelta(days=days) for days in (*range(8), 31, 90, 91, 365, 370)])


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


@st.composite
def drawn_sessions(draw: st.DrawFn) -> Rows:
    day, rows = FIRST, []
    for number, gap in enumerate(draw(st.lists(st.sampled_from(GAPS), max_size=9))):
        day += timedelta(days=gap)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=number)
        who, views = draw(st.none() | WHO), draw(st.integers(0, 4))
        rows.append(
            {
                "session_id": f"s{number:02}",
                "date": day,
                "start": start,
                "customer_id": who,
                "product_views": views,
            }
        )
    return rows


STATES = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": WHO,
            "valid_from": st.just(date(2020, 1, 1)) | DAYS,
            "joined": maybe(DAYS),
            "grade": st.sampled_from([None, "BASIC", "VIP"]),
            "birth_year": maybe(st.sampled_from([1980, 2004])),
            "birth_date": maybe(st.sampled_from([FIRST.replace(year=1980), date(2004, 2, 29)])),
            "children": maybe(st.integers(0, 3)),
            "last_visit": maybe(DAYS | st.just(date(2023, 1, 1))),
        }
    ),
    max_size=5,
    unique_by=lambda row: (row["customer_id"], row["valid_from"]),
)
PURCHASED = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": WHO,
            "purchased": DAYS,
            "ended": maybe(DAYS),
            "value": maybe(st.sampled_from([1.0, 2.5])),
            "product": st.sampled_from([None, "loans", "annuity"]),
        }
    ),
    max_size=4,
)


def complete_rows(rows: Rows, schema: pl.Schema) -> Rows:
    return [dict.fromkeys(schema) | row for row in rows]


def register_of(customers: Rows, purchases: Rows) -> Register:
    states = pl.DataFrame(customers, schema=CUSTOMERS.schema).sort("customer_id", "valid_from")
    filled = states.with_columns(pl.col("last_visit").forward_fill().over("customer_id"))
    bought = pl.DataFrame(purchases, schema=PURCHASES.schema).select(BOUGHT)
    return Register(filled, bought)


@given(sessions=drawn_sessions(), customers=STATES, purchases=PURCHASED, data=st.data())
def test_facts_and_segments_of_sessions_equal_the_slow_reference(
    sessions: Rows, customers: Rows, purchases: Rows, data: st.DataObject
) -> None:
    """Whatever is worked through at once: sessions from some day on, or all of them."""
    customers = complete_rows(customers, CUSTOMERS.schema)
    purchases = [
        dict.fromkeys(PURCHASES.schema) | {"purchase_id": f"P{number}"} | row
        for number, row in enumerate(purchases)
    ]
    split = data.draw(st.sampled_from([row["date"] for row in sessions] or [FIRST]))
    register = register_of(customers, purchases)
    frame = pl.DataFrame(complete_rows(sessions, SESSIONS.schema), schema=SESSIONS.schema)
    before = frame.lazy().filter(pl.col("date") < split)
    known = frame.filter(pl.col("date") >= split, pl.col("customer_id").is_not_null())
    known = known.with_row_index("row")
    facts = customer_facts(
        known, last_visits(before).collect(), product_days(before).collect(), register
    )
    found = complete(known.join(facts, on="row", maintain_order="left"), is_visit=True)
    segments = segments_of(found, DEFAULT_SEGMENTS)
    for number, row in enumerate(known.to_dicts()):
        earlier = [each for each in sessions if each["start"] < row["start"]]
        wanted = slow_facts(row["customer_id"], row["date"], earlier, customers, purchases)
        told = found.row(number, named=True)
        assert {name: told[name] for name in wanted} == wanted
        assert segments[number] == slow_default_segment(wanted, is_visit=True)
