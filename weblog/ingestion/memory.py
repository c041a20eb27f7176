"""What ingestion remembers between batches: each distinct value is classified once."""

from __future__ import annotations

from functools import partial

import polars as pl

from weblog.classify import (
    campaign_parameters,
    classify_agents,
    classify_paths,
    classify_referrers,
    clients_of,
    countries,
    identity_clients,
    in_networks,
    internal_agents,
    normal_paths,
    private_clients,
    redact_queries,
    redact_referrers,
    scrubbed,
)
from weblog.classify.bots import network_reasons
from weblog.ingestion.distinct import Dictionary, Encoded
from weblog.ingestion.identities import trusted
from weblog.ingestion.requests import split_requests
from weblog.site.geo import database_of
from weblog.site.rules import Site


class Memory:
    """The classifications ingestion needs, each remembering the distinct values it saw."""

    def __init__(self, site: Site, key: bytes) -> None:
        self._site = site
        self._key = key
        self.agents = Dictionary(self._classify_agents)
        """User agents -> user_agent, browser, os, device, is_bot, bot_reason, is_internal."""
        self.referrers = Dictionary(self._classify_referrers)
        """Referrers -> what :func:`weblog.classify.classify_referrers` says, and redacted."""
        self.clients = Dictionary(self._classify_clients)
        """Client addresses -> who, private, country, is_internal, is_bot."""
        self._requests = Dictionary(self._classify_requests)
        self._paths = Dictionary(partial(classify_paths, site=site))
        self._queries = Dictionary(self._classify_queries)

    def requests(self, requests: pl.Series) -> tuple[Encoded, Encoded, Encoded]:
        """Take request lines apart; return requests, paths and queries, each for every row.

        Facts of requests: method. Of paths: what :func:`weblog.classify.classify_paths` says. Of
        queries: said_source and the other campaign parameters, has_campaign, redacted.
        """
        if self._requests.is_done_with(requests):
            for dictionary in (self._requests, self._paths, self._queries):
                dictionary.forget()
        request = self._requests.encode(requests)
        path, query = (
            dictionary.numbered(request.facts[name]).behind(request)
            for dictionary, name in ((self._paths, "path"), (self._queries, "query"))
        )
        return request, path, query

    def _classify_requests(self, requests: pl.Series) -> pl.DataFrame:
        parts = split_requests(requests, self._site.privacy.secret_parameters)
        paths = normal_paths(parts["path"], self._site.urls)
        paths = scrubbed(paths, self._site.privacy.scrub)
        return parts.select("method").with_columns(
            path=self._paths.numbers(paths), query=self._queries.numbers(parts["query"])
        )

    def _classify_agents(self, agents: pl.Series) -> pl.DataFrame:
        internal = internal_agents(agents, self._site.internal)
        return classify_agents(agents, self._site.bots).with_columns(is_internal=internal)

    def _classify_referrers(self, referrers: pl.Series) -> pl.DataFrame:
        shown = referrers.replace(["-", ""], [None, None])
        privacy = self._site.privacy
        facts = classify_referrers(referrers, self._site.hosts)
        redacted = redact_referrers(shown, privacy.secret_parameters)
        return facts.with_columns(
            scrubbed(facts["search_term"], privacy.scrub),
            redacted=scrubbed(redacted, privacy.scrub),
        )

    def _classify_queries(self, queries: pl.Series) -> pl.DataFrame:
        said = campaign_parameters(queries, self._site.campaign)
        names = [name for name in said.columns if name != "query"]
        privacy = self._site.privacy
        redacted = redact_queries(queries, privacy.secret_parameters)
        return said.select(
            *(scrubbed(said[name], privacy.scrub).alias(f"said_{name}") for name in names),
            pl.any_horizontal(pl.col(names).is_not_null()).alias("has_campaign"),
            scrubbed(redacted, privacy.scrub).alias("redacted"),
        )

    def _classify_clients(self, clients: pl.Series) -> pl.DataFrame:
        identity = self._site.identity
        clients = clients_of(clients, trusted(identity))
        return pl.DataFrame(
            {
                "who": identity_clients(clients, identity.ipv6_prefix),
                "private": private_clients(clients, self._site.privacy.client, self._key),
                "country": countries(clients, database_of(self._site.geo, self._site.folder)),
                "is_internal": in_networks(clients, self._site.internal.networks),
                "bot_reason": network_reasons(clients, self._site.bots.networks),
            }
        )
