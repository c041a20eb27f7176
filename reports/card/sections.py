"""The tables of a customer card, each a function of frames: no disk, no clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.audience.columns import SPAN
from reports.breakdown import text
from reports.spec import ColumnSpec

DAY: Final = timedelta(days=1)

HALF_LIFE: Final = 30.0
"""Days after which a page view weighs half as much: last week's interest counts, last year's
hardly."""

AFTER_VISIT: Final = timedelta(days=7)
AFTER_GOAL: Final = timedelta(days=30)
"""How long after a contact visits, and conversions and purchases, are counted beside it."""

VISITS: Final = (
    ColumnSpec("date", pl.Date(), "day", "Day of the visit"),
    ColumnSpec("start", pl.Datetime("us", "UTC"), "", "First page view or event"),
    text("segment", "What the customer was then"),
    text("device", "Device class"),
    text("channel", "Where the visit came from"),
    text("campaign", "The campaign its link carried"),
    ColumnSpec("page_views", pl.Int64(), "count", "Page views"),
    ColumnSpec("logins", pl.Int64(), "count", "Logins"),
    text("entry_page", "First page"),
    text("exit_page", "Last page"),
    ColumnSpec("conversions", pl.Int64(), "count", "Goals reached"),
    ColumnSpec("value", pl.Float64(), "money", "Value of the goals reached"),
)

INTERESTS: Final = (
    text("kind", "'category' of content, or 'product'"),
    text("name", "Which"),
    ColumnSpec("page_views", pl.Int64(), "count", f"Page views of the last {SPAN.days} days"),
    ColumnSpec("sessions", pl.Int64(), "count", "Visits with one of these"),
    ColumnSpec("share", pl.Float64(), "rate", "Page views divided by all of this kind"),
    ColumnSpec(
        "weight", pl.Float64(), "", f"Page views, each halved for every {HALF_LIFE:g} days of age"
    ),
    ColumnSpec("index", pl.Float64(), "", "100 x the customer's share / that of all customers"),
    ColumnSpec("low", pl.Float64(), "", "Lower end of the index's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "", "Upper end of the index's interval"),
    ColumnSpec("dwell_s", pl.Float64(), "seconds", "Time on these pages, as far as it is known"),
    ColumnSpec("last_viewed", pl.Date(), "day", "Day of the last of these page views"),
    ColumnSpec("is_held", pl.Boolean(), "", "A product the customer holds"),
)

PURCHASES: Final = (
    text("purchase_id", "Number of the contract"),
    text("product", "What was bought"),
    ColumnSpec("purchased", pl.Date(), "day", "First day in force"),
    ColumnSpec("ended", pl.Date(), "day", "First day no longer in force; null while it lasts"),
    ColumnSpec("matures", pl.Date(), "day", "Day it runs out or is renewed"),
    ColumnSpec(
        "days_to_maturity", pl.Int64(), "count", "Days from the next day on; null once it is past"
    ),
    ColumnSpec("value", pl.Float64(), "money", "Value"),
    text("sold_through", "Where it was sold"),
    ColumnSpec("is_held", pl.Boolean(), "", "In force"),
)

CONTACTS: Final = (
    ColumnSpec("day", pl.Date(), "day", "Day of the contact"),
    text("channel", "How: email, sms ..."),
    text("about", "The mailing's subject, or the name of the list"),
    text("offer", "What it offered"),
    ColumnSpec("is_held_out", pl.Boolean(), "", "Chosen, but by lot not written to"),
    text("bounced", "'hard' or 'soft' if it did not arrive"),
    ColumnSpec(
        "visits_after", pl.Int64(), "count", f"Visits within {AFTER_VISIT.days} days after it"
    ),
    ColumnSpec("came_by_it", pl.Boolean(), "", "One of them by a link of its campaign"),
    ColumnSpec(
        "conversions_after",
        pl.Int64(),
        "count",
        f"Goals reached within {AFTER_GOAL.days} days after it, whatever the reason",
    ),
    ColumnSpec(
        "purchases_after", pl.Int64(), "count", f"Purchases within {AFTER_GOAL.days} days after it"
    ),
)

SUGGESTIONS: Final = (
    text("kind", "'product' or 'content'"),
    ColumnSpec("rank", pl.Int64(), "count", "1 for what to suggest first"),
    text("item", "Which"),
    text("title_en", "Its name in English"),
    text("title_ko", "Its name in Korean"),
    text("why_en", "The evidence in English"),
    text("why_ko", "The evidence in Korean"),
)

CAMPAIGNS: Final = (
    text("campaign", "Name its links carry"),
    text("title", "What people call it"),
    ColumnSpec("sessions", pl.Int64(), "count", "Visits by its links"),
    ColumnSpec("conversions", pl.Int64(), "count", "Goals reached in these visits"),
    ColumnSpec("last_visit", pl.Date(), "day", "Day of the last of them"),
)


def names(columns: tuple[ColumnSpec, ...]) -> list[str]:
    """Return the columns' names."""
    return [column.name for column in columns]


def visits(sessions: pl.DataFrame) -> pl.DataFrame:
    """Return the customer's visits, the newest first: columns :data:`VISITS`."""
    newest = sessions.sort("start", "session_id", descending=True)
    return newest.select(names(VISITS))


