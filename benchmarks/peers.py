"""The main job beside its peers: GoAccess, AWStats and DuckDB read the same log in the same run.

``weblog ingest`` parses, classifies, sessionizes and commits every hit to its tables, from the
plain log and from the same log gzipped. GoAccess parses, counts and writes a JSON report. DuckDB
splits the lines into columns and writes them as Parquet, no more. AWStats, a hundred times slower,
reads the first lines only. Then other sizes of log, for memory.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.contenders import awstats, duckdb_parquet, goaccess, weblog_ingest
from benchmarks.processes import Contender, Run, in_turn, machine, median
from benchmarks.weblog_lines import add_log_options, log_of

OURS = "weblog ingest"
GZIPPED = "weblog ingest, gzip"
SKIPPABLE = ("goaccess", "awstats", "duckdb", "gzip", "sizes")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--lines", type=int, default=5_000_000, help="lines of the log")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each contender")
    parser.add_argument("--slow-runs", type=int, default=1, help="counted runs of slow ones")
    parser.add_argument(
        "--slow-lines",
        type=int,
        default=1_000_000,
        help="lines that slow ones read: the first ones",
    )
    parser.add_argument(
        "--goaccess", metavar="PROGRAM", action="append", help="a GoAccess; may be given again"
    )
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[500_000, 20_000_000],
        help="lines of further logs; smaller ones beside GoAccess, larger ones alone and once",
    )  # fmt: skip
    parser.add_argument(
        "--no-warm-up", dest="warm_up", action="store_false", help="count the first runs, too"
    )
    add_log_options(parser)
    parser.add_argument("--skip", choices=SKIPPABLE, nargs="*", default=[], help="leave these out")
    parser.add_argument("--write", metavar="FILE", type=Path, help="record the figures as JSON")


def run(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure and return the figures.

    Raises:
        SystemExit: a contender is not installed, or failed.
    """
    programs = [] if "goaccess" in options.skip else options.goaccess or ["goaccess"]
    log = log_of(folder, options.lines, options)
    lines = dict.fromkeys([OURS, GZIPPED], options.lines)
    contenders = [weblog_ingest(OURS, log, folder / "store")]
    contenders += [goaccess(program, log, folder) for program in programs]
    if "gzip" not in options.skip:
        contenders.append(weblog_ingest(GZIPPED, _gzipped(log, folder), folder / "store"))
    if "duckdb" not in options.skip:
        contenders.append(duckdb_parquet(log, folder))
    if "awstats" not in options.skip:
        slow_lines = min(options.slow_lines, options.lines)
        peer = awstats(_first(log, slow_lines, folder), folder)
        lines[peer.name] = slow_lines
        contenders.append(peer)
    lines = {each.name: lines.get(each.name, options.lines) for each in contenders}
    runs = in_turn(contenders, options.runs, options.slow_runs, warm_up=options.warm_up)
    found: dict[str, object] = {
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "processor": _processor(),
        "log": {"lines": options.lines, "bytes": log.stat().st_size, "seed": options.seed},
        "medians": {name: figures(runs[name], lines[name]) for name in runs},
        "weblog is faster by": against(runs, lines),
        "peak of weblog over peer's": against(runs, lines, "peak_mb"),
    }
    if "duckdb" not in options.skip:
        written = pl.scan_parquet(folder / "duckdb.parquet").select(pl.len()).collect().item()
        found["lines that DuckDB kept"] = {"kept": written, "lost": options.lines - written}
    _clear(folder)
    if "sizes" not in options.skip:
        found |= _sizes(options, programs, folder)
    if options.write:
        options.write.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    return found


def figures(runs: list[Run], lines: int) -> dict[str, float]:
    """Return the medians of a contender, and the spread of its time."""
    walls = [each.wall for each in runs]
    return {
        "lines": lines,
        "runs": len(runs),
        "lines_per_second": round(lines / statistics.median(walls)),
        "wall_seconds": round(statistics.median(walls), 2),
        "wall_min": round(min(walls), 2),
        "wall_max": round(max(walls), 2),
        "cpu_seconds": round(median(runs, "cpu"), 2),
        "peak_mb": round(median(runs, "peak_mb")),
    }


def against(
    runs: Mapping[str, list[Run]], lines: Mapping[str, int], field: str = "wall"
) -> dict[str, dict[str, float]]:
    """Return how many times as long a peer takes for a line as ``weblog ingest``, turn by turn.

    Of ``peak_mb``: how many times as much memory ``weblog ingest`` takes.
    """
    found = {}
    for name, theirs in runs.items():
        if name == OURS:
            continue
        pairs = zip(runs[OURS], theirs, strict=False)
        if field == "wall":
            ratios = [b.wall / lines[name] / (a.wall / lines[OURS]) for a, b in pairs]
        else:
            ratios = [getattr(a, field) / getattr(b, field) for a, b in pairs]
        found[name] = {
            "min": round(min(ratios), 2),
            "median": round(statistics.median(ratios), 2),
            "max": round(max(ratios), 2),
        }
    return found


def _sizes(options: argparse.Namespace, programs: list[str], folder: Path) -> dict[str, object]:
    """Measure other sizes: smaller logs beside GoAccess, larger ones alone."""
    medians: dict[str, dict[str, float]] = {}
    ratios: dict[str, dict[str, float]] = {}
    for size in options.sizes:
        log = log_of(folder, size, options)
        is_large = size > options.lines
        ours = weblog_ingest(OURS, log, folder / "store")
        if is_large:
            ours = Contender(ours.name, ours.command, ours.prepare, is_slow=True)
        peers = [] if is_large else [goaccess(program, log, folder) for program in programs]
        contenders = [ours, *peers]
        runs = in_turn(contenders, options.runs, options.slow_runs, warm_up=options.warm_up)
        lines = dict.fromkeys(runs, size)
        medians |= {f"{name}, {size:,}": figures(runs[name], size) for name in runs}
        ratios |= {f"{name}, {size:,}": row for name, row in against(runs, lines).items()}
        _clear(folder)
    return {"other sizes": medians, "weblog is faster by, other sizes": ratios}


def _gzipped(log: Path, folder: Path) -> Path:
    packed = folder / f"{log.name}.gz"
    with packed.open("wb") as file:
        subprocess.run(["gzip", "--stdout", str(log)], stdout=file, check=True)
    os.sync()
    return packed


def _first(log: Path, lines: int, folder: Path) -> Path:
    part = folder / f"first-{log.name}"
    with log.open("rb") as source, part.open("wb") as file:
        file.writelines(itertools.islice(source, lines))
    return part


def _clear(folder: Path) -> None:
    """Remove what one log left: a large one's needs the room."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _processor() -> str:
    """Return the processor's name where the system tells it."""
    told = Path("/proc/cpuinfo")
    if not told.exists():
        return "unknown"
    names = (line for line in told.read_text("utf-8").split("\n") if line.startswith("model name"))
    return next(names, "unknown: unknown").split(":", 1)[1].strip()
