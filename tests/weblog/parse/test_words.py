"""Texts that repeat are numbered once: a number always stands for the same text, whoever met it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weblog.formats import LogFormat, format_named
from weblog.parse import Chunk
from weblog.parse import words as words_module
from weblog.parse.native import program_of, split_chunk
from weblog.parse.words import LIMIT, LIMIT_SIZE, Vocabulary, Words, as_text, numbered_columns

ODD = ["", "-", "a", "a\nb", "\n", "\n\n", "\x00", "\x00\x00", "가나다", "\U0001f600", "é"]
LENGTHS = [7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 300]
"""Where reading eight or sixteen bytes at a time begins or ends."""

texts = st.one_of(
    st.sampled_from(ODD),
    st.integers(0, 2000).map(str),
    st.builds(lambda n, end: "x" * n + end, st.sampled_from(LENGTHS), st.sampled_from("abc")),
    st.text(max_size=20),
)
columns = st.lists(st.one_of(st.none(), texts, texts, texts), max_size=60)
values = st.lists(
    texts.filter(lambda text: not set(text) & set('"\\\n') and not text.endswith("\r")),
    max_size=60,
)


def split(agents: list[str], vocabulary: Vocabulary) -> pl.Series:
    """The user agents of a log, as the compiled splitter numbers them."""
    log_format = format_named("combined")
    assert isinstance(log_format, LogFormat)
    assert log_format.segments is not None
    program = program_of(log_format.segments)
    assert program is not None
    start = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" '
    data = "".join(f'{start}"{agent}"\n' for agent in agents).encode()
    rows, accepted = split_chunk(Chunk(data, 0, 1), program, vocabulary)
    assert accepted.all()
    return rows["user_agent"]


@given(st.lists(st.one_of(columns, values.map(tuple)), max_size=6))
def test_texts_come_back_whoever_met_them_first(
    met: list[list[str | None] | tuple[str, ...]],
) -> None:
    # Lists are columns that the patterns read, tuples lines for the splitter.
    vocabulary = Vocabulary()
    seen: list[tuple[pl.Series, list[str | None]]] = []
    for each in met:
        if isinstance(each, tuple):
            found = split(list(each), vocabulary)
        else:
            column = pl.Series("user_agent", each, dtype=pl.String)
            found = vocabulary.of("user_agent").encoded(column)
        assert found.name == "user_agent"
        seen.append((found, list(each)))
    numbers: dict[str, int] = {}
    for found, expected in seen:  # also after all others were met
        assert found.cast(pl.String).to_list() == expected
        for text, number in zip(expected, found.to_physical().to_list(), strict=True):
            if text is None:
                assert number is None
            else:
                assert numbers.setdefault(text, number) == number
    assert sorted(numbers.values()) == list(range(len(numbers)))  # in no other order, without gaps


def test_numbers_are_in_the_order_in_which_texts_are_met() -> None:
    words = Words()
    assert words.encoded(pl.Series(["b", "a", "b", None, ""])).to_physical().to_list() == [
        *(0, 1, 0),
        None,
        2,
    ]
    assert words.encoded(pl.Series(["c", "", "a"])).to_physical().to_list() == [3, 2, 1]


def test_many_texts_are_told_apart() -> None:
    many = [f"{i:b}" for i in range(50_000)]  # the table grows a dozen times
    words = Words()
    for _ in range(2):
        found = words.encoded(pl.Series(many))
        assert found.to_physical().to_list() == list(range(len(many)))
        assert found.cast(pl.String).to_list() == many


def test_a_column_outlives_the_words_it_came_from() -> None:
    found = Words().encoded(pl.Series(["a", "b", "a"]))
    others = [Words().encoded(pl.Series([str(i)])) for i in range(50)]
    assert found.cast(pl.String).to_list() == ["a", "b", "a"]
    assert [other.cast(pl.String).item() for other in others] == [str(i) for i in range(50)]


MANY = [str(i) for i in range(LIMIT + 1)]
LONG = [f"{i:02}{'x' * (1 << 20)}" for i in range(LIMIT_SIZE >> 20)]


@pytest.mark.parametrize("full", [MANY, LONG], ids=["many", "long"])
def test_words_begin_anew_when_there_are_too_many_or_too_long_ones(full: list[str]) -> None:
    vocabulary = Vocabulary()
    words = vocabulary.of("client")
    kept = words.encoded(pl.Series(full[:-1]))
    vocabulary.renew()
    assert vocabulary.of("client") is words
    words.encoded(pl.Series(full))
    vocabulary.renew()
    assert vocabulary.of("client") is not words
    again = vocabulary.of("client").encoded(pl.Series(["new", full[0]]))
    assert again.to_physical().to_list() == [0, 1]
    assert again.dtype != kept.dtype  # whoever remembers numbers is told by the type
    assert kept.cast(pl.String).to_list() == full[:-1]


def test_fields_have_numbers_of_their_own() -> None:
    rows = pl.DataFrame({"client": ["a", "b"], "host": ["b", None], "user": ["u", "v"]})
    found = Vocabulary().encoded(rows, ["client", "host", "referrer"])
    assert numbered_columns(found) == ["client", "host"]
    assert found["client"].dtype != found["host"].dtype
    assert found["host"].to_physical().to_list() == [0, None]
    assert as_text(found).equals(rows)


@settings(max_examples=20)
@given(st.lists(values, min_size=1, max_size=6))
def test_memory_does_not_follow_the_log(batches: list[list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words_module, "LIMIT", 5)
        vocabulary = Vocabulary()
        for batch in batches:
            vocabulary.renew()
            assert not vocabulary.of("user_agent").is_full
            assert split(batch, vocabulary).cast(pl.String).to_list() == batch
