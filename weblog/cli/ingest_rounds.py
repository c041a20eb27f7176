"""``weblog ingest --follow`` of logs in a bucket, or into one: the plain command, in rounds.

What a bucket's objects and commits cost are requests, not looks. So a round is what cron would
run: it lists what is followed there, looks which logs of this machine have grown, and ingests
what is new. Each line is counted once, as by the plain command; one that is killed is taken up
by the next one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from weblog.cli.follow_words import FollowWords
from weblog.remote.address import is_remote

if TYPE_CHECKING:
    from threading import Event

    from weblog.ingestion import IngestSummary
    from weblog.ingestion.follow import Followed
    from weblog.ingestion.watch import Look, Watch
    from weblog.site import Site
    from weblog.store import Store
    from weblog.store.upkeep import Upkeep

EVERY: Final = 60.0
"""Seconds from one round to the next: each is requests by the dozen."""


def follow_in_rounds(
    store: Store,
    files: Sequence[str],
    site: Site,
    *,
    log_format: str | None,
    force: bool,
    every: float,
    quiet: bool,
) -> None:
    """Ingest what is new in logs, time and again until a signal says to stop.

    Raises:
        WeblogError: the first round cannot be done. What keeps later ones from it is told, and
            tried again.
    """
    from weblog import logs
    from weblog.cli.ingest_follow import stopped_by_signals
    from weblog.ingestion.follow import Followed
    from weblog.ingestion.watch import Watch
    from weblog.store.upkeep import Upkeep

    words = FollowWords(quiet)
    here = tuple(each for each in files if not is_remote(each))
    rounds = _Rounds(
        store,
        tuple(each for each in files if is_remote(each)),
        site,
        log_format,
        force,
        words,
        Watch(here),
        Upkeep(store),
        Followed(),
    )
    logs.event("following", logs=list(files), every=every)
    told = f"Following {', '.join(files)} into {store.folder}, every {every:g} s"
    words.beside(f"{told}; Ctrl+C or SIGTERM ends it.")
    with stopped_by_signals() as stop:
        rounds.run(stop, every)
    words.stopped(rounds.done)


@dataclass
class _Rounds:
    """Ingests what is new: ``there`` are addresses, ``watch`` looks at files of this machine."""

    store: Store
    there: tuple[str, ...]
    site: Site
    log_format: str | None
    force: bool
    words: FollowWords
    watch: Watch
    upkeep: Upkeep
    done: Followed
    _told: dict[str, str] = field(default_factory=dict)

    def run(self, stop: Event, every: float) -> None:
        """Do rounds until ``stop`` is set; what was begun is finished then."""
        from weblog.errors import WeblogError

        is_first = True
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._round()
                self._told.pop("", None)
            except WeblogError as error:
                if is_first:
                    raise
                self._tell("", str(error))
            is_first = False
            stop.wait(max(every - (time.monotonic() - began), 0.0))

    def _round(self) -> None:
        from weblog.cli.ingest import ingest_all

        due = self.watch.due(self.watch.look(), time.time())
        paths = [*self.there, *(look.path for look in due)]
        for problem in self.watch.problems:
            self._tell(problem, problem)
        if paths:
            with self.store.lock("ingest --follow"):
                # Before there are new hits: merged with old ones, they would not be told apart.
                self.upkeep.merge()
                summary = ingest_all(
                    self.store,
                    paths,
                    self.site,
                    log_format=self.log_format,
                    force=self.force,
                    quiet=True,
                )
            self._note(summary, due)
        self.upkeep.clear()

    def _note(self, summary: IngestSummary, due: Sequence[Look]) -> None:
        """Note which files of this machine were read to their end, and tell what became of all."""
        from weblog.errors import SourceError
        from weblog.ingestion.results import tell_read
        from weblog.ingestion.watch import Look
        from weblog.logs import event

        failed = {each.path: str(each) for each in summary.errors if isinstance(each, SourceError)}
        left = {each.path: each.unfinished for each in summary.sources}
        now = time.time()
        for look in due:
            there = Look.at(look.path)
            is_same = there is not None and there.file == look.file  # else it was rotated meanwhile
            if is_same and (look.path in left or look.path in failed):
                unfinished = left.get(look.path, 0)
                self.watch.of(look).done(look, now, unfinished, failed.get(look.path, ""))
        for error in summary.errors:
            self._tell(str(getattr(error, "path", "")), str(error))
        lines = sum(each.lines for each in summary.sources)
        if not lines:
            return
        self.done = self.done.after(summary.sources)
        for each in summary.sources:
            if each.lines:
                tell_read(each)
        event("round", rounds=self.done.rounds, lines=lines)

    def _tell(self, about: str, problem: str) -> None:
        """Tell a problem once, for as long as it is the same."""
        if self._told.get(about) != problem:
            self._told[about] = problem
            self.words.notice(problem)
