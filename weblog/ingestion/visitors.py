"""Which browser a row is: a cookie, the customer, or a keyed hash of address and agent.

The key of the hash is the store's own; where the site has the salt rotate, each day (week,
month) has a key of its own, so that nothing links two of them (docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.classify import keyed, visitor_keys
from weblog.ingestion import identities
from weblog.ingestion.distinct import Encoded, categorical, encoded_numbers, extended
from weblog.site.identity import CUSTOMER, HASH
from weblog.site.rules import Site

PeriodKeys = Callable[[Iterable[date]], Mapping[date, bytes]]
"""Gives the key of each period, named by its first day."""

_TRUNCATED: Final = {"daily": "1d", "weekly": "1w", "monthly": "1mo"}


def derived_keys(key: bytes) -> PeriodKeys:
    """Return period keys that follow from ``key``: for what is not stored."""
    digest = keyed(key)
    return lambda periods: {day: digest(day.isoformat()).encode() for day in periods}


@dataclass(frozen=True)
class VisitorMaker:
    """Says which visitor each row is, as the site's rules have it."""

    site: Site
    key: bytes
    period_keys: PeriodKeys | None = None

    @property
    def _places(self) -> list[str]:
        """Where a visitor may be named, in order."""
        return [place for place in self.site.identity.visitor_places if place != HASH]

    def visitors(self, rows: pl.DataFrame, client: Encoded, agent: Encoded) -> pl.Series:
        """Return the visitor of each row; null where nothing tells.

        Args:
            rows: parsed rows with ``customer_id`` and ``date``, the day in the site's zone.
            client: their clients; fact ``who`` is what tells visitors apart.
            agent: their user agents.
        """
        is_hashed = HASH in self.site.identity.visitor_places
        named = identities.named_visitor(rows, self._places)
        if named is None:
            return self._hashes(rows, client, agent) if is_hashed else _nobody(rows)
        found = rows.select(named.alias("visitor_id")).to_series()
        names = categorical(self._hidden(found, rows))
        without = found.is_null()
        if not is_hashed or not without.any():
            return names
        hashed = self._hashes(rows, client.where(without), agent.where(without))
        both = pl.coalesce(names.cast(pl.String), hashed.cast(pl.String))
        return categorical(pl.select(visitor_id=both).to_series())

    def _hidden(self, names: pl.Series, rows: pl.DataFrame) -> pl.Series:
        """Return cookies hashed, if the site says so; a customer's id is not a cookie."""
        if self.site.privacy.visitor_cookies == "keep":
            return names
        is_cookie = pl.col("name").is_not_null()
        if CUSTOMER in self._places:
            is_cookie &= ~pl.col("name").str.starts_with(identities.CUSTOMER_PREFIX)
        told = pl.DataFrame([names.alias("name"), self._periods(rows).alias("period")])
        distinct = told.filter(is_cookie).unique()
        hashes = self._each_period(
            distinct, lambda part, key: pl.Series(map(keyed(key), "=" + part["name"]))
        )
        joined = told.join(
            hashes, on=["name", "period"], how="left", nulls_equal=True, maintain_order="left"
        )
        return joined.select(visitor_id=pl.coalesce("hash", "name")).to_series()

    def _hashes(self, rows: pl.DataFrame, client: Encoded, agent: Encoded) -> pl.Series:
        # Two codes in one number; the codes differ between batches, the hash does not.
        count = len(agent.values) + 1
        pairs = client.or_absent() * count + agent.or_absent()
        if self.site.privacy.visitor_salt == "stay":
            values, codes = encoded_numbers(pairs)
            keys = visitor_keys(_pairs(values, client, agent, count), self.key)
        else:
            periods = self._periods(rows)
            first = periods.unique().sort().drop_nulls()
            code = first.search_sorted(periods).to_numpy().astype(np.int64)
            combined = (len(client.values) + 1) * count
            values, codes = encoded_numbers(code * combined + pairs)
            told = _pairs(values % combined, client, agent, count).with_columns(
                period=first.gather(values // combined)
            )
            hashes = self._each_period(told, visitor_keys)
            keys = told.join(
                hashes,
                on=["client", "user_agent", "period"],
                how="left",
                nulls_equal=True,
                maintain_order="left",
            )["hash"]
        return categorical(keys).gather(codes).alias("visitor_id")

    def _periods(self, rows: pl.DataFrame) -> pl.Series:
        """Return the first day of the period whose key counts for each row; null for any."""
        every = _TRUNCATED.get(self.site.privacy.visitor_salt)
        if every is None:
            return pl.Series([None], dtype=pl.Date).new_from_index(0, rows.height)
        return rows["date"].dt.truncate(every)

    def _each_period(
        self, told: pl.DataFrame, hashed: Callable[[pl.DataFrame, bytes], pl.Series]
    ) -> pl.DataFrame:
        """Return the distinct rows of ``told`` and their ``hash``, with the key of each period."""
        days = told["period"].drop_nulls().unique().to_list()
        given = self.period_keys or derived_keys(self.key)
        keys: dict[date | None, bytes] = {None: self.key}
        keys |= dict(given(days).items()) if days else {}
        parts = [
            part.with_columns(hashed(part, keys[day]).cast(pl.String).alias("hash"))
            for (day,), part in told.unique().partition_by("period", as_dict=True).items()
        ]
        return pl.concat([told.clear().with_columns(hash=pl.lit("")), *parts])


def _pairs(pairs: NDArray[np.int64], client: Encoded, agent: Encoded, count: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "client": extended(client.facts["who"]).gather(pairs // count),
            "user_agent": agent.value_at(pairs % count),
        }
    )


def _nobody(rows: pl.DataFrame) -> pl.Series:
    nothing = pl.Series("visitor_id", [None], dtype=pl.String).new_from_index(0, rows.height)
    return categorical(nothing)
