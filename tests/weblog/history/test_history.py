"""Days of other tools: read as they wrote them, kept once, replaced by what they tell later."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import run_here

from weblog.errors import SourceError, StoreError, TableError, UnknownNameError, WeblogError
from weblog.history import Export, Histories, read_export
from weblog.history.kept import FILE
from weblog.record_book import WrittenError

DATA = Path(__file__).parent / "data"
AWSTATS = DATA / "awstats112025.www.example.com.txt"
"""Of AWStats 7.8 reading the sample company's logs; its VISITOR section left out."""
GOACCESS = DATA / "report.json"
"""Of GoAccess 1.7 reading them; its other panels left out."""
NOW = datetime(2025, 12, 1, 9, tzinfo=UTC)
LAST = date(2025, 11, 30)


# files as the tools wrote them


def test_awstats() -> None:
    export, digest = read_export(AWSTATS)
    assert (export.tool, export.source, len(digest)) == ("awstats", "awstats:www.example.com", 64)
    assert (min(export.days), max(export.days), len(export.days)) == (date(2025, 11, 1), LAST, 30)
    assert export.days[LAST] == {
        "page_views": 554, "hits": 1076, "bytes": 51_957_274, "sessions": 120,
    }  # fmt: skip
    assert sum(day["sessions"] for day in export.days.values()) == 4865  # its TotalVisits
    assert export.month_visitors == {date(2025, 11, 1): 4172}
    assert (export.as_of, export.is_whole_month) == ("2026-11-23T02:36:03", True)


def test_goaccess() -> None:
    export, _ = read_export(GOACCESS)
    assert (export.tool, export.source, export.left_out) == ("goaccess", "goaccess", 0)
    assert (min(export.days), max(export.days), len(export.days)) == (date(2025, 9, 2), LAST, 90)
    assert export.days[LAST] == {"hits": 1387, "visitors": 153, "bytes": 52_793_119}
    told = json.loads(GOACCESS.read_text("utf-8"))["visitors"]["metadata"]
    for measure in ("hits", "visitors", "bytes"):  # as it sums them up itself
        total = sum(day[measure] for day in export.days.values())
        assert total == told[measure]["total"]["value"]
    assert export.as_of == "2026-11-23T02:31:11"


