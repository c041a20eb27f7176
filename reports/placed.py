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
from reports.measures import counts


@dataclass(frozen=True, slots=True)
class Combined:
    """Every combination of values of some columns, numbered: 0 is that of nulls alone.

    Attributes:
        by: the columns.
        sizes: of each, a number above that of every value.
    """

    by: tuple[str, ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, frames: Sequence[pl.DataFrame], by: Sequence[str]) -> Combined | None:
        """Return those of all frames; None where they are too many for a table, or not compiled."""
        sizes = tuple(
            max(int(_codes(frame[name]).max() or 0) for frame in frames) + 2  # type: ignore[arg-type]
            for name in by
        )
        return cls(tuple(by), sizes) if runs.is_counted(prod(sizes)) else None

    @property
    def end(self) -> int:
        """A number above every combination's."""
        return prod(self.sizes)

    def numbers(self, frame: pl.DataFrame) -> pl.Series:
        """Return the number of each row's combination (u32)."""
        number = pl.repeat(0, frame.height, dtype=pl.UInt32, eager=True)
        for place, (name, size) in enumerate(zip(self.by, self.sizes, strict=True)):
            code = (_codes(frame[name]) + 1).fill_null(0)
            number = number * size + code if place else code
        return number

    def texts(self, numbers: pl.Series) -> pl.DataFrame:
        """Return the values of these combinations, as text."""
        found = []
        for name, size in reversed(list(zip(self.by, self.sizes, strict=True))):
            code, numbers = numbers % size, numbers // size
            some = pl.when(code > 0).then(code.cast(pl.Int64) - 1).cast(pl.UInt32).alias(name)
            coded = pl.select(some).to_series()
            found.append(coded.cat.to(pl.Categorical()).cast(pl.String))
        return pl.DataFrame(found[::-1])


def _codes(values: pl.Series) -> pl.Series:
    """Return the codes of values; other than categoricals, of their texts."""
    if values.dtype != pl.Categorical:
        values = values.cast(pl.String).cast(pl.Categorical)
    return values.to_physical()


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
