"""SQL over the store: every table a view, read by DuckDB from the files as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from weblog.errors import QueryError
from weblog.remote.address import Address, is_remote
from weblog.remote.place import RemotePath
from weblog.schema import TABLES, Table
from weblog.store import Snapshot

_TYPES = {
    pl.String(): "VARCHAR",
    pl.Int16(): "SMALLINT",
    pl.Int32(): "INTEGER",
    pl.Int64(): "BIGINT",
    pl.Float64(): "DOUBLE",
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
    pl.Binary(): "BLOB",
    pl.Datetime("us", "UTC"): "TIMESTAMP WITH TIME ZONE",
    pl.List(pl.String()): "VARCHAR[]",
}

_FOREIGN = re.compile(
    r"INTERVAL|UNION|VARIANT|\b(?:BIT|BIGNUM|GEOMETRY)\b|"
    r"TIME WITH TIME ZONE(?<!STAMP WITH TIME ZONE)"
)
"""Types polars cannot hold, also within lists and structs."""

_DATED = re.compile(r"DATE|TIMESTAMP\b.*")

_READING = {
    duckdb.StatementType.SELECT,  # also DESCRIBE, SHOW and SUMMARIZE
    duckdb.StatementType.EXPLAIN,
    duckdb.StatementType.MULTI,  # PIVOT
}
"""Statements that write nothing."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A table that is computed when a statement names it: its declaration, and its rows."""

    table: Table
    rows: Callable[[], pl.LazyFrame]


def query(snapshot: Snapshot, sql: str, derived: Sequence[Derived] = ()) -> pl.DataFrame:
    """Answer one SQL statement over the tables of ``snapshot``, and those ``derived`` from them.

    The statement sees these tables and nothing else, no other file and no network, and
    writes nothing. Of two columns with one name the second is called ``name_1``; types polars
    has not (INTERVAL, UNION, BIT, TIME WITH TIME ZONE ...) arrive as text; dates outside the
    years 1 to 9999, infinity among them, as null.

    Raises:
        QueryError: it is not one reading statement, or in DuckDB's own words what is wrong.
    """
    # One that is named is a file meanwhile: it may be larger than memory.
    with TemporaryDirectory(prefix="weblog-sql-") as folder, duckdb.connect() as connection:
        known: list[str] = []
        for table in TABLES.values():
            files = snapshot.files(table.name)
            if files and is_remote(files[0]):
                files = _fetched(files, Path(folder)) if _may_name(sql, table.name) else []
            connection.execute(_view(table, files))
            known += files
        for each in derived:
            files = _computed(each, Path(folder)) if _may_name(sql, each.table.name) else []
            connection.execute(_view(each.table, files))
            known += files
        connection.execute("SET TimeZone = 'UTC'")
        # Not the folder: the key of the visitor hash lies in it too.
        connection.execute(f"SET allowed_paths = [{', '.join(map(_text, known))}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1:
                raise QueryError("expected one SQL statement")
            if statements[0].type not in _READING:
                raise QueryError(
                    f"{statements[0].type.name} is no question: expected SELECT, or DESCRIBE, "
                    "SHOW, SUMMARIZE, EXPLAIN, PIVOT"
                )
            answer = connection.sql(sql)
            # None for statements without rows, whatever duckdb's stubs say.
            if answer is None:
                return pl.DataFrame()  # type: ignore[unreachable]
            return _frame(answer)
        except (duckdb.Error, RuntimeError) as error:  # the latter of files that are damaged
            raise QueryError(f"the SQL cannot be run: {error}") from error


def is_about_files(error: BaseException) -> bool:
    """Say whether an error DuckDB raised may be of a file it read, and not of the statement."""
    kinds = (duckdb.IOException, duckdb.InvalidInputException, RuntimeError)
    return isinstance(error, kinds) or type(error) is duckdb.Error


def _may_name(sql: str, name: str) -> bool:
    """Say whether a statement may be about a table: it names it, or could put its name together."""
    return re.search(rf"\b(?:{name}|query|query_table)\b", sql, re.IGNORECASE) is not None


def _fetched(files: list[str], folder: Path) -> list[str]:
    """Copy files from a bucket: DuckDB is let at no network, whatever a statement says."""
    copies = []
    for file in files:
        copy = folder / Address.of(file).key
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(RemotePath(file).read_bytes())
        copies.append(str(copy))
    return copies


def _computed(derived: Derived, folder: Path) -> list[str]:
    file = folder / f"{derived.table.name}.parquet"
    derived.rows().sink_parquet(file)
    return [str(file)]


def _frame(answer: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    columns = [f"c{i}" for i in range(len(answer.types))]
    types = [str(each) for each in answer.types]
    wanted = [_held(column, each) for column, each in zip(columns, types, strict=True)]
    if wanted == columns:
        rows = answer.to_arrow_table()
    else:
        renamed = f"SELECT {', '.join(wanted)} FROM weblog_answer AS a({', '.join(columns)})"
        # A SELECT has rows, whatever duckdb's stubs say.
        rows = answer.query("weblog_answer", renamed).to_arrow_table()  # type: ignore[union-attr]
    return pl.DataFrame(rows.rename_columns(_told_apart(answer.columns)))


def _held(column: str, kind: str) -> str:
    """Return the column as something polars and Python can hold."""
    if _FOREIGN.search(kind):
        return f"CAST({column} AS VARCHAR)"
    if _DATED.fullmatch(kind):
        return f"CASE WHEN {column} BETWEEN '0001-01-01' AND '9999-12-31' THEN {column} END"
    return column


def _told_apart(names: Iterable[str]) -> list[str]:
    taken: dict[str, None] = {}
    for name in names:
        candidates = chain([name], (f"{name}_{i}" for i in count(1)))
        taken[next(each for each in candidates if each not in taken)] = None
    return list(taken)


def _view(table: Table, files: list[str]) -> str:
    columns = ", ".join(
        f"CAST({_name(c.name)} AS {_TYPES[c.dtype]}) AS {_name(c.name)}" for c in table.columns
    )
    if not files:
        nothing = ", ".join(
            f"CAST(NULL AS {_TYPES[column.dtype]}) AS {_name(column.name)}"
            for column in table.columns
        )
        return f"CREATE VIEW {_name(table.name)} AS SELECT {nothing} WHERE false"
    hive = ", ".join(f"{_text(name)}: DATE" for name in table.partition_by)
    partitions = f", hive_partitioning = true, hive_types = {{{hive}}}" if hive else ""
    source = f"read_parquet([{', '.join(map(_text, files))}], union_by_name = true{partitions})"
    return f"CREATE VIEW {_name(table.name)} AS SELECT {columns} FROM {source}"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
