"""A funnel: a bar per step, and beside it who was lost on the way there."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from reports.ask import SMALL
from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.names import as_text, shortened, told_apart
from reports.figures.theme import ROW_HEIGHT, axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word

ROW = 52


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the steps of :func:`reports.funnel`; broken down, the conversion of each part.

    Raises:
        UnknownNameError: no such language or theme.
    """
    if frame.is_empty() or not frame["reached"].sum():
        return empty(language, theme)
    if frame["kind"][0] is not None:
        return _parts(frame, language, theme)
    return _steps(frame, language, theme)


def _steps(frame: pl.DataFrame, language: str, theme: str) -> dict[str, Any]:
    paint = colours(theme)
    reached = frame["reached"].to_list()
    gone = [0, *(before - now for before, now in pairwise(reached))]
    places = list(range(len(reached)))
    titles = [
        f"{number}. {as_text(shortened(name, 28))}" + ("" if rate is None else f" — {said}")
        for number, (name, rate, said) in enumerate(
            zip(frame["step_name"], frame["rate"], _of_previous(frame, language), strict=True), 1
        )
    ]
    overall = [
        f"{numbers.number(count, language)} · {numbers.rate(rate)}"
        for count, rate in frame.select("reached", "overall_rate").rows()
    ]
    of_step = [
        ""
        if rate is None
        else f"{numbers.rate(rate)} {word('of_previous', language)} "
        f"({numbers.rate(low)} – {numbers.rate(high)})"
        for rate, low, high in frame.select("rate", "low", "high").rows()
    ]
    hovers = [
        "<br>".join(part for part in parts if part)
        for parts in zip(titles, overall, of_step, strict=True)
    ]
    shared = {"type": "bar", "orientation": "h", "y": places, "width": 0.42, "offset": 0}
    kept = shared | {
        "name": word(frame["unit"][0], language),
        "x": reached,
        "marker": {"color": paint.accent},
        "customdata": hovers,
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    lost = shared | {
        "name": word("lost", language),
        "x": gone,
        "marker": {"color": paint.bad},
        "opacity": 0.3,
        "customdata": [numbers.number(count, language) for count in gone],
        "hovertemplate": f"{word('lost', language)}: %{{customdata}}<extra></extra>",
    }
    written = {"type": "scatter", "mode": "text", "cliponaxis": False, "hoverinfo": "skip",
               "showlegend": False}  # fmt: skip
    names = written | {
        "x": [0] * len(places),
        "y": [place - 0.03 for place in places],
        "text": titles,
        "textposition": "top right",
        "textfont": {"color": paint.text},
    }
    values = written | {
        "x": [now + out for now, out in zip(reached, gone, strict=True)],
        "y": [place + 0.21 for place in places],
        "text": [f" {said}" for said in overall],
        "textposition": "middle right",
    }
    hidden = {"visible": False, "fixedrange": True}
    return {
        "data": [kept, lost, names, values],
        "layout": layout(
            theme,
            height=56 + ROW * len(places),
            barmode="stack",
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "top"},
            margin={"l": 8, "r": 12, "t": 8, "b": 30},
            xaxis=hidden | {"range": [0, max(reached) * 1.6]},
            yaxis=hidden | {"range": [len(places) - 0.45, -0.5]},
        ),
    }


def _of_previous(frame: pl.DataFrame, language: str) -> list[str]:
    return [f"{numbers.rate(rate)} {word('of_previous', language)}" for rate in frame["rate"]]


def _parts(frame: pl.DataFrame, language: str, theme: str) -> dict[str, Any]:
    """Draw how many of each part come to the last step, with the 95 % interval."""
    last = frame.filter(pl.col("step") == frame["step"].max())
    began = frame.filter(pl.col("step") == 1).select("name", pl.col("reached").alias("began"))
    rows = last.join(began, on="name", nulls_equal=True, maintain_order="left")
    rows = rows.filter(pl.col("began") > 0).head(15)
    paint = colours(theme)
    names = [
        as_text(shortened(name or word("none", language), 24)) for name in rows["name"].to_list()
    ]
    rates = rows["overall_rate"]
    points = {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "name": word("conversion_rate", language),
        "x": rates.to_list(),
        "y": told_apart(names),
        "marker": {"color": [paint.compare if of < SMALL else paint.accent for of in rows["began"]],
                   "size": 9},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": (rows["overall_high"] - rates).to_list(),
            "arrayminus": (rates - rows["overall_low"]).to_list(),
            "color": paint.compare,
            "thickness": 1.5,
            "width": 0,
        },
        "text": [
            f"{numbers.rate(rate)} ({numbers.rate(low)} – {numbers.rate(high)}), "
            f"{numbers.number(reached, language)} / {numbers.number(of, language)}"
            for rate, low, high, reached, of in rows.select(
                "overall_rate", "overall_low", "overall_high", "reached", "began"
            ).rows()
        ],
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }  # fmt: skip
    highest = float(rows["overall_high"].max())  # type: ignore[arg-type]
    return {
        "data": [points],
        "layout": layout(
            theme,
            height=60 + ROW_HEIGHT * rows.height,
            xaxis=axis(
                theme,
                grid=True,
                title={"text": f"{as_text(shortened(rows['step_name'][0], 30))} "
                       f"({word('of_all', language)})"},
                **ticks(0, highest, "rate", language),
            ),
            yaxis=axis(theme, autorange="reversed", type="category"),
        ),
    }  # fmt: skip
