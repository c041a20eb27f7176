"""What a page shows, as its address says it: the only state there is.

An address can be shared, bookmarked and edited by hand, so every part of it is checked, and
what is not understood is left out and said so, never guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, cast, get_args
from urllib.parse import parse_qsl, urlencode

from reports import Filters, resolve
from reports.measures import MEASURES
from reports.query import Compare, Span
from weblog.store import Snapshot

PERIODS: Final[dict[str, int | None]] = {"7": 7, "28": 28, "90": 90, "365": 365, "all": None}
"""Periods to choose from: their days, up to the last day of the data; None for all days."""

DEFAULT_PERIOD: Final = "28"

FIELDS: Final = {
    "segment": "segments",
    "device": "devices",
    "channel": "channels",
    "source": "sources",
    "campaign": "campaigns",
    "entry": "entry_pages",
    "page": "pages",
    "category": "categories",
    "product": "products",
    "age_band": "age_bands",
    "sex": "sexes",
    "occupation": "occupations",
    "children": "children",
    "product_held": "products_held",
    "customer": "customers",
    "visitor": "visitors",
}
"""Name in the address to field of `Filters`; such a name may occur several times."""

OF_CARD: Final = "."
"""What the name of an option of a single card has, and that of no filter."""

LONGEST: Final = 300
"""Characters of a value shown in a notice about it."""


def data_days(snapshot: Snapshot) -> Span | None:
    """Return the first and the last day of the data; None while there are none."""
    query = resolve(snapshot)
    if query.data_first_day is None or query.data_last_day is None:
        return None
    return (query.data_first_day, query.data_last_day)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A part of an address that was left out.

    Attributes:
        name: what it is called in the address.
        value: what it says.
        reason: the word that says why, a key of the catalogue.
    """

    name: str
    value: str
    reason: str = "dropped"


@dataclass(frozen=True, slots=True)
class View:
    """What to show.

    Attributes:
        period: a key of :data:`PERIODS`; applies while ``days`` is None.
        days: first and last day, chosen by hand.
        compare: as in `reports.Filters`.
        chosen: field of `Filters` to the values it lets through, without empty ones.
        measure: the measure drawn.
        table: the trend as a table.
        usual: the period that applies while the address names none.
        options: what the address says of single cards, by ``card.option``; each page checks
            its own.
    """

    period: str = DEFAULT_PERIOD
    days: Span | None = None
    compare: Compare = "previous"
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    measure: str = "sessions"
    table: bool = False
    options: dict[str, str] = field(default_factory=dict)
    usual: str = DEFAULT_PERIOD

    @property
    def search(self) -> str:
        """The part of the address behind the path, ``?`` included; empty for the default view."""
        pairs: list[tuple[str, str]] = []
        if self.days:
            pairs += [("from", self.days[0].isoformat()), ("to", self.days[1].isoformat())]
        elif self.period != self.usual:
            pairs.append(("period", self.period))
        if self.compare != "previous":
            pairs.append(("compare", self.compare))
        for name, one in FIELDS.items():
            pairs += [(name, value) for value in self.chosen.get(one, ())]
        if self.measure != "sessions":
            pairs.append(("measure", self.measure))
        if self.table:
            pairs.append(("view", "table"))
        pairs += sorted(self.options.items())
        return f"?{urlencode(pairs)}" if pairs else ""

    @property
    def narrowed(self) -> bool:
        """Whether there is any filter to reset; what is plotted, and how, is none."""
        periods = (self.period, self.days, self.compare)
        return bool(self.chosen) or periods != (self.usual, None, "previous")

    def filters(self, data: Span | None) -> Filters:
        """Return what to ask the reports; periods count back from the last day of ``data``."""
        start, end = self.days or (None, None)
        if not self.days and data:
            length = PERIODS[self.period]
            end = data[1]
            start = max(data[0], end - timedelta(days=length - 1)) if length else data[0]
        chosen = cast("dict[str, Any]", self.chosen)
        return Filters(start=start, end=end, compare=self.compare, **chosen)


def read(search: str | None, usual: str = DEFAULT_PERIOD) -> tuple[View, list[Dropped]]:
    """Read the part of an address behind the path; say what of it was left out.

    ``usual`` is the period of a page that looks further back than others.
    """
    parts: dict[str, list[str]] = {}
    for name, value in parse_qsl((search or "").removeprefix("?"), keep_blank_values=True):
        parts.setdefault(name, []).append(value)
    dropped: list[Dropped] = []
    days = _days(parts.pop("from", []), parts.pop("to", []), dropped)
    options = {name: values[-1] for name, values in parts.items() if OF_CARD in name and values[-1]}
    parts = {name: values for name, values in parts.items() if OF_CARD not in name}
    period = _one(parts, "period", PERIODS, usual, dropped)
    view = View(
        period=usual if days else period,  # one address for what is the same
        days=days,
        compare=cast("Compare", _one(parts, "compare", get_args(Compare), "previous", dropped)),
        chosen={
            FIELDS[name]: values
            for name in FIELDS
            if (values := tuple(sorted({value for value in parts.pop(name, []) if value})))
        },
        measure=_one(parts, "measure", MEASURES, "sessions", dropped),
        table=_one(parts, "view", ("chart", "table"), "chart", dropped) == "table",
        options=options,
        usual=usual,
    )
    dropped += [_drop(name, value) for name, values in parts.items() for value in values]
    return view, dropped


def _one(
    parts: dict[str, list[str]], name: str, known: Any, default: str, dropped: list[Dropped]
) -> str:
    """Take the last value called ``name`` that is known."""
    chosen = default
    for value in parts.pop(name, []):
        if value in known:
            chosen = value
        else:
            dropped.append(_drop(name, value))
    return chosen


def _days(starts: list[str], ends: list[str], dropped: list[Dropped]) -> Span | None:
    """Take the first and last day if both are days and in order; one alone is that one day."""
    given = [("from", value) for value in starts[-1:]] + [("to", value) for value in ends[-1:]]
    if not given:
        return None
    try:
        days = [date.fromisoformat(value) for _, value in given]
    except ValueError:
        dropped += [_drop(name, value) for name, value in given]
        return None
    if days[0] > days[-1]:
        dropped.append(Dropped("from", f"{days[0]} – {days[-1]}", "dropped_backwards"))
        return None
    return (days[0], days[-1])


def _drop(name: str, value: str) -> Dropped:
    return Dropped(name[:LONGEST], value[:LONGEST])
