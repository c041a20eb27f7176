"""Opens, clicks and visits of mails: people's, and those of machines by rule."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.theme import colours
from reports.figures.words import word


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw how many traces of each kind people left, and how many machines, by rule.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names, filled, texts = [], [], []
    for trace, rule, traces, share in frame.select("trace", "rule", "traces", "share").rows():
        who = word("by_people" if rule is None else f"rule_{rule}", language)
        names.append(f"{word(f'trace_{trace}', language)} · {who}")
        filled.append(paint.accent if rule is None else paint.grid)
        texts.append(
            f"{numbers.number(traces, language)}  {numbers.shown(share, 'rate', language)}"
        )
    bars = {"name": word("mail_traces", language), "textposition": "outside",
            "textfont": {"color": paint.text}}  # fmt: skip
    most = float(frame["traces"].max() or 1)  # type: ignore[arg-type]
    xaxis = {"visible": False, "fixedrange": True, "range": [0, most * 1.35]}
    return horizontal(
        theme, names, frame["traces"].to_list(), filled, texts, bars=bars, xaxis=xaxis
    )


def recipients(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw how far each row of :func:`reports.mail_recipients` came, the farthest counted.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    how_far = (
        pl.when("is_held_out").then(pl.lit("held_out"))
        .when(pl.col("bounced").is_not_null()).then(pl.lit("bounced"))
        .when(pl.col("bought_on").is_not_null()).then(pl.lit("bought"))
        .when(pl.col("visited_at").is_not_null()).then(pl.lit("visited"))
        .when(pl.col("clicked_at").is_not_null()).then(pl.lit("clicked"))
        .when(pl.col("opened_at").is_not_null()).then(pl.lit("opened"))
        .otherwise(pl.lit("nothing"))
    )  # fmt: skip
    order = ("bought", "visited", "clicked", "opened", "nothing", "bounced", "held_out")
    found = dict(frame.group_by(how_far.alias("how_far")).len().rows())
    shown = [name for name in order if name in found]
    counts = [found[name] for name in shown]
    texts = [
        f"{numbers.number(count, language)}  {numbers.rate(count / frame.height)}"
        for count in counts
    ]
    filled = [paint.accent if name in order[:3] else paint.soft for name in shown]
    names = [word(f"far_{name}", language) for name in shown]
    bars = {"name": word("mails", language), "textposition": "outside",
            "textfont": {"color": paint.text}}  # fmt: skip
    xaxis = {"visible": False, "fixedrange": True, "range": [0, max(counts) * 1.35]}
    return horizontal(theme, names, counts, filled, texts, bars=bars, xaxis=xaxis)
