"""Sources cut into pieces: together they are the source, and their lines have its numbers."""

from __future__ import annotations

import gzip
import pickle
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weblog
from sample_logs import generate_combined
from weblog.cluster.executor import Ended, Job, Written, count_lines, parse_pieces
from weblog.cluster.pieces import Piece, Planner
from weblog.errors import SourceError
from weblog.ingestion.books import Books
from weblog.ingestion.reading import Settings
from weblog.ingestion.selection import EVERY_LINE
from weblog.site.rules import Site
from weblog.sources import open_source
from weblog.store import Store, open_store

KEY = b"the same visitors in every store"
LINE = b'192.0.2.%d - - [17/May/2015:10:05:03 +0000] "GET /%s HTTP/1.1" 200 9 "-" "A"\n'
loads = pickle.loads
MANY = settings(max_examples=60, deadline=None)


def planned(path: Path, size: int, *, final: bool = False) -> tuple[Planner, list[Piece]]:
    planner = Planner(Books(), Settings(log_format="auto"), final, size)
    pieces = [piece for piece in planner.pieces([str(path)]) if piece is not None]
    return planner, pieces


def bytes_of(piece: Piece) -> bytes:
    with piece.opened() as reader:
        return b"".join(chunk.data for chunk in reader.chunks(piece.start, 1))


def content(path: Path, *, final: bool) -> bytes:
    source = open_source(path)
    data = b""
    while more := source.stream.read1(1 << 20):
        data += more
    source.close()
    return data if final else data[: data.rfind(b"\n") + 1]


@MANY
@given(
    names=st.lists(st.text("ab", max_size=90), min_size=1, max_size=30),
    size=st.integers(1, 3_000),
    is_marked=st.booleans(),
    end=st.sampled_from([b"", b"half a li", b"\n\n", (LINE % (9, b"last"))[:-1]]),
    final=st.booleans(),
)
def test_pieces_are_the_source(  # noqa: PLR0917  Hypothesis gives them
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    size: int,
    is_marked: bool,
    end: bytes,
    final: bool,
) -> None:
    path = tmp_path_factory.mktemp("pieces") / "access.log"
    lines = b"".join(LINE % (number, name.encode()) for number, name in enumerate(names))
    path.write_bytes((b"\xef\xbb\xbf" if is_marked else b"") + lines + end)
    planner, pieces = planned(path, size, final=final)
    assert planner.errors == []
    whole = content(path, final=final)
    read = [bytes_of(piece) for piece in pieces]
    assert b"".join(read) == whole
    assert all(data.endswith(b"\n") for data in read[:-1])
    starts = [sum(map(len, read[:number])) for number in range(len(read))]
    assert [piece.start for piece in pieces] == starts
    counts = [
        each
        for piece in pieces
        for told in count_lines([pickle.dumps((piece,))], 0)
        for each in loads(told)
    ]
    assert counts == [len(data.splitlines()) for data in read]
    (result,) = planner.results
    assert result.unfinished == len(content(path, final=True)) - len(whole)


def test_what_can_only_be_read_from_its_beginning_is_one_piece(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    generate_combined(log, lines=500, seed=3)
    packed = tmp_path / "access.log.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    wide = tmp_path / "wide.log"
    wide.write_bytes(log.read_bytes().decode("utf-8", "replace").encode("utf-16"))
    w3c = tmp_path / "u_ex.log"
    head = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\n"
    w3c.write_bytes(head + b"2025-05-17 10:05:03 192.0.2.1 GET /a 200\n" * 200)
    for path in (packed, wide, w3c):
        _, pieces = planned(path, 1_000)
        assert [(piece.start, piece.end, piece.is_part) for piece in pieces] == [(0, None, False)]


def job(store: Store) -> Job:
    site = pickle.dumps(Site())
    now = datetime(2025, 5, 17, tzinfo=UTC)
    return Job("run", str(store.folder), site, EVERY_LINE, 1 << 20, 300_000, True, now)


def test_pieces_parsed_apart_are_the_hits_of_the_whole(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    generate_combined(log, lines=3_000, seed=5)
    log.write_bytes(log.read_bytes().replace(b'HTTP/1.1" 304', b"torn"))
    here, there = (open_store(tmp_path / name, create=True, key=KEY) for name in ("here", "there"))
    assert weblog.ingest(here, [log]).rejects > 0
    _, pieces = planned(log, 100_000)
    assert len(pieces) > 5
    first = 1
    rows: dict[str, list[pl.DataFrame]] = {"hits": [], "rejects": []}
    for piece in pieces:
        task = [pickle.dumps((piece.numbered(first),))]
        *written, ended = map(loads, parse_pieces(job(there), task, 0))
        assert isinstance(ended, Ended)
        assert (ended.error, ended.unfinished) == (None, 0)
        for each in written:
            assert isinstance(each, Written)
            first += sum(one.lines for one in each.counted)
            for name, parts in rows.items():
                paths = [action.path for action in getattr(each, name)]
                parts.append(there.head().scan_files(name, paths).collect())
    for name, parts in rows.items():
        one = here.scan(name).drop("ingest_date", "path", strict=False).sort("line").collect()
        other = pl.concat(parts).drop("ingest_date", "path", strict=False).sort("line")
        assert other.equals(one), name
    assert here.scan("hits").collect().height + here.scan("rejects").collect().height == first - 1


def test_a_machine_that_sees_another_file_says_so(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    generate_combined(log, lines=500, seed=3)
    store = open_store(tmp_path / "store", create=True, key=KEY)
    _, pieces = planned(log, 50_000)
    log.write_bytes(log.read_bytes()[:60_000])
    last = pieces[-1].numbered(400)
    *_, ended = map(loads, parse_pieces(job(store), [pickle.dumps((last,))], 0))
    assert isinstance(ended.error, SourceError)
    assert "another file" in str(ended.error)
    assert ended.error.args[0] == last.shown
