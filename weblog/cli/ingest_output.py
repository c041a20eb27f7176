"""What an ingest did, or would do: for people, and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
import polars as pl

from weblog.cli.emit import as_json, emit
from weblog.cli.quiet import is_quiet
from weblog.cli.table import counted, shown, skipped_by
from weblog.ingestion import IngestSummary, SourceResult
from weblog.ingestion.dry_run import Plan, SourcePlan
from weblog.schema import KINDS


def show(summary: IngestSummary | Plan, output: str, *, quiet: bool) -> None:
    """Write it to standard output; people who want quiet get nothing."""
    if output == "json":
        click.echo(as_json(_as_dict(summary)))
    elif output != "table":
        sources = [_flat(each) for each in _sources(summary)]
        emit(pl.DataFrame(sources, infer_schema_length=None), output)
    elif not (quiet or is_quiet()):
        _print(summary)


def _as_dict(summary: IngestSummary | Plan) -> dict[str, object]:
    return {
        "is_dry_run": isinstance(summary, Plan),
        "sources": _sources(summary),
        "notes": [{"note": note} for note in summary.notes],
        "errors": [
            {"error": type(error).__name__, "message": str(error)} for error in summary.errors
        ],
    }


def _sources(summary: IngestSummary | Plan) -> list[dict[str, Any]]:
    return [
        _planned(each) if isinstance(each, SourcePlan) else _done(each) for each in summary.sources
    ]


def _done(result: SourceResult) -> dict[str, Any]:
    return {**asdict(result), "skipped": result.skipped}


def _planned(plan: SourcePlan) -> dict[str, Any]:
    days = {day.isoformat(): count for day, count in sorted(plan.days.items())}
    kinds = {kind: plan.kinds[kind] for kind in KINDS}
    return {**_done(plan.result), "is_known": plan.is_known, "kinds": kinds, "days": days}


def _flat(source: dict[str, Any]) -> dict[str, Any]:
    """Return a source with JSON for what has no columns of its own."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
        for name, value in source.items()
    }


def _print(summary: IngestSummary | Plan) -> None:
    rejects = 0
    for each in summary.sources:
        result = each.result if isinstance(each, SourcePlan) else each
        rejects += result.rejects
        _print_source(result)
        if isinstance(each, SourcePlan):
            _print_plan(each)
        for note in result.notes:
            _say(f"  {shown(note)}")
    for note in summary.notes:
        _say(note)
    if isinstance(summary, Plan):
        _say("Nothing was stored.")
    elif rejects:
        _say("`weblog rejects` shows what could not be parsed.")


def _print_source(result: SourceResult) -> None:
    new = (
        f"{counted(result.lines, 'line')} = {counted(result.hits, 'hit')} + "
        f"{counted(result.rejects, 'reject')} + {shown(result.skipped)} skipped"
        if result.lines
        else "nothing new"
    )
    before = f" (in the store: {counted(result.already, 'line')})" if result.already else ""
    _say(f"{shown(result.path)}: {new}{before}")
    if result.skipped:
        _say(f"  skipped = {skipped_by(result.skipped_by)}")
    if result.detected:
        _say(f"  read as {shown(result.detected)}")


def _print_plan(plan: SourcePlan) -> None:
    result = plan.result
    if plan.is_known:
        _say(f"  known: {shown(result.log_source)}")
    elif result.log_source:
        _say("  new: no line of it was read before")
    if result.log_format and not result.detected:
        _say(f"  read as {shown(result.log_format)}")
    if plan.kinds:
        kinds = (f"{shown(plan.kinds[kind])} {kind}" for kind in KINDS if plan.kinds[kind])
        _say(f"  hits = {' + '.join(kinds)}")
    if plan.days:
        _say(f"  {counted(len(plan.days), 'day')}: {_days(sorted(plan.days))}")


def _days(days: list[Any]) -> str:
    """Return days as the runs they form: ``2025-03-01 to 2025-03-04, 2025-03-09``."""
    runs: list[list[Any]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _say(text: str) -> None:
    click.echo(text)
