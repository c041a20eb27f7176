"""The work on one view: what of it is made anew, and what of that really changed.

Files and databases do the same work: what is there is compared with the store, the days whose
files changed are computed, and those whose rows did are replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from reports.mart.changes import Part, Plan, parts_of, planned, portions
from reports.mart.view import ViewSpec
from reports.query import Span
from weblog.site.rules import Site
from weblog.store import Snapshot


@dataclass(frozen=True, slots=True)
class Built:
    """What was done to a view: ``written`` parts whose rows changed, ``same`` ones looked at.

    ``gone`` are parts removed, ``rows`` those the view has now.
    """

    view: str
    written: int
    same: int
    gone: int
    rows: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: of which state, by which rules, with what, and how thoroughly."""

    snapshot: Snapshot
    site: Site
    with_customers: bool
    span: Span | None = None
    full: bool = False


@dataclass(slots=True)
class Work:
    """The work on one view.

    ``known`` are the parts that are there; ``parts`` those that are when it is done. ``replaced``
    fills while :meth:`portions` is gone through.
    """

    view: ViewSpec
    wanted: Wanted
    known: Mapping[str, Part]
    plan: Plan = field(init=False)
    parts: dict[str, Part] = field(init=False)
    replaced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        wanted = self.wanted
        self.plan = planned(
            self.view,
            wanted.snapshot,
            wanted.site,
            self.known,
            with_customers=wanted.with_customers,
            span=wanted.span,
            full=wanted.full,
        )
        self.parts = {p: each for p, each in self.known.items() if p not in self.plan.gone}

    def portions(self) -> Iterator[list[tuple[str, pl.DataFrame]]]:
        """Yield parts and their rows, those whose rows are not as they were."""
        wanted, changed = self.wanted, self.plan.changed
        names = self.view.table(with_customers=wanted.with_customers).schema.names()
        for span in portions(self.view, wanted.snapshot, changed):
            rows = self.view.rows(wanted.snapshot, span, wanted.site).select(names)
            found = list(parts_of(rows.collect(), span, changed))
            new = [
                (part, frame)
                for part, now, frame in found
                if wanted.full or part not in self.known or self.known[part].content != now.content
            ]
            self.parts.update((part, now) for part, now, _ in found)
            self.replaced += [part for part, _ in new]
            yield new

    @property
    def kept(self) -> set[str]:
        """The parts that stay as they are."""
        return {*self.known} - {*self.replaced, *self.plan.gone}

    def done(self) -> Built:
        """Return what was done."""
        same = len(self.plan.changed) - len(self.replaced)
        total = sum(part.rows for part in self.parts.values())
        return Built(self.view.name, len(self.replaced), same, len(self.plan.gone), total)
