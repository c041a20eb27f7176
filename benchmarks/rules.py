"""How many rules a second are evaluated, and how long the profile of many customers takes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.overview_reports import LAST
from reports import audience
from reports.load import CACHE
from weblog.schema import CUSTOMERS, PAGE_VIEWS, PURCHASES, SESSIONS, Table
from weblog.site import Site
from weblog.store import Store, open_store

SEED = 1
DAYS = 30
DAY = LAST + timedelta(days=1)
CONDITIONS = (
    "days_since_joined <= {n} AND NOT has_bought",
    "NOT has_bought AND interest >= {n} AND top_product IS NOT NULL",
    "purchases_in_force = 1 AND children > 0 AND age < {n} AND grade IN ('GOLD', 'VIP')",
    "purchases_in_force >= 1 AND NOT ARRAY_CONTAINS(products_held, top_product) AND age > {n}",
    "days_to_maturity <= {n}",
    "days_since_last_visit >= {n} AND consent_email",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--customers", type=int, default=200_000, help="customers of the register")
    parser.add_argument("--sessions", type=int, default=400_000, help="sessions of theirs")
    parser.add_argument("--rules", type=int, default=60, help="rules, on six lists")
    parser.add_argument("--runs", type=int, default=5, help="counted runs")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Make a store, measure, return seconds and evaluations (customers x rules) per second."""
    store = open_store(folder / "store", create=True)
    fill(store, options.customers, options.sessions)
    snapshot, site = store.snapshot(), Site()

    def profile() -> pl.DataFrame:
        CACHE.clear()
        return audience.customer_profile(snapshot, DAY, site)

    customers = profile()
    book = rule_book(options.rules)
    took = {
        "profile": measured(profile, options.runs),
        "verdicts": measured(lambda: audience.verdicts(customers, book.rules), options.runs),
        "winners": measured(lambda: audience.winners(customers, book, DAY), options.runs),
        "check": measured(lambda: audience.check_rules(book, customers, DAY), options.runs),
    }
    evaluations = options.customers * options.rules
    return {
        "customers": options.customers,
        "sessions": options.sessions,
        "rules": options.rules,
        "medians, s": took,
        "evaluations per second": {
            name: round(evaluations / took[name]["median"]) for name in ("verdicts", "winners")
        },
    }


def measured(work: Callable[[], object], runs: int) -> dict[str, float]:
    """Return median and best of some runs, and the median of processor time, in seconds."""
    times, processor = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    return {
        "median": round(float(np.median(times)), 3),
        "best": round(min(times), 3),
        "cpu": round(float(np.median(processor)), 3),
    }


def rule_book(count: int) -> audience.RuleBook:
    """Return so many rules on six lists, with conditions of every kind."""
    rules = [
        {
            "rule": f"rule {n}",
            "list": f"list {n % len(CONDITIONS)}",
            "priority": n,
            "when": CONDITIONS[n % len(CONDITIONS)].format(n=20 + n),
        }
        for n in range(count)
    ]
    return audience.RuleBook.model_validate({"rules": rules})


def fill(store: Store, customers: int, sessions: int) -> None:
    """Write a register, purchases, and sessions with three page views each over 90 days."""
    dice = np.random.default_rng(SEED)
    ids = pl.select(pl.format("C{}", pl.int_range(customers))).to_series()
    register = pl.DataFrame(
        {
            "customer_id": ids,
            "birth_year": dice.integers(1940, 2005, customers),
            "children": dice.integers(0, 4, customers),
            "grade": dice.choice(["BASIC", "GOLD", "VIP"], customers),
            "consent_email": dice.random(customers) < 0.6,
        }
    ).with_columns(valid_from=date(2020, 1, 1), joined=date(2020, 1, 1))
    store.upsert("customers", complete(register, CUSTOMERS))
    count = customers * 3 // 2
    begin = np.datetime64("2020-01-01")
    bought = pl.DataFrame(
        {
            "customer_id": ids.gather(dice.integers(0, customers, count)),
            "product": dice.choice(list("abcde"), count),
            "purchased": begin + dice.integers(0, 2000, count),
            "matures": begin + dice.integers(2000, 4000, count),
            "value": dice.random(count) * 1e6,
        }
    ).with_row_index("purchase_id")
    store.upsert("purchases", complete(bought, PURCHASES))
    for number in range(DAYS):
        _write_day(store, dice, ids, LAST - timedelta(days=3 * number), sessions // DAYS)


def _write_day(
    store: Store, dice: np.random.Generator, ids: pl.Series, day: date, count: int
) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    visits = pl.DataFrame(
        {
            "customer_id": ids.gather(dice.integers(0, len(ids), count)),
            "page_views": dice.integers(1, 9, count),
            "product_views": dice.integers(0, 3, count),
            "logins": 1,
        }
    ).with_row_index("session_id")
    visits = visits.with_columns(
        pl.format(f"{day}-session-{{}}", "session_id").alias("session_id"),
        date=day,
        start=pl.lit(start),
    )
    views = pl.DataFrame(
        {
            "session_id": visits["session_id"].gather(dice.integers(0, count, 3 * count)),
            "category": dice.choice(["money", "health", "children"], 3 * count),
            "product": dice.choice(list("abc"), 3 * count),
        }
    ).with_columns(pl.lit("page").alias("kind"), date=day)
    for table, rows in ((SESSIONS, visits), (PAGE_VIEWS, views)):
        frame = complete(rows, table)
        store.replace_days(table.name, [day], lambda frame=frame: (frame, {"benchmark": 1}))


def complete(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return rows with all columns of a table; what is not there is null."""
    return frame.select(
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in table.schema.items()
    )
