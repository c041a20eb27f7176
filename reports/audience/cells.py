"""Cells of a CSV file that no spreadsheet takes for a formula."""

from __future__ import annotations

import io
from typing import Final

import polars as pl

_SIGNS: Final = "=+@＝＋－＠﹢﹣﹦﹫-"
"""With what a formula begins: also full-width and small forms, which some spreadsheets read as
the plain ones."""

_FORMULA: Final = rf"^(?:[\s\p{{C}}\p{{Z}}]*[{_SIGNS}]|[\t\r\n])"


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before each text that a spreadsheet would calculate; numbers stay.

    A customer may choose the name ``=HYPERLINK(...)``. Source: OWASP, "CSV Injection"
    (community/attacks/CSV_Injection): = + - @, tab, carriage return and line feed, and their
    full-width variants; quotes and separators are the writer's. Blanks and invisible
    characters before them do not help.
    """
    texts = pl.col(pl.String)
    return frame.with_columns(
        pl.when(texts.str.contains(_FORMULA)).then(pl.lit("'") + texts).otherwise(texts).name.keep()
    )


def csv_bytes(frame: pl.DataFrame, *, with_mark: bool) -> bytes:
    """Return a frame as CSV in UTF-8, its texts guarded, lists as one text.

    ``with_mark`` puts the byte order mark first, by which Excel knows UTF-8.
    """
    flat = frame.with_columns(pl.selectors.list().list.join(", "))
    buffer = io.BytesIO()
    guarded(flat).write_csv(buffer, include_bom=with_mark)
    return buffer.getvalue()


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """Return a frame as Parquet, its values as they are."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()
