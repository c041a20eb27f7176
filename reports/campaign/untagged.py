"""Visits that a campaign probably brought although their links say nothing: of sessions."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.campaign.mistagged import found_by
from reports.intervals import Z95

OWN_PAGE: Final = 0.5
"""From this part of its visits on that carry campaigns, an entry page is a campaign's own."""

UNLABELLED: Final = ("Direct", "Referral", "Email", "Organic Social", "Unassigned")
"""Channels of visits to a campaign's own page whose link lost, or never had, its tags."""

SESSIONS: Final = "sessions"

LOOKED_AT: Final = ("date", "channel", "source", "medium", "campaign", "entry_page")
"""Columns of the sessions frame that :func:`in_sessions` looks at."""


def in_sessions(
    sessions: pl.DataFrame, planned: pl.DataFrame, mailing_days: pl.DataFrame
) -> pl.DataFrame:
    """Return what sessions tell of missing tags, and campaigns on one side alone.

    Args:
        sessions: as :func:`reports.load.sessions` returns them.
        planned: the company's campaigns: ``campaign`` (lower-cased), ``is_running`` in the period.
        mailing_days: ``date`` of days on which a mailing is read: at most two weeks after it.

    Returns:
        Columns :data:`reports.campaign.mistagged.FOUND`.
    """
    tagged = sessions.filter(pl.col("campaign").is_not_null())
    bare = sessions.filter(pl.col("campaign").is_null())
    parts = [_unknown_medium(sessions), _untagged_mail(bare, mailing_days)]
    parts += [_untagged_source(sessions, tagged, bare), _untagged_landing(sessions, tagged, bare)]
    if not planned.is_empty():
        parts += _beside_plan(tagged, planned)
    return pl.concat(parts)


def _counted(sessions: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return ``value``, ``count`` and ``example`` (the page most visits begin on)."""
    return (
        sessions.group_by(pl.col(name).cast(pl.String).alias("value"))
        .agg(
            pl.len().cast(pl.Int64).alias("count"),
            pl.col("entry_page").drop_nulls().cast(pl.String).mode().min().alias("example"),
        )
        .filter(pl.col("value").is_not_null())
    )


def _unknown_medium(sessions: pl.DataFrame) -> pl.DataFrame:
    unknown = sessions.filter(
        pl.col("channel") == "Unassigned",
        pl.col("medium").is_not_null() & (pl.col("medium") != "spam"),
    )
    return found_by(_counted(unknown, "medium"), "unknown_medium", "medium", counted=SESSIONS)


def _untagged_mail(bare: pl.DataFrame, mailing_days: pl.DataFrame) -> pl.DataFrame:
    mail = bare.filter(pl.col("channel") == "Email")
    mail = mail.join(mailing_days, on="date", how="semi")
    return found_by(_counted(mail, "source"), "untagged_mail", "source", counted=SESSIONS)


def _untagged_source(
    sessions: pl.DataFrame, tagged: pl.DataFrame, bare: pl.DataFrame
) -> pl.DataFrame:
    """Return sites that send more untagged visits while a campaign of theirs runs than else.

    More beyond chance: with n visits on r days and m on the s others, n - m r / s is more than
    1.96 times the square root of n + m (r / s)^2, the variance of Poisson counts.
    """
    runs = tagged.select("source", "date").unique()
    referred = bare.filter(pl.col("medium") == "referral")
    daily = referred.group_by("source", "date").agg(pl.len().alias("n"))
    both = daily.join(
        runs.with_columns(pl.lit(value=True).alias("runs")), on=["source", "date"], how="left"
    ).with_columns(pl.col("runs").fill_null(value=False))
    days = sessions["date"].n_unique()
    of_source = (
        both.group_by("source")
        .agg(
            pl.col("n").filter("runs").sum().alias("on"),
            pl.col("n").filter(~pl.col("runs")).sum().alias("off"),
        )
        .join(runs.group_by("source").len("r"), on="source")
        .with_columns((pl.col("r") / (days - pl.col("r").cast(pl.Int64))).alias("odds"))
        .filter((days - pl.col("r").cast(pl.Int64)) > 0)
    )
    more = pl.col("on") - pl.col("off") * pl.col("odds")
    spread = (pl.col("on") + pl.col("off") * pl.col("odds") ** 2).sqrt()
    suspect = of_source.filter(more > Z95 * spread).select("source")
    shown = referred.join(suspect, on="source", how="semi").join(
        runs, on=["source", "date"], how="semi"
    )
    return found_by(_counted(shown, "source"), "untagged_source", "source", counted=SESSIONS)


def _untagged_landing(
    sessions: pl.DataFrame, tagged: pl.DataFrame, bare: pl.DataFrame
) -> pl.DataFrame:
    """Return campaigns' own pages on which visits without tags begin while they run."""
    entries = sessions.group_by("entry_page").agg(pl.len().alias("all"))
    own = (
        tagged.group_by("entry_page")
        .agg(
            pl.len().alias("tagged"),
            pl.col("date").min().alias("first"),
            pl.col("date").max().alias("last"),
            pl.col("campaign").cast(pl.String).mode().min().alias("meant"),
        )
        .join(entries, on="entry_page")
        .filter(pl.col("tagged") >= SMALL, pl.col("tagged") / pl.col("all") >= OWN_PAGE)
    )
    lost = (
        bare.filter(pl.col("channel").is_in(UNLABELLED))
        .join(own, on="entry_page")
        .filter(pl.col("date").is_between("first", "last"))
    )
    rows = (
        lost.group_by(pl.col("entry_page").cast(pl.String).alias("value"))
        .agg(pl.col("meant").first(), pl.len().alias("count"))
        .with_columns(pl.col("value").alias("example"))
    )
    return found_by(rows, "untagged_landing", "entry_page", counted=SESSIONS)


def _beside_plan(tagged: pl.DataFrame, planned: pl.DataFrame) -> list[pl.DataFrame]:
    seen = _counted(tagged, "campaign")
    unknown = seen.join(planned, left_on="value", right_on="campaign", how="anti")
    unseen = (
        planned.filter("is_running")
        .join(seen, left_on="campaign", right_on="value", how="anti")
        .select(pl.col("campaign").alias("value"), pl.lit(0).alias("count"))
    )
    return [
        found_by(unknown, "unknown_campaign", "campaign", counted=SESSIONS),
        found_by(unseen, "unseen_campaign", "campaign", counted=SESSIONS),
    ]