def interests(
    views: pl.DataFrame, affinity: pl.DataFrame, held: list[str], day: date
) -> pl.DataFrame:
    """Return what the customer looked at, the weightiest first: columns :data:`INTERESTS`.

    Args:
        views: page views of the last days: ``session_id``, ``date``, ``category``, ``product``,
            ``dwell_s``.
        affinity: ``kind``, ``name``, ``index``, ``low`` and ``high`` of the customer, as report
            customer_preference tells them.
        held: products the customer holds.
        day: the last day that counts.
    """
    parts = [_of_kind(views, kind, day) for kind in ("category", "product")]
    is_product = pl.col("kind") == "product"
    indices = affinity.select("kind", "name", "index", "low", "high")
    counted = pl.concat(parts).join(indices, on=["kind", "name"], how="left")
    rows = counted.with_columns(
        pl.when(is_product).then(pl.col("name").is_in(held)).alias("is_held")
    )
    order = ["kind", "weight", "name"]
    return rows.sort(order, descending=[False, True, False]).select(names(INTERESTS))


def _of_kind(views: pl.DataFrame, kind: str, day: date) -> pl.DataFrame:
    age = (pl.lit(day) - pl.col("date")).dt.total_days()
    counted = (
        views.drop_nulls(kind)
        .group_by(pl.col(kind).alias("name"))
        .agg(
            pl.len().cast(pl.Int64).alias("page_views"),
            pl.col("session_id").n_unique().cast(pl.Int64).alias("sessions"),
            (0.5 ** (age / HALF_LIFE)).sum().alias("weight"),
            # Unknown is not zero: without any known time there is none to tell.
            pl.when(pl.col("dwell_s").count() > 0).then(pl.col("dwell_s").sum()).alias("dwell_s"),
            pl.col("date").max().alias("last_viewed"),
        )
    )
    return counted.with_columns(
        pl.lit(kind).alias("kind"),
        (pl.col("page_views") / pl.col("page_views").sum()).alias("share"),
    ).sort("name")


def purchases(bought: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the purchases up to ``day``, those in force first: columns :data:`PURCHASES`.

    A contract that ends after ``day`` is in force, and its end is not told: nobody knew.
    """
    is_over = pl.col("ended") <= day
    left = (pl.col("matures") - pl.lit(day + DAY)).dt.total_days()
    rows = bought.filter(pl.col("purchased") <= day).with_columns(
        pl.when(is_over).then("ended").alias("ended"),
        (~is_over.fill_null(value=False)).alias("is_held"),
    )
    to_come = pl.col("is_held") & (left >= 0)
    return (
        rows.with_columns(pl.when(to_come).then(left).alias("days_to_maturity"))
        .sort("is_held", "purchased", "purchase_id", descending=[True, True, False])
        .select(names(PURCHASES))
    )


def campaigns(sessions: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the campaigns whose links the customer followed, the last first.

    Args:
        sessions: the customer's.
        known: table campaigns: ``campaign`` and ``title``.

    Returns:
        Columns :data:`CAMPAIGNS`.
    """
    counted = (
        sessions.drop_nulls("campaign")
        .group_by("campaign")
        .agg(
            pl.len().cast(pl.Int64).alias("sessions"),
            pl.col("conversions").fill_null(0).sum(),
            pl.col("date").max().alias("last_visit"),
        )
    )
    titles = known.select("campaign", "title").unique("campaign")
    return (
        counted.join(titles, on="campaign", how="left")
        .sort("last_visit", "campaign", descending=[True, False])
        .select(names(CAMPAIGNS))
    )


def contacts(
    made: pl.DataFrame, sessions: pl.DataFrame, bought: pl.DataFrame, day: date
) -> pl.DataFrame:
    """Return who wrote to the customer, and what happened after: columns :data:`CONTACTS`.

    What came after a contact need not have come of it: only a held-out group tells that.

    Args:
        made: ``day``, ``channel``, ``about``, ``offer``, ``campaign``, ``is_held_out``,
            ``bounced``.
        sessions: the customer's: ``date``, ``campaign``, ``conversions``.
        bought: the customer's purchases: ``purchased``.
        day: the last day that counts.
    """
    numbered = made.filter(pl.col("day") <= day).sort("day", "about", "channel").with_row_index("n")
    seen = sessions.filter(pl.col("date") <= day).select(
        "date", pl.col("campaign").alias("by"), pl.col("conversions").fill_null(0)
    )
    visited = numbered.join(seen, how="cross").filter(pl.col("date") >= pl.col("day"))
    soon = pl.col("date") <= pl.col("day") + AFTER_VISIT
    later = pl.col("date") <= pl.col("day") + AFTER_GOAL
    is_its = (pl.col("by") == pl.col("campaign")).fill_null(value=False)
    after = visited.group_by("n").agg(
        soon.sum().cast(pl.Int64).alias("visits_after"),
        (soon & is_its).any().alias("came_by_it"),
        pl.col("conversions").filter(later).sum().alias("conversions_after"),
    )
    sold = (
        numbered.select("n", "day")
        .join(bought.filter(pl.col("purchased") <= day).select("purchased"), how="cross")
        .filter(pl.col("purchased").is_between(pl.col("day"), pl.col("day") + AFTER_GOAL))
        .group_by("n")
        .agg(pl.len().cast(pl.Int64).alias("purchases_after"))
    )
    counts = ("visits_after", "conversions_after", "purchases_after")
    return (
        numbered.join(after, on="n", how="left")
        .join(sold, on="n", how="left")
        .with_columns(
            *(pl.col(name).fill_null(0) for name in counts),
            pl.col("came_by_it").fill_null(value=False),
        )
        .sort("day", "about", "channel", descending=[True, False, False])
        .select(names(CONTACTS))
    )
