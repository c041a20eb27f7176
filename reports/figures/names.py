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
        names.append(short(label or word("none", language)))
    taken: dict[str, int] = {}
    for index, name in enumerate(names):
        seen = taken[name] = taken.get(name, 0) + 1
        names[index] = name + "\u200b" * (seen - 1)  # an invisible difference
    return names


def short(label: str) -> str:
    """Return a label without its middle, if it is long."""
    if len(label) <= LONGEST:
        return label
    return f"{label[: LONGEST // 2 - 1]}…{label[-LONGEST // 2 :]}"
