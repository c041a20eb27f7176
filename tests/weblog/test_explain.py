"""Every decision on a line is told with its reason, and is the one ingestion takes."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weblog.classify import CHANNELS
from weblog.classify.channels import IN_WORDS
from weblog.errors import FormatError, SourceError
from weblog.explain import explain
from weblog.formats import format_named
from weblog.ingestion.hits import HitMaker
from weblog.parse import Chunk, parse_chunk
from weblog.site import Site

SITE = Site.model_validate(
    {
        "hosts": ["example.com"],
        "time_zone": "Asia/Seoul",
        "urls": {"lower_case": True},
        "internal": {"networks": ["10.0.0.0/8"], "agents": ["OurMonitor"]},
        "bots": {"people": ["curl/8 ours"], "networks": ["198.51.100.0/24"]},
        "identity": {"customer": ["user", "query:cid"]},
        "categories": [{"category": "news", "paths": ["/news/*"]}],
        "products": [{"product": "annuity", "paths": ["/products/annuity*"]}],
        "goals": [{"goal": "quote", "paths": ["/quote/done"], "value": 30}],
        "events": [{"event": "brochure", "paths": ["/downloads/*.pdf"]}],
        "login": {"paths": ["/login"], "method": "POST"},
        "skip": [{"name": "health checks", "paths": ["/health"]}],
    }
)

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)


def line(
    *,
    target: str = "/",
    client: str = "203.0.113.7",
    user: str = "-",
    method: str = "GET",
    status: int = 200,
    referrer: str = "-",
    agent: str = CHROME,
) -> bytes:
    when = "17/May/2015:20:05:03 +0000"
    request = f"{method} {target} HTTP/1.1"
    return f'{client} - {user} [{when}] "{request}" {status} 5 "{referrer}" "{agent}"'.encode()


CASES: list[tuple[dict[str, Any], str, str, str | None, str]] = [
    ({}, "format", "format", None, "combined"),
    ({}, "fields", "day", "2015-05-18", "Asia/Seoul"),
    ({"client": "203.0.113.7:5123"}, "client", "stored as", "203.0.113.0", "truncated"),
    ({}, "client", "country", None, "no [geo] database"),
    ({"client": "10.1.2.3"}, "client", "internal", "yes", "in 10.0.0.0/8"),
    ({"client": "198.51.100.3"}, "client", "robot's", "yes", "in 198.51.100.0/24"),
    ({}, "people", "visitor", None, "hash of address and agent"),
    ({"user": "kim"}, "people", "customer", "kim", "user"),
    ({"target": "/?cid=7"}, "people", "customer", "7", "query:cid"),
    ({}, "people", "customer", None, "looked for in: user, query:cid"),
    ({}, "agent", "browser", "Chrome", "ua-parser"),
    ({"agent": CHROME + ";KAKAOTALK 4"}, "agent", "browser", "KakaoTalk", "its mark"),
    ({}, "agent", "device", "desktop", "its mark 'Windows NT'"),
    ({"agent": "Googlebot/2.1"}, "agent", "robot", "yes", 'Googlebot "Googlebot/"'),
    ({"agent": "curl/8 ours"}, "agent", "robot", "no", "[bots] people"),
    ({"agent": "OurMonitor/2 " + CHROME}, "agent", "internal", "yes", "[internal] agents"),
    ({}, "agent", "robot", "no", 'strictness = "default"'),
    ({"target": "/%EC%97%B0;sid=1"}, "request", "path", "/연", "percent-decoded"),
    ({"target": "/a;sid=1"}, "request", "path", "/a", "secret parameters"),
    ({"target": "/News/"}, "request", "path", "/news/", "spelled by [urls]"),
    ({"target": "/a?b=1&token=2"}, "request", "query", "b=1", "secret parameters"),
    ({"target": "/news/1"}, "rules", "category", "news", "path fits /news/*"),
    ({"target": "/products/annuity"}, "rules", "product", "annuity", "path fits"),
    ({"target": "/quote/done"}, "rules", "goal quote", "reached", "success"),
    ({"target": "/quote/done"}, "rules", "value", "30.0", "goal"),
    ({"target": "/quote/done", "status": 500}, "rules", "goal quote", "not reached", "success"),
    ({"target": "/downloads/a.pdf"}, "rules", "event brochure", "fits", "path fits"),
    ({"target": "/login", "method": "POST", "status": 302}, "rules", "login", "yes", "/login"),
    ({}, "kind", "kind", "page", "GET, answered with a document"),
    ({"client": "10.1.2.3"}, "kind", "kind", "internal", "company's own"),
    ({"agent": "curl/8"}, "kind", "kind", "bot", "robot"),
    ({"status": 404}, "kind", "kind", "error", "400 or above"),
    ({"target": "/a.css"}, "kind", "kind", "static", "suffix"),
    ({"target": "/downloads/a.pdf"}, "kind", "kind", "event", "an event rule fits"),
    ({"method": "HEAD"}, "kind", "kind", "other", "no rule above holds"),
    ({"referrer": "https://example.com/a"}, "referrer", "internal", "yes", "site's own"),
    ({"referrer": "https://example.com/a"}, "channel", "channel", None, "no arrival"),
    ({"referrer": "https://u:p@x.example/"}, "referrer", "stored as", "https://x.example/", "user"),
    ({"referrer": "https://m.search.naver.com/s?query=a"}, "referrer", "type", "search", "lists"),
    ({"referrer": "https://search.naver.com/s?query=A"}, "referrer", "search words", "a", "engine"),
    ({"target": "/?utm_source=News"}, "campaign", "source", "news", "parameter utm_source"),
    ({"target": "/?gclid=1"}, "campaign", "medium", "cpc", "click id gclid"),
    ({"target": "/?gclid=1"}, "campaign", "click id", "gclid", "weightiest"),
    ({"target": "/?gclid=1"}, "channel", "channel", "Paid Search", IN_WORDS["Paid Search"]),
    ({}, "channel", "channel", "Direct", IN_WORDS["Direct"]),
    ({"target": "/health"}, "line", "skipped", "health checks", "[[skip]]"),
]


@pytest.mark.parametrize(("said", "step", "what", "value", "why"), CASES)
def test_each_decision(
    said: dict[str, Any], step: str, what: str, value: str | None, why: str
) -> None:
    found = [each for each in explain(line(**said), SITE) if (each.step, each.what) == (step, what)]
    (decision,) = found
    assert why in decision.why
    assert value is None or decision.value == value


def test_a_line_that_is_rejected_is_told_so() -> None:
    whole = line().replace(b"17/May", b"47/May")
    found = explain(whole, SITE, "combined")
    assert [(each.step, each.what, each.value) for each in found[1:]] == [
        ("line", "rejected", "bad_time")
    ]


@pytest.mark.parametrize("raw", [b"", b"   "])
def test_a_blank_line_explains_nothing(raw: bytes) -> None:
    with pytest.raises(SourceError, match="blank"):
        explain(raw, SITE)


def test_what_no_format_fits_is_said() -> None:
    with pytest.raises(FormatError):
        explain(b"no log line at all", SITE)


def test_every_channel_has_its_rule_in_words() -> None:
    assert tuple(IN_WORDS) == CHANNELS


def real_lines() -> list[bytes]:
    path = Path(__file__).parents[1] / "end_to_end" / "data" / "apache_logs.log.gz"
    return gzip.decompress(path.read_bytes()).split(b"\n")[:3000]


@settings(max_examples=40)
@given(st.sampled_from(real_lines()[:400]))
def test_what_is_told_is_what_ingestion_stores(raw: bytes) -> None:
    told = {(each.step, each.what): each.value for each in explain(raw, Site(), "combined")}
    rows = parse_chunk(Chunk(raw + b"\n", 0, 1), format_named("combined")).rows
    hits = HitMaker(Site(), b"k").hits(rows.with_columns(log_source=pl.lit("x")))
    hit = hits.with_columns(pl.selectors.categorical().cast(pl.String)).row(0, named=True)
    assert told["kind", "kind"] == hit["kind"]
    assert told["request", "path"] == hit["path"]
    assert told["client", "stored as"] == hit["client"]
    assert told["channel", "channel"] == hit["channel"]
    assert told["agent", "robot"] == ("yes" if hit["is_bot"] else "no")


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_strange_lines_are_explained_or_refused_but_never_break(
    target: str, referrer: str, agent: str
) -> None:
    raw = line(target=target, referrer=referrer, agent=agent).split(b"\n")[0]
    try:
        decisions = explain(raw, SITE, "combined")
    except (FormatError, SourceError):
        return
    assert decisions[0].step == "format"
    assert all(each.why for each in decisions)
