"""A built mart, read by programs that know nothing of the toolkit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest
from deltalake import DeltaTable

from reports.mart import VIEWS
from reports.mart.build import build
from weblog.site import Site
from weblog.store import Store


@pytest.fixture(scope="module")
def marts(company: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sample company's mart in both formats, of views with every type of column."""
    folder = tmp_path_factory.mktemp("marts")
    chosen = [VIEWS[name] for name in ("sessions_flat", "customer_profile", "channel_daily")]
    for name in ("delta", "parquet"):
        build(
            company,
            Site(),
            folder=folder / name,
            format=name,  # type: ignore[arg-type]
            views=chosen,
            with_customers=True,
        )
    return {name: folder / name for name in ("delta", "parquet")}


@pytest.fixture(scope="module")
def expected(company: Store) -> pl.DataFrame:
    return VIEWS["sessions_flat"].rows(company.snapshot()).collect().sort("session_id")


@pytest.fixture(scope="module")
def value(expected: pl.DataFrame) -> float:
    total: float = expected["value"].sum()
    assert total > 0
    return total


def test_duckdb_reads_the_parquet_folder(marts: dict[str, Path], expected: pl.DataFrame) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        answer = connection.sql(
            f"SELECT * FROM read_parquet('{marts['parquet']}/sessions_flat/*.parquet')"
        )
        types = dict(zip(answer.columns, map(str, answer.types), strict=True))
        rows = answer.pl().sort("session_id")
    assert (types["products"], types["start"]) == ("VARCHAR[]", "TIMESTAMP WITH TIME ZONE")
    assert rows.equals(expected.cast({"start": rows.schema["start"], "end": rows.schema["end"]}))


def test_duckdb_reads_the_files_a_delta_table_consists_of(
    marts: dict[str, Path], expected: pl.DataFrame
) -> None:
    table = DeltaTable(marts["delta"] / "sessions_flat")
    files = [uri.removeprefix("file://") for uri in table.file_uris()]
    with duckdb.connect() as connection:
        counted = connection.sql(
            f"SELECT date, count(*) AS n FROM read_parquet({files}, hive_partitioning = true, "
            "hive_types = {date: DATE}) GROUP BY date ORDER BY date"
        ).pl()
    own = expected.group_by("date").agg(pl.len().cast(pl.Int64).alias("n")).sort("date")
    assert counted.equals(own)


def test_duckdb_reads_a_delta_table_as_arrow(marts: dict[str, Path], value: float) -> None:
    sessions = DeltaTable(marts["delta"] / "sessions_flat").to_pyarrow_table()
    with duckdb.connect() as connection:
        connection.register("sessions", sessions)
        (found,) = connection.execute("SELECT sum(value) FROM sessions").fetchone() or (None,)
    assert found == value


@pytest.mark.parametrize("read", ["parquet", "delta"])
def test_pandas_reads_it(marts: dict[str, Path], read: str, expected: pl.DataFrame) -> None:
    if read == "parquet":
        frame = pd.read_parquet(marts["parquet"] / "sessions_flat")
    else:
        frame = DeltaTable(marts["delta"] / "sessions_flat").to_pandas()
    assert len(frame) == expected.height
    assert frame["value"].sum() == expected["value"].sum()
    assert str(frame["start"].dtype) == "datetime64[us, UTC]"
    assert set(frame.columns) == set(expected.columns)
    by_channel = frame.groupby("channel")["page_views"].sum().to_dict()
    own = expected.group_by("channel").agg(pl.col("page_views").sum())
    assert by_channel == dict(own.iter_rows())


@pytest.mark.parametrize("read", ["parquet", "delta"])
def test_polars_reads_it(marts: dict[str, Path], read: str, expected: pl.DataFrame) -> None:
    readers: dict[str, Any] = {
        "parquet": lambda: pl.scan_parquet(marts["parquet"] / "sessions_flat" / "*.parquet"),
        "delta": lambda: pl.scan_delta(str(marts["delta"] / "sessions_flat")),
    }
    rows = readers[read]().select(expected.columns).collect().sort("session_id")
    assert rows.equals(expected)


def test_arrow_reads_the_parquet_folder(marts: dict[str, Path], expected: pl.DataFrame) -> None:
    rows = ds.dataset(marts["parquet"] / "sessions_flat", format="parquet").to_table()
    assert pl.DataFrame(rows).sort("session_id").equals(expected)


def test_profiles_are_one_file_of_either_kind(marts: dict[str, Path], company: Store) -> None:
    own = VIEWS["customer_profile"].rows(company.snapshot()).collect()
    delta = pl.scan_delta(str(marts["delta"] / "customer_profile")).collect()
    plain = pl.scan_parquet(marts["parquet"] / "customer_profile" / "*.parquet").collect()
    assert delta.sort("customer_id").equals(own)
    assert plain.sort("customer_id").equals(own)
