"""Notes on days: what is written is kept, as it was written, by whoever writes beside whom."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from weblog.annotations import FILE, LONGEST, Annotations
from weblog.cli import weblog
from weblog.errors import StoreError, UnknownNameError
from weblog.record_book import WrittenError, one_line
from weblog.store import open_store

NOW = datetime(2025, 12, 1, 9, tzinfo=UTC)
DAY = date(2025, 11, 3)


def test_a_note_is_read_as_it_was_written(tmp_path: Path) -> None:
    notes = Annotations(tmp_path)
    assert notes.all() == []
    spot = notes.add(DAY, None, "  TV 광고 <b>1차</b> ", "kim", NOW)
    prices = notes.add(date(2025, 10, 1), date(2025, 11, 1), "=1+1", "", NOW)
    assert (spot.start, spot.end, spot.text) == (DAY, DAY, "TV 광고 <b>1차</b>")
    assert Annotations(tmp_path).all() == [prices, spot]  # by day, not as written
    assert notes.remove(spot.id) == spot
    assert notes.all() == [prices]
    with pytest.raises(UnknownNameError, match="annotation"):
        notes.remove(spot.id)


@given(
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=12),
    asked=st.tuples(st.integers(0, 40), st.integers(0, 20)),
)
@settings(max_examples=25, deadline=None)
def test_between_finds_the_notes_that_share_a_day(
    tmp_path_factory: pytest.TempPathFactory,
    spans: list[tuple[int, int]],
    asked: tuple[int, int],
) -> None:
    notes = Annotations(tmp_path_factory.mktemp("notes"))
    days = [(DAY + timedelta(start), DAY + timedelta(start + more)) for start, more in spans]
    for number, (start, end) in enumerate(days):
        notes.add(start, end, f"note {number}", "", NOW)
    first, last = DAY + timedelta(asked[0]), DAY + timedelta(sum(asked))
    expected = set()
    for number, (start, end) in enumerate(days):
        day = start
        while day <= end:
            if first <= day <= last:
                expected.add(f"note {number}")
            day += timedelta(1)
    assert {one.text for one in notes.between(first, last)} == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \t ", "empty"),
        ("\u200b", "empty"),
        ("a" * (LONGEST + 1), "too_long"),
        ("가" * 10_000, "too_long"),
        ("null\0byte", "signs"),
        ("two\nlines", "signs"),
        ("\x1b[31mred", "signs"),
        ("safe\u202eexe.txt", "signs"),
        ("\u2066isolated\u2069", "signs"),
        ("\ud800", "signs"),
    ],
)
def test_what_cannot_be_shown_as_text_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(WrittenError) as refused:
        Annotations(tmp_path).add(DAY, None, text, "kim", NOW)
    assert refused.value.code == code
    assert "write" in str(refused.value)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "=HYPERLINK(1)",
        "'; drop table",
        "עברית",
        "👨‍👩‍👧",
        "a" * LONGEST,
    ],
)
def test_what_looks_dangerous_is_only_text(tmp_path: Path, text: str) -> None:
    Annotations(tmp_path).add(DAY, None, text, "kim", NOW)
    assert Annotations(tmp_path).all()[0].text == text


@given(st.text(max_size=30))
@settings(max_examples=80, deadline=None)
def test_a_line_is_refused_or_printable_and_stays_itself(text: str) -> None:
    try:
        kept = one_line(text, "note", 20)
    except WrittenError:
        return
    assert one_line(kept, "note", 20) == kept
    assert 0 < len(kept) <= 20
    assert not {"\0", "\n", "\r", "\x1b", "\u202e"} & set(kept)
    assert json.loads(json.dumps(kept).encode()) == kept


def test_a_span_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrittenError, match="ends before it begins"):
        Annotations(tmp_path).add(DAY, DAY - timedelta(1), "x", "", NOW)


def _write(task: tuple[Path, int]) -> None:
    folder, writer = task
    for number in range(10):
        Annotations(folder).add(DAY, None, f"{writer}/{number}", "", NOW)


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_writers_at_once_lose_nothing(tmp_path: Path, kind: str) -> None:
    tasks = [(tmp_path, writer) for writer in range(4)]
    pool = (
        ThreadPoolExecutor(4)
        if kind == "threads"
        else ProcessPoolExecutor(3, mp_context=get_context("spawn"))
    )
    with pool:
        list(pool.map(_write, tasks))
    texts = sorted(one.text for one in Annotations(tmp_path).all())
    assert texts == sorted(f"{writer}/{number}" for writer in range(4) for number in range(10))


@pytest.mark.parametrize("damage", ["", "{", "{}", "[1]", '[{"id": "x"}]'])
def test_a_damaged_file_is_said_to_be(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE).write_text(damage)
    with pytest.raises(StoreError, match="is damaged"):
        Annotations(tmp_path).all()


def test_at_the_command_line(tmp_path: Path) -> None:
    store = tmp_path / "store"
    open_store(store, create=True)

    def run(*arguments: str, code: int = 0) -> str:
        found = CliRunner().invoke(weblog, ["annotations", *arguments, "--store", str(store)])
        assert found.exit_code == code, found.output
        return found.output

    run("add", "2025-11-03", "TV spot")
    run("add", "2025-11-10", "prices lowered", "--until", "2025-11-16")
    told = json.loads(run("list", "--output", "json"))
    assert [(one["start"], one["end"], one["text"]) for one in told] == [
        ("2025-11-03", "2025-11-03", "TV spot"),
        ("2025-11-10", "2025-11-16", "prices lowered"),
    ]
    assert told[0]["author"].endswith("(command line)")
    later = json.loads(run("list", "--from", "2025-11-16", "--output", "json"))
    assert [one["text"] for one in later] == ["prices lowered"]
    run("add", "2025-11-05", "bell\a", code=1)
    run("add", "3 November", "x", code=2)
    assert "Removed" in run("remove", told[0]["id"])
    assert len(json.loads(run("list", "--output", "json"))) == 1
