"""`weblog segments` and the reports about segments, as a user runs them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_store import company_store

import sample_logs

DAY = "2025-11-30"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store of the sample company. Read only."""
    return company_store(tmp_path_factory.mktemp("company") / "store").folder


@pytest.fixture
def run(weblog: Callable[..., Any], company: Path, tmp_path: Path) -> Callable[..., Any]:
    """Run a command on the company's store, by the company's rules."""
    shutil.copy(sample_logs.data_folder() / "site.toml", tmp_path)
    return lambda *words, **more: weblog(*words, "--store", company, **more)


def member(run: Callable[..., Any], segment: str) -> tuple[str, str]:
    """Return a customer and the day of a session in this segment."""
    sql = f"SELECT customer_id, date FROM sessions WHERE segment = '{segment}' ORDER BY 1, 2"
    row = run("sql", sql, "--output", "json").json[0]
    return row["customer_id"], row["date"]


def test_list_counts_every_customer_once(run: Callable[..., Any]) -> None:
    rows = run("segments", "list", "--on", DAY, "--output", "json").json
    assert [row["segment"] for row in rows][:2] == ["first-time anonymous", "anonymous"]
    known = run(
        "sql",
        f"SELECT count(DISTINCT customer_id) n FROM customers WHERE valid_from <= '{DAY}'",
        "--output",
        "json",
    ).json[0]["n"]
    assert sum(row["customers"] for row in rows) == known
    assert sum(row["share"] for row in rows) == pytest.approx(1)


@pytest.mark.parametrize("segment", ["churned", "VIP", "prospect", "reactivated", "member"])
def test_explain_names_the_rule_that_decided(run: Callable[..., Any], segment: str) -> None:
    customer, day = member(run, segment)
    out = run("segments", "explain", customer, day).text
    assert out.startswith(f"{customer} on {day}: {segment}\n")
    assert f". {segment}: true " in out
    assert "rules or register have changed" not in out


def test_explain_tells_programs_every_value_and_its_source(run: Callable[..., Any]) -> None:
    customer, day = member(run, "VIP")
    rows = run("segments", "explain", customer, day, "--output", "json").json
    first = [row for row in rows if row["session_id"] == rows[0]["session_id"]]
    assert [row["rule"] for row in first] == sorted(row["rule"] for row in first)
    last = first[-1]
    assert (last["rule_segment"], last["holds"], last["column"]) == ("VIP", True, "grade")
    assert last["value"] == "VIP"
    assert last["source"].startswith("the register's state since ")
    assert {row["holds"] for row in first[:-1]} <= {False, None}


def test_other_rules_than_those_stored_are_noticed(run: Callable[..., Any], tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[[segments]]\nsegment = "known"\nwhen = "customer_id IS NOT NULL"\n')
    customer, day = member(run, "VIP")
    out = run("segments", "explain", customer, day, "--site", other).text
    assert "stored as VIP: rules or register have changed since" in out
    done = run("report", "transitions", "--site", other)
    assert "made by other rules; name them with --site" in done.err


def test_wrong_questions_are_answered_with_what_to_do(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    assert "no customer 'H1'" in run("segments", "explain", "H1", DAY, code=9).err
    assert (
        "is no day: expected one such as" in run("segments", "explain", "H1", "today", code=2).err
    )
    assert "is no day: write 2025-11-30, or today" in run(
        "report", "segments", "--segments-as-of", "yesterday", code=2
    ).err  # fmt: skip
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[segments]]\nsegment = "x"\nwhen = "gradde = 1"\n')
    assert "Did you mean 'grade'?" in run("segments", "list", "--site", wrong, code=3).err


def test_reports_about_segments_come_from_the_command_line(run: Callable[..., Any]) -> None:
    crossed = run("report", "segments_by", "--by", "sex", "--output", "json").json
    assert {row["name"] for row in crossed} == {None, "F", "M"}
    moves = run("report", "transitions", "--from", "2025-10-01", "--to", DAY, "--output", "json")
    assert sum(row["customers"] for row in moves.json) > 2_000
    sets = run("report", "definitions", "--output", "json").json
    assert [row["rules"] for row in sets[:4]] == ["site", "matomo", "ga4", "awstats"]
    today = run("report", "segments", "--segments-as-of", "today")
    assert "not in those their sessions began with" in today.err
