"""The one door from pages to reports: asked once per snapshot, filters and options.

Sorting a table, choosing its columns or switching from chart to table asks nothing anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from inspect import signature
from threading import Lock
from typing import Any, Final

import reports
from dashboard.at_work import make_way
from dashboard.rejected import REJECTED
from reports.plugged import report_named, usable_reports
from reports.registry import REPORTS
from reports.spec import ReportSpec
from weblog.history import Histories
from weblog.site import Site
from weblog.store import Snapshot

SPECS: Final[Mapping[str, ReportSpec]] = {
    **REPORTS,
    REJECTED.name: REJECTED,
    **{name: report_named(name) for name in usable_reports()},
}
"""Everything a card can ask: reports, what is a page's alone, and reports of other packages."""

KEPT: Final = 3000
"""Answers kept, the latest: some hundred rows each, and a page asks for ten of them, for each of
the filters that people choose, of two states of a store."""


@dataclass(slots=True)
class Answers:
    """The latest answers by what was asked; safe between threads.

    ``told`` is called with whether an answer was kept.
    """

    limit: int = KEPT
    told: Callable[[bool], None] | None = None
    _kept: OrderedDict[Hashable, reports.Report] = field(default_factory=OrderedDict)
    _asking: dict[Hashable, Future[reports.Report]] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, ask: Callable[[], reports.Report]) -> reports.Report:
        """Return the answer under ``key``, asked for if it is not there.

        Who asks what somebody asks just now waits for that answer, or error.
        """
        is_first, asked = self._begun(key)
        if self.told:
            self.told(not is_first)
        return self._answered(key, ask, asked) if is_first else asked.result()

    def _begun(self, key: Hashable) -> tuple[bool, Future[reports.Report]]:
        """Return whether nobody asks this yet, and where its answer is told."""
        with self._guard:
            asked = self._asking.get(key)
            if key not in self._kept and asked is not None:
                return False, asked
            told: Future[reports.Report] = Future()
            if key in self._kept:
                self._kept.move_to_end(key)
                told.set_result(self._kept[key])
                return False, told
            self._asking[key] = told
            return True, told

    def _answered(
        self, key: Hashable, ask: Callable[[], reports.Report], asked: Future[reports.Report]
    ) -> reports.Report:
        try:
            answer = ask()
        except BaseException as error:
            asked.set_exception(error)
            raise
        else:
            asked.set_result(answer)
            with self._guard:
                self._kept[key] = answer
                while len(self._kept) > self.limit:
                    self._kept.popitem(last=False)
        finally:
            with self._guard:
                del self._asking[key]
        return answer


ANSWERS: Final = Answers()
"""Of this process."""

BESIDE: Final[Mapping[str, Callable[[Snapshot], Hashable]]] = {
    "history": lambda snapshot: Histories(snapshot.folder).digest,
}
"""Reports that read what stands beside the tables, to what tells one state of that from another."""


def ask(
    name: str,
    snapshot: Snapshot,
    site: Site,
    filters: reports.Filters,
    options: Mapping[str, Any],
) -> reports.Report:
    """Return a report's answer.

    Raises:
        Ended: it was asked beforehand, and the server ends.
    """
    make_way()
    function = SPECS[name].function
    given = dict(options)
    if "site" in signature(function).parameters:
        given["site"] = site
    beside = BESIDE[name](snapshot) if name in BESIDE else None
    options_given = tuple(sorted(options.items()))
    key = (name, _identity(snapshot), beside, _Same(site), filters, options_given)
    return ANSWERS.get(key, lambda: function(snapshot, filters, **given))


def _identity(snapshot: Snapshot) -> Hashable:
    """Identify what a snapshot shows: a store made anew in the same folder has other tables.

    A copy of a store has the same tables, and lies elsewhere.
    """
    return (str(snapshot.folder), snapshot.delta("sessions").metadata().id, snapshot.key)


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A site's rules as a key: rules are the same if they are the same object, kept alive here."""

    site: Site

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.site is other.site

    def __hash__(self) -> int:
        return id(self.site)
