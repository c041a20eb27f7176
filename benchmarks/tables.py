"""The recorded figures of ``peers`` as Markdown, for docs/benchmarks.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_HEAD = ("", "lines", "lines/s", "seconds (min to max)", "CPU s", "peak MB", "weblog is faster by")


def recorded(record: Path) -> str:
    """Return what ``python -m benchmarks peers --write`` recorded, as paragraphs and tables."""
    found = json.loads(record.read_text("utf-8"))
    log = found["log"]
    said = (
        f"Measured {found['measured']} on {found['machine']} ({found['processor']}); the log has "
        f"{log['lines']:,} lines, {log['bytes'] / 1e9:.2f} GB, seed {log['seed']}. Medians of the "
        "runs in brackets; ratios turn by turn, as median (min to max).\n"
    )
    parts = [said, _table(found["medians"], found["weblog is faster by"])]
    if kept := found.get("lines that DuckDB kept"):
        parts.append(
            f"DuckDB keeps well-formed lines only: {kept['lost']:,} were dropped or merged.\n"
        )
    if sizes := found.get("other sizes"):
        parts += ["Other sizes of the same kind of log:\n"]
        parts.append(_table(sizes, found["weblog is faster by, other sizes"]))
    return "\n".join(parts)


def reports_recorded(record: Path) -> str:
    """Return what ``python -m benchmarks reports_at_scale --write`` recorded, as a table."""
    found = json.loads(record.read_text("utf-8"))
    store = found["store"]
    said = (
        f"Measured {found['measured']} on {found['machine']}; {store['sessions']:,} sessions and "
        f"{store['page_views']:,} page views of {store['days']} days.\n"
    )
    names = list(next(iter(found["reports"].values())))
    head = ("report", *(name.replace("_", " ") for name in names))
    lines: list[tuple[str, ...]] = [head, ("---",) + ("---:",) * len(names)]
    for report, row in found["reports"].items():
        lines.append((f"`{report}`", *(f"{row[name]:,}" for name in names)))
    return "\n".join([said, "".join("| " + " | ".join(line) + " |\n" for line in lines)])


def objects_recorded(record: Path) -> str:
    """Return what ``python -m benchmarks objects --write`` recorded, as a table."""
    found = json.loads(record.read_text("utf-8"))
    bucket = found["bucket"]
    said = (
        f"Measured {found['measured']} on {found['machine']}: {bucket['objects']:,} gzip objects "
        f"of {bucket['lines']:,} lines, {bucket['bytes'] / 1e6:,.0f} MB.\n"
    )
    names = list(next(iter(found["runs"].values())))
    head = ("run", *(name.replace("_", " ") for name in names))
    lines: list[tuple[str, ...]] = [head, ("---",) + ("---:",) * len(names)]
    lines += [(run, *(f"{row[name]:,}" for name in names)) for run, row in found["runs"].items()]
    return "\n".join([said, "".join("| " + " | ".join(line) + " |\n" for line in lines)])


def _table(medians: dict[str, Any], ratios: dict[str, Any]) -> str:
    lines = [_HEAD, ("---",) + ("---:",) * (len(_HEAD) - 1)]
    for name, row in medians.items():
        tool = name.removesuffix(f", {row['lines']:,}")
        ratio = ratios.get(name)
        cells = (
            f"{tool} ({row['runs']})",
            f"{row['lines']:,}",
            f"{row['lines_per_second']:,}",
            f"{row['wall_seconds']:.1f} ({row['wall_min']:.1f} to {row['wall_max']:.1f})",
            f"{row['cpu_seconds']:.1f}",
            f"{row['peak_mb']:,}",
            _spread(ratio) if ratio else "",
        )
        lines.append(cells)
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _spread(ratio: dict[str, float]) -> str:
    return f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})"
