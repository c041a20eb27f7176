"""Promise 3: every kind of line, in known numbers, and every sum that speaks of them.

Each row below is a line and what must become of it. All are put into logs of several formats
and compressions, each a few times, and ingested by ``weblog ingest``, in two steps, with a last
line that is not finished between them. Then the status, the sources, the rejects and the
reconciliation must tell the numbers that were put in, kind by kind, reason by reason and rule by
rule.
"""

from __future__ import annotations

import gzip
import json
import lzma
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from weblog.classify.bots import LISTS
from weblog.parse.reasons import Reason
from weblog.schema import KINDS
from weblog.site.line_rules import CONDITIONS
from weblog.store import Store, open_store

Weblog = Callable[..., Any]

LOG_FORMAT = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{Sec-Purpose}i" %v'
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SITE = """\
time_zone = "Asia/Seoul"
hosts = ["shop.example"]
events = [{ event = "download", paths = ["/download/*"] }]
goals = [{ goal = "quote", paths = ["/quote"], method = "POST" }]
[internal]
networks = ["10.0.0.0/8"]
paths = ["/staff/*"]
agents = ["ShopMonitor"]
[bots]
agents = ["PartnerFeed"]
networks = ["203.0.113.0/24"]
people = ["KindlyBot"]
strictness = "strict"
[static]
paths = ["/fragments/*"]
[mail]
open_paths = ["/mail/open"]
click_paths = ["/mail/click"]
[[skip]]
name = "hosts"
hosts = ["*.test"]
[[skip]]
name = "paths"
paths = ["/health"]
[[skip]]
name = "agents"
agents = ["ELB-HealthChecker"]
[[skip]]
name = "referrers"
referrers = ["spam\\\\.example"]
[[skip]]
name = "statuses"
statuses = ["408"]
[[skip]]
name = "methods"
methods = ["PURGE"]
[[skip]]
name = "networks"
networks = ["192.168.0.0/16"]
[[skip]]
name = "before"
before = "2015-05-01"
[[skip]]
name = "after"
after = "2015-05-31"
[[keep]]
name = "not kept"
statuses = ["1xx", "2xx", "3xx", "4xx", "500"]
"""


@dataclass(frozen=True)
class Expected:
    """What must become of a line: a kind of hit, a reject's reason, or a rule that skips it.

    ``told`` stands in the ``bot_reason`` of a robot's hit.
    """

    what: str
    which: str
    told: str = ""


def hit(kind: str, told: str = "") -> Expected:
    return Expected("hit", kind, told)


def reject(reason: Reason) -> Expected:
    return Expected("reject", reason.value)


def skip(rule: str) -> Expected:
    return Expected("skip", rule)


@dataclass(frozen=True)
class Request:
    """A request, before a server of some format wrote it down."""

    expected: Expected
    target: str = "/plan"
    method: str = "GET"
    status: int = 200
    client: str = "198.51.100.7"
    agent: str = BROWSER
    referrer: str = "-"
    purpose: str = "-"
    host: str = "shop.example"
    day: str = "2015-05-17"


