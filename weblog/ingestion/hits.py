"""Parsed rows to hits: who, what, with which browser, from where; on distinct values only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.classify import bare_hosts, with_kinds
from weblog.classify.channel_rules import NamedRule, rules_named
from weblog.classify.channels import arrivals
from weblog.classify.parameters import FIELDS
from weblog.erasure.blocked import NOBODY, Blocked
from weblog.ingestion import identities
from weblog.ingestion.days import days_of
from weblog.ingestion.distinct import (
    Encoded,
    categorical,
    encoded,
    encoded_numbers,
    extended,
)
from weblog.ingestion.memory import Memory
from weblog.ingestion.requests import request_lines
from weblog.ingestion.visitors import PeriodKeys, VisitorMaker
from weblog.schema import HITS
from weblog.site.rules import Site

LANDING = ("channel", "source", "medium", "campaign", "term", "content")
AGENT = ("browser", "os", "device", "is_bot", "bot_reason")

SITE = ("referrer_type", "referrer_name", "search_term")
"""What is known of a referrer that decides where a landing came from."""

SAID = tuple(f"said_{name}" for name in FIELDS)
"""The same, of a query."""

PURPOSE = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Request headers by which browsers, today's and yesterday's, say that they fetch ahead."""

_NOTHING = pl.Series(["-", ""])


@dataclass(frozen=True, slots=True)
class Known:
    """Parsed rows, and what is known of each of their texts."""

    rows: pl.DataFrame
    request: Encoded
    path: Encoded
    query: Encoded
    agent: Encoded
    referrer: Encoded
    host: Encoded
    client: Encoded


