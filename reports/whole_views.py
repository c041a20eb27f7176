"""The page views and events of a whole store in memory (:mod:`reports.whole`).

What is viewed, or done, is a number: its path, category, product and goal stand once in a small
table. So all of them are kept in the room of two, and the steps of a visit
(:mod:`reports.trail`) are the rows as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from reports import compact, portioned
from reports.compact import in_any
from reports.merging import Merged
from reports.query import Span
from reports.runs import tally
from weblog.store import Snapshot

WHAT: Final = ("is_page", "path", "category", "product", "goal")
_NAMES: Final = WHAT[1:]
_VALUES: Final = {
    "at": pl.col("ts").dt.epoch("ms").alias("at"),
    "dwell_s": pl.col("dwell_s"),
}
_COLUMNS: Final = {
    "is_page": (pl.col("kind") == "page").alias("is_page"),
    **{name: pl.col(name).cast(pl.Categorical) for name in _NAMES},
}
_HIT: Final = pl.col("log_source").cast(pl.Categorical), pl.col("line")


@dataclass(frozen=True, slots=True)
class Views:
    """Page views and events in the order of sessions, those of one as the store has them.

    Attributes:
        columns: ``session`` (u32, ascending: row of the sessions), ``what`` (u32, row of
            ``whats``), ``at`` (i64, milliseconds since 1970, UTC), ``dwell_s`` (f64).
        whats: :data:`WHAT`, texts as categoricals, each once; some may be of no row any more.
        first: of each session, and one more: the row its own begin with (u32).
        moved: rows that are not in the order of time, log and line among those of their session,
            and the row that would stand there if they were.
    """

    columns: dict[str, pl.Series]
    whats: pl.DataFrame
    first: pl.Series
    moved: tuple[pl.Series, pl.Series]

    @property
    def size(self) -> int:
        """Bytes, as polars estimates them."""
        kept = (*self.columns.values(), *self.whats, self.first, *self.moved)
        return sum(int(column.estimated_size()) for column in kept)

    def rows(self, sessions: pl.Series) -> pl.Series:
        """Return the rows of these sessions."""
        return in_any(self.columns["session"], sessions).arg_true()

    def of(self, sessions: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Return the rows of these sessions (u32, ascending), and of which of these each is.

        In the time that these rows take, not all there are.
        """
        first, some = self.first.to_numpy(), sessions.to_numpy()
        begins = first[some]
        lengths = first[some + 1] - begins
        ends = lengths.cumsum(dtype=np.uint32)
        rows = np.repeat(begins - (ends - lengths), lengths)  # modulo 2^32
        rows += np.arange(len(rows), dtype=np.uint32)
        which = np.repeat(np.arange(len(some), dtype=np.uint32), lengths)
        return pl.Series(rows), pl.Series(which)

    def is_page(self, rows: pl.Series) -> pl.Series | None:
        """Return which of ``rows`` are page views; None: all."""
        is_page = self.whats["is_page"]
        return None if is_page.all() else is_page.gather(self.columns["what"].gather(rows))

    def pages(self, rows: pl.Series) -> pl.Series:
        """Return those of ``rows`` that are page views."""
        is_page = self.is_page(rows)
        return rows if is_page is None else rows.filter(is_page)

    def value(self, name: str, rows: pl.Series) -> pl.Series:
        """Return a column of ``rows``: one of :attr:`columns` or of :data:`WHAT`."""
        if name in WHAT:
            return self.whats[name].gather(self.columns["what"].gather(rows))
        return self.columns[name].gather(rows)

    def in_time(self, rows: pl.Series) -> pl.Series:
        """Return rows, all of some sessions, in the order of time, then log, then line."""
        placed, instead = self.moved
        if placed.is_empty():
            return rows
        every = pl.int_range(len(self.columns["session"]), dtype=pl.UInt32, eager=True)
        return every.scatter(placed, instead).gather(rows)

    def whats_of(self, rows: pl.Series) -> pl.DataFrame:
        """Return what there was in ``rows``: :data:`WHAT`, sorted; ``held``: row of ``whats``."""
        is_met = pl.repeat(False, self.whats.height, eager=True)
        is_met = is_met.scatter(self.columns["what"].gather(rows), True)
        held = is_met.arg_true().alias("held")
        met = self.whats[held].with_columns(pl.col(_NAMES).cast(pl.String), held)
        return met.sort(WHAT, nulls_last=True)


def read(snapshot: Snapshot, span: Span, sessions: Mapping[str, pl.Series], seed: int) -> Views:
    """Read those of ``span``.

    Args:
        snapshot: the store.
        span: the days.
        sessions: ``visitor``, ``date`` and ``key`` of its sessions as they stand.
        seed: of the hash of session_id that is ``key``.
    """
    told = pl.DataFrame([sessions["key"], sessions["date"]])
    told = told.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("session"))
    parts = portioned.numbered(snapshot, span, told)
    places = portioned.places_of(snapshot, parts, seed, sessions["visitor"], events=True)
    order = places["row"]
    columns = {
        "session": places["session"],
        **portioned.arranged(_rows(snapshot, span, *_VALUES.values()), order),
    }
    whats, columns["what"] = _whats(snapshot, span, order)
    first = _first(columns["session"], len(sessions["key"]))
    return Views(columns, whats, first, _moved(snapshot, span, columns, order))


