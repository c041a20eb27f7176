"""Files of tables hold what the reader's role may see, and are recorded."""

from __future__ import annotations

import io
from dataclasses import replace

import polars as pl
import pytest
from logged_in import LogIn

import reports
from dashboard.access.door import Door
from reports.coarse import CoarseStore
from weblog.store import Store


@pytest.fixture
def door(door: Door) -> Door:
    """The small store has four visitors a day: groups of two are shown."""
    return replace(door, least_visitors=2)


@pytest.mark.parametrize("role", ["viewer", "marketer", "analyst", "admin"])
def test_a_file_holds_what_the_role_may_see(as_role: LogIn, store: Store, role: str) -> None:
    answer = as_role(role).get("/download/content_page/categories.parquet")
    assert answer.status_code == 200
    seen = CoarseStore(store.folder, 2) if role == "viewer" else store
    expected = reports.categories(seen.snapshot()).frame
    found = pl.read_parquet(io.BytesIO(answer.data))
    assert found["category"].to_list() == expected["category"].to_list()


def test_what_is_not_for_groups_is_no_file_for_a_viewer(as_role: LogIn) -> None:
    address = "/download/paths_page/paths.csv"
    assert as_role("marketer").get(address).status_code == 200
    assert as_role("viewer").get(address).status_code == 403
    assert as_role("nobody").get(address).status_code in {303, 401}


def test_each_file_is_recorded_with_who_took_it(as_role: LogIn, door: Door) -> None:
    assert door.audit is not None
    before = len(list(door.audit.lines()))
    as_role("marketer").get("/download/content_page/categories.csv?customer=H1")
    lines = [line for line in list(door.audit.lines())[before:] if line["what"] != "login"]
    assert [line["what"] for line in lines] == ["customer_filter", "export"]
    assert (lines[1]["who"], lines[1]["detail"]) == ("marketer", "content_page/categories.csv")
