"""Read rejected lines again, with a mended format: those that now parse become hits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from weblog.erasure.journal import refuse_if_pending
from weblog.formats import AUTO, Format, format_named
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.maker import maker_for
from weblog.ingestion.selection import Selection, selected
from weblog.parse import Chunk, parse_chunk
from weblog.rejects.chosen import chosen_rejects
from weblog.rejects.settling import KEY, Fence, Moved
from weblog.schema import HITS
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

PORTION_LINES = 100_000
"""Lines per commit."""

Progress = Callable[[int, int], None]
"""Told how many lines were read again, and of how many."""


@dataclass
class ReplaySummary:
    """What a replay did; tried = hits + skipped + rejects.

    ``skipped_by`` counts lines that a rule leaves out, by its name; ``rejects`` are lines that
    still do not parse. Not tried were lines of which only the beginning is kept (``cut``), and
    those of an ingest that was cut short (``unfinished``): the next ingest completes it.
    """

    tried: int = 0
    hits: int = 0
    skipped_by: Counter[str] = field(default_factory=Counter)
    rejects: int = 0
    cut: int = 0
    unfinished: int = 0

    @property
    def skipped(self) -> int:
        """Lines left out by a rule."""
        return self.skipped_by.total()


def replay(
    store: Store,
    site: Site,
    *,
    log_format: str | None = None,
    reason: str | None = None,
    source: str | None = None,
    progress: Progress | None = None,
    portion_lines: int = PORTION_LINES,
) -> ReplaySummary:
    """Parse rejects again and move those that now parse to the hits, each exactly once.

    Hits keep the source and the line number they were read with. Nothing is published:
    :func:`sessionize.update` does it, once the sessions follow.

    Args:
        store: the store.
        site: the site's rules.
        log_format: name or LogFormat string; by default the site's, else the one that each line
            was read with, which a newer version may read better.
        reason: only rejects of this reason.
        source: only those of this log: a path with ``*`` for anything, or an identity.
        progress: called after each portion.
        portion_lines: lines per commit.

    Raises:
        FormatError: the format cannot be compiled.
        UnknownNameError: there is no such reason.
        TimeZoneError: the store's days are of another time zone than the site's.
        ConcurrentIngestError: another replay is under way.
        ErasureCutShortError: `weblog erase` has to come first.
    """
    store.check_time_zone(site.time_zone)
    refuse_if_pending(store)
    store.pin()
    fence = Fence.of(store)
    given = next((each for each in (log_format, site.log_format) if each not in (None, AUTO)), None)
    if given is not None:
        format_named(given)  # a wrong one is told even where there is nothing to read
    run = _Run(fence, store.head(), maker_for(store, site))
    lines = run.whole(chosen_rejects(run.head, reason=reason, source=source))
    if given is not None:
        lines = lines.with_columns(log_format=pl.lit(given))
    for part in lines.partition_by("log_format", maintain_order=True):
        log_format_of = format_named(part["log_format"][0])
        for start in range(0, part.height, portion_lines):
            run.read_again(part.slice(start, portion_lines), log_format_of)
            if progress is not None:
                progress(run.summary.tried, lines.height)
    return run.summary


@dataclass
class _Run:
    """One replay; ``head`` is the store as it was when it began."""

    fence: Fence
    head: Snapshot
    maker: HitMaker
    summary: ReplaySummary = field(default_factory=ReplaySummary)

    def whole(self, chosen: pl.LazyFrame) -> pl.DataFrame:
        """Return the lines that can be read again, in the order of their logs.

        Columns ``log_source``, ``line``, ``offset``, ``ingest_date``, ``log_format``, and
        ``header``, what the format needs to have read before; not yet the bytes.
        """
        ledger = self.head.scan("ledger")
        read = ledger.group_by("log_source").agg(pl.col("lines").sum())
        headers = ledger.drop_nulls("header").select("log_source", "to_offset", "header")
        rows = (
            chosen.with_columns(is_cut=pl.col("length") > pl.col("raw").bin.size())
            .select(*KEY, "offset", "ingest_date", "log_format", "is_cut")
            .join(read, on="log_source", how="left")
            .with_columns(is_unfinished=(pl.col("line") > pl.col("lines")).fill_null(value=True))
            .collect()
        )
        self.summary.cut = int(rows["is_cut"].sum())
        self.summary.unfinished = int((rows["is_unfinished"] & ~rows["is_cut"]).sum())
        whole = rows.filter(~pl.col("is_cut") & ~pl.col("is_unfinished"))
        known = headers.sort("to_offset").collect()
        return (
            whole.drop("is_cut", "is_unfinished", "lines")
            .sort("offset")
            .join_asof(
                known,
                left_on="offset",
                right_on="to_offset",
                by="log_source",
                check_sortedness=False,
            )
            .sort(KEY)
        )

    def read_again(self, portion: pl.DataFrame, log_format: Format) -> None:
        """Read one portion again, and commit what became of it."""
        raw = self.head.scan("rejects").select(*KEY, "raw")
        lines = portion.lazy().join(raw, on=KEY, how="inner").sort(KEY).collect()
        kept: list[pl.DataFrame] = []
        gone: list[pl.DataFrame] = []
        moved: list[Moved] = []
        for part in lines.partition_by("log_source", "header", maintain_order=True):
            found = _read(part, log_format, Selection.of(self.maker.site))
            self.summary.tried += part.height
            self.summary.rejects += found.rejects
            if found.gone.is_empty():
                continue
            first = found.gone.row(0, named=True)
            place = (first["line"], first["offset"])
            moved.append(Moved(first["log_source"], place, found.rows.height, found.skipped))
            kept.append(found.rows.with_columns(log_source=pl.lit(first["log_source"])))
            gone.append(found.gone.select(*KEY, "ingest_date"))
        if moved:
            self.fence.commit(self._hits(kept), pl.concat(gone), moved)
        for each in moved:
            self.summary.hits += each.hits
            self.summary.skipped_by.update(each.skipped)

    def _hits(self, kept: list[pl.DataFrame]) -> pl.DataFrame:
        rows = pl.concat(kept, how="diagonal")
        if rows.is_empty():
            return HITS.empty()
        self.fence.store.keep_time_zone(self.maker.site.time_zone)
        return self.maker.hits(rows).drop("offset")


@dataclass(frozen=True, slots=True)
class _Reread:
    """``rows`` to store, the lines ``gone`` from the rejects, and what was left out, by rule."""

    rows: pl.DataFrame
    gone: pl.DataFrame
    skipped: Mapping[str, int]
    rejects: int


def _read(lines: pl.DataFrame, log_format: Format, selection: Selection) -> _Reread:
    data = b"".join(_ended(lines["raw"]))
    # Only at the very beginning of a log may a byte order mark stand.
    begins = 0 if lines["offset"][0] == 0 else 1
    parsed = parse_chunk(Chunk(data, begins, 1), log_format, lines["header"][0] or b"")
    rows, skipped = selected(parsed.rows, selection) if selection else (parsed.rows, {})
    places = rows["line"] - 1
    rows = rows.with_columns(
        line=lines["line"].gather(places), offset=lines["offset"].gather(places)
    )
    still = lines["line"].gather(parsed.rejects["line"] - 1)
    gone = lines.filter(~pl.col("line").is_in(still.implode()))
    return _Reread(rows, gone, {**parsed.skipped, **skipped}, parsed.rejects.height)


def _ended(lines: pl.Series) -> Iterator[bytes]:
    for line in lines.to_list():
        yield line
        yield b"\n"
