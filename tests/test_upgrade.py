"""A store that a released version wrote opens, answers as it did, and is gone on with."""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, Field, write_deltalake
from deltalake.schema import PrimitiveType
from in_process import run_here

import weblog
from weblog.doctor import examine
from weblog.store import Store, layout, open_store

STORES = Path(__file__).parent / "fixtures" / "stores"
VERSIONS = sorted(path.name.removesuffix(".tar.gz") for path in STORES.glob("*.tar.gz"))


def made() -> ModuleType:
    """Return the script that made them, which knows how the log goes on."""
    sys.path.append(str(STORES))
    try:
        import make
    finally:
        sys.path.remove(str(STORES))
    return make


make = made()


SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""Debian 12's Python 3.11.2 knows no filters yet; from 3.12 on there must be one."""


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(version: str, tmp_path: Path) -> Path:
    with tarfile.open(STORES / f"{version}.tar.gz") as archive:
        archive.extractall(tmp_path, **SAFELY)  # noqa: S202  our own archives
    return tmp_path


def faults(store: Store) -> list[str]:
    return [str(each) for each in examine(store, deep=True) if each.level != "note"]


def as_recorded(now: Any, then: Any) -> Any:
    """Return the answers of now without the columns that reports have been given since."""
    kept = [
        {name: row.get(name, "column is gone") for name in old}
        for row, old in zip(now["rows"], then["rows"], strict=False)
    ]
    return {"rows": kept + now["rows"][len(kept) :], "warnings": now["warnings"]}


def test_there_is_one_of_this_version() -> None:
    major, minor, _ = weblog.__version__.split(".")
    assert any(each.startswith(f"{major}.{minor}.") for each in VERSIONS), "see STORES / README.md"


def test_it_answers_as_it_did_and_goes_on(folder: Path, version: str) -> None:
    then = json.loads((STORES / f"{version}.json").read_text("utf-8"))
    site = weblog.load_site(folder / "site.toml")
    store = open_store(folder / "store")
    assert faults(store) == []
    now = make.answers(store, site)
    assert then.keys() - now.keys() == set(), "a report is gone"
    changed = [name for name in then if as_recorded(now[name], then[name]) != then[name]]
    assert changed == []

    (folder / "access.log").write_text(make.log(0, 300))
    before = store.snapshot().scan("hits").collect().height
    after = make.read(folder, "access.log")
    assert after.snapshot().scan("hits").collect().height == before + 20
    assert faults(after) == []
    anew = folder / "anew"
    anew.mkdir()
    for name in ("site.toml", "access.log", *make.TABLES):
        (anew / name).write_text((folder / name).read_text())
    assert make.answers(after, site) == make.answers(make.read(anew, "access.log"), site)


def test_reading_it_changes_no_file(folder: Path) -> None:
    def files() -> dict[Path, int]:
        return {
            each: each.stat().st_size for each in folder.rglob("*") if "locks" not in each.parts
        }

    before = files()
    for command in (["status"], ["report", "summary"], ["sql", "select count(*) from contacts"]):
        done = run_here(*command, "--store", folder / "store")
        assert done.returncode == 0, done.stderr
    assert files() == before


def test_a_store_that_a_later_1_x_completed_is_read_and_gone_on_with(folder: Path) -> None:
    store = open_store(folder / "store")
    expected = store.snapshot().scan("sessions").collect()
    for name in ("hits", "sessions", "customers"):
        store.delta(name).alter.add_columns([Field("added_later", PrimitiveType("string"))])
    rows = pa.table({"day": ["2026-03-01"]})
    write_deltalake(str(store.folder / "added_later"), rows)
    marker = store.folder / layout.MARKER
    marker.write_text(json.dumps({"weblog_store": layout.LAYOUT, "tables": "of a later version"}))
    published = json.loads((store.folder / layout.PUBLISHED).read_text())
    newest = {name: store.delta(name).version() for name in published} | {"added_later": 0}
    (store.folder / layout.PUBLISHED).write_text(json.dumps(newest))

    assert open_store(store.folder).snapshot().scan("sessions").collect().equals(expected)
    (folder / "access.log").write_text(make.log(0, 300))
    after = make.read(folder, "access.log")
    assert after.snapshot().scan("hits").collect().height == 299
    assert faults(after) == []
    kept = DeltaTable(str(store.folder / "added_later")).to_pyarrow_table()
    assert kept.equals(rows)
    assert "added_later" in {field.name for field in after.delta("hits").schema().fields}


@pytest.mark.parametrize(("found", "told"), [(2, "newer"), ("x", "newer"), (0, "its layout is 0")])
@pytest.mark.parametrize("command", [["status"], ["report"], ["ingest", "access.log"]])
def test_a_layout_this_version_does_not_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: object, told: str, command: list[str]
) -> None:
    store = open_store(tmp_path / "weblog-store", create=True)
    assert json.loads((store.folder / layout.MARKER).read_text())["weblog_store"] == layout.LAYOUT
    (store.folder / layout.MARKER).write_text(json.dumps({"weblog_store": found, "new": 1}))
    (tmp_path / "access.log").write_text(make.log(0, 3))
    monkeypatch.chdir(tmp_path)
    done = run_here(*command)
    assert done.returncode == 6
    assert told in done.stderr
    assert re.search(rf"Version {re.escape(weblog.__version__)} reads {layout.LAYOUT}", done.stderr)
    assert json.loads((store.folder / layout.MARKER).read_text()) == {
        "weblog_store": found,
        "new": 1,
    }
