"""Sessions by several texts of theirs as by one number: its place among those that are told of.

Numbers are counted, ranked and looked up in a table, without a join; sessions stand in the order
of visitors (:mod:`reports.ordered`), so that distinct visitors are counted along runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import polars as pl

from reports import runs
from reports.compact import distinct, places_in
from reports.measures import counts


@dataclass(frozen=True, slots=True)
class Combined:
    """Every combination of values of some columns, numbered.

    Codes of categoricals are those of all texts of the process, so values have places of their own.

    Attributes:
        values: of each column, by its name, each value once (categorical, without null).
    """

    values: dict[str, pl.Series]

    @classmethod
    def of(cls, frames: Sequence[pl.DataFrame], by: Sequence[str]) -> Combined | None:
        """Return those of all frames; None where they are too many for a table, or not compiled."""
        values = {}
        for name in by:
            shown = [distinct(_coded(frame[name])) for frame in frames]
            values[name] = shown[0] if len(shown) == 1 else pl.concat(shown).unique()
        found = cls(values)
        return found if runs.is_counted(found.end) else None

    @property
    def end(self) -> int:
        """A number above every combination's."""
        return prod(len(values) + 1 for values in self.values.values())

    def numbers(self, frame: pl.DataFrame) -> pl.Series:
        """Return the number of each row's combination (u32)."""
        number = None
        for name, values in self.values.items():
            place = places_in(values, _coded(frame[name]))  # null comes behind all values
            number = place if number is None else number * (len(values) + 1) + place
        if number is None:
            return pl.repeat(0, frame.height, dtype=pl.UInt32, eager=True)
        return number

    def texts(self, numbers: pl.Series) -> pl.DataFrame:
        """Return the values of these combinations, as text."""
        found = []
        for name, values in reversed(self.values.items()):
            names = pl.concat([values.cast(pl.String), pl.Series([None], dtype=pl.String)])
            found.append(names.gather(numbers % len(names)).alias(name))
            numbers = numbers // len(names)
        return pl.DataFrame(found[::-1])


def _coded(values: pl.Series) -> pl.Series:
    """Return values as categoricals; others than texts as their texts."""
    if values.dtype == pl.Categorical:
        return values
    return values.cast(pl.String).cast(pl.Categorical)


def places(frame: pl.DataFrame, shown: pl.DataFrame) -> pl.Series:
    """Return where in ``shown`` each row's combination stands (u32); its height where it does not.

    Args:
        frame: with the columns of ``shown``.
        shown: texts, each combination once.
    """
    coded = shown.cast(pl.Categorical)
    combined = Combined.of([frame, coded], shown.columns)
    if combined is None:
        texts = frame.select(pl.col(shown.columns).cast(pl.String))
        numbered = shown.with_row_index("place")
        joined = texts.join(
            numbered, on=shown.columns, how="left", nulls_equal=True, maintain_order="left"
        )
        return joined["place"].fill_null(shown.height)
    return _looked_up(combined.numbers(frame), combined.numbers(coded), combined.end)


def _looked_up(numbers: pl.Series, shown: pl.Series, end: int) -> pl.Series:
    """Return where in ``shown`` each of ``numbers`` stands; its length where it does not."""
    place = pl.int_range(len(shown), dtype=pl.UInt32, eager=True)
    table = pl.repeat(len(shown), end, dtype=pl.UInt32, eager=True).scatter(shown, place)
    return table.gather(numbers)


def ranked(
    current: pl.DataFrame,
    previous: pl.DataFrame | None,
    by: Sequence[str],
    names: Sequence[str],
    limit: int | None,
) -> pl.DataFrame | None:
    """Return a row per combination of ``by`` in either period; beyond ``limit``, one of all others.

    Returns:
        ``by`` (as text), ``is_other``, ``previous_sessions`` (i64; null without a previous period)
        and the counts called ``names``; None where :meth:`Combined.of` finds too many.
    """
    frames = [current] if previous is None else [current, previous]
    combined = Combined.of(frames, by)
    if combined is None:
        return None
    numbers = [combined.numbers(frame) for frame in frames]
    counted = [runs.tally(number, combined.end) for number in numbers]
    now, before = counted[0], counted[-1]  # the same without a previous period: so ties are ties
    some = (now + before > 0).arg_true()
    rows = combined.texts(some).with_columns(
        some.alias("number"), now.gather(some).alias("n"), before.gather(some).alias("p")
    )
    descending = [True, True, *(False for _ in by)]
    rows = rows.sort("n", "p", *by, descending=descending, nulls_last=True)
    kept = rows.head(limit or rows.height)
    place = _looked_up(numbers[0], kept["number"], combined.end)
    rest = rows.slice(kept.height).select(pl.col("p").sum())
    others = rest.head(rows.height - kept.height)
    shown = pl.concat(
        [kept.with_columns(is_other=False), others.with_columns(is_other=True)], how="diagonal"
    )
    earlier = pl.lit(None, pl.Int64) if previous is None else pl.col("p")
    found = shown.select(*by, "is_other", earlier.alias("previous_sessions"))
    return found.hstack(measured(current, place, found.height, names))


def measured(
    sessions: pl.DataFrame, place: pl.Series, end: int, names: Sequence[str]
) -> pl.DataFrame:
    """Return the counts called ``names`` of the sessions of each place from 0 to before ``end``.

    Args:
        sessions: as :func:`reports.load.sessions` returns them, or some of them in their order.
        place: of each session.
        end: how many places there are.
        names: of :data:`reports.measures.MEASURES`.
    """
    along = "visitors" in names and runs.is_counted(end) and sessions["visitor"].is_sorted()
    sums = [
        count for count in counts(*names) if not along or count.meta.output_name() != "visitors"
    ]
    groups = sessions.with_columns(place.alias(_PLACE)).group_by(_PLACE).agg(sums)
    every = pl.int_range(end, dtype=pl.UInt32, eager=True).to_frame(_PLACE)
    found = every.join(groups, on=_PLACE, how="left", maintain_order="left").fill_null(0)
    if along:
        people = runs.counts(sessions["visitor"], place, end)
        found = found.with_columns(people.alias("visitors"))
    return found.drop(_PLACE)


_PLACE = ":place"
"""No report has a column of this name."""
