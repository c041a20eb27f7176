"""Recognise a log source by its content, whatever its name, compression or length today.

A source *is* the content of a log that begins with a certain line and only ever grows. Its
identity is a hash of its first line. Hashes of the content up to each of the first line
ends tell apart two logs that happen to begin alike, and recognise one that has grown: of
two versions of one log, one is a prefix of the other. After rotation by copytruncate the
content begins anew, and so does a new source. See docs/decisions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HEAD_LINES: Final = 256
HEAD_BYTES: Final = 1 << 20

_Prefix = tuple[int, str]


def digest(data: bytes) -> str:
    """Return the hash of some content: 16 hex digits of BLAKE2b."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """Hashes of a source's content up to each of its first line ends: (bytes, hash)."""

    prefixes: tuple[_Prefix, ...]

    @classmethod
    def of(cls, data: bytes, *, is_all: bool) -> Head:
        """Hash the first bytes of a source; ``is_all`` says that no more will ever follow."""
        prefixes: list[_Prefix] = []
        running = hashlib.blake2b(digest_size=8)
        start = 0
        while len(prefixes) < HEAD_LINES and start < len(data):
            end = data.find(b"\n", start) + 1
            if end == 0:
                # An unfinished line may grow yet; it counts only where there is no other.
                if not is_all or prefixes:
                    break
                end = len(data)
            running.update(data[start:end])
            prefixes.append((end, running.hexdigest()))
            start = end
        return cls(tuple(prefixes))

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
    """A source the store has seen: its identity, its head, its format, and its last bytes.

    ``tail`` is the hash of the last ``tail_length`` bytes before ``offset``.
    """

    log_source: str
    head: Head
    log_format: str
    offset: int
    tail_length: int
    tail: str


def recognised(head: Head, known: Sequence[KnownSource]) -> KnownSource | None:
    """Return the known source whose content this is a version of, if any."""
    same = [source for source in known if source.head.agrees(head)]
    return max(same, key=lambda source: len(source.head.prefixes), default=None)


def new_identity(head: Head, known: Sequence[KnownSource]) -> str:
    """Return the identity of a source nobody has seen: the hash of its first line.

    Where another source begins with the same lines, of as many lines as tell them apart.
    """
    taken = {source.log_source for source in known}
    for _, value in head.prefixes:
        if value not in taken:
            return value
    raise ValueError("the source is known: call recognised() first")
