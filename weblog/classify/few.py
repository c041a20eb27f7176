"""Work on the few values of a column that need it, and leave the many as they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl


def changed_where(
    values: pl.Series, wanted: pl.Series, change: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Return ``values`` with ``change`` done to those that are ``wanted`` (null: not wanted).

    polars works out both sides of a ``when`` for all rows, which makes an expression that
    matters for one row in a hundred a hundred times too dear.
    """
    rows = wanted.fill_null(value=False).arg_true().to_numpy()
    if rows.size == 0:
        return values
    changed = change(values.gather(rows))
    places = np.arange(len(values))
    places[rows] = len(values) + np.arange(rows.size)
    return pl.concat([values, changed.alias(values.name)]).gather(places)
