"""A stream made of blocks: what decompressors and decoders yield, read like a file."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import BinaryIO, Final, Protocol

from weblog.prefetch import ahead

READ: Final = 256 << 10
"""Bytes read from disk at a time where they are decompressed or decoded."""

AHEAD: Final = 8
"""Gatherings of decompressed blocks a thread may be ahead: about what a chunk takes."""

GATHERED: Final = 1 << 20
"""Bytes handed from thread to thread at once: a handing over costs as much as 100 KB."""


class ByteStream(Protocol):
    """What a source's content is read from."""

    def read1(self, size: int, /) -> bytes:
        """Return some bytes, at most ``size``; none only at the end."""

    def close(self) -> None:
        """Let go of it."""


class RawBlocks:
    """The bytes of an open file as blocks; counts them for progress."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.passed = 0

    def __iter__(self) -> Iterator[bytes]:
        # read, not read1: a pipe's small pieces are gathered
        while block := self._file.read(READ):
            self.passed += len(block)
            yield block


class BlockStream:
    """Reads from blocks; an error in the making of one is raised after all before it."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._block = memoryview(b"")

    def read1(self, size: int, /) -> bytes:
        """Return some bytes, at most ``size``; none only at the end."""
        while not self._block:
            block = next(self._blocks, None)
            if block is None:
                return b""
            if len(block) <= size:
                if block:
                    return block
                continue
            self._block = memoryview(block)
        part, self._block = self._block[:size], self._block[size:]
        return bytes(part)

    def close(self) -> None:
        """End the thread that makes the blocks, if one does."""
        if isinstance(self._blocks, Generator):
            self._blocks.close()


def in_thread(blocks: Iterable[bytes]) -> Generator[bytes]:
    """Yield ``blocks``, made in a thread of their own a little ahead."""
    for gathered in ahead(_gathered(blocks), depth=AHEAD):
        yield from gathered


def _gathered(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    parts: list[bytes] = []
    length = 0
    iterator = iter(blocks)
    while True:
        try:
            block = next(iterator, None)
        except BaseException:
            yield parts  # what came before the error counts
            raise
        if block is None:
            break
        parts.append(block)
        length += len(block)
        if length >= GATHERED:
            yield parts
            parts, length = [], 0
    yield parts
