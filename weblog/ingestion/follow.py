"""Follow logs: look, read what is new, let sessions and readers have it, look again.

Each round is a small ingest: the same stages, the same commits, the same books. What makes a
round cheap is what is kept between rounds: the books, the classification of texts met before,
and what each file looked like when it was read. A follower that is killed loses nothing: the
next one reads the books from the store, and finds under its new name what was rotated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from threading import Event
from typing import Final

from weblog.erasure.blocked import blocked_in
from weblog.erasure.journal import refuse_if_pending
from weblog.errors import ConcurrentIngestError, ErasureCutShortError, LockedError
from weblog.following import Diary
from weblog.ingestion.books import Books
from weblog.ingestion.maker import maker_for
from weblog.ingestion.reading import Settings
from weblog.ingestion.results import SourceResult, tell_read
from weblog.ingestion.run import SEGMENTS_AHEAD, Reading, chosen_settings, write_all
from weblog.ingestion.segments import Segment, batches
from weblog.ingestion.watch import Look, Read, Watch
from weblog.logs import event
from weblog.prefetch import ahead
from weblog.rejects.settling import settle
from weblog.site.rules import Site
from weblog.store import Store
from weblog.store.upkeep import Upkeep

EVERY: Final = 2.0
"""Seconds from one look to the next."""

ROUND_LINES: Final = 1_000_000
"""Lines after which a round ends, though there are more: readers wait for its end."""

TOLD_AFTER: Final = 5.0
"""Seconds a file must be unreadable before it is told: rotation may be under way."""

BEATS: Final = 5.0
"""Seconds between two signs of life where nothing grows."""

Tell = Callable[[str], None]

_Done = tuple[Look, int, str]
"""A file that was read to its end, its unfinished bytes, and why it could not be read."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a follower has done: rounds that read something, and lines by what became of them."""

    rounds: int = 0
    lines: int = 0
    hits: int = 0
    rejects: int = 0
    skipped: int = 0

    def after(self, results: Iterable[SourceResult]) -> Followed:
        """Return the sums with one more round's."""
        found = list(results)
        return Followed(
            self.rounds + 1,
            self.lines + sum(each.lines for each in found),
            self.hits + sum(each.hits for each in found),
            self.rejects + sum(each.rejects for each in found),
            self.skipped + sum(each.skipped for each in found),
        )


