"""Export views to PostgreSQL: one transaction, in which only what changed is replaced.

Readers see all of the state before until it ends, then all of the new one. What each part was
made from stands in a table beside the views' (:data:`reports.mart.postgresql.BOOKS`), so that
the next export knows what changed; rows are loaded by COPY.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import polars as pl

from reports.mart import postgresql as sql
from reports.mart.changes import Part
from reports.mart.registry import refuse_personal
from reports.mart.state import copies_of
from reports.mart.view import ViewSpec
from reports.mart.work import Built, Wanted, Work
from reports.query import Span
from sessionize.database import Database, said
from weblog.erasure import refuse_if_pending
from weblog.errors import DatabaseError, UsageError
from weblog.site.rules import Site
from weblog.store import Store
from weblog.store.lock import Waiting

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Cursor

T = TypeVar("T")

SCHEMA: Final = "weblog"
"""Where the tables go by default."""

_DRIVER: Final = "pip install 'weblog-insight[databases]' brings the driver."
_ADVICE: Final = {
    "42501": "Grant the user CREATE on the database, or on the schema if it is there.",
    "2BP01": "Drop what depends on that table, export, and make it again.",
    "22P05": "The database's encoding cannot hold every character: make one with UTF8.",
    "55P03": "Somebody holds a lock on that table: try again later.",
}
"""What to do, by SQLSTATE (PostgreSQL, "Error Codes")."""

_NUL: Final = "\x00"
_INSTEAD: Final = "\ufffd"
"""PostgreSQL's text cannot hold the character NUL, a path of a log can."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was done to each view, and the tables of earlier exports that were ``left`` alone."""

    built: tuple[Built, ...]
    left: tuple[str, ...]


