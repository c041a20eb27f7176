"""Answers for readers who may see groups only: no row of few people, and no way to reckon one.

A :class:`CoarseStore` is handed to pages in place of a store. Every report answers from it as
from any other, and then

- groups of fewer than ``least_visitors`` visitors (in either period) are left out;
- with them the smallest of the other groups (complementary suppression, as statistical offices
  do: Hundepool et al., Statistical Disclosure Control, 2012, chapter 4), so that the total less
  the groups shown is no hidden group;
- a filter by a group that is left out, and one that lets fewer visitors through, is refused, so
  that asking otherwise does not tell it either; so is one by customer, visitor or register;
- a period does not begin or end on a day of few visitors: those days are cut off, for else two
  periods would tell the day between them;
- other tables than sessions, page views and what media and campaigns cost cannot be read, and
  reports that nobody has written a rule for here are refused.

It is no proof against somebody who asks hundreds of overlapping questions and solves equations;
a larger ``least_visitors`` makes that harder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from reports import load
from reports.few import TAGGED, days_told, few_groups, level_of, targets_told
from reports.query import (
    ID_FILTERS,
    REGISTER_FILTERS,
    SESSION_FILTERS,
    VIEW_FILTERS,
    Filters,
    Query,
    Span,
)
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.store import Snapshot, Store

if TYPE_CHECKING:
    from reports.ask import Asked

MARK: Final = ":least_visitors"
"""No table has this name: it tells the answers of a coarse snapshot from others in caches."""

READ: Final = frozenset(
    {"sessions", "page_views", "campaigns", "campaign_costs", "banners", "mailings"}
)
"""Tables that groups are counted in, and those of costs: nobody stands in them."""

BY_REGISTER: Final = frozenset({*ID_FILTERS, *REGISTER_FILTERS})
"""Fields of filters that are not for readers of groups."""

_DAY: Final = timedelta(days=1)

ROWS: Final[dict[str, tuple[str, ...]]] = {
    "channels": ("channel",),
    "segments": ("segment",),
    "sources": ("channel", "source", "medium"),
    "entry_pages": ("entry_page",),
    "pages": ("path",),
    "categories": ("category",),
    "products": ("product",),
    "devices": ("name",),
    "campaigns": ("campaign", "source", "medium", "content"),
    "landing_pages": ("campaign", "entry_page"),
}
"""Reports of a row per group: name to the columns that name the group."""

OF_CAMPAIGNS: Final = frozenset({"campaigns", "landing_pages"})
"""Of these, reports of the sessions whose link named a campaign."""

ANSWERED: Final = frozenset(
    {
        *ROWS,
        "summary",
        "site_status",
        "changes",
        "campaign_results",
        "goals",
        "anomalies",
        "history",
    }
)
"""Reports there is a rule for."""

_TEXTS: Final = {
    "few_people": "fewer than {least} visitors pass these filters, or differ by them",
    "person": "filters by person are not for readers of groups",
    "report": "this report is not for readers of groups",
}


class WithheldError(QueryError):
    """What would tell of few people, asked by who may see groups only. Facts: code, least."""

    def __init__(self, code: str, least: int = 0) -> None:
        super().__init__(code, least)
        self.code = code
        self.least = least

    def build(self, *facts: object) -> str:
        """Say why it is not told."""
        code, least = facts
        return _TEXTS[str(code)].format(least=least)


@dataclass(frozen=True, slots=True)
class CoarseSnapshot(Snapshot):
    """A snapshot for readers of groups."""

    least_visitors: int = 5

    @property
    def key(self) -> tuple[tuple[str, int], ...]:
        """The versions, and that answers from it are coarse."""
        return (*sorted(self.versions.items()), (MARK, self.least_visitors))

    def scan(self, name: str) -> pl.LazyFrame:
        """Return the rows of a table groups are counted in.

        Raises:
            WithheldError: it is another table.
        """
        if name not in READ:
            raise WithheldError("report")
        return Snapshot.scan(self, name)


@dataclass(frozen=True, slots=True)
class CoarseStore(Store):
    """A store for readers of groups."""

    least_visitors: int = 5

    def snapshot(self) -> Snapshot:
        """Return what such readers may see of the store's newest published state."""
        seen = Store.snapshot(self)
        return CoarseSnapshot(
            seen.folder, seen.versions, seen.opens, least_visitors=self.least_visitors
        )


def check_answered(name: str, key: tuple[tuple[str, int], ...]) -> None:
    """Refuse a report from a coarse snapshot that there is no rule for.

    Raises:
        WithheldError: it is one.
    """
    if name not in ANSWERED and any(table == MARK for table, _ in key):
        raise WithheldError("report")


