"""The company's own tables: what is read, what is refused, with every fault and its row."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sessionize
from weblog.errors import SeveralErrors, TableError
from weblog.schema import TABLES
from weblog.site import Site, site_from
from weblog.store import Store


def site(folder: Path, **tables: str) -> Site:
    return site_from({"time_zone": "Asia/Seoul", "tables": tables}, "site.toml", folder)


def write(folder: Path, text: str, name: str = "customers.csv", encoding: str = "utf-8") -> Site:
    (folder / name).write_bytes(text.encode(encoding))
    return site(folder, **{name.partition(".")[0]: name})


def loaded(store: Store, rules: Site, name: str = "customers") -> list[dict[str, Any]]:
    sessionize.load_tables(store, rules)
    rows = store.head().scan(name).collect().sort(TABLES[name].key).to_dicts()
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


CUSTOMERS = "customer_id,valid_from,grade,children,consent_email\nC1,2025-09-30,VIP,2,yes\n"
C1 = {
    "customer_id": "C1",
    "valid_from": date(2025, 9, 30),
    "grade": "VIP",
    "children": 2,
    "consent_email": True,
}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(CUSTOMERS, "utf-8", id="plain"),
        pytest.param(CUSTOMERS, "utf-8-sig", id="with a byte order mark"),
        pytest.param(CUSTOMERS.replace("\n", "\r\n"), "utf-8", id="line ends of Windows"),
        pytest.param(CUSTOMERS.replace(",", " , "), "utf-8", id="blanks around"),
        pytest.param(CUSTOMERS.replace("yes", "TRUE"), "utf-8", id="another word for true"),
        pytest.param(CUSTOMERS.replace(",", ";"), "utf-8-sig", id="semicolons"),
        pytest.param(CUSTOMERS.replace(",", "\t"), "utf-8", id="tabs"),
        pytest.param(CUSTOMERS.replace(",", "\t"), "utf-16", id="Excel's Unicode text"),
        pytest.param(CUSTOMERS.replace("\n", ",,\n"), "utf-8", id="empty columns of a sheet"),
        pytest.param(CUSTOMERS[:-1] + ",\n", "utf-8", id="a separator at a row's end"),
        pytest.param("\r\n\n" + CUSTOMERS, "utf-8", id="blank lines before"),
        pytest.param(CUSTOMERS + "\n\n", "utf-8", id="blank lines after"),
        pytest.param(CUSTOMERS.replace("\n", "\n, ,,\n", 1), "utf-8", id="a row without a value"),
    ],
)
def test_a_table_as_people_write_it(store: Store, tmp_path: Path, text: str, encoding: str) -> None:
    assert loaded(store, write(tmp_path, text, encoding=encoding)) == [C1]


def test_korean_from_an_old_spreadsheet(store: Store, tmp_path: Path) -> None:
    text = "customer_id,valid_from,occupation\nC1,2025-01-01,교사\n"
    (row,) = loaded(store, write(tmp_path, text, encoding="cp949"))
    assert row["occupation"] == "교사"


def test_quotes_and_separators_within_text(store: Store, tmp_path: Path) -> None:
    text = 'customer_id;valid_from;occupation\nC1;2025-01-01;5" pipes\nC2;2025-01-01;"a;b, ""c"""\n'
    first, second = loaded(store, write(tmp_path, text))
    assert (first["occupation"], second["occupation"]) == ('5" pipes', 'a;b, "c"')


def test_parquet_is_read_as_it_is(store: Store, tmp_path: Path) -> None:
    pl.DataFrame([C1]).write_parquet(tmp_path / "customers.parquet")
    assert loaded(store, site(tmp_path, customers="customers.parquet")) == [C1]


