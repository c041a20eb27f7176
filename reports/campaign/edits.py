"""How many edits lie between names: characters put in, taken out, exchanged, or swapped."""

from __future__ import annotations

from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

LONGEST: Final = 80
"""Characters of a name that is compared: what is longer was made by a machine."""

_CODES: Final = 126
"""Characters are folded to so many bytes, each of which is one character of ASCII."""


def distances(one: pl.Series, other: pl.Series) -> pl.Series:
    """Return the edits between texts of at most :data:`LONGEST` characters, in their order.

    The distance of Damerau and Levenshtein with each pair of neighbours swapped once at most
    (optimal string alignment), counted in characters, not bytes: a syllable of Korean is one.
    Sources: Damerau (1964), "A technique for computer detection and correction of spelling
    errors", Communications of the ACM 7; Levenshtein (1966), "Binary codes capable of correcting
    deletions, insertions, and reversals", Soviet Physics Doklady 10.
    """
    a, b = _characters(one), _characters(other)
    lengths = [part.str.len_chars().to_numpy().astype(np.int64) for part in (one, other)]
    found = np.where(lengths[0] == 0, lengths[1], 0)
    widest = [int(length.max(initial=0)) for length in lengths]
    rows = np.arange(len(a))
    before_last = last = np.tile(np.arange(widest[1] + 1), (len(a), 1))
    for i in range(1, widest[0] + 1):
        row = np.empty_like(last)
        row[:, 0] = i
        for j in range(1, widest[1] + 1):
            differs = a[:, i - 1] != b[:, j - 1]
            best = np.minimum(last[:, j - 1] + differs, np.minimum(last[:, j], row[:, j - 1]) + 1)
            if i > 1 and j > 1:
                is_swap = (a[:, i - 1] == b[:, j - 2]) & (a[:, i - 2] == b[:, j - 1])
                best = np.where(is_swap, np.minimum(best, before_last[:, j - 2] + 1), best)
            row[:, j] = best
        before_last, last = last, row
        found = np.where(lengths[0] == i, row[rows, lengths[1]], found)
    return pl.Series("distance", found, dtype=pl.Int64)


def _characters(texts: pl.Series) -> npt.NDArray[np.uint32]:
    """Return a row of code points per text, with zeros behind."""
    padded = np.array(texts.to_list(), dtype=f"U{LONGEST}")
    return padded.view(np.uint32).reshape(len(padded), LONGEST)


def near(pairs: pl.DataFrame, edits: int) -> pl.DataFrame:
    """Return the pairs of ``value`` and ``value_meant`` that may be ``edits`` apart, or less.

    Few of a million pairs are: this looks at all of them at once, with every character folded
    to one byte, which makes some pairs look nearer than they are and none farther.
    """
    names = pl.concat([pairs["value"], pairs["value_meant"]]).unique()
    folded = [bytes(ord(sign) % _CODES + 1 for sign in name).decode("ascii") for name in names]
    codes = pl.DataFrame(
        {"name": names, "code": folded}, schema=dict.fromkeys(("name", "code"), pl.String)
    )
    coded = (
        pairs.select("value", "value_meant")
        .with_row_index("place")
        .join(codes.rename({"name": "value", "code": "a"}), on="value")
        .join(codes.rename({"name": "value_meant", "code": "b"}), on="value_meant")
    )
    with duckdb.connect() as database:
        database.register("coded", coded.select("place", "a", "b").to_arrow())
        asked = "SELECT place FROM coded WHERE damerau_levenshtein(a, b) <= ? ORDER BY place"
        answer = database.sql(asked, params=[edits]).to_arrow_table()
    return pairs[pl.DataFrame(answer)["place"].cast(pl.UInt32)]