def check_filters(snapshot: Snapshot, filters: Filters) -> None:
    """Refuse filters by person, asked of a coarse snapshot.

    Raises:
        WithheldError: there are some.
    """
    if isinstance(snapshot, CoarseSnapshot) and filters.chosen.keys() & BY_REGISTER:
        raise WithheldError("person")


def askable(snapshot: Snapshot, fields: Iterable[str]) -> list[str]:
    """Return the fields of filters that may be asked for of this snapshot."""
    if not isinstance(snapshot, CoarseSnapshot):
        return list(fields)
    return [field for field in fields if field not in BY_REGISTER]


def admitted(snapshot: Snapshot, query: Query) -> Query:
    """Return the query as it may be answered from this snapshot.

    Raises:
        WithheldError: it is a coarse one, and the answer would tell of few people.
    """
    if not isinstance(snapshot, CoarseSnapshot):
        return query
    least, filters = snapshot.least_visitors, query.filters
    for span in (query.current, query.previous):
        for field, values in filters.chosen.items():
            if span and _few(snapshot, span, filters, field) & set(values):
                raise WithheldError("few_people", least)
    if query.current is None:
        return query
    cut = _cut(_visits(snapshot, query.current, filters), query.current, least)
    if cut is None:
        raise WithheldError("few_people", least)
    return _with_days(snapshot, query, cut)


def screened(
    asked: Asked, name: str, frame: pl.DataFrame
) -> tuple[pl.DataFrame, list[ReportWarning]]:
    """Return the rows of a report that may be told, and a warning if there are others."""
    if not isinstance(asked.snapshot, CoarseSnapshot):
        return frame, []
    told, left_out = _told(asked, name, frame)
    facts = {"least": asked.snapshot.least_visitors}
    return told, [ReportWarning("rows_withheld", facts)] if left_out else []


def days_to_hide(asked: Asked, imported: pl.DataFrame) -> list[date]:
    """Return the days report `history` leaves out on both sides, before it sums anything up.

    They are those of few visitors here, with the next smallest, and those of which another tool
    tells of few (``imported``: day, measure, value). Nobody else's are hidden: an empty list.
    """
    if not isinstance(asked.snapshot, CoarseSnapshot):
        return []
    people = pl.col("measure").is_in(["visitors", "sessions"])
    few = imported.filter(people, pl.col("value") < asked.snapshot.least_visitors)["day"]
    return sorted(_hidden_days(asked, asked.query.current) | set(few))