def carried(before: Views, new: Views, placed: tuple[pl.Series, Merged, int]) -> Views:
    """Return those of a state of which some sessions differ from the one before.

    Args:
        before: those of the state before.
        new: those of the sessions that were not there; numbered by themselves.
        placed: which sessions stay, where they and the new ones stand now, and how many there
            were.
    """
    stays, merged, count = placed
    had, is_held = before.columns, in_any(before.columns["session"], stays)
    number = pl.repeat(0, count, dtype=pl.UInt32, eager=True).scatter(stays, merged.of_old)
    stay = is_held.arg_true()
    # By the numbers sessions have now; none has page views of both.
    old_session = number.gather(had["session"])
    new_session = merged.of_new.gather(new.columns["session"])
    put = Merged.of(old_session, stay, new_session)
    whats, of_new = _joined(before.whats, new.whats)
    columns = {
        "session": put.put(old_session, new_session).set_sorted(),
        "what": put.put(had["what"], of_new.gather(new.columns["what"])),
        **{name: put.put(had[name], new.columns[name]) for name in _VALUES},
    }
    row = pl.repeat(0, len(is_held), dtype=pl.UInt32, eager=True).scatter(stay, put.of_old)
    stays_moved = is_held.gather(before.moved[0])
    moved = [
        pl.concat([row.gather(old.filter(stays_moved)), put.of_new.gather(come)])
        for old, come in zip(before.moved, new.moved, strict=True)
    ]
    first = _first(columns["session"], len(merged.taken))
    return Views(columns, whats, first, (moved[0], moved[1]))


def _first(session: pl.Series, sessions: int) -> pl.Series:
    """Return :attr:`Views.first`."""
    first = np.zeros(sessions + 1, dtype=np.uint32)
    np.cumsum(tally(session, sessions).to_numpy(), out=first[1:])
    return pl.Series("first", first)


def _rows(snapshot: Snapshot, span: Span, *columns: pl.Expr) -> Iterator[pl.DataFrame]:
    for days in portioned.portions(snapshot, span):
        yield portioned.view_rows(snapshot, days, *columns, events=True)


def _whats(snapshot: Snapshot, span: Span, order: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Return what there was to view or do, and which of it each row is."""
    parts = [_numbered(rows) for rows in _rows(snapshot, span, *_COLUMNS.values())]
    whats, numbers = parts[0][0].clear(), []
    for own, number in parts:
        whats, place = _joined(whats, own)
        numbers.append(place.gather(number))
    return whats, pl.concat(numbers, rechunk=True).gather(order).alias("what")


def _numbered(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Return the distinct rows, and which of them each row is."""
    packed, kinds = rows["is_page"].cast(pl.UInt64), 2
    for name in _NAMES:
        distinct = compact.distinct(rows[name])
        kinds *= len(distinct) + 1
        packed = packed * (len(distinct) + 1) + compact.places_in(distinct, rows[name])
    if kinds >= 1 << 64:
        raise AssertionError(f"{kinds} combinations of paths, categories, products and goals")
    codes = packed.unique().sort().alias("code")
    told = codes.to_frame().with_row_index("what")
    what = packed.alias("code").to_frame().join(told, on="code", how="left", maintain_order="left")
    row_of = pl.repeat(0, len(codes), dtype=pl.UInt32, eager=True)
    row_of = row_of.scatter(what["what"], pl.int_range(rows.height, dtype=pl.UInt32, eager=True))
    return rows[row_of], what["what"]


def _joined(whats: pl.DataFrame, more: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Return both, those of ``more`` that are not among ``whats`` behind; where each of more is."""
    added = more.join(whats, on=WHAT, how="anti", nulls_equal=True, maintain_order="left")
    both = pl.concat([whats, added])
    numbered = both.with_row_index("what")
    places = more.join(numbered, on=WHAT, how="left", nulls_equal=True, maintain_order="left")
    return both, places["what"]


def _moved(
    snapshot: Snapshot, span: Span, columns: Mapping[str, pl.Series], order: pl.Series
) -> tuple[pl.Series, pl.Series]:
    """Return :attr:`Views.moved`: sessions are written in order, but nothing says they stay so."""
    session, at = columns["session"], columns["at"]
    same = (session == session.shift(1)).fill_null(value=False)
    late = same & (at < at.shift(1))
    tied = (same & (at == at.shift(1))).arg_true()
    hits = pl.concat(_rows(snapshot, span, *_HIT))
    sources = hits["log_source"].unique().cast(pl.String).sort()
    source = hits["log_source"].cast(pl.Enum(sources)).to_physical()
    hit = pl.DataFrame([source, hits["line"]])
    here, before = hit[order.gather(tied)], hit[order.gather(tied - 1)]
    is_behind = (here["log_source"] < before["log_source"]) | (
        (here["log_source"] == before["log_source"]) & (here["line"] < before["line"])
    )
    wrong = pl.concat([late.arg_true(), tied.filter(is_behind)])
    rows = in_any(session, session.gather(wrong).unique()).arg_true()
    right = pl.DataFrame([session.gather(rows), at.gather(rows), rows.alias("row")])
    right = pl.concat([right, hit[order.gather(rows)]], how="horizontal")
    return rows, right.sort("session", "at", "log_source", "line")["row"]
