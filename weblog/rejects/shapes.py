"""Rejected lines grouped by what they look like: one mistake is one row, not a million."""

from __future__ import annotations

from typing import Final

import polars as pl

from weblog.parse import Reason
from weblog.rejects.advice import advice

LOOKED_AT: Final = 256
"""Bytes of a line that its shape is made of."""

EXAMPLES: Final = 20
"""Lines of a shape that advice is sought for."""

PORTION: Final = 200_000
"""Lines whose shapes are made at once: memory follows it."""

_LONGEST: Final = 100

_IP, _QUOTED, _OPEN = "\ue000", "\ue001", "\ue002"
"""Stand for what they are called until the other rules are through."""

_RULES: Final = (
    (r'"[^"]*"', _QUOTED),
    (r'"[^"]*$', _OPEN),  # the quote that opens and never closes
    (r"\d{1,3}(?:\.\d{1,3}){3}", _IP),
    (r"(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}", _IP),
    (
        r"(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*)?::(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4})*)?",
        _IP,
    ),
    (r"(^| )/[^ ]*", "${1}/.."),
    (r"[\x00-\x08\x0e-\x1f\x7f\ufffd]+", "?"),
    (r"\p{L}+", "a"),
    (r"\d+", "9"),
    (r"(?:a9|9a)[a9]*", "x"),  # ids in which both are mixed
    (r"[a9x](?:[._-][a9x])+", "a"),  # host names, versions
    (r"(?:(?:[a9x?]|\.\.)[ ,;]+){8,}", "a ... "),
    (_IP, "IP"),
    (_QUOTED, '".."'),
    (_OPEN, '"..'),
)
"""In order: what is alike in meaning, or differs from line to line, becomes the same."""

SHAPES: Final = pl.Schema(
    {
        "lines": pl.Int64(),
        "reason": pl.String(),
        "shape": pl.String(),
        "path": pl.String(),
        "line": pl.Int64(),
        "raw": pl.Binary(),
        "advice": pl.String(),
        "log_format": pl.String(),
    }
)
"""Columns of :func:`shapes`: how many, why, and of the first of them where it stood."""


def shapes(rejects: pl.LazyFrame, limit: int = 0) -> pl.DataFrame:
    """Group rejected lines by reason and shape, those with most lines first.

    Args:
        rejects: rows of table rejects.
        limit: groups at the most; 0: all.

    Returns:
        Columns as :data:`SHAPES`; ``path``, ``line``, ``raw`` and ``log_format`` are those of
        the group's first line.
    """
    total = int(rejects.select(pl.len()).collect().item())
    if not total:
        return SHAPES.to_frame()
    parts = [_grouped(rejects.slice(start, PORTION)) for start in range(0, total, PORTION)]
    groups = (
        pl.concat(parts)
        .sort("log_source", "line")
        .group_by("reason", "shape", "log_format", maintain_order=True)
        .agg(
            pl.col("lines").sum(),
            pl.first("log_source", "path", "line"),
            pl.col("examples").explode().head(EXAMPLES),
        )
        .sort("lines", "path", "line", descending=[True, False, False])
    )
    shown = groups.head(limit) if limit else groups
    return _with_examples(shown, rejects).select(SHAPES.names())


def shape_of(texts: pl.Expr) -> pl.Expr:
    """Return the shape of lines: letters are ``a``, digits ``9``, addresses ``IP``, and so on."""
    for pattern, replacement in _RULES:
        texts = texts.str.replace_all(pattern, replacement)
    return texts.str.head(_LONGEST)


def _grouped(rejects: pl.LazyFrame) -> pl.DataFrame:
    rows = rejects.select(
        "log_source", "path", "line", "reason", "log_format", raw=pl.col("raw").bin.head(LOOKED_AT)
    ).collect()
    is_text = pl.col("reason") != str(Reason.BINARY)  # noise has no shape
    return (
        rows.with_columns(shape=_text(rows["raw"]))
        .with_columns(shape=pl.when(is_text).then(shape_of(pl.col("shape"))).otherwise(pl.lit("?")))
        .sort("log_source", "line")
        .group_by("reason", "shape", "log_format", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("lines"),
            pl.first("log_source", "path", "line"),
            pl.struct("log_source", "line").head(EXAMPLES).alias("examples"),
        )
    )


def _text(raw: pl.Series) -> pl.Series:
    """Return bytes as text; what is no UTF-8 becomes a sign that stands for it."""
    read = [each.decode("utf-8", "replace") for each in raw.to_list()]
    return pl.Series(read, dtype=pl.String)


def _with_examples(groups: pl.DataFrame, rejects: pl.LazyFrame) -> pl.DataFrame:
    """Add the first line itself, and what is to be said of the first few."""
    wanted = groups.with_row_index("group").select("group", "examples").explode("examples")
    keys = wanted.unnest("examples")
    lines = rejects.select("log_source", "line", "raw").join(
        keys.lazy(), on=["log_source", "line"], how="inner"
    )
    found = (
        lines.collect()
        .sort("group", "log_source", "line")
        .group_by("group", maintain_order=True)
        .agg(pl.col("raw"))
    )
    said = [
        advice(raw, reason, tried)
        for raw, reason, tried in zip(
            found["raw"].to_list(), groups["reason"], groups["log_format"], strict=True
        )
    ]
    return groups.with_columns(
        raw=found["raw"].list.first(), advice=pl.Series(said, dtype=pl.String)
    )
