"""Recognise a log source by its content, whatever its name, compression or length today.

A source *is* the content of a log that begins with a certain line and only ever grows. Its
identity is when its log begins, and a hash of its first line. Hashes of the content up to
some of the first line ends tell apart two logs that happen to begin alike, and recognise one
that has grown: of two versions of one log, one is a prefix of the other. After rotation by
copytruncate the content begins anew, and so does a new source. See docs/decisions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

HEAD_LINES: Final = 256
HEAD_BYTES: Final = 1 << 20

_REMEMBERED: Final = frozenset((*range(1, 9), *(2**power for power in range(4, 9))))
"""The lines after which a hash is kept: the first eight, 16, 32, 64, 128 and 256."""

Prefix = tuple[int, str]
"""A line end among the first ones, in bytes, and the hash of the content up to it."""


def digest(data: bytes) -> str:
    """Return the hash of some content: 16 hex digits of BLAKE2b."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """Hashes of a source's content up to some of its first line ends: (bytes, hash)."""

    prefixes: tuple[Prefix, ...]

    @classmethod
    def of(cls, data: bytes, *, is_all: bool) -> Head:
        """Hash the first bytes of a source; ``is_all`` says that no more will ever follow."""
        prefixes: list[Prefix] = []
        running = hashlib.blake2b(digest_size=8)
        start = 0
        for line in range(1, HEAD_LINES + 1):
            end = data.find(b"\n", start) + 1
            if end == 0:
                # An unfinished line may grow yet; it counts only where there is no other.
                if not data or not is_all or line > 1:
                    break
                end = len(data)
            running.update(data[start:end])
            if line in _REMEMBERED:
                prefixes.append((end, running.hexdigest()))
            start = end
        return cls(tuple(prefixes))

    @property
    def length(self) -> int:
        """Bytes from the start of the source that the hashes speak of."""
        return self.prefixes[-1][0] if self.prefixes else 0

    def agrees(self, other: Head) -> bool:
        """Say whether one of the two may be a longer version of the other."""
        common = min(len(self.prefixes), len(other.prefixes))
        return common > 0 and self.prefixes[common - 1] == other.prefixes[common - 1]

    def to_json(self) -> str:
        """Write the hashes for column ``prefixes`` of table sources."""
        return json.dumps(self.prefixes)

    @classmethod
    def from_json(cls, text: str) -> Head:
        """Read what :meth:`to_json` wrote."""
        return cls(tuple((int(end), str(value)) for end, value in json.loads(text)))


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source the store has seen: its identity, its head, and the format it is read with."""

    log_source: str
    head: Head
    log_format: str


def recognised(head: Head, known: Iterable[KnownSource]) -> KnownSource | None:
    """Return the known source whose content this is a version of, if any."""
    same = [source for source in known if source.head.agrees(head)]
    return max(same, key=lambda source: len(source.head.prefixes), default=None)


def new_identity(head: Head, begins: str, taken: Container[str]) -> str:
    """Return the identity of a source nobody has seen: ``begins`` and the hash of its first line.

    Where another source begins with the same lines, of as many lines as tell them apart.

    Args:
        head: its first lines.
        begins: when its log begins, as text that sorts by time: what two logs hold of the
            same moment is put in the order of their identities, and a log that rotation cut
            in two within a second is so put together again.
        taken: the identities there are.
    """
    for _, value in head.prefixes:
        identity = f"{begins}-{value}"
        if identity not in taken:
            return identity
    raise ValueError("the source is known: call recognised() first")