def export(
    store: Store,
    site: Site,
    url: str,
    views: Sequence[ViewSpec],
    *,
    schema: str = SCHEMA,
    span: Span | None = None,
    with_customers: bool = False,
    full: bool = False,
    waiting: Waiting | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Exported:
    """Bring tables of a PostgreSQL database up to date with views of a store.

    Args:
        store: the store.
        site: its rules.
        url: ``postgresql://USER@HOST/NAME``; the password in it, or in PGPASSWORD.
        views: which; of :data:`reports.mart.VIEWS` or :data:`reports.mart.tables.TABLE_VIEWS`.
        schema: of the database; made if it is not there.
        span: only these days of daily views.
        with_customers: export personal columns, and views about customers.
        full: export all of it anew, whether it changed or not.
        waiting: told of those who have to end first.
        told: told the name of each view before it is worked on.

    Raises:
        UsageError: not a URL of PostgreSQL, a view about customers without
            ``with_customers``, or a table of that name that is not the export's.
        DatabaseError: it cannot be reached or answers with an error; nothing was changed then.
        ErasureCutShortError: `weblog erase` has to come first.
        StoreError: the store cannot be read.
    """
    database = _postgresql(url)
    refuse_personal(views, with_customers=with_customers)
    with store.lock("mart export", waiting=waiting):
        refuse_if_pending(store)
        job = _Job(Wanted(store.snapshot(), site, with_customers, span, full), schema)

        def work(cursor: Cursor) -> Exported:
            done = job.run(cursor, views, told)
            # Before the commit: what was written and is not noted down, nobody would be told of.
            copies_of(store).with_database(database.shown, schema).write(store)
            return done

        return _in_one_transaction(database, work)


def _in_one_transaction(database: Database, work: Callable[[Cursor], T]) -> T:
    try:
        from adbc_driver_manager import Error  # noqa: PLC0415  an extra
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415
    except ImportError:
        problem = "the driver for PostgreSQL is not installed"
        raise DatabaseError(database.shown, problem, _DRIVER) from None
    try:
        with dbapi.connect(database.url) as connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL client_encoding = 'UTF8'")  # a server may be of EUC-KR
            done = work(cursor)
            connection.commit()
    except Error as error:
        advice = _ADVICE.get(str(error.sqlstate), "")
        raise DatabaseError(database.shown, said(error, database), advice) from None
    return done


@dataclass(frozen=True, slots=True)
class _Job:
    """One export: what of a store goes where."""

    wanted: Wanted
    schema: str

    @property
    def identity(self) -> str:
        """What tells this store from others."""
        return str(self.wanted.snapshot.delta("sessions").metadata().id)

    def run(
        self, cursor: Cursor, views: Sequence[ViewSpec], told: Callable[[str], None]
    ) -> Exported:
        """Bring the tables up to date."""
        # Two exports at once: the second waits for the first, and then finds little to do.
        lock = sql.literal(f"weblog export {self.schema}")
        cursor.execute(f"SELECT pg_advisory_xact_lock(hashtextextended({lock}, 0))")
        is_there = f"SELECT 1 FROM pg_namespace WHERE nspname = {sql.literal(self.schema)}"
        if not _rows(cursor, is_there):  # asking first: IF NOT EXISTS needs the right to make it
            cursor.execute(f"CREATE SCHEMA {sql.quoted(self.schema)}")
        if not _rows(cursor, sql.columns_there(self.schema, sql.BOOKS)):
            cursor.execute(sql.books_made(self.schema))
        done = []
        for view in views:
            told(view.name)
            done.append(self._exported(cursor, view))
        books = sql.quoted(self.schema, sql.BOOKS)
        there = _rows(cursor, f"SELECT DISTINCT relation FROM {books} ORDER BY relation")
        asked = {view.name for view in views}
        return Exported(tuple(done), tuple(name for (name,) in there if name not in asked))

    def _exported(self, cursor: Cursor, view: ViewSpec) -> Built:
        """Bring the table of one view up to date."""
        work = Work(view, self.wanted, self._made(cursor, view))
        gone = work.plan.gone
        if gone:
            cursor.execute(sql.without_parts(self.schema, view, gone))
        for portion in work.portions():
            self._replace(cursor, view, portion, work.known)
        self._note(cursor, view, {part: work.parts[part] for part in work.plan.changed}, gone)
        return work.done()

    def _made(self, cursor: Cursor, view: ViewSpec) -> dict[str, Part]:
        """Make the table of a view as it should be; return the parts that are in it already."""
        columns = view.shown(with_customers=self.wanted.with_customers)
        wanted = [(each.name, sql.TYPES[each.dtype]) for each in columns]
        there = _rows(cursor, sql.columns_there(self.schema, view.name))
        books = _rows(
            cursor,
            "SELECT part, made_from, content, row_count "
            f"FROM {sql.quoted(self.schema, sql.BOOKS)} WHERE relation = {sql.literal(view.name)}",
        )
        known = {part: Part(*rest) for part, *rest in books}
        owner = known.pop(sql.OURS, None)
        where = f"{self.schema}.{view.name}"
        if there and owner is None:
            raise UsageError(f"{where} is there and not of an export: name another --schema")
        if owner is not None and owner.made_from != self.identity:
            raise UsageError(f"{where} is the export of another store: name another --schema")
        if there == wanted:
            return known
        if there:
            cursor.execute(f"DROP TABLE {sql.quoted(self.schema, view.name)}")
        for statement in sql.table_made(self.schema, view, columns):
            cursor.execute(statement)
        cursor.execute(sql.without_books(self.schema, view, [sql.OURS, *known]))
        self._book(cursor, [(view.name, sql.OURS, self.identity, "", 0)])
        return {}

    def _replace(
        self,
        cursor: Cursor,
        view: ViewSpec,
        new: Sequence[tuple[str, pl.DataFrame]],
        known: Mapping[str, Part],
    ) -> None:
        """Load the rows of parts instead of those that are there."""
        old = [part for part, _ in new if part in known]
        if old:
            cursor.execute(sql.without_parts(self.schema, view, old))
        frames = [rows for _, rows in new if rows.height]
        if frames:
            rows = pl.concat(frames).with_columns(
                pl.col(pl.String).str.replace_all(_NUL, _INSTEAD, literal=True),
                pl.col(pl.List(pl.String)).list.eval(
                    pl.element().str.replace_all(_NUL, _INSTEAD, literal=True)
                ),
            )
            self._copy(cursor, view.name, rows)

    def _note(
        self, cursor: Cursor, view: ViewSpec, parts: dict[str, Part], gone: Sequence[str]
    ) -> None:
        """Write into the books what parts were made from."""
        if parts or gone:
            cursor.execute(sql.without_books(self.schema, view, [*parts, *gone]))
        self._book(
            cursor,
            [(view.name, part, p.made_from, p.content, p.rows) for part, p in parts.items()],
        )

    def _book(self, cursor: Cursor, rows: list[tuple[str, str, str, str, int]]) -> None:
        names = ("relation", "part", "made_from", "content", "row_count")
        if rows:
            self._copy(cursor, sql.BOOKS, pl.DataFrame(rows, schema=names, orient="row"))

    def _copy(self, cursor: Cursor, table: str, rows: pl.DataFrame) -> None:
        # What polars calls a text by default, the driver does not know.
        arrow = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        cursor.adbc_ingest(table, arrow, mode="append", db_schema_name=self.schema)


def _rows(cursor: Cursor, question: str) -> list[tuple[Any, ...]]:
    cursor.execute(question)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def remove_export(
    store: Store, url: str, *, schema: str = SCHEMA, waiting: Waiting | None = None
) -> tuple[str, ...]:
    """Drop the tables of an export, and let the store forget it; return their names.

    The schema stays, with whatever else is in it.

    Raises:
        UsageError: not a URL of PostgreSQL.
        DatabaseError: it cannot be reached or answers with an error; nothing was changed then.
    """
    database = _postgresql(url)
    with store.lock("mart remove", waiting=waiting):

        def work(cursor: Cursor) -> tuple[str, ...]:
            books = sql.quoted(schema, sql.BOOKS)
            if not _rows(cursor, sql.columns_there(schema, sql.BOOKS)):
                return ()
            found = _rows(cursor, f"SELECT DISTINCT relation FROM {books} ORDER BY relation")
            names = tuple(name for (name,) in found)
            for name in (*names, sql.BOOKS):
                cursor.execute(f"DROP TABLE {sql.quoted(schema, name)}")
            return names

        dropped = _in_one_transaction(database, work)
        copies_of(store).without_database(database.shown, schema).write(store)
    return dropped


def _postgresql(url: str) -> Database:
    database = Database.of(url)
    if database.kind != "postgresql":
        raise UsageError(f"{database.shown}: expected a database postgresql://USER@HOST/NAME")
    return database
