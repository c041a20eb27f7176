"""An erasure killed at any step: nobody writes before it is complete, and then all is well.

A process kills itself right before a step, so that every step was once the one not taken.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from byte_search import places_of
from in_process import Ran, program_here
from kim_and_lee import KIM, KIM_TOO, SITE, line, write_company
from mortal import run_mortal

import sessionize
from weblog.errors import ErasureCutShortError
from weblog.ingestion import ingest
from weblog.site import load_site
from weblog.status import status
from weblog.store import Store, open_store

STEPS = {
    "the journal is not in place": ("pathlib:Path.replace", "erasing.json", 0),
    "nothing is gone": ("weblog.erasure.erase:rewrite", "", 0),
    "hits are written, not committed": ("deltalake:DeltaTable.create_write_transaction", "", 0),
    "the journal is half written again": ("pathlib:Path.replace", "erasing.json", 2),
    "hits are gone, rejects are not": ("weblog.erasure.erase:rewrite", "", 1),
    "sessions are not gone": ("weblog.erasure.erase:rewrite", "", 4),
    "the ledger does not tell": ("weblog.erasure.erase:_account", "", 0),
    "others' sessions are not made": ("sessionize:update", "", 1),
    "old versions are there": ("weblog.erasure.erase:forget_history", "", 0),
    "some old versions are gone": ("weblog.erasure.erase:forget_history", "", 5),
    "a log of commits is half gone": ("pathlib:Path.unlink", "_delta_log", 3),
    "it was not searched": ("weblog.erasure.erase:search", "", 0),
    "there is no receipt": ("weblog.erasure.erase:written", "", 0),
    "the receipt is not noted": ("weblog.erasure.erase:_note", "", 0),
    "the journal is not destroyed": ("weblog.erasure.erase:forget", "", 0),
    "the journal is not removed": ("pathlib:Path.unlink", "erasing.json", 0),
}
HALF = STEPS["the ledger does not tell"]

LATER = line(4, 0, "/", cookie="cookie-of-lee", client="203.0.113.9", user="L20002")


def weblog(folder: Path, *arguments: str | Path, code: int = 0) -> Ran:
    options = ["--store", "store", *([] if arguments[0] == "compact" else ["--site", "site.toml"])]
    done = program_here(*arguments, *options, folder=folder)
    assert done.returncode == code, done.stderr
    return done


def erase(folder: Path, *arguments: str) -> Ran:
    return weblog(folder, "erase", *arguments, "--yes")


def erase_and_die(folder: Path, step: tuple[str, str, int]) -> None:
    """Erase Kim in a process that does not live to take ``step``."""
    before, about, number = step
    asked = ("erase", "--customer", "K10001", "--yes", "--store", "store", "--site", "site.toml")
    done = run_mortal(*asked, before=before, about=about, number=number, folder=folder)
    assert done.returncode == -signal.SIGKILL, done.stderr


def store_of(folder: Path) -> Store:
    return open_store(folder / "store")


def read_again(folder: Path, *names: str) -> None:
    """What ``weblog ingest`` does, in this process."""
    store, site = store_of(folder), load_site(folder / "site.toml")
    sessionize.load_tables(store, site)
    assert not ingest(store, [folder / name for name in names], site, publish=False).errors
    sessionize.update(store, site)


def rows_of(folder: Path, name: str) -> pl.DataFrame:
    rows = store_of(folder).snapshot().scan(name).collect()
    return rows.sort(rows.columns[:4])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a site, its register, logs, and the store of all but the last one."""
    folder = tmp_path_factory.mktemp("company")
    write_company(folder)
    (folder / "site.toml").write_text(SITE + "\n[retention]\nhits = 1\n")
    (folder / "c.log").write_text(LATER)
    open_store(folder / "store", create=True)
    for name in ("a.log", "b.log"):  # two runs: there are older versions
        read_again(folder, name)
    return folder


