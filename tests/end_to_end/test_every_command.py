"""Every command that works with a store: quiet, and where the store is damaged.

A store that lost a commit is refused; a damaged file is told with its name, never by a crash.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from in_process import Done, run_here

import sample_logs
import sessionize
from weblog import ingest, load_site, open_store
from weblog.cli import weblog

TESTS = Path(__file__).parents[1]
COSTS = TESTS / "sessionize" / "ad_costs" / "data" / "google_en.csv"
HISTORY = TESTS / "weblog" / "history" / "data" / "matomo.csv"
LOADED = ("customers", "purchases", "campaigns", "banners", "mailings", "deliveries")
ON = "2025-11-30"

WRITES = {
    "demo": "--no-dashboard",
    "ingest": "new.log --site site.toml",
    **{f"{name} load": f"{name}.csv" for name in (*LOADED, "contacts")},
    "campaigns costs": str(COSTS),
    "history load": str(HISTORY),
    "rejects replay": "",
    "alerts test": "'few conversions'",
    "mart remove": "",
    "erase": "--customer {customer} --yes",
    "retention": "",
}
"""Commands that write into the tables or beside them, and what each is given."""

READS = {
    "customers card": "{customer}",
    "customers duplicates": "",
    "customers quality": "",
    "status": "",
    "sources": "",
    "rejects": "",
    "report": "summary pages segment_table",
    "send": "--list",
    "alerts check": "--dry-run",
    "alerts history": "",
    "alerts list": "",
    "recommend": "--all --out suggestions.csv",
    "segments explain": "{customer} {day}",
    "segments list": "",
    "rules check": "--day {day}",
    "rules explain": "{customer} --day {day}",
    "rules list": "--day {day}",
    "target": "maturity --dry-run --day {day}",
    "sql": "select(select(count(distinct(path)))from(hits)),count(distinct(channel))from(sessions)",
    "mart build": "--folder mart",
    "mart export": "postgresql://nobody@127.0.0.1:1/none",
    "mart list": "",
    "export": "--customer {customer} --to theirs.zip",
    "compact": "",
}
"""Commands that answer from the tables, and what each is given."""

SERVES = {"dashboard": "--no-open --port 0", "serve": "--port 0"}
"""Commands that go on until they are stopped."""

BESIDE = {"annotations", "views", "accounts", "audit", "doctor", "history list", "history remove"}
"""Those for what is kept beside the tables, and the one that looks at what is wrong."""


def commands(command: click.Command, path: str = "") -> Iterator[str]:
    """Yield every command that works with a store."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}".strip())
    if any(each.name == "store_path" for each in command.params):
        yield path


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample company's rules and tables, a few lines of each, and a store S."""
    folder, data = tmp_path_factory.mktemp("company"), sample_logs.data_folder()
    for file in data.glob("*.toml"):
        shutil.copy(file, folder)
    for file in data.glob("*.csv"):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        (folder / file.name).write_text("".join(lines[:2000]), "utf-8")
    log = (data / "web1" / "access.log").read_bytes().splitlines(keepends=True)
    (folder / "new.log").write_bytes(b"".join(log[:5]))
    (folder / "access.log").write_bytes(b"".join([*log[:4000], b"torn\n"]))
    customer = (folder / "customers.csv").read_text("utf-8").splitlines()[1].partition(",")[0]
    contacts = f"customer_id,day,list,channel\n{customer},{ON},autumn,email\n"
    (folder / "contacts.csv").write_text(contacts, "utf-8")
    site = load_site(folder / "site.toml")
    store = open_store(folder / "S", create=True)
    assert ingest(store, [folder / "access.log"], site, publish=False).errors == ()
    sessionize.load_tables(store, site)
    sessionize.update(store, site)
    return folder


