"""Files, folders, patterns and archives: which files they stand for, and what is told of them."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from weblog.sources import expand

TREE = (
    "logs/access.log logs/access.log.1 logs/access.log.2.gz logs/access.log.10.gz logs/error.log"
    " logs/ssl_error.log.1 logs/.access.log.swp logs/access.log.md5 logs/README logs/site.toml"
    " logs/iis/u_ex251101.log logs/iis/u_ex251102.log logs/iis/.svn/u_ex1.log"
    " logs/web9/other.log logs/web10/other.log logs/access.json"
    " other/a[1].log other/a1.log store/hits/_delta_log/0.json store/hits/part.log empty/.keep"
)
ROTATED = "logs/access.log.10.gz logs/access.log.2.gz logs/access.log.1 logs/access.log"
LOGS = (
    f"logs/access.json {ROTATED} logs/iis/u_ex251101.log logs/iis/u_ex251102.log"
    " logs/web9/other.log logs/web10/other.log"
)
ERRORS = "left out: logs/error.log, logs/ssl_error.log.1 (an error log, which holds no requests)"
NAMES = "left out: logs/README, logs/site.toml (no log by its name)"
MD5 = "left out: logs/access.log.md5 (a checksum, lock or state of another program)"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in TREE.split():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("given", "files"),
    [
        pytest.param("logs", LOGS, id="a folder, its folders after its files"),
        pytest.param("logs/", LOGS, id="a folder with a slash"),
        pytest.param("logs/**", LOGS, id="everything below, quoted"),
        pytest.param("logs/iis/../iis/*1.log", "logs/iis/../iis/u_ex251101.log", id="a pattern"),
        pytest.param("logs/access.log*", ROTATED, id="a pattern of a series"),
        pytest.param("logs/access.log.[0-9]", "logs/access.log.1", id="a pattern with a choice"),
        pytest.param("logs/web?", "logs/web9/other.log", id="a pattern of folders"),
        pytest.param(
            "**/other.log", "logs/web9/other.log logs/web10/other.log", id="folders at any depth"
        ),
        pytest.param(
            "logs/access.log logs/access.log.1", "logs/access.log.1 logs/access.log", id="files"
        ),
        pytest.param("logs/access.log ./logs/access.log", "logs/access.log", id="the same twice"),
        pytest.param("other/a[1].log", "other/a[1].log", id="a file called like a pattern"),
        pytest.param("- logs/access.log -", "- logs/access.log", id="standard input, once"),
        pytest.param("logs/error.log", "logs/error.log", id="what is named is read"),
        pytest.param("logs/.access.log.swp", "logs/.access.log.swp", id="hidden, but named"),
        pytest.param("missing.log", "missing.log", id="missing: opening it says so"),
    ],
)
def test_what_arguments_stand_for(tree: Path, given: str, files: str) -> None:
    found = expand(given.split())
    assert (found.files, found.errors) == (files.split(), [])


def test_what_is_found_and_left_out_is_told(tree: Path) -> None:
    notes = expand(["logs"]).notes
    assert sorted(notes) == sorted(
        [ERRORS, MD5, NAMES, "left out: logs/.access.log.swp, logs/iis/.svn (hidden)"]
    )
    assert expand(["logs/*"]).notes[:3] == [NAMES, MD5, ERRORS]


def test_many_left_out_are_counted(tree: Path) -> None:
    for number in range(1200):
        (tree / f"other/{number}.png").touch()
    (note,) = expand(["other"]).notes
    assert note == (
        "left out: other/0.png, other/1.png, other/2.png, other/3.png, other/4.png and 1,195 more"
        " (no log by its name)"
    )


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("empty", "empty: a folder that holds no log. What was left out is read where it is named"),
        ("store", "store: a folder that holds no log. What was left out is read"),
        ("*.gz", r"\*.gz: no file matches this pattern. Check the path."),
        ("logs/*.toml", r"logs/\*.toml: no file matches this pattern. What was left out is read"),
        ("nowhere/**", r"nowhere/\*\*: no file matches this pattern"),
        ("bad.zip", "bad.zip: a zip archive that is damaged or ends too early"),
        ("nothing.zip", "nothing.zip: a zip archive that holds no log"),
    ],
)
def test_nothing_found_is_an_error_and_keeps_nothing_else(
    tree: Path, given: str, error: str
) -> None:
    (tree / "bad.zip").write_bytes(b"PK\x03\x04 cut short")
    with zipfile.ZipFile(tree / "nothing.zip", "w"):
        pass
    found = expand([given, "logs/access.log"])
    assert found.files == ["logs/access.log"]
    with pytest.raises(type(found.errors[0]), match=error):
        raise found.errors[0]


def test_an_archive_is_like_a_folder_whatever_its_name(tree: Path) -> None:
    with zipfile.ZipFile(tree / "logs/iis/november", "w") as archive:
        for name in ("u_ex251104.log", "W3SVC1/u_ex251103.log", "__MACOSX/._a.log", "readme.html"):
            archive.writestr(name, name)
    expected = ["november/W3SVC1/u_ex251103.log", "november/u_ex251104.log"]
    for given in ("logs/iis/november", "logs/iis/nov*"):
        found = expand([given])
        assert found.files == [f"logs/iis/{name}" for name in expected]
        assert found.notes == [
            "left out: logs/iis/november/__MACOSX/._a.log (hidden)",
            "left out: logs/iis/november/readme.html (no log by its name)",
        ]
    assert set(found.files) < set(expand(["logs"]).files)
    assert expand(found.files).files == found.files


def test_links_are_followed_once_and_pipes_are_not_waited_for(tree: Path) -> None:
    (tree / "logs/web9/up").symlink_to(tree / "logs")
    (tree / "logs/web9/current.log").symlink_to(tree / "logs/access.log")
    os.mkfifo(tree / "logs/web9/pipe")
    (tree / "logs/web9/gone.log").symlink_to(tree / "nowhere")
    found = expand(["logs"])
    assert sorted(found.files) == sorted([*LOGS.split(), "logs/web9/gone.log"])
    assert "left out: logs/web9/pipe (no file but a pipe, socket or device)" in found.notes
