"""What was asked is remembered by question and day, whatever happens to its file."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from clock import Clock

from dashboard.remembered import DAYS, FILE, MOST, PageQuestion, Remembered
from weblog.remote.place import place

OVERVIEW = PageQuestion("overview")
FLOWS = PageQuestion("paths_page", "flows", "?period=7")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_was_asked_most_comes_first_after_a_restart(tmp_path: Path, clock: Clock) -> None:
    before = Remembered(tmp_path, clock)
    for question in (OVERVIEW, FLOWS, FLOWS, PageQuestion("overview", groups=True)):
        before.note(question)
    in_order = [FLOWS, OVERVIEW, PageQuestion("overview", groups=True)]
    assert before.most_asked() == in_order, "before it is written"
    before.write()
    assert Remembered(tmp_path, clock).most_asked() == before.most_asked() == in_order
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_question_is_forgotten_after_a_week(tmp_path: Path, clock: Clock) -> None:
    remembered = Remembered(tmp_path, clock)
    remembered.note(OVERVIEW)
    remembered.write()
    clock.now += (DAYS - 1) * 86_400
    remembered.note(FLOWS)
    remembered.write()
    assert remembered.most_asked() == [OVERVIEW, FLOWS]
    clock.now += 86_400
    assert remembered.most_asked() == [FLOWS]
    remembered.note(FLOWS)
    remembered.write()
    assert "overview" not in (tmp_path / FILE).read_text()
    (record,) = json.loads((tmp_path / FILE).read_text())
    last = datetime.fromtimestamp(clock.now, UTC).date()
    assert record["days"] == {f"{last - timedelta(days=1)}": 1, f"{last}": 1}


def test_no_more_are_kept_than_can_be_asked(tmp_path: Path, clock: Clock) -> None:
    remembered = Remembered(tmp_path, clock)
    for number in range(MOST + 50):
        remembered.note(PageQuestion("overview", search=f"?page=%2F{number:04}"))
    remembered.note(FLOWS)
    remembered.note(FLOWS)
    remembered.write()
    found = Remembered(tmp_path, clock).most_asked()
    assert (len(found), found[0]) == (MOST, FLOWS)


def test_nothing_is_written_where_nothing_was_asked(tmp_path: Path) -> None:
    Remembered(tmp_path).write()
    assert Remembered(tmp_path).most_asked() == []
    assert list(tmp_path.iterdir()) == []


GOOD = {"page": "overview", "part": "", "search": "", "groups": False, "days": {"2026-11-23": 1}}


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "{}", "[1]", "[{}]", "\ufffd",
        json.dumps([{**GOOD, "days": {"yesterday": 1}}]),
        json.dumps([{**GOOD, "days": {"2026-11-23": "1"}}]),
        json.dumps([{**GOOD, "days": {"2026-11-23": float("inf")}}]),
        json.dumps([{**GOOD, "days": 7}]),
        json.dumps([{**GOOD, "page": None}]),
        json.dumps([{**GOOD, "search": "?page=\ud800"}]),
    ],
)  # fmt: skip
def test_a_damaged_file_is_set_aside_and_begun_anew(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    (tmp_path / FILE).write_bytes(text.encode("utf-8", "surrogatepass"))
    remembered = Remembered(tmp_path, clock)
    assert remembered.most_asked() == []
    (told,) = caplog.records
    assert (told.levelno, told.name) == (logging.WARNING, "dashboard")
    assert f"{FILE} is damaged" in told.message
    assert "asked.damaged.json" in told.message
    kept = (tmp_path / "asked.damaged.json").read_bytes()
    assert kept == text.encode("utf-8", "surrogatepass")
    remembered.note(OVERVIEW)
    remembered.write()
    assert Remembered(tmp_path, clock).most_asked() == [OVERVIEW]
    assert len(caplog.records) == 1


def test_a_file_damaged_meanwhile_is_begun_anew_when_it_is_written(
    tmp_path: Path, clock: Clock
) -> None:
    remembered = Remembered(tmp_path, clock)
    remembered.note(OVERVIEW)
    (tmp_path / FILE).write_text("{")
    remembered.write()
    assert Remembered(tmp_path, clock).most_asked() == [OVERVIEW]


def test_where_it_cannot_be_written_that_is_told_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "no folder").write_text("")
    remembered = Remembered(tmp_path / "no folder", clock)
    for _ in range(2):
        remembered.note(OVERVIEW)
        remembered.write()
    (told,) = caplog.records
    assert "what is asked is not remembered" in told.message


PROGRAM = """
import sys
from pathlib import Path
from dashboard.remembered import PageQuestion, Remembered
remembered = Remembered(Path(sys.argv[1]), lambda: 1_800_000_000.0)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(40):
    remembered.note(PageQuestion("overview"))
    remembered.note(PageQuestion(sys.argv[2]))
    remembered.write()
"""


def test_processes_add_up_what_they_counted(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    processes = [
        subprocess.Popen(
            [*command, name], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("paths_page", "email_page")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n", timeout=60)
        assert process.returncode == 0
    records = json.loads((tmp_path / FILE).read_text())
    counted = {record["page"]: sum(record["days"].values()) for record in records}
    assert counted == {"overview": 80, "paths_page": 40, "email_page": 40}


def test_threads_lose_no_count(tmp_path: Path, clock: Clock) -> None:
    remembered = Remembered(tmp_path, clock)

    def ask() -> None:
        for _ in range(30):
            remembered.note(OVERVIEW)
            remembered.write()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (record,) = json.loads((tmp_path / FILE).read_text())
    assert sum(record["days"].values()) == 120


def test_in_a_bucket_as_in_a_folder(bucket: str, clock: Clock) -> None:
    folder = place(f"{bucket}/store")
    for text in ("{", None):
        if text is not None:
            (folder / FILE).write_text(text)
        remembered = Remembered(folder, clock)
        remembered.note(OVERVIEW)
        remembered.write()
    assert Remembered(folder, clock).most_asked() == [OVERVIEW]
    (record,) = json.loads((folder / FILE).read_text())
    assert list(record["days"].values()) == [2]
    assert (folder / "asked.damaged.json").read_text() == "{"
