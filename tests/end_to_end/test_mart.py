"""`weblog mart`: built, listed, asked by SQL, removed; nobody erased stays in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from byte_search import places_of
from in_process import Ran, program_here
from kim_and_lee import KIM, KIM_TOO, write_company

from reports.mart import VIEWS


def run(*arguments: str | Path, check: bool = True) -> Ran:
    done = program_here(*arguments, folder=Path.cwd())
    assert done.returncode == 0 or not check, done.stderr
    return done


def options(folder: Path) -> list[str]:
    return ["--store", str(folder / "store"), "--site", str(folder / "site.toml")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write_company(folder)
    for name in ("a.log", "b.log"):
        run("ingest", folder / name, *options(folder))
    return folder


@pytest.fixture
def company(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "company"))


def build(folder: Path, *more: str | Path, check: bool = True) -> Ran:
    return run("mart", "build", *more, *options(folder), check=check)


def test_nobody_erased_stays_in_any_mart(company: Path) -> None:
    elsewhere = company / "bi"
    build(company)
    build(company, "--folder", elsewhere, "--format", "parquet", "--with-customers")
    # older versions and states, which hold the person, too
    (company / "c.log").write_text((company / "b.log").read_text().replace("/Nov/", "/Dec/"))
    run("ingest", company / "c.log", *options(company))
    build(company)
    build(company, "--folder", elsewhere)
    marts = [company / "store" / "mart", elsewhere]
    for mart in marts:
        assert places_of(mart, "K10001"), "the search finds who is there"
        assert places_of(mart, "cookie-of-kim")
    receipts = ["--receipt", company / "receipts", "--yes"]
    done = run("erase", "--customer", "K10001", *receipts, *options(company))
    assert "nothing found" in done.stdout
    for folder in (company / "store", elsewhere):
        assert places_of(folder, *KIM, *KIM_TOO) == []
    left = pl.scan_parquet(elsewhere / "customer_profile" / "*.parquet").collect()
    assert left["customer_id"].to_list() == ["L20002", "P30003"]
    # and a build afterwards finds nothing to do
    again = json.loads(build(company, "--output", "json").stdout)
    assert {row["written"] for row in again} == {0}


def test_an_erasure_says_of_a_mart_that_is_not_there(company: Path) -> None:
    build(company, "--folder", company / "bi")
    (company / "bi").rename(company / "moved")
    receipts = ["--receipt", company / "receipts", "--yes"]
    done = run("erase", "--customer", "K10001", *receipts, *options(company))
    assert f"the mart built in {company / 'bi'} is not there" in done.stderr
    run("mart", "remove", "--folder", company / "bi", "--store", company / "store")
    done = run("erase", "--customer", "L20002", *receipts, *options(company))
    assert "is not there" not in done.stderr


def test_what_a_mart_elsewhere_holds_of_customers_is_asked_for(company: Path) -> None:
    build(company, "--folder", company / "bi", "--format", "parquet")
    assert not (company / "bi" / "customer_profile").exists()
    assert places_of(company / "bi", "L20002", "P30003") == []  # K10001 is in a page's path
    named = build(company, "--folder", company / "bi", "--view", "customer_profile", check=False)
    assert (named.returncode, "--with-customers" in named.stderr) == (2, True)


def test_it_is_listed_and_removed(company: Path) -> None:
    build(company, "--view", "channel_daily", "--view", "sessions_flat")
    listed = json.loads(run("mart", "list", "--output", "json", *options(company)).stdout)
    assert [row["view"] for row in listed] == list(VIEWS)
    built = {row["view"]: (row["built"], row["behind"]) for row in listed if row["built"]}
    assert built == {"channel_daily": (3, 0), "sessions_flat": (3, 0)}
    run("ingest", company / "a.log", *options(company))
    (company / "c.log").write_text((company / "b.log").read_text().replace("02/Nov", "05/Nov"))
    run("ingest", company / "c.log", *options(company))
    listed = json.loads(run("mart", "list", "--output", "json", *options(company)).stdout)
    behind = {row["view"]: row["behind"] for row in listed if row["built"]}
    assert all(0 < days <= 3 for days in behind.values())
    assert "mart" in run("mart", "remove", "--store", company / "store").stdout
    assert not (company / "store" / "mart").exists()


def test_doctor_says_that_a_mart_is_behind_or_damaged(company: Path) -> None:
    build(company)
    assert "mart" not in run("doctor", *options(company)).stdout
    (company / "c.log").write_text((company / "b.log").read_text().replace("/Nov/", "/Dec/"))
    run("ingest", company / "c.log", *options(company))
    assert "NOTE mart" in run("doctor", *options(company)).stdout
    build(company)
    next((company / "store" / "mart" / "sessions_flat").glob("date=*/*.parquet")).unlink()
    done = run("doctor", *options(company), check=False)
    assert (done.returncode, "FAULT mart: sessions_flat" in done.stdout) == (1, True)


def test_sql_knows_the_views_that_nobody_built(company: Path) -> None:
    sql = "select v.path, s.channel from page_views_flat v join sessions_flat s using (session_id)"
    rows = json.loads(run("sql", sql, "--output", "json", *options(company)).stdout)
    assert len(rows) == 13
    tables = json.loads(run("sql", "show tables", "--output", "json", *options(company)).stdout)
    assert set(VIEWS) < {row["name"] for row in tables}
    for name, view in VIEWS.items():
        shown = run("sql", f"describe {name}", "--output", "json", *options(company)).stdout
        assert [row["column_name"] for row in json.loads(shown)] == view.table().schema.names()
    put_together = "select count(*) n from query_table('sessions_' || 'flat')"
    (row,) = json.loads(run("sql", put_together, "--output", "json", *options(company)).stdout)
    assert row["n"] > 5
    assert not (company / "store" / "mart").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["mart", "build", "--view", "sesions_flat"], "Did you mean 'sessions_flat'"),
        (["mart", "build", "--folder", "{}/store/hits"], "inside the store"),
        (["mart", "build", "--folder", "{}"], "holds something else"),
        (["mart", "build", "--from", "2025-11-02", "--to", "2025-11-01"], "before --from"),
        (["mart", "remove"], "is no mart of this store"),
        (["mart", "export", "sqlite:///x.db"], "expected a database postgresql://"),
        (["mart", "export", "postgresql://u:pw-123@127.0.0.1:1/x"], "Connection refused"),
        (["export", "--customer", "x", "--to", "postgresql://u:pw-123@h/x"], "weblog mart export"),
    ],
)
def test_errors_say_what_to_do(company: Path, words: list[str], says: str) -> None:
    chosen = options(company)[: 2 if "remove" in words else 4]
    done = run(*(word.format(company) for word in words), *chosen, check=False)
    assert done.returncode != 0
    assert says in done.stderr
    assert "pw-123" not in done.stdout + done.stderr
    assert not (company / "store" / "copies.json").exists()
