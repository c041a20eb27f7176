"""Two dimensions crossed: against a slow reference, by simulation, and what is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from math import isclose, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from new_store import new_store
from random_register import BOUGHT, STATES, customers_of, purchases_of, registered
from slow_segments import slow_facts

import reports
from reports import Filters
from reports.attributes import NO_PRODUCT
from reports.crossed import crossed
from reports.dimensions import DIMENSIONS, REGISTERED, Dimension
from weblog.errors import QueryError, UnknownNameError
from weblog.store import Store

Row = dict[str, Any]
CAREFUL = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])

ONE = st.fixed_dictionaries(
    {
        "back": st.integers(0, 9),
        "visitor": st.sampled_from("abcdef"),
        "pages": st.lists(st.sampled_from(["home", "kids", "old"]), max_size=3),
        "segment": st.sampled_from(["VIP", "member", None]),
        "channel": st.sampled_from(["Direct", "Email", "Referral"]),
        "campaign": st.sampled_from([None, "autumn", "spring"]),
        "customer_id": st.sampled_from(["c1", "c2", "c3", None]),
        "is_engaged": st.booleans(),
        "conversions": st.integers(0, 2),
    }
)
VISITS = st.lists(ONE, min_size=1, max_size=25)
CROSSED = ("segment", "channel", "campaign", "category", "product", "page", "sex", "product_held")
PAGES = {
    "category": {"kids": "children", "old": "pension"},
    "product": {"old": "annuity"},
    "page": {"home": "/home", "kids": "/kids", "old": "/old"},
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new folder for each example: a register only grows."""
    return lambda: tmp_path_factory.mktemp("cross") / "store"


def values_of(one: Row, name: str, told: list[Row], sold: list[Row]) -> set[str | None]:
    """What a session is in a dimension; nothing where the register does not tell."""
    if name in PAGES:
        return {PAGES[name][page] for page in one["pages"] if page in PAGES[name]} or {None}
    if name in REGISTERED:
        if one["customer_id"] is None:
            return set()
        fact = slow_facts(one["customer_id"], one["date"], [], told, sold)
        if name == "product_held":
            return set((fact["products_held"] or NO_PRODUCT).split(", "))
        return {fact[name]} - {None}
    return {one[name]}


def bucketed(sets: list[set[str | None]], limit: int) -> list[set[Any]]:
    """The commonest ``limit`` values stay, None too; the others become "(other)"."""
    counts: dict[str, int] = defaultdict(int)
    for one in sets:
        for value in one - {None}:
            counts[str(value)] += 1
    kept = {*sorted(counts, key=lambda value: (-counts[value], value))[:limit], None}
    return [{value if value in kept else "(other)" for value in one} for one in sets]


def slow_cell(
    sessions: list[Row], rows: list[set[Any]], columns: list[set[Any]], cell: tuple[Any, Any]
) -> Row:
    n = len(sessions)
    in_row, in_column = ([cell[i] in one for one in side] for i, side in enumerate((rows, columns)))
    inside = [a and b for a, b in zip(in_row, in_column, strict=True)]
    own = [one for one, here in zip(sessions, inside, strict=True) if here]
    pi, pj = sum(in_row) / n, sum(in_column) / n
    scores = [(a - pi) * (b - pj) for a, b in zip(in_row, in_column, strict=True)]
    together: dict[str, float] = defaultdict(float)
    for one, score in zip(sessions, scores, strict=True):
        together[one["visitor"]] += score
    alone = sum(score**2 for score in scores)
    effect = max(1.0, sum(v**2 for v in together.values()) / alone) if alone > 1e-12 else 1.0
    expected = n * pi * pj
    variance = expected * (1 - pi) * (1 - pj) * effect
    return {
        "sessions": len(own),
        "visitors": len({one["visitor"] for one in own}),
        "engaged": sum(one["is_engaged"] for one in own),
        "converted": sum(one["conversions"] > 0 for one in own),
        "row_sessions": sum(in_row),
        "column_sessions": sum(in_column),
        "expected": expected,
        "z": (len(own) - expected) / sqrt(variance) if variance > 1e-12 else None,
    }


@CAREFUL
@given(
    st.tuples(
        st.tuples(VISITS, STATES, BOUGHT),
        st.lists(st.sampled_from(CROSSED), min_size=2, max_size=2, unique=True),
        st.integers(1, 3),
    )
)
def test_cells_equal_the_slow_reference(
    folders: Callable[[], Path],
    fill: Callable[..., Store],
    visits: Callable[..., Row],
    drawn: tuple[tuple[list[Row], list[Row], list[Row]], list[str], int],
) -> None:
    (visited, states, bought), (by, across), limit = drawn
    rows = []
    for number, one in enumerate(visited, 1):
        more = {key: one[key] for key in one if key not in {"back", "visitor", "pages"}}
        made = visits(number, one["back"], one["visitor"], " ".join(one["pages"]), **more)
        rows.append(made | {"visitor": one["visitor"]})
    told, sold = customers_of(states), purchases_of(bought)
    stored = [{key: row[key] for key in row if key != "visitor"} for row in rows]
    store = registered(fill(new_store(folders()), stored), told, sold)
    frame = reports.cross(store, Filters(compare="none"), by=by, across=across, limit=limit).frame

    pages = [row | {"pages": one["pages"]} for row, one in zip(rows, visited, strict=True)]
    sets = [tuple(values_of(one, name, told, sold) for name in (by, across)) for one in pages]
    known = [(one, both) for one, both in zip(pages, sets, strict=True) if all(both)]
    sessions = [one for one, _ in known]
    in_rows, in_columns = (bucketed([both[i] for _, both in known], limit) for i in (0, 1))
    names = [set().union(*side) for side in (in_rows, in_columns)]
    found = {
        tuple("(other)" if row[f"{side}_is_other"] else row[f"{side}_value"] for side in
              ("row", "column")): row for row in frame.to_dicts()
    }  # fmt: skip
    assert found.keys() == {(a, b) for a in names[0] for b in names[1]}
    for cell, row in found.items():
        expected = slow_cell(sessions, in_rows, in_columns, cell)
        for name, value in expected.items():
            if value is None:
                assert row[name] is None or abs(row[name]) < 1e-3
            else:
                assert isclose(row[name], value, abs_tol=1e-6), (cell, name, row[name], value)


