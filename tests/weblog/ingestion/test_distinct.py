"""Distinct values are classified once, and a column is put together from them again."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from weblog.ingestion.distinct import Dictionary, encoded

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