def test_matomo() -> None:
    of_json, _ = read_export(DATA / "matomo.json")
    of_csv, _ = read_export(DATA / "matomo.csv")
    assert of_json.tool == of_csv.tool == "matomo"
    assert of_json.days[LAST] == {"sessions": 113, "visitors": 111, "page_views": 502}
    assert of_csv.days[LAST] == {"sessions": 113, "visitors": 111, "page_views": 511}  # actions
    assert list(of_json.days) == list(of_csv.days) == [date(2025, 11, day) for day in range(27, 31)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_matomos_pages_export_words(tmp_path: Path, encoding: str, comma: str) -> None:
    rows = [["Date", "Unique visitors", "Visits", "Pageviews", "Bounce Rate"],
            ["2025-11-30", "111", "113", "502", "27%"],
            ["2025-12-01", "", "7", "9", "0%"]]  # fmt: skip
    file = tmp_path / "Export.csv"
    file.write_text("\n".join(comma.join(row) for row in rows), encoding)
    export, _ = read_export(file)
    assert export.days == {
        LAST: {"visitors": 111, "sessions": 113, "page_views": 502},
        date(2025, 12, 1): {"sessions": 7, "page_views": 9},  # not told is not 0
    }


# files that cannot be used


def _awstats(day: str = "20251130 5 6 7 1", lines: int = 1, end: str = "END_DAY\n") -> str:
    return (
        "AWSTATS DATA FILE 7.8 (build 20200416)\n"
        "# If you remove this file, all statistics for date 202511 will be lost/reset.\n"
        f"BEGIN_GENERAL 1\nLastUpdate 20251201000000 1\nEND_GENERAL\n"
        f"BEGIN_DAY {lines}\n{day}\n{end}"
    )


def _goaccess(**row: object) -> str:
    cells = {"hits": {"count": 1}, "visitors": {"count": 1}, "data": "20251130"} | row
    return json.dumps({"general": {"generation_time": 1}, "visitors": {"data": [cells]}})


WRONG: list[tuple[str | bytes, type[WeblogError], str]] = [
    ("", SourceError, "is empty"),
    ("1.2.3.4 - - [30/Nov/2025:00:00:00 +0900] \"GET / HTTP/1.1\"", SourceError, "of no tool"),
    (b"\x1f\x8b\x08", SourceError, "Unpack it first"),
    (b"\xc1\xb6\xc8\xb8,nb_visits", SourceError, "neither UTF-8 nor UTF-16"),
    ("<!DOCTYPE html><html>", SourceError, "goaccess -o report.json"),
    ("<xml>\nAWSTATS DATA FILE 7.8", SourceError, "BuildHistoryFormat=text"),
    ("AWSTATS DATA FILE 7.8\n", SourceError, "without its section BEGIN_DAY"),
    (_awstats(end=""), SourceError, "END_DAY is missing"),
    (_awstats(end="BEGIN_DOMAIN 1\n"), SourceError, "END_DAY is missing"),
    (_awstats(lines=2), SourceError, "says it has 2 lines and has 1"),
    (_awstats("", 0), SourceError, "has no day"),
    (_awstats("20251131 5 6 7 1"), TableError, "line 7 is '20251131 5 6 7 1'"),
    (_awstats("20251130 5 6 -7 1"), TableError, "expected a day as YYYYMMDD"),
    (_awstats("20251130 5 6"), TableError, "pages, hits, bytes and visits"),
    (_awstats("20251130 5 6 7 1\n20251130 5 6 7 1", 2), TableError, "each day once"),
    ('{"general": {"generation', SourceError, "damaged or cut off"),
    ("{}", SourceError, "JSON of no tool"),
    ('{"general": {"generation_time": 1}}', SourceError, "ignore-panel"),
    ('{"general": {}, "visitors": {"data": []}}', SourceError, "has no day"),
    (_goaccess(data="2025113014"), TableError, "leave --date-spec out"),
    (_goaccess(hits={"count": 1.5}), TableError, "visitors.data\\[0\\]"),
    ('{"result": "error", "message": "no view access"}', SourceError, "no view access"),
    ('{"2025-11": {"nb_visits": 4}}', TableError, "period=day"),
    ('{"2025-11-30": {"nb_visits": -4}}', TableError, "0 or more"),
    ('{"2025-11-30": []}', SourceError, "without any visit"),
    ("label,nb_visits\nGoogle,4", SourceError, "no column date"),
    ("date,nb_visits\n2025-W48,4", TableError, "row 2"),
    ("date,nb_visits\n2025-11-30,many", TableError, "0 or more"),
    ("date,nb_visits\n2025-11-30,4\n2025-11-30,4", TableError, "each day once"),
    ("date,nb_visits,nb_actions\n2025-11-30,4", TableError, "row 2"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "error", "said"), WRONG, ids=range(len(WRONG)))
def test_what_cannot_be_used_is_told(
    tmp_path: Path, content: str | bytes, error: type[WeblogError], said: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(error, match=said) as told:
        read_export(file)
    assert str(told.value).startswith(f"{file}")


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(SourceError):
            read_export(path)


@settings(max_examples=60, deadline=None)
@given(
    file=st.sampled_from([AWSTATS, GOACCESS, DATA / "matomo.json", DATA / "matomo.csv"]),
    cut=st.floats(0, 1),
    noise=st.binary(max_size=6),
    encoding=st.sampled_from([None, "utf-16", "cp949"]),
)
def test_a_damaged_file_is_refused_or_tells_some_of_the_days(
    tmp_path_factory: pytest.TempPathFactory,
    file: Path,
    cut: float,
    noise: bytes,
    encoding: str | None,
) -> None:
    whole, _ = read_export(file)
    content = file.read_bytes()
    if encoding and file.suffix != ".csv":
        content = content.decode().encode(encoding)
    at = int(len(content) * cut)
    damaged = tmp_path_factory.mktemp("damaged") / file.name
    damaged.write_bytes(content[:at] + noise)
    try:
        export, _ = read_export(damaged)
    except (SourceError, TableError):
        return
    assert export.tool == whole.tool
    assert all(value >= 0 for day in export.days.values() for value in day.values())
    others = [day for day in export.days if export.days[day] != whole.days.get(day)]
    assert len(others) <= 1  # the one the cut goes through


# what is kept


def _export(days: dict[int, int], as_of: str = "", *, month: bool = False) -> Export:
    told = {LAST - timedelta(days=back): {"hits": hits} for back, hits in days.items()}
    return Export("awstats" if month else "goaccess", told, as_of=as_of, is_whole_month=month)


def _hits(kept: Histories) -> dict[int, int]:
    rows = kept.days().select("day", "value").rows()
    assert len({day for day, _ in rows}) == len(rows)
    return {(LAST - day).days: value for day, value in rows}


def test_a_file_known_adds_nothing(tmp_path: Path) -> None:
    kept = Histories(tmp_path)
    assert kept.days().is_empty()
    export, digest = read_export(AWSTATS)
    first = kept.load(export, digest, AWSTATS.name, NOW)
    before = (tmp_path / FILE).read_bytes()
    again = kept.load(export, digest, "copy.txt", NOW + timedelta(days=1))
    assert (first.new, first.is_known, again.is_known) == (30, False, True)
    assert (tmp_path / FILE).read_bytes() == before
    days = kept.days()
    assert days.height == 30 * 4
    assert days.row(0) == (
        date(2025, 11, 1), "awstats", "awstats:www.example.com", "bytes", 35_994_113, digest, NOW,
    )  # fmt: skip
    assert kept.months().rows() == [
        (date(2025, 11, 1), "awstats", "awstats:www.example.com", 4172)
    ]  # fmt: skip


def test_a_newer_file_replaces_the_month(tmp_path: Path) -> None:
    kept = Histories(tmp_path)
    kept.load(_export({0: 5, 1: 5, 40: 9}, "2025-12-01T00:00:00", month=True), "a", "a", NOW)
    done = kept.load(_export({0: 4, 2: 6}, "2025-12-02T00:00:00", month=True), "b", "b", NOW)
    assert (done.new, done.replaced, done.gone, done.lower) == (1, 1, 1, 1)
    assert _hits(kept) == {0: 4, 2: 6, 40: 9}
    older = kept.load(_export({0: 1}, "2025-11-30T00:00:00", month=True), "c", "c", NOW)
    assert (older.older, older.new, older.replaced) == (1, 0, 0)
    assert _hits(kept) == {0: 4, 2: 6, 40: 9}


@settings(max_examples=12, deadline=None)
@given(
    files=st.lists(
        st.dictionaries(st.integers(0, 50), st.integers(0, 9), min_size=1, max_size=5),
        min_size=1,
        max_size=3,
    ),
    month=st.booleans(),
)
def test_what_the_tool_wrote_last_counts_in_whatever_order_it_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, files: list[dict[int, int]], month: bool
) -> None:
    told: dict[int, int] = {}
    for days in files:  # slowly
        months = {f"{LAST - timedelta(days=back):%Y-%m}" for back in days}
        told = {
            back: hits
            for back, hits in told.items()
            if not (month and f"{LAST - timedelta(days=back):%Y-%m}" in months)
        } | days
    for order in permutations(range(len(files))):
        kept = Histories(tmp_path_factory.mktemp("kept"))
        for number in order:
            export = _export(files[number], f"2025-12-0{number + 1}T00:00:00", month=month)
            kept.load(export, str(number), "file", NOW)
        if month:  # a month may be told by a file of another, older one
            continue
        assert _hits(kept) == told
    in_order = Histories(tmp_path_factory.mktemp("in_order"))
    for number, days in enumerate(files):
        in_order.load(_export(days, month=month), str(number), "file", NOW)
    assert _hits(in_order) == told


def test_names_keep_sites_apart_and_are_removed_by(tmp_path: Path) -> None:
    kept = Histories(tmp_path)
    kept.load(_export({0: 1}), "a", "a", NOW, "shop")
    kept.load(_export({0: 2, 1: 2}), "b", "b", NOW, "blog")
    assert kept.files()["source"].to_list() == ["blog", "shop"]
    with pytest.raises(UnknownNameError, match="Did you mean 'shop'"):
        kept.remove("shops")
    assert kept.remove("blog") == 2
    assert _hits(kept) == {0: 1}
    with pytest.raises(WrittenError):
        kept.load(_export({0: 1}), "c", "c", NOW, "a\nb")


def test_a_damaged_book_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('[{"source": "a"}]', "utf-8")
    with pytest.raises(StoreError, match=r"history\.json is damaged"):
        Histories(tmp_path).days()


def test_days_the_file_leaves_out_are_counted(tmp_path: Path) -> None:
    told = json.loads(GOACCESS.read_text("utf-8"))
    told["visitors"]["data"] = told["visitors"]["data"][:7]
    short = tmp_path / "short.json"
    short.write_text(json.dumps(told), "utf-8")
    export, digest = read_export(short)
    assert Histories(tmp_path).load(export, digest, "short", NOW).left_out == 83
    assert replace(export, left_out=0).days.keys() == {LAST - timedelta(days=n) for n in range(7)}


# the command line


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    files = [AWSTATS.name, GOACCESS.name, "matomo.json"]
    done = run_here("history", "load", *files)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1] == (
        "report.json: GoAccess, 2025-09-02 to 2025-11-30, as goaccess: "
        "90 days = 90 new + 0 replaced"
    )
    again = run_here("history", "load", GOACCESS.name)
    assert again.stdout.endswith("loaded before, nothing to do\n")
    listed = json.loads(run_here("history", "list", "--output", "json").stdout)
    assert [(one["source"], one["days"]) for one in listed] == [
        ("awstats:www.example.com", 30), ("goaccess", 90), ("matomo", 4),
    ]  # fmt: skip
    gone = run_here("history", "remove", "goaccess")
    assert gone.stdout == "Removed goaccess: 90 days\n"
    assert run_here("history", "remove", "goaccess").returncode == 2
    (tmp_path / "bad.json").write_text("{", "utf-8")
    bad = run_here("history", "load", "bad.json", GOACCESS.name)
    assert bad.returncode == 4
    assert "bad.json: is damaged or cut off" in bad.stderr
    assert len(json.loads(run_here("history", "list", "--output", "json").stdout)) == 2
