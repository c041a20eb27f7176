"""What a row of a ranked report is called in a figure."""

from __future__ import annotations

import polars as pl

from reports.figures.words import word

LONGEST = 36
"""Characters of a label; longer ones lose their middle, since paths differ at their ends."""


def row_names(frame: pl.DataFrame, language: str) -> list[str]:
    """Return a label per row: its text columns joined, ``Other``, or ``(none)``.

    Two rows never get the same label, or Plotly would draw them on top of each other.
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String and name != "kind"]
    names: list[str] = []
    for row in frame.select(*texts, "is_other").to_dicts():
        if row.pop("is_other"):
            label = word("other", language)
        else:
            label = " / ".join(value for value in row.values() if value)
        names.append(shortened(label or word("none", language)))
    return told_apart(names)


def shortened(label: str, longest: int = LONGEST) -> str:
    """Return a label of at most ``longest`` characters: without its middle where it has more."""
    if len(label) <= longest:
        return label
    return f"{label[: longest // 2 - 1]}…{label[-(longest // 2) :]}"


def as_text(label: str) -> str:
    """Return a label so that Plotly shows it as it is: log lines are written by strangers."""
    return label.replace("&", "&amp;").replace("<", "&lt;")


def told_apart(names: list[str]) -> list[str]:
    """Return names of which no two are the same, or Plotly would draw them on top of each other."""
    taken: dict[str, int] = {}
    apart = []
    for name in names:
        seen = taken[name] = taken.get(name, 0) + 1
        apart.append(name + "\u200b" * (seen - 1))  # an invisible difference
    return apart
