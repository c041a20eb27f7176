"""Marks on days: one family for notes and the calendar, on any figure with days along it.

A dotted line, or a band for a span, and above it the note's number or the calendar's diamond;
what it says is shown when it is pointed at, and in the list beneath.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from reports.day_notes import DayNote
from reports.figures import numbers
from reports.figures.names import as_text, shortened
from reports.figures.theme import FONT, FONT_SIZE, Theme, colours

CALENDAR: Final = "◆"

ROOM: Final = 26
"""Pixels above the lines that marks need."""

APART: Final = 30
"""Marks nearer to each other than the width through this are one mark."""

TOLD: Final = 60
"""Characters of a note that is pointed at: the list beneath has all of it."""


def marked(
    figure: dict[str, Any],
    days: Sequence[date],
    notes: Sequence[DayNote],
    language: str,
    theme: str,
) -> dict[str, Any]:
    """Return a figure with the marks of ``notes`` on it; ``days`` are those along it.

    Raises:
        UnknownNameError: no such language or theme.
    """
    paint = colours(theme)
    placed = [(one, *_places(one, days)) for one in notes]
    shown = [(note, start, end) for note, start, end in placed if start <= end]
    if not shown:
        return figure
    laid = figure["layout"]
    margin = dict(laid["margin"])
    margin["t"] = max(margin.get("t", 0), ROOM)
    shapes = [shape for _, start, end in shown for shape in _shapes(start, end, paint)]
    labels = _labels(shown, len(days), language, paint)
    return figure | {
        "layout": laid
        | {
            "margin": margin,
            "shapes": [*laid.get("shapes", ()), *shapes],
            "annotations": [*laid.get("annotations", ()), *labels],
        }
    }


def said_note(note: DayNote, language: str) -> str:
    """Return a note as a line of a list beneath a figure: its mark, its days, its text."""
    mark = f"[{note.number}]" if note.number else CALENDAR
    return f"{mark} {when(note, language)}: {note.text}"


def when(note: DayNote, language: str) -> str:
    """Return the day or the span of a note, as people say it."""
    start, end = numbers.day(note.start, language), numbers.day(note.end, language)
    return start if note.start == note.end else f"{start} – {end}"


def _places(note: DayNote, days: Sequence[date]) -> tuple[int, int]:
    """Return the first and the last place of a note; the last lies before where there is none."""
    return bisect_left(days, note.start), bisect_right(days, note.end) - 1


def _shapes(start: int, end: int, paint: Theme) -> list[dict[str, Any]]:
    shared = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    if end > start:
        return [
            {"type": "rect", "x0": start - 0.5, "x1": end + 0.5, "fillcolor": paint.muted,
             "opacity": 0.13, "line": {"width": 0}, **shared},
        ]  # fmt: skip
    line = {"color": paint.muted, "width": 1.2, "dash": "dot"}
    return [{"type": "line", "x0": start, "x1": start, "line": line, **shared}]


def _labels(
    shown: Sequence[tuple[DayNote, int, int]], width: int, language: str, paint: Theme
) -> list[dict[str, Any]]:
    """Return the marks; those of notes that would touch are one, with all their numbers."""
    groups: list[tuple[float, list[DayNote]]] = []
    for middle, note in sorted(
        (((start + end) / 2, note) for note, start, end in shown),
        key=lambda one: (one[0], one[1].number or len(shown)),
    ):
        if groups and middle - groups[-1][0] < width / APART:
            groups[-1][1].append(note)
        else:
            groups.append((middle, [note]))
    return [_label(middle, notes, language, paint) for middle, notes in groups]


def _label(middle: float, notes: Sequence[DayNote], language: str, paint: Theme) -> dict[str, Any]:
    numbered = [note.number for note in notes if note.number]
    said = "<br>".join(
        f"{when(note, language)}: {as_text(shortened(note.text, TOLD))}" for note in notes
    )
    own: dict[str, Any] = {
        "text": CALENDAR,
        "font": {"color": paint.muted, "size": 11},
    }
    if numbered:
        own = {
            "text": f"<b>{_numbers(sorted(numbered))}</b>",
            "font": {"color": paint.surface, "size": 10},
            "bgcolor": paint.muted,
            "borderpad": 2,
        }
    return {
        "x": middle, "xref": "x", "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 3,
        "showarrow": False, "hovertext": said, "captureevents": True, **own,
        "hoverlabel": {
            "bgcolor": paint.surface, "bordercolor": paint.border,
            "font": {"color": paint.text, "family": FONT, "size": FONT_SIZE},
        },
    }  # fmt: skip


def _numbers(numbered: list[int]) -> str:
    """Return numbers in order, as ``3``, ``1–3`` or ``1·4``."""
    first, last = numbered[0], numbered[-1]
    if first < last and last - first == len(numbered) - 1:
        return f"{first}–{last}"
    return "·".join(map(str, numbered[:_SAID])) + ("…" if len(numbered) > _SAID else "")


_SAID: Final = 3
