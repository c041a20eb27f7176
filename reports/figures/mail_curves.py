"""How fast mails are opened, or their links followed: a curve per mailing."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.curves import DRAWN
from reports.figures.empty import empty
from reports.figures.mail_names import mail_names
from reports.figures.theme import axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word
from weblog.errors import UnknownNameError

EVENTS: Final = ("opened", "clicked")

LAST_HOUR: Final = 96
"""Hours drawn: nearly all that happens has happened by then."""

_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash")
_TICK: Final = 12


def figure(
    frame: pl.DataFrame, language: str = "en", theme: str = "light", *, event: str = "opened"
) -> dict[str, Any]:
    """Draw the curve of each of the latest five mailings of :func:`reports.mail_times`.

    ``event`` is "opened" or "clicked".

    Raises:
        UnknownNameError: no such language, theme or event.
    """
    if event not in EVENTS:
        raise UnknownNameError("event of mails", event, list(EVENTS))
    keys = ["mailing", "name"]
    cells = frame.filter(part="summary", event=event).filter(pl.col("happened") > 0).tail(DRAWN)
    if cells.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    inks = (paint.accent, paint.average, paint.good, paint.bad, paint.muted)
    steps = frame.filter(pl.col("hour") < LAST_HOUR, part="curve", event=event)
    traces = []
    for at, (key, label) in enumerate(
        zip(cells.select(keys).rows(), mail_names(cells, language), strict=True)
    ):
        own = pl.col("mailing").eq_missing(pl.lit(key[0])) & pl.col("name").eq_missing(
            pl.lit(key[1], pl.String)
        )
        line = {"color": inks[at], "width": 2.2, "shape": "hv", "dash": _DASHES[at]}
        traces.append(_curve(steps.filter(own), label.replace("<br>", " · "), line))
    highest = max(float(end) for trace in traces for end in trace["y"])
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=380,
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            margin={"l": 8, "r": 16, "t": 8, "b": 8},
            xaxis=axis(
                theme,
                title={"text": word("hours_since_sent", language)},
                range=[0, LAST_HOUR],
                tickmode="array",
                tickvals=list(range(0, LAST_HOUR + 1, _TICK)),
                ticktext=[str(hour) for hour in range(0, LAST_HOUR + 1, _TICK)],
            ),
            yaxis=axis(
                theme,
                grid=True,
                title={"text": word(f"share_{event}", language)},
                **ticks(0, highest, "rate", language),
            ),
        ),
    }


def _curve(steps: pl.DataFrame, name: str, line: dict[str, Any]) -> dict[str, Any]:
    """Return the line of one mailing: it has risen by the end of the hour."""
    rows = steps.select("hour", "share", "low", "high").rows()
    ends = [hour + 1 for hour, *_ in rows]
    last = ends[-1] if ends else 0
    more = [LAST_HOUR] if last < LAST_HOUR else []
    shares = [share for _, share, _, _ in rows]
    told = [
        f"{hour + 1} h: {numbers.rate(share)} ({numbers.rate(low)} – {numbers.rate(high)})"
        for hour, share, low, high in rows
    ]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [0, *ends, *more],
        "y": [0.0, *shares, *([shares[-1] if shares else 0.0] if more else [])],
        "line": line,
        "text": ["", *told, *([told[-1] if told else ""] if more else [])],
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
    }
