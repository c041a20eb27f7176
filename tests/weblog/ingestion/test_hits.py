"""Lines to hits: what each column says, by described cases."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weblog.formats import format_named
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.requests import split_requests
from weblog.parse import Chunk, parse_chunk
from weblog.schema import HITS
from weblog.site import Site

KEY = b"k" * 32
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"  # noqa: E501
FORMAT = '%v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{Cookie}i" %D'


def line(
    *,
    host: str = "shop.example",
    client: str = "192.0.2.77",
    user: str = "-",
    request: str = "GET / HTTP/1.1",
    status: int = 200,
    referrer: str = "-",
    agent: str = CHROME,
    cookie: str = "-",
) -> str:
    time = "[01/Nov/2025:23:30:00 +0900]"
    start = f'{host} {client} - {user} {time} "{request}" {status} 5'
    return f'{start} "{referrer}" "{agent}" "{cookie}" 1500'


def named(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(log_source=pl.lit("src"))


def hits(*lines: str, site: Site | None = None, log_format: str = FORMAT) -> pl.DataFrame:
    data = "\n".join(lines).encode() + b"\n"
    parsed = parse_chunk(Chunk(data, 0, 1), format_named(log_format))
    assert parsed.rejects.is_empty()
    made = HitMaker(site or Site(), KEY).hits(named(parsed.rows))
    return made.drop("offset").cast(dict(HITS.schema))


def hit(text: str, site: Site | None = None) -> dict[str, Any]:
    return hits(text, site=site).to_dicts()[0]


def site(**settings: Any) -> Site:
    return Site.model_validate(settings)


def test_columns_are_as_declared_in_name_order_and_type() -> None:
    assert hits(line()).schema == HITS.schema


CASES = [
    ("the date is the site's", line(), site(time_zone="Asia/Seoul"), {"date": "2025-11-01"}),
    ("the date is the site's, elsewhere", line(), site(), {"date": "2025-11-01"}),
    ("midnight in Seoul", line(), site(time_zone="Pacific/Auckland"), {"date": "2025-11-02"}),
    ("host in lower case", line(host="Shop.Example"), None, {"host": "shop.example"}),
    ("address is truncated", line(), None, {"client": "192.0.2.0"}),
    ("address is kept", line(), site(privacy={"client": "keep"}), {"client": "192.0.2.77"}),
    ("microseconds to milliseconds", line(), None, {"duration_ms": 2}),
    ("user is the customer", line(user="K1"), None, {"customer_id": "K1"}),
    ("no user", line(), None, {"customer_id": None}),
    (
        "customer from a cookie",
        line(cookie="a=1; cid=K7; b=2"),
        site(identity={"customer": ["cookie:cid"]}),
        {"customer_id": "K7"},
    ),
    (
        "customer from the query, else the user",
        line(request="GET /my?cid=K8&x=1 HTTP/1.1", user="K1"),
        site(identity={"customer": ["query:cid", "user"]}),
        {"customer_id": "K8"},
    ),
    (
        "customer from the query, percent-encoded",
        line(request="GET /my?x=1&cid=kim%40x.com&cid=no HTTP/1.1"),
        site(identity={"customer": ["query:cid"]}),
        {"customer_id": "kim@x.com"},
    ),
    (
        "plus is a blank in a query",
        line(request="GET /my?cid=%EA%B9%80+%EC%98%81+ HTTP/1.1"),
        site(identity={"customer": ["query:cid"]}),
        {"customer_id": "김 영"},
    ),
    (
        "plus is a plus in a cookie",
        line(cookie="a=1; cid=kim+a%40x.com; b=2"),
        site(identity={"customer": ["cookie:cid"]}),
        {"customer_id": "kim+a@x.com"},
    ),
    (
        "bytes that are no text, and control characters, stay as they were sent",
        line(request="GET /my?cid=a%00 HTTP/1.1", cookie="uid=%ff"),
        site(identity={"customer": ["query:cid"], "visitor_cookie": "uid"}),
        {"customer_id": "a%00", "visitor_id": "%ff"},
    ),
    (
        "nothing, percent-encoded, is nothing",
        line(request="GET /my?cid=%20 HTTP/1.1", user="K1"),
        site(identity={"customer": ["query:cid", "user"]}),
        {"customer_id": "K1"},
    ),
    (
        "a percent sign in the log's user is one",
        line(user="100%25"),
        None,
        {"customer_id": "100%25"},
    ),
    (
        "visitor from a percent-encoded cookie",
        line(cookie="uid=a%7Cb%3D1; z=1"),
        site(identity={"visitor_cookie": "uid"}),
        {"visitor_id": "a|b=1"},
    ),
    (
        "visitor from a cookie",
        line(cookie="uid=abc; z=1"),
        site(identity={"visitor_cookie": "uid"}),
        {"visitor_id": "abc"},
    ),
    (
        "path is decoded, query is not",
        line(request="GET /%EC%97%B0%EA%B8%88?q=%EC%97%B0 HTTP/1.1"),
        None,
        {"path": "/연금", "query": "q=%EC%97%B0"},
    ),
    (
        "secrets are dropped from query and referrer",
        line(request="GET /a?password=x&b=1 HTTP/1.1", referrer="https://e.example/?token=t&q=1"),
        None,
        {"query": "b=1", "referrer": "https://e.example/?q=1"},
    ),
    (
        "secrets are dropped from path and referrer's path",
        line(
            request="GET /a%20b.do;jsessionid=AB%2F!1?b=1 HTTP/1.1",
            referrer="https://e.example/p;JSESSIONID=1?q=1",
        ),
        None,
        {"path": "/a b.do", "query": "b=1", "referrer": "https://e.example/p?q=1", "kind": "page"},
    ),
    (
        "rules see the path without its secrets",
        line(request="GET /done;jsessionid=1 HTTP/1.1"),
        site(goals=[{"goal": "quote", "paths": ["/done"]}]),
        {"path": "/done", "goal": "quote"},
    ),
    (
        "nothing is dropped where nothing is secret",
        line(request="GET /a;jsessionid=1 HTTP/1.1"),
        site(privacy={"secret_parameters": []}),
        {"path": "/a;jsessionid=1"},
    ),
    (
        "absolute request of a proxy",
        line(request="GET http://shop.example/a?b=1 HTTP/1.1"),
        None,
        {"path": "/a", "query": "b=1"},
    ),
    ("no request at all", line(request="-", status=408), None, {"path": None, "kind": "error"}),
    ("HTTP/0.9", line(request="GET /a"), None, {"method": "GET", "path": "/a", "kind": "page"}),
    ("blanks in the path", line(request="GET /a b HTTP/1.1"), None, {"path": "/a b"}),
    (
        "search engine",
        line(referrer="https://www.google.com/"),
        None,
        {"channel": "Organic Search", "source": "google", "medium": "organic"},
    ),
    (
        "campaign parameters win",
        line(
            request="GET /?utm_source=Naver&utm_medium=cpc&utm_campaign=Kids HTTP/1.1",
            referrer="https://www.google.com/",
        ),
        None,
        {"channel": "Paid Search", "source": "naver", "medium": "cpc", "campaign": "kids"},
    ),
    ("typed in", line(), None, {"channel": "Direct"}),
    (
        "a link of the site's own, named in its rules",
        line(referrer="https://www.shop.example/a"),
        site(hosts=["www.shop.example"]),
        {"channel": None, "source": None},
    ),
    (
        "a link of the virtual host's own, named nowhere",
        line(referrer="https://www.shop.example/a"),
        None,
        {"channel": None, "source": None},
    ),
    (
        "a link of the virtual host's own, with the port in the Host header",
        line(host="shop.example:8443", referrer="https://shop.example:8443/a"),
        None,
        {"channel": None, "source": None, "host": "shop.example:8443"},
    ),
    (
        "a link of another virtual host",
        line(referrer="https://blog.example/a"),
        None,
        {"channel": "Referral", "source": "blog.example"},
    ),
    ("no agent", line(agent="-"), None, {"is_bot": True, "kind": "bot", "user_agent": None}),
    (
        "internal network",
        line(client="10.1.2.3"),
        site(internal={"networks": ["10.0.0.0/8"]}),
        {"kind": "internal"},
    ),
    (
        "internal agent",
        line(agent="Monitor/1.0"),
        site(internal={"agents": ["^Monitor/"]}),
        {"kind": "internal"},
    ),
    (
        "a robot's network",
        line(),
        site(bots={"networks": ["192.0.2.0/24"]}),
        {"is_bot": True, "bot_reason": "site.toml: networks 192.0.2.0/24", "kind": "bot"},
    ),
]


@pytest.mark.parametrize(
    ("text", "rules", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_what_a_line_says(text: str, rules: Site | None, expected: dict[str, Any]) -> None:
    found = hit(text, rules)
    if "date" in expected:
        found["date"] = found["date"].isoformat()
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("query", "channel", "source", "medium", "campaign"),
    [
        ("", None, None, None, None),
        ("page=2", None, None, None, None),
        ("utm_term=x&utm_content=y", None, None, None, None),
        ("utm_source=naver&utm_medium=cpc", "Paid Search", "naver", "cpc", None),
        ("utm_source=naver", "Organic Search", "naver", None, None),
        ("utm_medium=email", "Email", None, "email", None),
        ("utm_campaign=spring", "Unassigned", None, None, "spring"),
        ("gclid=1", "Paid Search", "google", "cpc", None),
        ("fbclid=1", "Organic Social", "facebook", "social", None),
        ("n_media=1", "Paid Search", "naver", "cpc", None),
    ],
)
def test_what_makes_an_arrival_of_an_own_link_whoever_names_the_host(
    query: str, channel: str | None, source: str | None, medium: str | None, campaign: str | None
) -> None:
    text = line(request=f"GET /a?{query} HTTP/1.1", referrer="https://www.shop.example/x")
    for rules in (site(), site(hosts=["shop.example"])):
        found = hit(text, rules)
        arrival = tuple(found[name] for name in ("channel", "source", "medium", "campaign"))
        assert arrival == (channel, source, medium, campaign)


def test_a_format_without_agents_calls_nobody_a_robot() -> None:
    text = '192.0.2.1 - - [01/Nov/2025:23:30:00 +0900] "GET / HTTP/1.1" 200 5'
    (found,) = hits(text, log_format="common").to_dicts()
    assert (found["is_bot"], found["kind"], found["browser"]) == (False, "page", None)
    assert found["visitor_id"] is not None


def test_without_a_cookie_address_and_agent_make_the_visitor() -> None:
    found = hits(
        line(),
        line(),
        line(client="192.0.2.78"),
        line(agent="Mozilla/5.0 Firefox"),
        line(cookie="uid=abc"),
        site=site(identity={"visitor_cookie": "uid"}),
    )["visitor_id"].to_list()
    assert found[0] == found[1]
    assert len(set(found)) == 4
    assert found[4] == "abc"


TEXTS = st.lists(
    st.builds(
        line,
        host=st.sampled_from(["a.example", "b.example"]),
        client=st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1", "host.example", "-"]),
        user=st.sampled_from(["-", "K1", "K2"]),
        request=st.sampled_from(
            [
                "GET / HTTP/1.1",
                "GET /a.css HTTP/1.1",
                "POST /b?utm_campaign=x HTTP/1.1",
                "-",
                "junk",
            ]
        ),
        status=st.sampled_from([200, 304, 404, 302]),
        referrer=st.sampled_from(["-", "", "https://www.google.com/", "https://a.example/x"]),
        agent=st.sampled_from(["-", "", CHROME, "Googlebot/2.1"]),
        cookie=st.sampled_from(["-", "uid=1", "uid=2; x=y"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60)
@given(TEXTS, st.data())
def test_what_a_line_says_does_not_depend_on_the_lines_around_it(
    texts: list[str], data: st.DataObject
) -> None:
    rules = site(identity={"visitor_cookie": "uid"}, hosts=["a.example"])
    together = hits(*texts, site=rules)
    maker = HitMaker(rules, KEY)
    cut = data.draw(st.integers(0, len(texts)))
    apart = []
    for part in (texts[:cut], texts[cut:]):
        if part:
            raw = "\n".join(part).encode() + b"\n"
            parsed = parse_chunk(Chunk(raw, 0, 1), format_named(FORMAT))
            apart.append(maker.hits(named(parsed.rows)).drop("offset").cast(dict(HITS.schema)))
    assert pl.concat(apart).drop("line").equals(together.drop("line"))


@given(st.text(max_size=40))
def test_any_request_can_be_split(request: str) -> None:
    frame = split_requests(pl.Series([request]))
    assert frame.height == 1
    assert frame.columns == ["request", "method", "path", "query"]
