"""One day's log, collected as columns and rendered as text at the end.

Strings that repeat (URLs, agents, addresses) are kept once in pools and named by
number; a line is put together by polars from pieces of those pools. That is what
makes ten million lines a matter of a minute or two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import polars as pl

from sample_logs.company import ORIGIN
from sample_logs.pages import URLS, Ints
from sample_logs.rhythm import DAY, Window


class Sort(IntEnum):
    """What a line truly is; truth/lines.csv counts them."""

    PAGE = 0
    EVENT = 1
    ASSET = 2
    FORM = 3
    REDIRECT = 4
    ERROR = 5
    MAIL = 6
    BOT = 7
    INTERNAL = 8
    ODD = 9
    BROKEN = 10


GET, POST, HEAD = 0, 1, 2
_METHODS: Final = (' "GET ', ' "POST ', ' "HEAD ')
_PROTOCOLS: Final = ("HTTP/1.1", "HTTP/2.0")
_CLOCK: Final = [
    f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d} +0900]"
    for second in range(DAY)
]
NO_REFERRER: Final = -1
"""The number of no referrer; those from elsewhere count on downward, pages' are above."""


def dotted(address: int) -> str:
    """An IPv4 address as text."""
    return f"{address >> 24 & 255}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


@dataclass(slots=True)
class Lines:
    """Rendered lines with what is needed to sort, split and count them."""

    at: Ints
    server: Ints
    sort: Ints
    text: list[str]

    def take(self, rows: Ints) -> Lines:
        """The chosen rows, in that order."""
        text = self.text
        return Lines(
            self.at[rows], self.server[rows], self.sort[rows], [text[row] for row in rows.tolist()]
        )


def joined_lines(*parts: Lines) -> Lines:
    """All lines of ``parts``."""
    return Lines(
        np.concatenate([part.at for part in parts]),
        np.concatenate([part.server for part in parts]),
        np.concatenate([part.sort for part in parts]),
        [line for part in parts for line in part.text],
    )


class DayLog:
    """Collects a day's hits; ``day`` is the day's number in ``window``."""

    def __init__(self, window: Window, day: int, *, with_cookie: bool) -> None:
        self.window = window
        self.day = day
        self.with_cookie = with_cookie
        self.urls = list(URLS)
        self.referrers = {"-": NO_REFERRER}
        self.users = ["-"]
        self._heads: list[str] = []
        self._tails: list[str] = []
        self._columns: list[tuple[Ints, ...]] = []

    def actor(self, address: str, agent: str, cookie: str = "-") -> int:
        """Name a client; return its number."""
        self._heads.append(f"{address} - ")
        self._tails.append(f'" "{agent}" "{cookie}"' if self.with_cookie else f'" "{agent}"')
        return len(self._heads) - 1

    def url(self, url: str) -> int:
        """Name a URL that is no page's own; return its number."""
        self.urls.append(url)
        return len(self.urls) - 1

    def referrer(self, text: str) -> int:
        """Name a referrer from elsewhere; return its (negative) number."""
        return self.referrers.setdefault(text, -1 - len(self.referrers))

    def user(self, name: str) -> int:
        """Name a logged-in customer; return the number."""
        self.users.append(name)
        return len(self.users) - 1

    def add(
        self,
        *,
        at: Ints,
        actor: Ints | int,
        url: Ints | int,
        sort: Ints | int,
        server: Ints | int,
        status: Ints | int = 200,
        size: Ints | int = 0,
        referrer: Ints | int = NO_REFERRER,
        user: Ints | int = 0,
        method: Ints | int = GET,
        protocol: Ints | int = 1,
    ) -> None:
        """Add hits; single numbers hold for all of them. A size of 0 is logged as '-'."""
        count = len(at)
        values = (at, actor, url, sort, server, status, size, referrer, user, method, protocol)
        self._columns.append(
            tuple(np.broadcast_to(np.asarray(value, dtype=np.int64), count) for value in values)
        )

    def render(self) -> Lines:
        """All hits as lines, in the order added."""
        at, actor, url, sort, server, status, size, referrer, user, method, protocol = (
            np.concatenate(column) for column in zip(*self._columns, strict=True)
        )
        outside = len(self.urls) - 1 - referrer
        referrer = np.where(referrer < 0, outside, referrer)
        referrers = [f'"{ORIGIN}{url}' for url in self.urls]
        referrers += [f'"{text}' for text in self.referrers]
        day_of = (at // DAY - self.day).clip(0, 2)
        dates = [f" [{self.window.date(self.day + n):%d/%b/%Y}:" for n in range(3)]
        answers, answer = _answers(status, protocol)
        sizes, size_of = np.unique(size, return_inverse=True)
        pieces = [
            _gather(self._heads, actor),
            _gather(self.users, user),
            _gather(dates, day_of),
            _gather(_CLOCK, at % DAY),
            _gather(list(_METHODS), method),
            _gather(self.urls, url),
            _gather(answers, answer),
            _gather([f"{value} " if value else "- " for value in sizes.tolist()], size_of),
            _gather(referrers, referrer),
            _gather(self._tails, actor),
        ]
        frame = pl.DataFrame({str(n): piece for n, piece in enumerate(pieces)})
        text = frame.select(pl.concat_str(pl.all())).to_series().to_list()
        return Lines(at, server, sort, text)


def _answers(status: Ints, protocol: Ints) -> tuple[list[str], Ints]:
    distinct, place = np.unique(status * 2 + protocol, return_inverse=True)
    return [f' {_PROTOCOLS[key % 2]}" {key // 2} ' for key in distinct.tolist()], place


def _gather(pool: list[str], rows: Ints) -> pl.Series:
    return pl.Series(pool, dtype=pl.String).gather(pl.Series(rows))
