"""Print a frame: as a table for people, or as JSON, CSV or Parquet for programs."""

from __future__ import annotations

import json
import math
import sys
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import click
import polars as pl

from weblog.cli.table import print_table
from weblog.errors import UsageError


def emit(frame: pl.DataFrame, output: str, title: str = "") -> None:
    """Write ``frame`` to standard output.

    Raises:
        UsageError: Parquet to a terminal.
    """
    if output == "json":
        click.echo(as_json(frame.to_dicts()))
    elif output == "csv":
        click.echo(_flat(frame).write_csv(), nl=False)
    elif output == "parquet":
        if sys.stdout.isatty():
            raise UsageError("Parquet is not for a terminal: add `> FILE.parquet`")
        whole = BytesIO()
        frame.write_parquet(whole)  # not to the pipe itself: polars' words for its errors differ
        sys.stdout.buffer.write(whole.getbuffer())
    else:
        print_table(frame, title)


def as_json(value: Any) -> str:
    """Return JSON; dates and times as ISO text, what is no finite number as null."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=2, default=_plain)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return value


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Decimal):  # such as SQL's sum of whole numbers
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with texts for what CSV cannot hold: lists ``a;b``, structs as JSON."""
    return frame.with_columns(
        pl.Series(column.name, [_cell(value) for value in column], dtype=pl.String)
        for column in frame
        if column.dtype.is_nested() or column.dtype == pl.Binary
    )


def _cell(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, pl.Series):
        value = value.to_list()
    if isinstance(value, list) and not any(isinstance(each, (list, dict)) for each in value):
        return ";".join("" if each is None else str(_plain(each)) for each in value)
    return json.dumps(_finite(value), ensure_ascii=False, default=_plain)
