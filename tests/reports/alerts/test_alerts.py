"""Alerts over the sample company, told to a real web server, a real mail server and a file."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from in_process import Done, run_here
from mail_servers import free_port, smtp_server, web_server
from mortal import run_mortal

import reports
from reports.alerts import alert_faults, examine_alerts
from reports.alerts.judge import judge
from reports.alerts.reading import Reading, hours_between, newest_hit, read
from reports.alerts.windows import after, last_window
from weblog.cli.send import checked_site
from weblog.errors import QueryError, SiteError
from weblog.site import Site, load_site
from weblog.store import Store

SEOUL = ZoneInfo("Asia/Seoul")
DAY = date(2025, 11, 28)
NOW = after(DAY, SEOUL)
NOTED = "reports.alerts.book:Book.told"


def site_of(folder: Path, text: str) -> Path:
    file = folder / "site.toml"
    file.write_text(f'name = "H"\ntime_zone = "Asia/Seoul"\n{text}', "utf-8")
    return file


def alert(**more: Any) -> str:
    told = {"alert": "few", "measure": "conversions", "files": ["told.jsonl"], **more}
    lines = [f"{name} = {_toml(value)}" for name, value in told.items() if value is not None]
    return "\n[[alerts]]\n" + "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture
def own(company: Store, tmp_path: Path) -> Store:
    """A copy of the company's store, to write to."""
    return Store(shutil.copytree(company.folder, tmp_path / "store"))


def run(own: Store, *words: str | Path) -> Done:
    return run_here(*words, "--store", own.folder)


def check(own: Store, site: Path, day: date = DAY) -> Done:
    return run(own, "alerts", "check", "--site", site, "--day", str(day))


def told(folder: Path) -> list[dict[str, Any]]:
    file = folder / "told.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


# what is read


def rule_and_site(folder: Path, **more: Any) -> tuple[Any, Site]:
    site = load_site(site_of(folder, alert(**{"below": 1, **more})))
    assert alert_faults(site) == []
    return site.alerts[0], site


@pytest.mark.parametrize(
    ("measure", "only"),
    [("sessions", {}), ("conversion_rate", {"segments": ["VIP", "customer"]}),
     ("page_views", {"channels": ["Email"]}), ("value", {"categories": ["pension"]})],
)  # fmt: skip
@pytest.mark.parametrize("window", ["day", "7 days"])
def test_a_measure_is_that_of_the_summary(
    company: Store, tmp_path: Path, measure: str, only: dict[str, list[str]], window: str
) -> None:
    rule, site = rule_and_site(tmp_path, measure=measure, only=only, window=window, least=0)
    over = last_window(window, SEOUL, NOW)
    found = read(company.snapshot(), rule, over, site)
    filters = reports.Filters(start=over.first, end=over.last, compare="none",
                              **{name: tuple(values) for name, values in only.items()})  # fmt: skip
    row = reports.summary(company, filters).frame.row(
        by_predicate=pl.col("measure") == measure, named=True
    )
    assert found is not None
    assert found.value == row["value"]
    assert (found.numerator, found.denominator) == (row["numerator"], row["denominator"])


def test_hours_count_the_sessions_that_began_in_them(company: Store, tmp_path: Path) -> None:
    rule, site = rule_and_site(tmp_path, measure="sessions", window="hour",
                               only={"channels": ["Direct"]})  # fmt: skip
    starts = company.snapshot().scan("sessions").collect().select("start", "channel").rows()
    total = 0
    for hour in range(24):
        now = NOW - timedelta(hours=hour)
        found = read(company.snapshot(), rule, last_window("hour", SEOUL, now), site)
        slow = sum(
            now - timedelta(hours=1) <= start.replace(tzinfo=UTC) < now and channel == "Direct"
            for start, channel in starts
        )
        assert found is not None
        assert found.value == slow
        total += slow
    assert total > 10


