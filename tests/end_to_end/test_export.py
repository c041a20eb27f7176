"""`weblog export`: a person gets all that is about them, and nothing about others."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from in_process import Ran, program_here
from kim_and_lee import write_company

from sessionize.handed_words import KOREAN_COLUMNS, KOREAN_TABLES
from weblog import schema


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write_company(folder)
    assert run(folder, "ingest", "a.log", "b.log").returncode == 0
    return folder


def run(folder: Path, *arguments: str) -> Ran:
    return program_here(*arguments, "--store", "store", folder=folder)


def test_everything_about_the_person_and_nothing_about_others(company: Path) -> None:
    assert run(company, "export", "--customer", "K10001", "--to", "kim.zip").returncode == 0
    with zipfile.ZipFile(company / "kim.zip") as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert (company / "kim.zip").stat().st_mode & 0o777 == 0o600
    everything = "".join(files.values())
    others = ("L20002", "P30003", "cookie-of-lee", "cookie-of-park", "lee@", "CONTRACT-772")
    assert [word for word in others if word in everything] == []
    paths = [row["path"] for row in json.loads(files["hits.json"])]
    assert paths == ["/", "/quote", "/", "/claim", "/style.css", "/", "/member"]
    (state,) = csv.DictReader(io.StringIO(files["customers.csv"]))
    assert (state["name"], state["email"]) == ("Kim Minsu", "kim.minsu@example.com")
    assert json.loads(files["purchases.json"])[0]["purchase_id"] == "CONTRACT-771"
    assert json.loads(files["deliveries.json"])[0]["delivery"] == "dispatch-551"
    assert "kim.minsu@example.com" in json.loads(files["rejects.json"])[0]["raw"]
    assert "K10001" in files["README.txt"]
    assert "보유하고 있는 정보" in files["README.ko.txt"]


def test_every_column_that_is_handed_over_has_its_meaning(company: Path) -> None:
    assert run(company, "export", "--customer", "K10001", "--to", "kim").returncode == 0
    folder = company / "kim"
    rows = list(csv.DictReader((folder / "columns.csv").open(encoding="utf-8-sig")))
    told = {(row["table"], row["column"]) for row in rows if row["meaning"] and row["뜻"]}
    tables = {file.stem for file in folder.glob("*.csv")} - {"columns"}
    assert {"hits", "sessions", "page_views", "visitors", "customers"} < tables
    for name in tables:
        with (folder / f"{name}.csv").open(encoding="utf-8-sig") as file:
            assert {(name, column) for column in next(csv.reader(file))} <= told


def test_the_words_know_every_table_and_column() -> None:
    columns = {column.name for table in schema.TABLES.values() for column in table.columns}
    assert columns - set(KOREAN_COLUMNS) == set()
    assert set(schema.TABLES) - set(KOREAN_TABLES) == set()


def test_nobody_gets_nothing_and_nothing_is_written_over(company: Path) -> None:
    unknown = run(company, "export", "--customer", "Z9", "--to", "z.zip")
    assert (unknown.returncode, (company / "z.zip").exists()) == (2, False)
    assert "holds nothing about" in unknown.stderr
    assert run(company, "export", "--customer", "L20002", "--to", "lee.zip").returncode == 0
    again = run(company, "export", "--customer", "L20002", "--to", "lee.zip")
    assert again.returncode == 2
    assert "already" in again.stderr
