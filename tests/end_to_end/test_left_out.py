"""Lines left out by rules and by options: told by check, ingest and status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Weblog = Callable[..., Any]

LINES = "".join(
    f"192.0.2.{i} - - [{10 + i}/May/2015:20:00:00 +0000] "
    f'"GET {"/health" if i % 4 == 0 else "/"} HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'
    for i in range(12)
)
SITE = """\
time_zone = "Asia/Seoul"
[[skip]]
name = "health checks"
paths = ["/health"]
[[keep]]
name = "other networks"
networks = ["192.0.2.0/29"]
"""


def test_what_is_left_out_is_told_by_rule(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINES + "\n")
    (tmp_path / "site.toml").write_text(SITE)
    seen = weblog("check", "a.log", "--output", "csv").text
    assert "skipped: health checks,3\n" in seen
    assert "skipped: other networks,3\n" in seen
    # the tenth of May, 20:00 in UTC, is the eleventh in Seoul
    days = ("--since", "2015-05-12", "--until", "2015-05-17")
    run = weblog("ingest", "a.log", "--store", "S", *days)
    assert "a.log: 13 lines = 5 hits + 0 rejects + 8 skipped\n" in run.text
    by_rule = "skipped = 4 --until + 3 health checks + 1 blank line"
    assert by_rule in run.text
    assert by_rule in weblog("status", "--store", "S").text
    found = weblog("status", "--store", "S", "--output", "json").json
    assert sum(found["skipped_by"].values()) == found["skipped"] == 8
    assert (found["first_day"], found["last_day"]) == ("2015-05-12", "2015-05-17")
    # what was left out was read: without the options it does not come back
    assert "nothing new" in weblog("ingest", "a.log", "--store", "S").text


def test_all_faults_of_the_options_are_told_at_once(weblog: Weblog, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LINES)
    options = ("--skip-status", "9xx", "--skip-agent", "(", "--only-path", "x", "--skip-network")
    days = ("--since", "2015-05-12", "--until", "2015-05-11")
    err = weblog("ingest", "a.log", "--store", "S", *options, "10.0.0.0/99", *days, code=2).err
    for fault in (
        "--skip-status '9xx': expected an HTTP status from 100 to 599, or a class such as",
        "--skip-agent '(': expected a regular expression",
        "--only-path 'x': expected a path that starts with /",
        "--skip-network '10.0.0.0/99': expected an address or a network such as 10.0.0.0/8",
        "--since 2015-05-12 lies after --until 2015-05-11: no day is left",
    ):
        assert fault in err
    assert not (tmp_path / "S").exists()