def ids(*values: object, dtype: Any = None) -> pl.DataFrame:
    day = [date(2025, 9, 30)] * len(values)
    return pl.DataFrame({"customer_id": pl.Series(values, dtype=dtype), "valid_from": day})


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        pytest.param(ids(123.0, 456.0), ["123", "456"], id="numbers that pandas made floats"),
        pytest.param(ids(1e15, 1.5), ["1.5", "1000000000000000"], id="floats of all sizes"),
        pytest.param(ids(Decimal("123.00")), ["123"], id="decimals"),
        pytest.param(ids(123, 456), ["123", "456"], id="integers"),
        pytest.param(ids("C1 ", " C2"), ["C1", "C2"], id="padded"),
        pytest.param(ids("C1 ", dtype=pl.Categorical()), ["C1"], id="padded categories"),
        pytest.param(ids(b"C1"), ["C1"], id="bytes that are text"),
    ],
)
def test_ids_in_parquet_are_those_a_csv_would_give(
    store: Store, tmp_path: Path, frame: pl.DataFrame, expected: list[str]
) -> None:
    frame.write_parquet(tmp_path / "customers.parquet")
    rows = loaded(store, site(tmp_path, customers="customers.parquet"))
    assert [row["customer_id"] for row in rows] == expected


MIDNIGHT = datetime.fromisoformat("2025-09-30")


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param(pl.Series([MIDNIGHT]), id="without a zone"),
        pytest.param(pl.Series([MIDNIGHT]).cast(pl.Datetime("ns")), id="as pandas stores it"),
        pytest.param(pl.Series([MIDNIGHT]).dt.replace_time_zone("UTC"), id="in UTC"),
        pytest.param(
            pl.Series([MIDNIGHT]).dt.replace_time_zone("Asia/Seoul").dt.convert_time_zone("UTC"),
            id="of the site",
        ),
        pytest.param(pl.Series(["2025-09-30 00:00:00"]), id="as text"),
    ],
)
def test_timestamps_at_midnight_are_days(store: Store, tmp_path: Path, moments: pl.Series) -> None:
    frame = pl.DataFrame({"customer_id": ["C1"], "valid_from": moments})
    frame.write_parquet(tmp_path / "customers.parquet")
    (row,) = loaded(store, site(tmp_path, customers="customers.parquet"))
    assert row["valid_from"] == date(2025, 9, 30)


def test_a_timestamp_within_the_day_is_no_day(tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": ["C1"], "valid_from": [MIDNIGHT + timedelta(hours=1)]})
    frame.write_parquet(tmp_path / "customers.parquet")
    with pytest.raises(TableError, match=r"row 2, column valid_from .*expected a day"):
        sessionize.check_tables(site(tmp_path, customers="customers.parquet"))


def test_numbers_that_pandas_made_floats(store: Store, tmp_path: Path) -> None:
    """An integer column with a gap becomes one of floats, and the gap NaN."""
    frame = ids("C1", "C2").with_columns(children=pl.Series([2.0, float("nan")]))
    frame.write_parquet(tmp_path / "customers.parquet")
    rows = loaded(store, site(tmp_path, customers="customers.parquet"))
    assert [row.get("children") for row in rows] == [2, None]


def test_times_in_parquet_are_instants_or_of_the_sites_zone(store: Store, tmp_path: Path) -> None:
    local, at = datetime.fromisoformat("2025-09-09T10:00"), datetime(2025, 9, 9, 1, tzinfo=UTC)
    named = {"mailings": "mailings.parquet"}
    for moment in (
        pl.Series([local]),
        pl.Series([local]).cast(pl.Datetime("ns")),
        pl.Series([at])
        .dt.convert_time_zone("America/New_York")
        .cast(pl.Datetime("ms", "America/New_York")),
    ):
        frame = pl.DataFrame({"mailing": ["m1"], "sent": moment})
        frame.write_parquet(tmp_path / "mailings.parquet")
        assert loaded(store, site(tmp_path, **named), "mailings") == [{"mailing": "m1", "sent": at}]


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        (
            ids(["C1"]),
            "column customer_id is a column of type List(String): every row needs it",
        ),
        (ids({"a": "C1"}), "column customer_id is a column of type Struct("),
        (ids(b"\xff\xfe"), "column customer_id is a column of type Binary"),
        (
            ids("C1").with_columns(children=pl.Series([[1]])),
            "column children is a column of type List(Int64): expected a whole number",
        ),
        (
            ids("C1").with_columns(children=pl.Series([1.5])),
            "row 2, column children is '1.5': expected a whole number",
        ),
        (
            ids("C1").with_columns(children=pl.Series([float("inf")])),
            "row 2, column children is 'inf': expected a whole number",
        ),
    ],
)
def test_what_parquet_may_hold_but_a_register_cannot(
    tmp_path: Path, frame: pl.DataFrame, fault: str
) -> None:
    frame.write_parquet(tmp_path / "customers.parquet")
    with pytest.raises(TableError) as caught:
        sessionize.check_tables(site(tmp_path, customers="customers.parquet"))
    assert fault in str(caught.value)