REQUESTS = (
    Request(hit("page")),
    Request(hit("page"), status=304),
    Request(hit("page"), agent="KindlyBot/1.0"),
    Request(hit("page"), target="/plan?utm_campaign=c", referrer="https://search.example/"),
    Request(hit("event"), target="/download/brochure.pdf"),
    Request(hit("event"), target="/quote", method="POST", status=303),
    Request(hit("static"), target="/a.css"),
    Request(hit("static"), target="/fragments/head"),
    Request(hit("bot", "GPTBot"), agent="Mozilla/5.0 (compatible; GPTBot/1.2)"),
    Request(hit("bot", "library"), agent="curl/8.5.0"),
    Request(hit("bot", "crawler-user-agents"), agent="ichiro/5.0"),
    Request(hit("bot", "ua-parser"), agent="DoCoMo/2.0 N905i (YahooSeeker)"),
    Request(hit("bot", "crawlerdetect"), agent="Acme Spider"),
    Request(hit("bot", "attack"), agent="() { :; }; /bin/cat"),
    Request(hit("bot", "no engine"), agent="Mozilla/5.0 (Linux) Chrome"),
    Request(hit("bot", "empty user agent"), agent="-"),
    Request(hit("bot", "site"), agent="PartnerFeed/1.0"),
    Request(hit("bot", "site"), client="203.0.113.9"),
    Request(hit("bot", "crawler-user-agents"), agent="ichiro/5.0", status=404),
    Request(hit("error"), status=404),
    Request(hit("error"), target="/a.css", status=500),
    Request(hit("internal"), client="10.1.2.3"),
    Request(hit("internal"), target="/staff/x"),
    Request(hit("internal"), agent="ShopMonitor/1.0", status=404),
    Request(hit("internal"), client="10.1.2.3", agent="ichiro/5.0"),
    Request(hit("other"), purpose="prefetch;prerender"),
    Request(hit("other"), target="/mail/open"),
    Request(hit("other"), target="/mail/click", status=302),
    Request(hit("other"), method="HEAD"),
    Request(hit("other"), method="OPTIONS", status=204),
    Request(hit("other"), method="POST"),
    Request(hit("other"), method="PUT"),
    Request(hit("other"), status=301),
    Request(hit("other"), status=204),
    Request(skip("hosts"), host="shop.test"),
    Request(skip("paths"), target="/health"),
    Request(skip("agents"), agent="ELB-HealthChecker/2.0"),
    Request(skip("referrers"), referrer="https://spam.example/x"),
    Request(skip("statuses"), status=408),
    Request(skip("methods"), method="PURGE"),
    Request(skip("networks"), client="192.168.1.1"),
    Request(skip("before"), day="2015-04-29"),
    Request(skip("after"), day="2015-06-02"),
    Request(skip("not kept"), status=503),
)

BLANK = skip("blank line")
LONG = b"x" * (70 << 10)

Writer = Callable[[Request, int], bytes]


def apache(request: Request, second: int) -> bytes:
    year, month, day = request.day.split("-")
    name = {"04": "Apr", "05": "May", "06": "Jun"}[month]
    stamp = f"{day}/{name}/{year}:03:{second // 60 % 60:02}:{second % 60:02} +0000"
    return (
        f'{request.client} - - [{stamp}] "{request.method} {request.target} HTTP/1.1" '
        f'{request.status} {second} "{request.referrer}" "{request.agent}" "{request.purpose}" '
        f"{request.host}"
    ).encode()


APACHE = (
    (reject(Reason.TOO_LONG), LONG),
    (reject(Reason.CUT_OFF), b'192.0.2.7 - - [17/May/2015:03:00:00 +0000] "GET / HT'),
    (reject(Reason.BINARY), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    (reject(Reason.BAD_TIME), apache(REQUESTS[0], 1).replace(b"17/May", b"31/Feb")),
    (reject(Reason.NOT_THE_FORMAT), b"[warn] child pid 7 exit signal"),
    (BLANK, b""),
    (BLANK, b" \t "),
    (BLANK, b"\r"),
)

FIELDS = (
    "#Fields: date time c-ip cs-host cs-method cs-uri-stem cs-uri-query sc-status sc-bytes "
    "cs(Referer) cs(User-Agent) cs(Sec-Purpose)"
)


def w3c(request: Request, second: int) -> bytes:
    path, _, query = request.target.partition("?")
    words = (
        *(request.day, f"03:{second // 60 % 60:02}:{second % 60:02}"),
        *(request.client, request.host, request.method, path, query or "-"),
        *(str(request.status), str(second), request.referrer),
        *(request.agent.replace(" ", "+"), request.purpose),
    )
    return " ".join(words).encode()


W3C = (
    (reject(Reason.TOO_LONG), LONG),
    (reject(Reason.BAD_TIME), w3c(REQUESTS[0], 1).replace(b"2015-05-17", b"2015-02-31")),
    (reject(Reason.BAD_NUMBER), w3c(REQUESTS[0], 1).replace(b" 200 ", b" 2x0 ")),
    (reject(Reason.NOT_THE_FORMAT), b"service stopped"),
    (skip("header line"), b"#Date: 2015-05-17 03:00:00"),
    (skip("header line"), FIELDS.encode()),
    (BLANK, b""),
)
BEFORE_FIELDS = (
    (skip("header line"), b"#Software: Microsoft Internet Information Services 10.0"),
    (reject(Reason.NO_FIELDS), w3c(REQUESTS[0], 7)),
    (skip("header line"), FIELDS.encode()),
)


def caddy(request: Request, second: int) -> bytes:
    headers = {"User-Agent": request.agent, "Referer": request.referrer}
    headers["Sec-Purpose"] = request.purpose
    said = {name: ["" if text == "-" else text] for name, text in headers.items()}
    asked = {"client_ip": request.client, "method": request.method, "host": request.host}
    asked |= {"uri": request.target, "headers": said}
    time = f"{request.day}T03:{second // 60 % 60:02}:{second % 60:02}Z"
    line = {"level": "info", "ts": time, "logger": "http.log.access", "request": asked}
    return json.dumps(line | {"size": second, "status": request.status}).encode()


JSON = (
    (reject(Reason.TOO_LONG), LONG),
    (reject(Reason.CUT_OFF), caddy(REQUESTS[0], 1)[:-20]),
    (reject(Reason.BAD_TIME), caddy(REQUESTS[0], 1).replace(b"2015-05-17", b"2015-02-31")),
    (reject(Reason.BAD_NUMBER), caddy(REQUESTS[0], 1).replace(b": 200}", b': "abc"}')),
    (reject(Reason.NO_REQUEST), b'{"level": "info", "ts": 1431831600.5, "msg": "server running"}'),
    (reject(Reason.NOT_THE_FORMAT), b"panic: runtime error"),
    (BLANK, b""),
)


@dataclass
class Log:
    """A log under way, with what must become of each of its lines."""

    lines: list[bytes] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)

    def add(self, expected: Expected, line: bytes) -> None:
        self.lines.append(line)
        self.expected.append(expected)


