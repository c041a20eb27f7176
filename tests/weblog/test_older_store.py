"""A store that an older version made, before some tables were declared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from older_store import NEW, as_older, one_campaign

from reports.cache import key_of
from sessionize.handed import data_of
from weblog.doctor import examine
from weblog.errors import StoreError
from weblog.schema import TABLES
from weblog.site import site_from
from weblog.sql import query
from weblog.status import status
from weblog.store import Store, open_store


@pytest.fixture(params=[True, False], ids=["published", "not published"])
def older(tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    return as_older(tmp_path / "older", published=request.param)


def test_readers_find_no_row_in_what_it_lacks(older: Store) -> None:
    for snapshot in (older.snapshot(), older.head(), older.head("contacts")):
        for name in NEW:
            assert snapshot.scan(name).collect().equals(TABLES[name].empty())
            assert snapshot.files(name) == []
            assert snapshot.marks(name) == {}
            assert snapshot.written_at(name) is None
    assert older.snapshot().rows_by_day("contacts") == {} == older.day_rows("contacts")
    assert older.mark("contacts", "change") is None
    assert status(older).company["contacts"] == 0
    assert query(older.snapshot(), "select count(*) n from contacts")["n"].item() == 0
    assert data_of(older.snapshot(), site_from({}, "site.toml", older.folder), "C1") == {}
    assert not (older.folder / "contacts").exists(), "reading makes nothing"


def test_what_writes_makes_what_it_lacks_and_readers_see_the_same(older: Store) -> None:
    was_published = older.is_published()
    before = key_of(older.snapshot(), "contacts")
    older.replace_days("contacts", [], lambda: (TABLES["contacts"].empty(), {}))
    assert (older.folder / "campaign_costs").exists()
    assert older.scan("contacts").collect().is_empty()
    assert key_of(older.snapshot(), "contacts") != before
    assert older.scan("campaigns").collect()["campaign"].to_list() == ["autumn"]
    assert was_published == ("campaign_costs" in older.snapshot().versions) or not was_published


@pytest.mark.parametrize("way", ["upsert", "revise", "replace_all"])
def test_every_way_of_writing_does(older: Store, way: str) -> None:
    rows = one_campaign("spring")
    if way == "upsert":
        older.upsert("campaigns", rows)
    elif way == "revise":
        older.revise("campaigns", lambda _: (rows, {}))
    else:
        older.replace_all("campaigns", rows)
    assert set(older.head().versions) == set(TABLES)
    assert "spring" in older.head().scan("campaigns").collect()["campaign"].to_list()


def test_a_table_that_is_lost_is_not_taken_for_one_that_never_was(older: Store) -> None:
    older.publish()
    shutil.rmtree(older.folder / "deliveries")
    with pytest.raises(StoreError, match="table deliveries cannot be read"):
        older.snapshot().scan("deliveries")
    with pytest.raises(StoreError, match="table deliveries cannot be read"):
        open_store(older.folder, create=True)


def test_a_table_that_is_lost_after_it_was_made_is_not_empty_either(older: Store) -> None:
    open_store(older.folder, create=True)
    shutil.rmtree(older.folder / "contacts")
    with pytest.raises(StoreError, match="table contacts cannot be read"):
        older.head()


def test_the_doctor_tells_what_an_older_version_did_not_know(older: Store) -> None:
    notes = [(each.level, each.table) for each in examine(older) if each.check == "tables"]
    assert notes == [("note", name) for name in TABLES if name in NEW]
    open_store(older.folder, create=True)
    assert [each for each in examine(older) if each.check == "tables"] == []


def test_opening_the_table_itself_says_what_makes_it(older: Store) -> None:
    with pytest.raises(StoreError, match="an older version made this store"):
        older.delta("contacts")