def test_a_cell_of_a_report(company: Store, tmp_path: Path) -> None:
    rule, site = rule_and_site(tmp_path, measure=None, report="channels", column="conversion_rate",
                               row={"channel": "Direct"}, window="28 days")  # fmt: skip
    over = last_window("28 days", SEOUL, NOW)
    found = read(company.snapshot(), rule, over, site)
    filters = reports.Filters(start=over.first, end=over.last, compare="none")
    frame = reports.channels(company, filters).frame.filter(pl.col("channel") == "Direct")
    assert found is not None
    assert found.value == frame["conversion_rate"].item()
    gone, site = rule_and_site(tmp_path, measure=None, report="channels", column="sessions",
                               row={"channel": "Nowhere"})  # fmt: skip
    assert read(company.snapshot(), gone, over, site) == Reading(0.0, "count")
    gone, site = rule_and_site(tmp_path, measure=None, report="channels", column="bounce_rate",
                               row={"channel": "Nowhere"})  # fmt: skip
    assert read(company.snapshot(), gone, over, site) is None
    several, site = rule_and_site(tmp_path, measure=None, report="channels", column="sessions")
    with pytest.raises(QueryError, match="expected row to choose one"):
        read(company.snapshot(), several, over, site)


def test_a_count_is_known_however_small(company: Store, tmp_path: Path) -> None:
    """Few sessions are too few for a rate; that they are few is what the alert is for."""
    rule, site = rule_and_site(tmp_path, measure=None, report="channels", column="sessions",
                               row={"channel": "Email"}, window="7 days", below=20)  # fmt: skip
    over = last_window("7 days", SEOUL, NOW)
    filters = reports.Filters(start=over.first, end=over.last, compare="none")
    frame = reports.channels(company, filters).frame.filter(pl.col("channel") == "Email")
    assert frame["small"].item()
    found = read(company.snapshot(), rule, over, site)
    assert found == Reading(frame["sessions"].item(), "count")
    assert judge(rule, found).status == "firing"
    rate, site = rule_and_site(tmp_path, measure=None, report="channels", column="bounce_rate",
                               row={"channel": "Email"}, window="7 days", below=1)  # fmt: skip
    of_few = read(company.snapshot(), rate, over, site)
    assert of_few is not None
    assert of_few.is_small
    # Beyond the first twenty rows, which are all that a table shows.
    pages = reports.pages(company, filters, limit=None).frame
    last = pages.row(-1, named=True)
    rare, site = rule_and_site(tmp_path, measure=None, report="pages", column="page_views",
                               row={"path": last["path"]}, window="7 days")  # fmt: skip
    assert read(company.snapshot(), rare, over, site) == Reading(last["page_views"], "count")


def test_share_of_rejects_and_silence(company: Store, tmp_path: Path) -> None:
    rule, site = rule_and_site(tmp_path, measure="reject_share")
    ledger = company.snapshot().scan("ledger").collect()
    at = ledger["committed_at"].max()
    assert isinstance(at, datetime)
    over = last_window("day", SEOUL, at + timedelta(days=1))
    found = read(company.snapshot(), rule, over, site)
    assert found is not None
    assert (found.numerator, found.denominator) == (ledger["rejects"].sum(), ledger["lines"].sum())
    hits = company.snapshot().scan("hits").select("ts").collect()["ts"]
    for now in (NOW, datetime(2026, 1, 1, tzinfo=UTC)):
        newest = max(ts for ts in hits.to_list() if ts <= now)
        assert newest_hit(company.snapshot(), now, SEOUL) == newest
        assert hours_between(newest, now) == (now - newest).total_seconds() / 3600
    assert newest_hit(company.snapshot(), datetime(2020, 1, 1, tzinfo=UTC), SEOUL) is None


# what is told


