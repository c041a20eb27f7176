"""Tiles: each measure with its change and its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from dashboard.cards.goals import on_tile
from dashboard.cards.guard import Data
from dashboard.meanings import LOWER_IS_BETTER, meaning
from dashboard.words import word
from reports import Report
from reports.figures import numbers
from reports.goal_lines import GoalLine

MAIN: Final = (
    "sessions", "visitors", "page_views", "new_visitors", "bounce_rate", "conversion_rate",
)  # fmt: skip
"""Measures with a large tile."""

MORE: Final = (
    "logins", "logins_per_session", "logins_per_visitor", "engagement_rate", "conversions",
    "value",
)  # fmt: skip
"""Measures with a small one, without their days."""


def tiles(
    report: Report,
    language: str,
    *,
    measures: tuple[str, ...] = MAIN,
    chosen: str = "sessions",
    currency: str = "",
    spark: bool = True,
    goals: Mapping[str, Sequence[GoalLine]] = MappingProxyType({}),
) -> Data:
    """Return a tile for each of ``measures`` of :func:`reports.summary`.

    ``goals`` are the targets of measures: how much of the first is reached is shown.
    """
    rows = {row["measure"]: row for row in report.frame.to_dicts()}
    compare = report.query.filters.compare
    return {
        "state": "ready",
        "tiles": [
            _tile(rows[name], language, currency, compare)
            | {
                "chosen": name == chosen,
                "spark": rows[name]["spark"] if spark else None,
                "goal": on_tile(goals.get(name, ()), name, language, currency),
            }
            for name in measures
        ],
    }


def _tile(row: dict[str, Any], language: str, currency: str, compare: str) -> dict[str, Any]:
    name, unit = row["measure"], row["unit"]
    before = row["previous"]
    versus = "vs_year" if compare == "year" else "vs_previous"
    pair = (row["value"], before)
    value, previous = (numbers.shown(x, unit, language, currency, beside=pair) for x in pair)
    return {
        "measure": name,
        "name": word(name, language),
        "meaning": meaning(name, language),
        "value": value,
        "raw": row["value"],
        "previous": None if before is None else word(versus, language, value=previous),
        "change": None
        if before is None
        else change(row["change"], name, unit, language, small=row["small"]),
        "small": row["small"],
    }


def change(
    value: float | None, measure: str, unit: str, language: str, *, small: bool = False
) -> dict[str, str]:
    """Return how a change is shown: its text, its direction, and whether it is for the better.

    A change of ``small`` numbers is neither better nor worse: it may well be chance.
    """
    text = numbers.change(value, unit, language).lstrip("+-")
    if not value or not any(digit in text for digit in "123456789"):
        return {"text": text, "direction": "", "judgement": "neutral"}
    return {
        "text": text,
        "direction": "up" if value > 0 else "down",
        "judgement": "neutral" if small else judgement(value, measure),
    }


def judgement(difference: float, measure: str) -> str:
    """Say whether a difference of a measure is "better" or "worse"; none is "neutral"."""
    if not difference:
        return "neutral"
    return "better" if (difference > 0) != (measure in LOWER_IS_BETTER) else "worse"