@pytest.mark.parametrize("again", ["customer_id", " customer_id"])
def test_a_column_that_is_there_twice_is_refused(tmp_path: Path, again: str) -> None:
    with pytest.raises(TableError, match="column customer_id is there twice"):
        sessionize.check_tables(
            write(tmp_path, f"customer_id,valid_from,{again}\nC1,2025-01-01,C2\n")
        )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-09-09T10:00:00+09:00", datetime(2025, 9, 9, 1, tzinfo=UTC)),
        ("2025-09-09 10:00:00", datetime(2025, 9, 9, 1, tzinfo=UTC)),
        ("2025-09-09T01:00:00Z", datetime(2025, 9, 9, 1, tzinfo=UTC)),
    ],
)
def test_times_without_a_zone_are_the_sites(
    store: Store, tmp_path: Path, written: str, expected: datetime
) -> None:
    rules = write(tmp_path, f"mailing,sent\nm1,{written}\n", "mailings.csv")
    assert loaded(store, rules, "mailings") == [{"mailing": "m1", "sent": expected}]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("customer_id,valid_form\nC1,2025-01-01\n", ["column valid_from is missing"]),
        (
            "customer_id,valid_from\nC1,30.9.2025\n",
            ["row 2, column valid_from is '30.9.2025': expected a day such as 2025-09-30"],
        ),
        ("customer_id,valid_from\n,2025-01-01\n", ["row 2, column customer_id is empty"]),
        ("customer_id,valid_from\n,\n\n,2025-01-01\n", ["row 4, column customer_id is empty"]),
        (
            "customer_id,valid_from,children\nC1,2025-01-01,two\nC2,2025-01-01,x\n",
            [
                "row 2, column children is 'two': expected a whole number",
                "row 3, column children is 'x'",
            ],
        ),
        (
            "customer_id,valid_from,consent_sms\nC1,2025-01-01,perhaps\n",
            ["row 2, column consent_sms is 'perhaps': expected true or false"],
        ),
        (
            "customer_id,valid_from\nC1,2025-01-01\nC2,2025-01-01\nC1,2025-01-01\n",
            ["row 4, customer_id and valid_from is 'C1, 2025-01-01': each once"],
        ),
        (
            "customer_id,valid_from\nC0,2025-01-01\nC1,2025-01-01,VIP\nC2,2025-01-01\nC,a,b,c\n",
            ["row 3 is 3 fields long: expected 2, as in the header;", "row 5 is 4 fields long"],
        ),
        (
            'customer_id,valid_from\n"C\n1",2025-01-01\nC2,2025-01-01,\n,"x"y\n',
            ['row 4 is damaged: expected a " within quoted text twice, and one at its end'],
        ),
        ('customer_id,valid_from\nC1,"2025-01-01\nC2,2025-01-01\n', ["row 2 is damaged"]),
        (
            "customer_id;valid_form\nC1;2025-01-01\n",
            ["column valid_from is missing: every row needs it. Is it 'valid_form'?"],
        ),
        (
            "customer_id|valid_from\nC1|2025-01-01\n",
            [
                "The header is one column, 'customer_id|valid_from'; expected columns divided by c",
                "column valid_from is missing",
            ],
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_row(
    store: Store, tmp_path: Path, text: str, faults: list[str]
) -> None:
    rules = write(tmp_path, text)
    for refuse in (
        lambda: sessionize.load_tables(store, rules),
        lambda: sessionize.check_tables(rules),
    ):
        with pytest.raises(TableError) as caught:
            refuse()
        assert len(caught.value.faults) == len(faults)
        for fault in faults:
            assert fault in str(caught.value)
    assert store.head().scan("customers").collect().is_empty()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "purchase_id,customer_id,purchase_date\nP1,C1,2025-01-01\n",
            "column purchased is missing: every row needs it. Is it 'purchase_date'?",
        ),
        ("purchase_id,purchased\nP1,2025-01-01\n", "column customer_id is missing"),
        (
            "purchase_id,customer_id,purchased\nP1,C1,2025-01-01\nP2,,2025-01-01\n",
            "row 3, column customer_id is empty: every row needs it",
        ),
        (
            "purchase_id,customer_id,purchased\nP1,C1,\n",
            "row 2, column purchased is empty: expected a day such as 2025-09-30",
        ),
    ],
)
def test_a_purchase_needs_a_buyer_and_a_day(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(TableError) as caught:
        sessionize.check_tables(write(tmp_path, text, "purchases.csv"))
    assert fault in str(caught.value)
    assert len(caught.value.faults) == 1


def test_a_near_name_is_proposed(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="Is it 'valid_form'"):
        sessionize.check_tables(write(tmp_path, "customer_id,valid_form\nC1,2025-01-01\n"))


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (None, "customers.csv", "the file is not there"),
        (b"\xff\xfe\x00\x80customer_id", "customers.csv", "neither UTF-8 nor CP949"),
        (b"no Parquet", "customers.parquet", "Parquet is damaged"),
        (b"", "customers.csv", "the file is empty: expected a header and rows"),
        (b"\r\n\n", "customers.csv", "the file is empty"),
        (b"PK\x03\x04\x14", "customers.xlsx", "the file is a workbook or an archive: save it"),
    ],
)
def test_a_file_that_is_no_table(
    tmp_path: Path, content: bytes | None, name: str, problem: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=problem):
        sessionize.check_tables(site(tmp_path, customers=name))


