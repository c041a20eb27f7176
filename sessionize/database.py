"""Read a table or the answer to a query from the company's database: PostgreSQL or SQLite.

Values come as the text that a CSV file would have, so that files and databases follow the same
rules (:mod:`sessionize.typed_rows`). The database is only read: the transaction is read-only, and
an SQLite file is opened so. Passwords are in no error and nowhere stored.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote

import polars as pl

from sessionize.csv_file import decoded_line
from weblog.errors import DatabaseError, TableError, UsageError, did_you_mean, shown_path

KINDS: Final = ("postgresql", "postgres", "sqlite")

_URL: Final = re.compile(
    r"(?P<scheme>\w+)(?:\+\w+)?://"
    r"(?:(?P<user>[^:/?#@]*)(?::(?P<password>[^:/?#@]*))?@)?"
    r"(?P<rest>[^?#@]*)(?:\?(?P<options>[^#]*))?"
)
_SELECT: Final = "Expected the name of a table or view, or one SELECT."
_DRIVER: Final = "pip install 'weblog-insight[databases]' brings the driver."


def is_database(source: str) -> bool:
    """Say whether ``source`` is the URL of a database, not a path."""
    return re.match(r"[A-Za-z][\w+.-]*://", source) is not None


@dataclass(frozen=True, slots=True)
class Database:
    """Where a database is. ``shown`` is its URL without the password."""

    kind: str
    url: str
    shown: str
    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, url: str) -> Database:
        """Take a URL apart.

        Raises:
            UsageError: it is none, or that of a database the toolkit does not read.
        """
        scheme = url.partition("://")[0].partition("+")[0].lower()
        if scheme not in KINDS:
            raise UsageError(
                f"{scheme}://...: no such kind of database.{did_you_mean(scheme, list(KINDS))} "
                "Expected postgresql://USER@HOST/NAME or sqlite:///PATH; of others, export a CSV "
                "or Parquet file."
            )
        found = _URL.fullmatch(url)
        if found is None:
            raise UsageError(
                f"{scheme}://...: not a URL as it stands. In a user name or password write : as "
                "%3A, / as %2F, @ as %40, ? as %3F, # as %23 and % as %25; or put the password "
                "into PGPASSWORD."
            )
        if scheme == "sqlite":
            path = found["rest"].removeprefix("/")
            return cls("sqlite", path, f"sqlite:///{shown_path(path)}" if path else "sqlite://")
        user = f"{found['user']}@" if found["user"] else ""
        options = parse_qs(found["options"] or "")
        written = [found["password"] or "", *options.get("password", ())]
        secrets = sorted({*written, *map(unquote, written)} - {""}, key=len, reverse=True)
        plain = "postgresql://" + url.partition("://")[2]
        return cls("postgresql", plain, f"postgresql://{user}{found['rest']}", tuple(secrets))


def read_database(
    database: Database, *, table: str | None, query: str | None, time_zone: str
) -> pl.DataFrame:
    """Return all rows of a table, or of the answer to a query, as text.

    Args:
        database: where to read.
        table: a name, ``schema.name`` where it needs one; or
        query: a SELECT.
        time_zone: whose days instants are of, where they are no midnights in UTC.

    Raises:
        UsageError: neither or both are given.
        DatabaseError: it cannot be reached or answers with an error, or its driver is missing.
        TableError: the answer has two columns of one name.
    """
    if (table is None) == (query is None):
        raise UsageError("a database needs either --table NAME or --query 'SELECT ...'")
    asked = f"SELECT * FROM {_named(table)}" if table else str(query).strip().rstrip(";")
    if database.kind == "sqlite":
        return _of_sqlite(database, asked)
    return _of_postgresql(database, asked, time_zone)


def _of_sqlite(database: Database, asked: str) -> pl.DataFrame:
    import sqlite3  # noqa: PLC0415  most registers come as files

    path = Path(database.url).absolute()
    if not path.is_file():
        raise DatabaseError(database.shown, "the file is not there", "Expected sqlite:///PATH.")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            connection.text_factory = _text
            answer = connection.execute(_part(asked, "*", "LIMIT 0"))
            names = _once([column[0] for column in answer.description], database)
            texts = ", ".join(_SQLITE_TEXT.format(_quoted(name)) for name in names)
            rows = connection.execute(_part(asked, texts)).fetchall()
    except sqlite3.Error as error:
        raise DatabaseError(database.shown, f"SQLite says: {error}", _SELECT) from None
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")


_SQLITE_TEXT: Final = (
    "CASE WHEN typeof({0}) = 'real' AND abs({0}) < 1e15 AND {0} = CAST({0} AS INTEGER) "
    "THEN CAST(CAST({0} AS INTEGER) AS TEXT) ELSE CAST({0} AS TEXT) END"
)
"""Any value as text; SQLite's columns may hold values of all types. 123.0 was a whole number."""


