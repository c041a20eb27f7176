"""The SQL of an export to PostgreSQL: tables, keys, comments, books. Text only; no connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from reports.mart.view import DAY, ViewSpec
from reports.spec import ColumnSpec, Unit

BOOKS: Final = "weblog_export"
"""The table, beside the views', that says what each part of them was made from."""

OURS: Final = ""
"""The part whose row says that a table is the export's own, and of which store."""

TYPES: Final = {
    pl.String(): "text",
    pl.Int16(): "smallint",
    pl.Int32(): "integer",
    pl.Int64(): "bigint",
    pl.Float64(): "double precision",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.Datetime("us", "UTC"): "timestamp with time zone",
    pl.List(pl.String()): "text[]",
}
"""polars' types and PostgreSQL's, as its ``format_type`` writes them."""

_UNITS: Final[dict[Unit, str]] = {
    "": "",
    "day": "days",
    "count": "count",
    "rate": "fraction of 1",
    "ratio": "ratio",
    "points": "fraction of 1",
    "seconds": "seconds",
    "money": "the site's currency",
    "z": "standard deviations",
}


def quoted(*names: str) -> str:
    """Return names as SQL names, joined by dots."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def books_made(schema: str) -> str:
    """Return what makes the table of :data:`BOOKS`."""
    return (
        f"CREATE TABLE IF NOT EXISTS {quoted(schema, BOOKS)} (relation text NOT NULL, "
        "part text NOT NULL, made_from text NOT NULL, content text NOT NULL, "
        "row_count bigint NOT NULL, exported_at timestamp with time zone NOT NULL "
        "DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (relation, part))"
    )


def table_made(schema: str, view: ViewSpec, columns: Sequence[ColumnSpec]) -> list[str]:
    """Return what makes the table of a view: columns, key, and the meaning of each."""
    table = quoted(schema, view.name)
    strict = [name for name in view.key if name not in view.loose]
    rows = [
        f"{quoted(each.name)} {TYPES[each.dtype]}{' NOT NULL' if each.name in strict else ''}"
        for each in columns
    ]
    if not view.loose:
        rows.append(f"PRIMARY KEY ({', '.join(map(quoted, view.key))})")
    told = [f"CREATE TABLE {table} ({', '.join(rows)})"]
    if view.loose:
        told.append(
            f"CREATE UNIQUE INDEX ON {table} ({', '.join([*map(quoted, strict), _one(view)])})"
        )
    elif view.is_daily and view.key[0] != DAY:
        told.append(f"CREATE INDEX ON {table} ({quoted(DAY)})")
    told.append(f"COMMENT ON TABLE {table} IS {literal(f'One row is {view.grain}.')}")
    told += [
        f"COMMENT ON COLUMN {table}.{quoted(each.name)} IS {literal(meaning(each))}"
        for each in columns
    ]
    return told


def _one(view: ViewSpec) -> str:
    """Return one value for the columns of a key that may be null, or too long for an index."""
    parts = [f"coalesce({quoted(name)}, chr(2))" for name in view.loose]
    return f"md5({' || chr(1) || '.join(parts)})"


def meaning(column: ColumnSpec) -> str:
    """Return what a column means, with its unit."""
    unit = _UNITS[column.unit] if column.dtype.is_numeric() else ""
    said = column.meaning[:1].upper() + column.meaning[1:]
    return f"{said}." if not unit or unit in said else f"{said} ({unit})."


def columns_there(schema: str, name: str) -> str:
    """Return the question which columns a table has: name and type, in order."""
    return (
        "SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type "
        "FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped "
        f"AND a.attrelid = to_regclass({literal(quoted(schema, name))}) ORDER BY a.attnum"
    )


def without_parts(schema: str, view: ViewSpec, parts: Iterable[str]) -> str:
    """Return what removes the rows of parts of a view."""
    table = quoted(schema, view.name)
    if not view.is_daily:
        return f"DELETE FROM {table}"
    return f"DELETE FROM {table} WHERE {quoted(DAY)} = ANY ({_array(parts)}::date[])"


def without_books(schema: str, view: ViewSpec, parts: Iterable[str]) -> str:
    """Return what removes what the books say of parts of a view."""
    return (
        f"DELETE FROM {quoted(schema, BOOKS)} WHERE relation = {literal(view.name)} "
        f"AND part = ANY ({_array(parts)}::text[])"
    )


def _array(parts: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(map(literal, parts))}]"
