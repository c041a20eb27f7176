"""Who is to be erased: everything in a store that is this person's, by its ids.

Which visitors are whose is :func:`sessionize.person_of`'s to say; here it is only a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final
from urllib.parse import quote

SHORTEST: Final = 6
"""Characters of a text that is sought in other texts; shorter ones with a letter and a digit
need :data:`SHORTEST_MIXED`. A customer called 12 is found in columns of ids alone: else half of
all pages would be about him."""

SHORTEST_MIXED: Final = 4

IDS: Final = ("customer_id", "visitor_id", "session_id", "log_source")
"""Columns that hold one id and nothing else: they are compared whole."""

_BEGIN: Final = r"(?:(?<=%[0-9A-Fa-f]{2})|(?<![0-9A-Za-z]))"
_END: Final = r"(?![0-9A-Za-z])"


@dataclass(frozen=True, slots=True)
class Person:
    """What is a person's.

    Attributes:
        customers: ids in the register.
        visitors: browsers that are this person's alone.
        lines: hits on browsers that others use, too: log source to line numbers.
        texts: words that mean this person wherever they stand: an e-mail address, a contract's
            number.
        clients: what is stored of addresses from which only this person came. They go with the
            rows; that they are gone is sought for.
    """

    customers: tuple[str, ...] = ()
    visitors: tuple[str, ...] = ()
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Customers and visitors."""
        return (*self.customers, *self.visitors)

    @property
    def words(self) -> tuple[str, ...]:
        """What is taken out of other people's texts, too: the ids and texts that are telling."""
        return tuple(sorted({each for each in (*self.ids, *self.texts) if is_telling(each)}))

    @property
    def sought(self) -> tuple[str, ...]:
        """What must not be found any more, anywhere."""
        return tuple(sorted({*self.words, *filter(is_telling, self.clients)}))

    def to_json(self) -> str:
        """The person as text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Person:
        """Return the person that is ``text``."""
        told = json.loads(text)
        lines = {source: tuple(numbers) for source, numbers in told.pop("lines").items()}
        return cls(**{name: tuple(values) for name, values in told.items()}, lines=lines)


def is_telling(text: str) -> bool:
    """Say whether a text is long enough to mean somebody wherever it stands.

    >>> is_telling("C1001"), is_telling("1001"), is_telling("kim@x.kr")
    (True, False, True)
    """
    is_mixed = any(each.isdigit() for each in text) and any(each.isalpha() for each in text)
    return len(text) >= SHORTEST or (len(text) >= SHORTEST_MIXED and is_mixed)


def spellings(words: Iterable[str]) -> list[str]:
    """Return words and how they look percent-encoded, the longest first."""
    found = {spelt for word in words for spelt in (word, quote(word, safe=""), quote(word))}
    return sorted(found, key=lambda text: (-len(text), text))


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of ``words`` as a whole, in any case, percent-encoded or not."""
    either = "|".join(map(re.escape, spellings(words)))
    return re.compile(f"{_BEGIN}(?:{either}){_END}", re.IGNORECASE)


def finder(words: Iterable[str]) -> Callable[[bytes], bool]:
    """Return what says whether bytes hold any of ``words`` as a whole."""
    known = spellings(words)
    if not known:
        return lambda _: False
    either = b"|".join(re.escape(word.encode()) for word in known)
    begin, end = _BEGIN.encode(), _END.encode()
    found = re.compile(begin + b"(?:" + either + b")" + end, re.IGNORECASE)
    plain = {word.encode().lower() for word in known}

    def holds(data: bytes) -> bool:
        # A cheap look first: the expression is tried at every byte.
        lower = data.lower()
        return any(word in lower for word in plain) and found.search(data) is not None

    return holds