@dataclass
class Follower:
    """Follows logs into a store.

    ``given`` are files, folders and patterns; a file's rotated siblings belong to it, and none
    need be there yet. ``finish`` is called after each round that read something, to make what
    follows from hits before both are published. ``tell`` gets sentences for people.
    """

    store: Store
    given: tuple[str, ...]
    site: Site
    finish: Callable[[], None]
    tell: Tell = lambda _: None
    settings: Settings = field(default_factory=Settings)
    every: float = EVERY
    round_lines: int = ROUND_LINES
    watch: Watch = field(init=False)
    done: Followed = field(init=False, default_factory=Followed)
    _books: Books | None = field(init=False, default=None)
    _is_unfinished: bool = field(init=False, default=True)
    _told: dict[str, str] = field(init=False, default_factory=dict)
    _beat: float = field(init=False, default=0.0)
    _written: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.watch = Watch(self.given)
        self.settings = chosen_settings(self.settings, self.site, self.settings.log_format)
        self.maker = maker_for(self.store, self.site)
        self.upkeep = Upkeep(self.store)

    def run(self, stop: Event) -> Followed:
        """Follow until ``stop`` is set; what was begun is finished then.

        Returns:
            What was done.

        Raises:
            LockedError: another process follows the same logs into the store.
            TimeZoneError: the store's days are of another time zone than the site's.
            WeblogError: the store cannot be written to.
        """
        self.store.check_time_zone(self.site.time_zone)
        diary = Diary.begun(self.store, self.given)
        try:
            self.watch.read = diary.what_was_read()
            self.store.pin()
            while not stop.is_set():
                began = time.monotonic()
                self._round(diary, stop)
                stop.wait(max(self.every - (time.monotonic() - began), 0.0))
        finally:
            diary.end()
        return self.done

    def _round(self, diary: Diary, stop: Event) -> None:
        looks = self.watch.look()
        due = self.watch.due(looks, time.time())
        if due or self._is_unfinished:
            try:
                with self.store.lock("ingest --follow", wait=self.every):
                    refuse_if_pending(self.store)
                    self._read(due, stop)
            except (LockedError, ErasureCutShortError) as error:  # it will end, or be completed
                self._tell_once("", str(error))
                return
            except ConcurrentIngestError as error:
                self._tell_once("", str(error))
                self._books = None
                return
            self._write(diary, looks)
        elif self._problems(looks) != self._written:  # such as a log that is gone
            self._write(diary, looks)
        elif time.monotonic() - self._beat > BEATS:
            diary.looked()
            self._beat = time.monotonic()
        self._tell_problems(looks)
        self.upkeep.clear()

    def _write(self, diary: Diary, looks: list[Look]) -> None:
        self._written = self._problems(looks)
        diary.write(looks, self.watch.read, self._written)
        self._beat = time.monotonic()

    def _read(self, due: list[Look], stop: Event) -> None:
        """Read what is new in the files that are due, and finish."""
        if self._books is None:
            settle(self.store)
            self._books = Books.of(self.store)
        self.maker.blocked = blocked_in(self.store.folder)  # erased since the last round
        reading = Reading(self._books, self.settings, final=False, progress=None)
        done: list[_Done] = []
        segments = reading.segments(self._paths(due, reading, done, stop))
        gathered = batches(
            ahead(self._some(segments, stop), depth=SEGMENTS_AHEAD), self.settings.batch_lines
        )
        if not self._is_unfinished:
            # Before there are new hits: merged with old ones, they would not be told from them.
            self.upkeep.merge()
        self._is_unfinished = True
        errors = write_all(gathered, self.store, self.maker)
        for result in reading.results:
            if result.detected:
                self.tell(f"{result.path}: read as {result.detected}")
        if errors:  # another process reads the same log: see what it has done
            self._books = None
            self._tell_once("", str(errors[0]))
        else:
            now = time.time()
            for look, unfinished, failed in done:
                self.watch.of(look).done(look, now, unfinished, failed)
        self.finish()
        # Another writer in the middle of its commits publishes ours with its own; or a later round.
        self._is_unfinished = not self.store.is_published()
        self.done = self.done.after(reading.results)
        self._tell_round(reading.results)

    def _tell_round(self, results: list[SourceResult]) -> None:
        """Tell programs what a round read: each log, and their sum, all of it published or not."""
        for each in results:
            if each.lines:
                tell_read(each)
        sums = replace(Followed().after(results), rounds=self.done.rounds)
        event("round", **asdict(sums), published=not self._is_unfinished)

    def _paths(
        self, due: list[Look], reading: Reading, done: list[_Done], stop: Event
    ) -> Iterator[str]:
        """Yield the paths of files; note each as done when the next one is asked for."""
        for look in due:
            if stop.is_set():
                return
            results, errors = len(reading.results), len(reading.errors)
            read = self.watch.of(look)
            read.tried = time.time()
            reading.progress = partial(_moved, read)
            yield look.path
            there = Look.at(look.path)
            if there is None or there.file != look.file:
                continue  # rotated meanwhile, and perhaps not read: it has its turn by its new name
            failed = str(reading.errors[-1]) if len(reading.errors) > errors else ""
            unfinished = reading.results[-1].unfinished if len(reading.results) > results else 0
            done.append((look, unfinished, failed))

    def _some(self, segments: Iterator[Segment], stop: Event) -> Iterator[Segment]:
        """Yield segments until it is enough for a round, or time to stop."""
        lines = 0
        for segment in segments:
            yield segment
            lines += segment.lines
            if lines >= self.round_lines or stop.is_set():
                return

    def _problems(self, looks: list[Look]) -> list[str]:
        read = (self.watch.read.get(look.file) for look in looks)
        return [*self.watch.problems, *(each.failed for each in read if each and each.failed)]

    def _tell_problems(self, looks: list[Look]) -> None:
        now = time.time()
        for problem in self.watch.problems:
            self._tell_once(problem, problem)
        for look in looks:
            read = self.watch.read.get(look.file)
            if read is not None and read.failed and now - read.at > TOLD_AFTER:
                self._tell_once(look.path, read.failed)

    def _tell_once(self, about: str, problem: str) -> None:
        if self._told.get(about) != problem:
            self._told[about] = problem
            self.tell(problem)


def _moved(read: Read, _: str, position: int, __: int | None) -> None:
    read.position = position
