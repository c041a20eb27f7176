"""What is read from texts inside a line: requests, URLs, referrers, queries, clients, formats."""

from __future__ import annotations

import pickle

import polars as pl

from fuzz.lines import check_accounts
from weblog.classify.agents import DEVICES, classify_agents
from weblog.classify.channels import CHANNELS, classify_landings
from weblog.classify.clients import clients_of
from weblog.classify.parameters import FIELDS, campaign_parameters
from weblog.classify.percent import decode_value, decoded, parameters, unquoted
from weblog.classify.privacy import redact_paths, redact_queries, redact_referrers
from weblog.classify.referrers import classify_referrers
from weblog.classify.urls import normal_paths
from weblog.errors import FormatError
from weblog.formats import detect, format_named
from weblog.formats.known import FAMILIES
from weblog.ingestion.requests import split_requests
from weblog.parse import Chunk, parse_chunk
from weblog.parse.slow import text_of
from weblog.site.rules import Site

SECRET = ("password", "token", "jsessionid")
SITE = Site(name="Fuzz", hosts=("www.shop.example", "*.shop.example"))
SAMPLE = b'192.0.2.7 - K1 [17/May/2015:10:05:03 +0900] "GET /a?b=c HTTP/1.1" 200 512 "-" "x"\n'


def column(data: bytes) -> pl.Series:
    """Return texts as the parser makes them of bytes, one a line."""
    return pl.Series("text", list(dict.fromkeys(text_of(line) for line in data.split(b"\n"))))


def check_percent(data: bytes) -> None:
    """Percent-encoding: nothing raises, decoding all at once is decoding one by one."""
    texts = column(data)
    for text in texts:
        assert len(unquoted(text)) <= len(text.encode("utf-8", "surrogatepass"))
        assert isinstance(decode_value(text), str)
    plain = decoded(texts)
    one_by_one = [
        decode_value(text).strip() or None for text in texts if "%" in text or "+" in text
    ]
    assert plain.filter(texts.str.contains("[%+]")).len() == len(one_by_one)
    found = parameters(texts)
    assert found["row"].is_sorted()
    assert found["value"].null_count() == 0


def check_requests(data: bytes) -> None:
    """Request lines: one row each; a secret in the path is gone; spelling twice changes nothing."""
    requests = column(data)
    split = split_requests(requests, SECRET)
    assert split["request"].equals(requests.alias("request"))
    assert split["path"].is_not_null().to_list() == split["method"].is_not_null().to_list()
    paths = split["path"].drop_nulls().unique()
    once = normal_paths(paths, SITE.urls)
    assert normal_paths(once, SITE.urls).equals(once)
    assert redact_paths(paths, SECRET).len() == paths.len()


def check_queries(data: bytes) -> None:
    """Query strings: one row each, and secrets are gone for good."""
    queries = column(data)
    assert campaign_parameters(queries, SITE.campaign).height == len(queries)
    once = redact_queries(queries, SECRET)
    assert len(once) == len(queries)
    assert redact_queries(once, SECRET).equals(once)
    names = parameters(once)["name"].str.to_lowercase()
    assert not names.is_in(SECRET).any()


def check_referrers(data: bytes) -> None:
    """Referrers: one row each, redacting twice changes nothing."""
    referrers = column(data)
    assert classify_referrers(referrers, SITE.hosts).height == len(referrers)
    once = redact_referrers(referrers, SECRET)
    assert redact_referrers(once, SECRET).equals(once)


def check_clients(data: bytes) -> None:
    """Clients: one each; what was named once is named the same again."""
    once = clients_of(column(data))
    assert clients_of(once).equals(once)


def check_agents(data: bytes) -> None:
    """User agents: one answer each, alone or among others; a robot has a reason."""
    agents = column(data)
    judged = classify_agents(agents, SITE.bots)
    assert judged["user_agent"].equals(agents.alias("user_agent"))
    assert judged["device"].is_in(DEVICES).all()
    assert judged["is_bot"].null_count() == 0
    assert judged.filter("is_bot")["bot_reason"].null_count() == 0
    assert judged[-1:].equals(classify_agents(agents[-1:], SITE.bots))


def check_channels(data: bytes) -> None:
    """Landings, referrer and query a line: one channel each, whatever the order."""
    pairs = [f"{text}\t".split("\t")[:2] for text in column(data)]
    landings = pl.DataFrame(pairs, schema=["referrer", "query"], orient="row")
    landings = landings.with_columns(pl.all().replace("", None)).unique(maintain_order=True)
    judged = classify_landings(landings, SITE)
    assert judged.select("referrer", "query").equals(landings)
    assert judged["channel"].drop_nulls().is_in(CHANNELS).all()
    assert judged.filter(pl.col("channel").is_null())["is_internal"].all()
    assert (
        not judged.filter(pl.col("channel").is_null())
        .select(pl.any_horizontal(pl.col(*FIELDS).is_not_null()).any())
        .item()
    )
    assert classify_landings(landings.reverse(), SITE).reverse().equals(judged)


def check_detection(data: bytes) -> None:
    """The first lines of a file: a format, or an error that says why."""
    lines = [line for line in data.split(b"\n") if line.strip()]
    try:
        found = detect(lines, "fuzz.log")
    except FormatError:
        return
    check_accounts(data, parse_chunk(Chunk(data, 0, 1), found.format))


def check_format_text(data: bytes) -> None:
    """Texts of formats: one that compiles is the same when written out, and reads lines."""
    text = data.decode("utf-8", "replace")
    try:
        made = format_named(text)
    except FormatError:
        return
    assert format_named(made.text) == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  ours
    # A user's own expression may take as long as it likes.
    if not text.startswith("regex:"):
        check_accounts(SAMPLE, parse_chunk(Chunk(SAMPLE, 0, 1), made))


SEEDS_OF_FORMATS = tuple(f"{family}:".encode() for family in FAMILIES)
