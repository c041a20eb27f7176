"""Tables of the company's: register, marketing, mail systems' and ad systems' exports."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from sessionize.ad_costs.export_file import read_export
from sessionize.ad_costs.systems_known import systems
from sessionize.ad_costs.typed_costs import typed_costs
from sessionize.table_file import read_rows
from weblog.errors import TableError
from weblog.schema import COMPANY, TABLES

NAMES: Final = sorted(COMPANY)


def check_table(data: bytes) -> None:
    """A file of any table: rows with its columns and what is wrong with which, or an error.

    The first byte says which table.
    """
    if not data:
        return
    table = TABLES[NAMES[data[0] % len(NAMES)]]
    try:
        read = read_rows(data[1:], Path("t.csv"), table, "Asia/Seoul", required=table.required)
    except TableError as error:
        assert str(error).startswith("t.csv")
        return
    assert read.rows.schema == table.schema
    assert read.rows.height == len(read.numbers) == read.numbers.n_unique()
    assert read.good.height <= read.rows.height
    assert not read.good.select(pl.any_horizontal(pl.col(*table.required).is_null()).any()).item()
    marked = read.faults["row"]
    assert marked.null_count() == 0
    assert read.bad == marked.n_unique()
    assert read.faults["problem" if "problem" in read.faults.columns else "expected"].len() >= 0


def check_costs(data: bytes) -> None:
    """An ad system's export: each row good, bad or a sum, or an error that says why not."""
    try:
        export = read_export(data, "costs.csv", systems(), None, {})
    except TableError as error:
        assert str(error).startswith("costs.csv")
        return
    typed = typed_costs(export, "KRW")
    rows = pl.concat(
        [export.numbers.cast(pl.Int64), export.faults["row"].cast(pl.Int64)]
    ).n_unique()
    assert typed.good.height + typed.totals.height + typed.bad == rows
    assert typed.good["date"].null_count() == 0
    assert not (typed.good["cost"] < 0).any()


def table_seeds() -> list[bytes]:
    """Return a small file of each table, as CSV and some as Parquet."""
    seeds = []
    for number, name in enumerate(NAMES):
        table = TABLES[name]
        row = {column: _value(kind) for column, kind in table.schema.items()}
        frame = pl.DataFrame([row, row], schema=table.schema)
        header = ",".join(frame.columns)
        texts = ",".join(str(value) for value in row.values())
        seeds.append(bytes([number]) + f"{header}\n{texts}\n{texts}\n".encode())
        if number < 2:
            packed = io.BytesIO()
            frame.write_parquet(packed, statistics=False)
            seeds.append(bytes([number]) + packed.getvalue())
    mixed = '\ufeffcustomer_id;name\r\n1;"김""A"\r\n2;나'.encode()
    return [*seeds, bytes([NAMES.index("customers")]) + mixed]


def _value(kind: pl.DataType) -> object:
    if kind == pl.Date:
        return date(2025, 11, 30)
    if kind == pl.String:
        return "x"
    if kind == pl.Boolean:
        return True
    if isinstance(kind, pl.Datetime):
        return pl.select(pl.lit("2025-11-30").str.to_datetime().dt.replace_time_zone("UTC")).item()
    return 1


def cost_seeds() -> list[bytes]:
    """Return an export of each ad system, as its columns are declared."""
    found = []
    for system in systems().values():
        wanted = ("date", "campaign", "cost", "clicks", "impressions")
        named = [(name, getattr(system, name, None)) for name in wanted]
        columns = {name: called[0] for name, called in named if called}
        values = {"date": "2025-11-30", "campaign": "c", "cost": '"1,000"'}
        row = ",".join(values.get(name, "1") for name in columns)
        found.append(f'Report\n{",".join(columns.values())}\n{row}\nTotal,,"1,000",1,1\n'.encode())
    return [
        *found,
        found[0].decode().encode("utf-16"),
        found[-1].decode().encode("cp949", "replace"),
    ]