def test_told_once_when_it_begins_and_once_when_it_ends(own: Store, tmp_path: Path) -> None:
    ko = alert(below=10_000, mail=["a@example.com"], webhooks=["ops"], language="ko")
    with smtp_server(tmp_path / "mail") as post, web_server(tmp_path / "posts") as web:
        server = f'[smtp]\nhost = "localhost"\nport = {post.port}\ntls = "none"\n'
        server += 'sender = "w@example.com"\n'
        hooks = f'[[webhooks]]\nwebhook = "ops"\nurl = "{web.url}"\n'
        file = site_of(tmp_path, server + hooks + ko)
        for _ in range(3):
            assert check(own, file).returncode == 0
        assert [each["kind"] for each in told(tmp_path)] == ["fired"]
        assert [each["Subject"] for each in post.messages] == ["[H] 경보: few"]
        assert "전환: 19 (2025-11-28), 기준 1.0만 미만" in post.messages[0].get_content()
        assert [json.loads(each["body"]) for each in web.posts] == told(tmp_path)
        site_of(tmp_path, server + hooks + ko.replace("10000", "1"))
        for _ in range(2):
            assert check(own, file, DAY + timedelta(days=1)).returncode == 0
        assert [each["kind"] for each in told(tmp_path)] == ["fired", "resolved"]
        assert [each["Subject"] for each in post.messages] == ["[H] 경보: few", "[H] 해소: few"]
        assert len(web.posts) == 2
        ids = {each["id"] for each in told(tmp_path)}
        assert {each["X-Weblog-Id"] for each in post.messages} == ids
        assert len(ids) == 2
    history = run(own, "alerts", "history", "--output", "json")
    assert [each["kind"] for each in json.loads(history.stdout)] == ["resolved", "fired"]
    listed = run(own, "alerts", "list", "--site", file, "--output", "json")
    assert json.loads(listed.stdout)[0]["status"] == "ok"
    assert "a@example.com" not in (own.folder / "alerts" / "state.json").read_text()


def test_killed_between_telling_and_noting_tells_it_again_with_the_same_id(
    own: Store, tmp_path: Path
) -> None:
    with web_server(tmp_path / "posts") as web:
        hooks = f'[[webhooks]]\nwebhook = "ops"\nurl = "{web.url}"\n'
        file = site_of(tmp_path, hooks + alert(below=10_000, webhooks=["ops"]))
        words = ("alerts", "check", "--site", file, "--day", str(DAY), "--store", own.folder)
        for number in (0, 1):  # after the file was written; then after the webhook was called
            died = run_mortal(*words, number=number, before=NOTED, folder=tmp_path)
            assert died.returncode == -signal.SIGKILL, (number, died.stderr)
        assert check(own, file).returncode == 0
        assert check(own, file).returncode == 0
        # A file is looked at before it is written to: there it stands once all the same.
        assert [each["kind"] for each in told(tmp_path)] == ["fired"]
        assert len(web.posts) == 2, "at least once: it died before it could note the first"
        ids = {each["headers"]["Idempotency-Key"] for each in web.posts}
        assert ids == {told(tmp_path)[0]["id"]}
        assert web.posts[0]["body"] == web.posts[1]["body"]


def test_two_runs_at_once_tell_it_once(own: Store, tmp_path: Path) -> None:
    with web_server(tmp_path / "posts") as web:
        hooks = f'[[webhooks]]\nwebhook = "ops"\nurl = "{web.url}"\n'
        file = site_of(tmp_path, hooks + alert(below=10_000, webhooks=["ops"]))
        command = [sys.executable, "-m", "weblog", "alerts", "check", "--site", file]
        command += ["--day", str(DAY), "--store", own.folder]
        both = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
        assert [process.wait(120) for process in both] == [0, 0]
        assert len(web.posts) == 1


def test_what_cannot_be_told_is_told_by_the_next_run(own: Store, tmp_path: Path) -> None:
    port = free_port()
    hooks = f'[[webhooks]]\nwebhook = "ops"\nurl = "http://127.0.0.1:{port}/"\ntries = 1\n'
    rule = alert(below=10_000, webhooks=["ops"], files=[])
    file = site_of(tmp_path, hooks + rule)
    failed = check(own, file)
    assert failed.returncode == 15
    assert "few: webhook:ops: webhook 'ops': it cannot be reached" in failed.stderr
    (event,) = json.loads(run(own, "alerts", "history", "--output", "json").stdout)
    assert event["waiting"] == ["webhook:ops"]
    late = NOW + timedelta(days=3)
    assert [each.check for each in examine_alerts(own, late)] == ["alerts"]
    assert examine_alerts(own, NOW) == []
    with web_server(tmp_path / "posts") as web:
        site_of(tmp_path, hooks.replace(f"http://127.0.0.1:{port}/", web.url) + rule)
        assert check(own, file).returncode == 0
        assert [each["headers"]["Idempotency-Key"] for each in web.posts] == [event["id"]]
    assert examine_alerts(own, late) == []


