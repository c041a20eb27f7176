"""Sessions broken down by places in a table are those broken down by joins, and by a loop."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reports import runs
from reports.breakdown import breakdown
from reports.placed import Combined, places

Row = dict[str, Any]
SESSIONS = st.lists(
    st.fixed_dictionaries(
        {
            "visitor": st.integers(0, 5),
            "campaign": st.sampled_from(["spring", "autumn", None]),
            "entry_page": st.sampled_from(["/a", "/b", "/c", None]),
            "page_views": st.integers(0, 3),
            "is_new": st.booleans(),
            "is_bounce": st.booleans(),
            "conversions": st.integers(0, 2),
            "value": st.sampled_from([0.0, 500.0]),
        }
    ),
    max_size=20,
)
BY = st.sampled_from([["campaign"], ["campaign", "entry_page"], ["entry_page", "is_new"]])
SCHEMA = {
    "visitor": pl.UInt64, "campaign": pl.Categorical, "entry_page": pl.Categorical,
    "page_views": pl.Int64, "is_new": pl.Boolean, "is_bounce": pl.Boolean,
    "conversions": pl.Int64, "value": pl.Float64,
}  # fmt: skip


def frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(sorted(rows, key=lambda row: row["visitor"]), schema=SCHEMA)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SESSIONS, st.none() | SESSIONS, BY, st.none() | st.integers(1, 4))
def test_places_and_joins_break_down_the_same(
    now: list[Row], before: list[Row] | None, by: list[str], limit: int | None
) -> None:
    current, previous = frame(now), None if before is None else frame(before)
    found = breakdown(current, previous, by, limit=limit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "is_compiled", lambda: False)
        assert_frame_equal(breakdown(current, previous, by, limit=limit), found)
    sizes = Counter(tuple(_text(row[name]) for name in by) for row in now)
    earlier = Counter(tuple(_text(row[name]) for name in by) for row in before or [])
    shown = found.filter(~pl.col("is_other"))
    assert shown.height == min(limit or 99, len({*sizes, *earlier}))
    for row in shown.to_dicts():
        key = tuple(row[name] for name in by)
        own = [one for one in now if tuple(_text(one[name]) for name in by) == key]
        assert row["sessions"] == len(own)
        assert row["visitors"] == len({one["visitor"] for one in own})
        assert row["value"] == sum(one["value"] for one in own)
        assert row["previous_sessions"] == (None if before is None else earlier[key])
    assert found["sessions"].sum() == len(now)


def test_texts_of_others_in_the_process_do_not_crowd_the_table() -> None:
    others = pl.Series([f"other {number}" for number in range(3000)], dtype=pl.Categorical)
    row = {"campaign": "after others", "entry_page": "after these"}
    frame = pl.DataFrame([row], schema=dict.fromkeys(row, pl.Categorical))
    assert frame["campaign"].to_physical()[0] >= len(others)
    found = Combined.of([frame], ["campaign", "entry_page"])
    assert found is not None
    assert found.end == 4
    assert found.texts(found.numbers(frame)).to_dicts() == [row]


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value).lower()


@pytest.mark.usefixtures("way")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SESSIONS, st.permutations(["spring", "summer", None]), st.integers(0, 3))
def test_a_row_stands_where_its_text_does(
    rows: list[Row], names: list[str | None], shown: int
) -> None:
    texts = pl.DataFrame({"campaign": names[:shown]}, schema={"campaign": pl.String})
    found = places(frame(rows), texts).to_list()
    held = names[:shown]
    campaigns = frame(rows)["campaign"].to_list()
    assert found == [held.index(one) if one in held else shown for one in campaigns]
