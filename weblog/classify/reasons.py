"""Why an agent is a robot, in one line: the list and its version, the rule, the text it found.

::

    crawler-user-agents 1.67.0: Googlebot "Googlebot/"
    weblog signs 1.0.0: contact address "http://example.com"
    site.toml: agents ^PriceWatch "PriceWatch"

The column ``bot_reason`` of a hit holds such a line; :func:`parts_of` takes it apart again.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

SITE: Final = "site.toml"
"""The list that is the site's own: its rule is told whole, so it needs no version."""

LONGEST: Final = 60
"""Characters shown of the text a rule found: an agent is written by a stranger."""

_PARTS = r'^(?P<list>.*?)(?: (?P<version>\d[^ :]*))?: (?P<rule>.*?)(?: "(?P<text>[^"]*)")?$'

_UNFIT = re.compile(r'["\x00-\x1f\x7f-\x9f\u2028\u2029]')


def written(source: str, version: str | None, rule: str, text: str | None = None) -> str:
    """Return the line that says why: ``source`` is the list's name."""
    head = source if version is None else f"{source} {version}"
    shown = _UNFIT.sub("'", text or "")[:LONGEST]
    return f'{head}: {rule} "{shown}"' if shown else f"{head}: {rule}"


def found_in(text: str, pattern: re.Pattern[str]) -> str | None:
    """Return what an expression finds in an agent, with the rest of the words it cuts.

    >>> found_in("Mozilla/5.0 (compatible; MJ12bot/v1.4.8)", re.compile("bot"))
    'MJ12bot'
    """
    found = pattern.search(text)
    if found is None:
        return None
    begin, end = found.span()
    if begin < end and _in_word(text[begin]):
        while begin > 0 and _in_word(text[begin - 1]):
            begin -= 1
    if begin < end and _in_word(text[end - 1]):
        while end < len(text) and _in_word(text[end]):
            end += 1
    return text[begin:end].strip()


def _in_word(character: str) -> bool:
    return character.isalnum() or character in "-_"


def parts_of(reasons: pl.Series) -> pl.DataFrame:
    """Take reasons apart.

    Args:
        reasons: text, null for people.

    Returns:
        One row per input row: ``list``, ``version`` (null for the site's own rules),
        ``rule``, ``text`` (null where nothing was found, as in a missing agent).
    """
    groups = reasons.alias("reason").to_frame().select(pl.col("reason").str.extract_groups(_PARTS))
    return groups.unnest("reason").select("list", "version", "rule", "text")
