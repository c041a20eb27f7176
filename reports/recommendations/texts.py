"""What is said to a customer at a moment: of each slot, the text of highest priority that holds.

Conditions are SQL over :data:`reports.recommendations.moments.COLUMNS`, tried in the order of
priority, the higher first, and of the file where that is the same. A comparison with a null
does not hold, and a text that names a value which is not known is not said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import Formatter
from typing import Final

import numpy as np
import polars as pl

from reports.recommendations.moments import SCHEMA
from reports.recommendations.settings import Text

SITUATIONS: Final = 200_000
"""Situations that texts are tried on, to find those that are never said."""

_DOMAINS: Final[dict[str, tuple[int, int]]] = {
    "hour": (0, 23),
    "weekday": (1, 7),
    "days_to_birthday": (0, 366),
    "days_to_joining_anniversary": (0, 366),
    "years_joined": (1, 150),
    "days_to_maturity": (0, 100_000),
    "purchases_in_force": (0, 10_000),
    "days_since_last_visit": (0, 100_000),
}
"""The values each number can have at all: no text is said at 25 o'clock."""

_ALWAYS: Final = frozenset({"hour", "weekday", "purchases_in_force"})
"""Columns that are never null."""


def said(texts: Sequence[Text], moments: pl.DataFrame) -> dict[str, pl.Series]:
    """Return, of each slot, the place in ``texts`` of what is said to each row; null for nothing.

    Args:
        texts: as the settings have them, validated.
        moments: columns as :data:`~.moments.SCHEMA`; others are let be.
    """
    chosen: dict[str, pl.Expr] = {}
    for number in reversed(_in_order(texts)):
        text = texts[number]
        before = chosen.get(text.slot, pl.lit(None, pl.Int64))
        chosen[text.slot] = pl.when(_holds(text)).then(pl.lit(number)).otherwise(before)
    found = moments.with_columns(
        expr.cast(pl.Int64).alias(f"said in {slot}") for slot, expr in chosen.items()
    )
    return {slot: found[f"said in {slot}"] for slot in sorted(chosen)}


def words_said(texts: Sequence[Text], moment: pl.DataFrame, language: str) -> dict[str, str]:
    """Return what is said in each slot to the customer of the one row, values filled in."""
    values = moment.row(0, named=True)
    return {
        slot: getattr(texts[number], language).format(**values)
        for slot, chosen in said(texts, moment).items()
        if (number := chosen[0]) is not None
    }


def never_said(texts: Sequence[Text], segments: Sequence[str]) -> list[Text]:
    """Return the texts that are said in no situation: others come before them, or none fits.

    Situations are made of the values that the conditions name, their neighbours, null, and the
    segments there are: all combinations, or :data:`SITUATIONS` of them drawn from a fixed seed.
    """
    found = []
    for number, text in enumerate(texts):
        situations = _situations(text, texts, segments)
        chosen = said(texts, situations)[text.slot]
        if not (chosen == number).any():
            found.append(text)
    return found


def _in_order(texts: Sequence[Text]) -> list[int]:
    return sorted(range(len(texts)), key=lambda number: (-texts[number].priority, number))


def _holds(text: Text) -> pl.Expr:
    holds = pl.sql_expr(text.when).fill_null(value=False)
    for name in sorted(_named(text)):
        holds &= pl.col(name).is_not_null()
    return holds


def _named(text: Text) -> set[str]:
    parts = [*Formatter().parse(text.en), *Formatter().parse(text.ko)]
    return {name for _, name, _, _ in parts if name}


def _situations(text: Text, texts: Sequence[Text], segments: Sequence[str]) -> pl.DataFrame:
    """Return situations in which the condition of ``text`` holds."""
    rivals = [other for other in texts if other.slot == text.slot]
    own = _columns([text])
    others = sorted(_columns(rivals) - own)
    values = {name: _values(name, rivals, segments) for name in SCHEMA}
    frame = _blank(_crossed({name: values[name] for name in sorted(own)}))
    frame = frame.filter(_holds(text))
    rest = _crossed({name: values[name] for name in others})
    # So many that all situations of the text meet all of the rest, or as many as are looked at.
    whole = frame.height * rest.height
    if whole <= SITUATIONS:
        return _blank(frame.drop(others).join(rest, how="cross") if others else frame)
    random = np.random.default_rng(0)
    drawn = frame.drop(others)[random.integers(0, frame.height, SITUATIONS)]
    return _blank(
        pl.concat([drawn, rest[random.integers(0, rest.height, SITUATIONS)]], how="horizontal")
    )


def _columns(texts: Sequence[Text]) -> set[str]:
    named = {name for text in texts for name in _named(text)}
    return named | {name for text in texts for name in pl.sql_expr(text.when).meta.root_names()}


def _crossed(values: dict[str, list[object]]) -> pl.DataFrame:
    """Return all combinations, or as many as are looked at, drawn from a fixed seed."""
    series = {name: pl.Series(each, dtype=SCHEMA[name]) for name, each in values.items()}
    combinations = float(np.prod([float(len(each)) for each in series.values()], initial=1.0))
    if combinations > SITUATIONS:
        random = np.random.default_rng(0)
        return pl.DataFrame(
            {
                n: each.gather(random.integers(0, len(each), SITUATIONS))
                for n, each in series.items()
            }
        )
    frame = pl.DataFrame({"": [0]})
    for name, each in series.items():
        frame = frame.join(pl.DataFrame({name: each}), how="cross")
    return frame.drop("") if series else frame


def _blank(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with all columns conditions may name; what is not there is null."""
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in SCHEMA.items()
        if name not in frame.columns
    ]
    return frame.with_columns(missing).select(SCHEMA.names())


def _values(name: str, texts: Sequence[Text], segments: Sequence[str]) -> list[object]:
    """Return values of a column at which some condition may begin or cease to hold."""
    nothing: list[object] = [] if name in _ALWAYS else [None]
    if SCHEMA[name] == pl.String:
        return [*sorted(segments), *nothing]
    low, high = _DOMAINS[name]
    if high - low < 24:
        return [*range(low, high + 1), *nothing]
    conditions = " ".join(text.when for text in texts)
    told = {int(float(each)) for each in re.findall(r"\d+(?:\.\d+)?", conditions)}
    near = {each + step for each in told for step in (-1, 0, 1)} | {low, high, 29}
    return [*sorted(value for value in near if low <= value <= high), *nothing]
