"""What packages that extend the toolkit import for models and reports; docs/extending.md.

An entry point of group ``weblog.attribution_models`` is an :class:`AttributionModel`, one of group
``weblog.reports`` an :class:`OwnReport`. Its name is that of the entry point. Names here change
only with a new major version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.ask import SMALL, Asked, ask
from reports.attribution.credits import Credits, Model, Settings, TouchShares, by_touch
from reports.attribution.paths import AllPaths, ConvertingPaths, Floats
from reports.figures.theme import axis, colours, layout
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning

__all__ = [
    "EVERYTHING",
    "SMALL",
    "AllPaths",
    "Asked",
    "AttributionModel",
    "ColumnSpec",
    "ColumnWords",
    "ConvertingPaths",
    "Credits",
    "Filters",
    "Floats",
    "Model",
    "OwnReport",
    "Page",
    "Report",
    "ReportWarning",
    "Settings",
    "TouchShares",
    "Words",
    "ask",
    "axis",
    "by_touch",
    "colours",
    "layout",
]


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the languages of the dashboard."""

    english: str
    korean: str


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """What a column is called, and its meaning in Korean; in English its ``ColumnSpec`` says it."""

    english: str
    korean: str
    korean_meaning: str


@dataclass(frozen=True, slots=True)
class AttributionModel:
    """A model that shares conversions out; ``weblog report attribution --model NAME``.

    ``credit`` answers for all resamples at once; ``by_touch(shares)`` makes one of a function
    that says which share of its path's conversions each touch gets. What is credited must sum to
    the conversions, and to their value, of each resample: that is checked.
    """

    called: Words
    credit: Model


@dataclass(frozen=True, slots=True)
class Page:
    """How a report is shown in the dashboard: a page of its own, with one card.

    Attributes:
        icon: a name in ``dashboard/assets/components/1_core.js``.
        columns: of the table, at first, in this order; empty: all.
        filters: column to the field of `Filters` that a click on one of its values sets.
        bars: columns whose cells have a bar behind them.
        height: of the card while it is awaited, in pixels.
    """

    icon: str = "star"
    columns: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    bars: tuple[str, ...] = ()
    height: int = 290


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report of a package; ``weblog report NAME``, and a page of the dashboard.

    Attributes:
        function: of source and filters, and of keyword options that ``weblog report`` has; it
            answers with ``ask(...).answer(NAME, frame, *warnings)``.
        figure: of frame, language and theme; a plain dictionary that Plotly reads.
        columns: of the frame, as they are.
        title: what it is called.
        question: what it answers, in a sentence.
        words: of each of its columns.
        page: its page for marketers; None: it has none. Viewers see groups only, and nobody
            has written a rule for this report: it is not for them.
        of_people: it has a row per customer or visitor: nobody mails it, and each look at its
            page is recorded.
    """

    function: Callable[..., Report]
    figure: Callable[..., dict[str, Any]]
    columns: tuple[ColumnSpec, ...]
    title: Words
    question: Words
    words: Mapping[str, ColumnWords]
    page: Page | None = field(default_factory=Page)
    of_people: bool = False
