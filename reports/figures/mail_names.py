"""What a mailing is called in a figure: its subject, and what it is broken down by."""

from __future__ import annotations

import polars as pl

from reports.figures.names import as_text, shortened, told_apart
from reports.figures.words import word

LONGEST = 24
"""Characters of a line of a label, for a narrow page to have room for the figure."""


def mail_names(rows: pl.DataFrame, language: str) -> list[str]:
    """Return a label per row: the subject of the mailing, else its name, and what it is split by.

    No two are the same: of mailings with one subject the name stands below it.
    """
    titles = rows.with_columns(pl.coalesce("title", "mailing").alias("label"))
    twice = titles.group_by("label").agg(pl.col("mailing").n_unique() > 1).filter("mailing")
    shared = set(twice["label"])
    labels = []
    for label, mailing, by, name in titles.select("label", "mailing", "by", "name").rows():
        lines = [mailing if label in shared else label]
        if by is not None:
            lines.append(name or word("none", language))
        labels.append("<br>".join(as_text(shortened(line, LONGEST)) for line in lines))
    return told_apart(labels)
