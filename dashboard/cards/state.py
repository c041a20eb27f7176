"""What the address says of a card: checked, and what is not understood left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, cast

from dashboard.ask import SPECS
from dashboard.cards.card import CardSpec, CardState, Choice, Shape
from dashboard.view import Dropped, View
from weblog.site import Site
from weblog.store import Snapshot

FLAGS: Final = ("is_other", "is_all", "small", "row_is_other", "column_is_other")
"""Columns that mark rows: not shown as columns, but kept in downloads."""

IN_KOREAN: Final = {"to_do": "to_do_ko", "meaning_en": "meaning_ko", "advice": "advice_ko"}
"""Columns of sentences to those that say the same in Korean, shown in their place."""

HIDDEN: Final = frozenset(
    {*FLAGS, "spark", "day_index", "sentence_en", "sentence_ko", *IN_KOREAN.values()}
)
"""Columns no table of a page shows as its own."""

SHARES: Final = "_shares"
"""How the name of a column of shares ends: it is shown with the column it belongs to."""


def table_columns(report: str) -> list[str]:
    """Return the columns of a report a table can show."""
    return [
        column.name
        for column in SPECS[report].columns
        if column.name not in HIDDEN and not column.name.endswith(SHARES)
    ]


DIMENSIONS: Final = {
    "segment": "segments",
    "channel": "channels",
    "source": "sources",
    "campaign": "campaigns",
    "device": "devices",
    "entry_page": "entry_pages",
    "category": "categories",
    "product": "products",
    "page": "pages",
    "age_band": "age_bands",
    "sex": "sexes",
    "occupation": "occupations",
    "children": "children",
    "product_held": "products_held",
}
"""Dimension to the field of `Filters` that filters by its values."""


IN_COLUMN: Final = {"day": "date"}
"""Dimension to the column of its values, where it is called otherwise."""


def fields_of(spec: CardSpec, state: CardState) -> dict[str, str]:
    """Return column to the field its values filter; of a chosen dimension, if it has one."""
    found = {}
    for column, said in spec.filters.items():
        chosen = state.chosen.get(said[1:], "") if said.startswith("=") else ""
        field = DIMENSIONS.get(chosen, "") if said.startswith("=") else said
        if field:
            found[column] = field
    return found


def usual_columns(spec: CardSpec, chosen: Mapping[str, str]) -> list[str]:
    """Return the columns a table has unless others are chosen."""
    known = table_columns(spec.report)
    named: dict[str, None] = {}
    for column in spec.columns or known:
        own = [column]
        if column.startswith("="):
            parts = [one for one in chosen.get(column[1:], "").split(",") if one]
            own = [IN_COLUMN.get(one, one) for one in parts]
            own = [one if one in known else "name" for one in own]
        named |= dict.fromkeys(own)
    return list(named)


def values_of(choice: Choice, snapshot: Snapshot, site: Site) -> list[str]:
    """Return what can be chosen now."""
    return (
        list(choice.values) if isinstance(choice.values, tuple) else choice.values(snapshot, site)
    )


def state_of(
    spec: CardSpec, view: View, snapshot: Snapshot, site: Site
) -> tuple[CardState, list[Dropped]]:
    """Return the state of a card, and what of the address it does not understand."""
    known, dropped = table_columns(spec.report), []

    def said(name: str, accepted: Iterable[str]) -> str:
        full = f"{spec.name}.{name}"
        value = view.options.get(full, "")
        if value and value not in accepted:
            dropped.append(Dropped(full, value))
            return ""
        return value

    shape = said("view", spec.shapes) or spec.shapes[0]
    sort = said("sort", [*known, *(f"-{name}" for name in known)])
    columns = tuple(view.options.get(f"{spec.name}.columns", "").split(","))
    if columns != ("",) and (set(columns) - set(known) or len(set(columns)) < len(columns)):
        dropped.append(Dropped(f"{spec.name}.columns", ",".join(columns)))
        columns = ("",)
    chosen = {}
    for choice in spec.choices:
        values = values_of(choice, snapshot, site)
        chosen[choice.name] = said(choice.name, values) or (values[0] if values else "")
    chosen = spec.adapt(chosen) if spec.adapt else chosen
    return (
        CardState(
            shape=cast("Shape", shape),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
            columns=columns if columns != ("",) else tuple(usual_columns(spec, chosen)),
            chosen=chosen,
        ),
        dropped,
    )


def unknown_options(specs: Iterable[CardSpec], view: View) -> list[Dropped]:
    """Return the options of the address that no card of the page has."""
    known = {name for spec in specs for name in spec.names}
    return [Dropped(name, value) for name, value in view.options.items() if name not in known]
