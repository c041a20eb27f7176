"""Ingest logs into a store by a cluster: what ``weblog ingest --engine spark`` calls."""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from deltalake.transaction import AddAction

from weblog.cluster.executor import Ended, Job, Written, count_lines, parse_pieces
from weblog.cluster.pieces import Piece, Planner
from weblog.cluster.session import Cluster
from weblog.errors import ConcurrentIngestError, SourceError
from weblog.ingestion.books import MARKED, Account, Books
from weblog.ingestion.objects import remember, unread
from weblog.ingestion.reading import Settings, unfinished
from weblog.ingestion.results import IngestSummary
from weblog.ingestion.run import Progress, begun, chosen_settings
from weblog.ingestion.segments import Counted
from weblog.ingestion.writing import Writer
from weblog.site.rules import Site
from weblog.sources import expand
from weblog.store import Store
from weblog.store.commit import WrittenFiles

WAVE: Final = 4
"""Tasks of each slot between two commits: what is lost at most when the driver dies."""


def ingest(
    store: Store | Callable[[], Store],
    paths: Iterable[str | Path],
    site: Site | None = None,
    *,
    cluster: Cluster,
    log_format: str | None = None,
    final: bool = False,
    publish: bool = True,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> IngestSummary:
    """Ingest logs into ``store``, each line exactly once, by ``cluster``.

    All is as with :func:`weblog.ingestion.ingest`: the same sources are recognised, the same
    lines become the same hits and rejects, with the same numbers and offsets. All machines must
    see the logs and the store under the same names.

    Args:
        store: as there.
        paths: as there, but for standard input.
        site: as there.
        cluster: what works.
        log_format: as there.
        final: as there.
        publish: as there.
        progress: called after each commit.
        settings: as there.

    Returns:
        What became of each source. Look at ``errors``: they are not raised.

    Raises:
        TimeZoneError: the store's days are of another time zone than the site's.
        ErasureCutShortError: `weblog erase` has to come first.
        ClusterError: a job failed for good; what was committed before stays.
    """
    rules = site or Site()
    chosen = chosen_settings(settings, rules, log_format)
    books = begun(store, rules, publish=publish) if isinstance(store, Store) else Books()
    found = unread(expand(paths), store if isinstance(store, Store) else None)
    planner = Planner(
        books,
        chosen,
        final,
        cluster.piece_bytes,
        first_errors=[*found.errors],
        objects=found.objects,
    )
    run = _Run(cluster, planner, rules, store, progress)
    room = WAVE * cluster.slots * cluster.piece_bytes
    for wave in _waves(planner.pieces(found.files), room):
        run.work(wave)
    if isinstance(run.store, Store):
        remember(run.store, planner.finished)
        if publish:
            run.store.publish()
    return IngestSummary(tuple(planner.results), tuple(planner.errors), tuple(found.notes))


def _waves(pieces: Iterable[Piece | None], room: int) -> Iterator[list[Piece]]:
    """Gather pieces that are read and committed together."""
    wave: list[Piece] = []
    weight = 0
    for piece in pieces:
        if piece is not None:
            wave.append(piece)
            weight += piece.weight
        if wave and (piece is None or weight >= room):
            yield wave
            wave, weight = [], 0
    if wave:
        yield wave


def _tasks(wave: Sequence[Piece], most: int) -> list[list[Piece]]:
    """Put pieces into tasks: parts of a source one by one, small sources together."""
    tasks: list[list[Piece]] = []
    weight = 0
    for piece in wave:
        if not tasks or piece.is_part or tasks[-1][-1].is_part or weight + piece.weight > most:
            tasks.append([])
            weight = 0
        tasks[-1].append(piece)
        weight += piece.weight
    return tasks


@dataclass
class _Run:
    """One ingest: reads waves of pieces, and commits them."""

    cluster: Cluster
    planner: Planner
    site: Site
    store: Store | Callable[[], Store]
    progress: Progress | None
    name: str = field(default_factory=lambda: secrets.token_hex(8))

    def work(self, wave: list[Piece]) -> None:
        """Read a wave and commit it; a source that another process is writing is left to it."""
        if not isinstance(self.store, Store):
            self.store = self.store()
        while wave:
            # What comes after a place where reading failed is of no use.
            wave = self._numbered([piece for piece in wave if self._follows(piece, wave)])
            if not wave:
                break
            try:
                self._commit(self.store, wave, *self._parsed(self.store, wave))
                break
            except ConcurrentIngestError:
                moved = self._moved(self.store, wave)
                if not moved:
                    raise
                wave = [each for each in wave if each.account.log_source not in moved]
        self.planner.committed()

    def _follows(self, piece: Piece, wave: Sequence[Piece]) -> bool:
        """Say whether the lines before the piece are in the store, or in this wave."""
        begins = min(each.start for each in wave if each.account is piece.account)
        return begins == piece.account.offset

    def _numbered(self, wave: list[Piece]) -> list[Piece]:
        """Return the pieces with their first lines' numbers; what cannot be read is told."""
        last = {piece.account.log_source: piece for piece in wave}
        asked = [piece for piece in wave if last[piece.account.log_source] is not piece]
        tasks = _pickled([[piece] for piece in asked])
        told = self.cluster.run(partial(count_lines, tasks), len(tasks), "count lines")
        counts = {id(asked[number]): pickle.loads(payload)[0] for number, payload in told}  # noqa: S301
        numbered: list[Piece] = []
        lines = {piece.account.log_source: piece.account.lines for piece in wave}
        failed: set[str] = set()
        for piece in wave:
            source = piece.account.log_source
            if source in failed:
                continue
            count = counts.get(id(piece), 0)
            if isinstance(count, SourceError):
                failed.add(source)
                self.planner.failed(source, count)
                continue
            numbered.append(piece.numbered(lines[source] + 1))
            lines[source] += count
        return numbered

    def _parsed(
        self, store: Store, wave: Sequence[Piece]
    ) -> tuple[list[Written], list[Ended], datetime]:
        """Have a wave parsed and written; return what of it follows on what is in the store."""
        chosen, now = self.planner.settings, datetime.now(UTC)
        job = Job(
            self.name,
            str(store.folder.resolve()),
            pickle.dumps(self.site),
            chosen.selection,
            chosen.chunk_bytes,
            chosen.batch_lines,
            keep_raw=self.site.privacy.rejects == "keep",
            now=now,
        )
        tasks = _pickled(_tasks(wave, self.planner.piece_bytes))
        told = self.cluster.run(partial(parse_pieces, job, tasks), len(tasks), "parse")
        reached = {piece.account.log_source: piece.account.offset for piece in wave}
        written: list[Written] = []
        ended: list[Ended] = []
        for each in (pickle.loads(payload) for _, payload in told):  # noqa: S301
            if isinstance(each, Ended):
                ended.append(each)
            elif _goes_on(each.counted, reached):
                written.append(each)
        return written, ended, now

    def _commit(
        self,
        store: Store,
        wave: Sequence[Piece],
        written: Sequence[Written],
        ended: Sequence[Ended],
        now: datetime,
    ) -> None:
        counted = [one for each in written for one in each.counted]
        of_wave = {piece.account.log_source: piece.account for piece in wave}
        accounts = {each.log_source: of_wave[each.log_source] for each in counted}
        hits = [action for each in written for action in each.hits]
        if hits:
            store.keep_time_zone(self.site.time_zone)
        if counted:
            Writer(store).commit(
                accounts,
                counted,
                _files(hits),
                _files([action for each in written for action in each.rejects]),
                now,
            )
        for one in counted:
            one.add_to(self.planner.result(one.log_source))
            _moved_on(accounts[one.log_source], one)
        self._tell(ended)
        for piece in wave:
            self._show(piece)

    def _tell(self, ended: Sequence[Ended]) -> None:
        """Tell the first error of each source, and lines that have no end yet."""
        failed: set[str] = set()
        for each in ended:
            if each.error is not None and each.log_source not in failed:
                failed.add(each.log_source)
                self.planner.failed(each.log_source, each.error)
            if each.unfinished and each.error is None:
                result = self.planner.result(each.log_source)
                result.unfinished = each.unfinished
                result.notes.append(unfinished(each.unfinished))

    def _moved(self, store: Store, wave: Sequence[Piece]) -> set[str]:
        """Tell the sources of a wave that another process has written to, and say so."""
        marks = {name: store.head(name).marks(name) for name in MARKED}
        moved: set[str] = set()
        for piece in wave:
            source, account = piece.account.log_source, piece.account
            if source not in moved and any(
                marks[name].get(source) != account.marks[name] for name in MARKED
            ):
                moved.add(source)
                self.planner.failed(source, ConcurrentIngestError(piece.shown, 1))
        return moved

    def _show(self, piece: Piece) -> None:
        if self.progress is None:
            return
        path = Path(piece.path)
        if piece.found is not None:
            size: int | None = piece.found.size
        else:
            size = path.stat().st_size if path.is_file() else None
        position = piece.end if piece.end is not None else size or 0
        self.progress(piece.shown, position, size)


def _files(actions: Sequence[AddAction]) -> WrittenFiles | None:
    return WrittenFiles(tuple(actions)) if actions else None


def _pickled(tasks: Sequence[Sequence[Piece]]) -> list[bytes]:
    return [pickle.dumps(tuple(pieces)) for pieces in tasks]


def _goes_on(counted: Sequence[Counted], reached: dict[str, int]) -> bool:
    """Say whether lines follow on those before; if so, note how far they reach."""
    ends = dict(reached)
    for each in counted:
        if each.start != ends[each.log_source]:
            return False
        ends[each.log_source] = each.end
    reached.update(ends)
    return True


def _moved_on(account: Account, one: Counted) -> None:
    account.offset = one.end
    account.lines = one.first_line + one.lines - 1
    account.tail_length, account.tail, account.header = one.tail_length, one.tail, one.header
