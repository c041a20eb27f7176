"""Compressed and encoded sources: whole, cut short, damaged, endless."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from compressed import COMPRESSORS, ENCODERS, Make, zipped, zstd
from hypothesis import given
from hypothesis import strategies as st

from weblog.errors import SourceError
from weblog.sources import Reader, open_source
from weblog.sources import chunks as chunks_module
from weblog.sources.blocks import BlockStream, in_thread
from weblog.sources.encoding import recoded

LINES = b"what every log begins with is ASCII\n" + b"".join(
    b"line %d: \xec\x97\xb0\xea\xb8\x88\n" % number for number in range(40_000)
)


def read(path: Path, size: int = 1 << 16, *, final: bool = False) -> tuple[bytes, Reader]:
    source = open_source(path, final=final)
    reader = Reader(source)
    try:
        return b"".join(chunk.data for chunk in reader.chunks(0, 1, size)), reader
    finally:
        source.close()


@pytest.mark.parametrize("make", COMPRESSORS.values(), ids=COMPRESSORS)
def test_every_compression_gives_the_same_bytes(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "access.log.7"
    path.write_bytes(make(LINES))
    data, reader = read(path)
    assert data == LINES
    assert (reader.damage, reader.unfinished) == ("", 0)
    assert 0 < reader.source.position() <= path.stat().st_size


@pytest.mark.parametrize("make", ENCODERS.values(), ids=ENCODERS)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_every_encoding_gives_the_same_bytes(tmp_path: Path, make: Make, ends: bytes) -> None:
    path = tmp_path / "access.log"
    text = LINES.replace(b"\n", ends)
    path.write_bytes(make(text))
    assert read(path, 1000)[0] == text
    source = open_source(path)
    reader = Reader(source)
    reached, _ = reader.skip_to(len(text) // 2, 10)
    assert (
        next(reader.chunks(reached, 1, 100)).data
        == text[reached:][:100].rpartition(b"\n")[0] + b"\n"
    )
    source.close()


CUT = {name: COMPRESSORS[name] for name in ("gzip", "gzip, full header", "bzip2", "xz", "zstd")}


@pytest.mark.parametrize("make", CUT.values(), ids=CUT)
def test_a_file_cut_short_anywhere_gives_its_whole_lines(tmp_path: Path, make: Make) -> None:
    short = LINES[:20_000]
    whole = make(short)
    path = tmp_path / "a.log"
    start = 6  # what tells the compression
    places = {*range(start, 60), *range(60, len(whole), 97), *range(len(whole) - 20, len(whole))}
    seen = 0
    for place in sorted(places):
        path.write_bytes(whole[:place])
        data, reader = read(path)
        assert short.startswith(data)
        assert len(data) >= seen
        assert "ends too early" in reader.damage, place
        seen = len(data)
    assert not data or data.endswith(b"\n")


@pytest.mark.parametrize("make", CUT.values(), ids=CUT)
def test_a_second_member_cut_short_keeps_the_first(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "a.log"
    first, second = LINES[:9_000].rpartition(b"\n")[0] + b"\n", make(LINES)
    for kept in (1, 2, 3, 5, len(second) // 2):
        path.write_bytes(make(first) + second[:kept])
        data, reader = read(path)
        assert data.startswith(first)
        assert "ends too early" in reader.damage


@pytest.mark.parametrize("make", CUT.values(), ids=CUT)
def test_what_follows_the_last_member_is_told(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(make(LINES) + b"192.0.2.1 - - a plain line\n")
    data, reader = read(path)
    assert data == LINES
    assert "data is followed by other data" in reader.damage


def test_a_wrong_checksum_is_told_after_every_line(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(LINES))
    whole[-8] ^= 1
    path = tmp_path / "a.gz"
    path.write_bytes(whole)
    data, reader = read(path)
    assert data == LINES
    assert reader.damage == "gzip data is damaged (its checksum is wrong)"


@pytest.mark.parametrize("make", CUT.values(), ids=CUT)
def test_damage_in_the_middle_keeps_what_came_long_before(tmp_path: Path, make: Make) -> None:
    many = b"".join(bytes(f"{i * i} {i * 7919 % 10007}\n", "ascii") for i in range(200_000))
    whole = bytearray(make(many))
    middle = len(whole) // 2
    whole[middle : middle + 50] = b"\xff" * 50
    path = tmp_path / "a.log"
    path.write_bytes(whole)
    data, reader = read(path)
    assert "damaged" in reader.damage
    kept = len(many) // 5
    assert data[:kept] == many[:kept]


@pytest.mark.parametrize("make", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_a_bomb_does_not_fill_the_memory(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks_module, "LONGEST_READ", 1 << 20)
    path = tmp_path / "bomb"
    path.write_bytes(make(bytes(64 << 20)) + make(bytes(64 << 20)))
    with pytest.raises(SourceError, match="line 1 is longer than 1 MiB"):
        read(path)


def test_a_frame_that_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    options = {zstd.CompressionParameter.window_log: 28}
    compressor = zstd.ZstdCompressor(options=options)
    path = tmp_path / "a.zst"
    path.write_bytes(compressor.compress(LINES) + compressor.flush())
    data, reader = read(path)
    assert data == b""
    assert "too much memory" in reader.damage


def test_a_mixed_row_of_files_is_a_folder(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.log", b"first\n")
        archive.writestr("b.log", b"second\n")
    path = tmp_path / "logs.zip"
    path.write_bytes(file.getvalue())
    with pytest.raises(SourceError, match=r"archive of 2 files, expected one. Name one of them"):
        open_source(path)
    assert read(path / "b.log")[0] == b"second\n"
    with pytest.raises(SourceError, match=r"no such file in the archive. It holds a.log, b.log"):
        open_source(path / "c.log")


def test_a_damaged_archive_gives_what_comes_before(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    whole = bytearray(zipped(zipfile.ZIP_STORED)(LINES))
    whole[len(whole) // 2] ^= 0x55
    path.write_bytes(whole)
    data, reader = read(path)
    assert data[:100_000] == LINES[:100_000]
    assert "zip data ends too early or is damaged (Bad CRC-32" in reader.damage


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x1f\x9d\x90abc", r"compressed with compress \(.Z\), which is not read.*zcat FILE"),
        (b"7z\xbc\xaf\x27\x1cabc", "compressed with 7-Zip"),
        (bytes(257).replace(b"\0", b"a") + b"ustar\0" + bytes(300), "is a tar archive"),
    ],
)
def test_what_is_not_read_says_how_to_go_on(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=says):
        open_source(path)


def test_a_compressed_tar_is_refused_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    path.write_bytes(gzip.compress(b"a.log".ljust(257, b"\0") + b"ustar\0" + bytes(300) + LINES))
    with pytest.raises(SourceError, match=r"is a tar archive, expected a log\. Unpack it"):
        read(path)


@pytest.mark.parametrize("data", [b"one\rtwo\rthree\r", b"x\r" * 100_000])
def test_lines_of_an_old_mac_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(data)
    source = open_source(path, final=True)
    with pytest.raises(SourceError, match="end with carriage returns alone"):
        Reader(source).head()
    source.close()


def test_a_line_that_is_still_written_is_no_line_of_an_old_mac(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"its newline is on its way\r")
    source = open_source(path)
    assert Reader(source).head() == (b"its newline is on its way\r", False)
    source.close()


@given(st.text(), st.lists(st.integers(1, 9)), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf16_in_any_pieces_is_the_text(text: str, sizes: list[int], encoding: str) -> None:
    data = text.encode(encoding)
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    assert b"".join(recoded(iter([*pieces, data]), encoding, final=True)) == text.encode()


def test_half_a_character_is_kept() -> None:
    lone = "a\ud83d b".encode("utf-16-le", "surrogatepass")
    assert b"".join(recoded(iter([lone]), "utf-16-le", final=True)) == b"a\xed\xa0\xbd b"
    assert b"".join(recoded(iter([b"a\0b"]), "utf-16-le", final=True)) == b"ab"
    assert b"".join(recoded(iter([b"a\0b"]), "utf-16-le", final=False)) == b"a"


def test_standard_input_is_read_in_any_compression(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    for make in (bytes, gzip.compress, zstd.compress, ENCODERS["UTF-16, little end first"]):
        path.write_bytes(make(LINES))
        with path.open() as file:
            monkeypatch.setattr(sys, "stdin", file)
            source = open_source("-")
            data = b"".join(chunk.data for chunk in Reader(source).chunks(0, 1))
            source.close()
            assert data == LINES
            assert not file.closed


def test_a_thread_hands_over_what_came_before_an_error() -> None:
    def blocks() -> Iterator[bytes]:
        yield b"first"
        raise OSError("broken")

    stream = BlockStream(in_thread(blocks()))
    assert stream.read1(3) + stream.read1(9) == b"first"
    with pytest.raises(OSError, match="broken"):
        stream.read1(9)
    stream.close()