@pytest.fixture
def mine(company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, in which commands run."""
    folder = tmp_path / "company"
    shutil.copytree(company, folder)
    monkeypatch.chdir(folder)
    return folder


def run(name: str, words: str) -> Done:
    customer = Path("customers.csv").read_text("utf-8").splitlines()[1].partition(",")[0]
    given = shlex.split(words.format(customer=customer, day=ON))
    where = () if name.endswith("init") else ("--store", "S")
    return run_here(*name.split(), *given, *where)


def test_every_command_that_works_with_a_store_is_tried_here() -> None:
    known = {*WRITES, *READS, *SERVES}
    found = {each for each in commands(weblog) if not BESIDE & {each, each.split()[0]}}
    assert found == known


@pytest.fixture
def cut_back(mine: Path) -> Path:
    """A store whose newest commit of the hits is gone."""
    commits = sorted((mine / "S" / "hits" / "_delta_log").glob("*.json"))
    assert len(commits) > 1
    commits[-1].unlink()
    return mine


def test_no_command_answers_from_a_store_that_lost_a_commit(cut_back: Path) -> None:
    for name, words in {**WRITES, **READS, **SERVES}.items():
        done = run(name, words)
        assert (name, done.returncode, done.stdout) == (name, 6, "")
        assert "of table hits was published, and its commit is gone. Restore the" in done.stderr


def test_what_is_kept_beside_a_store_that_lost_a_commit_can_be_had(cut_back: Path) -> None:
    for words in ("annotations list", "views list", "accounts list", "audit", "history list"):
        assert run(words, "").returncode == 0
    found = run("doctor", "")
    assert found.returncode == 1
    assert "FAULT published: hits: version" in found.stdout


def flipped(content: bytes) -> bytes:
    """Damage the middle, as a disk does that loses a sector; header and footer are as they were."""
    at, size = len(content) // 2, min(64, len(content) // 8)
    damaged = bytes(255 - each for each in content[at : at + size])
    return content[:at] + damaged + content[at + size :]


def overwritten(content: bytes) -> bytes:
    """Damage the end, where a Parquet file says what is in it."""
    return content[:-100] + b"x" * 100


def zeroed(content: bytes) -> bytes:
    """Lose all of it but its length, as after a power failure."""
    return bytes(len(content))


UNREAD = {"alerts history", "alerts list", "mart list", "send", "compact"}
"""Commands that read nothing but commits here."""


@pytest.mark.parametrize("damage", [flipped, overwritten, zeroed])
def test_a_damaged_file_is_told_by_every_command_that_reads_it(
    damage: Callable[[bytes], bytes], mine: Path
) -> None:
    for file in (mine / "S").glob("[a-z]*/**/*.parquet"):
        file.write_bytes(damage(file.read_bytes()))
    told = set()
    for name, words in READS.items():
        if name == "mart export":
            continue  # there is no database here
        done = run(name, words)
        assert done.returncode in (0, 6), name
        if done.returncode == 6:
            told.add(name)
            assert ".parquet: cannot be read (" in done.stderr, name
            assert "Restore the store from a backup, or read the logs into a new" in done.stderr
    asked = READS.keys() - UNREAD - {"mart export"}
    # What lies in the middle of a file is one column: who asks for others is answered.
    assert told == asked if damage is not flipped else told >= {"report", "sql", "target"}
    assert run("doctor", "--deep").returncode == 1


TOLD_NOTHING = {
    **{name: words for name, words in WRITES.items() if name.endswith((" load", "test", "replay"))},
    "ingest": WRITES["ingest"],
    "alerts check": "",
    "annotations add": f"{ON} autumn",
    "compact": "",
    "export": READS["export"],
    "init": "access.log --site new.toml",
    "mart build": "--folder mart",
    "mart remove": "--folder mart",
    "recommend": READS["recommend"],
    "rules init": "--rules new-rules.toml",
    "target": "maturity --out list.csv --day {day}",
    "erase": WRITES["erase"],
    "retention": "",
}
"""Commands of which a summary alone is printed, in an order in which each can be done."""


def test_quiet_commands_that_do_their_work_say_nothing(mine: Path) -> None:
    for name, words in TOLD_NOTHING.items():
        done = run(f"--quiet {name}", words)
        assert (name, done.returncode, done.stdout, done.stderr) == (name, 0, "", "")
    assert run("compact", "").stdout.startswith("In all ")


def test_quiet_commands_print_what_they_are_asked_for_and_what_is_wrong(mine: Path) -> None:
    assert "page_views" in run("--quiet report", "--output csv").stdout
    assert "S: no such folder" in run_here("--quiet", "status", "--store", "nowhere/S").stderr
    assert run("--quiet doctor", "").stdout == ""
    unmatched = run("--quiet campaigns costs", WRITES["campaigns costs"])
    assert unmatched.stdout.startswith("No session carries campaign ")
    (mine / "purchases.csv").write_text("purchase_id,customer_id,purchased\n1,H1,never\n", "utf-8")
    left_out = run("--quiet purchases load", "purchases.csv")
    assert left_out.returncode == 12
    assert "never" in left_out.stdout
    assert left_out.stdout.startswith("1 fault")
