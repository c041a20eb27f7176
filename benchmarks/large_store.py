"""A large store for the benchmark of reports: sessions, page views and a register, no lines.

Made directly as tables, from a seed, day by day: the same options give the same tables. Visitors
come back, the sooner the likelier; one in twenty of those who come back logs in.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.company_tables import CUSTOMERS, PURCHASES
from weblog.schema import PAGE_VIEWS, SESSIONS
from weblog.store import Store

LAST: Final = date(2025, 11, 30)
VIEWS: Final = 3
"""Page views per session, on average."""

CUSTOMERS_PER_SESSION: Final = 0.02
NEW: Final = 0.45
"""Part of the sessions that are their visitor's first."""

AWAY: Final = 0.05
"""Who comes back came first this part of all sessions ago, on average."""

LOGS_IN: Final = 11
"""One in so many browsers that come back is a customer's: 5 % of all sessions."""

_HEX: Final = 0x9E3779B97F4A7C15
"""An odd number: what it multiplies stays different, and no longer looks like a number."""

_TEXTS: Final = {
    "segment": ("VIP", "customer", "member", "prospect", "churned"),
    "channel": ("Direct", "Organic Search", "Paid Search", "Email", "Referral", "Display"),
    "source": (None, "naver", "google", "daum", "letter", "portal"),
    "medium": (None, "organic", "cpc", "email", "referral", "display"),
    "campaign": (None, None, None, "spring", "autumn", "winter"),
    "content": (None, None, None, "top", "side"),
    "device": ("smartphone", "smartphone", "desktop", "tablet"),
    "browser": ("Chrome", "Safari", "Samsung Internet", "Edge", "KakaoTalk"),
    "os": ("Android", "iOS", "Windows", "Mac OS X"),
}
_CATEGORIES: Final = ("life", "cars", "health", "pension", "travel", "children", None, None)
_PRODUCTS: Final = ("annuity", "loans", "term life", "cancer", None, None, None, None, None, None)
_PAGES: Final = 2000
_GRADES: Final = ("BASIC", "BASIC", "BASIC", "SILVER", "VIP")


def fill(store: Store, sessions: int, days: int, seed: int = 1) -> None:
    """Write ``sessions`` sessions over the ``days`` up to the last, their page views, customers."""
    random = np.random.default_rng(seed)
    customers = max(1, int(sessions * CUSTOMERS_PER_SESSION))
    _fill_register(store, random, customers)
    pages = pl.Series([f"/{_CATEGORIES[n % 8] or 'about'}/{n}" for n in range(_PAGES)])
    visitors = 0
    for index in range(days):
        day = LAST - timedelta(days=days - 1 - index)
        count = sessions // days + (index < sessions % days)
        is_new = (random.random(count) < NEW) | (visitors == 0)
        who = visitors + np.cumsum(is_new) - 1
        back = random.exponential(sessions * AWAY, count).astype(np.int64)
        earlier = np.maximum(visitors, 1)
        who = np.where(is_new, who, (visitors - 1 - back) % earlier)
        visitors += int(is_new.sum())
        visits, views = _day(random, day, who=who, is_new=is_new, customers=customers, pages=pages)
        store.replace_days("sessions", [day], lambda rows=visits: (rows, {"benchmark": 1}))
        store.replace_days("page_views", [day], lambda rows=views: (rows, {"benchmark": 1}))