@dataclass
class HitMaker:
    """Makes hits of parsed rows; remembers what it classified between batches.

    ``key`` keys the hash that stands for a browser without a cookie, ``period_keys`` where the
    site has the salt rotate; hits of those ``blocked`` tell nothing of them. The result depends
    on rows, rules, keys and who is blocked alone, never on what was seen before.
    """

    site: Site
    key: bytes
    period_keys: PeriodKeys | None = None
    blocked: Blocked = NOBODY
    memory: Memory = field(init=False, repr=False)
    visitors: VisitorMaker = field(init=False, repr=False)
    channel_rules: tuple[NamedRule, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.memory = Memory(self.site, self.key)
        self.visitors = VisitorMaker(self.site, self.key, self.period_keys)
        self.channel_rules = rules_named(self.site.channel_rules)

    def hits(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the hits of ``rows`` (see :class:`weblog.parse.Parsed`, and ``log_source``).

        Columns as :data:`weblog.schema.HITS`, and ``offset``. Text that repeats is
        categorical, which costs less to write.
        """
        return self.made(self.known(rows))

    def known(self, rows: pl.DataFrame) -> Known:
        """Look up what is known of the texts of ``rows``, and classify those that are new.

        Half of the work of a batch. It alone remembers, so that it can be done for one
        batch while the hits of the batch before are made.
        """
        memory = self.memory
        request, path, query = memory.requests(request_lines(rows))
        return Known(
            rows,
            request,
            path,
            query,
            agent=memory.agents.encode(_column(rows, "user_agent")),
            referrer=memory.referrers.encode(_column(rows, "referrer")),
            host=encoded(_column(rows, "host")),
            client=memory.clients.encode(_clients(rows)),
        )

    def made(self, known: Known) -> pl.DataFrame:
        """Return the hits of rows of which all is known."""
        rows, request, path, query = known.rows, known.request, known.path, known.query
        agent, referrer, host, client = known.agent, known.referrer, known.host, known.client
        date = days_of(rows["ts"], self.site.time_zone)
        customers = self._customers(rows, query)
        people = rows.with_columns(customers, date.alias("date"))
        columns = {
            "customer_id": customers,
            "visitor_id": self.visitors.visitors(people, client, agent),
            "host": host.categories(_shown(host.values).str.to_lowercase()),
            "client": client.categories(client.facts["private"]),
            "country": client.categories(client.facts["country"]),
            **_agent_columns(agent),
            **{name: path.categories(path.facts[name]) for name in path.facts.columns},
            "method": request.categories(request.facts["method"]),
            "query": query.categories(query.facts["redacted"]),
            "referrer": referrer.categories(referrer.facts["redacted"]),
            **self._landing_columns(host, referrer, query),
            **_purpose(rows),
        }
        is_internal = client.flags(client.facts["is_internal"])
        columns["is_internal_client"] = is_internal | agent.flags(agent.facts["is_internal"])
        names = ("ts", "line", "offset", "status", "bytes", "duration_ms")
        hits = rows.select(name for name in names if name in rows.columns).with_columns(
            **columns,
            log_source=categorical(rows["log_source"]),
            date=date,
        )
        if client.facts["bot_reason"].is_not_null().any():
            hits = _with_bot_clients(hits, client.categories(client.facts["bot_reason"]))
        return _in_order(self.blocked.hidden(with_kinds(hits, self.site)))

    def _customers(self, rows: pl.DataFrame, query: Encoded) -> pl.Series:
        identity = self.site.identity
        if identity.customer == ("user",) and isinstance(rows.schema.get("user"), pl.Categorical):
            user = encoded(rows["user"])
            return user.categories(_shown(user.values)).alias("customer_id")
        if any(place.startswith("query:") for place in identity.customer):
            rows = rows.with_columns(query=query.rows(query.values))
        found = rows.with_columns(customer_id=identities.customer(rows, identity))
        return categorical(found["customer_id"])

    def _landing_columns(
        self, host: Encoded, referrer: Encoded, query: Encoded
    ) -> dict[str, pl.Series]:
        """Classify where each row comes from, on distinct pairs of referrer and query.

        Pairs are few once all internal referrers count as one, and all queries without
        campaign parameters as none.
        """
        referrers, inside = len(referrer.values), len(referrer.values) + 1
        is_internal = extended(referrer.facts["is_internal"]).fill_null(value=False).to_numpy()
        came_from = np.where(is_internal, inside, np.arange(referrers + 1))[referrer.or_absent()]
        own = self._own_links(host, referrer)
        if own is not None:
            came_from = np.where(own.to_numpy(), inside, came_from)
        count = len(query.values) + 1
        says = extended(query.facts["has_campaign"]).fill_null(value=False).to_numpy()
        asked = np.where(says, np.arange(count), count - 1)[query.or_absent()]
        pairs, codes = encoded_numbers(came_from * count + asked)
        site = _gathered(referrer.facts.select(SITE), pairs // count)
        said = _gathered(query.facts.select(SAID), pairs % count)
        is_own = pl.Series("is_internal", pairs // count == inside)
        arrived = arrivals(pl.DataFrame([is_own, *site, *said]), self.channel_rules)
        return {name: categorical(arrived[name]).gather(codes) for name in LANDING}

    def _own_links(self, host: Encoded, referrer: Encoded) -> pl.Series | None:
        """Say whose referrer is on the row's own host; None where the site names its hosts."""
        if self.site.hosts or host.values.is_empty():
            return None
        own = host.rows(bare_hosts(_shown(host.values))) == referrer.rows(
            bare_hosts(referrer.facts["referrer_host"])
        )
        return own.fill_null(value=False)


def _gathered(facts: pl.DataFrame, places: NDArray[np.int64]) -> list[pl.Series]:
    """Return the facts of the values at ``places``; nothing is known of places beyond the last."""
    known = pl.Series(places, dtype=pl.Int64)
    known = known.set(known >= facts.height, None)
    return [facts[name].gather(known) for name in facts.columns]


def _agent_columns(agent: Encoded) -> dict[str, pl.Series]:
    facts = agent.facts
    columns = {name: agent.categories(facts[name]) for name in AGENT if name != "is_bot"}
    # A format without a user agent says nothing about robots: then nobody is one.
    columns["is_bot"] = agent.flags(facts["is_bot"])
    columns["user_agent"] = agent.categories(_shown(agent.values))
    return columns


def _purpose(rows: pl.DataFrame) -> dict[str, pl.Series]:
    """Return all that the headers say of what a page was fetched for, if the log has any."""
    present = [name for name in rows.columns if name in {f"header:{each}" for each in PURPOSE}]
    if not present:
        return {}
    said = pl.concat_str(present, separator=" ", ignore_nulls=True)
    return {"purpose": rows.select(purpose=said).to_series()}


def _column(rows: pl.DataFrame, name: str) -> pl.Series:
    if name in rows.columns:
        return rows[name]
    return pl.Series(name, [None], dtype=pl.String).new_from_index(0, rows.height)


def _clients(rows: pl.DataFrame) -> pl.Series:
    """Return what the log says of the client of each row, as the parser has it where it can."""
    if not any(name in rows.columns for name in identities.FORWARDED):
        return _column(rows, "client")
    texts = rows.with_columns(pl.col("^client$").cast(pl.String))
    return texts.with_columns(client=identities.client(texts))["client"]


def _shown(values: pl.Series) -> pl.Series:
    """Return text with the log's ``-`` as null."""
    return values.replace(_NOTHING, pl.Series([None, None], dtype=pl.String))


def _with_bot_clients(hits: pl.DataFrame, network: pl.Series) -> pl.DataFrame:
    """Take what comes from robots' networks for robots; what the agent says of itself stays."""
    agent, network = hits["bot_reason"].cast(pl.String), network.cast(pl.String)
    return hits.with_columns(
        is_bot=pl.col("is_bot") | network.is_not_null(),
        bot_reason=pl.when("is_bot").then(agent).otherwise(pl.coalesce(network, agent)),
    )


def _narrow(dtype: pl.DataType) -> pl.DataType:
    """Return a type that is written as this one; a null of text takes sixteen bytes."""
    return pl.Categorical(pl.Categories.random()) if dtype == pl.String else dtype


def _in_order(hits: pl.DataFrame) -> pl.DataFrame:
    """Return the columns the table declares, in its order, and ``offset``."""
    present = set(hits.columns)
    expressions: list[pl.Expr | pl.Series] = []
    for name, dtype in HITS.schema.items():
        if name not in present:
            expressions.append(pl.lit(None, _narrow(dtype)).alias(name))
        elif isinstance(enum := hits.schema[name], pl.Enum):  # which is not read back as text
            # By its numbers, not text by text.
            texts = categorical(pl.Series(name, enum.categories, dtype=pl.String))
            expressions.append(texts.gather(hits[name].to_physical()))
        elif dtype == pl.String and hits.schema[name] != pl.String:
            expressions.append(pl.col(name))  # categorical: cheaper to write, read as text
        else:
            expressions.append(pl.col(name).cast(dtype))
    return hits.select(*expressions, "offset")
