"""Segment rules: what the documentation says of them holds, and what makes no sense is refused."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sessionize
from sessionize.segments import COLUMNS, segment_expr
from weblog.errors import SiteError
from weblog.schema import TABLES
from weblog.site import Site, site_from
from weblog.site.rules import DEFAULT_SEGMENTS, SegmentRule
from weblog.store import Store

PAGE = (Path(__file__).parents[2] / "docs" / "segments.md").read_text("utf-8")
EXAMPLES = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]
TYPES = {
    pl.String(): "text",
    pl.Int32(): "integer",
    pl.Int64(): "integer",
    pl.Float64(): "number",
    pl.Boolean(): "true or false",
    pl.Date(): "day",
}


def site(*conditions: str) -> Site:
    rules = [{"segment": f"s{n}", "when": when} for n, when in enumerate(conditions)]
    return site_from({"segments": rules}, "site.toml", Path())


def table_after(words: str) -> list[dict[str, str | None]]:
    """Return the first table of the page after ``words``; an empty cell is None."""
    lines = PAGE[PAGE.index(words) :].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines[first:])
    table = []
    for row in rows:
        if not row:
            break
        table.append({name: cell or None for name, cell in zip(head, row, strict=True)})
    return table


def test_the_page_shows_the_default_rules() -> None:
    shown = [SegmentRule(**rule) for rule in EXAMPLES[0]["segments"]]
    assert shown == list(DEFAULT_SEGMENTS)


def test_the_page_lists_every_column() -> None:
    assert table_after("## Columns") == [
        {"column": f"`{c.name}`", "type": TYPES[c.dtype], "meaning": c.meaning} for c in COLUMNS
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=["default", "others"])
def test_the_rules_shown_are_valid(example: dict[str, Any]) -> None:
    assert sessionize.segment_faults(site_from(example, "site.toml", Path())) == []


def test_the_register_counts_as_of_the_sessions_day(
    store: Store, make_hits: Any, tmp_path: Path
) -> None:
    expected = table_after("sessions get these segments")
    customers = pl.DataFrame(table_after("this register,"))
    customers.write_csv(tmp_path / "customers.csv")
    purchases = pl.DataFrame(table_after("| customer_id | purchased"))
    purchases.with_row_index("purchase_id").write_csv(tmp_path / "purchases.csv")
    named = {"customers": "customers.csv", "purchases": "purchases.csv"}
    seoul = site_from({"time_zone": "Asia/Seoul", "tables": named}, "site.toml", tmp_path)
    sessionize.load_tables(store, seoul)
    hits = make_hits(
        [
            {
                "visitor_id": f"browser of {row['customer_id']}",
                "customer_id": row["customer_id"],
                "ts": datetime.combine(day_of(row), datetime.min.time(), UTC) + timedelta(hours=3),
            }
            for row in expected
        ]
    )
    store.append_once("hits", hits, "test", 1, None)
    sessionize.update(store, seoul)
    sessions = store.scan("sessions").select("date", "customer_id", "segment").collect()
    assert sorted(sessions.rows(), key=str) == sorted(
        ((day_of(row), row["customer_id"], row["segment"]) for row in expected), key=str
    )


def day_of(row: dict[str, str | None]) -> date:
    return date.fromisoformat(str(row["session's day"]))


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("gradde = 'VIP'", "no column is called 'gradde'. Did you mean 'grade'?"),
        ("grade = ", "expected an SQL condition"),
        ("grade", "expected a condition that is true or false; this is String"),
        ("1", "expected a condition that is true or false; this is Int32"),
        ("grade > 3", "cannot compare string with numeric"),
        ("CAST(grade AS INT) > 3", "conversion from `str` to `i32` failed"),
        ("CAST(page_views AS TINYINT) < 3", "conversion from `i64` to `i8` failed"),
        ("page_views::SMALLINT < 3", "TRY_CAST"),
        ("CAST(purchase_value AS INT) > 3", "conversion from `f64` to `i32` failed"),
        ("joined < '2025-01-01'", "expected an SQL condition"),
        ("customer_id IN (SELECT customer_id FROM customers)", "expected an SQL condition"),
        ("MAX(page_views) > 3", "no aggregate, no window function"),
        ("page_views > AVG(page_views)", "no aggregate, no window function"),
        ("CORR(page_views, purchases) > 0.5", "no aggregate, no window function"),
        ("COVAR(page_views, purchases) > 1", "no aggregate, no window function"),
        ("CURRENT_DATE > joined", "no clock"),
        ("COUNT(*) > 1000", "no aggregate, no window function"),
        ("ROW_NUMBER() OVER (ORDER BY page_views) > 3", "no aggregate, no window function"),
        ("RANDOM() > 0.5", "expected an SQL condition"),
        ("TRUE; DROP TABLE sessions", "expected an SQL condition"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(condition: str, problem: str) -> None:
    with pytest.raises(SiteError) as caught:
        sessionize.validate_segments(site("TRUE", condition))
    assert problem in str(caught.value)
    assert "segments[2].when of segment 's1'" in str(caught.value)


@pytest.mark.parametrize(
    "condition",
    [
        "CAST(page_views AS INT) < 3",
        "CAST(purchase_value AS BIGINT) >= 10000000",
        "TRY_CAST(page_views AS TINYINT) < 3",
        "CAST(joined AS VARCHAR) LIKE '2025-%'",
        "EXTRACT(YEAR FROM joined) - birth_year >= 65",
        "purchase_value / page_views > 1000",
        "LENGTH(occupation) > 3",
    ],
)
def test_a_rule_that_fits_all_data_is_accepted(condition: str) -> None:
    assert sessionize.segment_faults(site(condition)) == []


def test_a_rule_that_fails_with_the_data_is_named(store: Store, make_hits: Any) -> None:
    """No sample foresees everything: a purchase of ten quadrillion, in millions, is no INT."""
    rules = site("page_views > 9", "CAST(purchase_value / 1000000 AS INT) > 5")
    sessionize.validate_segments(rules)
    bought = {"purchase_id": "P1", "customer_id": "C1", "purchased": date(2025, 1, 1)}
    purchases = pl.DataFrame([{**bought, "value": 1e16}])
    store.upsert("purchases", pl.concat([TABLES["purchases"].empty(), purchases], how="diagonal"))
    store.append_once("hits", make_hits([{"customer_id": "C1"}]), "test", 1, None)
    with pytest.raises(SiteError) as caught:
        sessionize.update(store, Site(time_zone="Asia/Seoul", segments=rules.segments))
    ((where, value, problem),) = caught.value.faults
    assert where == "segments[2].when of segment 's1'"
    assert "AS INT" in value
    assert "conversion from `f64` to `i32` failed" in problem


def test_every_wrong_rule_is_told_at_once() -> None:
    with pytest.raises(SiteError) as caught:
        sessionize.validate_segments(site("x = 1", "TRUE", "grade"))
    assert [where for where, _, _ in caught.value.faults] == [
        "segments[1].when of segment 's0'",
        "segments[3].when of segment 's2'",
    ]


@pytest.mark.parametrize(
    ("conditions", "grade", "expected"),
    [
        (("grade = 'VIP'", "TRUE"), "VIP", "s0"),
        (("grade = 'VIP'", "TRUE"), "BASIC", "s1"),
        (("grade = 'VIP'", "TRUE"), None, "s1"),
        (("grade <> 'VIP'",), None, None),
        (("grade IS DISTINCT FROM 'VIP'",), None, "s0"),
        (("grade = 'Len'", "grade LIKE 'V%'"), "VIP", "s1"),
        (("TRY_CAST(grade AS INT) > 3",), "7", "s0"),
        (("TRY_CAST(grade AS INT) > 3",), "VIP", None),
    ],
)
def test_the_first_rule_that_holds_counts(
    conditions: tuple[str, ...], grade: str | None, expected: str | None
) -> None:
    rules = site(*conditions)
    sessionize.validate_segments(rules)
    frame = pl.DataFrame({"grade": [grade]}, schema={"grade": pl.String})
    assert frame.select(segment_expr(rules.segments).alias("s"))["s"].to_list() == [expected]
