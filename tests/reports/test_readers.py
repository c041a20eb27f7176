"""Who read what and viewed what is counted as by a loop over visitors, compiled or not."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reports import runs
from reports.associations import _STRATUM, _starts, of_views
from reports.readers import readers

View = tuple[int, str | None, str | None]
VIEWS = st.lists(
    st.tuples(
        st.integers(0, 4), st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y", None])
    ),
    max_size=40,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))
"""Of each page view the visitor, category and product."""

STARTS = pl.Series([0, 1, 2, 5], dtype=pl.UInt32)
"""Pages of no product: strata of none, one, up to four, and more."""


def frame(rows: list[View]) -> pl.DataFrame:
    schema = {"visitor": pl.UInt32, "category": pl.Categorical, "product": pl.Categorical}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.usefixtures("way")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VIEWS)
def test_visitors_count_once_in_each_of_what_they_did(rows: list[View]) -> None:
    found = readers(frame(rows), STARTS)
    sizes: dict[int, int] = defaultdict(int)
    read: dict[tuple[str | None, int], int] = defaultdict(int)
    took: dict[tuple[str | None, int], int] = defaultdict(int)
    both: dict[tuple[str, int, str], int] = defaultdict(int)
    for visitor in range(5):
        own = [row[1:] for row in rows if row[0] == visitor]
        pages = [category for category, product in own if product is None]
        if not pages:
            continue
        stratum = bisect_right(STARTS.to_list(), len(pages)) - 1
        sizes[stratum] += 1
        for content in set(pages) - {None}:
            read[content, stratum] += 1
        for product in {product for _, product in own} - {None}:
            took[product, stratum] += 1
            for content in set(pages) - {None}:
                both[str(content), stratum, str(product)] += 1
    contents, products, strata = list(found.contents), list(found.products), range(len(STARTS))
    assert set(contents) >= {content for content, _ in read}
    assert set(products) == {product for _, _, product in rows} - {None}
    assert found.sizes.to_list() == [sizes[s] for s in strata]
    assert found.readers.to_list() == [read[c, s] for c in contents for s in strata]
    assert found.takers.to_list() == [took[p, s] for p in products for s in strata]
    assert found.both.to_list() == [
        both[c, s, p] for c in contents for s in strata for p in products
    ]


@given(VIEWS)
def test_associations_are_the_same_without_the_compiled_part(rows: list[View]) -> None:
    compiled = of_views(frame(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "is_compiled", lambda: False)
        assert_frame_equal(of_views(frame(rows)), compiled, check_exact=True)


def test_strata_begin_where_their_formula_changes() -> None:
    starts = _starts()
    assert starts.is_sorted()
    assert starts.to_list()[:25] == [*range(21), 32, 51, 80, 127]
    pages = pl.DataFrame({"pages": pl.int_range(0, 300_000, dtype=pl.UInt32, eager=True)})
    stratum = pages.select(_STRATUM.cast(pl.UInt32)).to_series()
    placed = starts.search_sorted(pages["pages"], side="right") - 1
    assert placed.to_list() == stratum.to_list()
    last = pl.DataFrame({"pages": [(1 << 32) - 1]}).select(_STRATUM).item()
    assert last == len(starts) - 1
