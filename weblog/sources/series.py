"""The order of rotated logs, told from their names: which belong together, oldest first.

Order changes no figure (promise 2), but first lines tell identities and formats, and people
who watch an ingest expect time to pass forwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

PACKED: Final = re.compile(r"\.(?:gz|bz2|xz|lzma|zst|zstd|z|zip)$", re.IGNORECASE)
"""Endings compression gives a name."""

_KIND: Final = re.compile(
    r"[._-](log|txt|json|jsonl|ndjson|csv|tsv|out|w3c)(?![^._-])", re.IGNORECASE
)
_ROTATED: Final = re.compile(r"\.(\d{1,3})$")
_DATE: Final = re.compile(
    r"""
    (?<!\d)
    (?P<day>                                                             # 2025-11 or 2025-11-01
        (?:19|20)\d\d ([-_.]?) (?:0[1-9]|1[0-2]) (?: \2 (?:0[1-9]|[12]\d|3[01]) )?
      | (?<=[a-z])(?<!\d) \d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])   # u_ex251101
      | 1\d{9}                                                           # seconds
    )
    (?: T?\d{2,6}Z? | [-_.T]\d{1,10}Z?(?![\da-z]) )*                                # hour, count
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(\d+)")

Key = tuple[tuple[int, int, str], ...]


def natural(text: str) -> Key:
    """Return a key by which texts sort with the numbers in them compared as numbers.

    >>> sorted(["log.10", "log.9"], key=natural)
    ['log.9', 'log.10']
    """
    parts = _NUMBER.split(text)
    return tuple((0, int(part), part) if part.isdigit() else (1, 0, part) for part in parts)


@dataclass(frozen=True)
class LogName:
    """A log's path, taken apart.

    >>> LogName("logs/access.log.2.gz").series
    ('logs', 'access', 'log')
    >>> LogName("logs/access.log-20251101").age < LogName("logs/access.log").age
    True
    """

    path: str

    @cached_property
    def _stem(self) -> str:
        return PACKED.sub("", Path(self.path).name)

    @cached_property
    def _date(self) -> re.Match[str] | None:
        return _DATE.search(self._stem)

    @property
    def series(self) -> tuple[str, str, str]:
        """Folder, name and kind without what rotation put there: the same for logs of a series."""
        name = self._stem[: self._date.start()] if self._date else _ROTATED.sub("", self._stem)
        kinds = _KIND.findall(self._stem)
        name = re.sub(rf"[._-]{kinds[-1]}$", "", name.rstrip("._-")) if kinds else name
        return str(Path(self.path).parent), name.rstrip("._-"), kinds[-1] if kinds else ""

    @property
    def age(self) -> tuple[int, str, tuple[int, ...], Key]:
        """A key that sorts the logs of one series oldest first.

        Dated ones come first, by date; then numbered ones, the highest number first, since
        ``.1`` is newer than ``.2``; then the one that is still written.
        """
        tie = natural(self.path)
        if self._date:
            day = "".join(_NUMBER.findall(self._date["day"]))
            after = _NUMBER.findall(self._date[0].removeprefix(self._date["day"]))
            return 0, day, tuple(map(int, after)), tie
        if rotated := _ROTATED.search(self._stem):
            return 1, "", (-int(rotated[1]),), tie
        return 2, "", (), tie


def oldest_first(paths: list[str]) -> list[str]:
    """Sort every series oldest first, and the series in the order they are first met.

    >>> oldest_first(["a.log", "b.log", "a.log.1", "a.log.10.gz", "a.log.2.gz"])
    ['a.log.10.gz', 'a.log.2.gz', 'a.log.1', 'a.log', 'b.log']
    """
    names = [LogName(path) for path in paths]
    met: dict[tuple[str, str, str], int] = {}
    for name in names:
        met.setdefault(name.series, len(met))
    return [name.path for name in sorted(names, key=lambda name: (met[name.series], name.age))]
