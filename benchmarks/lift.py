"""Whether the lift of mailings is right: of mailings whose true lift is known.

Half of the mailings change nothing. Figures are those of :func:`reports.mailing_effect`: how often
the 95 % intervals hold the truth, how often a mailing that does nothing has p < 0.05, how many of
those called beyond chance do nothing, and how far the estimates are off on average, in standard
errors.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import reports
import weblog
from weblog.company_tables import DELIVERIES, MAILINGS, PURCHASES
from weblog.store import Store
from weblog.table import Table

Array = np.ndarray[Any, Any]

FIRST = date(2025, 1, 6)
SPREAD = 300
"""Days over which the mailings are sent."""
HELD_OUT = 0.2


@dataclass(frozen=True, slots=True)
class Made:
    """Tables of a company, and the truth: ``mailing``, and what it truly changes."""

    tables: dict[str, pl.DataFrame]
    truth: pl.DataFrame


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--mailings", type=int, default=500, help="mailings to simulate")
    parser.add_argument("--seed", type=int, default=1, help="of the simulation")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Make the mailings, store them, ask for their lift, compare with the truth."""
    made = simulated(options.mailings, options.seed)
    store = stored(made, folder / "store")
    begun = time.perf_counter()
    frame = reports.mailing_effect(store, PERIOD).frame
    seconds = time.perf_counter() - begun
    return {
        "mailings": options.mailings,
        "customers": made.tables["deliveries"].height,
        "seconds": round(seconds, 1),
        "figures": figures(frame, made.truth),
    }


PERIOD = reports.Filters(FIRST, FIRST + timedelta(days=SPREAD + 60))


def simulated(mailings: int, seed: int) -> Made:
    """Return mailings of 1,000 to 8,000 customers, a fifth held out; seeded.

    Without a mailing 1 to 8 % buy the product within its 14 days. Every other mailing lifts that
    by 0.5 to 4 points. Values are skewed, as premiums are. Before, after and beside, customers buy
    without any regard to the mailing; some mails bounce, which changes no lot.
    """
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1_000, 8_000, mailings)
    base = rng.uniform(0.01, 0.08, mailings)
    lift = np.where(np.arange(mailings) % 2 == 0, rng.uniform(0.005, 0.04, mailings), 0.0)
    middle = rng.uniform(100.0, 900.0, mailings)
    day = rng.integers(0, SPREAD, mailings)
    of = np.repeat(np.arange(mailings), sizes)
    held = rng.random(of.size) < HELD_OUT
    bounced = ~held & (rng.random(of.size) < 0.03)
    # Who bounces is not reached: the lift of those written to is that much smaller for them.
    bought = rng.random(of.size) < base[of] + np.where(held | bounced, 0.0, lift[of])
    customer = np.arange(of.size)
    names = np.array([f"m{number:04d}" for number in range(mailings)])
    sent = [
        datetime(FIRST.year, FIRST.month, FIRST.day, 10, tzinfo=UTC) + timedelta(days=int(days))
        for days in day
    ]
    tables = {
        "mailings": _table(
            MAILINGS, mailing=names, title=names, product=names, sent=sent, cost=[100.0] * mailings
        ),
        "deliveries": _table(
            DELIVERIES,
            delivery=[f"d{number}" for number in customer],
            mailing=names[of],
            customer_id=[f"c{number}" for number in customer],
            is_held_out=held,
            bounced=np.where(bounced, "hard", None),
        ),
        "purchases": _purchases(rng, _Chosen(names, of, bought, middle, day)),
    }
    reached = lift * 0.97
    truth = pl.DataFrame(
        {
            "mailing": names,
            "true_lift": reached,
            "true_base": base,
            "true_ratio": (base + reached) / base,
            "true_value": reached * middle * np.exp(0.6**2 / 2),
        }
    )
    return Made(tables, truth)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Who was chosen for which mailing, and bought; of each mailing name, usual value and day."""

    names: Array
    of: Array
    bought: Array
    middle: Array
    day: Array


def _purchases(rng: np.random.Generator, chosen: _Chosen) -> pl.DataFrame:
    """Return the purchases that count, and others: of another product, before, and too late."""
    names, of, bought = chosen.names, chosen.of, chosen.bought
    mine = np.flatnonzero(bought)
    other, early, late = (np.flatnonzero(rng.random(of.size) < 0.03) for _ in range(3))
    who = np.concatenate([mine, other, early, late])
    sort = np.repeat(np.arange(4), [mine.size, other.size, early.size, late.size])
    product = np.where(sort == 1, "other", names[of[who]])
    after = np.select(
        [sort <= 1, sort == 2],
        [rng.integers(0, 14, who.size), -rng.integers(1, 60, who.size)],
        rng.integers(14, 40, who.size),
    )
    purchased = [FIRST + timedelta(days=int(days)) for days in chosen.day[of[who]] + after]
    return _table(
        PURCHASES,
        purchase_id=[f"p{number}" for number in range(who.size)],
        customer_id=[f"c{number}" for number in who],
        product=product,
        purchased=purchased,
        value=np.round(chosen.middle[of[who]] * rng.lognormal(0.0, 0.6, who.size), 2),
    )


def _table(table: Table, **columns: Any) -> pl.DataFrame:
    given = pl.DataFrame({name: pl.Series(list(values)) for name, values in columns.items()})
    missing = [
        pl.lit(None, dtype).alias(name) for name, dtype in table.schema.items() if name not in given
    ]
    return given.with_columns(missing).select(
        pl.col(name).cast(dtype) for name, dtype in table.schema.items()
    )


def stored(made: Made, folder: Path) -> Store:
    """Return a new store with the company's tables, and no log."""
    store = weblog.open_store(folder, create=True)
    for name, rows in made.tables.items():
        store.upsert(name, rows)
    return store


def figures(frame: pl.DataFrame, truth: pl.DataFrame) -> dict[str, float]:
    """Return how the answer compares with the truth; shares, and the bias in standard errors."""
    both = frame.join(truth, on="mailing")
    lift = pl.col("true_lift")
    # The true error: that of the estimate is correlated with the estimate.
    p, q = pl.col("true_base") + lift, pl.col("true_base")
    error = (p * (1 - p) / pl.col("written") + q * (1 - q) / pl.col("control")).sqrt()
    idle = lift == 0
    return both.select(
        lift.is_between("difference_low", "difference_high").mean().alias("difference covered"),
        lift.filter(~idle)
        .is_between(pl.col("difference_low").filter(~idle), pl.col("difference_high").filter(~idle))
        .mean()
        .alias("of those with a lift"),
        pl.col("true_ratio").is_between("ratio_low", "ratio_high").mean().alias("ratio covered"),
        pl.col("true_value").is_between("value_low", "value_high").mean().alias("value covered"),
        (pl.col("p") < 0.05).filter(idle).mean().alias("false alarms"),
        idle.filter(pl.col("beyond_chance")).mean().alias("false discoveries"),
        pl.col("beyond_chance").filter(~idle).mean().alias("lifts found"),
        ((pl.col("difference") - lift) / error).mean().alias("bias, standard errors"),
    ).row(0, named=True)
