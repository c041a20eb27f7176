"""From an export's text to days, names and numbers; every cell that cannot be read is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from sessionize.ad_costs import values
from sessionize.ad_costs.export_file import Export
from sessionize.ad_costs.totals import MEASURES, is_total
from sessionize.bad_rows import cell_faults, faults
from weblog.company_tables import CAMPAIGN_COSTS

_WHOLE: Final = ("impressions", "clicks")
_NAMES: Final = ("campaign", "content", "term")
_MONEY: Final = ("cost", "conversion_value")

_SIGNS: Final = {"KRW": "₩￦\\원", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
"""What amounts in a currency may bear; the dollar's and the yen's signs are others', too."""


@dataclass(frozen=True, slots=True)
class TypedCosts:
    """Rows of an export with the types they should have.

    ``good`` have no fault and are no sums; ``totals`` are the rows of sums (``row``, ``label`` and
    measures); ``faults`` are as in :mod:`sessionize.bad_rows`, by the export's own columns;
    ``bad`` says how many rows have one.
    """

    good: pl.DataFrame
    totals: pl.DataFrame
    faults: pl.DataFrame
    bad: int


def typed_costs(export: Export, currency: str) -> TypedCosts:
    """Give the rows of an export their types.

    Args:
        export: the export.
        currency: the site's, such as KRW; empty where it says none.
    """
    system, headers = export.fit.system, export.fit.headers
    text = export.frame.select(
        values.present(pl.col(theirs)).alias(ours) for ours, theirs in headers.items()
    )
    typed = text.select(
        _day(headers, system.day_format).alias("date"),
        *(_text(name, headers) for name in _NAMES),
        *(_measure(name, headers, system.decimal) for name in MEASURES),
    )
    texts = [headers[name] for name in (*_NAMES, "date") if name in headers]
    sums = is_total(export.frame, texts, typed["date"], is_by_day="date" in headers)
    told = [_wrong(text, typed, export, name, sums) for name in ("date", "campaign", *MEASURES)]
    told += [_foreign(text, export, name, currency, sums) for name in (*_MONEY, "currency")]
    found = faults(export.faults.filter(~pl.col("row").is_in(_rows(export, sums))), *told)
    bad = found["row"].drop_nulls()
    labels = export.frame.select(label=pl.coalesce(pl.all().replace(["", "--"], None)))
    totals = typed.with_columns(row=export.numbers, label=labels["label"]).filter(sums)
    good = typed.filter(~sums & ~export.numbers.is_in(bad.implode()))
    return TypedCosts(good, totals.select("row", "label", *MEASURES), found, bad.n_unique())


def _rows(export: Export, chosen: pl.Series) -> pl.Series:
    return export.numbers.filter(chosen).implode()


def _day(headers: Mapping[str, str], day_format: str | None) -> pl.Expr:
    if "date" in headers:
        return values.day(pl.col("date"), day_format)
    first, last = (values.day(pl.col(name), day_format) for name in ("first_day", "last_day"))
    return pl.when(first == last).then(first)


def _text(name: str, headers: Mapping[str, str]) -> pl.Expr:
    is_there = name in headers
    return (pl.col(name) if is_there else pl.lit(None, pl.String)).alias(name)


def _measure(name: str, headers: Mapping[str, str], decimal: str) -> pl.Expr:
    dtype = CAMPAIGN_COSTS.schema[name]
    if name not in headers:
        return pl.lit(None, dtype).alias(name)
    read = values.whole if name in _WHOLE else values.number
    return read(pl.col(name), decimal).cast(dtype).alias(name)


def _wrong(
    text: pl.DataFrame, typed: pl.DataFrame, export: Export, name: str, sums: pl.Series
) -> pl.DataFrame:
    """Return faults of one column: what is no value of its type, is missing or negative."""
    headers = export.fit.headers
    source = "last_day" if name == "date" and name not in headers else name
    if source not in headers:
        return faults()
    given, value = text[source], typed[name]
    expected = values.DAY if name == "date" else values.NUMBER
    if name == "date" and source == "last_day":
        expected = f"expected the day of {headers['first_day']}: export by day"
    if name in _WHOLE:
        expected = values.WHOLE
    is_needed = name in {"date", "campaign"}
    is_wrong = ~sums & value.is_null() & (given.is_not_null() | is_needed)
    shown = export.frame[headers[source]]
    if name == "campaign":
        expected = "every row needs it"
    found = [cell_faults(*_cells(export, shown, headers[source], is_wrong), expected)]
    if name in MEASURES:
        is_less = ~sums & (value < 0).fill_null(value=False)
        found.append(cell_faults(*_cells(export, shown, headers[source], is_less),
                                 "expected 0 or more"))  # fmt: skip
    return faults(*found)


def _foreign(
    text: pl.DataFrame, export: Export, name: str, currency: str, sums: pl.Series
) -> pl.DataFrame:
    """Return faults of amounts that are said to be in another currency than the site's."""
    headers = export.fit.headers
    if name not in headers or not re.fullmatch("[A-Z]{3}", currency):
        return faults()
    signs = "".join(sign for code, sign in _SIGNS.items() if code != currency)
    column = pl.col(name)
    other = column.str.extract(r"([A-Z]{3})", 1) != currency
    if name != "currency":
        other |= column.str.contains(f"[{re.escape(signs)}]")
    is_other = text.select(other.fill_null(value=False).alias("other"))["other"] & ~sums
    shown = export.frame[headers[name]]
    expected = f"expected {currency}, the currency of site.toml"
    return cell_faults(*_cells(export, shown, headers[name], is_other), expected)


def _cells(
    export: Export, shown: pl.Series, header: str, chosen: pl.Series
) -> tuple[pl.Series, str, pl.Series]:
    return export.numbers.filter(chosen), header, shown.filter(chosen)
