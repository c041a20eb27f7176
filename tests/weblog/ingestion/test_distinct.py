"""Distinct values are classified once, and a column is put together from them again."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.ingestion import distinct
from weblog.ingestion.distinct import Dictionary, encoded, encoded_numbers
from weblog.parse.words import Words

Column = list[str | None]
columns = st.lists(st.one_of(st.none(), st.sampled_from(["", "-", "a", "b", "가나", "x" * 40])))


def lengths(values: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"length": values.str.len_chars()})


@given(st.lists(columns, max_size=6), st.integers(0, 8))
def test_columns_and_facts_come_back_whatever_was_met_before(
    batches: list[Column], limit: int
) -> None:
    met: list[str] = []

    def classify(values: pl.Series) -> pl.DataFrame:
        met.extend(values.to_list())
        return lengths(values)

    dictionary = Dictionary(classify, limit=limit)
    for batch in batches:
        column = pl.Series("text", batch, dtype=pl.String)
        found = dictionary.encode(column)
        assert found.rows(found.values).to_list() == batch
        assert found.categories(found.values).cast(pl.String).to_list() == batch
        expected = [None if text is None else len(text) for text in batch]
        assert found.rows(found.facts["length"]).to_list() == expected
        assert found.values.n_unique() == len(found.values)
        assert set(found.values) == {text for text in batch if text is not None}
        absent = found.value_at(found.or_absent())
        assert absent.to_list() == batch
    if limit >= 6:  # more than there are: nothing was forgotten, so nothing classified twice
        assert len(met) == len(set(met))


def test_values_are_forgotten_when_there_are_too_many() -> None:
    dictionary = Dictionary(lengths, limit=2)
    dictionary.encode(pl.Series(["a", "b", "c"]))
    again = pl.Series(["c"])
    assert dictionary.is_done_with(again)
    assert dictionary.encode(again).values.to_list() == ["c"]
    assert not dictionary.is_done_with(again)


@given(columns)
def test_a_column_is_encoded_without_a_memory(batch: Column) -> None:
    found = encoded(pl.Series("text", batch, dtype=pl.String))
    assert found.rows(found.values).to_list() == batch


@given(columns)
def test_a_numbered_column_is_encoded_without_a_memory(batch: Column) -> None:
    column = pl.Series("text", batch, dtype=pl.String)
    words = Words()
    words.encoded(pl.Series(["b", "not in the batch"]))
    found = encoded(words.encoded(column))
    assert found.rows(found.values).to_list() == batch
    assert sorted(found.values) == sorted({text for text in batch if text is not None})


@given(st.lists(st.tuples(columns, st.integers(0, 3)), max_size=8), st.integers(0, 8))
def test_numbered_columns_are_encoded_as_strings_are(
    batches: list[tuple[Column, int]], limit: int
) -> None:
    # Numbered by one of two others, who met different texts in different orders, or by none, or
    # by somebody new: whose numbers they are changes from batch to batch.
    lenders = [Words(), Words()]
    lenders[0].encoded(pl.Series(["b", "elsewhere", "-"]))
    plain, numbered = (Dictionary(lengths, limit=limit) for _ in range(2))
    for batch, lender in batches:
        column = pl.Series("text", batch, dtype=pl.String)
        lent = (
            column if lender == 3 else (Words() if lender == 2 else lenders[lender]).encoded(column)
        )
        expected, found = plain.encode(column), numbered.encode(lent)
        for each in (expected, found):
            assert each.rows(each.values).to_list() == batch
        assert found.rows(found.facts["length"]).equals(expected.rows(expected.facts["length"]))
        assert found.codes.dtype == expected.codes.dtype == pl.UInt32
        assert sorted(found.values) == sorted(expected.values)
        assert found.value_at(found.or_absent()).to_list() == batch


@given(st.lists(columns, min_size=1, max_size=6))
def test_numbered_texts_are_classified_once(batches: list[Column]) -> None:
    met: list[str] = []

    def classify(values: pl.Series) -> pl.DataFrame:
        met.extend(values.to_list())
        return lengths(values)

    dictionary, words = Dictionary(classify), Words()
    for batch in batches:
        dictionary.encode(words.encoded(pl.Series(batch, dtype=pl.String)))
    assert sorted(met) == sorted({text for batch in batches for text in batch if text is not None})


def test_what_could_not_be_classified_is_asked_again() -> None:
    broken = True

    def classify(values: pl.Series) -> pl.DataFrame:
        if broken:
            raise ValueError("no rules yet")
        return lengths(values)

    dictionary, words = Dictionary(classify), Words()
    column = words.encoded(pl.Series(["a", "bb"]))
    for _ in range(2):
        with pytest.raises(ValueError, match="no rules"):
            dictionary.encode(column)
    broken = False
    found = dictionary.encode(column)
    assert found.rows(found.facts["length"]).to_list() == [1, 2]


integers = st.one_of(
    st.integers(0, 20), st.integers(-(2**63), 2**63 - 1), st.sampled_from([-(2**63), 2**63 - 1])
)


@given(st.lists(integers, max_size=80), st.sampled_from([1, 2, -1]))
def test_numbers_are_encoded_with_and_without_the_library(given: list[int], step: int) -> None:
    numbers = np.array(given, dtype=np.int64)[::step]  # also where they do not lie together
    for is_compiled in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(distinct, "is_compiled", lambda is_it=is_compiled: is_it)
            values, codes = encoded_numbers(numbers)
        assert codes.dtype == pl.UInt32
        assert values[codes.to_numpy()].tolist() == numbers.tolist()
        assert sorted(values.tolist()) == sorted(set(numbers.tolist()))


def test_many_numbers_are_told_apart() -> None:
    numbers = np.arange(100_000, dtype=np.int64) << 20
    values, codes = encoded_numbers(np.concatenate([numbers, numbers[::-1]]))
    assert values.tolist() == numbers.tolist()
    assert codes.to_list() == [*range(100_000), *reversed(range(100_000))]