def made(draw: random.Random, write: Writer, odd: Sequence[tuple[Expected, bytes]]) -> Log:
    """Return a log with every request and every odd line, each one to four times, mixed."""
    log = Log()
    drawn: list[Request | tuple[Expected, bytes]] = []
    for each in (*REQUESTS, *REQUESTS[:9] * 8, *odd):
        drawn += [each] * draw.randint(1, 4)
    draw.shuffle(drawn)
    # A log that begins without a line of its own would be known by another name.
    for second, one in enumerate((REQUESTS[0], *drawn), start=1):
        if isinstance(one, Request):
            log.add(one.expected, write(one, second))
        else:
            log.add(*one)
    return log


@pytest.fixture(scope="module")
def logs() -> dict[str, Log]:
    draw = random.Random(20150517)
    begun = Log()
    for expected, line in BEFORE_FIELDS:
        begun.add(expected, line)
    rest = made(draw, w3c, W3C)
    return {
        "apache": made(draw, apache, APACHE),
        "packed": made(draw, apache, APACHE),
        "w3c": Log(begun.lines + rest.lines, begun.expected + rest.expected),
        "caddy": made(draw, caddy, JSON),
    }


def ingest(weblog: Weblog, tmp_path: Path, logs: dict[str, Log]) -> None:
    """Ingest all logs; the one that is still written twice, first up to within a line."""
    (tmp_path / "site.toml").write_text(SITE)
    common = ("--store", "S", "--quiet", "--force")
    told = ("--format", LOG_FORMAT)
    whole = {name: b"\n".join(log.lines) + b"\n" for name, log in logs.items()}
    live = tmp_path / "live.log"
    live.write_bytes(whole["apache"][: len(whole["apache"]) * 2 // 3])
    weblog("ingest", "live.log", *common, *told)
    live.write_bytes(whole["apache"])
    (tmp_path / "old.log.gz").write_bytes(gzip.compress(whole["packed"]))
    (tmp_path / "same.log").write_bytes(whole["packed"])
    weblog("ingest", "live.log", "old.log.gz", "same.log", *common, *told)
    (tmp_path / "iis.log.xz").write_bytes(lzma.compress(whole["w3c"]))
    weblog("ingest", "iis.log.xz", *common, "--format", "w3c")
    (tmp_path / "caddy.log").write_bytes(whole["caddy"][:-1])
    weblog("ingest", "caddy.log", *common, "--format", "caddy")  # the last line has no end
    weblog("ingest", "caddy.log", *common, "--format", "caddy", "--final")


def counts(expected: Sequence[Expected], what: str) -> Counter[str]:
    return Counter(each.which for each in expected if each.what == what)


NAMES = {"live.log": "apache", "same.log": "packed", "iis.log.xz": "w3c", "caddy.log": "caddy"}


def assert_every_line_became_what_its_row_says(store: Store, logs: dict[str, Log]) -> None:
    place = ("log_source", "line")
    hits = store.scan("hits").select(*place, pl.lit("hit").alias("what"), "kind", "bot_reason")
    rejects = store.scan("rejects").select(*place, pl.lit("reject").alias("what"), kind="reason")
    every = pl.concat([hits, rejects], how="diagonal").collect()
    assert not every.select(place).is_duplicated().any()
    paths = store.scan("sources").sort("seen_at").group_by("log_source").agg(pl.col("path").last())
    for source, path in paths.collect().rows():
        log = logs[NAMES[Path(path).name]]
        own = every.filter(pl.col("log_source") == source)
        found = {line: row for line, *row in own.drop("log_source").rows()}
        for line, expected in enumerate(log.expected, start=1):
            shown = (Path(path).name, line, log.lines[line - 1][:200], expected, found.get(line))
            if expected.what == "skip":
                assert line not in found, shown
                continue
            what, kind, reason = found[line]
            assert (what, kind) == (expected.what, expected.which), shown
            assert expected.told in (reason or ""), shown


def test_every_line_is_accounted_for_by_kind_reason_and_rule(
    weblog: Weblog, tmp_path: Path, logs: dict[str, Log]
) -> None:
    ingest(weblog, tmp_path, logs)
    everything = [each for log in logs.values() for each in log.expected]
    hits, rejects, skips = (counts(everything, what) for what in ("hit", "reject", "skip"))

    status = weblog("status", "--store", "S", "--output", "json").json
    assert status["kinds"] == {kind: hits[kind] for kind in KINDS}
    assert status["skipped_by"] == dict(skips)
    assert status["lines"] == len(everything)
    sums = (status["hits"], status["rejects"], status["skipped"])
    assert sums == (hits.total(), rejects.total(), skips.total())
    assert sum(sums) == status["lines"]
    shown = weblog("status", "--store", "S").text
    assert (
        f"{len(everything):,} lines = {hits.total():,} hits + {rejects.total():,} rejects" in shown
    )
    assert "do not add up" not in shown
    assert "cut short" not in shown

    store = open_store(tmp_path / "S")
    found = store.scan("rejects").group_by("reason").len().collect()
    assert dict(found.rows()) == dict(rejects)
    assert_every_line_became_what_its_row_says(store, logs)

    sources = weblog("sources", "--store", "S", "--output", "json").json
    for row in sources:
        name = Path(row["path"]).name
        log = logs[NAMES[name]]
        assert row["lines"] == len(log.lines), name
        for what, column in (("hit", "hits"), ("reject", "rejects"), ("skip", "skipped")):
            assert row[column] == counts(log.expected, what).total(), (name, column)
        assert row["bytes"] == len(b"\n".join(log.lines)) + (name != "caddy.log"), name
    assert len(sources) == len(logs)

    days = ("--from", "2015-05-01", "--to", "2015-05-31")
    run = weblog("report", "reconciliation", "--store", "S", *days, "--output", "json")
    (total,) = (row for row in run.json if row["part"] == "total")
    assert {kind: total[kind] for kind in KINDS} == status["kinds"]
    assert (total["lines"], total["rejects"], total["skipped"]) == (status["lines"], *sums[1:])
    parts = [row for row in run.json if row["part"] != "total"]
    for column in ("lines", "rejects", "skipped", *KINDS):
        assert sum(row[column] for row in parts) == total[column], column
    assert "add up" not in run.err


def test_every_kind_reason_list_and_condition_has_its_line() -> None:
    odd = [expected for expected, _ in (*APACHE, *W3C, *BEFORE_FIELDS, *JSON)]
    every = [*odd, *(request.expected for request in REQUESTS)]
    assert set(counts(every, "hit")) == set(KINDS)
    assert set(counts(every, "reject")) == {reason.value for reason in Reason}
    assert set(counts(every, "skip")) >= {*CONDITIONS, "not kept", "blank line", "header line"}
    told = " ".join(each.told for each in every)
    assert len(LISTS) == 6
    assert all(name in told for name in ("GPTBot", "crawler-user-agents", "ua-parser"))
    assert all(name in told for name in ("crawlerdetect", "attack", "no engine"))
