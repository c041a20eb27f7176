"""Figures about campaigns: what stands where, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

import reports
from reports.figures.campaign_words import WORDS
from reports.figures.theme import colours
from weblog.errors import UnknownNameError
from weblog.schema import HITS, TABLES
from weblog.store import Store

LAST = date(2025, 11, 30)


def test_costs_per_conversion_reach_from_low_to_high(company: Store) -> None:
    report = reports.campaign_results(company)
    figure = report.figure_dict("ko", currency="KRW")
    (points,) = figure["data"]
    rows = report.frame.filter(pl.col("cpa").is_not_null())
    assert points["x"] == rows["cpa"].to_list()
    *lines, average = figure["layout"]["shapes"]
    assert [line["x0"] for line in lines] == rows["cpa_low"].to_list()
    known = report.frame.filter(pl.col("cost").is_not_null())
    assert average["x0"] == pytest.approx(known["cost"].sum() / known["conversions"].sum())
    assert points["text"][0].startswith("₩1.1만 (₩6,824 – ")
    rates = report.figure_dict(measure="conversion_rate")
    assert rates["data"][0]["x"][0] == report.frame["conversion_rate"][0]
    with pytest.raises(UnknownNameError, match="Did you mean 'cpa'"):
        report.figure_dict(measure="cpc")


def test_a_campaign_without_a_conversion_has_a_least_cost(store: Store) -> None:
    row = {"campaign": "winter", "cost": 56.0, "start": LAST, "end": LAST}
    store.replace_all("campaigns", pl.DataFrame([row], schema=TABLES["campaigns"].schema))
    figure = reports.campaign_results(store).figure_dict()
    (points,) = figure["data"]
    assert points["text"] == ["no conversion: at least 15"]
    assert points["marker"]["size"] == [1]
    assert figure["layout"]["shapes"][0]["x1"] > figure["layout"]["shapes"][0]["x0"]


def test_ways_to_a_conversion_are_last_touches_and_others(company: Store) -> None:
    report = reports.campaign_paths(company)
    last, way = report.figure_dict("ko")["data"]
    rows = report.frame.filter(part="summary")
    assert (last["name"], way["name"]) == ("마지막 접점", "경로 중")
    assert last["x"] == rows["last_touch"].to_list()
    assert way["x"] == rows["assisted"].to_list()


def test_landing_pages_have_their_campaign_above(company: Store) -> None:
    report = reports.landing_pages(company, limit=2)
    (bars,) = report.figure_dict("ko")["data"]
    assert bars["y"][0] == "<b>pension-yearend-2025</b><br>/lp/pension-yearend-2025"
    assert bars["y"][2] == "기타"
    assert bars["text"][0] == "276<br>이탈률 31.9%"
    assert bars["marker"]["color"][2] == colours("light").grid


def test_findings_are_named_and_what_strangers_wrote_is_text(store: Store) -> None:
    hit = {
        "date": LAST, "ts": datetime(2025, 11, 30, tzinfo=UTC), "log_source": "log", "line": 1,
        "path": "/", "query": "utm_source=<b>x", "kind": "page",
    }  # fmt: skip
    frame = pl.DataFrame([hit], schema=HITS.schema)
    store.replace_days("hits", [LAST], lambda: (frame, {"made": 1}))
    (bars,) = reports.tagging(store).figure_dict("ko")["data"]
    kinds = ("미치환 자리표시자", "매체 없음")
    assert bars["y"] == [f"<b>{kind}</b><br>&lt;b>x" for kind in kinds]


def test_every_finding_and_state_has_a_word() -> None:
    from reports.answers.goals import STATES
    from reports.campaign.mistagged import FINDINGS

    assert {f"finding_{name}" for name in FINDINGS} <= WORDS.keys()
    assert {f"state_{name}" for name in STATES if name != "no target"} <= WORDS.keys()
