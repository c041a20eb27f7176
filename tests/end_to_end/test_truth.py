"""The sample company: sessions against a slow reference, and against what is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from agreement import Agreement, agreement, segment_table, table
from sample_store import company_store
from slow_sessions import slow_enrichment, slow_segment, slow_sessions, slow_visitors

import sample_logs
import weblog
from sessionize import SessionRules
from weblog.store import Store

DOCS = Path(__file__).parents[2] / "docs"
SHOWN = re.compile(r"<!-- measured: agreement -->\n(.*?)<!-- end -->", re.DOTALL)
CONFUSED = re.compile(r"<!-- measured: segments -->\n(.*?)<!-- end -->", re.DOTALL)

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return company_store(tmp_path_factory.mktemp("company") / "store")


@pytest.fixture(scope="module")
def agreed(store: Store) -> dict[str, Agreement]:
    rows = agreement(store, sample_logs.data_folder())
    print(f"\n{table(rows)}")  # noqa: T201  with -s, or when a test below fails
    return rows


def assert_rows(store: Store, name: str, expected: Rows, *key: str) -> None:
    """Compare row for row; a float may differ in its last digits, sums are taken in any order."""
    found = store.scan(name).collect().sort(key)
    wanted = pl.DataFrame(expected, schema=found.schema, infer_schema_length=None).sort(key)
    assert found.height == wanted.height
    for column in found.columns:
        is_float = found[column].dtype == pl.Float64
        same = (
            (found[column] - wanted[column]).abs().fill_null(0.0) < 1e-6
            if is_float
            else found[column].eq_missing(wanted[column])
        )
        if is_float:
            same &= found[column].is_null() == wanted[column].is_null()
        assert same.all(), (name, column, found.filter(~same).head(3), wanted.filter(~same).head(3))


def test_every_session_equals_the_slow_reference(store: Store) -> None:
    site = weblog.load_site(sample_logs.data_folder() / "site.toml")
    needed = (
        *("ts", "log_source", "line", "visitor_id", "customer_id", "kind", "path", "referrer"),
        "method",
        *("category", "product", "goal", "value", "is_login", "channel", "source", "medium"),
        *("campaign", "term", "content", "browser", "os", "device", "country", "host"),
    )
    hits = store.scan("hits").select(needed).filter(~pl.col("kind").is_in(["bot", "internal"]))
    sessions, views = slow_sessions(hits.collect().to_dicts(), SessionRules.from_site(site))
    register = [store.scan(name).collect().to_dicts() for name in ("customers", "purchases")]
    facts = slow_enrichment(sessions, *register)
    for session in sessions:
        fact = facts[session["session_id"]]
        session |= {"is_new": fact["is_new"], "segment": slow_segment(session, fact)}
    assert_rows(store, "sessions", sessions, "session_id")
    assert_rows(store, "visitors", slow_visitors(sessions), "visitor_id")
    assert_rows(store, "page_views", views, "log_source", "line")
    assert len(sessions) > 10_000
    segments = {session["segment"] for session in sessions}
    assert segments == {rule.segment for rule in site.segments} - {"dormant"}


def test_who_buys_for_the_first_time_is_no_customer_yet(store: Store) -> None:
    """The segment is that of the session's start: its own outcome must not be in it."""
    purchases = store.scan("purchases").group_by("customer_id").agg(pl.col("purchased").min())
    bought = (
        store.scan("page_views")
        .filter(pl.col("goal") == "subscription")
        .select("session_id")
        .unique()
    )
    sessions = (
        store.scan("sessions")
        .join(bought, on="session_id", how="semi")
        .join(purchases, on="customer_id")
        .filter(pl.col("date") == pl.col("purchased"))
        .collect()
    )
    assert sessions.height > 100
    assert "customer" not in sessions["segment"]
    assert sessions["segment"].is_in(["member", "prospect"]).sum() > 100


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("rejects", 1, 1),
        ("page_views", 1, 1.01),
        ("own_views", 1, 1),
        ("events", 1, 1),
        ("internal", 1, 1),
        # Mail scanners and a few vulnerability scanners bear a browser's name, and behave.
        ("bots", 0.94, 1),
        ("false_bots", 0, 0.0001),
        # Half an hour's pause and midnight end a session, but not what the person meant to do.
        ("sessions", 1, 1.06),
        ("own_sessions", 1, 1.03),
        ("starts", 0.999, 1),
        ("visitors", 1, 1.03),
        ("own_visitors", 0.9999, 1),
        ("customers", 0.97, 1),
        ("segments", 0.99, 1),
        ("known_segments", 0.97, 1),
        ("channels", 0.999, 1),
        ("campaigns", 0.999, 1),
        ("no_campaigns", 0.999, 1),
        ("whole_cookie", 0.97, 1),
        ("precision_cookie", 0.97, 1),
        # People have several devices, and lose cookies: no log tells that they are the same.
        ("recall_cookie", 0.4, 1),
        ("whole_no_cookie", 0.95, 1),
        ("precision_no_cookie", 0.95, 1),
        ("recall_no_cookie", 0.2, 1),
    ],
)
def test_what_is_measured_agrees_with_what_is_true(
    agreed: dict[str, Agreement], name: str, least: float, most: float
) -> None:
    assert least <= agreed[name].share <= most, agreed[name].row


def test_every_comparison_has_its_bounds(agreed: dict[str, Agreement]) -> None:
    (marked,) = (
        mark
        for mark in test_what_is_measured_agrees_with_what_is_true.pytestmark  # type: ignore[attr-defined]
        if mark.name == "parametrize"
    )
    assert [name for name, _, _ in marked.args[1]] == list(agreed)


def test_the_documentation_shows_the_agreement_measured(agreed: dict[str, Agreement]) -> None:
    shown = SHOWN.search((DOCS / "sessions.md").read_text("utf-8"))
    assert shown
    assert shown[1] == table(agreed)


def test_the_documentation_shows_the_segments_measured(store: Store) -> None:
    shown = CONFUSED.search((DOCS / "sessions.md").read_text("utf-8"))
    assert shown
    assert shown[1] == segment_table(store, sample_logs.data_folder())
