"""Who asked: the client's address, the visitor, the customer, the browser or robot."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from weblog.classify import client_of, in_networks, internal_agents
from weblog.classify.agents import DEVICE_MARKS
from weblog.classify.apps import APPS
from weblog.classify.bots import levels_of
from weblog.classify.patterns import matches_any
from weblog.explain.decision import Decision, Line
from weblog.ingestion import identities
from weblog.ingestion.requests import request_lines, split_requests
from weblog.site.identity import CUSTOMER, HASH

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
    address = client_of(said, identities.trusted(site.identity))
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
    yield Decision("people", "visitor", line.hit["visitor_id"], _visitor_why(line))
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


def _visitor_why(line: Line) -> str:
    """Say which place of ``[identity] visitor`` told the visitor."""
    site = line.site
    places = site.identity.visitor_places
    row = line.row.with_columns(customer_id=pl.lit(line.hit["customer_id"], pl.String))
    setting = "visitor_cookie" if site.identity.visitor is None else "visitor"
    for place in places:
        found = None if place == HASH else identities.named_visitor(row, [place])
        if found is not None and row.select(c=found).to_series().item() is not None:
            kind, _, name = place.partition(":")
            hidden = ", hashed ([privacy] visitor_cookies)"
            is_hidden = site.privacy.visitor_cookies == "hash" and place != CUSTOMER
            return f"{kind} {name}".strip() + f" ([identity] {setting})" + hidden * is_hidden
    if line.hit["visitor_id"] is None:
        return f"none of {', '.join(places)}: nobody to tell apart"
    whose = "the store's own key" if site.privacy.visitor_salt == "stay" else "the period's own key"
    return f"hash of address and agent (with {whose}; here with another)"


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
    elif sent is None:
        yield Decision("agent", "robot", "no", "the line says nothing of an agent")
    else:
        people = next((each for each in bots.people if _fits(sent, each)), None)
        why = f"fits {people!r} of [bots] people" if people else _unlisted(line)
        yield Decision("agent", "robot", "no", why)


def _unlisted(line: Line) -> str:
    """Tell why an agent is no robot's, or at which strictness it would be one."""
    asked = f'[bots] strictness = "{line.site.bots.strictness}"'
    reason = line.hit["bot_reason"]
    if reason is None:
        return f"no list knows it, no sign tells ({asked})"
    level = levels_of(pl.Series([reason])).item()
    return f'at strictness "{level}" it would be: {reason} (here {asked})'


def _device(line: Line, sent: str) -> str:
    if line.hit["device"] == "bot":
        return "a robot"
    found = next((found for _, mark in DEVICE_MARKS if (found := re.search(mark, sent))), None)
    if found is None:
        return "no known mark: the user-agents package, else other"
    return f"its mark {found.group()!r}"


def _fits(sent: str | None, pattern: str) -> bool:
    return bool(matches_any(pl.Series([sent], dtype=pl.String), [pattern]).item())