def _day(
    random: np.random.Generator,
    day: date,
    *,
    who: NDArray[np.int64],
    is_new: NDArray[np.bool_],
    customers: int,
    pages: pl.Series,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    count = who.size
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    second = np.sort(random.integers(0, 86_400, count))
    looked = random.poisson(VIEWS - 1, count) + 1
    of = np.repeat(np.arange(count), looked)
    page = random.zipf(1.3, of.size) % _PAGES
    is_customer = ~is_new & (who % LOGS_IN == 0)
    segment = np.where(is_customer, random.integers(0, 5, count), np.where(is_new, 5, 6))
    first = np.concatenate([[0], np.cumsum(looked)[:-1]])
    reached = (random.random(count) < 0.02).astype(np.int64)
    picked = {
        name: pl.Series(values).gather(random.integers(0, len(values), count))
        for name, values in _TEXTS.items()
        if name != "segment"
    }
    segments = pl.Series([*_TEXTS["segment"], "first-time anonymous", "anonymous"])
    visitor = pl.Series("visitor_id", who.astype(np.uint64) * np.uint64(_HEX))
    visits = pl.DataFrame(
        {
            "visitor_id": visitor,
            "second": second,
            "number": np.arange(count),
            "customer": pl.Series(who // LOGS_IN % customers),
            "is_customer": is_customer,
            "segment": segments.gather(segment),
            "page_views": looked,
            "hits": looked,
            "product_views": random.poisson(0.4, count),
            "logins": is_customer & (random.random(count) < 0.9),
            "is_new": is_new,
            "is_bounce": looked == 1,
            "is_engaged": looked > 1,
            "entry_page": pages.gather(page[first]),
            "exit_page": pages.gather(page[first + looked - 1]),
            "conversions": reached,
            "value": reached * 30_000.0,
            **picked,
        }
    ).with_columns(
        pl.format("v{}", "visitor_id").alias("visitor_id"),
        pl.format(f"v{{}}-{day:%Y%m%d}-{{}}", "visitor_id", "number").alias("session_id"),
        pl.when("is_customer").then(_customer_id()).alias("customer_id"),
        pl.lit(day).alias("date"),
        (pl.lit(midnight) + pl.duration(seconds="second")).alias("start"),
        (pl.lit(midnight) + pl.duration(seconds=pl.col("second") + 90)).alias("end"),
    )
    dwell = pl.Series(random.exponential(60, of.size))
    is_last = pl.Series(np.append(of[1:] != of[:-1], True))
    views = visits.select("session_id", "visitor_id", "start")[of].with_columns(
        pages.gather(page).alias("path"),
        pl.Series(_CATEGORIES).gather(page % 8).alias("category"),
        pl.Series(_PRODUCTS).gather(page % 10).alias("product"),
        pl.lit("page").alias("kind"),
        pl.lit(day).alias("date"),
        pl.col("start").alias("ts"),
        pl.lit("log").alias("log_source"),
        pl.Series("line", np.arange(of.size)),
        pl.when(~is_last).then(dwell).alias("dwell_s"),
    )
    return _complete(visits, SESSIONS.schema), _complete(views, PAGE_VIEWS.schema)


def _customer_id() -> pl.Expr:
    return pl.format("C{}", "customer")


def _fill_register(store: Store, random: np.random.Generator, customers: int) -> None:
    """Write customers who joined in the five years before the last day; half of them bought."""
    ago = random.integers(1, 5 * 365, customers)
    joined = pl.select(pl.lit(LAST) - pl.duration(days=pl.Series(ago))).to_series().cast(pl.Date)
    people = pl.DataFrame({"customer": np.arange(customers), "joined": joined}).with_columns(
        _customer_id().alias("customer_id"),
        pl.col("joined").alias("valid_from"),
        pl.Series(_GRADES).gather(random.integers(0, 5, customers)).alias("grade"),
        pl.Series("birth_year", random.integers(1950, 2005, customers)),
        pl.Series(("F", "M")).gather(random.integers(0, 2, customers)).alias("sex"),
        pl.Series(("office", "shop", "own")).gather(random.integers(0, 3, customers))
        .alias("occupation"),
        pl.Series("children", random.integers(0, 4, customers)),
        pl.Series("consent_email", random.random(customers) < 0.6),
    )  # fmt: skip
    bought = people[random.integers(0, customers, customers)].with_row_index("number")
    after = pl.Series((random.random(customers) * ago.mean() / 2).astype(np.int64))
    lasts = pl.Series(random.integers(30, 2000, customers))
    purchases = bought.with_columns(
        pl.format("P{}", "number").alias("purchase_id"),
        pl.min_horizontal(pl.col("joined") + pl.duration(days=after), pl.lit(LAST))
        .cast(pl.Date)
        .alias("purchased"),
        pl.Series(_PRODUCTS[:4]).gather(random.integers(0, 4, customers)).alias("product"),
        pl.Series("value", random.gamma(2.0, 200_000.0, customers)),
    ).with_columns((pl.col("purchased") + pl.duration(days=lasts)).cast(pl.Date).alias("ended"))
    for table, rows in ((CUSTOMERS, people), (PURCHASES, purchases)):
        store.upsert(table.name, _complete(rows, table.schema))


def _complete(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    columns = [
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return frame.select(columns)
