"""A card as data: which report it asks, with which options, and how it shows the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from weblog.site import Site
from weblog.store import Snapshot

Shape = Literal["figure", "bars", "sentences", "table"]
"""How an answer is shown; the words for the switch are ``shape_`` and this."""

Values = tuple[str, ...] | Callable[[Snapshot, Site], list[str]]
"""Values to choose from: known beforehand, or those of the data and the site's rules."""

ROWS: Final = "rows"
"""Name of a choice that picks rows of the answer by its column ``part``, not an option."""

NOT_HERE: Final = {"state": "not_here"}
"""The data of a card that has no place on the page; see `CardSpec.shown_if`."""

BARS: Final = 7
"""Rows of ranked bars, the one that sums up the others not counted."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option readers choose: it stands in the address as ``card.name``.

    Attributes:
        name: argument of the report's function, or :data:`ROWS`.
        label: key of what it is called.
        values: what can be chosen; the first is what applies unless another is chosen. An empty
            text leaves the argument to the report.
        words: prefix of the keys of what values are called; values without a word are shown as
            they are, and an empty one is called ``label``'s ``default``.
        default: key of what the empty value is called.
        field: the field of `Filters` whose values these are, for their names.
        number: whether the report takes a whole number.
        many: whether the report takes several: one is given as the only one.
        drawn: whether it is an argument of the figure, not of the report: it shows only there.
    """

    name: str
    label: str
    values: Values
    words: str = "value_"
    default: str = "choice_default"
    field: str = ""
    number: bool = False
    many: bool = False
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class CardSpec:
    """A card of a page.

    Attributes:
        name: its name on the page, and in the address.
        report: which report it asks (:mod:`dashboard.ask`).
        title: key of its title.
        help: key of the sentence beneath.
        shapes: how it can be shown; the first is how it is unless another is chosen.
        columns: of the table, at first, in this order; the others can be chosen. ``=by`` stands
            for those of the dimensions chosen as ``by``.
        filters: column to the field of `Filters` a click on one of its values sets; ``=by`` for
            that of the dimension chosen as ``by``.
        about: column of what each sentence is about, which stands before it.
        beside: a second text shown behind the first in ranked bars.
        bars: columns whose cells have a bar behind them.
        measure: what ranked bars are ranked by.
        options: given to the report as they are.
        adapt: makes choices agree where some exclude each other.
        choices: options readers choose.
        span: columns of twelve.
        height: reserved while it is awaited, in pixels.
        slow: whether it is asked for beside the rest of the page, not before it is shown.
        wide: the least width its figure can be read at, in pixels; it scrolls on less.
        role: the least role that may see it. Who sees a card that is not for viewers sees
            people: it is slow, so that it is asked for by itself, and each look is recorded.
        whole: whether it looks at all days there are, unless days are chosen by hand.
        shown_if: whether it stands on the page at all; without it, always.
    """

    name: str
    report: str
    title: str
    help: str = ""
    shapes: tuple[Shape, ...] = ("figure", "table")
    columns: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    beside: str = ""
    bars: tuple[str, ...] = ()
    measure: str = "sessions"
    options: Mapping[str, Any] = field(default_factory=dict)
    adapt: Callable[[dict[str, str]], dict[str, str]] | None = None
    choices: tuple[Choice, ...] = ()
    span: int = 12
    height: int = 290
    slow: bool = False
    wide: int = 0
    role: str = "viewer"
    whole: bool = False
    shown_if: Callable[[Snapshot], bool] | None = None

    def __post_init__(self) -> None:
        """Hold to what ``role`` says: a quick card is answered with all others of its page."""
        if self.role != "viewer" and not self.slow:
            raise ValueError(f"card {self.name} is for {self.role}: let it be slow")

    @property
    def has_limit(self) -> bool:
        """Whether readers choose how many rows a table has."""
        return any(choice.name == "limit" for choice in self.choices)

    @property
    def names(self) -> tuple[str, ...]:
        """What of this card can stand in the address."""
        own = ("view", "sort", "columns", *(choice.name for choice in self.choices))
        return tuple(f"{self.name}.{one}" for one in own)


@dataclass(frozen=True, slots=True)
class CardState:
    """What the address says of one card, checked.

    Attributes:
        shape: how it is shown.
        sort: column the table is sorted by; empty for the report's own order.
        descending: whether the largest stand on top.
        columns: of the table.
        chosen: choice to value.
    """

    shape: Shape
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)

    def arguments(self, spec: CardSpec) -> dict[str, Any]:
        """Return what to give the report."""
        given: dict[str, Any] = dict(spec.options)
        if self.shape == "bars" and spec.has_limit:
            given["limit"] = BARS
        for choice in spec.choices:
            value = self.chosen.get(choice.name, "")
            if choice.name == ROWS or choice.drawn or not value or choice.name in given:
                continue
            one: Any = int(value) if choice.number else value
            given[choice.name] = (one,) if choice.many else one
        return given

    def drawing(self, spec: CardSpec) -> dict[str, str]:
        """Return what readers chose of the figure."""
        drawn = (choice.name for choice in spec.choices if choice.drawn)
        return {name: self.chosen[name] for name in drawn if self.chosen.get(name)}
