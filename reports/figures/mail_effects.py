"""The lift of each mailing: a point and its interval, right of the line for more."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers
from reports.figures.bars import SHOWN
from reports.figures.empty import empty
from reports.figures.mail_names import mail_names
from reports.figures.theme import ROW_HEIGHT, Theme, axis, colours, layout, small_note
from reports.figures.ticks import ticks
from reports.figures.words import word

_WORDS: Final = {
    "more": "mail_more",
    "fewer": "mail_fewer",
    "not shown": "mail_not_shown",
    "too few": "too_few",
}
_TALL: Final = 16
"""More height of a row with two lines of label."""


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw the difference of each row of :func:`reports.mailing_effect` with its 95 % interval.

    Green and red are beyond chance, grey is not, pale too few; what has nobody to compare with is
    named without a point.

    Raises:
        UnknownNameError: no such language or theme.
    """
    rows = frame.tail(SHOWN)
    compared = rows.filter(pl.col("difference").is_not_null())
    if compared.is_empty():
        return empty(language, theme)
    paint = colours(theme)
    names = mail_names(rows, language)
    place = dict(zip(rows.select("mailing", "name").rows(), names, strict=True))
    traces = [
        _points(compared.filter(verdict=verdict), place, _ink(paint, verdict), verdict, language)
        for verdict in _WORDS
    ]
    # Intervals of a handful of customers would leave no room for any other.
    clear = compared.filter(~pl.col("small"))
    drawn = compared if clear.is_empty() else clear
    least = min(0.0, float(drawn["difference_low"].min() or 0))  # type: ignore[arg-type]
    most = max(0.0, float(drawn["difference_high"].max() or 0))  # type: ignore[arg-type]
    alone = rows.filter(pl.col("difference").is_null())
    none = {
        "type": "line", "xref": "x", "yref": "paper", "x0": 0, "x1": 0, "y0": 0, "y1": 1,
        "line": {"color": paint.average, "width": 2, "dash": "dot"},
    }  # fmt: skip
    notes = [
        {
            "text": word("mail_observational", language), "x": 0, "y": place[key], "xref": "x",
            "yref": "y", "xanchor": "left", "xshift": 8, "showarrow": False,
            "font": {"color": paint.muted, "size": 11},
        }
        for key in alone.select("mailing", "name").rows()
    ]  # fmt: skip
    tall = ROW_HEIGHT + (_TALL if rows["by"].is_not_null().any() else 0)
    return {
        "data": [trace for trace in traces if trace["y"]],
        "layout": layout(
            theme,
            height=150 + tall * rows.height,
            margin={"l": 8, "r": 16, "t": 40, "b": 8},
            showlegend=True,
            legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
            shapes=[none],
            annotations=notes,
            xaxis=axis(
                theme,
                grid=True,
                title={"text": _title(rows, language)},
                **_points_of(ticks(least, most, "rate", language)),
            ),
            yaxis=axis(
                theme,
                autorange="reversed",
                type="category",
                categoryorder="array",
                categoryarray=names,
                tickfont={"color": paint.text},
            ),
        ),
    }


def _title(rows: pl.DataFrame, language: str) -> str:
    days = rows["days"].unique().sort()
    against = rows["against"][0]
    sub = word(
        "mail_against_held_out" if against == "held_out" else "mail_against_others", language
    )
    within = "–".join(str(day) for day in sorted({days[0], days[-1]}))
    did = word(f"outcome_{rows['outcome'][0]}", language).format(days=within)
    return f"{did}<br>{small_note(sub)}"


def _points_of(marks: dict[str, Any]) -> dict[str, Any]:
    """Return ticks as points with their sign: a difference is no rate."""
    texts = [text.replace("%", "") for text in marks["ticktext"]]
    signed = [
        text if value == 0 or text.startswith("-") else f"+{text}"
        for value, text in zip(marks["tickvals"], texts, strict=True)
    ]
    return marks | {"ticktext": signed}


def _ink(paint: Theme, verdict: str) -> str:
    return {"more": paint.good, "fewer": paint.bad}.get(verdict, paint.compare)


def _points(
    rows: pl.DataFrame,
    place: dict[tuple[Any, ...], str],
    ink: str,
    verdict: str,
    language: str,
) -> dict[str, Any]:
    told = rows.select("difference", "difference_low", "difference_high").rows()
    return {
        "type": "scatter",
        "mode": "markers",
        "name": word(_WORDS[verdict], language),
        "x": [value for value, _, _ in told],
        "y": [place[key] for key in rows.select("mailing", "name").rows()],
        "marker": {"color": ink, "size": 10 if verdict in {"more", "fewer"} else 8},
        "opacity": 0.4 if verdict == "too few" else 1,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - value for value, _, high in told],
            "arrayminus": [value - low for value, low, _ in told],
            "color": ink,
            "thickness": 2 if verdict in {"more", "fewer"} else 1.2,
            "width": 0,
        },
        "text": [
            f"{numbers.change(value, 'points', language)} "
            f"({numbers.change(low, 'points', language)} – "
            f"{numbers.change(high, 'points', language)})"
            for value, low, high in told
        ],
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
