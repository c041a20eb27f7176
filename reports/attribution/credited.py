"""What models credit in answer to a question, whoever sums up what they need to know of people."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
import polars as pl

from reports.ask import Asked
from reports.attribution.credits import Credits, Model, Settings, resamples
from reports.attribution.models import COMPARED_WITH, MODELS
from reports.attribution.paths import Floats
from reports.touches import journeys


@dataclass(frozen=True, slots=True)
class JourneyQuestion:
    """What is asked of journeys.

    Attributes:
        by: what of a session is credited.
        window_days: how far a path reaches back.
        goal: whose conversions count; None: those of all goals.
        limit: how many names are told apart; None: as many as can be.
        models: which credit, by name.
        settings: of the models.
        bootstrap: how many resamples of people.
    """

    by: str
    window_days: int
    goal: str | None
    limit: int | None
    models: Mapping[str, Model]
    settings: Settings
    bootstrap: int


@dataclass(frozen=True, slots=True)
class Credited:
    """What each model credits, and what the paths are that it credits them for.

    Attributes:
        names: by code; null stands for sessions that do not tell.
        has_other: whether the last code sums up all names beyond the limit.
        since: first day read; None: no session.
        split: converting sessions of a browser that has sessions of another person as well.
        led: how many paths led to conversions.
        shortened: how many lost their earliest touches.
        conversions: of all paths.
        touched: by code how many conversions have it on their path.
        given: by model, in the order they were asked for; empty where nothing converted.
        last: what the model credits that the others are compared with.
    """

    names: tuple[str | None, ...] = ()
    has_other: bool = False
    since: date | None = None
    split: int = 0
    led: int = 0
    shortened: int = 0
    conversions: float = 0.0
    touched: Floats = field(default_factory=lambda: np.zeros(0))
    given: Mapping[str, Credits] = field(default_factory=dict)
    last: Credits | None = None


class Crediting(Protocol):
    """Sums up what models need to know of people: here, or elsewhere."""

    def credited(self, asked: Asked, question: JourneyQuestion) -> Credited:
        """Return what each model credits."""

    def sized(self, asked: Asked) -> Asked:
        """Return the question as one that knows how many sessions it is about."""


class Here:
    """Sums up in this process."""

    @staticmethod
    def credited(asked: Asked, question: JourneyQuestion) -> Credited:
        """Return what each model credits."""
        found = journeys(asked, question.by, question.window_days, question.goal, question.limit)
        paths, settings = found.paths, question.settings
        told = {
            "names": found.names,
            "has_other": found.has_other,
            "since": found.since,
            "split": found.split,
            "shortened": paths.shortened,
        }
        if not paths.conversions.any():
            return Credited(**told)  # type: ignore[arg-type]
        counts = resamples(paths, question.bootstrap)
        last = MODELS[COMPARED_WITH](paths, settings, counts)
        # Models look at the same arrays, each for itself.
        with ThreadPoolExecutor(pl.thread_pool_size()) as beside:
            others = {
                name: beside.submit(model, paths, settings, counts)
                for name, model in question.models.items()
                if name != COMPARED_WITH
            }
            given = {
                name: others[name].result() if name in others else last for name in question.models
            }
        return Credited(
            **told,  # type: ignore[arg-type]
            led=int(np.count_nonzero(paths.conversions)),
            conversions=float(paths.conversions.sum()),
            touched=paths.led.touched(),
            given=given,
            last=last,
        )

    @staticmethod
    def sized(asked: Asked) -> Asked:
        """Return the question as it is."""
        return asked
