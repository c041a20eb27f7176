"""Funnels in ``site.toml``: named steps on the way to something, and how long it may take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field, model_validator

from weblog.errors import UsageError, did_you_mean
from weblog.site.checked import CheckedPattern
from weblog.site.section import Section

FEWEST: Final = 2
MOST: Final = 12
"""Steps of a funnel: more are not read on one page."""

LONGEST_DAYS: Final = 366

STEP_KINDS: Final = ("paths", "event", "goal", "category", "product")
"""What a step can be; of each exactly one."""

_WITHIN: Final = re.compile(r"(\d{1,3}) days?")


def _checked_within(text: str) -> str:
    found = _WITHIN.fullmatch(text)
    if text != "session" and (found is None or not 1 <= int(found[1]) <= LONGEST_DAYS):
        raise ValueError(f'expected "session", or days such as "7 days" (1 to {LONGEST_DAYS})')
    return text


Within = Annotated[str, AfterValidator(_checked_within)]


def window_of(within: str) -> timedelta | None:
    """Return how long a funnel may take; None: one session.

    Raises:
        ValueError: it is neither "session" nor a number of days.

    >>> window_of("7 days")
    datetime.timedelta(days=7)
    """
    found = _WITHIN.fullmatch(_checked_within(within))
    return timedelta(days=int(found[1])) if found else None


class FunnelStep(Section):
    """One step: a view of one of ``paths``, of a category or product; an event; or a goal."""

    name: str | None = Field(default=None, description="what it is called; not set: what it asks")
    paths: tuple[CheckedPattern, ...] = Field(default=(), description="a view of one of these")
    event: str | None = Field(default=None, description="an event, as [[events]] call it")
    goal: str | None = Field(default=None, description="a goal, as [[goals]] call it")
    category: str | None = Field(default=None, description="a view of a page of this category")
    product: str | None = Field(default=None, description="a view of a page about this product")

    @model_validator(mode="after")
    def _is_one(self) -> FunnelStep:
        given = [kind for kind in STEP_KINDS if getattr(self, kind)]
        if len(given) != 1:
            said = " and ".join(given) or "nothing"
            raise ValueError(f"expected one of {', '.join(STEP_KINDS)}; given: {said}")
        return self

    @property
    def kind(self) -> str:
        """Which of :data:`STEP_KINDS` it is."""
        return next(kind for kind in STEP_KINDS if getattr(self, kind))

    @property
    def said(self) -> str:
        """What it asks, as the command line takes it: ``goal=quote``."""
        if self.paths:
            return f"page={','.join(self.paths)}"
        return f"{self.kind}={getattr(self, self.kind)}"

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name or self.said


def _enough(steps: tuple[FunnelStep, ...]) -> tuple[FunnelStep, ...]:
    if not FEWEST <= len(steps) <= MOST:
        raise ValueError(f"expected {FEWEST} to {MOST} steps")
    return steps


class Funnel(Section):
    """Steps in their order; others may lie between them."""

    funnel: str
    steps: Annotated[tuple[FunnelStep, ...], AfterValidator(_enough)]
    within: Within = "session"
    strict: bool = False

    @model_validator(mode="after")
    def _strict_in_sessions(self) -> Funnel:
        if self.strict and self.within != "session":
            raise ValueError('strict funnels are expected to have within = "session"')
        return self


def step_of(text: str) -> FunnelStep:
    """Return the step people type: ``page=/quote/*``, ``goal=quote``, ``event=call`` ...

    A name may stand before it: ``Quote: goal=quote``.

    Raises:
        UsageError: it is no such text.
    """
    found = re.fullmatch(r"(?:(?P<name>[^=]*?):\s+)?(?P<kind>[a-z]+)=(?P<value>.+)", text)
    kinds = ("page", *STEP_KINDS[1:])
    if found is None or found["kind"] not in kinds:
        near = did_you_mean(found["kind"], list(kinds)) if found else ""
        raise UsageError(
            f"{text!r} is no step: expected {', '.join(f'{kind}=...' for kind in kinds)}.{near}"
        )
    value: object = found["value"]
    kind = found["kind"]
    if kind == "page":
        kind, value = "paths", tuple(found["value"].split(","))
    try:
        return FunnelStep.model_validate({"name": found["name"] or None, kind: value})
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no step: expected a path that starts with / (or *, or re:)"
        ) from error


def step_problem(step: FunnelStep, known: Mapping[str, Sequence[str]]) -> str | None:
    """Say whether a step names something the site's rules do not.

    Args:
        step: to check.
        known: "goal", "event", "category" and "product" to the names there are; what is left
            out is not checked.
    """
    value = getattr(step, step.kind)
    if step.kind not in known or value in known[step.kind]:
        return None
    near = did_you_mean(value, list(known[step.kind]))
    there = ", ".join(dict.fromkeys(known[step.kind])) or "none"
    return f"no {step.kind} is called {value!r}.{near} There are: {there}"


def funnel_problem(funnels: Sequence[Funnel], known: Mapping[str, Sequence[str]]) -> str | None:
    """Say what is wrong with funnels beside the rules they name, all of it; None: nothing."""
    problems = [
        f"funnel {funnel.funnel!r}, step {number}: {problem}"
        for funnel in funnels
        for number, step in enumerate(funnel.steps, start=1)
        if (problem := step_problem(step, known)) is not None
    ]
    names = [funnel.funnel for funnel in funnels]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems.append(f"expected each funnel once; defined twice: {', '.join(map(repr, twice))}")
    return "; ".join(problems) or None
