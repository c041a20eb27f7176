"""Landings that lost their parameters on the way: an estimate, by what is usual without a campaign.

A portal's redirect, an app or a wrongly typed link can drop the parameters. Such a visit comes from
the portal's referrer to the campaign's page and carries no campaign. Others do so anyway: who
found the page by themselves. With B of them in the n days before the campaign and X in its m days,
X holds m / n x B usual ones, on average, and the rest lost their parameters. How many usual ones
there were lies, with 95 %, between the roots of the score equation of two Poisson rates being one::

    U = r B + r z^2 / 2 -+ z sqrt(r B (1 + r) + r^2 z^2 / 4),  r = m / n

so between X - U are the lost ones, none below 0 nor above X. Source: Krishnamoorthy and Peng
(2011), "Improved closed-form prediction intervals for binomial and Poisson distributions", Journal
of Statistical Planning and Inference 141.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.ask import Asked
from reports.cache import CACHE, key_of
from reports.intervals import Z95
from weblog.store import Snapshot

USUAL_DAYS: Final = timedelta(days=56)
"""So far back what is usual is looked at: eight whole weeks."""

UNPAID: Final = ("organic", "social", "referral")
"""Media of sessions whose landing carried no parameter: the referrer alone tells of them."""

LEAST_SHARE: Final = 0.1
"""A page on which less than this part of a campaign's sessions begin is none of its pages."""

OF_PORTAL: Final = ("campaign", "portal")

SCHEMA: Final = pl.Schema(
    {
        "campaign": pl.String(),
        "portal": pl.String(),
        "arrived": pl.Int64(),
        "usual": pl.Int64(),
        "days": pl.Int64(),
        "usual_days": pl.Int64(),
        "sends_referrer": pl.Boolean(),
    }
)


def candidates(
    asked: Asked, whole: pl.DataFrame, sessions: pl.DataFrame, landings: pl.DataFrame
) -> pl.DataFrame:
    """Return what :func:`estimated` takes: a row per campaign and portal the media report.

    Args:
        asked: the question.
        whole: as :func:`reports.advertising.reported.all_reported` returns it.
        sessions: of banners, all of them, as :func:`reports.advertising.landed.sessions` does.
        landings: as :func:`reports.advertising.landed.landings` does.

    Returns:
        ``campaign``, ``portal``; ``arrived`` without parameters on the ``days`` of the campaign in
        the period, ``usual`` on the ``usual_days`` before the campaign; and whether the portal
        ``sends_referrer``, without which none can be seen.
    """
    span, first = asked.query.current, asked.query.data_first_day
    if span is None or first is None or whole.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    began, ended = pl.col("date").min(), pl.col("date").max()
    spans = (
        whole.group_by(OF_PORTAL)
        .agg(began.alias("began"), ended.alias("ended"))
        .filter(pl.col("began") <= span[1], pl.col("ended") >= span[0])
        .with_columns(
            start=pl.max_horizontal("began", pl.lit(max(span[0], first))),
            end=pl.min_horizontal("ended", pl.lit(span[1])),
            usual_start=pl.max_horizontal(pl.col("began") - USUAL_DAYS, pl.lit(first)),
        )
    )
    hosts = _hosts(landings)
    routes = spans.join(hosts, on=OF_PORTAL, how="left", nulls_equal=True).join(
        _pages(sessions), on="campaign", how="left", nulls_equal=True
    )
    came = _came(asked.snapshot, first, span[1], routes)
    day, began_on = pl.col("date"), pl.col("began")
    counted = routes.join(came, on=["host", "entry_page"]).group_by(OF_PORTAL).agg(
        pl.col("n").filter(day.is_between("start", "end")).sum().alias("arrived"),
        pl.col("n").filter(day >= pl.col("usual_start"), day < began_on).sum().alias("usual"),
    )  # fmt: skip
    length = (pl.col("end") - pl.col("start")).dt.total_days() + 1
    before = (pl.col("began") - pl.col("usual_start")).dt.total_days()
    telling = hosts.select(OF_PORTAL).unique().with_columns(sends_referrer=pl.lit(value=True))
    return (
        spans.join(counted, on=OF_PORTAL, how="left", nulls_equal=True)
        .join(telling, on=OF_PORTAL, how="left", nulls_equal=True)
        .with_columns(
            pl.col("arrived", "usual").fill_null(0),
            pl.col("sends_referrer").fill_null(value=False),
            days=length.clip(lower_bound=0),
            usual_days=before.clip(lower_bound=0),
        )
        .select(SCHEMA.names())
        .cast(SCHEMA)
        .sort(OF_PORTAL)
    )