def _told(asked: Asked, name: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the rows that may be told, and how many groups or days may not."""
    if name == "summary":
        hidden = _hidden_days(asked, asked.query.current)
        start = asked.query.start or date.min
        places = {(day - start).days for day in hidden}
        spark = [
            [None if place in places else value for place, value in enumerate(days)]
            for days in frame["spark"].to_list()
        ]
        return frame.with_columns(pl.Series("spark", spark, frame.schema["spark"])), len(hidden)
    if name == "site_status":
        hidden = _hidden_days(asked, asked.query.current) | _hidden_days(
            asked, asked.query.previous
        )
        kept = {"period", "day_index", "date"}
        measures = [column for column in frame.columns if column not in kept]
        told = ~pl.col("date").is_in(list(hidden))
        return frame.with_columns(pl.when(told).then(pl.col(measures))), len(hidden)
    if name == "history":  # which asked for them before
        return frame, len(_hidden_days(asked, asked.query.current))
    if name == "changes":
        few = pl.concat([_named(asked, dimension) for dimension in _DIMENSIONS])
        shown = frame.join(few, on=["dimension", "name"], how="anti")
        return shown, frame.height - shown.height
    if name in _RULES:
        answer = _RULES[name](asked, frame, _least(asked))
        if answer is None:
            raise WithheldError("few_people", _least(asked))
        return answer
    columns, by = [*ROWS.get(name, ())], [*ROWS.get(name, ())]
    counted = pl.col("campaign").is_not_null() if name in OF_CAMPAIGNS else pl.lit(value=True)
    if name == "devices":
        columns = [str(frame["kind"][0])] if frame.height else ["device"]
    if name == "campaign_results":
        level = level_of(asked, frame) if frame.height else "campaign"
        if level is None:
            raise WithheldError("report")
        columns = by = [level]
        if level in TAGGED:
            counted = pl.col(level).is_not_null()
    few = _few_of(asked, columns, counted).rename(dict(zip(columns, by, strict=True)))
    return _without(frame, few)


_RULES: Final = {"goals": targets_told, "anomalies": days_told}


def _least(asked: Asked) -> int:
    assert isinstance(asked.snapshot, CoarseSnapshot)  # noqa: S101  asked by screened
    return asked.snapshot.least_visitors


def _without(frame: pl.DataFrame, few: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Leave out the groups of few visitors; with one of them, the row that sums up the rest."""
    groups = frame.filter(~pl.col("is_other"))
    shown = groups.join(few, on=few.columns, how="anti", nulls_equal=True, maintain_order="left")
    left_out = groups.height - shown.height
    if left_out == 0:
        shown = pl.concat([shown, frame.filter("is_other")])
    return shown, left_out


_DIMENSIONS: Final = {
    "channel": "channel",
    "segment": "segment",
    "device": "device",
    "campaign": "campaign",
    "page": "path",
}
"""Dimension of report `changes` to the column of the frames."""


def _named(asked: Asked, dimension: str) -> pl.DataFrame:
    column = _DIMENSIONS[dimension]
    few = _few_of(asked, [column], pl.lit(value=True))
    return few.select(pl.lit(dimension).alias("dimension"), pl.col(column).alias("name"))


def _few_of(asked: Asked, columns: list[str], counted: pl.Expr) -> pl.DataFrame:
    """Return the groups that may not be told of, in either period, as texts.

    ``counted`` says which rows the report is about; it needs none but ``columns``.
    """
    snapshot = asked.snapshot
    assert isinstance(snapshot, CoarseSnapshot)  # noqa: S101  asked by screened
    read = load.page_views if columns[0] in VIEW_FILTERS.values() else load.sessions
    query = asked.query
    few = [
        few_groups(
            read(snapshot, span, query.filters, [*columns, "visitor"]).filter(counted),
            columns,
            snapshot.least_visitors,
        )
        for span in dict.fromkeys((query.current, query.previous or query.current))
    ]
    return pl.concat(few).unique()


def _few(snapshot: CoarseSnapshot, span: Span, filters: Filters, field: str) -> set[str]:
    """Return the values of a filter that may not be told of, the other filters as they are."""
    others = replace(filters, **{field: ()})  # type: ignore[arg-type]
    viewed = field in VIEW_FILTERS
    column = VIEW_FILTERS[field] if viewed else SESSION_FILTERS[field]
    frame = (load.page_views if viewed else load.sessions)(
        snapshot, span, others, [column, "visitor"]
    )
    return set(few_groups(frame, [column], snapshot.least_visitors)[column].drop_nulls())


def _visits(snapshot: Snapshot, span: Span | None, filters: Filters) -> pl.DataFrame:
    return load.sessions(snapshot, span, filters, ["date", "visitor"])


def _cut(sessions: pl.DataFrame, span: Span, least: int) -> Span | None:
    """Return the period without the days of few visitors at its ends; None if none is left."""
    if sessions.is_empty():
        return span
    days = _visitors_by_day(sessions)
    few = set(days.filter(pl.col("n") < least)["date"])
    start, end = span
    while start <= end and start in few:
        start += _DAY
    while start <= end and end in few:
        end -= _DAY
    left = sessions.filter(pl.col("date").is_between(start, end)) if start <= end else None
    if left is None or left.is_empty() or left["visitor"].n_unique() < least:
        return None
    return (start, end)


def _with_days(snapshot: CoarseSnapshot, query: Query, current: Span) -> Query:
    """Move the days of a query to ``current``, and those compared with alike."""
    assert query.start  # noqa: S101  it has a period
    assert query.end  # noqa: S101
    least = snapshot.least_visitors
    before, after = current[0] - query.start, query.end - current[1]
    warnings = list(query.warnings)
    if before or after:
        start, end = current
        warnings.append(
            ReportWarning("days_withheld", {"start": start, "end": end, "least": least})
        )
    previous = query.previous
    if previous is not None:
        previous = (previous[0] + before, previous[1] - after)
        rows = _visits(snapshot, previous, query.filters)
        if _cut(rows, previous, least) != previous:
            previous = None
            warnings.append(ReportWarning("previous_withheld", {"least": least}))
    first, last = previous or (None, None)
    return replace(
        query,
        start=current[0],
        end=current[1],
        previous_start=first,
        previous_end=last,
        warnings=tuple(warnings),
    )


def _hidden_days(asked: Asked, span: Span | None) -> set[date]:
    """Return the days of few visitors, and with them the one of fewest among the others."""
    snapshot = asked.snapshot
    assert isinstance(snapshot, CoarseSnapshot)  # noqa: S101  asked by screened
    days = _visitors_by_day(_visits(snapshot, span, asked.query.filters))
    few = days.filter(pl.col("n") < snapshot.least_visitors)
    return set() if few.is_empty() else set(days.head(few.height + 1)["date"])


def _visitors_by_day(sessions: pl.DataFrame) -> pl.DataFrame:
    return sessions.group_by("date").agg(pl.col("visitor").n_unique().alias("n")).sort("n", "date")
