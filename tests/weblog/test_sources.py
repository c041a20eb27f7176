"""Sources: opened whatever their compression, recognised whatever their name."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.errors import SourceError
from weblog.sources import Head, KnownSource, Reader, digest, new_identity, open_source, recognised
from weblog.sources import chunks as chunks_module

DATA = b"first\nsecond\nthird\n"


def known(head: Head, name: str) -> KnownSource:
    return KnownSource(name, head, "combined")


def read(path: Path, *, final: bool = False, size: int = 8) -> tuple[bytes, Reader]:
    source = open_source(path, final=final)
    reader = Reader(source)
    data = b"".join(chunk.data for chunk in reader.chunks(0, 1, size))
    source.close()
    return data, reader


@pytest.mark.parametrize(
    "compress",
    [bytes, gzip.compress, bz2.compress, lzma.compress],
    ids=["plain", "gzip", "bzip2", "xz"],
)
def test_every_compression_is_known_by_its_bytes_not_its_name(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "access.log.7"
    path.write_bytes(compress(DATA))
    assert read(path)[0] == DATA


def test_several_gzip_members_are_one_log(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"first\n") + gzip.compress(b"second\n"))
    assert read(path)[0] == b"first\nsecond\n"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(lambda p: None, "no such file. Check the path", id="missing"),
        pytest.param(lambda p: p.mkdir(), r"is a directory.*Name the files in it", id="directory"),
        pytest.param(
            lambda p: p.write_bytes(b"PK\x03\x04abc"), "zip archive that is damaged", id="zip"
        ),
        pytest.param(lambda p: p.write_bytes(b"\x04\x22\x4d\x18abc"), "lz4cat", id="lz4"),
    ],
)
def test_what_cannot_be_opened_says_why(
    tmp_path: Path, make: Callable[[Path], object], says: str
) -> None:
    path = tmp_path / "thing.log"
    make(path)
    with pytest.raises(SourceError, match=says):
        open_source(path)


def test_an_unfinished_last_line_waits_unless_it_is_final(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"first\nsec")
    data, reader = read(path)
    assert (data, reader.unfinished) == (b"first\n", 3)
    data, reader = read(path, final=True)
    assert (data, reader.unfinished) == (b"first\nsec", 0)


def test_a_compressed_file_cut_short_gives_its_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    lines = b"".join(b"line %d\n" % i for i in range(5000))
    path.write_bytes(gzip.compress(lines)[:-2000])
    data, reader = read(path, size=1000)
    assert data
    assert lines.startswith(data)
    assert data.endswith(b"\n")
    assert "gzip data ends too early" in reader.damage


def test_a_file_without_lines_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks_module, "LONGEST_READ", 1 << 20)
    path = tmp_path / "disk.img"
    path.write_bytes(b"\0" * (8 << 20))
    with pytest.raises(SourceError, match=r"line 1 is longer than 1 MiB\. This is no access log"):
        read(path)


@given(st.binary(max_size=400).map(lambda d: d.replace(b"a", b"\n")), st.integers(1, 50))
def test_chunks_are_the_whole_content_in_whole_lines(data: bytes, size: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_bytes(b"x" + data)  # never taken for compressed
        source = open_source(path, final=True)
        seen = list(Reader(source).chunks(0, 1, size))
        source.close()
    assert b"".join(chunk.data for chunk in seen) == b"x" + data
    assert all(chunk.data.endswith(b"\n") for chunk in seen[:-1])
    offset, line = 0, 1
    for chunk in seen:
        assert (chunk.offset, chunk.first_line) == (offset, line)
        offset, line = offset + len(chunk.data), line + chunk.lines


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gz"])
@pytest.mark.parametrize("with_head", [True, False])
def test_skipping_reaches_the_offset_and_hashes_what_lies_before(
    tmp_path: Path, compress: Callable[[bytes], bytes], with_head: bool
) -> None:
    path = tmp_path / "a"
    path.write_bytes(compress(DATA * 100_000))
    source = open_source(path)
    reader = Reader(source)
    if with_head:
        reader.head()
    reached, tail = reader.skip_to(len(DATA) * 60_000, 6)
    assert (reached, tail) == (len(DATA) * 60_000, digest(b"third\n"))
    assert next(reader.chunks(reached, 1)).data.startswith(b"first\nsecond\n")
    assert reader.skip(1 << 40) < 1 << 40
    source.close()


LINES = st.lists(st.sampled_from([b"a\n", b"bb\n", b"c\n"]), min_size=1, max_size=8)


@given(LINES, LINES)
def test_a_grown_log_is_recognised_and_another_is_not(old: list[bytes], new: list[bytes]) -> None:
    was, now = (Head.of(b"".join(lines), is_all=False) for lines in (old, new))
    shorter = min(len(old), len(new))
    assert was.agrees(now) == (old[:shorter] == new[:shorter])


def test_an_unfinished_line_is_no_part_of_the_head() -> None:
    assert Head.of(b"a\nb", is_all=True) == Head.of(b"a\n", is_all=True)
    assert Head.of(b"b", is_all=False).prefixes == ()
    assert len(Head.of(b"b", is_all=True).prefixes) == 1


def test_logs_that_begin_alike_get_identities_of_their_own() -> None:
    web1, web2 = Head.of(b"same\none\n", is_all=False), Head.of(b"same\ntwo\n", is_all=False)
    first = known(web1, new_identity(web1, "", ()))
    assert recognised(web2, [first]) is None
    second = known(web2, new_identity(web2, "", {first.log_source}))
    assert first.log_source != second.log_source
    assert recognised(web2, [first, second]) == second
    assert recognised(Head.of(b"same\none\nmore\n", is_all=False), [first, second]) == first


def test_a_head_survives_being_written_down() -> None:
    head = Head.of(DATA, is_all=False)
    assert Head.from_json(head.to_json()) == head
