"""Many regular expressions against many strings: which is the first that matches?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import polars as pl
import ua_parser_rs

_PYTHONS = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]")
"""Look-around and back-references, which Rust's engine does not know."""

_LITERAL = re.compile(r"(?:[\w /:;,@!#%&'\"<>~=-]|\\[^\w\s])+")
"""Expressions that are nothing but text: their case can be folded by hand."""


class FirstMatch:
    """An ordered set of regular expressions, searched all at once.

    The engine under ua-parser first narrows hundreds of expressions down to the
    few whose literal parts occur in the text; the cost of a search (about 2
    microseconds) hardly grows with their number. Expressions Rust's engine does
    not know (look-around, back-references) are left to Python, in their order.

    With ``ignore_case`` texts and expressions are compared in lower case: compiling
    1,400 words to be found in any case takes a quarter of a second, in one case 20 ms.
    """

    def __init__(self, patterns: Sequence[str], *, ignore_case: bool = False) -> None:
        self._ignore_case = ignore_case
        if ignore_case:
            patterns = [_in_any_case(pattern) for pattern in patterns]
        fast = [row for row in enumerate(patterns) if not _PYTHONS.search(row[1])]
        try:
            # Trying them one by one takes twice as long: only where it must be.
            self._fast = _extractor(fast)
        except ValueError:
            fast = [row for row in fast if _is_rust(row[1])]
            self._fast = _extractor(fast)
        kept = {number for number, _ in fast}
        self._slow = [
            (number, re.compile(pattern))
            for number, pattern in enumerate(patterns)
            if number not in kept
        ]

    def search(self, text: str) -> int | None:
        """Return the index of the first pattern found in ``text``, or None."""
        return self._search(text.lower() if self._ignore_case else text)

    def _search(self, text: str) -> int | None:
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
        search = self._search
        if self._ignore_case:
            texts = texts.str.to_lowercase()
        found = [None if text is None else search(text) for text in texts.to_list()]
        return pl.Series(texts.name, found, dtype=pl.Int32)


def _in_any_case(pattern: str) -> str:
    return pattern.lower() if _LITERAL.fullmatch(pattern) else f"(?i:{pattern})"


def _extractor(patterns: Sequence[tuple[int, str]]) -> ua_parser_rs.UserAgentExtractor:
    return ua_parser_rs.UserAgentExtractor(
        [(pattern, str(number), None, None, None, None) for number, pattern in patterns]
    )


@lru_cache(maxsize=64)
def first_match(patterns: tuple[str, ...]) -> FirstMatch:
    """Return the compiled set, compiled once per process for the same patterns."""
    return FirstMatch(patterns)


def _is_rust(pattern: str) -> bool:
    try:
        _extractor([(0, pattern)])
    except ValueError:
        return False
    return True


def matches_any(texts: pl.Series, patterns: Sequence[str]) -> pl.Series:
    """Tell for each text whether any of ``patterns`` is found in it; null stays null."""
    if not patterns:
        nothing = pl.when(texts.is_not_null()).then(pl.lit(value=False))
        return pl.select(nothing.alias(texts.name)).to_series()
    fast = [f"(?:{pattern})" for pattern in patterns if _is_polars(f"(?:{pattern})")]
    answer = _found(texts, fast)
    slow = [pattern for pattern in patterns if f"(?:{pattern})" not in fast]
    if slow:
        compiled = [re.compile(pattern) for pattern in slow]
        hits = [
            None if text is None else any(pattern.search(text) for pattern in compiled)
            for text in texts.to_list()
        ]
        answer = answer | pl.Series(texts.name, hits, dtype=pl.Boolean)
    return answer


def _found(texts: pl.Series, patterns: Sequence[str]) -> pl.Series:
    # An alternation of nothing would match everything; [^\s\S] matches nothing.
    alternation = "|".join(patterns) or r"[^\s\S]"
    if _is_polars(alternation):
        return texts.str.contains(alternation)
    # Each fits into polars' limit of size, all together do not.
    half = len(patterns) // 2
    return _found(texts, patterns[:half]) | _found(texts, patterns[half:])


@lru_cache(maxsize=4096)
def _is_polars(pattern: str) -> bool:
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.ComputeError:
        return False
    return True
