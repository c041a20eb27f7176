"""What is asked of a funnel: one of the site's, or steps of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from weblog.errors import QueryError, UnknownNameError
from weblog.site.funnels import FEWEST, MOST, FunnelStep, step_of, step_problem, window_of
from weblog.site.rules import Site


@dataclass(frozen=True, slots=True)
class FunnelQuestion:
    """Steps in their order, and what a chain of them may be.

    Attributes:
        name: of the funnel.
        steps: two or more.
        window: how long a chain may last, over all sessions of a person; None: in one session.
        strict: no other page between two steps.
    """

    name: str
    steps: tuple[FunnelStep, ...]
    window: timedelta | None
    strict: bool


def question_of(
    site: Site,
    name: str | None,
    steps: Sequence[str | FunnelStep],
    within: str | None,
    strict: bool | None,
) -> FunnelQuestion | None:
    """Return what is asked; None: nothing, and the site has no funnel.

    Raises:
        UnknownNameError: the site has no funnel of this name.
        QueryError: too few steps or too many, one that names no rule of the site, or ``within``
            is no time.
        UsageError: a step is none.
    """
    if steps:
        made = tuple(step_of(step) if isinstance(step, str) else step for step in steps)
        named, time, is_strict = name or "(own steps)", "session", False
        if not FEWEST <= len(made) <= MOST:
            raise QueryError(f"{len(made)} steps are given: expected {FEWEST} to {MOST}")
        # Rules that are not known cannot be checked against: only names may be missing.
        known = {kind: names for kind, names in _known_names(site).items() if names}
        for number, step in enumerate(made, start=1):
            problem = step_problem(step, known)
            if problem is not None:
                raise QueryError(f"step {number}: {problem}")
    else:
        chosen = {each.funnel: each for each in site.funnels}
        if name is not None and name not in chosen:
            raise UnknownNameError("funnel", name, list(chosen))
        if not chosen:
            return None
        found = chosen[name] if name else site.funnels[0]
        made, named = found.steps, found.funnel
        time, is_strict = found.within, found.strict
    try:
        window = window_of(within or time)
    except ValueError as error:
        raise QueryError(f"within is {within!r}: {error}") from error
    is_strict = is_strict if strict is None else strict
    if is_strict and window is not None:
        raise QueryError("strict asks about neighbouring pages: expected within='session'")
    return FunnelQuestion(named, made, window, is_strict)


def _known_names(site: Site) -> dict[str, Sequence[str]]:
    """Return what steps can name: goals, events, categories and products of the site."""
    return {
        "goal": [rule.goal for rule in site.goals],
        "event": [rule.event for rule in site.events],
        "category": [rule.category for rule in site.categories],
        "product": [rule.product for rule in site.products],
    }
