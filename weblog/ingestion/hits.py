"""Parsed rows to hits: who, what, with which browser, from where; on distinct values only."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from weblog.classify import bare_hosts, with_kinds
from weblog.ingestion import identities
from weblog.ingestion.distinct import Encoded, categorical, encoded, encoded_numbers
from weblog.ingestion.memory import Memory
from weblog.ingestion.requests import request_lines, split_requests
from weblog.schema import HITS
from weblog.site.rules import Site

LANDING = ("channel", "source", "medium", "campaign", "term", "content")
AGENT = ("browser", "os", "device", "is_bot", "bot_reason")

PURPOSE = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Request headers by which browsers, today's and yesterday's, say that they fetch ahead."""

_NOTHING = pl.Series(["-", ""])


@dataclass
class HitMaker:
    """Makes hits of parsed rows; remembers what it classified between batches.

    ``key`` keys the hash that stands for a browser without a cookie. The result depends on
    rows, rules and key alone, never on what was seen before.
    """

    site: Site
    key: bytes
    memory: Memory = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.memory = Memory(self.site, self.key)

    def hits(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the hits of ``rows`` (see :class:`weblog.parse.Parsed`, and ``log_source``).

        Columns as :data:`weblog.schema.HITS`, and ``offset``. Text that repeats is
        categorical, which costs less to write.
        """
        request = encoded(request_lines(rows))
        agent = encoded(_column(rows, "user_agent"))
        referrer = encoded(_column(rows, "referrer"))
        client = encoded(rows.with_columns(client=identities.client(rows))["client"])
        requests = split_requests(request.values, self.site.privacy.secret_parameters)
        query = encoded(requests["query"])

        columns = {
            "customer_id": self._customers(rows, request, requests),
            "visitor_id": self._visitors(rows, client, agent),
            "host": categorical(_shown(_column(rows, "host")).str.to_lowercase()),
            **self._client_columns(client),
            **self._agent_columns(agent),
            **self._request_columns(request, requests),
            **self._query_columns(request, query),
            **self._landing_columns(rows, referrer, request, query),
            **_purpose(rows),
        }
        bot_client = columns.pop("is_bot_client")
        columns["is_internal_client"] |= columns.pop("is_internal_agent")
        zone = self.site.time_zone
        names = ("ts", "line", "offset", "status", "bytes", "duration_ms")
        hits = rows.select(name for name in names if name in rows.columns).with_columns(
            **columns,
            log_source=categorical(rows["log_source"]),
            date=pl.col("ts").dt.convert_time_zone(zone).dt.date(),
        )
        if bot_client.any():
            hits = _with_bot_clients(hits, bot_client)
        return _in_order(with_kinds(hits, self.site))

    def _customers(self, rows: pl.DataFrame, request: Encoded, requests: pl.DataFrame) -> pl.Series:
        identity = self.site.identity
        if any(place.startswith("query:") for place in identity.customer):
            rows = rows.with_columns(query=request.rows(requests["query"]))
        found = rows.with_columns(customer_id=identities.customer(rows, identity))
        return categorical(found["customer_id"])

    def _visitors(self, rows: pl.DataFrame, client: Encoded, agent: Encoded) -> pl.Series:
        """Return the visitor of each row: its cookie, else a hash of address and agent."""
        # Two codes in one number; the codes differ between batches, the hash does not.
        count = len(agent.values) + 1
        pairs = client.or_absent() * count + agent.or_absent()
        cookie = identities.visitor_cookie(rows, self.site.identity)
        if cookie is None:
            return self._hashed(pairs, count, client, agent)
        cookies = rows.select(cookie.alias("visitor_id")).to_series()
        needed = pl.select(pl.when(cookies.is_null()).then(pairs)).to_series()
        hashed = self._hashed(needed, count, client, agent).cast(pl.String)
        return categorical(pl.select(visitor_id=pl.coalesce(cookies, hashed)).to_series())

    def _hashed(self, pairs: pl.Series, count: int, client: Encoded, agent: Encoded) -> pl.Series:
        pair = encoded_numbers(pairs)
        distinct = pl.DataFrame(
            {
                "client": client.value_at(pair.values // count),
                "user_agent": agent.value_at(pair.values % count),
            }
        )
        return pair.rows(categorical(self.memory.visitor_keys(distinct))).rename("visitor_id")

    def _client_columns(self, client: Encoded) -> dict[str, pl.Series]:
        clients = self.memory.clients(client.values)
        return {
            "client": client.rows(categorical(clients["private"])),
            "is_internal_client": client.rows(clients["is_internal"]).fill_null(value=False),
            "is_bot_client": client.rows(clients["is_bot"]).fill_null(value=False),
        }

    def _agent_columns(self, agent: Encoded) -> dict[str, pl.Series]:
        agents = self.memory.agents(agent.values)
        columns = {
            name: agent.rows(categorical(agents[name])) for name in AGENT if name != "is_bot"
        }
        # A format without a user agent says nothing about robots: then nobody is one.
        columns["is_bot"] = agent.rows(agents["is_bot"]).fill_null(value=False)
        columns["is_internal_agent"] = agent.rows(agents["is_internal"]).fill_null(value=False)
        columns["user_agent"] = agent.rows(categorical(_shown(agent.values)))
        return columns

    def _request_columns(self, request: Encoded, requests: pl.DataFrame) -> dict[str, pl.Series]:
        path = encoded(requests["path"])
        paths = self.memory.paths(path.values)
        codes = request.rows(path.codes)
        columns = {name: categorical(paths[name]).gather(codes) for name in paths.columns[1:]}
        columns["method"] = request.rows(categorical(requests["method"]))
        columns["path"] = categorical(path.values).gather(codes)
        return columns

    def _query_columns(self, request: Encoded, query: Encoded) -> dict[str, pl.Series]:
        queries = self.memory.queries(query.values)
        codes = request.rows(query.codes)
        return {"query": categorical(queries["redacted"]).gather(codes)}

    def _landing_columns(
        self, rows: pl.DataFrame, referrer: Encoded, request: Encoded, query: Encoded
    ) -> dict[str, pl.Series]:
        """Classify where each row comes from, on distinct pairs of referrer and query.

        Pairs are few once all internal referrers count as one, and all queries without
        campaign parameters as none.
        """
        referrers = self.memory.referrers(referrer.values)
        queries = self.memory.queries(query.values)
        count = len(query.values) + 1
        referrer_code = referrer.rows(_representative(referrers["is_internal"]))
        referrer_code = referrer_code.fill_null(len(referrer.values))
        own, inside = self._own_links(rows, referrer), len(referrer.values) + 1
        if own is not None:
            referrer_code = referrer_code.set(own, inside)
        query_code = _kept_codes(queries["has_campaign"]).gather(request.rows(query.codes))
        pair = encoded_numbers(referrer_code * count + query_code.fill_null(len(query.values)))
        landings = self.memory.landings(
            pl.DataFrame(
                {
                    "referrer": _shown(referrer.value_at(pair.values // count)),
                    "query": query.value_at(pair.values % count),
                    "is_own": pair.values // count == inside,
                }
            )
        )
        columns = {name: pair.rows(categorical(landings[name])) for name in LANDING}
        columns["referrer"] = referrer.rows(categorical(referrers["redacted"]))
        return columns

    def _own_links(self, rows: pl.DataFrame, referrer: Encoded) -> pl.Series | None:
        """Say whose referrer is on the row's own host; None where the site names its hosts."""
        if self.site.hosts or "host" not in rows.columns:
            return None
        host = encoded(_shown(rows["host"]))
        of_referrer = self.memory.referrers(referrer.values)["host"]
        own = host.rows(bare_hosts(host.values)) == referrer.rows(bare_hosts(of_referrer))
        return own.fill_null(value=False)


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


def _shown(values: pl.Series) -> pl.Series:
    """Return text with the log's ``-`` as null."""
    return values.replace(_NOTHING, pl.Series([None, None], dtype=pl.String))


def _representative(is_internal: pl.Series) -> pl.Series:
    """Return a code for each distinct referrer: its own, or that of the first internal one."""
    codes = pl.int_range(len(is_internal), dtype=pl.Int64, eager=True)
    first = codes.filter(is_internal.fill_null(value=False)).head(1)
    if first.is_empty():
        return codes
    inside = pl.when(is_internal.fill_null(value=False)).then(first[0])
    return pl.select(inside.otherwise(codes)).to_series()


def _kept_codes(keep: pl.Series) -> pl.Series:
    codes = pl.int_range(len(keep), dtype=pl.Int64, eager=True)
    return pl.select(pl.when(keep).then(codes)).to_series()


def _with_bot_clients(hits: pl.DataFrame, is_bot_client: pl.Series) -> pl.DataFrame:
    reason = pl.col("bot_reason").cast(pl.String)
    return hits.with_columns(
        is_bot=pl.col("is_bot") | is_bot_client,
        bot_reason=pl.when(is_bot_client & reason.is_null())
        .then(pl.lit("site rule: network"))
        .otherwise(reason),
    )


def _in_order(hits: pl.DataFrame) -> pl.DataFrame:
    """Return the columns the table declares, in its order, and ``offset``."""
    present = set(hits.columns)
    expressions = []
    for name, dtype in HITS.schema.items():
        if name not in present:
            expressions.append(pl.lit(None, dtype).alias(name))
        elif isinstance(hits.schema[name], pl.Enum):  # an Enum is not read back as text
            expressions.append(pl.col(name).cast(pl.Categorical(pl.Categories.random())))
        elif dtype == pl.String and hits.schema[name] != pl.String:
            expressions.append(pl.col(name))  # categorical: cheaper to write, read as text
        else:
            expressions.append(pl.col(name).cast(dtype))
    return hits.select(*expressions, "offset")
