"""A column of percent-encoded texts is decoded as each of its texts is."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify.percent import decode_value
from weblog.ingestion.requests import decoded
from weblog.parse import unquote
from weblog.parse.unquote import unquoted_texts

SIGNS = [
    *("%", "%%", "%2", "%4g", "%41", "%2B", "+", "%20", "%25", "%2541", "%0a", "%00", "%7F", "%c2"),
    *("%EC%97%B0", "%ec%97", "%BF%AC", "%ff", "%ED%A0%80", "%F4%90%80%80", "%C0%80"),
    *("a", "가", "\x7f", "\x01", "/", "\U0001f600"),
]
encoded = st.lists(st.sampled_from(SIGNS), max_size=8).map("".join)


@given(st.lists(st.one_of(encoded, st.text(max_size=6)), max_size=30))
def test_many_at_once_are_what_each_is(texts: list[str]) -> None:
    column = pl.Series("path", texts, dtype=pl.String)
    for otherwise, in_query in ((decoded, False), (decode_value, True)):
        found = unquoted_texts(column, otherwise, in_query=in_query)
        assert found.name == "path"
        assert found.to_list() == [otherwise(text) for text in texts]


def test_only_what_is_odd_is_looked_at_alone() -> None:
    met: list[str] = []

    def otherwise(text: str) -> str:
        met.append(text)
        return "odd"

    column = pl.Series(["/%EC%97%B0", "/%ff", "", "/a%0Ab", "a+b"])
    found = unquoted_texts(column, otherwise)
    assert found.to_list() == ["/연", "odd", "", "odd", "a+b"]
    assert met == ["/%ff", "/a%0Ab"]
    assert unquoted_texts(column[4:], otherwise, in_query=True).to_list() == ["a b"]


def test_without_the_compiled_part_each_distinct_text_is_looked_at_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unquote, "is_compiled", lambda: False)
    found = unquoted_texts(pl.Series(["%41+", "b", "%41+"]), decode_value, in_query=True)
    assert found.to_list() == ["A ", "b", "A "]
