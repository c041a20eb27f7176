"""`weblog rules`, `weblog target` and `weblog contacts`, as they are typed; and killed."""

from __future__ import annotations

import csv
import json
import shutil
import signal
from pathlib import Path

import polars as pl
import pytest
from in_process import Ran, program_here
from mortal import run_mortal

from weblog.doctor import examine
from weblog.store import Store, open_store

CUSTOMERS = """customer_id,joined,grade,birth_year,consent_email,name
C01,2020-01-01,VIP,1980,true,=HYPERLINK("http://evil")
C02,2020-01-01,VIP,1980,true,Kim
C03,2020-01-01,BASIC,1980,true,Lee
C04,2020-01-01,BASIC,1980,false,Park
C05,2020-01-01,BASIC,1999,,Choi
"""
PURCHASES = """purchase_id,customer_id,product,purchased,ended,matures
P1,C01,loans,2024-12-10,,2025-12-10
P2,C02,loans,2024-12-10,2025-06-01,2025-12-10
P3,C03,annuity,2024-12-10,,2026-12-10
"""
RULES = """
[contact]
most = 1
within_days = 14
held_out = 0
[[rules]]
rule = "VIPs"
list = "autumn"
priority = 2
when = "grade = 'VIP'"
offer = "tea"
[[rules]]
rule = "others"
list = "autumn"
priority = 1
when = "grade IS NOT NULL"
offer = "biscuits"
message.ko = "{grade} 고객님"
[[rules]]
rule = "maturing"
list = "maturity"
when = "days_to_maturity <= 20"
"""
STEPS = {
    "nothing is recorded": ("weblog.store.store:commit_frame", "", 0),
    "contacts are, the run does not tell": ("weblog.store.store:Store.upsert", "target_lists", 0),
    "readers do not see it": ("reports.audience.delivery:_publish", "", 0),
    "there is no audit record": ("pathlib:Path.replace", "audit.json", 0),
    "the file has no name": ("pathlib:Path.replace", "PosixPath('l.csv')", 0),
}


def run(folder: Path, *arguments: str, code: int = 0) -> Ran:
    done = program_here(*arguments, folder=folder)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    (folder / "site.toml").write_text('time_zone = "Asia/Seoul"')
    (folder / "rules.toml").write_text(RULES, "utf-8")
    (folder / "customers.csv").write_text(CUSTOMERS, "utf-8")
    (folder / "purchases.csv").write_text(PURCHASES, "utf-8")
    run(folder, "customers", "load", "customers.csv")
    run(folder, "purchases", "load", "purchases.csv")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "company"))


def store_of(folder: Path) -> Store:
    return open_store(folder / "weblog-store")


def ids(file: Path) -> list[str]:
    return [row["customer_id"] for row in csv.DictReader(file.read_text("utf-8").splitlines())]


def recorded(folder: Path) -> pl.DataFrame:
    return store_of(folder).head().scan("contacts").sort("list", "customer_id").collect()


AUTUMN = ("target", "autumn", "--day", "2025-12-01", "--out", "l.csv")


def test_a_list_is_made(folder: Path) -> None:
    shown = run(folder, *AUTUMN, "--column", "name", "--column", "products_held", "--bom").stdout
    assert "5 customers chosen = 2 without consent + 0 contacted lately" in shown
    assert "0 held out + 3 to write to" in shown
    data = (folder / "l.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert [(row["customer_id"], row["offer"], row["name"]) for row in rows] == [
        ("C01", "tea", '\'=HYPERLINK("http://evil")'),
        ("C02", "tea", "Kim"),
        ("C03", "biscuits", "Lee"),
    ]
    assert [row["message_ko"] for row in rows] == ["", "", "BASIC 고객님"]
    assert [row["products_held"] for row in rows] == ["loans", "", "annuity"]
    assert json.loads((folder / "l.csv.audit.json").read_text("utf-8"))["written"] == 3


def test_looking_changes_nothing(folder: Path) -> None:
    facts = json.loads(
        run(folder, "target", "maturity", "--day", "2025-12-01", "--dry-run", "--output", "json",
            "--base-rate", "0.1", "--lift", "0.05").stdout
    )  # fmt: skip
    assert (facts["matched"], facts["written"], facts["file"]) == (1, 1, None)
    assert (facts["base_rate"], facts["least_lift"], facts["needed"]) == (0.1, None, None)
    assert recorded(folder).is_empty()


def test_contacts_made_elsewhere_are_loaded(folder: Path) -> None:
    (folder / "calls.csv").write_text(
        "customer,day,list,channel\nC01,2025-11-30,calls,phone\nC02,never,calls,phone\n"
    )
    load = ("contacts", "load", "calls.csv", "--column", "customer_id=customer")
    done = run(folder, *load, code=12)
    assert "2 rows of calls.csv = 1 new + 0 changed + 0 unchanged + 1 left out" in done.stdout
    shown = run(folder, *AUTUMN).stdout
    assert "1 contacted as often as allowed" in shown
    assert ids(folder / "l.csv") == ["C02", "C03"]


