"""What is asked: filters as people give them, and the query they resolve to.

`Filters` may leave days open; :func:`reports.resolve` fills them in from the data and says in
warnings what it had to change. A report's result carries the resolved query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from reports.warning import ReportWarning
from weblog.errors import QueryError

Compare = Literal["previous", "year", "none"]
Span = tuple[date, date]
"""First and last day, both included."""

DEFAULT_DAYS: Final = 28
"""Four whole weeks: as many Mondays as Sundays."""

YEAR: Final = timedelta(days=364)
"""52 weeks: a year earlier on the same weekdays."""

SESSION_FILTERS: Final = {
    "segments": "segment",
    "devices": "device",
    "channels": "channel",
    "sources": "source",
    "campaigns": "campaign",
    "entry_pages": "entry_page",
}
"""Filters on a session: field of `Filters` to column of table sessions."""

VIEW_FILTERS: Final = {"pages": "path", "categories": "category", "products": "product"}
"""Filters on what a session viewed: field of `Filters` to column of table page_views."""

REGISTER_FILTERS: Final = {
    "age_bands": "age_band",
    "sexes": "sex",
    "occupations": "occupation",
    "children": "children",
    "products_held": "product_held",
}
"""Filters on what the register knew of a session's customer on its day: field of `Filters` to
attribute of :mod:`reports.attributes`."""

ID_FILTERS: Final = {"customers": "customer_id", "visitors": "visitor_id"}
"""Filters on whose session it is: field of `Filters` to column of table sessions."""

FILTERS: Final = SESSION_FILTERS | VIEW_FILTERS | REGISTER_FILTERS | ID_FILTERS
"""Every filter there is: field of `Filters` to what it looks at."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look at; every filter left empty lets everything through.

    Values of one filter are alternatives, different filters hold together: segments
    ``("VIP",)`` and devices ``("tablet", "smartphone")`` are VIPs on a tablet or a phone.

    Attributes:
        start: first day; by default 28 days up to ``end``, not before the data begin.
        end: last day; by default the last day that has sessions.
        compare: with the same number of days directly before ("previous"), the same
            weekdays a year (364 days) earlier ("year"), or nothing ("none").
        segments, devices, channels, sources, campaigns, entry_pages: of the session.
        pages, categories, products: sessions that viewed one of them.
        age_bands, sexes, occupations, children, products_held: of the session's customer, as
            the register knew them on the session's day; a session nobody logged in during, or
            of whom the register does not tell, does not pass. ``children`` are texts ("0",
            "1", "2", "3 or more"); who holds none holds "no product".
        customers, visitors: of these customers, or of these browsers, by their ids.

    Raises:
        QueryError: start after end, a wrong ``compare``, or a value of the wrong type.
    """

    start: date | None = None
    end: date | None = None
    compare: Compare = "previous"
    segments: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    entry_pages: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    products_held: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    visitors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            _check_day(name, getattr(self, name))
        if self.start and self.end and self.start > self.end:
            raise QueryError(
                f"the period starts on {self.start}, after it ends on {self.end}: "
                "give the earlier day as start"
            )
        if self.compare not in {"previous", "year", "none"}:
            raise QueryError(f"compare is {self.compare!r}: expected 'previous', 'year' or 'none'")
        for name in FILTERS:
            object.__setattr__(self, name, _values(name, getattr(self, name)))

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The filters that let only some values through, by field name."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}


def _check_day(name: str, value: object) -> None:
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise QueryError(f"{name} is {value!r}: expected a datetime.date without a time")


def _values(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (tuple, list, set, frozenset)):
        if all(isinstance(one, str) and one for one in value):
            return tuple(sorted(set(value)))
        value = next(one for one in value if not (isinstance(one, str) and one))
    raise QueryError(f"{name} is or has {value!r}: expected a tuple of texts, such as ('a', 'b')")


def check_limit(limit: int | None) -> None:
    """Refuse a number of rows that leaves none.

    Raises:
        QueryError: ``limit`` is less than 1.
    """
    if limit is not None and limit < 1:
        raise QueryError(f"limit is {limit}: expected at least 1, or None for all rows")


EVERYTHING: Final = Filters()
"""The last 28 days, nothing left out, compared with the 28 days before."""


@dataclass(frozen=True, slots=True)
class Query:
    """Filters made concrete against the data.

    ``start`` and ``end`` are None only while the store has no session and the filters name
    no day; ``previous_start`` and ``previous_end`` are None when there is nothing to compare
    with. ``filters`` are as asked.
    """

    start: date | None
    end: date | None
    previous_start: date | None
    previous_end: date | None
    filters: Filters
    data_first_day: date | None
    data_last_day: date | None
    warnings: tuple[ReportWarning, ...] = ()

    @property
    def current(self) -> Span | None:
        """The period asked about."""
        return (self.start, self.end) if self.start and self.end else None

    @property
    def previous(self) -> Span | None:
        """The period compared with."""
        if self.previous_start and self.previous_end:
            return (self.previous_start, self.previous_end)
        return None

    @property
    def days(self) -> int:
        """Number of days in the period."""
        return (self.end - self.start).days + 1 if self.start and self.end else 0

    def to_dict(self) -> dict[str, object]:
        """The query as JSON-able values; days as ISO text."""
        days = ("start", "end", "previous_start", "previous_end", "data_first_day", "data_last_day")
        shown: dict[str, object] = {}
        for name in days:
            day = getattr(self, name)
            shown[name] = day.isoformat() if day else None
        shown["compare"] = self.filters.compare
        shown["filters"] = {name: list(values) for name, values in self.filters.chosen.items()}
        return shown
