"""What runs on the executors: pieces of logs to hits in files that nobody refers to yet."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from deltalake.transaction import AddAction

from weblog.cluster.pieces import Piece
from weblog.errors import SourceError
from weblog.ingestion.batch import known, made
from weblog.ingestion.books import Account
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.maker import maker_for
from weblog.ingestion.reading import broken_off
from weblog.ingestion.results import SourceResult
from weblog.ingestion.segments import Counted, Segment, batches, segments
from weblog.ingestion.selection import Selection
from weblog.ingestion.writing import reject_rows
from weblog.parse import Vocabulary
from weblog.remote.fetching import fetched
from weblog.remote.place import place
from weblog.schema import HITS, REJECTS
from weblog.site.rules import Site
from weblog.sources.blocks import ByteStream
from weblog.sources.denied import denied
from weblog.store import open_store
from weblog.store.commit import written_parts

_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """What every task of a job is told.

    Attributes:
        run: tells this run of ingest from all others.
        store: the store's folder, the same on all machines, or its address in a bucket.
        site: the site's rules, pickled: what follows from them is kept while they are the same.
        selection: which lines are stored.
        chunk_bytes: bytes parsed at once.
        batch_lines: lines written at once.
        keep_raw: keep the bytes of lines that could not be parsed.
        now: when they are said to have been read.
    """

    run: str
    store: str
    site: bytes
    selection: Selection
    chunk_bytes: int
    batch_lines: int
    keep_raw: bool
    now: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What became of some lines, and the files their hits and rejects are in."""

    counted: tuple[Counted, ...]
    hits: tuple[AddAction, ...]
    rejects: tuple[AddAction, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """How reading a piece ended: with an error, or with bytes of a line that has no end yet."""

    log_source: str
    error: SourceError | None
    unfinished: int


def parse_pieces(job: Job, tasks: Sequence[bytes], number: int) -> Iterator[bytes]:
    """Parse the pieces of one task; tell of what was written, then how each piece ended."""
    pieces: Sequence[Piece] = pickle.loads(tasks[number])  # noqa: S301  the driver's own
    maker, vocabulary = _kept(job.run, job.store, job.site)
    root = place(job.store)
    ended: list[Ended] = []
    read = _segments(pieces, job, vocabulary, ended)
    for gathered in batches(read, job.batch_lines, first=job.batch_lines):
        counted = tuple(each.counted for each in gathered)
        rejects = reject_rows(gathered, job.now, keep_raw=job.keep_raw)
        (batch,) = made(known([gathered], maker), maker)
        yield pickle.dumps(
            Written(
                counted,
                written_parts(root / "hits", batch.hits, HITS).actions,
                written_parts(root / "rejects", rejects, REJECTS).actions,
            )
        )
    yield from map(pickle.dumps, ended)


def count_lines(tasks: Sequence[bytes], number: int) -> Iterator[bytes]:
    """Tell the lines of each piece of one task, as numbers."""
    pieces: Sequence[Piece] = pickle.loads(tasks[number])  # noqa: S301  the driver's own
    counts: list[int | SourceError] = []
    for piece in pieces:
        try:
            with piece.opened() as reader:
                counts.append(_lines(reader.source.stream))
        except SourceError as error:
            counts.append(_of(piece, error))
        except OSError as error:
            counts.append(denied(piece.shown, error))
    yield pickle.dumps(counts)


def _lines(stream: ByteStream) -> int:
    count, last = 0, b"\n"
    while data := stream.read1(_READ):
        count += data.count(b"\n")
        last = data[-1:]
    return count + (last != b"\n")


def _segments(
    pieces: Sequence[Piece], job: Job, vocabulary: Vocabulary, ended: list[Ended]
) -> Iterator[Segment]:
    objects = {piece.path: piece.found for piece in pieces if piece.found and not piece.is_part}
    contents = fetched([piece.path for piece in pieces], objects)
    for piece, (_, content) in zip(pieces, contents, strict=True):
        account = _account(piece)
        error: SourceError | None = None
        left = 0
        try:
            with piece.opened(content and content()) as reader:
                chunks = reader.chunks(piece.start, account.lines + 1, job.chunk_bytes)
                yield from segments(
                    chunks,
                    account,
                    piece.log_format,
                    SourceResult(piece.shown),
                    job.selection,
                    vocabulary=vocabulary,
                )
                left = reader.unfinished
                if reader.damage:
                    error = broken_off(piece.shown, reader.damage)
        except SourceError as raised:
            error = _of(piece, raised)
        ended.append(Ended(account.log_source, error, left))


def _of(piece: Piece, error: SourceError) -> SourceError:
    """Return the error of a source, called what the driver calls it."""
    return SourceError(piece.shown, *error.args[1:])


def _account(piece: Piece) -> Account:
    """Return an account of this piece's own: the driver's is kept up by what is committed."""
    lines = (piece.first_line or 1) - 1
    marks: Mapping[str, int | None] = piece.account.marks
    return replace(piece.account, offset=piece.start, lines=lines, marks=dict(marks))


@lru_cache(maxsize=1)
def _kept(run: str, store: str, site: bytes) -> tuple[HitMaker, Vocabulary]:  # noqa: ARG001
    """Return what makes hits, and the words it knows: both last from task to task of one run.

    They belong together: what was found out about a text is kept by the text's number, and
    with other numbers each task would classify every agent, referrer and path again.
    """
    rules: Site = pickle.loads(site)  # noqa: S301  the driver's own
    return maker_for(open_store(store), rules), Vocabulary()