def test_erased_people_are_on_no_list(folder: Path) -> None:
    run(folder, *AUTUMN)
    run(folder, "erase", "--customer", "C02", "--yes", "--receipt", "receipts")
    assert recorded(folder)["customer_id"].to_list() == ["C01", "C03"]
    assert [each for each in examine(store_of(folder)) if each.level == "fault"] == []
    exported = run(folder, "export", "--customer", "C03", "--to", "data").stdout
    assert "contacts: 1 row" in exported
    changed = run(folder, *AUTUMN, code=2).stderr
    assert "l.csv is there already and says something else" in changed  # C02 is in it


def test_rules_are_checked_before_use(folder: Path) -> None:
    check = ("rules", "check", "--day", "2025-12-01")
    shown = run(folder, *check).stdout
    assert "note everybody: list 'autumn', 'others': holds for every one of 5" in shown
    assert "MISTAKE" not in shown
    wrong = RULES.replace("priority = 2", "priority = 1").replace("<= 20", "<= 20 AND FALSE")
    (folder / "rules.toml").write_text(wrong, "utf-8")
    done = run(folder, *check, code=14)
    assert "MISTAKE conflict: list 'autumn', 'VIPs', 'others': both of priority 1" in done.stdout
    assert "MISTAKE never: list 'maturity', 'maturing'" in done.stdout
    assert "rules.toml: 2 mistakes" in done.stderr
    found = json.loads(run(folder, *check, "--output", "json", code=14).stdout)
    assert [each["kind"] for each in found] == ["conflict", "everybody", "never"]
    (folder / "rules.toml").write_text(RULES.replace("grade = 'VIP'", "gradde = 'VIP'"), "utf-8")
    for command in (check, ("rules", "list"), AUTUMN):
        assert "Did you mean 'grade'?" in run(folder, *command, code=3).stderr


def test_rules_without_a_store(tmp_path: Path) -> None:
    assert "Wrote rules.toml" in run(tmp_path, "rules", "init").stdout
    assert "is there already" in run(tmp_path, "rules", "init", code=2).stderr
    assert "tried on no customers" in run(tmp_path, "rules", "check").stdout
    assert "store x" in run(tmp_path, "rules", "check", "--store", "x", code=6).stderr


def test_rules_are_listed_and_explained(folder: Path) -> None:
    day = ("--day", "2025-12-01")
    rows = json.loads(run(folder, "rules", "list", *day, "--output", "json").stdout)
    assert [(row["rule"], row["holds"], row["wins"]) for row in rows] == [
        ("VIPs", 2, 2), ("others", 5, 3), ("maturing", 1, 1),
    ]  # fmt: skip
    shown = run(folder, "rules", "explain", "C02", *day).stdout
    assert "list autumn: VIPs, offers tea" in shown
    assert "others (priority 1): true, but one before it wins" in shown
    assert "maturing (priority 0): unknown, counts as false" in shown
    assert "days_to_maturity = unknown" in shown
    told = json.loads(run(folder, "rules", "explain", "C02", *day, "--output", "json").stdout)
    assert [(row["rule"], row["holds"], row["value"]) for row in told] == [
        ("VIPs", True, "VIP"), ("others", True, "VIP"), ("maturing", None, None),
    ]  # fmt: skip
    assert "no customer 'C99'" in run(folder, "rules", "explain", "C99", *day, code=9).stderr


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_file_and_contacts_agree(folder: Path, step: str) -> None:
    """No file without contacts; and the same command completes what was cut short."""
    before, about, number = STEPS[step]
    done = run_mortal(*AUTUMN, before=before, about=about, number=number, folder=folder)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (folder / "l.csv").exists()
    left = recorded(folder)
    assert left.height == (0 if step == "nothing is recorded" else 3)
    notes = [each.problem for each in examine(store_of(folder)) if each.check == "contacts"]
    assert bool(notes) == (step == "contacts are, the run does not tell")
    run(folder, *AUTUMN)
    assert recorded(folder)["customer_id"].to_list() == ids(folder / "l.csv")
    if left.height:
        assert recorded(folder).equals(left)
    told = store_of(folder).scan("target_lists").collect()
    assert told["run"].to_list() == recorded(folder)["run"].unique().to_list()
    assert [each for each in examine(store_of(folder)) if each.check == "contacts"] == []
    assert list(folder.glob(".new-*")) == []


def test_a_kill_beside_an_older_file_leaves_none_that_disagrees(folder: Path) -> None:
    run(folder, *AUTUMN)
    more = CUSTOMERS.replace("BASIC,1980,false", "BASIC,1980,true")
    (folder / "customers.csv").write_text(more, "utf-8")
    run(folder, "customers", "load", "customers.csv")
    assert "recorded otherwise (1 customers would come" in run(folder, *AUTUMN, code=2).stderr
    before, about, number = STEPS["readers do not see it"]
    again = (*AUTUMN, "--replace")
    done = run_mortal(*again, before=before, about=about, number=number, folder=folder)
    assert done.returncode == -signal.SIGKILL
    assert not (folder / "l.csv").exists()
    run(folder, *AUTUMN)
    assert ids(folder / "l.csv") == ["C01", "C02", "C03", "C04"]
