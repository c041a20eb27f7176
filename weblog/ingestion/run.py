"""Ingest logs into a store: the door of the library, and what ``weblog ingest`` calls."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

from weblog.erasure.journal import refuse_if_pending
from weblog.errors import FormatError, SourceError, WeblogError
from weblog.ingestion.batch import known, made
from weblog.ingestion.books import Account, Books
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.maker import maker_for
from weblog.ingestion.objects import remember, unread
from weblog.ingestion.reading import Settings, read_source
from weblog.ingestion.results import IngestSummary, SourceResult
from weblog.ingestion.segments import Segment, batches
from weblog.ingestion.selection import Selection
from weblog.ingestion.together import Small, Together, small
from weblog.ingestion.writing import Writer
from weblog.parse import Vocabulary
from weblog.prefetch import ahead
from weblog.rejects.settling import settle
from weblog.remote.bucket import Found
from weblog.remote.fetching import Content, fetched
from weblog.site.rules import Site
from weblog.sources import Reader, Source, expand, open_source
from weblog.store import Store

SEGMENTS_AHEAD = 6
"""Chunks read and parsed while hits are made: enough that both keep busy."""

Progress = Callable[[str, int, int | None], None]
"""Told the source's name, the bytes of it read so far, and its size on disk (None: unknown)."""


