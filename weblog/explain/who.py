"""Who asked: the client's address, the visitor, the customer, the browser or robot."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from weblog.classify import client_of, in_networks, internal_agents
from weblog.classify.agents import DEVICE_MARKS
from weblog.classify.apps import APPS
from weblog.classify.patterns import matches_any
from weblog.explain.decision import Decision, Line
from weblog.ingestion import identities
from weblog.ingestion.requests import request_lines, split_requests

_KEPT = {
    "truncate": "truncated to its network: IPv4 /24, IPv6 /48, of a host name the last labels",
    "hash": "hashed (with the store's own key; here with another)",
    "keep": "kept whole",
}


def client(line: Line) -> Iterator[Decision]:
    """Tell what becomes of the address."""
    site = line.site
    logged = line.row.select(client=identities.client(line.row)).to_series()
    said = logged.item()
    if said is None:
        yield Decision("client", "address", None, "the line has none")
        return
    address = client_of(said)
    if address is None:
        yield Decision("client", "address", None, f"{said!r} names nobody")
        return
    plain = "" if address == said else f"{address} of {said!r}, "
    how = f"{plain}{_KEPT[site.privacy.client]} ([privacy] client)"
    yield Decision("client", "stored as", line.hit["client"], how)
    database = site.geo.database
    found = "what it says of the whole address" if line.hit["country"] else "it knows none"
    why = f"[geo] database {database}: {found}" if database else "no [geo] database: no guess"
    yield Decision("client", "country", line.hit["country"], why)
    for what, networks in (("internal", site.internal.networks), ("robot's", site.bots.networks)):
        column = pl.Series([address])
        fitting = next((each for each in networks if in_networks(column, [each]).item()), None)
        if fitting is not None:
            section = "internal" if what == "internal" else "bots"
            yield Decision("client", what, "yes", f"in {fitting} ([{section}] networks)")


def visitor(line: Line) -> Iterator[Decision]:
    """Tell who the browser and the customer are taken for, and from where."""
    identity = line.site.identity
    cookie = identities.visitor_cookie(line.row, identity)
    value = None if cookie is None else line.row.select(cookie.alias("c")).to_series().item()
    if value is not None:
        why = f"cookie {identity.visitor_cookie} ([identity] visitor_cookie)"
    elif line.hit["visitor_id"] is None:
        why = "no cookie, no address, no agent: nobody to tell apart"
    else:
        why = "hash of address and agent (with the store's own key; here with another)"
    yield Decision("people", "visitor", line.hit["visitor_id"], why)
    parts = split_requests(request_lines(line.row))
    rows = line.row.with_columns(query=parts["query"])
    for place in identity.customer:
        only = identity.model_copy(update={"customer": (place,)})
        if rows.select(c=identities.customer(rows, only)).to_series().item() is not None:
            found = f"{place} ([identity] customer)"
            yield Decision("people", "customer", line.hit["customer_id"], found)
            return
    tried = ", ".join(identity.customer) or "nowhere"
    yield Decision("people", "customer", None, f"looked for in: {tried}")


def agent(line: Line) -> Iterator[Decision]:
    """Tell browser, system, device, and whether it is a robot."""
    hit, sent = line.hit, line.field("user_agent")
    bots = line.site.bots
    if sent is not None:
        app = next((pattern for _, pattern in APPS if re.search(pattern, sent)), None)
        by = f"its mark {app}" if app else "ua-parser's families"
        yield Decision("agent", "browser", hit["browser"], by)
        yield Decision("agent", "system", hit["os"], "ua-parser's families")
        yield Decision("agent", "device", hit["device"], _device(line, sent))
        internal = internal_agents(pl.Series([sent]), line.site.internal).item()
        if internal:
            yield Decision("agent", "internal", "yes", "fits [internal] agents")
    if "user_agent" not in line.row.columns:
        yield Decision("agent", "robot", "no", "the format has no agents: nobody is a robot")
    elif hit["is_bot"]:
        yield Decision("agent", "robot", "yes", str(hit["bot_reason"]))
    else:
        people = next((each for each in bots.people if _fits(sent, each)), None)
        why = f"fits {people!r} of [bots] people" if people else _unlisted(bots.strictness)
        yield Decision("agent", "robot", "no", why)


def _unlisted(strictness: str) -> str:
    return f'no list knows it, no sign tells ([bots] strictness = "{strictness}")'


def _device(line: Line, sent: str) -> str:
    if line.hit["device"] == "bot":
        return "a robot"
    found = next((found for _, mark in DEVICE_MARKS if (found := re.search(mark, sent))), None)
    if found is None:
        return "no known mark: the user-agents package, else other"
    return f"its mark {found.group()!r}"


def _fits(sent: str | None, pattern: str) -> bool:
    return bool(matches_any(pl.Series([sent], dtype=pl.String), [pattern]).item())
