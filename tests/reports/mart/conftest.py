"""A store whose days can be changed one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from weblog.company_tables import CUSTOMERS
from weblog.schema import SESSIONS
from weblog.store import Store

Rows = list[dict[str, Any]]
LAST = date(2025, 11, 30)


@pytest.fixture
def customers(store: Store) -> Store:
    """The handmade store, with a register of its one customer."""
    row = {"customer_id": "c1", "valid_from": date(2024, 1, 1), "grade": "GOLD", "sex": "F"}
    frame = pl.DataFrame([dict.fromkeys(CUSTOMERS.schema) | row], schema=CUSTOMERS.schema)
    store.replace_all("customers", frame)
    return store


@pytest.fixture
def change_day() -> Callable[..., date]:
    """Change columns of all sessions of a day, counted back from the last one."""

    def changed(store: Store, back: int, **columns: Any) -> date:
        day = LAST - timedelta(days=back)
        rows = store.head().scan("sessions").filter(pl.col("date") == day).collect()
        new = rows.with_columns(pl.lit(value).alias(name) for name, value in columns.items())
        frame = new.cast(dict(SESSIONS.schema))
        store.replace_days("sessions", [day], lambda: (frame, {"made": 2}))
        return day

    return changed
