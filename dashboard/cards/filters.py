"""The filter bar: what the address asks for, and what the data offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import reports
from dashboard.cards.guard import Data
from dashboard.notices import long_day, named_month
from dashboard.value_names import value_name
from dashboard.view import FIELDS, PERIODS, View, read
from dashboard.words import word
from reports.coarse import askable
from reports.figures import numbers
from reports.query import ID_FILTERS
from weblog.store import Snapshot, Store

CONTROLS: Final = ("segments", "devices", "channels")
"""Fields of `Filters` with a control of their own; the others show as chips while chosen."""

COMPARES: Final = ("previous", "year", "none")

MONTHS: Final = 12
"""Months offered, the latest."""

MOST: Final = 40
"""Values offered per filter, the commonest."""


def filter_data(
    snapshot: Snapshot,
    view: View,
    query: reports.Query,
    language: str,
    *,
    asked: str = "",
    left_out: bool = False,
) -> Data:
    """Return the state of every control.

    ``address`` holds the address that was ``asked`` and what of it was understood: the next
    change starts from there, so that what was ``left_out`` does not stay in the address.
    A value the data do not know goes on filtering, and shows as a chip, to be taken away.
    """
    chosen = query.filters.chosen
    data: Data = {
        "state": "ready",
        "address": {"asked": asked, "search": replace(view, chosen=chosen).search},
        "period": _period(view, language),
        "compare": {
            "value": view.compare,
            "options": [
                {"value": one, "label": word(f"compare_{one}", language)} for one in COMPARES
            ],
        },
        "dates": _dates(query, language),
        "short": _short(query, language),
        "changed": view.narrowed or left_out,
        "chips": _chips(query, language),
    }
    data |= choices_of(snapshot, CONTROLS, chosen, language)
    return data


def choices_of(
    snapshot: Snapshot,
    fields: Iterable[str],
    chosen: Mapping[str, tuple[str, ...]],
    language: str,
) -> Data:
    """Return what each of these filters offers: the commonest values, and those chosen.

    Customers and browsers are too many to be listed; their ids are typed.
    """
    names = {field: name for name, field in FIELDS.items()}
    data: Data = {}
    for field in fields:
        offered = [] if field in ID_FILTERS else reports.choices(snapshot, field, MOST)
        known = [*offered, *(value for value in chosen.get(field, ()) if value not in offered)]
        data[field] = {
            "name": names[field],
            "free": field in ID_FILTERS or len(offered) == MOST,
            "value": list(chosen.get(field, ())),
            "options": [
                {"value": value, "label": value_name(field, value, language)} for value in known
            ],
        }
    return data


def more_filters(store: Store, search: str | None, language: str) -> Data:
    """Return what the filters without a control in the bar offer."""
    view, _ = read(search)
    snapshot = store.snapshot()
    fields = [field for field in FIELDS.values() if field not in CONTROLS]
    known = {field: view.chosen.get(field, ()) for field in askable(snapshot, fields)}
    return {"state": "ready"} | choices_of(snapshot, known, known, language)


def _chips(query: reports.Query, language: str) -> list[Data]:
    """Return the values chosen that no control shows, or that are in no data."""
    unknown = {
        (one.values["filter"], one.values["value"])
        for one in query.warnings
        if one.code == "unknown_value"
    }
    return [
        {
            "name": name,
            "label": word(field, language),
            "value": value,
            "shown": value_name(field, value, language),
            "unknown": (field, value) in unknown,
        }
        for name, field in FIELDS.items()
        for value in query.filters.chosen.get(field, ())
        if field not in CONTROLS or (field, value) in unknown
    ]


def _period(view: View, language: str) -> Data:
    options: list[dict[str, Any]] = [
        {"value": key, "label": word(f"days_{key}", language)} for key in PERIODS
    ]
    # A choice that cannot be chosen: it only names what the dates beside it say.
    options.append({"value": "custom", "label": word("days_custom", language), "hidden": True})
    value = "custom" if view.days else view.period
    return {"value": value, "usual": view.usual, "options": options}


def _dates(query: reports.Query, language: str) -> Data:
    start, end = query.start, query.end
    first, last = query.data_first_day, query.data_last_day
    return {
        "start": start.isoformat() if start else "",
        "end": end.isoformat() if end else "",
        "first": first.isoformat() if first else "",
        "last": last.isoformat() if last else "",
        "label": f"{long_day(start, language)} – {long_day(end, language)}"
        if start and end
        else "",
        "months": months(first, last, language) if first and last else [],
    }


def months(first: date, last: date, language: str) -> list[Data]:
    """Return the latest months there are data of, the newest first, each as first and last day."""
    begun = last.replace(day=1)
    found: list[Data] = []
    while len(found) < MONTHS and begun >= first.replace(day=1):
        ends = (begun + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        found.append(
            {
                "start": max(begun, first).isoformat(),
                "end": min(ends, last).isoformat(),
                "label": named_month(begun, language),
            }
        )
        begun = (begun - timedelta(days=1)).replace(day=1)
    return found


def _short(query: reports.Query, language: str) -> str:
    days = (query.start, query.end)
    return " – ".join(numbers.day(day, language) for day in days if day)
