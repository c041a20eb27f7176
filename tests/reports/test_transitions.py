"""Who moved from which segment to which: every customer once."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

import reports
import sample_logs
import weblog
from reports.answers.transitions import NOT_KNOWN
from sessionize import customers_on
from weblog.company_tables import CUSTOMERS
from weblog.site import Site
from weblog.store import Store

SPAN = reports.Filters(date(2025, 10, 1), date(2025, 11, 30))


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


def test_every_customer_known_at_last_is_in_one_row(company: Store, site: Site) -> None:
    frame = reports.transitions(company, SPAN, site=site).frame
    first, last = (
        customers_on(company.snapshot(), day, site.segments) for day in (SPAN.start, SPAN.end)
    )
    known_first = frame.filter(pl.col("segment_from") != NOT_KNOWN)
    assert frame["customers"].sum() == last.height > first.height
    assert known_first["customers"].sum() == first.height
    moved = dict(first.rows())
    for row in frame.to_dicts():
        members = [
            who
            for who, segment in last.rows()
            if (moved.get(who, NOT_KNOWN), segment) == (row["segment_from"], row["segment_to"])
        ]
        assert row["customers"] == len(members)
        assert row["share"] == row["customers"] / row["from_customers"]
        assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1


def test_shares_of_a_row_sum_to_one_and_follow_the_rules_order(company: Store, site: Site) -> None:
    frame = reports.transitions(company, SPAN, site=site).frame
    by_row = frame.group_by("segment_from", maintain_order=True).agg(pl.col("share").sum())
    assert by_row["share"].round(9).unique().to_list() == [1.0]
    order = [rule.segment for rule in site.segments]
    names = [name for name in by_row["segment_from"] if name != NOT_KNOWN]
    assert names == sorted(names, key=order.index)
    assert by_row["segment_from"][-1] == NOT_KNOWN


def test_between_a_day_and_itself_nobody_moves(company: Store, site: Site) -> None:
    same = reports.Filters(date(2025, 11, 1), date(2025, 11, 1))
    frame = reports.transitions(company, same, site=site).frame
    assert frame["segment_from"].to_list() == frame["segment_to"].to_list()
    assert frame["share"].unique().to_list() == [1.0]


def test_the_register_alone_is_enough(store: Store) -> None:
    """Customers who never visited move, too."""
    states = [
        {"customer_id": "c9", "valid_from": date(2025, 1, 1), "grade": "BASIC"},
        {"customer_id": "c9", "valid_from": date(2025, 11, 20), "grade": "VIP"},
        {"customer_id": "c8", "valid_from": date(2025, 11, 20), "grade": "BASIC"},
    ]
    rows = [dict.fromkeys(CUSTOMERS.schema) | row for row in states]
    store.upsert("customers", pl.DataFrame(rows, schema=CUSTOMERS.schema))
    span = reports.Filters(date(2025, 11, 10), date(2025, 11, 21))
    report = reports.transitions(store, span, site=Site())
    moves = report.frame.select("segment_from", "segment_to", "customers").rows()
    assert moves == [("member", "VIP", 1), (NOT_KNOWN, "member", 1)]
    assert "small_groups" in {warning.code for warning in report.warnings}


def test_other_filters_are_said_to_be_ignored(store: Store) -> None:
    report = reports.transitions(store, reports.Filters(devices=("tablet",)))
    assert "customers_counted_whole" in {warning.code for warning in report.warnings}


def test_the_figure_has_a_cell_per_pair(company: Store, site: Site) -> None:
    report = reports.transitions(company, SPAN, site=site)
    figure = report.figure_dict("ko", "dark")
    texts = [text for trace in figure["data"] for text in trace["text"] if text]
    assert len(texts) == report.frame.height
    assert figure["data"][0]["y"][-1] == "(아직 모름)"
    assert report.figure_dict()["data"][0]["y"][-1] == NOT_KNOWN
    assert [len(trace["x"]) for trace in figure["data"]] == [7] * len(figure["data"])
