"""Suggestions for one customer over HTTP: what a web site or a call centre's screen asks for.

``GET /api/recommendations/CUSTOMER?lang=ko&at=2025-12-01T09:30`` is answered from lists that
were ranked beforehand for everybody. A thread of its own looks whether something new was
published, ranks anew, and swaps the lists: nobody waits for it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask import Flask, Request, Response, request

from dashboard.access.audit import Audit
from dashboard.access.roles import least, reader
from dashboard.language import chosen_language
from dashboard.security import is_foreign
from reports.figures.numbers import LANGUAGES
from reports.load import data_days
from reports.recommendations import Answers, Recommendations, answer, lists_of, prepared
from reports.recommendations.picked import picked_on
from reports.result import SnapshotKey
from weblog.errors import UnknownCustomerError
from weblog.panics import is_failure
from weblog.site import Site
from weblog.store import Store

LOG = logging.getLogger("dashboard")

ADDRESS: Final = "/api/recommendations/<path:customer>"
PARAMETERS: Final = ("lang", "at")
YEARS: Final = (1900, 2200)
"""Moments outside of these are no moments somebody means."""
LOOK_S: Final = 2.0
"""Seconds between looks at what is published: it costs reading one small file."""


@dataclass(slots=True)
class Index:
    """The ranked lists of a store in words, as fresh as what is published.

    ``answers`` is None until they were first made, and while the store has no session. It is
    never changed, only replaced as a whole: who reads it takes one look.
    """

    store: Store
    site: Site
    settings: Recommendations
    now: Callable[[ZoneInfo], datetime] = datetime.now
    answers: Answers | None = None
    is_empty: bool = False
    _ranked: SnapshotKey | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _starting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.site.time_zone)

    def refresh(self) -> bool:
        """Make the answers anew if they are not as fresh as can be; say whether they were made.

        Lists are ranked anew when something else is published, and put into words anew when
        other items are picked for today.
        """
        snapshot = self.store.snapshot()
        today = self.now(self.zone).date()
        held = self.answers
        if snapshot.key != self._ranked:
            days = data_days(snapshot)
            self.is_empty = days is None
            lists = days and lists_of(
                snapshot, days[1] + timedelta(days=1), self.site, self.settings
            )
        elif held is not None and held.picked != picked_on(self.settings.picked, today):
            lists = held.lists
        else:
            return False
        self.answers = prepared(lists, self.settings, today) if lists else None
        self._ranked = snapshot.key
        return True

    def start(self) -> None:
        """Look for what is published from now on, in a thread of its own."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="suggestions", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._stop.is_set():
            try:
                self.refresh()
            except KeyboardInterrupt:  # polars raises it in whatever thread is at work in it
                return
            except BaseException as error:  # the lists there are go on being served
                if not is_failure(error):
                    raise
                LOG.exception("suggestions could not be ranked anew")
            self._stop.wait(LOOK_S)


def add_suggestions(server: Flask, index: Index, audit: Audit | None = None) -> None:
    """Answer requests for suggestions from ``index``; ``audit`` records who asked."""

    @server.get(ADDRESS)
    @least("marketer")
    def suggest(customer: str) -> Response:
        try:
            language, moment = _asked(request, index)
        except _RefusedError as refused:
            return _error(refused.status, refused.code, refused.message)
        index.start()
        answers = index.answers
        if answers is None:
            return _not_there(index)
        if audit:
            audit.record("recommendations", reader=reader(), customer=customer)
        try:
            return _json(answer(answers, customer, moment, language))
        except UnknownCustomerError as error:
            return _error(404, "unknown_customer", str(error))


@dataclass(frozen=True, slots=True)
class _RefusedError(Exception):
    status: int
    code: str
    message: str


def _asked(asked: Request, index: Index) -> tuple[str, datetime]:
    """Return the language and the moment a request asks for.

    Raises:
        _RefusedError: it is another site's, or a parameter cannot be used.
    """
    if is_foreign(asked):
        raise _RefusedError(403, "foreign", "this request came from another site")
    for name in asked.args:
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise _RefusedError(
                400, "bad_parameter", f"no parameter is called {name!r}. Known: {known}"
            )
    language = asked.args.get("lang", chosen_language(asked))
    if language not in LANGUAGES:
        known = " or ".join(LANGUAGES)
        raise _RefusedError(400, "bad_parameter", f"lang is {language!r}: expected {known}")
    said = asked.args.get("at")
    zone = index.zone
    return language, index.now(zone) if said is None else _moment(said, zone)


def _moment(said: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = None
    if moment is None or not YEARS[0] <= moment.year <= YEARS[1]:
        raise _RefusedError(
            400,
            "bad_parameter",
            f"at is {said!r}: expected a moment such as 2025-12-01T09:30, in the site's time "
            "zone, or with an offset such as %2B09:00",
        )
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _not_there(index: Index) -> Response:
    if index.is_empty:
        return _error(503, "no_data", "the store has no session yet")
    response = _error(503, "not_ready", "suggestions are being ranked; ask again in a moment")
    response.headers["Retry-After"] = "2"
    return response


def _error(status: int, code: str, message: str) -> Response:
    return _json({"error": {"code": code, "message": message}}, status)


def _json(body: dict[str, object], status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, mimetype="application/json")
