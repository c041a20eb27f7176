"""Days out of line and lasting changes on the trend: a small chart per series that has some."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.empty import empty
from reports.figures.names import as_text, shortened
from reports.figures.theme import Theme, axis, colours, layout
from reports.figures.ticks import ticks
from reports.figures.words import word

SHOWN: Final = 5
"""Charts at most: all sessions, and the series with most found."""

LABELS: Final = 3
"""Runs of days with a label in a chart: the surest; all of them have a point."""

MANY_TIMES: Final = 10

_HEIGHT: Final = 150
_GAP: Final = 44
_TICKS: Final = 4
_AROUND: Final = 16
"""Share of the days, as 1 in so many, from an edge within which a label turns inward."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw what :func:`reports.anomalies` found on the trend of each series.

    The line is what was counted, the band where 95 % of ordinary days lie; points are days out
    of line, dashed lines the first days of lasting changes. Series without any are left out,
    but for all sessions.

    Raises:
        UnknownNameError: no such language or theme.
    """
    days = frame.filter(pl.col("part") != "step", pl.col("expected").is_not_null())
    if days.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    shown = _series(frame)
    first, last = days.select(pl.min("date").alias("first"), pl.max("date").alias("last")).row(0)
    span = (last - first).days
    height = shown.height * (_HEIGHT + _GAP)
    whole = 76 + height
    traces: list[dict[str, Any]] = []
    placed: dict[str, Any] = {}
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for place, row in enumerate(shown.to_dicts()):
        own = frame.filter(pl.col("series").eq_missing(row["series"]), is_all=row["is_all"])
        number = "" if place == 0 else str(place + 1)
        top = 1 - (place * (_HEIGHT + _GAP) + _GAP * 0.7) / height
        bottom = 1 - (place + 1) * (_HEIGHT + _GAP) / height
        of_days = own.filter(pl.col("part") != "step").sort("date")
        traces += _lines(of_days, first, f"y{number}", language, paint, first_chart=place == 0)
        tops = of_days.select(pl.max_horizontal(pl.max("value"), pl.max("expected_high")))
        highest = float(tops.item() or 0.0)
        marks = ticks(0, highest * 1.12 or 1.0, "count", language, 3)
        placed[f"yaxis{number}"] = axis(
            theme, grid=True, domain=[max(bottom, 0.0), top], anchor="x", **marks
        )
        notes.append(_title(row, language, paint, top))
        for found in (_steps(own, first, number, language, paint, span=span),
                      _runs(own, first, number, language, paint, span=span)):  # fmt: skip
            shapes += found[0]
            notes += found[1]
    return {
        "data": traces,
        "layout": layout(
            theme,
            height=whole,
            margin={"l": 8, "r": 16, "t": 44, "b": 28},
            showlegend=True,
            legend={
                "orientation": "h", "x": 0, "xref": "container", "y": 1, "yref": "container",
                "yanchor": "top", "itemwidth": 30,
            },
            shapes=shapes,
            annotations=notes,
            hovermode="closest",
            xaxis=axis(theme, anchor="free", position=0, **_days(first, span, language)),
            **placed,
        ),
    }  # fmt: skip


def _series(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the series to draw: all sessions, then those with most found."""
    found = (pl.col("part") != "day").sum().alias("found")
    return (
        frame.group_by("series", "is_all", maintain_order=True)
        .agg(found, pl.col("expected").count().alias("told"))
        .filter(pl.col("told") > 0, pl.col("is_all") | (pl.col("found") > 0))
        .sort("is_all", "found", descending=True, maintain_order=True)
        .head(SHOWN)
    )


def _lines(
    days: pl.DataFrame, first: date, yaxis: str, language: str, paint: Theme, *, first_chart: bool
) -> list[dict[str, Any]]:
    # Days follow each other: where the first is and how far apart they are is all there is to say.
    x0 = (days["date"][0] - first).days
    shared = {
        "type": "scatter", "yaxis": yaxis, "x0": x0, "dx": 1, "showlegend": first_chart,
    }  # fmt: skip
    measure = word(days["measure"][0], language)
    told = [
        f"{numbers.day(day, language)}: {numbers.number(value, language)} "
        f"({_rounded(low, language)} – {_rounded(high, language)})"
        for day, value, low, high in days.select(
            "date", "value", "expected_low", "expected_high"
        ).rows()
    ]
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "legendgroup": "band"}
    out = days.filter(pl.col("part") == "anomaly")
    return [
        shared | band | {"y": days["expected_low"].round(1).to_list(), "showlegend": False},
        shared | band | {
            "y": days["expected_high"].round(1).to_list(), "fill": "tonexty",
            "fillcolor": paint.soft, "name": word("ordinary_days", language),
        },
        shared | {
            "mode": "lines", "y": days["value"].to_list(), "name": measure,
            "line": {"color": paint.accent, "width": 1.8}, "text": told,
            "hovertemplate": "%{text}<extra></extra>", "legendgroup": "line",
        },
        shared | {
            "mode": "markers", "x": [(day - first).days for day in out["date"]],
            "y": out["value"].to_list(), "name": word("out_of_line", language),
            "marker": {"color": paint.bad, "size": 8}, "legendgroup": "out",
            "text": [_said(row, language) for row in out.to_dicts()],
            "hovertemplate": "%{text}<extra></extra>",
        },
    ]  # fmt: skip