def test_only_the_first_faults_are_told(tmp_path: Path) -> None:
    rows = "".join(f"C{number},never\n" for number in range(100))
    with pytest.raises(TableError) as caught:
        sessionize.check_tables(write(tmp_path, "customer_id,valid_from\n" + rows))
    assert len(caught.value.faults) == 20


def test_unknown_columns_are_left_out_and_named(store: Store, tmp_path: Path) -> None:
    rules = write(tmp_path, "customer_id,valid_from,shoe_size\nC1,2025-01-01,43\n")
    (table,) = sessionize.load_tables(store, rules)
    assert (table.table, table.rows, table.ignored) == ("customers", 1, ("shoe_size",))
    assert sessionize.check_tables(rules)[0].ignored == ("shoe_size",)


def test_rows_of_the_same_key_are_replaced_and_others_kept(store: Store, tmp_path: Path) -> None:
    loaded(store, write(tmp_path, CUSTOMERS + "C2,2025-01-01,BASIC,0,no\n"))
    rows = loaded(store, write(tmp_path, CUSTOMERS.replace("VIP", "GOLD")))
    assert [(row["customer_id"], row["grade"]) for row in rows] == [("C1", "GOLD"), ("C2", "BASIC")]


def test_a_file_that_was_loaded_before_is_not_written_again(store: Store, tmp_path: Path) -> None:
    rules = write(tmp_path, CUSTOMERS)
    assert [table.is_changed for table in sessionize.load_tables(store, rules)] == [True]
    versions = store.head().versions
    assert [table.is_changed for table in sessionize.load_tables(store, rules)] == [False]
    assert store.head().versions == versions
    write(tmp_path, CUSTOMERS.replace("VIP", "GOLD"))
    assert [table.is_changed for table in sessionize.load_tables(store, rules)] == [True]


def test_one_bad_file_keeps_all_from_being_loaded(store: Store, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "purchases.csv").write_text("purchase_id\nP1\n")
    (tmp_path / "campaigns.csv").mkdir()
    named = {name: f"{name}.csv" for name in ("customers", "purchases", "campaigns")}
    with pytest.raises(SeveralErrors) as caught:
        sessionize.load_tables(store, site(tmp_path, **named))
    assert "purchases.csv: 2 faults.\n  column customer_id is missing" in str(caught.value)
    assert "campaigns.csv: 1 fault.\n  the path is a folder: expected" in str(caught.value)
    assert [type(error) for error in caught.value.errors] == [TableError, TableError]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301
    assert caught.value.exit_code == TableError.exit_code
    assert store.head().scan("customers").collect().is_empty()


def test_a_site_that_names_no_table_loads_none(store: Store, tmp_path: Path) -> None:
    assert sessionize.load_tables(store, site(tmp_path)) == []
