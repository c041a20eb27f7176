"""The last minutes, counted row by row: what :func:`reports.live` must agree with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]


def slow_live(
    views: Iterable[Row],
    sources: dict[str, tuple[str | None, str | None]],
    errors: Iterable[Row],
    now: datetime,
) -> dict[tuple[Any, ...], Row]:
    """Return what each part counts.

    Args:
        views: page views and events: ts, visitor, session, log_source, line, is_page, path,
            goal, value.
        sources: session to its channel and source.
        errors: requests that failed: ts, visitor, path, status.
        now: the end of the 30 minutes.
    """
    start = now - timedelta(minutes=30)
    seen = sorted(
        (row for row in views if start < row["ts"] <= now),
        key=lambda row: (row["ts"], row["log_source"], row["line"]),
    )
    failed = [row for row in errors if start < row["ts"] <= now]
    here = {row["visitor"] for row in seen if row["ts"] > now - timedelta(minutes=5)}
    page_of: dict[Any, str] = {}
    for row in seen:
        if row["is_page"]:
            page_of[row["visitor"]] = row["path"]
    told: dict[tuple[Any, ...], Row] = {}

    def part(name: str, key_of: Callable[[Row], Any], rows: list[Row]) -> None:
        groups = defaultdict(list)
        for row in rows:
            groups[key_of(row)].append(row)
        for key, some in groups.items():
            told[(name, *key)] = counted(some)

    told[("total",)] = counted(seen) | {"active": len(here)} | of_errors(failed)
    for ago in range(30):
        last = now - timedelta(minutes=ago)
        some = [row for row in seen if last - timedelta(minutes=1) < row["ts"] <= last]
        bad = [row for row in failed if last - timedelta(minutes=1) < row["ts"] <= last]
        told[("minute", ago)] = counted(some) | of_errors(bad)
    part("page", lambda row: (row["path"],), [row for row in seen if row["is_page"]])
    part("source", lambda row: sources.get(row["session"], (None, None)), seen)
    part("goal", lambda row: (row["goal"],), [row for row in seen if row["goal"] is not None])
    for key, found in told.items():
        if key[0] == "page":
            found["active"] = sum(page_of.get(one) == key[1] for one in here)
        if key[0] == "source":
            found["active"] = len(
                {
                    row["visitor"]
                    for row in seen
                    if row["ts"] > now - timedelta(minutes=5)
                    and sources.get(row["session"], (None, None)) == key[1:]
                }
            )
        if key[0] == "goal":
            del found["page_views"]
    for row in failed:
        key = ("error", row["path"], row["status"])
        some = [one for one in failed if (one["path"], one["status"]) == key[1:]]
        told[key] = of_errors(some) | {"visitors": len({one["visitor"] for one in some})}
    return told


def counted(rows: list[Row]) -> Row:
    goals = [row for row in rows if row["goal"] is not None]
    return {
        "visitors": len({row["visitor"] for row in rows}),
        "page_views": sum(row["is_page"] for row in rows),
        "conversions": len(goals),
        "value": sum(row["value"] or 0.0 for row in goals),
    }


def of_errors(rows: list[Row]) -> Row:
    return {"errors": len(rows), "server_errors": sum(row["status"] >= 500 for row in rows)}
