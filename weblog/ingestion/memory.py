"""What ingestion remembers between batches: each distinct value is classified once."""

from __future__ import annotations

from functools import partial

import polars as pl

from weblog.classify import (
    campaign_parameters,
    classify_agents,
    classify_landings,
    classify_paths,
    classify_referrers,
    in_networks,
    internal_agents,
    private_clients,
    redact_queries,
    redact_referrers,
    visitor_keys,
)
from weblog.ingestion.distinct import Remembered
from weblog.site.rules import Site


class Memory:
    """The classifications ingestion needs, each remembering the distinct values it saw."""

    def __init__(self, site: Site, key: bytes) -> None:
        self._site = site
        self._key = key
        self.agents = Remembered(self._classify_agents)
        """Distinct user agents -> user_agent, browser, os, device, is_bot, bot_reason,
        is_internal."""
        self.paths = Remembered(partial(classify_paths, site=site))
        """Distinct paths -> path and what :func:`weblog.classify.classify_paths` says."""
        self.referrers = Remembered(self._classify_referrers)
        """Distinct referrers -> referrer, host, is_internal, redacted."""
        self.queries = Remembered(self._classify_queries)
        """Distinct queries -> query, has_campaign, redacted."""
        self.clients = Remembered(self._classify_clients)
        """Distinct client addresses -> client, private, is_internal, is_bot."""

    def visitor_keys(self, pairs: pl.DataFrame) -> pl.Series:
        """Return the hash of each distinct pair of client and user_agent."""
        return visitor_keys(pairs, self._key)

    def landings(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Classify each distinct pair of referrer and query."""
        return classify_landings(pairs, self._site)

    def _classify_agents(self, agents: pl.Series) -> pl.DataFrame:
        internal = internal_agents(agents, self._site.internal)
        return classify_agents(agents, self._site.bots).with_columns(is_internal=internal)

    def _classify_referrers(self, referrers: pl.Series) -> pl.DataFrame:
        classified = classify_referrers(referrers, self._site.hosts)
        secret = self._site.privacy.secret_parameters
        shown = referrers.replace(["-", ""], [None, None])
        return pl.DataFrame(
            {
                "referrer": referrers,
                "host": classified["referrer_host"],
                "is_internal": classified["is_internal"],
                "redacted": redact_referrers(shown, secret),
            }
        )

    def _classify_queries(self, queries: pl.Series) -> pl.DataFrame:
        parameters = campaign_parameters(queries, self._site.campaign)
        names = [name for name in parameters.columns if name != "query"]
        said = parameters.select(
            pl.any_horizontal(pl.col(name).is_not_null() for name in names)
        ).to_series()
        secret = self._site.privacy.secret_parameters
        redacted = redact_queries(queries, secret)
        return pl.DataFrame({"query": queries, "has_campaign": said, "redacted": redacted})

    def _classify_clients(self, clients: pl.Series) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "client": clients,
                "private": private_clients(clients, self._site.privacy.client, self._key),
                "is_internal": in_networks(clients, self._site.internal.networks),
                "is_bot": in_networks(clients, self._site.bots.networks),
            }
        )
