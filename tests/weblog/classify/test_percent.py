from __future__ import annotations

from urllib.parse import parse_qsl, quote_plus

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify.percent import decode_value, decoded, parameters, value_of


@given(st.text())
def test_decoding_undoes_encoding(text: str) -> None:
    assert decode_value(quote_plus(text)) == text


@given(st.text())
def test_no_junk_raises(text: str) -> None:
    assert isinstance(decode_value(text), str)


def test_a_column_is_decoded_and_empty_is_null() -> None:
    values = pl.Series("v", ["a%20b", None, "", "%EC%95%94", "%BE%CF", "plain", "+", "a%20b"])
    assert decoded(values).to_list() == ["a b", None, None, "암", "암", "plain", None, "a b"]


visible = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1)


@given(st.lists(st.tuples(visible, visible), max_size=6))
def test_parameters_are_those_of_the_standard_library(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
    found = parameters(pl.Series([query]))
    names = [name for name, _ in parse_qsl(query)]
    assert found["name"].to_list() == names
    assert found["position"].to_list() == list(range(len(names)))


def test_value_of_a_parameter() -> None:
    queries = pl.Series(["amount=1%2C000&x=1", "x=1", None, "Amount=2", "amount=&amount=3"])
    assert value_of(queries, "amount").to_list() == ["1,000", None, None, "2", "3"]