def test_cells_are_beyond_chance_in_5_of_100_if_dimensions_are_independent() -> None:
    """Seeded. Each visitor keeps a row and mostly a column, as segments and devices are kept."""
    random = np.random.default_rng(3)
    below = cells = naive = 0
    for _ in range(60):
        people = 500
        sessions = random.geometric(0.5, people)
        visitor = np.repeat(np.arange(people), sessions)
        row = random.choice(3, people, p=[0.6, 0.3, 0.1])[visitor]
        usual = random.choice(3, people, p=[0.5, 0.3, 0.2])[visitor]
        other = random.choice(3, visitor.size, p=[0.5, 0.3, 0.2])
        column = np.where(random.random(visitor.size) < 0.8, usual, other)
        frame = pl.DataFrame({"visitor": visitor}).with_row_index("session").with_columns(
            is_engaged=True, conversions=0
        )  # fmt: skip
        found = crossed(frame, dimension(row), dimension(column))
        below += found.filter(pl.col("p") < 0.05).height
        naive += found.filter((pl.col("z") * pl.col("effect").sqrt()).abs() > 1.96).height
        cells += found.height
    assert 0.03 <= below / cells <= 0.07
    assert naive / cells > 0.1  # sessions taken for independent


def dimension(codes: np.ndarray) -> Dimension:
    sessions = pl.DataFrame({"code": codes.astype(np.uint16)}).with_row_index("session")
    labels = sessions.group_by("code").agg(pl.len().cast(pl.Int64).alias("total")).sort("code")
    return Dimension(
        labels.with_columns(value=pl.col("code").cast(pl.String), is_other=pl.lit(value=False)),
        sessions,
    )


def test_age_bands_stand_in_order_and_show_what_the_company_was_made_to(company: Store) -> None:
    report = reports.cross(company, by="age_band", across="category")
    ages = report.frame["row_value"].unique(maintain_order=True).to_list()
    assert ages == sorted(ages)
    cells = {row[:2]: row[2:] for row in report.frame.select(
        "row_value", "column_value", "ratio", "beyond_chance").rows()}  # fmt: skip
    assert cells["40-49", "children"][0] > 1.2
    assert cells["40-49", "children"][1]
    assert cells["60-69", "pension"][1]
    assert cells["30-39", "products"][1] is False
    told = {warning.code: warning for warning in report.warnings}
    assert set(told) == {"unknown_left_out", "small_cells", "dimensions_overlap"}
    everyone = reports.summary(company).frame.filter(measure="sessions")["value"][0]
    unknown = company.scan("sessions").filter(
        pl.col("date").is_between(report.query.start, report.query.end),
        pl.col("customer_id").is_null(),
    ).collect().height  # fmt: skip
    assert told["unknown_left_out"].values["sessions"] == unknown < everyone


def test_cells_of_dimensions_without_overlap_sum_to_the_sessions(company: Store) -> None:
    frame = reports.cross(company, by="segment", across="device", limit=2).frame
    everyone = reports.summary(company).frame.filter(measure="sessions")["value"][0]
    assert frame["sessions"].sum() == everyone == pytest.approx(frame["expected"].sum())
    assert frame["row_is_other"].to_list() == sorted(frame["row_is_other"])
    assert frame["row_value"].n_unique() == 3


@pytest.mark.parametrize("by", DIMENSIONS)
def test_every_dimension_can_be_crossed(company: Store, by: str) -> None:
    filters = Filters(date(2025, 11, 20), date(2025, 11, 30))
    across = "segment" if by != "segment" else "device"
    frame = reports.cross(company, filters, by=by, across=across, limit=3).frame
    assert frame["row_sessions"].n_unique() >= 2
    assert frame["row_value"].n_unique() <= 5
    shares = frame.filter(row_value=frame["row_value"][0])["row_share"]
    assert shares.sum() == pytest.approx(1.0)


def test_what_cannot_be_crossed_is_refused(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'segment'"):
        reports.cross(store, by="segmnt")
    with pytest.raises(QueryError, match="both 'device'"):
        reports.cross(store, by="device", across="device")
    with pytest.raises(QueryError, match="limit is 0"):
        reports.cross(store, limit=0)


def test_what_no_register_tells_is_said(store: Store) -> None:
    report = reports.cross(store, by="occupation", across="segment")
    assert report.frame.is_empty()
    assert "attribute_unknown" in {warning.code for warning in report.warnings}


def test_the_heat_map_draws_what_matters_and_no_more(company: Store) -> None:
    report = reports.cross(company, by="page", across="entry_page", limit=None)
    assert report.frame.height > 1000
    figure = report.figure_dict("ko")
    assert len(figure["data"]) == 9
    assert len(figure["data"][0]["y"]) == 14
    figure = reports.cross(company).figure_dict()
    mails = next(trace for trace in figure["data"] if trace["name"] == "Email")
    cells = dict(zip(mails["y"], mails["text"], strict=True))
    assert cells["customer"] == "63<br>×2.2"
    assert cells["prospect"] == "8"
