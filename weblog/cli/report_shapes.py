"""Reports as people read them in a table: side by side what programs get row by row."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import SMALL

SHARES: Final = "_shares"
"""How the name of a column of shares ends: of what the column named before it lists."""


def shaped(frame: pl.DataFrame, zone: str = "UTC") -> pl.DataFrame:
    """Return the rows for people, instants as clocks in ``zone`` show them."""
    for shape in (
        _one_row_a_day,
        _named_shares,
        _one_row_a_cohort,
        _lists_as_text,
    ):
        frame = shape(frame)
    return _instants_as_text(frame, zone)


def _one_row_a_day(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the period compared with beside the period, not below it."""
    if "day_index" not in frame.columns:
        return frame
    before = frame.filter(pl.col("period") == "previous").select(
        "day_index", previous_sessions="sessions"
    )
    return (
        frame.filter(pl.col("period") == "current")
        .join(before, on="day_index", how="left", maintain_order="left")
        .with_columns(
            change=pl.when(pl.col("previous_sessions") > 0).then(
                pl.col("sessions") / pl.col("previous_sessions") - 1
            )
        )
        .drop("period")
    )


def _named_shares(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the names of a list and their shares, a list beside it, into one text."""
    lists = [name for name in frame.columns if f"{name}{SHARES}" in frame.columns]
    return frame.with_columns(
        pl.Series(
            name,
            [
                ", ".join(f"{one} {share:.0%}" for one, share in zip(*both, strict=True))
                if all(both)
                else None
                for both in frame.select(name, f"{name}{SHARES}").rows()
            ],
            dtype=pl.String,
        )
        for name in lists
    )


def _one_row_a_cohort(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the rates of a cohort side by side, by age; blank is what is not observed."""
    if "cohort" not in frame.columns:
        return frame
    rows = frame.with_columns(pl.col("cohort").cast(pl.String).fill_null("all"))
    side_by_side = rows.pivot("age", index=["cohort", "size"], values="rate", maintain_order=True)
    return side_by_side.with_columns((pl.col("size") < SMALL).alias("small"))


def _lists_as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Put a list of steps on one line."""
    lists = [name for name, dtype in frame.schema.items() if dtype == pl.List(pl.String)]
    return frame.with_columns(pl.col(lists).list.join(" → "))


def _instants_as_text(frame: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Tell instants to the minute; of a zone without a short name only UTC needs one."""
    instants = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    clock = "%Y-%m-%d %H:%MZ" if zone == "UTC" else "%Y-%m-%d %H:%M"
    return frame.with_columns(pl.col(instants).dt.convert_time_zone(zone).dt.strftime(clock))
