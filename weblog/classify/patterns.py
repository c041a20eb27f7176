"""Many regular expressions against many strings: which is the first that matches?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl
import ua_parser_rs


class FirstMatch:
    """An ordered set of regular expressions, searched all at once.

    The engine under ua-parser first narrows hundreds of expressions down to the
    few whose literal parts occur in the text; the cost of a search (about 2
    microseconds) hardly grows with their number. Expressions Rust's engine does
    not know (look-around, back-references) are left to Python, in their order.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._slow: list[tuple[int, re.Pattern[str]]] = []
        rows = []
        for number, pattern in enumerate(patterns):
            row = (pattern, str(number), None, None, None, None)
            if _is_rust(pattern):
                rows.append(row)
            else:
                self._slow.append((number, re.compile(pattern)))
        self._fast = ua_parser_rs.UserAgentExtractor(rows)

    def search(self, text: str) -> int | None:
        """Return the index of the first pattern found in ``text``, or None."""
        hit = self._fast.extract(text)
        found = None if hit is None else int(hit.family)
        for number, pattern in self._slow:
            if found is not None and number > found:
                break
            if pattern.search(text):
                return number
        return found

    def search_all(self, texts: pl.Series) -> pl.Series:
        """Return for each text the index of the first pattern found in it, null for none."""
        search = self.search
        found = [None if text is None else search(text) for text in texts.to_list()]
        return pl.Series(texts.name, found, dtype=pl.Int32)


@lru_cache(maxsize=64)
def first_match(patterns: tuple[str, ...]) -> FirstMatch:
    """Return the compiled set, compiled once per process for the same patterns."""
    return FirstMatch(patterns)


def _is_rust(pattern: str) -> bool:
    try:
        ua_parser_rs.UserAgentExtractor([(pattern, "0", None, None, None, None)])
    except ValueError:
        return False
    return True


def matches_any(texts: pl.Series, patterns: Sequence[str]) -> pl.Series:
    """Tell for each text whether any of ``patterns`` is found in it; null stays null."""
    fast = [pattern for pattern in patterns if _is_rust(pattern)]
    # An alternation of nothing would match everything; [^\s\S] matches nothing.
    alternation = "|".join(f"(?:{pattern})" for pattern in fast) or r"[^\s\S]"
    found = pl.col("text").str.contains(alternation)
    answer = texts.alias("text").to_frame().select(found.alias(texts.name)).to_series()
    slow = [pattern for pattern in patterns if pattern not in fast]
    if slow:
        compiled = [re.compile(pattern) for pattern in slow]
        hits = [
            None if text is None else any(pattern.search(text) for pattern in compiled)
            for text in texts.to_list()
        ]
        answer = answer | pl.Series(texts.name, hits, dtype=pl.Boolean)
    return answer
