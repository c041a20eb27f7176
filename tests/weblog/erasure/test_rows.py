"""A person leaves rows of any table: what goes, what is changed, what stays."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.company_tables import CUSTOMERS
from weblog.erasure.person import Person, finder, is_telling, pattern
from weblog.erasure.rows import concerned, without
from weblog.schema import HITS, REJECTS, TABLES, VISITORS, Table

KIM = Person(
    customers=("K10001", "12"),
    visitors=("cookie-of-kim",),
    lines={"log": (7, 9)},
    texts=("kim@example.com",),
)

NUMBERS = (pl.Int16, pl.Int32, pl.Int64, pl.Float64, pl.Boolean, pl.Date, pl.Datetime)


def rows(table: Table, *given_rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(given_rows), schema=table.schema)


def test_of_every_table_every_column_that_may_tell_is_looked_at() -> None:
    """A new column of another type than these needs a thought about erasing it."""
    for table in TABLES.values():
        for name, dtype in table.schema.items():
            assert name in concerned(table.schema) or isinstance(dtype, NUMBERS), (table.name, name)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_no_text_of_any_table_keeps_the_person(table: Table) -> None:
    """Every column is filled with words of the person: nothing is left of them."""
    filled: dict[str, object] = {
        name: {
            pl.String: "see K10001?m=kim%40example.com",
            pl.Binary: b"see kim@example.com",
            pl.List: ["K10001", "other"],
        }.get(dtype.base_type())
        for name, dtype in table.schema.items()
    }
    filled |= {"customer_id": "K10001"} if "customer_id" in table.schema else {}
    filled |= {"visitor_id": "cookie-of-kim"} if "visitor_id" in table.schema else {}
    left = without(rows(table, filled), KIM).kept
    texts = left.drop("session_id", "log_source", strict=False)
    told = texts.row(0) if texts.height else ()
    assert not any("K10001" in str(value) or "kim" in str(value) for value in told)


@pytest.mark.parametrize(
    ("hit", "goes"),
    [
        ({"customer_id": "K10001", "visitor_id": "x"}, True),
        ({"customer_id": "12"}, True),
        ({"customer_id": "123"}, False),
        ({"visitor_id": "cookie-of-kim"}, True),
        ({"visitor_id": "cookie-of-kim2"}, False),
        ({"visitor_id": None, "customer_id": None}, False),
        ({"log_source": "log", "line": 7}, True),
        ({"log_source": "log", "line": 8}, False),
        ({"log_source": "other", "line": 7}, False),
    ],
)
def test_whose_hit_it_is(hit: dict[str, object], goes: bool) -> None:
    found = without(rows(HITS, hit), KIM)
    assert (found.removed.height, found.kept.height) == ((1, 0) if goes else (0, 1))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/customers/K10001", "/customers/(erased)"),
        ("/customers/k10001/edit", "/customers/(erased)/edit"),
        ("/customers/K100012", "/customers/K100012"),
        ("/customers/XK10001", "/customers/XK10001"),
        ("next=%2Fc%2FK10001%26x", "next=%2Fc%2F(erased)%26x"),
        ("m=kim@example.com", "m=(erased)"),
        ("m=Kim%40Example.com&n=1", "m=(erased)&n=1"),
        ("m=kim@example.community", "m=kim@example.community"),
        ("/page/12", "/page/12"),
        (None, None),
    ],
)
def test_words_of_the_person_leave_the_texts_of_others(text: str | None, left: str | None) -> None:
    found = without(rows(HITS, {"query": text}), KIM)
    assert found.kept["query"].to_list() == [left]
    assert found.changed == (text != left)
    assert found.is_same == (text == left)


def test_lists_of_ids_lose_the_persons() -> None:
    found = without(rows(VISITORS, {"visitor_id": "v", "customers": ["A", "K10001", "B"]}), KIM)
    assert found.kept["customers"].to_list() == [["A", "B"]]
    assert found.changed == 1


def test_lines_nobody_could_parse_go_if_they_hold_a_word() -> None:
    lines = [b"x K10001 y", b"x 12 y", b"\xff kim%40example.com \x00", b"", None]
    found = without(rows(REJECTS, *({"raw": line} for line in lines)), KIM)
    assert found.kept["raw"].to_list() == [b"x 12 y", b"", None]


def test_a_person_of_nothing_is_in_no_row() -> None:
    given_rows = rows(CUSTOMERS, {"customer_id": "A", "name": "Kim"})
    assert without(given_rows, Person()).is_same


def test_short_words_are_not_sought_in_texts() -> None:
    assert [is_telling(text) for text in ("12", "abc", "12345", "a123", "123456", "김민수")] == [
        False,
        False,
        False,
        True,
        True,
        False,
    ]


def test_a_person_comes_back_from_the_journal() -> None:
    assert Person.from_json(KIM.to_json()) == KIM


words = st.text(alphabet="aK1@.%_-가", min_size=1, max_size=8)


@given(st.lists(words, min_size=1, max_size=4), st.text(alphabet="aK1@.%_-가 /?="))
def test_what_the_pattern_replaces_is_what_the_search_would_find(
    found: list[str], text: str
) -> None:
    holds, replaced = finder(found), pattern(found).sub("()", text)
    assert holds(text.encode()) == (pattern(found).search(text) is not None)
    assert holds(replaced.encode()) is (pattern(found).search(replaced) is not None)


@given(st.lists(st.sampled_from(["K10001", "x", "K10001/K10001", "K10001-K10001", "aK10001"])))
def test_redacting_leaves_nothing_to_find(texts: list[str]) -> None:
    kept = without(pl.DataFrame({"path": texts}, schema={"path": pl.String}), KIM).kept
    holds = finder(KIM.words)
    assert not any(holds(text.encode()) for text in kept["path"].to_list())