def test_nothing_is_concluded_where_the_data_do_not_reach(own: Store, tmp_path: Path) -> None:
    silent = alert(alert="silent", measure="hours_since_data", above=6)
    file = site_of(tmp_path, alert(below=10_000) + silent)
    done = check(own, file, date(2025, 12, 5))
    assert done.returncode == 0
    assert "the data reach only to" in done.stdout
    assert [each["alert"] for each in told(tmp_path)] == ["silent"]
    dry = run(own, "alerts", "check", "--site", file, "--day", str(DAY), "--dry-run")
    assert "firing" in dry.stdout
    assert len(told(tmp_path)) == 1


def test_a_test_reaches_everybody_and_is_not_remembered(own: Store, tmp_path: Path) -> None:
    file = site_of(tmp_path, alert(below=1))
    assert run(own, "alerts", "test", "few", "--site", file).returncode == 0
    assert [each["kind"] for each in told(tmp_path)] == ["test"]
    unknown = run(own, "alerts", "test", "fwe", "--site", file)
    assert (unknown.returncode, "Did you mean 'few'?" in unknown.stderr) == (2, True)
    assert json.loads(run(own, "alerts", "history", "--output", "json").stdout) == []


def test_a_line_a_killed_run_left_half_written_stays_a_line(own: Store, tmp_path: Path) -> None:
    (tmp_path / "told.jsonl").write_text('{"id": "alert-')
    assert check(own, site_of(tmp_path, alert(below=10_000))).returncode == 0
    first, second = (tmp_path / "told.jsonl").read_text().splitlines()
    assert (first, json.loads(second)["kind"]) == ('{"id": "alert-', "fired")


def test_damaged_state_is_said(own: Store, tmp_path: Path) -> None:
    file = site_of(tmp_path, alert(below=1))
    assert check(own, file).returncode == 0
    (own.folder / "alerts" / "state.json").write_text("{")
    done = check(own, file)
    assert (done.returncode, "alerts/state.json is damaged" in done.stderr) == (6, True)
    assert [each.level for each in examine_alerts(own, NOW)] == ["fault"]


FAULTS = [
    (alert(measure="session", below=1), "Did you mean 'sessions'?"),
    (alert(measure=None, report="chanels", column="x", below=1), "Did you mean 'channels'?"),
    (alert(measure=None, report="channels", column="sesions", below=1), "no such column"),
    (alert(measure=None, report="channels", column="channel", below=1), "a column of numbers"),
    (alert(measure=None, report="channels", column="sessions", row={"x": "y"}, below=1),
     "alerts[1].row is 'x': no such column"),
    (alert(measure=None, report="pages", column="sessions", options={"limt": 1}, below=1),
     "Did you mean 'limit'?"),
    (alert(measure="reject_share", only={"segments": ["VIP"]}, above=1), "expected no filter"),
    (alert(measure="hours_since_data", below=1), "expected above = hours"),
    (alert(mail=["a@example.com"], below=1), "expected a mail server in [smtp]"),
    (alert(), "expected one of: above and/or below, change, anomaly"),
    (alert(below=1, change="fall", percent=5), "expected one of: above and/or below, change"),
    (alert(change="fall"), "expected percent, or errors"),
    (alert(below=1, percent=5), "percent and errors are of a change"),
    (alert(below=5, above=1), "it would always be told"),
    (alert(below=1, files=[]), "expected whom to tell"),
    (alert(below=1, window="week"), 'expected "hour", "day", or "2 days" to "31 days"'),
    (alert(below=1, webhooks=["ops"]), "no webhook is called 'ops'"),
    (alert(below=1) + alert(below=2), "defined twice: 'few'"),
    (alert(below=1, only={"customers": ["c"]}), "unknown setting"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), FAULTS)
def test_wrong_alerts_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SiteError) as caught:
        checked_site(str(site_of(tmp_path, text)))
    assert said in str(caught.value)
