"""``python -m benchmarks [main_job | peers | stages | increment | startup | ...] [options]``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks import (
    attribution,
    dashboard_load,
    increment,
    lift,
    lighthouse,
    main_job,
    objects,
    overview_reports,
    packaging,
    peers,
    recommendations,
    reports_at_scale,
    rules,
    sizing,
    spark,
    spark_cluster,
    stages,
    startup,
)
from benchmarks.processes import as_installed, machine

BENCHMARKS = {
    "main_job": main_job,
    "peers": peers,
    "stages": stages,
    "increment": increment,
    "startup": startup,
    "overview_reports": overview_reports,
    "reports_at_scale": reports_at_scale,
    "recommendations": recommendations,
    "attribution": attribution,
    "rules": rules,
    "lift": lift,
    "lighthouse": lighthouse,
    "dashboard_load": dashboard_load,
    "spark": spark,
    "spark_cluster": spark_cluster,
    "sizing": sizing,
    "objects": objects,
    "packaging": packaging,
}


def main() -> None:
    """Run one benchmark, by default the main job, and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--output", choices=("table", "json"), default="table")
    chosen = parser.add_subparsers(dest="benchmark", required=True)
    for name, benchmark in BENCHMARKS.items():
        about = (benchmark.__doc__ or "").split("\n")[0]
        benchmark.add_arguments(chosen.add_parser(name, help=about, description=benchmark.__doc__))
    options = parser.parse_args(sys.argv[1:] or ["main_job"])
    as_installed()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        found = BENCHMARKS[options.benchmark].run(options, Path(folder))
    found = {"machine": machine(), **found}
    if options.output == "json":
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        _print(name, value)


def _print(name: str, value: object) -> None:
    if not isinstance(value, dict):
        print(f"{name}: {value}")
    elif any(isinstance(one, dict) for one in value.values()):
        columns = list(dict.fromkeys(column for row in value.values() for column in row))
        first = max(24, len(name) + 2, *(len(row) + 2 for row in value))
        print(f"\n{name:{first}}" + "".join(f"{column:>18}" for column in columns))
        for row, cells in value.items():
            told = ("" if cells.get(one) is None else f"{cells[one]:,}" for one in columns)
            shown = (f"{one:>18}" for one in told)
            print(f"{row:{first}}" + "".join(shown))
    else:
        print(f"{name}: " + ", ".join(f"{key} {one:,}" for key, one in value.items()))


if __name__ == "__main__":
    main()
