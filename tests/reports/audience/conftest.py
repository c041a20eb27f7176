"""Rules and customers' profiles drawn at random or written by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import strategies as st

from reports.audience import RuleBook
from reports.audience.columns import SCHEMA

Row = dict[str, Any]


@pytest.fixture(scope="session")
def profile_of() -> Callable[[list[Row]], pl.DataFrame]:
    """Make a profile of what is known of each customer; all else is null."""

    def made(rows: list[Row]) -> pl.DataFrame:
        full = [{"customer_id": f"C{n:03}", **row} for n, row in enumerate(rows)]
        return pl.DataFrame([dict.fromkeys(SCHEMA) | row for row in full], schema=SCHEMA)

    return made


@pytest.fixture(scope="session")
def book_of() -> Callable[..., RuleBook]:
    """Make rules: (rule, list, priority, when, offer), and sections by name."""

    def made(*rules: tuple[str, str, int, str, str | None], **sections: Any) -> RuleBook:
        names = ("rule", "list", "priority", "when", "offer")
        written = [dict(zip(names, rule, strict=True)) for rule in rules]
        return RuleBook.model_validate({"rules": written, **sections})

    return made


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "age": st.none() | st.integers(17, 22),
            "grade": st.sampled_from([None, "VIP", "GOLD", "x"]),
            "has_bought": st.sampled_from([None, True, False]),
            "purchase_value": st.none() | st.sampled_from([0.0, 0.5, 10.0]),
            "joined": st.none() | st.sampled_from([date(2025, 1, 1), date(2025, 6, 1)]),
            "segment": st.sampled_from([None, "member", "VIP"]),
        }
    ),
    max_size=12,
)


@pytest.fixture(scope="session")
def people() -> st.SearchStrategy[list[Row]]:
    return PEOPLE
