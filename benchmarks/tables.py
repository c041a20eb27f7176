"""The recorded figures of benchmarks as Markdown, for the pages of docs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

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
    rows = {f"`{name}`": row for name, row in found["reports"].items()}
    return f"{said}\n{_rows('report', rows)}"


def lighthouse_recorded(record: Path) -> str:
    """Return what ``python -m benchmarks lighthouse --write`` recorded, as a table."""
    found = json.loads(record.read_text("utf-8"))
    runs = "one run each" if found["runs"] == 1 else f"medians of {found['runs']} runs each"
    said = (
        f"Measured {found['measured']} on {found['machine']} with Lighthouse "
        f"{found['lighthouse']}, {runs}, at a load of {found['load']}.\n"
    )
    head = (
        "", "performance (least to most)", "accessibility", "best practices", "FCP ms", "LCP ms",
        "TBT ms", "CLS", "transferred KB",
    )  # fmt: skip
    lines: list[tuple[str, ...]] = []
    for shape, row in found["overview"].items():
        least, most = row["performance_least"], row["performance_most"]
        lines.append(
            (
                shape,
                f"{row['performance']:.0f} ({least} to {most})",
                *(f"{row[name]:.0f}" for name in ("accessibility", "best-practices")),
                *(f"{row[name]:,.0f}" for name in ("fcp_ms", "lcp_ms", "tbt_ms")),
                f"{row['cls']:.3f}",
                f"{row['bytes'] / 1000:,.0f}",
            )
        )
    return f"{said}\n{_markdown(head, lines)}"


def load_recorded(record: Path) -> str:
    """Return what ``python -m benchmarks dashboard_load --write`` recorded, as tables."""
    found = json.loads(record.read_text("utf-8"))
    errors = found["errors"]
    count = sum(errors.values()) if isinstance(errors, dict) else errors
    cpu = ", ".join(f"{name.replace('_', ' ')} {spent:,}" for name, spent in found["cpu_s"].items())
    said = (
        f"Measured {found['measured']} on {found['machine']}; {found['sessions']:,} sessions, "
        f"{found['users']} users for {found['minutes']:g} minutes, {found['clicks']:,} clicks, "
        f"{count:,} errors. Processor seconds: {cpu}."
    )
    if "ready_s" in found:
        said += (
            f" The server was ready {found['ready_s']:g} s after it was started, with "
            f"{found['ready_mb']:,} MB and {found['ready_cpu_s']:g} s of processor time."
        )
    if found.get("morning_after"):
        said += f" Others had clicked for {found['morning_after']:g} minutes before that start."
    followed = found.get("followed")
    if followed:
        said += (
            f" Meanwhile {followed['lines_per_second']:,} lines a second were followed: "
            f"{followed['lines_ingested']:,} of {followed['lines_written']:,} were in the store at "
            f"the end, and none waited longer than {followed['longest_behind_s']:g} s."
        )
    minutes = {f"minute {name}": row for name, row in found["memory_mb_by_minute"].items()}
    return "\n".join(
        [f"{said}\n", _rows("click", found["kinds"]), _rows("page", found["pages"]),
         _rows("clicks begun in", found["minutes_of_clicks"]), _rows("memory, MB", minutes)]
    )  # fmt: skip


def _rows(first: str, rows: dict[str, dict[str, Any]]) -> str:
    """Return rows of figures under their names."""
    names = list(next(iter(rows.values())))
    head = (first, *(name.replace("_", " ") for name in names))
    lines = [
        (name, *("–" if row[each] is None else f"{row[each]:,}" for each in names))
        for name, row in rows.items()
    ]
    return _markdown(head, lines)


def _markdown(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table: names on the left, figures on the right of their columns."""
    marks = ("---",) + ("---:",) * (len(head) - 1)
    return "".join("| " + " | ".join(line) + " |\n" for line in (head, marks, *lines))


_SPARK: Final = ("cost", "Spark / local", "tasks", "skewed / even")
"""Parts of the figures of ``spark`` that are shown, in order."""


def spark_recorded(record: Path) -> str:
    """Return what ``python -m benchmarks spark --write`` recorded, as tables."""
    found = json.loads(record.read_text("utf-8"))
    log, equal = found["log"], found["equal_tables"]
    part = found["one visitor's part of the hits"]["skewed"]
    said = (
        f"Measured {found['measured']} on {found['machine']}, {log['slots']} tasks at once; the "
        f"log has {log['lines']:,} lines, {log['bytes'] / 1e9:.2f} GB. Equal row for row: "
        f"{', '.join(f'`{name}`' for name, is_equal in equal.items() if is_equal)}. "
        f"In the skewed log one visitor has {part:.1%} of the hits in sessions.\n"
    )
    return "\n".join([said, *(_rows(name, _nested(found[name])) for name in _SPARK)])


def cluster_recorded(record: Path) -> str:
    """Return what ``python -m benchmarks spark_cluster --write`` recorded, as tables."""
    found = json.loads(record.read_text("utf-8"))
    log, equal = found["log"], found["equal_tables"]
    told = [name for name in next(iter(equal.values())) if name != "rows"]
    tables = {
        f"`{name}`": f"{row['rows']:,}" for name, row in equal.items() if all(row[n] for n in told)
    }
    said = (
        f"Measured {found['measured']} on {found['machine']}: one master and {log['workers']} "
        f"workers of one core each; the log has {log['lines']:,} lines, "
        f"{log['bytes'] / 1e9:.2f} GB. Equal to the local engine's, row for row, undisturbed and "
        f"killed: {', '.join(f'{name} ({rows})' for name, rows in tables.items())}.\n"
    )
    return f"{said}\n{_rows('killed', found['deaths'])}"


def packaging_recorded(record: Path) -> str:
    """Return what ``python -m benchmarks packaging --write`` recorded, as tables."""
    found = json.loads(record.read_text("utf-8"))
    same = "the same bytes" if found["same bytes twice"] else "other bytes"
    said = f"Measured {found['measured']} on {found['machine']}. Two builds gave {same}.\n"
    return "\n".join([said, _rows("package", found["packages"]), _rows("start", found["starts"])])


def _nested(rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return rows as they are; figures that are one row, as one without a name."""
    return rows if isinstance(next(iter(rows.values())), dict) else {"": rows}


def objects_recorded(record: Path) -> str:
    """Return what ``python -m benchmarks objects --write`` recorded, as a table."""
    found = json.loads(record.read_text("utf-8"))
    bucket = found["bucket"]
    said = (
        f"Measured {found['measured']} on {found['machine']}: {bucket['objects']:,} gzip objects "
        f"of {bucket['lines']:,} lines, {bucket['bytes'] / 1e6:,.0f} MB.\n"
    )
    return f"{said}\n{_rows('run', found['runs'])}"


def _table(medians: dict[str, Any], ratios: dict[str, Any]) -> str:
    lines = []
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
    return _markdown(_HEAD, lines)


def _spread(ratio: dict[str, float]) -> str:
    return f"{ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})"


RECORDED: Final[dict[str, Callable[[Path], str]]] = {
    "benchmarks": recorded,
    "reports-at-scale": reports_recorded,
    "lighthouse": lighthouse_recorded,
    "dashboard-load": load_recorded,
    "spark": spark_recorded,
    "spark-cluster": cluster_recorded,
    "packaging": packaging_recorded,
    "objects": objects_recorded,
}
"""What shows a record, by the name of its file in docs, which is that of its block as well."""
