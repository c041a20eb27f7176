"""The main job by stages: every stage is met, and every line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.serial import STAGES, Meter
from benchmarks.weblog_lines import write_log

ROOT = Path(__file__).parents[2]


def test_every_stage_takes_time_and_together_all_of_it(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    write_log(log, 2000)
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.serial", str(log), str(tmp_path / "S")],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
    )
    found = json.loads(told.stdout)
    assert found["lines"] == 2000
    assert set(found["seconds"]) == {*STAGES, "start-up and the rest"}
    assert all(seconds > 0 for seconds in found["seconds"].values())


def test_a_stage_within_another_is_not_counted_twice() -> None:
    def spin(rounds: int) -> int:
        return sum(range(rounds))

    meter = Meter()
    inner = meter.metered("inner", spin)
    meter.metered("outer", lambda: inner(5_000_000))()
    assert meter.seconds["inner"] > 10 * meter.seconds["outer"]


def test_of_a_generator_that_until_each_item_is_counted() -> None:
    meter = Meter()
    items = meter.metered("items", lambda: (sum(range(2_000_000)) for _ in range(2)))()
    assert len(list(items)) == 2
    assert meter.seconds["items"] > 0