@pytest.fixture(scope="module")
def calm(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after an erasure nobody killed."""
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("calm") / "company"))
    erase(folder, "--customer", "K10001")
    return folder


@pytest.fixture
def company(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "company"))


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_killed_before_any_step_it_is_completed_by_the_next_run(
    step: tuple[str, str, int], company: Path, calm: Path
) -> None:
    erase_and_die(company, step)
    cut_short = status(store_of(company)).erasure_cut_short
    assert cut_short is (step not in (STEPS["the journal is not in place"], last_step()))
    if cut_short:
        with pytest.raises(ErasureCutShortError, match="weblog erase"):
            read_again(company, "c.log")
        done = erase(company)  # nobody need be named again
        assert "Completing erasure" in done.stderr
    else:
        done = erase(company, "--customer", "K10001")
    assert "nothing found" in done.stdout
    for _ in range(2):  # also when the logs, and the register, are read again
        assert places_of(company / "store", *KIM, *KIM_TOO) == []
        found = status(store_of(company))
        assert (found.lines, found.erased, found.adds_up, found.unfinished) == (16, 8, True, False)
        for name in ("hits", "sessions", "page_views", "visitors", "customers", "rejects"):
            assert rows_of(company, name).equals(rows_of(calm, name)), name
        read_again(company, "a.log", "b.log")
    assert not list((company / "store").glob("*erasing*"))


def last_step() -> tuple[str, str, int]:
    return STEPS["the journal is not removed"]


def test_the_receipt_is_that_of_the_erasure_that_was_begun(company: Path, calm: Path) -> None:
    erase_and_die(company, HALF)
    number = json.loads((company / "store" / "erasing.json").read_text())["number"]
    erase(company, "--receipt", "elsewhere")  # the folder it was begun with may be gone
    receipt = json.loads((company / "elsewhere" / f"erasure-{number}.json").read_text())
    (undisturbed,) = (calm / "erasure-receipts").iterdir()
    expected = json.loads(undisturbed.read_text())
    assert receipt["search"]["found"] == []
    assert receipt["lines"] == expected["lines"]
    for name, counts in receipt["tables"].items():
        for what in ("rows_removed", "rows_changed", "files_rewritten"):
            assert counts[what] == expected["tables"][name][what], (name, what)
    again = erase(company, "--customer", "K10001")
    assert "0 rows, 0 log lines" in again.stdout
    assert len(list((company / "erasure-receipts").iterdir())) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("ingest", "c.log"),
        ("ingest", "--follow", "c.log"),
        ("rejects", "replay"),
        ("customers", "load", "customers.csv"),
        ("purchases", "load", "purchases.csv"),
        ("retention",),
        ("compact",),
    ],
    ids=" ".join,
)
def test_nothing_is_written_before_it_is_complete(command: tuple[str, ...], company: Path) -> None:
    erase_and_die(company, HALF)
    versions = store_of(company).head().versions
    said = weblog(company, *command, code=13).stderr
    assert "store store: erasure " in said
    assert "was cut short" in said
    assert "`weblog erase --store store`" in said
    assert store_of(company).head().versions == versions


def test_who_looks_is_told_and_sees_what_was_published(company: Path) -> None:
    before = rows_of(company, "hits")
    erase_and_die(company, HALF)
    assert rows_of(company, "hits").equals(before)
    assert "An erasure was cut short: run `weblog erase`" in weblog_status(company)
    found = weblog(company, "doctor", code=1).stdout
    assert "FAULT erasure: erasure " in found
    erase(company)
    assert "cut short" not in weblog_status(company)
    weblog(company, "doctor", "--deep")


def weblog_status(folder: Path) -> str:
    done = program_here("status", "--store", "store", folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_follower_waits_until_it_is_complete(company: Path) -> None:
    options = ["--store", "store", "--site", "site.toml", "--every", "0.2"]
    command = [sys.executable, "-m", "weblog", "ingest", "--follow", "c.log", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=company) as follower:
        try:
            wait_for_lines(company, 17)
            erase_and_die(company, HALF)
            with (company / "c.log").open("a") as log:
                log.write(LATER.replace("10:00:00", "10:05:00"))
            assert follower.stderr is not None
            told = next(said for said in follower.stderr if "erasure" in said)
            assert "was cut short" in told
            assert status(store_of(company)).lines == 17
            erase(company)
            wait_for_lines(company, 18)
        finally:
            follower.send_signal(signal.SIGTERM)
        assert follower.wait(60) == 0
    found = status(store_of(company))
    assert (found.lines, found.erased, found.adds_up) == (18, 8, True)


def wait_for_lines(folder: Path, lines: int) -> None:
    until = time.monotonic() + 60
    while status(store_of(folder)).lines != lines:
        assert time.monotonic() < until
        time.sleep(0.1)