def _rounded(value: float | None, language: str) -> str:
    return numbers.number(None if value is None else float(round(value)), language)


def _said(row: dict[str, Any], language: str) -> str:
    text = (
        f"{numbers.day(row['date'], language)}: {numbers.number(row['value'], language)}, "
        f"{word('expected', language)} {_rounded(row['expected'], language)} "
        f"({_rounded(row['expected_low'], language)} – {_rounded(row['expected_high'], language)})"
    )
    return f"{text}<br>{as_text(row['reason'])}" if row["reason"] else text


def _steps(
    own: pl.DataFrame, first: date, number: str, language: str, paint: Theme, *, span: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shapes, notes = [], []
    for row in own.filter(pl.col("part") == "step").to_dicts():
        x = (row["date"] - first).days - 0.5
        yref = f"y{number} domain"
        shapes.append(
            {"type": "line", "xref": "x", "yref": yref, "x0": x, "x1": x, "y0": 0, "y1": 1,
             "line": {"color": paint.average, "width": 1.5, "dash": "dash"}}
        )  # fmt: skip
        size = (
            _change(row["change"], language)
            if row["change"] is not None
            else f"{row['difference']:+,.1f}"
        )
        text = f"{numbers.day(row['date'], language)} {size}"
        notes.append(_label(x, 1.0, yref, text, paint.average, span=span, up=False))
    return shapes, notes


def _runs(
    own: pl.DataFrame, first: date, number: str, language: str, paint: Theme, *, span: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Label runs of days out of line, the surest: when, by how much, and why if it is known."""
    out = own.filter(pl.col("part") == "anomaly").sort("date")
    day = pl.col("date")
    begins = ((day - day.shift()) > timedelta(days=2)) | (
        (pl.col("difference") > 0) != (pl.col("difference").shift() > 0)
    )
    runs = (
        out.with_columns(run=begins.fill_null(value=True).cum_sum())
        .group_by("run", maintain_order=True)
        .agg(
            pl.col("date").min().alias("start"),
            pl.col("date").max().alias("end"),
            (pl.col("value").sum() / pl.col("expected").sum() - 1).alias("change"),
            pl.col("value").max().alias("top"),
            pl.col("expected_high").max().alias("high"),
            pl.col("reason").drop_nulls().unique(maintain_order=True),
            pl.col("p").min(),
        )
        .sort("p")
        .head(LABELS)
    )
    notes = []
    for row in runs.sort("start").to_dicts():
        when = numbers.day(row["start"], language)
        if row["end"] != row["start"]:
            when += f"–{numbers.day(row['end'], language)}"
        why = (
            as_text(shortened(row["reason"][len(row["reason"]) // 2], 16)) if row["reason"] else ""
        )
        change = _change(row["change"], language)
        text = "<br>".join(part for part in (why, f"{when} {change}") if part)
        middle = ((row["start"] - first).days + (row["end"] - first).days) / 2
        y = float(max(row["top"], row["high"]))
        notes.append(_label(middle, y, f"y{number}", text, paint.bad, span=span, up=True))
    return [], notes


def _change(change: float, language: str) -> str:
    """Return a relative change; as times as much where per cent would be thousands."""
    if change >= MANY_TIMES - 1:
        return f"×{change + 1:,.0f}"
    return numbers.change(change, "count", language)


def _label(
    x: float, y: float, yref: str, text: str, colour: str, *, span: int, up: bool
) -> dict[str, Any]:
    edge = max(span / _AROUND, 1.0) * 2
    anchor = "left" if x < edge else "right" if x > span - edge else "center"
    return {
        "x": x, "xref": "x", "y": y, "yref": yref, "text": text, "showarrow": False,
        "xanchor": anchor, "yanchor": "bottom" if up else "top", "align": "center",
        "font": {"color": colour, "size": 11},
    }  # fmt: skip


def _title(row: dict[str, Any], language: str, paint: Theme, top: float) -> dict[str, Any]:
    name = word("all_series", language) if row["is_all"] else row["series"]
    return {
        "text": f"<b>{as_text(name) if name else word('none', language)}</b>",
        "x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper",
        "yanchor": "bottom", "showarrow": False, "font": {"color": paint.text},
    }  # fmt: skip


def _days(first: date, span: int, language: str) -> dict[str, Any]:
    every = max(1, -(-(span + 1) // _TICKS))
    if every > 3:  # weeks apart: the same weekday
        every = -(-every // 7) * 7
    marked = range(0, span + 1, every)
    return {
        "tickmode": "array",
        "ticklabelstandoff": 5,  # the first day stands under a zero
        "tickvals": list(marked),
        "ticktext": [numbers.day(first + timedelta(days=index), language) for index in marked],
        "range": [-0.7, span + 0.7],
    }
