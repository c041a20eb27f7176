"""Paths, next pages and search terms: bars, the most on top."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.horizontal import horizontal
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import colours, layout
from reports.figures.words import word

SHOWN: Final = 12
PATH_ROW: Final = 30
LINE: Final = 16
"""Heights of a path's bar with what is between two, and of a line of its steps, in pixels."""

PATH_CHARACTERS: Final = 58
"""What fits beside each other on a phone, at the size of the figure's text."""

STEP_CHARACTERS: Final = 26


def step_name(name: str | None, language: str, longest: int) -> str:
    """Return what a step is called: shortened, and safe to show."""
    if name is None:
        return word("none", language)
    for key in ("other_pages", "no_category"):
        if name == word(key, "en"):
            return word(key, language)
    return as_text(shortened(name, longest))


def paths(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw a bar per path of :func:`reports.paths`, its steps written above it.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    rows, paint = frame.filter(~pl.col("is_other")).head(SHOWN), colours(theme)
    rest = frame.filter(pl.col("is_other"))
    titles = [_path(steps, language) for steps in rows["path"].to_list()]
    shown = pl.concat([rows, rest])
    counts = shown["sessions"].to_list()
    titles += [
        f"{word('other', language)} ({numbers.number(count, language)})" for count in rest["paths"]
    ]
    places = list(range(len(titles)))
    row = PATH_ROW + LINE * max(title.count("<br>") + 1 for title in titles)
    changes = [
        "" if change is None else f"  {numbers.change(change, 'count', language)}"
        for change in shown["change"].to_list()
    ]
    texts = [
        f"{numbers.number(count, language)} · {numbers.rate(share)}{change}"
        for count, share, change in zip(counts, shown["share"], changes, strict=True)
    ]
    # "Other" is as long as the longest path: it would make all others invisible.
    longest = max(rows["sessions"].to_list(), default=max(counts))
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": word("sessions", language),
        "x": [min(count, longest) for count in counts],
        "y": places,
        "width": 12 / row,
        "offset": 0,
        "marker": {"color": [paint.grid if o else paint.accent for o in shown["is_other"]]},
        "customdata": [f"{t}<br>{n}" for t, n in zip(titles, texts, strict=True)],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    labels = {
        "type": "scatter",
        "mode": "text",
        "x": [0] * len(places),
        "y": [place - 1 / row for place in places],
        "text": titles,
        "textposition": "top right",
        "textfont": {"color": paint.text},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    figures = {
        "type": "scatter",
        "mode": "text",
        "x": [min(count, longest) for count in counts],
        "y": [place + 6 / row for place in places],
        "text": [f" {text}" for text in texts],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    hidden = {"visible": False, "fixedrange": True}
    return {
        "data": [bars, labels, figures],
        "layout": layout(
            theme,
            height=20 + row * len(places),
            # Room for what stands beside the longest bar.
            xaxis=hidden | {"range": [0, longest * 1.75]},
            yaxis=hidden | {"range": [len(places) - 1 + 20 / row, 20 / row - 1]},
        ),
    }


def _path(steps: list[str], language: str) -> str:
    """Return the steps in a few lines, none longer than what fits on a phone."""
    lines = [""]
    for number, step in enumerate(steps):
        longest = PATH_CHARACTERS if len(steps) == 1 else STEP_CHARACTERS
        named = step_name(step, language, longest)
        if number + 1 < len(steps):
            named += " →"
        if lines[-1] and len(lines[-1]) + len(named) > PATH_CHARACTERS:
            lines.append("")
        lines[-1] += f" {named}" if lines[-1] else named
    return "<br>".join(lines)


def next_pages(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw a bar per next (or previous) page with its probability and the 95 % interval.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.filter(pl.col("share").is_not_null()).head(SHOWN)
    if rows.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    is_one = rows["page"].n_unique() == 1
    names = []
    for row in rows.to_dicts():
        end = word("left" if row["direction"] == "next" else "came_in", language)
        name = word("other", language) if row["is_other"] else end if row["is_end"] else (
            step_name(row["beside"], language, 30 if is_one else 18)
        )  # fmt: skip
        page = step_name(row["page"], language, 18)
        pair = f"{page} → {name}" if row["direction"] == "next" else f"{name} → {page}"
        names.append(name if is_one else pair)
    shares = rows["share"].to_list()
    texts = [
        f"{numbers.rate(share)} ({numbers.rate(low)} – {numbers.rate(high)}) · "
        f"{numbers.number(views, language)}"
        for share, low, high, views in rows.select("share", "low", "high", "views").rows()
    ]
    filled = [
        paint.grid if row["is_other"] else paint.compare if row["is_end"] else paint.accent
        for row in rows.to_dicts()
    ]
    bars = {
        "name": word("probability", language),
        "textposition": "none",
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": (rows["high"] - rows["share"]).to_list(),
            "arrayminus": (rows["share"] - rows["low"]).to_list(),
            "color": paint.muted,
            "thickness": 1.5,
            "width": 3,
        },
    }
    figure = horizontal(theme, told_apart(names), shares, filled, texts, bars=bars)
    highest = float(rows["high"].max())  # type: ignore[arg-type]
    values = {
        "type": "scatter",
        "mode": "text",
        "x": rows["high"].to_list(),
        "y": figure["data"][0]["y"],
        "text": [f"  {numbers.rate(share)}" for share in shares],
        "textposition": "middle right",
        "textfont": {"color": paint.text},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    figure["data"].append(values)
    figure["layout"]["xaxis"] = {
        "visible": False, "fixedrange": True, "range": [0, highest * 1.3]
    }  # fmt: skip
    return figure


def search_terms(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw a bar per search term with its searches and their change.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    rows = pl.concat(
        [frame.filter(~pl.col("is_other")).head(SHOWN), frame.filter(pl.col("is_other"))]
    )
    names = [
        word("rare_terms", language) if other else as_text(shortened(term, 30))
        for term, other in rows.select("term", "is_other").rows()
    ]
    texts = [
        numbers.number(count, language)
        + ("" if change is None else f"  {numbers.change(change, 'count', language)}")
        for count, change in rows.select("searches", "change").rows()
    ]
    bars = {
        "name": word("searches", language),
        "textfont": {"color": paint.text},
        "insidetextanchor": "end",
    }
    filled = [paint.grid if other else paint.soft for other in rows["is_other"]]
    counts = rows["searches"].to_list()
    return horizontal(theme, told_apart(names), counts, filled, texts, bars=bars)
