"""Exports with bad rows: good ones are kept, every bad one is told."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sessionize
from sessionize.table_file import read_rows
from weblog.company_tables import CUSTOMERS
from weblog.errors import TableError, TimeZoneError, UnknownNameError
from weblog.site import Site, site_from
from weblog.store import Store

TODAY = date(2025, 11, 3)
HEAD = "customer_id,name,birth_date,children\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_from({"time_zone": "Asia/Seoul"}, "site.toml", tmp_path)


def load(store: Store, site: Site, content: bytes | str, **columns: str) -> sessionize.RegisterLoad:
    path = Path(site.folder) / "export.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = sessionize.RegisterSource(str(path), columns=columns)
    return sessionize.load_customers(store, site, source, as_of=TODAY)


def names(store: Store) -> dict[str, str | None]:
    found = store.head().scan("customers").collect()
    return dict(zip(found["customer_id"], found["name"], strict=True))


@pytest.mark.parametrize(
    ("text", "kept", "faults"),
    [
        pytest.param(
            HEAD + "C1,김,1980-05-01,2\nC2,이,never,two\nC3,박,,\n",
            ["C1", "C3"],
            [
                (3, "birth_date", "never", "a day such as 2025-09-30"),
                (3, "children", "two", "a whole number"),
            ],
            id="every fault of a row",
        ),
        pytest.param(
            HEAD + ",김,,\nC2,이,,\n",
            ["C2"],
            [(2, "customer_id", None, "every row needs it")],
            id="nobody",
        ),
        pytest.param(
            HEAD + "C1,김,,\nC2,이,,\nC1,박,,\nC1,최,,\n",
            ["C1", "C2"],
            [
                (4, "customer_id", "C1", "each once; row 2 has it too"),
                (5, "customer_id", "C1", "each once; row 2 has it too"),
            ],
            id="the same id twice",
        ),
        pytest.param(
            HEAD + "C1,김,,x\nC1,이,,\n",
            ["C1"],
            [(2, "children", "x", "a whole number")],
            id="the same id as in a bad row",
        ),
        pytest.param(
            HEAD + "C1,김,,1,2\nC2,이,,1,,\n",
            ["C2"],
            [
                (
                    2,
                    None,
                    "5 fields long",
                    "4, as in the header; text with a separator in it stands in quotes",
                )
            ],
            id="too long",
        ),
        pytest.param(
            HEAD + 'C1,김,,\nC2,"이"영희,,\nC3,박,,\n',
            ["C1", "C3"],
            [(3, None, "damaged", 'a " within quoted text twice, and one at its end')],
            id="a quote in the middle",
        ),
        pytest.param(
            HEAD + 'C1,김,,\nC2,"이,,\nC3,박,,\nC4,최,,\n',
            ["C1", "C3", "C4"],
            [(3, None, "damaged", 'a " within quoted text twice, and one at its end')],
            id="a quote that nothing closes",
        ),
    ],
)
def test_good_rows_are_kept_and_bad_ones_told(
    store: Store, site: Site, text: str, kept: list[str], faults: list[tuple[Any, ...]]
) -> None:
    done = load(store, site, text)
    assert sorted(names(store)) == kept
    assert done.faults.rows() == faults
    assert (done.good, done.bad) == (len(kept), len({fault[0] for fault in faults}))
    assert done.rows == done.good + done.bad == done.new + done.bad


def test_all_bad_rows_are_told(store: Store, site: Site) -> None:
    done = load(store, site, HEAD + "".join(f"C{n},,never,\n" for n in range(1000)))
    assert (done.rows, done.good, done.faults.height) == (1000, 0, 1000)
    assert store.head().scan("customers").collect().is_empty()


def test_lines_in_two_encodings_are_both_read(store: Store, site: Site) -> None:
    lines = [HEAD.encode(), "C1,김민수,,\n".encode("cp949"), "C2,이영희,,\n".encode()]
    load(store, site, b"".join(lines))
    assert names(store) == {"C1": "김민수", "C2": "이영희"}


def test_what_is_no_text_is_told(store: Store, site: Site) -> None:
    done = load(store, site, HEAD.encode() + b"C1,\xff\xfe\xff,,\n" + "C2,이,,\n".encode("cp949"))
    assert names(store) == {"C2": "이"}
    assert done.faults.rows() == [(2, "name", "\ufffd\ufffd\ufffd", "text in UTF-8 or CP949")]


@pytest.mark.parametrize("day", ["2025-09-30", "2025/09/30", "2025.09.30", "20250930"])
def test_days_as_korean_systems_write_them(store: Store, site: Site, day: str) -> None:
    load(store, site, f"customer_id,joined\nC1,{day}\n")
    (row,) = store.head().scan("customers").collect().to_dicts()
    assert row["joined"] == date(2025, 9, 30)


@pytest.mark.parametrize("day", ["2025-0930", "2025.09/30", "202509", "30.09.2025", "2025.13.01"])
def test_days_that_could_be_another_are_refused(store: Store, site: Site, day: str) -> None:
    assert load(store, site, f"customer_id,joined\nC1,{day}\n").bad == 1


def test_parquet_with_bad_rows(store: Store, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "export.parquet"
    pl.DataFrame({"customer_id": [1, None, 3], "children": [0.5, 1.0, 2.0]}).write_parquet(path)
    source = sessionize.RegisterSource(str(path))
    done = sessionize.load_customers(store, site, source, as_of=TODAY)
    assert list(names(store)) == ["3"]
    assert [fault[:3] for fault in done.faults.rows()] == [
        (2, "children", "0.5"),
        (3, "customer_id", None),
    ]


# other names


def test_columns_with_other_names(store: Store, site: Site) -> None:
    text = "고객번호;성명;name\nC1;김민수;ignored\n"
    done = load(store, site, text, customer_id="고객번호", name="성명")
    assert names(store) == {"C1": "김민수"}
    assert done.ignored == ()


def test_a_name_the_file_does_not_have(store: Store, site: Site) -> None:
    with pytest.raises(TableError, match=r"column cust_no is missing.*Is it 'custno'"):
        load(store, site, "custno\nC1\n", customer_id="cust_no")


def test_a_column_that_is_none_of_ours(store: Store, site: Site) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'customer_id'"):
        load(store, site, "custno\nC1\n", customerid="custno")


def test_a_register_without_ids_is_refused(store: Store, site: Site) -> None:
    with pytest.raises(TableError, match="column customer_id is missing"):
        load(store, site, "name\n김민수\n")


def test_another_time_zone_is_refused(store: Store, site: Site) -> None:
    store.keep_time_zone("UTC")
    with pytest.raises(TimeZoneError):
        load(store, site, "customer_id\nC1\n")


# any file


CELLS = st.sampled_from(
    ["", "C1", "C2", "C3", "김", "1", "x", "1980-05-01", '"', '""', "a,b", "a\nb"]
)


def written(rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([HEAD.strip().split(","), *rows])
    return text.getvalue()


@given(st.lists(st.lists(CELLS, min_size=1, max_size=6).filter(any), max_size=12))
def test_good_and_bad_rows_are_all_there_are(rows: list[list[str]]) -> None:
    content = written(rows).encode()
    read = read_rows(content, Path("x.csv"), CUSTOMERS, "UTC", required=("customer_id",))
    numbers = set(read.numbers) | set(read.faults["row"])
    assert numbers == set(range(2, len(rows) + 2))
    assert read.good.height + read.bad == len(rows)


@given(st.text(alphabet='C1,"\n김', max_size=60))
def test_what_is_not_told_as_damaged_is_read_as_csv_is(text: str) -> None:
    content = (HEAD + text).encode()
    read = read_rows(content, Path("x.csv"), CUSTOMERS, "UTC", required=("customer_id",))
    damaged = read.faults.filter(pl.col("value").is_in(["damaged"]))
    if damaged.is_empty():
        records = list(csv.reader(io.StringIO(HEAD + text, newline="")))
        filled = {number for number, row in enumerate(records, 1) if any(map(str.strip, row))} - {1}
        assert set(read.numbers) | set(read.faults["row"]) == filled
        for number, name in zip(read.numbers, read.rows["customer_id"], strict=True):
            assert (name or "") == records[number - 1][0].strip()