def ingest(
    store: Store | Callable[[], Store],
    paths: Iterable[str | Path],
    site: Site | None = None,
    *,
    log_format: str | None = None,
    final: bool = False,
    publish: bool = True,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> IngestSummary:
    """Ingest logs into ``store``, each line exactly once.

    A source is recognised by its content: a file that was read before adds nothing, under
    whatever name or compression; one that has grown adds what is new. A source that cannot be
    read does not keep the others from being read.

    Args:
        store: where to; or a function that makes the store, called once there is a line to
            store: logs that cannot be read leave no empty store behind.
        paths: files, plain or compressed, folders, zip archives and patterns, as
            :func:`weblog.sources.expand` reads them; ``-`` is standard input.
        site: the site's rules; by default those of a site that wrote none.
        log_format: name or LogFormat string; by default the site's, else it is detected.
        final: take an unfinished last line of a plain file too.
        publish: let readers see the new hits at once. Set it to False where sessions follow:
            :func:`sessionize.update` publishes both together.
        progress: called from time to time.
        settings: sizes of chunks and batches, for tests.

    Returns:
        What became of each source. Look at ``errors``: they are not raised.

    Raises:
        TimeZoneError: the store's days are of another time zone than the site's.
        ErasureCutShortError: `weblog erase` has to come first.
    """
    rules = site or Site()
    chosen = chosen_settings(settings, rules, log_format)
    books = begun(store, rules, publish=publish) if isinstance(store, Store) else Books()
    found = unread(expand(paths), store if isinstance(store, Store) else None)
    reading = Reading(
        books, chosen, final, progress, found.objects, errors=[*found.errors], together=True
    )
    segments = ahead(reading.segments(found.files), depth=SEGMENTS_AHEAD)
    gathered = batches(segments, chosen.batch_lines)
    if not isinstance(store, Store):
        first = next(gathered, None)
        if first is None:
            return IngestSummary(tuple(reading.results), tuple(reading.errors), tuple(found.notes))
        store, gathered = store(), chain([first], gathered)
    errors = write_all(gathered, store, maker_for(store, rules), partial(_remembered, reading))
    _remembered(reading, store)
    if publish:
        store.publish()
    return IngestSummary(tuple(reading.results), (*reading.errors, *errors), tuple(found.notes))


def chosen_settings(settings: Settings | None, site: Site, log_format: str | None) -> Settings:
    """Return how a run reads: as given, and else as the site's rules have it."""
    return replace(
        settings or Settings(),
        log_format=log_format or site.log_format,
        selection=Selection.of(site),
        vocabulary=Vocabulary(),
    )


def begun(store: Store, site: Site, *, publish: bool) -> Books:
    """Return the books of a store that is to be written to, after what has to come first.

    Raises:
        TimeZoneError: the store's days are of another time zone than the site's.
        ErasureCutShortError: `weblog erase` has to come first.
    """
    store.check_time_zone(site.time_zone)
    if not publish:
        store.pin()
    refuse_if_pending(store)
    settle(store)
    return Books.of(store)


def _remembered(reading: Reading, store: Store) -> None:
    """Write down the objects of which all that is new is committed by now."""
    remember(store, reading.settled())


def write_all(
    gathered: Iterator[list[Segment]],
    store: Store,
    maker: HitMaker,
    committed: Callable[[Store], None] = lambda _: None,
) -> list[WeblogError]:
    """Make the hits of gathered segments and commit them, batch by batch.

    Four stages, each in a thread of its own: parse, look texts up, make hits, write. polars
    lets go of Python's lock while it computes.

    Args:
        gathered: batches of segments.
        store: where to.
        maker: of hits.
        committed: called after each batch.

    Returns:
        An error for each source that another process was writing at the same time.
    """
    writer = Writer(store, keep_raw=maker.site.privacy.rejects == "keep")
    for batch in ahead(made(ahead(known(gathered, maker), depth=0), maker), depth=0):
        if batch.hits.height:
            store.keep_time_zone(maker.site.time_zone)
        writer.write(batch)
        committed(store)
    return writer.errors


@dataclass
class Reading:
    """Reads all sources, one after the other; errors and results are gathered on the way.

    ``objects`` is what a listing told of those in buckets; ``finished`` are those of them that
    were read to their end, with their source. ``together``: parse small ones together; what
    becomes of a path is then told some paths later.
    """

    books: Books
    settings: Settings
    final: bool
    progress: Progress | None
    objects: Mapping[str, Found] = field(default_factory=dict)
    results: list[SourceResult] = field(default_factory=list)
    errors: list[WeblogError] = field(default_factory=list)
    finished: deque[tuple[Found, Account | None, int]] = field(default_factory=deque)
    together: bool = False

    def segments(self, paths: Iterable[str | Path]) -> Iterator[Segment]:
        """Yield what is new in all of them, parsed."""
        gathering = Together(self.books, self.settings, self._alone, self._done)
        for path, content in fetched(paths, self.objects):
            try:
                yield from self._one(path, content, gathering)
            except (SourceError, FormatError) as error:
                self.errors.append(error)
        yield from gathering.rest()

    def settled(self) -> list[Found]:
        """Return, once, the objects that were read to their end and wait for no commit."""
        done, waiting = [], []
        while self.finished:  # the thread that reads adds to it meanwhile
            found, account, reached = self.finished.popleft()
            if account is None or (account.marks["ledger"] or 0) >= reached:
                done.append(found)
            else:
                waiting.append((found, account, reached))
        self.finished.extend(waiting)
        return done

    def _one(
        self, path: str | Path, content: Content | None, gathering: Together
    ) -> Iterator[Segment]:
        found = self.objects.get(str(path))
        source = open_source(path, final=self.final, found=found, content=content and content())
        try:
            reader = Reader(source)
            one = small(reader, self.books, self.settings, found) if self.together else None
            if one is not None:
                self._moved(source)
                yield from gathering.add(one)
            else:
                yield from gathering.rest()
                yield from self._read(reader, found)
        finally:
            source.close()

    def _alone(self, one: Small) -> Iterator[Segment]:
        """Read a small source by itself after all."""
        try:
            yield from self._read(Reader(one.source), one.object)
        except (SourceError, FormatError) as error:
            self.errors.append(error)

    def _read(self, reader: Reader, found: Found | None) -> Iterator[Segment]:
        source = reader.source
        result = SourceResult(source.shown)
        moved = partial(self._moved, source)
        segments = read_source(reader, self.books, self.settings, result, moved)
        first = next(segments, None)
        self.results.append(result)  # now, since what is read counts though reading may fail
        if first is not None:
            yield first
            yield from segments
        self._finish(found, result)

    def _done(self, one: Small, result: SourceResult) -> None:
        self.results.append(result)
        self._finish(one.object, result)

    def _finish(self, found: Found | None, result: SourceResult) -> None:
        if found is None or result.unfinished:
            return
        account = self.books.accounts.get(result.log_source or "")
        self.finished.append((found, account, account.offset if account else 0))

    def _moved(self, source: Source, position: int | None = None) -> None:
        if self.progress is not None:
            place = source.size or 0 if position is None else position
            self.progress(source.shown, place, source.size)
