"""Rows of sums that exports hold: left out, and compared with the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

_LABEL: Final = (
    r"(?i)^(?:grand total|totals?|합계|총\s?합계|총계|전체|소계)(?:\s*[:：\-–(].*|\s+-.*)?$"
)
"""What the first text of a row of sums begins with: Total, Total: Campaigns, 합계, 총계: 계정."""

MEASURES: Final = ("impressions", "clicks", "cost", "conversions", "conversion_value")

_HALF_A_CENT: Final = 0.005
"""What rounding to two decimals may change of a value."""


@dataclass(frozen=True, slots=True)
class SumDiffers:
    """A row of sums that is not the sum of the rows: what it says, and what they make."""

    row: int
    label: str
    measure: str
    told: float
    summed: float


def is_total(
    frame: pl.DataFrame, texts: Sequence[str], day: pl.Series, *, is_by_day: bool
) -> pl.Series:
    """Say which rows are sums: no day, and a label of sums, or no campaign either.

    Args:
        frame: the rows as text.
        texts: the columns of names, and of days if there is one.
        day: their days, null where they have none.
        is_by_day: there is a column of days; else a sum may bear the day of an export of one.
    """
    has_label = pl.any_horizontal(
        pl.all().str.strip_chars().str.contains(_LABEL).fill_null(value=False)
    )
    is_empty = pl.all_horizontal(pl.col(texts).fill_null("").str.strip_chars().is_in(["", "--"]))
    found = frame.select(has_label.alias("label"), is_empty.alias("empty"))
    if not is_by_day:
        return found["empty"] | (found["label"] & day.is_null())
    return (found["label"] | found["empty"]) & day.is_null()


def differing(totals: pl.DataFrame, rows: pl.DataFrame) -> list[SumDiffers]:
    """Compare rows of sums with the rows; nothing where one of them agrees in all it tells.

    Several rows of sums are of parts (``Total: Search``), whose rows nobody can tell: if one is
    of all and right, the others are believed.

    Args:
        totals: ``row``, ``label`` and measures as the export tells them.
        rows: measures of the rows.
    """
    found = [_of_row(total, rows) for total in totals.to_dicts()]
    return [] if any(not each for each in found) else [one for each in found for one in each]


def _of_row(total: dict[str, object], rows: pl.DataFrame) -> list[SumDiffers]:
    found = []
    for measure in MEASURES:
        told = total[measure]
        if not isinstance(told, int | float):
            continue
        summed = float(rows[measure].sum())
        if abs(told - summed) > _HALF_A_CENT * (rows.height + 1):
            number, label = int(str(total["row"])), str(total["label"] or "")
            found.append(SumDiffers(number, label, measure, float(told), summed))
    return found