def _hosts(landings: pl.DataFrame) -> pl.DataFrame:
    """Return the referrers' hosts people come with from each portal, where most come with one."""
    n, seen = pl.col("n"), pl.col("host").is_not_null()
    people = landings.filter(pl.col("who") == "person")
    telling = people.group_by(OF_PORTAL).agg(
        (n.filter(seen).sum() / n.sum()).alias("told")
    ).filter(pl.col("told") >= 0.5)  # fmt: skip
    return (
        people.filter(seen)
        .join(telling, on=OF_PORTAL, how="semi", nulls_equal=True)
        .select(*OF_PORTAL, "host")
        .unique()
    )


def _pages(sessions: pl.DataFrame) -> pl.DataFrame:
    """Return the pages on which a campaign's sessions begin, those of a share worth the name."""
    share = pl.col("n") / pl.col("n").sum().over("campaign")
    return (
        sessions.drop_nulls("entry_page")
        .group_by("campaign", "entry_page")
        .agg(pl.len().alias("n"))
        .filter(share >= LEAST_SHARE)
        .select("campaign", "entry_page")
    )


def _came(snapshot: Snapshot, first: date, last: date, routes: pl.DataFrame) -> pl.DataFrame:
    """Count the sessions without parameters on these routes, by day: ``date`` ... ``n``."""
    hosts = tuple(sorted(set(routes["host"].drop_nulls())))
    pages = tuple(sorted(set(routes["entry_page"].drop_nulls())))
    key = (*key_of(snapshot, "sessions", (first, last)), "without parameters", hosts, pages)
    rows = snapshot.scan("sessions").filter(
        pl.col("date").is_between(first, last),
        pl.col("campaign").is_null(),
        pl.col("medium").is_in(UNPAID),
        pl.col("referrer_host").is_in(hosts),
        pl.col("entry_page").is_in(pages),
    )
    grouped = rows.group_by("date", "entry_page", host="referrer_host").agg(
        pl.len().cast(pl.Int64).alias("n")
    )
    return CACHE.get(key, grouped.collect)


def estimated(found: pl.DataFrame) -> pl.DataFrame:
    """Add ``lost``, ``lost_low`` and ``lost_high``; null where nothing can be seen.

    Where no day before the campaign is known, all may be usual or none: from 0 to all.

    Args:
        found: as :func:`candidates` returns it.
    """
    x, b = pl.col("arrived"), pl.col("usual")
    r = pl.col("days") / pl.when(pl.col("usual_days") > 0).then(pl.col("usual_days"))
    spread = Z95 * (r * b * (1 + r) + r**2 * Z95**2 / 4).sqrt()
    middle = r * b + r * Z95**2 / 2
    most = (middle + spread).fill_null(x.cast(pl.Float64))
    least = (middle - spread).clip(lower_bound=0.0).fill_null(0.0)
    ends = {
        "lost": x - (r * b).fill_null(0.0),
        "lost_low": x - most,
        "lost_high": x - least,
    }
    return found.with_columns(
        pl.when("sends_referrer").then(value.clip(lower_bound=0.0)).alias(name)
        for name, value in ends.items()
    )
