"""What is remembered of alerts: which are firing, what began and ended, what is still to be told.

File ``alerts/state.json`` of the store, written as a whole or not at all. An event stands in it
*before* it is told anywhere, with whom it is still to be told; each is crossed off once it is
told. Nothing personal is in it: alerts watch sums, and whom they are mailed to stands in the rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from reports.alerts.judge import Verdict
from reports.alerts.windows import Window
from weblog.errors import StoreError, shown_path
from weblog.site.alerts import Alert
from weblog.store.layout import write_atomically

FOLDER: Final = "alerts"
STATE: Final = "state.json"
REMEMBERED: Final = 1_000
"""Events kept; those still to be told are kept whatever their number."""

Kind = Literal["fired", "resolved", "test"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one alert stands: ``episode`` counts its beginnings; times are ISO 8601, UTC.

    ``judged`` is the end of the window it was last judged by.
    """

    status: Literal["ok", "firing"] = "ok"
    episode: int = 0
    since: str | None = None
    judged: str | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A beginning or an end; ``id`` is the same however often it is told.

    ``waiting`` are those it is still to be told to: ``file:PATH``, ``webhook:NAME``, ``mail``.
    """

    id: str
    alert: str
    kind: Kind
    at: str
    window: str
    window_start: str
    window_end: str
    code: str
    value: float | None = None
    expected: float | None = None
    facts: Mapping[str, float | int | str] = field(default_factory=dict, hash=False)
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """All that is remembered; ``store`` makes ids of events differ between stores."""

    store: str
    standing: Mapping[str, Standing] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def noted(self, rule: Alert, verdict: Verdict, window: Window, at: datetime) -> Book:
        """Return the book with a verdict: an event where something begins or ends.

        What is not known, or about an earlier time than what is known, changes nothing.
        """
        now = self.standing.get(rule.alert, Standing())
        end = _said(window.end)
        if verdict.status == "unknown" or (now.judged is not None and end < now.judged):
            return self
        after = replace(now, judged=end, value=verdict.value)
        events = self.events
        if verdict.status != now.status:
            begins = verdict.status == "firing"
            episode = now.episode + 1 if begins else now.episode
            kind: Kind = "fired" if begins else "resolved"
            after = replace(
                after,
                status=verdict.status,
                episode=episode,
                since=_said(at),
            )
            event = self.event(rule, kind, verdict, window, at=at, episode=episode)
            events = (*_last(events), event)
        return replace(self, standing={**self.standing, rule.alert: after}, events=events)

    def event(
        self,
        rule: Alert,
        kind: Kind,
        verdict: Verdict,
        window: Window,
        *,
        at: datetime,
        episode: int,
    ) -> Event:
        """Return an event that is still to be told to all of a rule's targets."""
        told = f"{self.store}\n{rule.alert}\n{kind}\n{episode}"
        if kind == "test":
            told += _said(at)
        return Event(
            id=f"alert-{sha256(told.encode()).hexdigest()[:24]}",
            alert=rule.alert,
            kind=kind,
            at=_said(at),
            window=str(window),
            window_start=_said(window.start),
            window_end=_said(window.end),
            code=verdict.code,
            value=verdict.value,
            expected=verdict.expected,
            facts=dict(verdict.facts),
            waiting=targets_of(rule),
        )

    def told(self, number: str, target: str) -> Book:
        """Return the book with one target of an event crossed off."""
        events = tuple(
            replace(each, waiting=tuple(to for to in each.waiting if to != target))
            if each.id == number
            else each
            for each in self.events
        )
        return replace(self, events=events)

    def without_others(self, names: set[str]) -> Book:
        """Return the book without alerts that no rule is about any more."""
        kept = {name: each for name, each in self.standing.items() if name in names}
        return replace(self, standing=kept)

    def write(self, folder: Path) -> None:
        """Write it to the store in ``folder``."""
        told = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        write_atomically(folder / FOLDER / STATE, told, mode=0o600)


def targets_of(rule: Alert) -> tuple[str, ...]:
    """Return whom a rule tells."""
    return (
        *(f"file:{name}" for name in rule.files),
        *(f"webhook:{name}" for name in rule.webhooks),
        *(["mail"] if rule.mail else []),
    )


def read_book(folder: Path) -> Book | None:
    """Return the book of the store in ``folder``; None where there is none.

    Raises:
        StoreError: it is damaged.
    """
    file = folder / FOLDER / STATE
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        standing = {name: Standing(**each) for name, each in told["standing"].items()}
        events = tuple(Event(**{**e, "waiting": tuple(e["waiting"])}) for e in told["events"])
        return Book(str(told["store"]), standing, events)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        advice = "Remove that file: alerts that are firing are then told once more."
        problem = f"{FOLDER}/{STATE} is damaged ({error})"
        raise StoreError(shown_path(folder), problem, advice) from None


def _last(events: tuple[Event, ...]) -> tuple[Event, ...]:
    old = events[: -REMEMBERED + 1]
    return (*(each for each in old if each.waiting), *events[-REMEMBERED + 1 :])


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
