"""How long attribution takes: from touches to paths, and each model with its resamples.

``plain pass`` is one sum of the same touches by name, so that figures of two machines, or of a
busy one, can be compared.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from reports.attribution.credits import Settings, resamples
from reports.attribution.models import MODELS
from reports.attribution.paths import DAY_MS, TOUCHES, paths_of

NAMES = 10
T = TypeVar("T")
SHARES = (0.32, 0.25, 0.14, 0.09, 0.07, 0.05, 0.03, 0.02, 0.02, 0.01)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--paths", type=int, default=1_000_000, help="paths, a person each")
    parser.add_argument("--bootstrap", type=int, default=500, help="resamples")
    parser.add_argument("--order", type=int, default=1, help="order of the Markov chain")


def run(options: argparse.Namespace, _: Path) -> dict[str, object]:
    """Make touches, measure, return seconds of processor and clock per step."""
    touches = made(options.paths)
    settings = Settings(order=options.order)
    plain = _timed(lambda: touches.group_by("code").agg(pl.col("conversions").sum()))
    paths, to_paths = _kept(lambda: paths_of(touches, 30, NAMES))
    counts, drawn = _kept(lambda: resamples(paths, options.bootstrap))
    steps = {"plain pass": plain, "paths": to_paths, "resamples": drawn} | {
        name: _timed(lambda model=model: model(paths, settings, counts))  # type: ignore[misc]
        for name, model in MODELS.items()
    }
    whole = [sum(column) for column in zip(*list(steps.values())[1:], strict=True)]
    steps["all but the plain pass"] = (whole[0], whole[1])
    return {
        "touches": {"paths": paths.conversions.size, "touches": touches.height},
        "seconds": {
            name: {
                "clock": round(clock, 3),
                "processor": round(processor, 3),
                "x plain": round(processor / max(plain[1], 1e-9), 1),
            }
            for name, (clock, processor) in steps.items()
        },
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def made(paths: int) -> pl.DataFrame:
    """Return touches of as many people, of whom one in eight converts; seeded."""
    chance = np.random.default_rng(1)
    lengths = np.minimum(chance.geometric(0.4, paths), 40)
    person = np.repeat(np.arange(paths), lengths)
    last = np.cumsum(lengths) - 1
    conversions = np.zeros(person.size, dtype=np.int64)
    conversions[last] = chance.random(paths) < 1 - 0.95**lengths
    is_end = np.zeros(person.size, dtype=bool)
    is_end[last] = True
    code = chance.choice(NAMES, person.size, p=SHARES)
    rows = {
        "person": person,
        "start": chance.integers(0, 28 * DAY_MS, person.size),
        "key": np.arange(person.size),
        "code": code,
        "is_direct": code == 0,
        "is_end": is_end,
        "conversions": conversions,
        "value": conversions * 30_000.0,
    }
    return pl.DataFrame(rows).cast(dict(TOUCHES)).sample(fraction=1, shuffle=True, seed=1)  # type: ignore[arg-type]


def _timed(step: Callable[[], object]) -> tuple[float, float]:
    return _kept(step)[1]


def _kept(step: Callable[[], T]) -> tuple[T, tuple[float, float]]:
    clock, processor = time.perf_counter(), time.process_time()
    found = step()
    return found, (time.perf_counter() - clock, time.process_time() - processor)
