"""What a page that readers write on is given: store, rules, files, and who is at the door."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboard.access.door import Door
from dashboard.aside import Aside, BusyError, StoppedError
from dashboard.cards.guard import Data
from dashboard.words import word
from reports.load import data_days
from weblog.errors import WeblogError
from weblog.logs import broke
from weblog.panics import is_failure
from weblog.site import Site
from weblog.store import Store

LOG = logging.getLogger("dashboard")

LONGEST: Final = 200_000
"""Characters of a text that is looked at."""

STALE: Final = timedelta(days=31)
"""Data that end longer ago say nothing of today."""


@dataclass(frozen=True, slots=True)
class Files:
    """Files the dashboard was told of, as people type them.

    Attributes:
        site: the rules in force; None: there are none but the defaults.
        rules: the rules that choose customers; None: nobody named any.
    """

    site: str | None = None
    rules: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What an action works with."""

    store: Store
    site: Site
    door: Door
    files: Files
    aside: Aside = field(default_factory=Aside)

    @property
    def rules_file(self) -> Path | None:
        """Where the rules that choose customers lie."""
        return None if self.files.rules is None else Path(self.files.rules)

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the day, in the site's time zone."""
        return self.now().astimezone(ZoneInfo(self.site.time_zone)).date()

    def usual_day(self) -> date:
        """Return the day lists are made for unless another is chosen.

        Today; but where the data end more than a month before, the day after their last: of today
        everybody would pass for one who stays away.
        """
        days = data_days(self.store.snapshot())
        today = self.today()
        if days is None or today - days[1] <= STALE:
            return today
        return days[1] + timedelta(days=1)


Act = Callable[[Desk, dict[str, Any], str], Data]
"""Answers what a page asks: of the desk, what was asked and the language."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a page asks of the server beside what it shows at an address.

    Attributes:
        component: whose property ``ask_NAME`` asks, and ``NAME`` is answered; without the
            page's prefix.
        name: of the action.
        role: the least role that may.
        act: answers.
    """

    component: str
    name: str
    role: str
    act: Act


def acted(action: Action, desk: Desk, asked: object, language: str) -> Data:
    """Answer an action; what goes wrong is told in the answer.

    Each answer carries the ``number`` of its question: of two, the browser knows which it has.
    """
    given = asked if isinstance(asked, dict) else {}
    number = given.get("number")
    try:
        found = action.act(desk, given, language)
    except BusyError:
        found = {"state": "busy"}
    except StoppedError as error:
        LOG.warning("a trial (%s) was stopped: %s", action.name, error)
        found = refused(word(f"stopped_{error}", language))
    except WeblogError as error:
        found = refused(str(error))
    except BaseException as error:
        if not is_failure(error):
            raise
        reference = secrets.token_hex(3)
        broke(LOG, "action", action.name, reference)
        found = {"state": "error", "ref": reference}
    return {**found, "number": number if isinstance(number, int) else None}


def refused(problem: str, faults: list[list[str]] | None = None) -> Data:
    """Return the data of what cannot be done, and why."""
    return {"state": "refused", "problem": problem, "faults": faults or []}


def text_of(given: dict[str, Any], name: str, longest: int = LONGEST) -> str:
    """Return a text that was sent; empty where it is none.

    Raises:
        WeblogError: it is longer than people write.
    """
    text = given.get(name)
    if not isinstance(text, str):
        return ""
    if len(text) > longest:
        raise WeblogError(f"expected at most {longest:,} characters, these are {len(text):,}")
    return text.encode("utf-8", "replace").decode()


def day_of(given: dict[str, Any], desk: Desk) -> date:
    """Return the day that was asked for, else today.

    Raises:
        WeblogError: it is none.
    """
    said = text_of(given, "day", 20).strip()
    if not said:
        return desk.today()
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise WeblogError(f"{said!r} is no day: expected one such as 2025-12-01") from None
