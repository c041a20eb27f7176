"""Targets beside the trend of what they count, and on the tile of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.ask import ask
from dashboard.cards.guard import Data
from dashboard.notices import long_day
from dashboard.words import word
from reports import Filters
from reports.figures import numbers
from reports.figures.words import word as figure_word
from reports.goal_lines import GoalLine, goal_lines, matching_targets
from reports.measures import MEASURES
from weblog.site import Site
from weblog.store import Snapshot


def goals_of(
    measure: str, snapshot: Snapshot, site: Site, filters: Filters, days: Sequence[date] = ()
) -> tuple[GoalLine, ...]:
    """Return the targets of a measure with these filters; nothing is asked where there is none."""
    targets = matching_targets(site, filters, measure)
    if not targets:
        return ()
    return goal_lines(ask("goals", snapshot, site, filters, {}), targets, days)


def told(goal: GoalLine, measure: str, language: str, currency: str) -> str:
    """Return how far a target is, in a sentence or two."""
    unit, pair = MEASURES[measure].unit, (goal.so_far, goal.number)
    so_far, number = (numbers.shown(one, unit, language, currency, beside=pair) for one in pair)
    said = word(
        "goal_told",
        language,
        target=goal.target,
        so_far=so_far,
        number=number,
        progress=numbers.rate(goal.progress),
        start=long_day(goal.start, language),
        end=long_day(goal.end, language),
        state=figure_word(f"state_{goal.state}", language),
    )
    if goal.needed_per_day is None:
        return said
    needed = numbers.shown(round(goal.needed_per_day, 1), unit, language, currency)
    return f"{said} {word('goal_needed', language, needed=needed)}"


def on_tile(goals: Sequence[GoalLine], measure: str, language: str, currency: str) -> Data | None:
    """Return what a tile shows of the first of its targets."""
    if not goals:
        return None
    goal = goals[0]
    return {
        "text": word("goal_short", language, progress=numbers.rate(goal.progress)),
        "told": told(goal, measure, language, currency),
        "share": min(100.0, round(100 * goal.progress, 1)),
        "state": goal.state.replace(" ", "-"),
    }
