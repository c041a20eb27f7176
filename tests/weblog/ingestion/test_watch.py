"""What a follower looks into: what is there, its rotated siblings, what grew since it was read."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from weblog.ingestion.watch import IMPATIENT, SETTLED, Watch

NOW = 1_763_800_000.0


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str = "a line\n", age: float = 3600) -> Path:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (NOW - age, NOW - age))
    return file


def due(watch: Watch, now: float = NOW) -> list[str]:
    return [look.path for look in watch.due(watch.look(), now)]


def read(watch: Watch, now: float = NOW) -> list[str]:
    """Read what is due, as a follower does; return it."""
    looks = watch.due(watch.look(), now)
    for look in looks:
        watch.of(look).done(look, now)
    return [look.path for look in looks]


def test_rotated_siblings_belong_to_a_log_oldest_first() -> None:
    for name in ("access.log", "access.log.1", "access.log.2.gz", "access.log.10.gz"):
        write(name)
    for name in ("error.log", "other.log.1", "access.log.2.gz.md5", ".access.log.swp"):
        write(name)
    expected = ["access.log.10.gz", "access.log.2.gz", "access.log.1", "access.log"]
    assert due(Watch(("access.log",))) == expected


@pytest.mark.parametrize("given", ["logs", "logs/*.log", "logs/a.log"])
def test_files_may_appear_later(given: str) -> None:
    watch = Watch((given,))
    assert due(watch) == []
    assert any(given in problem for problem in watch.problems)
    write("logs/a.log")
    assert due(watch) == ["logs/a.log"]
    assert not watch.problems


def test_a_file_read_is_due_again_when_it_grows() -> None:
    watch = Watch(("access.log",))
    write("access.log")
    assert read(watch) == ["access.log"]
    assert due(watch) == []
    write("access.log", "a line\nanother\n")
    assert due(watch) == ["access.log"]


def test_a_file_read_is_known_by_its_new_name() -> None:
    watch = Watch(("access.log",))
    write("access.log").rename("access.log.1")
    write("access.log", "new\n")
    assert read(watch) == ["access.log.1", "access.log"]
    Path("access.log.1").rename("access.log.2")
    Path("access.log").rename("access.log.1")
    assert due(watch) == []
    write("access.log", "newer\n")
    assert due(watch) == ["access.log"]


def test_what_was_written_after_renaming_is_due() -> None:
    watch = Watch(("access.log",))
    write("access.log")
    read(watch)
    Path("access.log").rename("access.log.1")
    with Path("access.log.1").open("a") as late:
        late.write("the server had it still open\n")
    assert due(watch) == ["access.log.1"]


def test_a_file_emptied_and_written_anew_is_due_at_the_same_size() -> None:
    watch = Watch(("access.log",))
    write("access.log", "a line\n")
    read(watch)
    write("access.log", "z line\n", age=10)
    assert due(watch) == ["access.log"]


def test_an_empty_file_is_not_read() -> None:
    write("access.log", "")
    assert due(Watch(("access.log",))) == []


def test_two_names_of_one_file_are_read_once() -> None:
    write("access.log")
    os.link("access.log", "access.log.1")
    assert len(due(Watch(("access.log",)))) == 1


def test_a_compressed_file_is_read_when_it_has_rested() -> None:
    watch = Watch(("access.log",))
    file = Path("access.log.1.gz")
    file.write_bytes(gzip.compress(b"a line\n"))
    os.utime(file, (NOW, NOW))
    assert due(watch, NOW + SETTLED / 2) == []
    assert read(watch, NOW + SETTLED) == ["access.log.1.gz"]
    os.utime(file, (NOW + 5, NOW + 5))  # a server that compresses what it logs
    assert due(watch, NOW + 6) == []
    later = NOW + IMPATIENT + SETTLED + 1
    os.utime(file, (later, later))
    assert due(watch, later) == ["access.log.1.gz"]


def test_a_file_that_failed_is_tried_again_when_anything_about_it_changes() -> None:
    watch = Watch(("access.log",))
    file = write("access.log")
    (look,) = watch.due(watch.look(), NOW)
    watch.of(look).done(look, NOW, failed="cannot be read (Permission denied)")
    assert due(watch) == []
    file.chmod(0o600)  # changes neither size nor time of modification
    assert due(watch) == ["access.log"]


def test_what_is_gone_is_forgotten() -> None:
    watch = Watch(("access.log",))
    write("access.log")
    read(watch)
    Path("access.log").unlink()
    watch.look()
    assert not watch.read


def test_a_member_of_an_archive_is_not_followed(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile("logs.zip", "w") as archive:
        archive.writestr("a.log", "a line\n")
    watch = Watch(("logs.zip",))
    assert due(watch) == []
    assert "zip archive" in watch.problems[0]