def _text(written: bytes) -> str:
    return decoded_line(written)[0]


def _of_postgresql(database: Database, asked: str, time_zone: str) -> pl.DataFrame:
    try:
        from adbc_driver_manager import Error, ProgrammingError  # noqa: PLC0415  an extra
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415
    except ImportError:
        raise DatabaseError(
            database.shown, "the driver for PostgreSQL is not installed", _DRIVER
        ) from None
    try:
        with dbapi.connect(database.url) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute("SET LOCAL client_encoding = 'UTF8'")  # a server may be of EUC-KR
            cursor.execute("SET LOCAL DateStyle = 'ISO, YMD'")
            cursor.execute(_part(asked, "*", "LIMIT 0"))
            schema = cursor.fetch_arrow_table().schema
            _once(schema.names, database)
            texts = ", ".join(_postgresql_text(field, time_zone) for field in schema)
            cursor.execute(_part(asked, texts))
            rows = pl.DataFrame(cursor.fetch_arrow_table())
            connection.rollback()
    except Error as error:
        advice = _SELECT if isinstance(error, ProgrammingError) else ""
        raise DatabaseError(database.shown, said(error, database), advice) from None
    return rows


def _postgresql_text(field: Any, time_zone: str) -> str:
    """Return the SQL for one column as text: days and times as ISO 8601, infinity as null.

    Such a day is "no end", which in our tables is null.
    """
    name = _quoted(field.name)
    kind = (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()
    text = f"CAST({name} AS text)"
    if kind in ("date", "timestamp"):
        text = f"CASE WHEN isfinite({name}) THEN {text} END"
    elif kind == "timestamptz":  # midnight in UTC is a day that some program wrote as an instant
        zone = time_zone.replace("'", "''")
        utc, here = f"{name} AT TIME ZONE 'UTC'", f"{name} AT TIME ZONE '{zone}'"
        own = f"CASE WHEN CAST({utc} AS time) = '00:00' THEN {utc} ELSE {here} END"
        text = f"CASE WHEN isfinite({name}) THEN CAST({own} AS text) END"
    elif kind == "numeric":
        text = rf"regexp_replace({text}, '\.0+$', '')"
    return f"{text} AS {name}"


def _part(asked: str, columns: str, end: str = "") -> str:
    # On lines of its own: a query may end with a comment.
    return f"SELECT {columns} FROM (\n{asked}\n) AS asked {end}"


def _named(table: str | None) -> str:
    return ".".join(_quoted(part) for part in str(table).split("."))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _once(names: list[str], database: Database) -> list[str]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        faults = [(f"column {name}", "there twice", "each once") for name in twice]
        raise TableError(database.shown, faults)
    return names


def said(error: Exception, database: Database) -> str:
    """Return the server's words, without our query, the driver's prefix and any password."""
    said = str(error).partition("\n\nQuery was:")[0]
    said = re.sub(r"^[A-Z_]+: (?:\[libpq\] )?", "", said)
    for secret in database.secrets:
        said = said.replace(secret, "***")
    kept = [line.strip() for line in said.splitlines() if not re.match(r"LINE \d+:|\s*\^", line)]
    return re.sub(r"\. SQLSTATE: \w+$|\.$", "", " ".join(filter(None, kept)))
