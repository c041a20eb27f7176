"""Contacts of target lists, and how these came about, agree."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from weblog.doctor.finding import BACKUP, Finding
from weblog.store import Snapshot


def runs(head: Snapshot) -> Iterator[Finding]:
    """Each run that recorded contacts tells of itself, and of no fewer than are there.

    There may be fewer than it tells of: erased people, and days removed by age.
    """
    there = (
        head.scan("contacts")
        .drop_nulls("run")
        .group_by("run")
        .agg(pl.len().alias("there"), pl.col("list", "day").first())
    )
    told = head.scan("target_lists").select("run", told=pl.col("written") + pl.col("held_out"))
    both = there.join(told, on="run", how="left").sort("run").collect()
    for row in both.filter(pl.col("told").is_null()).to_dicts():
        problem = (
            f"list {row['list']!r} of {row['day']}: its {row['there']:,} contacts were recorded by "
            "a run that was cut short, and may have no file"
        )
        advice = "Run the same `weblog target` again: it gives the same list, and completes it."
        yield Finding("contacts", "note", "contacts", problem, advice, row["there"])
    for row in both.filter(pl.col("there") > pl.col("told")).to_dicts():
        problem = (
            f"list {row['list']!r} of {row['day']}: {row['there']:,} contacts are there, its run "
            f"tells of {row['told']:,}"
        )
        yield Finding("contacts", "fault", "contacts", problem, BACKUP, row["there"])
