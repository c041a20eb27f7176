"""One log under several definitions of a session: equal to the slow reference, and explained."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from slow_sessions import slow_sessions

import reports
import sample_logs
import weblog
from reports.rule_sets import OTHER_RULES, RULES, rule_sets
from reports.rule_words import FEWER, MORE, why
from reports.spec import ReportSpec
from sessionize import SessionRules
from weblog.site import Site, site_from
from weblog.store import Store

SPAN = reports.Filters(date(2025, 11, 3), date(2025, 11, 9))
EFFECTS = (*RULES.values(), OTHER_RULES)


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


@pytest.fixture(scope="module")
def frame(company: Store, site: Site) -> pl.DataFrame:
    return reports.definitions(company, SPAN, site=site).frame


def test_every_rule_set_counts_what_the_slow_reference_counts(
    company: Store, site: Site, frame: pl.DataFrame
) -> None:
    start, end = SPAN.start, SPAN.end
    assert start is not None
    assert end is not None
    near = timedelta(days=1)
    hits = company.scan("hits").filter(
        pl.col("date").is_between(start - near, end + near),
        pl.col("kind").is_in(["page", "event"]),
    ).collect().to_dicts()  # fmt: skip
    for each, row in zip(rule_sets(site), frame.to_dicts(), strict=True):
        made, _ = slow_sessions(hits, each.rules)
        own = [session for session in made if start <= session["date"] <= end]
        assert row["sessions"] == len(own), row["rules"]
        assert row["page_views"] == sum(session["page_views"] for session in own)
        assert row["visitors"] == len({session["visitor_id"] for session in own})
        assert row["bounces"] == sum(session["is_bounce"] for session in own)
        assert row["engaged"] == sum(session["is_engaged"] for session in own)
        lengths = [(session["end"] - session["start"]).total_seconds() for session in own]
        assert row["duration_s"] == pytest.approx(sum(lengths) / len(own))


def test_the_sites_own_row_is_what_is_stored(company: Store, frame: pl.DataFrame) -> None:
    stored = company.scan("sessions").filter(pl.col("date").is_between(SPAN.start, SPAN.end))
    own = frame.row(0, named=True)
    assert own["rules"] == "site"
    assert (own["sessions"], own["new_visitors"]) == stored.select(
        pl.len(), pl.col("is_new").sum()
    ).collect().row(0)
    assert (own["difference"], own["why"]) == (0, None)


def test_effects_sum_to_the_difference_and_are_null_where_rules_are_the_same(
    frame: pl.DataFrame,
) -> None:
    total = frame.select(pl.sum_horizontal(*EFFECTS).alias("sum"))["sum"]
    assert total.to_list() == frame["difference"].to_list()
    same = frame.filter(rules="matomo").row(0, named=True)
    assert [same[name] for name in EFFECTS] == [None] * len(EFFECTS)
    assert same["why"] == "the same rules as the site's"
    ga4 = frame.filter(rules="ga4").row(0, named=True)
    assert [name for name in EFFECTS if ga4[name] is not None] == ["by_midnight"]
    assert ga4["by_midnight"] < 0
    assert ga4["why"] == (
        f"{-ga4['by_midnight']} sessions go on over midnight, which cuts them by the site's rules"
    )


def test_each_rule_is_changed_alone(frame: pl.DataFrame) -> None:
    rows = frame.filter(part="one rule changed").to_dicts()
    changed = [[name for name in EFFECTS if row[name] is not None] for row in rows]
    assert changed == [["by_inactivity"], ["by_midnight"], ["by_customer"], ["by_campaign"]]


def test_a_site_with_rules_of_its_own_is_led_to_each_set_step_by_step() -> None:
    own = site_from(
        {"session": {"rules": "awstats", "ends_at_midnight": False, "ends_at_new_campaign": True}},
        "site.toml",
        Path(),
    )
    sets = {each.name: each.rules for each in rule_sets(own)}
    assert sets["site"] == SessionRules(timedelta(minutes=60), False, True, True)
    assert "inactivity of 30 min" in sets
    assert "midnight ends a session" in sets
    assert "a new campaign does not end a session" in sets


def test_other_filters_are_said_to_be_ignored(store: Store) -> None:
    report = reports.definitions(store, reports.Filters(devices=("tablet",)))
    assert "hits_counted_whole" in {warning.code for warning in report.warnings}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("texts", [MORE, FEWER])
def test_every_reason_is_said_with_its_count(
    texts: dict[str, tuple[str, str]], language: str
) -> None:
    sign = 1 if texts is MORE else -1
    for name in EFFECTS:
        effects: dict[str, int | None] = {name: sign * 1234}
        assert "1,234" in why(effects, language)
    assert set(texts) == set(EFFECTS)
    assert "0" not in why({"by_midnight": 0}, language)


def test_the_figure_explains_in_its_language(frame: pl.DataFrame) -> None:
    spec: ReportSpec = reports.registry.REPORTS["definitions"]
    (bars,) = spec.figure(frame, "ko")["data"]
    assert bars["y"][0] == "사이트 규칙"
    assert any("자정" in text for text in bars["customdata"])


def test_nothing_ingested_is_no_row(make_store: Any) -> None:
    assert reports.definitions(make_store([])).frame.is_empty()
