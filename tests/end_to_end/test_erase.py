"""`weblog erase`: afterwards no byte of the store tells of the person, and all else is as before.

The oracle (byte_search) knows nothing of how erasing works. What a kill in the middle makes of it:
test_erase_killed.py.
"""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from byte_search import places_of
from in_process import Ran, program_here
from kim_and_lee import KIM, KIM_TOO, OTHER_AGENT, TABLES, line, write_company
from new_store import copy_store

from weblog.status import status
from weblog.store import Store, open_store


def run(*arguments: str | Path, check: bool = True) -> Ran:
    done = program_here(*arguments, folder=Path.cwd())
    assert done.returncode == 0 or not check, done.stderr
    return done


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a site, its register, two logs, and the store they make."""
    folder = tmp_path_factory.mktemp("company")
    write_company(folder)
    for name in ("a.log", "b.log"):
        run("ingest", folder / name, *options(folder))  # two runs: there are older versions
    return folder


@pytest.fixture
def company(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "company"))


def options(folder: Path, store: Path | None = None) -> list[str]:
    return ["--store", str(store or folder / "store"), "--site", str(folder / "site.toml")]


def erase(folder: Path, *arguments: str, store: Path | None = None) -> Ran:
    receipts = ["--receipt", str(folder / "receipts"), "--yes"]
    return run("erase", *arguments, *receipts, *options(folder, store))


def rows_of(store: Store, name: str, *without: str) -> pl.DataFrame:
    return store.snapshot().scan(name).drop(without).collect()


def store_of(folder: Path) -> Store:
    return open_store(folder / "store")


# the tests


def test_the_oracle_finds_what_is_there(company: Path) -> None:
    for word in (*KIM, *KIM_TOO[:2]):
        assert places_of(company / "store", word), word


def test_nothing_of_the_person_is_found_any_more(company: Path, place: Path) -> None:
    copy_store(company / "store", place / "erased")
    store = open_store(place / "erased")
    assert places_of(store.folder, *KIM)
    hashed = store.scan("hits").filter(pl.col("user_agent") == OTHER_AGENT)
    (visitor,) = hashed.select("visitor_id").unique().collect().to_series()
    done = erase(company, "--customer", "K10001", store=store.folder)
    assert "nothing found" in done.stdout
    assert places_of(store.folder, *KIM, *KIM_TOO, visitor) == []
    assert status(store).adds_up
    # another page is called nearly as the person is
    kept = store.scan("hits").filter(pl.col("path").str.contains("K10001")).collect()
    assert kept["path"].to_list() == ["/news/K100012"]


def test_what_is_others_stays_as_it_was(company: Path) -> None:
    before = store_of(company)
    hits = rows_of(before, "hits")
    erase(company, "--customer", "K10001")
    after = store_of(company)
    left = rows_of(after, "hits").sort("log_source", "line")
    gone = hits.join(left, on=["log_source", "line"], how="anti")
    # alone on two browsers; of the shared one the visit during which Kim was logged in
    assert sorted(gone["path"].to_list()) == [
        "/",
        "/",
        "/",
        "/claim",
        "/member",
        "/quote",
        "/style.css",
    ]
    texts = ("path", "query", "referrer")
    same = hits.join(left, on=["log_source", "line"], how="semi").sort("log_source", "line")
    assert left.drop(texts).equals(same.drop(texts))
    assert left.filter(pl.col("path").str.contains("erased"))["path"].to_list() == [
        "/staff/customers/(erased)"
    ]
    sessions = rows_of(after, "sessions")
    assert sessions["customer_id"].drop_nulls().unique().sort().to_list() == ["L20002", "P30003"]
    assert rows_of(after, "customers")["customer_id"].to_list() == ["L20002", "P30003"]
    assert rows_of(after, "purchases")["purchase_id"].to_list() == ["CONTRACT-772"]
    assert rows_of(after, "deliveries")["delivery"].to_list() == ["dispatch-552"]
    assert rows_of(after, "rejects")["raw"].to_list() == [b"nor is this"]
    visitors = rows_of(after, "visitors").explode("customers")
    assert "K10001" not in visitors["customers"]


def test_the_shared_browser_stays_the_others(company: Path) -> None:
    erase(company, "--customer", "K10001")
    shared = rows_of(store_of(company), "hits").filter(pl.col("visitor_id") == "shared-browser")
    assert shared.select("path", "customer_id").rows() == [("/claim", "L20002"), ("/", None)]


def test_a_visitor_can_be_erased_alone(company: Path) -> None:
    erase(company, "--visitor", "cookie-of-kim")
    assert places_of(company / "store", "cookie-of-kim") == []
    assert rows_of(store_of(company), "customers").height == 3


def test_it_adds_up_and_the_same_logs_bring_nobody_back(company: Path) -> None:
    erase(company, "--customer", "K10001")
    store = store_of(company)
    versions = store.head().versions
    before = status(store)
    assert (before.lines, before.erased, before.adds_up, before.unfinished) == (16, 8, True, False)
    run("ingest", company / "a.log", company / "b.log", *options(company))
    run("rejects", "replay", "--format", "combined", *options(company))
    after = status(store_of(company))
    assert after == before
    assert {n: v for n, v in store.head().versions.items() if n != "hits"} == {
        n: v for n, v in versions.items() if n != "hits"
    }
    assert "kim" not in json.dumps(rows_of(store, "hits")["visitor_id"].to_list())
    for_each = run("sources", "--output", "json", "--store", company / "store")
    assert sum(row["erased"] for row in json.loads(for_each.stdout)) == 8


def test_reconciliation_still_adds_up(company: Path) -> None:
    erase(company, "--customer", "K10001")
    shown = run("report", "reconciliation", "--output", "json", "--store", company / "store")
    rows = json.loads(shown.stdout)
    rows = rows["rows"] if isinstance(rows, dict) else rows
    total = next(row for row in rows if row["part"] == "total")
    parts = [value for name, value in total.items() if isinstance(value, int) and name != "lines"]
    assert total["lines"] == sum(parts) == 16


def test_the_receipt_tells_what_was_done_and_not_to_whom(company: Path) -> None:
    erase(company, "--customer", "K10001", "--also", "198.51.100.77")
    (path,) = (company / "receipts").iterdir()
    text = path.read_text()
    assert [word for word in (*KIM, *KIM_TOO) if word in text] == []
    receipt = json.loads(text)
    assert receipt["search"]["found"] == []
    assert receipt["search"]["files"] > 50
    assert sum(each["hits"] for each in receipt["lines"].values()) == 7
    assert sum(each["rejects"] for each in receipt["lines"].values()) == 1
    assert receipt["tables"]["customers"]["rows_removed"] == 1
    assert receipt["tables"]["hits"]["rows_changed"] == 3
    row = rows_of(store_of(company), "erasures").row(0, named=True)
    assert row["receipt"] == sha256(path.read_bytes()).hexdigest()
    assert (row["erasure"], row["lines"]) == (receipt["erasure"], 8)


def test_several_people_from_a_list(company: Path) -> None:
    (company / "ids.txt").write_text("K10001\nL20002\n\n")
    erase(company, "--file", str(company / "ids.txt"))
    store = store_of(company)
    assert rows_of(store, "customers")["customer_id"].to_list() == ["P30003"]
    # on a browser of both nobody else logged in: it is theirs altogether
    assert "shared-browser" not in rows_of(store, "hits")["visitor_id"].to_list()


def test_somebody_unknown_changes_nothing(company: Path) -> None:
    before = rows_of(store_of(company), "hits")
    erase(company, "--customer", "Z99999")
    assert rows_of(store_of(company), "hits").equals(before)


def test_old_versions_are_gone_and_the_store_works_on(company: Path) -> None:
    erase(company, "--customer", "K10001")
    for table in (company / "store").glob("*/_delta_log"):
        assert len(list(table.glob("*.json"))) <= 2, table
    (company / "c.log").write_text(
        line(4, 0, "/", cookie="new", client="203.0.113.1", user="K10001")
    )
    run("ingest", company / "c.log", *options(company))
    found = status(store_of(company))
    assert (found.lines, found.erased, found.adds_up) == (17, 8, True)


def test_who_is_blocked_does_not_come_back(company: Path) -> None:
    erase(company, "--customer", "K10001", "--block")
    later = [
        line(
            4,
            0,
            "/",
            cookie="new",
            client="203.0.113.1",
            user="K10001",
            referrer="https://a.kr/?K10001",
        ),
        line(4, 1, "/", cookie="cookie-of-kim", client="203.0.113.1"),
        line(4, 2, "/", cookie="new", client="203.0.113.1", user="L20002"),
    ]
    (company / "c.log").write_text("".join(later))
    (company / "customers.csv").write_text(
        TABLES["customers"] + "N4,2025-01-01,2025-01-01,,N,n@x.kr\n"
    )
    run("ingest", company / "c.log", *options(company))
    run("customers", "load", company / "customers.csv", *options(company))
    assert places_of(company / "store", *KIM) == []
    store = store_of(company)
    assert rows_of(store, "customers")["customer_id"].sort().to_list() == ["L20002", "N4", "P30003"]
    new = rows_of(store, "hits").filter(pl.col("date").dt.day() == 4).sort("line")
    told = new.select("visitor_id", "customer_id", "client", "kind").rows()
    assert told == [
        (None, None, None, "page"),
        (None, None, None, "page"),
        ("new", "L20002", "203.0.113.0", "page"),
    ]
    found = status(store)
    assert (found.lines, found.erased, found.adds_up) == (19, 8, True)


def test_a_receipt_inside_the_store_is_refused(company: Path) -> None:
    inside = str(company / "store" / "receipts")
    done = run("erase", "--customer", "K10001", "--receipt", inside, *options(company), check=False)
    assert done.returncode == 2
    assert "outside" in done.stderr
