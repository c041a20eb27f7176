"""What 1, 10 and 100 billion hits a day take: machines, disk, memory and money, by a stated model.

Rates are measured here, on one core of this machine, with a generated log; all else is
multiplication (docs/sizing.md says the model in words). Prices are options: put in your own.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import sessionize
import weblog
from sample_logs import generate_combined
from weblog.site.rules import Site
from weblog.store import Store

BILLIONS = (1, 10, 100)
GB = 1e9


@dataclass(frozen=True, slots=True)
class Rates:
    """What was measured, per hit unless said otherwise: bytes, and seconds of one core."""

    log_bytes: float
    store_bytes: float
    parse_seconds: float
    session_seconds: float
    sessions: float
    session_bytes: float
    visitors: float
    worker_gb: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lines", type=int, default=500_000, help="lines of the log measured with")
    parser.add_argument("--seed", type=int, default=20251, help="seed of the generator")
    parser.add_argument("--retention", type=int, default=90, help="days hits are kept")
    parser.add_argument("--hours", type=float, default=4.0, help="hours a day's logs may take")
    parser.add_argument("--busy", type=float, default=0.7, help="share of the time cores compute")
    parser.add_argument(
        "--overhead", type=float, default=1.5, help="CPU on a cluster over CPU here, for one line"
    )
    parser.add_argument("--core-price", type=float, default=0.05, help="dollars for a core's hour")
    parser.add_argument("--disk-price", type=float, default=0.023, help="dollars for a GB's month")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure the rates and return what they come to."""
    rates = measured(folder, options.lines, options.seed)
    return {
        "measured": {name: round(value, 9) for name, value in _fields(rates).items()},
        "model": {
            name: getattr(options, name)
            for name in ("retention", "hours", "busy", "overhead", "core_price", "disk_price")
        },
        "hits a day": {
            f"{count} billion": {
                name: round(value, 1) for name, value in _sized(rates, count, options).items()
            }
            for count in BILLIONS
        },
    }


def measured(folder: Path, lines: int, seed: int) -> Rates:
    """Ingest a log here and see what a hit takes."""
    log = folder / "access.log"
    generate_combined(log, lines=lines, seed=seed)
    store = weblog.open_store(folder / "store", create=True)
    began = time.process_time()
    weblog.ingest(store, [log], Site(), publish=False)
    parsed = time.process_time()
    sessionize.update(store, Site())
    ended = time.process_time()
    sessions = store.scan("sessions").collect()
    visitors = store.scan("visitors").collect()
    return Rates(
        log.stat().st_size / lines,
        _size(store) / lines,
        (parsed - began) / lines,
        (ended - parsed) / lines,
        sessions.height / lines,
        sessions.estimated_size() / max(sessions.height, 1),
        visitors.height / lines,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GB,
    )


def _sized(rates: Rates, billions: int, options: argparse.Namespace) -> dict[str, float]:
    hits = billions * 1e9
    core_hours = hits * (rates.parse_seconds + rates.session_seconds) * options.overhead / 3600
    cores = core_hours / options.hours / options.busy
    stored = hits * rates.store_bytes / GB * options.retention
    read = hits * rates.log_bytes / GB
    return {
        "cores": cores,
        "worker_memory_gb": cores * rates.worker_gb,
        "read_gb_per_s": 2 * read / (options.hours * 3600),
        "log_tb": read / 1e3,
        "store_tb": stored / 1e3,
        "driver_gb": hits * rates.sessions * rates.session_bytes / GB,
        "dollars_a_billion": core_hours / billions * options.core_price / options.busy,
        "disk_dollars_month": stored * options.disk_price,
    }


def _size(store: Store) -> int:
    return sum(file.stat().st_size for file in store.folder.rglob("*.parquet"))


def _fields(rates: Rates) -> dict[str, float]:
    return {name: getattr(rates, name) for name in Rates.__dataclass_fields__}
