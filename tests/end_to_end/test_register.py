"""The register by the command line, as the company's operator loads it each night."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from postgresql import PASSWORD, running_server

from reports.query import Filters
from reports.registry import REPORTS
from weblog.store import open_store

Run = Callable[..., Any]

SITE = """
time_zone = "Asia/Seoul"
log_format = "combined"

[[segments]]
segment = "VIP"
when = "grade = 'VIP'"

[[segments]]
segment = "customer"
when = "purchases_in_force > 0"

[[segments]]
segment = "member"
when = "customer_id IS NOT NULL"
"""

LOG = "\n".join(
    f'203.0.113.7 - C1 [{day}/Nov/2025:10:00:00 +0900] "GET / HTTP/1.1" 200 9 "-" '
    '"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"'
    for day in ("03", "05", "07")
)

MEMBERS = """\
고객번호,성명,이메일,생년월일,등급,가입일
C1,김민수,minsu@hanbit.example,1980-05-01,BASIC,2020-01-01
C2,이영희,MINSU@hanbit.example,19810203,GOLD,2021-01-01
C3,박서준,seojun@hanbit.example,1990-13-40,GOLD,2021-01-01
C1,김민수,minsu@hanbit.example,1980-05-01,BASIC,2020-01-01
"""

NAMES = [
    word
    for name in (
        "customer_id=고객번호",
        "name=성명",
        "email=이메일",
        "birth_date=생년월일",
        "grade=등급",
        "joined=가입일",
    )
    for word in ("--column", name)
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(SITE)
    (tmp_path / "access.log").write_text(LOG + "\n")
    (tmp_path / "members.csv").write_bytes(MEMBERS.encode("cp949"))
    return tmp_path


def segments(weblog: Run) -> list[str]:
    found = weblog("sql", "select segment from sessions order by start", "--output", "json").json
    return [row["segment"] for row in found]


def test_an_export_with_bad_rows(weblog: Run, folder: Path) -> None:
    run = weblog("customers", "load", "members.csv", *NAMES, "--bad-rows", "bad.csv", code=12)
    assert "4 rows of members.csv = 2 new + 0 changed + 0 unchanged + 2 left out" in run.text
    assert "1 group of customers with the same e-mail address" in run.text
    assert "members.csv: 2 of 4 rows left out" in run.err
    with (folder / "bad.csv").open(encoding="utf-8", newline="") as file:
        faults = list(csv.DictReader(file))
    assert faults == [
        {
            "row": "4",
            "column": "birth_date",
            "value": "1990-13-40",
            "expected": "a day such as 2025-09-30",
        },
        {
            "row": "5",
            "column": "customer_id",
            "value": "C1",
            "expected": "each once; row 2 has it too",
        },
    ]
    assert (folder / "bad.csv").stat().st_mode & 0o077 == 0


def test_the_same_export_again_changes_nothing(weblog: Run, folder: Path) -> None:
    weblog("customers", "load", "members.csv", *NAMES, code=12)
    before = open_store(folder / "weblog-store").head().versions
    run = weblog("customers", "load", "members.csv", *NAMES, "--output", "json", code=12)
    counts = {name: run.json[name] for name in ("rows", "good", "new", "changed", "unchanged")}
    assert counts == {"rows": 4, "good": 2, "new": 0, "changed": 0, "unchanged": 2}
    assert run.json["duplicates"] == {"same_email": 1}
    assert open_store(folder / "weblog-store").head().versions == before


def test_the_screen_shows_the_first_faults_and_how_many_there_are(
    weblog: Run, folder: Path
) -> None:
    rows = "".join(f"C{n},never\n" for n in range(30))
    (folder / "bad.csv").write_text("customer_id,joined\n" + rows)
    run = weblog("customers", "load", "bad.csv", code=12)
    assert "30 faults, the first 20" in run.text
    assert run.text.count("never") == 20


@pytest.mark.parametrize("logs_first", [True, False])
def test_segments_follow_the_register_whichever_comes_first(
    weblog: Run, folder: Path, logs_first: bool
) -> None:
    (folder / "first.csv").write_text("customer_id,joined,grade\nC1,2020-01-01,BASIC\n")
    (folder / "next.csv").write_text("customer_id,joined,grade\nC1,2020-01-01,VIP\n")
    (folder / "bought.csv").write_text("purchase_id,customer_id,purchased\nP1,C1,2025-11-04\n")
    steps = [
        ("customers", "load", "first.csv", "--as-of", "2025-11-01"),
        ("purchases", "load", "bought.csv"),
        ("customers", "load", "next.csv", "--as-of", "2025-11-06"),
    ]
    log = ("ingest", "access.log")
    for step in [log, *steps] if logs_first else [*steps, log]:
        weblog(*step)
    assert segments(weblog) == ["member", "customer", "VIP"]


def test_a_parquet_file(weblog: Run, folder: Path) -> None:
    pl.DataFrame({"customer_id": [1.0, 2.0], "name": ["김민수", None]}).write_parquet(
        folder / "members.parquet"
    )
    assert (
        "2 rows of members.parquet = 2 new" in weblog("customers", "load", "members.parquet").text
    )


def test_duplicates_and_quality_are_told(weblog: Run, folder: Path) -> None:
    weblog("customers", "load", "members.csv", *NAMES, code=12)
    assert weblog("customers", "duplicates", "--output", "json").json == [
        {
            "reason": "same_email",
            "shared": "minsu@hanbit.example",
            "customers": 2,
            "customer_ids": ["C1", "C2"],
        }
    ]
    found = weblog("customers", "quality", "--column", "sex", "--output", "json").json
    assert [(row["dimension"], row["right"], row["checked"], row["share"]) for row in found] == [
        ("completeness", 0, 2, 0.0),
        ("validity", 0, 0, None),
    ]
    listed = weblog("customers", "quality", "--list", "--column", "sex", "--output", "csv").text
    assert [row["id"] for row in csv.DictReader(listed.splitlines())] == ["C1", "C2"]


def test_nobody_looks_like_another(weblog: Run, folder: Path) -> None:
    (folder / "one.csv").write_text("customer_id\nC1\n")
    weblog("customers", "load", "one.csv")
    assert weblog("customers", "duplicates").text == "No two customers look like one person.\n"


def test_names_stay_out_of_reports(weblog: Run, folder: Path) -> None:
    weblog("customers", "load", "members.csv", *NAMES, code=12)
    weblog("ingest", "access.log")
    store = open_store(folder / "weblog-store")
    for spec in REPORTS.values():
        shown = str(spec.function(store, Filters()).frame.rows())
        assert "김민수" not in shown
        assert "hanbit.example" not in shown
        assert "date(1980, 5, 1)" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.csv",), "none.csv: 1 fault.\n  the file is not there"),
        (("members.csv", "--column", "고객번호"), "expected OURS=THEIRS"),
        (("members.csv", "--column", "name=a", "--column", "name=b"), "is given two names"),
        (("members.csv", "--as-of", "2999-01-01"), "2999-01-01 is still to come"),
        (("members.csv", "--table", "x"), "are for databases"),
        (("mysql://u:geheim@h/x", "--table", "x"), "no such kind of database"),
        (("sqlite:///members.db", "--table", "x"), "the file is not there"),
    ],
)
def test_what_cannot_be_loaded_leaves_no_store(
    weblog: Run, folder: Path, words: tuple[str, ...], said: str
) -> None:
    run = weblog("customers", "load", *words, code=None)
    assert run.code not in (0, 1, 12)
    assert said in run.err
    assert "geheim" not in run.err
    assert not (folder / "weblog-store").exists()


def test_a_register_in_postgresql(
    weblog: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_server() as server:
        server.run("create table members (cust_no int, name text, joined date)")
        server.run("insert into members values (1, '김민수', '2020-01-01'), (null, '이', null)")
        mapped = ("--table", "members", "--column", "customer_id=cust_no")
        run = weblog("customers", "load", server.url(), *mapped, code=12)
        assert "2 rows of postgresql://weblog@127.0.0.1" in run.text
        assert "1 new + 0 changed + 0 unchanged + 1 left out" in run.text
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        query = ("--query", "select 1 as customer_id, '김민서' as name")
        run = weblog("customers", "load", server.url(password=None), *query)
        assert "0 new + 1 changed" in run.text
        monkeypatch.setenv("PGPASSWORD", "wrong")
        run = weblog("customers", "load", server.url(password=None), *query, code=4)
        assert 'password authentication failed for user "weblog"' in run.err
    for path in (folder / "weblog-store").rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()
