"""Bad input: a clear message or a counted reject, and nothing else is lost."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Weblog = Callable[..., Any]

GOOD = b"".join(
    b'192.0.2.%d - - [17/May/2015:10:%02d:00 +0000] "GET /%d HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
    % (i, i, i)
    for i in range(20)
)


def counts(weblog: Weblog) -> tuple[int, int, int, int]:
    status = weblog("status", "--store", "S", "--output", "json").json
    return status["lines"], status["hits"], status["rejects"], status["skipped"]


def test_binary_garbage_and_a_huge_line_are_counted_rejects(weblog: Weblog, tmp_path: Path) -> None:
    garbage = bytes(byte for byte in range(256) if byte != 10)
    huge = b"x" * (2 << 20)
    (tmp_path / "a.log").write_bytes(
        GOOD + garbage + b"\n" + GOOD.replace(b"17/", b"18/") + huge + b"\n"
    )
    weblog("ingest", "a.log", "--store", "S")
    assert counts(weblog) == (42, 40, 2, 0)
    first, second = weblog("rejects", "--store", "S", "--lines", "--output", "json").json
    assert (first["line"], first["length"], first["offset"]) == (21, 255, len(GOOD))
    assert (second["line"], second["reason"], second["length"]) == (42, "too_long", 2 << 20)
    raw = weblog("rejects", "--store", "S", "--raw").out
    assert raw == garbage + b"\n" + huge[: 64 << 10] + b"\n"


def test_an_unfinished_last_line_is_told_and_kept_for_the_next_run(
    weblog: Weblog, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_bytes(GOOD[:-30])
    run = weblog("ingest", "a.log", "--store", "S")
    assert "has no end yet and was left for the next run; --final takes it now" in run.text
    assert counts(weblog) == (19, 19, 0, 0)
    (tmp_path / "a.log").write_bytes(GOOD)
    weblog("ingest", "a.log", "--store", "S")
    assert counts(weblog) == (20, 20, 0, 0)
    (tmp_path / "b.log").write_bytes(GOOD.replace(b"17/", b"18/")[:-30])
    weblog("ingest", "b.log", "--store", "S", "--final")
    assert counts(weblog) == (40, 39, 1, 0)


def test_what_cannot_be_read_keeps_nothing_else_from_being_read(
    weblog: Weblog, tmp_path: Path
) -> None:
    (tmp_path / "good.log").write_bytes(GOOD)
    (tmp_path / "empty.log").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "diary.txt").write_text("Dear diary,\ntoday nothing was logged.\n")
    files = ("empty.log", "folder", "missing.log", "diary.txt", "good.log")
    run = weblog("ingest", *files, "--store", "S", code=4)
    assert "empty.log: nothing new\n  empty: nothing to read" in run.text
    assert "folder: a folder that holds no log. Check the path." in run.err
    assert "missing.log: no such file. Check the path." in run.err
    assert (
        "diary.txt: no known format fits its first 2 lines; the first is 'Dear diary,'" in run.err
    )
    assert "give its LogFormat with --format" in run.err
    assert counts(weblog) == (20, 20, 0, 0)


def test_a_log_of_another_format_than_the_one_given_is_refused(
    weblog: Weblog, tmp_path: Path
) -> None:
    (tmp_path / "a.log").write_bytes(GOOD)
    run = weblog("ingest", "a.log", "--store", "S", "--format", "%h %l %t %m %U", code=5)
    assert "none of its first 20 lines fits" in run.err
    run = weblog("ingest", "a.log", "--store", "S", "--format", "%h %Q", code=5)
    assert "unknown directive at ' %Q'" in run.err
    assert not (tmp_path / "S").exists()


def test_a_gzip_file_cut_short_gives_what_it_holds_and_the_rest_later(
    weblog: Weblog, tmp_path: Path
) -> None:
    many = b"".join(GOOD.replace(b"/May/2015:10", b"/May/20%02d:10" % year) for year in range(80))
    whole = gzip.compress(many)
    (tmp_path / "a.log.gz").write_bytes(whole[: len(whole) * 2 // 3])
    (tmp_path / "b.log.gz").write_bytes(whole[:20])
    # cron, which hears of errors only, must hear of this
    run = weblog("ingest", "a.log.gz", "b.log.gz", "--store", "S", "--quiet", code=4)
    assert "a.log.gz: gzip data ends too early" in run.err
    assert "What came before was read." in run.err
    assert "b.log.gz: gzip data ends too early" in run.err
    assert "a.log.gz: gzip data ends too early" in weblog("check", "a.log.gz", code=4).err
    before = counts(weblog)
    assert 0 < before[0] < 1600
    (tmp_path / "a.log.gz").write_bytes(whole)
    weblog("ingest", "a.log.gz", "--store", "S")
    assert counts(weblog) == (1600, 1600, 0, 0)
    (tmp_path / "a.log.gz").write_bytes(whole[: len(whole) // 3])
    run = weblog("ingest", "a.log.gz", "--store", "S", code=4)
    assert "The store holds more of this log." in run.err
    (tmp_path / "c.log.gz").write_bytes(gzip.compress(GOOD, 0)[:40])  # within its first line
    assert "gzip data ends too early" in weblog("ingest", "c.log.gz", "--store", "S", code=4).err
    assert counts(weblog) == (1600, 1600, 0, 0)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (
            ("status",),
            6,
            "weblog-store: no such folder. `weblog ingest FILE --store DIR` makes one",
        ),
        (("reprot",), 2, "no such command 'reprot'. Did you mean 'report'?"),
        (("ingest",), 2, "Missing argument 'LOG...'"),
        (("ingest", "a.log", "--site", "none.toml"), 3, "`weblog init` writes one"),
        (("check", "--site", "bad.toml"), 3, "time_zone is 'Mars': expected a time zone"),
        (("check", "--site", "bad.toml"), 3, "Did you mean 'inactivity_minutes'"),
        (("check", "nowhere.log"), 4, "nowhere.log: no such file"),
        (("init", "--site", "bad.toml"), 2, "bad.toml is there already; --force replaces it"),
    ],
)
def test_every_error_says_what_where_and_what_to_do(
    weblog: Weblog, tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    (tmp_path / "bad.toml").write_text('time_zone = "Mars"\n[session]\ninactivity_minuts = 3\n')
    assert says in weblog(*arguments, code=code).err


def test_tables_are_read_before_any_log(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(GOOD)
    (tmp_path / "customers.csv").write_text("customer_id,valid_from\nC1,2025-01-01\n")
    (tmp_path / "purchases.csv").write_text("customer_id,purchased\nC1,2025-01-01\n")
    (tmp_path / "banners.csv").write_text("banner\nB1\n")
    (tmp_path / "site.toml").write_text(
        '[tables]\ncustomers = "customers.csv"\npurchases = "purchases.csv"\n'
        'banners = "banners.csv"\nmailings = "none.csv"\n'
    )
    err = weblog("ingest", "a.log", "--store", "S", "--quiet", code=8).err
    assert "no log was read" in err
    assert "purchases.csv: 1 fault.\n  column purchase_id is missing" in err
    assert "banners.csv: " in err
    assert "none.csv: 1 fault.\n  the file is not there: expected it where [tables]" in err
    assert not (tmp_path / "S").exists()
    wrong = (tmp_path / "site.toml").read_text()
    (tmp_path / "site.toml").write_text('[tables]\ncustomers = "customers.csv"\n')
    weblog("ingest", "a.log", "--store", "S", "--quiet")
    assert counts(weblog) == (20, 20, 0, 0)
    (tmp_path / "site.toml").write_text(wrong)
    (tmp_path / "a.log").write_bytes(GOOD * 2)
    (tmp_path / "customers.csv").write_text("customer_id,valid_from\nC2,2025-01-01\n")
    weblog("ingest", "a.log", "--store", "S", "--quiet", code=8)
    assert counts(weblog) == (20, 20, 0, 0)
    run = weblog("sql", "select customer_id from customers", "--store", "S", "--output", "csv")
    assert run.text == "customer_id\nC1\n"
    assert "cut short" not in weblog("status", "--store", "S").text


ALL_WRONG = """\
time_zone = "Mars"
log_format = "combiend"
[login]
statuses = [3020]
[tables]
customers = "customers.csv"
purchases = "purchases.csv"
banners = 3
mailings = "none.csv"
[[segments]]
segment = "z"
when = "grad = 'VIP'"
[[segments]]
segment = "z"
when = "grade >"
[[segments]]
segment = "y"
when = "grade"
[[segments]]
segment = "x"
when = "MAX(page_views) > 3"
[[segments]]
segment = "w"
"""


@pytest.mark.parametrize("command", [("check",), ("ingest", "a.log", "--store", "S")])
def test_all_faults_are_told_at_once(
    weblog: Weblog, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "a.log").write_bytes(GOOD)
    (tmp_path / "site.toml").write_text(ALL_WRONG)
    (tmp_path / "customers.csv").write_text("customer_id,valid_from\nC1,someday\n")
    (tmp_path / "purchases.csv").write_text("customer_id,purchased\nC1,2025-01-01\n")
    err = weblog(*command, code=3).err
    for fault in (
        "site.toml: 10 faults in the site rules.",
        "  time_zone is 'Mars': expected a time zone",
        "  log_format is 'combiend': expected a LogFormat, or the name of one. Did you mean 'comb",
        "  login.statuses[1] is 3020: expected an HTTP status",
        "  tables.banners is 3: expected text in quotes",
        "  segments[5].when: missing, and needed",
        "  segments: expected each segment once; defined twice: 'z'",
        "  segments[1].when of segment 'z' is \"grad = 'VIP'\": no column is called 'grad'.",
        "  segments[2].when of segment 'z' is 'grade >': expected an SQL condition",
        "  segments[3].when of segment 'y' is 'grade': expected a condition that is true or false",
        "  segments[4].when of segment 'x' is 'MAX(page_views) > 3': expected a condition on one",
        "customers.csv: 1 fault.\n  row 2, column valid_from is 'someday': expected a day",
        "purchases.csv: 1 fault.\n  column purchase_id is missing",
        "none.csv: 1 fault.\n  the file is not there",
    ):
        assert fault in err
    assert not (tmp_path / "S").exists()


def test_check_refuses_what_ingest_would(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(GOOD)
    (tmp_path / "other.log").write_bytes(b"Dear diary\n" * 9)
    (tmp_path / "empty.log").write_bytes(b"")
    (tmp_path / "blank.log").write_bytes(b"\n\n\n")
    given = ("--format", "%h %l %t %m %U")
    for command in (("check", "a.log"), ("ingest", "a.log", "--store", "S")):
        run = weblog(*command, *given, code=5)
        assert "none of its first 20 lines fits; the first is '192.0.2.0 - -" in run.err
        assert "'--format': is empty" in weblog(*command, "--format", "", code=2).err
    for command in (("check",), ("ingest", "--store", "S")):
        run = weblog(*command, "blank.log", code=4)
        assert "blank.log: only blank lines so far, which tell no format. Give its" in run.err
    run = weblog("check", "empty.log", "other.log", "a.log", code=4)
    assert "empty.log: empty: nothing to read." in run.err
    assert "other.log: no known format fits its first 9 lines" in run.err
    assert "a.log: the first 20 lines, read as" in run.text


def test_days_of_another_time_zone_are_refused(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(GOOD)
    (tmp_path / "site.toml").write_text('time_zone = "Asia/Seoul"\n')
    weblog("ingest", "a.log", "--store", "S", "--quiet")
    (tmp_path / "site.toml").write_text('time_zone = "UTC"\n')
    err = weblog("ingest", "a.log", "--store", "S", code=6).err
    assert "store S: its days are those of Asia/Seoul, the site rules say UTC" in err
    assert 'Put `time_zone = "Asia/Seoul"` back into site.toml' in err
    assert "a new store" in err
    weblog("ingest", "a.log", "--store", "S2", "--quiet")


def test_questions_that_cannot_be_answered_say_why(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(GOOD)
    weblog("ingest", "a.log", "--store", "S", "--quiet")
    run = weblog("sql", "select pth from hits", "--store", "S", code=9)
    assert "the SQL cannot be run" in run.err
    run = weblog("report", "sitestatus", "--store", "S", code=2)
    assert "no report is called 'sitestatus'. Did you mean 'site_status'?" in run.err
    run = weblog("report", "--from", "2015-05-20", "--to", "2015-05-01", "--store", "S", code=9)
    assert "2015-05-20" in run.err
    assert "2015-05-01" in run.err
    run = weblog("rejects", "--reason", "cutoff", "--store", "S", code=2)
    assert "Did you mean 'cut_off'?" in run.err


def test_a_terminal_never_obeys_what_a_log_line_says(weblog: Weblog, tmp_path: Path) -> None:
    evil = b'\x1b]0;owned\x07\x1b[2J[red]x[/red] "broken\n'
    (tmp_path / "a.log").write_bytes(GOOD + evil)
    weblog("ingest", "a.log", "--store", "S")
    shown = weblog("rejects", "--store", "S").out
    assert b"\x1b]" not in shown
    assert b"\\x1b]0;owned\\x07" in shown
    assert b"[red]x[/red]" in shown
