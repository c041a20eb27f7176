"""Which campaign of the site's links an ad system's campaign is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import polars as pl

from weblog.site.ads import AdCampaign
from weblog.store import Snapshot

_BETWEEN: Final = "\0"


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A campaign that no session carries, and the one it might be, if any is like it."""

    ad_campaign: str
    campaign: str
    nearest: str | None


def with_campaign(rows: pl.DataFrame, named: Sequence[AdCampaign]) -> pl.DataFrame:
    """Return rows with ``campaign``: what the site says it is, else as the ad system calls it.

    What the site says of one account or ad system goes before what it says of all.

    Args:
        rows: ``imported_from`` and ``ad_campaign``.
        named: what the site says.
    """
    account, name = pl.col("imported_from"), _plain(pl.col("ad_campaign"))
    system = account.str.split("/").list.first()
    said = {
        ((each.imported_from or "") + _BETWEEN + each.ad_campaign.strip().lower()): each.campaign
        for each in reversed(named)
    }
    keys = [pl.concat_str(whose, pl.lit(_BETWEEN), name) for whose in (account, system, pl.lit(""))]
    found = [key.replace_strict(said, default=None, return_dtype=pl.String) for key in keys]
    return rows.with_columns(campaign=pl.coalesce(*found, "ad_campaign"))


def unmatched(head: Snapshot, rows: pl.DataFrame) -> list[Unmatched]:
    """Return the campaigns of rows that no session carries, and the nearest that one does.

    Nearest is the campaign whose title in table campaigns is the name, else the one spelled most
    like it.

    Args:
        head: the store.
        rows: ``ad_campaign`` and ``campaign``.
    """
    carried = head.scan("sessions").select(pl.col("campaign").str.to_lowercase()).drop_nulls()
    known = carried.unique().collect()["campaign"].sort().to_list()
    campaigns = head.scan("campaigns").select("campaign", "title").collect()
    titles = {
        title.strip().lower(): campaign
        for campaign, title in campaigns.sort("campaign").rows()
        if title is not None
    }
    pairs = rows.select("ad_campaign", "campaign").unique().sort("ad_campaign", "campaign")
    missing = pairs.filter(~_plain(pl.col("campaign")).is_in(known))
    return [
        Unmatched(ad_campaign, campaign, _nearest(ad_campaign, known, titles))
        for ad_campaign, campaign in missing.rows()
    ]


def _nearest(name: str, known: Sequence[str], titles: Mapping[str, str]) -> str | None:
    plain = name.strip().lower()
    if plain in titles:
        return titles[plain]
    near = get_close_matches(plain, known, n=1)
    return near[0] if near else None


def _plain(name: pl.Expr) -> pl.Expr:
    return name.str.strip_chars().str.to_lowercase()
