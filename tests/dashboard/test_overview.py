"""What the Overview page answers: the reports' own figures, in words."""

from __future__ import annotations

import json
import logging
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.exceptions import PanicException

import reports
from dashboard.ask import SPECS
from dashboard.cards.changed import changed as change_card
from dashboard.cards.tiles import MAIN, MORE, judgement
from dashboard.pages import overview
from dashboard.view import FIELDS
from reports.figures import numbers
from reports.warning import ReportWarning
from weblog.errors import StoreError
from weblog.site import Site
from weblog.store import Store, open_store

LISTS = {spec.report: spec for spec in overview.LISTS.cards}


def answered(store: Store, site: Site, search: str = "", language: str = "en") -> dict[str, Any]:
    answers = overview.answer(store, site, search, language)
    assert set(answers) == set(overview.PAGE.parts)
    return answers


def tiles(answers: dict[str, Any]) -> dict[str, Any]:
    return {tile["measure"]: tile for part in ("tiles", "more") for tile in answers[part]["tiles"]}


def test_tiles_show_the_figures_of_the_summary(store: Store, site: Site) -> None:
    shown = tiles(answered(store, site))
    rows = {row["measure"]: row for row in reports.summary(store).frame.to_dicts()}
    assert list(shown) == [*MAIN, *MORE]
    for name, tile in shown.items():
        assert tile["raw"] == rows[name]["value"]
        assert tile["spark"] == (rows[name]["spark"] if name in MAIN else None)
    assert shown["sessions"]["value"] == "112"
    assert shown["sessions"]["previous"] == "vs previous 84"
    assert shown["sessions"]["change"] == {
        "text": "33.3%", "direction": "up", "judgement": "better",
    }  # fmt: skip
    assert shown["value"]["value"] == "₩12.0K"


def test_an_amount_and_the_one_before_are_told_in_one_unit(store: Store, site: Site) -> None:
    value = tiles(answered(store, site))["value"]
    assert (value["value"], value["previous"]) == ("₩12.0K", "vs previous ₩5.0K")
    report = reports.changes(store)
    amounts = pl.col("current", "previous", "difference") * 3_000_000
    dearer = replace(report, frame=report.frame.with_columns(amounts))
    row = change_card(dearer, "ko", measure="value", currency="KRW")["rows"][0]
    assert (row["fromto"], row["difference"]) == ("₩0.8억 → ₩1.7억", "+₩0.8억")


@pytest.mark.parametrize(
    ("difference", "measure", "expected"),
    [
        (1, "sessions", "better"),
        (-1, "sessions", "worse"),
        (1, "bounce_rate", "worse"),
        (-1, "bounce_rate", "better"),
        (0, "sessions", "neutral"),
    ],
)
def test_more_is_better_except_of_bounces(difference: float, measure: str, expected: str) -> None:
    assert judgement(difference, measure) == expected


@pytest.mark.parametrize("name", sorted(LISTS))
def test_lists_show_the_rows_of_their_reports(store: Store, site: Site, name: str) -> None:
    spec, card = LISTS[name], answered(store, site)[name]
    options = {"limit": 7} if spec.has_limit else {}
    frame = getattr(reports, name)(store, **options).frame
    assert [row["raw"] for row in card["rows"]] == frame[spec.measure].to_list()
    assert max(row["share"] for row in card["rows"]) == 100


def test_a_filter_applies_to_every_card(store: Store, site: Site) -> None:
    answers = answered(store, site, "?segment=VIP")
    filtered = reports.summary(store, reports.Filters(segments=("VIP",))).frame
    sessions = dict(filtered.select("measure", "value").rows())["sessions"]
    assert tiles(answers)["sessions"]["raw"] == sessions
    assert [row["value"] for row in answers["segments"]["rows"]] == ["VIP"]
    assert answers["filters"]["segments"]["value"] == ["VIP"]
    assert answers["filters"]["changed"]
    assert sum(row["raw"] for row in answers["channels"]["rows"]) == sessions


def changed(answers: dict[str, Any]) -> set[tuple[str, str]]:
    """Address name and value of each row of what changed."""
    return {(row["name"], row["value"]) for row in answers["changes"].get("rows", [])}


def test_what_changed_filters_as_the_lists_do(store: Store, site: Site) -> None:
    organic = ("channel", "Organic Search")
    assert organic in changed(answered(store, site))
    again = changed(answered(store, site, "?channel=Organic+Search&channel=Direct"))
    assert organic in again
    assert {name for name, _ in again} <= FIELDS.keys()


@pytest.mark.parametrize(
    ("search", "shown", "left_out"),
    [
        ("?channel=Organic+Search", ("page", "/products"), ("channel", "Organic Search")),
        (
            "?channel=Organic+Search&page=/products",
            ("segment", "anonymous"),
            ("page", "/products"),
        ),
    ],
)
def test_what_is_filtered_to_one_value_is_not_what_changed(
    store: Store, site: Site, search: str, shown: tuple[str, str], left_out: tuple[str, str]
) -> None:
    rows = changed(answered(store, site, search))
    assert shown in rows
    assert left_out not in rows


def test_a_filter_without_a_control_shows_as_a_chip(store: Store, site: Site) -> None:
    chips = answered(store, site, "?page=/products", "ko")["filters"]["chips"]
    assert chips == [
        {
            "name": "page",
            "label": "페이지",
            "value": "/products",
            "shown": "/products",
            "unknown": False,
        }
    ]


def test_what_is_not_understood_is_said_and_leaves_the_address(store: Store, site: Site) -> None:
    search = "?segment=VIP&measure=nope&compare=none"
    answers = answered(store, site, search)
    assert [one["code"] for one in answers["page"]["notices"]] == ["dropped"]
    assert answers["filters"]["address"] == {"asked": search, "search": "?compare=none&segment=VIP"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The period the link asks for ends before it begins (2025-11-30 – 2025-11-01)"),
        ("ko", "링크의 기간이 시작일보다 먼저 끝나서(2025-11-30 – 2025-11-01) 제외했습니다."),
    ],
)
def test_a_period_that_ends_before_it_begins_is_the_usual_one(
    store: Store, site: Site, language: str, said: str
) -> None:
    answers = answered(store, site, "?from=2025-11-30&to=2025-11-01", language)
    [notice] = answers["page"]["notices"]
    assert notice["text"].startswith(said)
    assert answers["filters"]["period"]["value"] == "28"
    assert answers["filters"]["dates"] == answered(store, site, "", language)["filters"]["dates"]
    assert answers["filters"]["changed"]  # Reset takes it out of the address


@pytest.mark.parametrize(
    ("language", "near"), [("en", "Did you mean VIP?"), ("ko", "혹시 VIP인가요?")]
)
def test_a_value_the_data_do_not_know_can_be_taken_away(
    store: Store, site: Site, language: str, near: str
) -> None:
    answers = answered(store, site, "?segment=vip", language)
    assert answers["page"]["state"] == "no_match"
    [notice] = answers["page"]["notices"]
    assert notice["code"] == "unknown_value"
    assert notice["text"].endswith(near)
    filters = answers["filters"]
    assert filters["changed"]
    assert [(one["name"], one["value"], one["unknown"]) for one in filters["chips"]] == [
        ("segment", "vip", True)
    ]
    assert "vip" in [one["value"] for one in filters["segments"]["options"]]
    assert filters["address"]["search"] == "?segment=vip"


def test_the_measure_chosen_is_drawn_in_both_themes_and_described(store: Store, site: Site) -> None:
    answers = answered(store, site, "?measure=bounce_rate")
    trend = answers["trend"]
    assert set(trend["figures"]) == {"light", "dark"}
    assert trend["title"] == "Trend: Bounce rate"
    assert trend["summary"].startswith("Bounce rate, 3 Nov 2025 to 30 Nov 2025: highest 50.0% on")
    assert tiles(answers)["bounce_rate"]["chosen"]
    assert len(json.dumps(trend["figures"]["light"])) < 10_000


def test_the_trend_as_a_table_has_every_day(store: Store, site: Site) -> None:
    trend = answered(store, site, "?view=table")["trend"]
    assert "figures" not in trend
    assert len(trend["table"]["rows"]) == 28
    assert trend["table"]["rows"][0][:3] == ["30 Nov 2025", "7", "4"]
    assert [column["name"] for column in trend["table"]["columns"]][:2] == ["Day", "Page views"]


def test_korean_counts_in_its_own_units(store: Store, site: Site) -> None:
    answers = answered(store, site, "", "ko")
    assert tiles(answers)["value"]["value"] == "₩1.2만"
    assert answers["channels"]["rows"][0]["label"] in {"직접 유입", "자연 검색"}
    assert answers["filters"]["dates"]["label"] == "2025.11.03 – 2025.11.30"


def test_small_numbers_are_flagged(store: Store, site: Site) -> None:
    answers = answered(store, site, "?period=7")
    assert tiles(answers)["conversion_rate"]["small"]
    assert [one["code"] for one in answers["page"]["notices"]] == ["small_numbers"]


def test_a_change_of_small_numbers_is_neither_better_nor_worse(store: Store, site: Site) -> None:
    answers = answered(store, site, "?period=7&segment=VIP")
    changes = {tile["change"]["judgement"] for tile in tiles(answers).values()}
    directions = {tile["change"]["direction"] for tile in tiles(answers).values()}
    assert changes == {"neutral"}
    assert directions & {"up", "down"}


def test_a_row_without_sessions_is_not_called_too_few(store: Store, site: Site) -> None:
    answers = answered(store, site, "?from=2025-11-26&to=2025-11-26")  # no tablet, one before
    rows = [row for name in LISTS for row in answers[name].get("rows", [])]
    nothing = [row for row in rows if row["rate"] == numbers.UNKNOWN]
    assert nothing
    assert not [row for row in nothing if row["small"] or row["interval"]]
    assert [row for row in rows if row["small"]]


def test_without_a_comparison_nothing_is_compared(store: Store, site: Site) -> None:
    answers = answered(store, site, "?compare=none")
    assert tiles(answers)["sessions"]["change"] is None
    assert tiles(answers)["sessions"]["previous"] is None
    assert answers["changes"]["text"].startswith("Choose a period under “Compare with”")


@pytest.mark.parametrize(
    ("search", "language", "reason"),
    [
        ("?compare=none", "ko", "“비교”에서 기간을 고르면"),
        ("?compare=year", "en", "There are no data for the period compared with"),
        ("?compare=year", "ko", "비교 기간에 데이터가 없어"),
        ("?measure=value", "en", "No change in value stands out"),
        ("?measure=value", "ko", "전환 가치에서 평소의 오르내림을 벗어난 변화가 없습니다"),
    ],
)
def test_why_nothing_changed_is_said_in_plain_words(
    store: Store, site: Site, search: str, language: str, reason: str
) -> None:
    changes = answered(store, site, search, language)["changes"]
    assert changes["text"].startswith(reason)
    assert not re.search(r"\bz\b|\|", changes["text"])


@pytest.mark.parametrize(
    ("measure", "language", "shown"),
    [
        ("page_views", "en", "Changes in page views beyond everyday ups and downs"),
        (
            "bounce_rate",
            "en",
            "Changes in sessions: changes are told for counts, not for rates",
        ),
        (
            "bounce_rate",
            "ko",
            "세션의 변화입니다. 비율이 아닌 건수의 변화만 나눠 볼 수 있습니다",
        ),
        (
            "visitors",
            "en",
            "Changes in sessions: visitors cannot be added up over channels and pages",
        ),
    ],
)
def test_why_a_measure_has_no_changes_of_its_own_is_said(
    store: Store, site: Site, measure: str, language: str, shown: str
) -> None:
    changes = answered(store, site, f"?measure={measure}", language)["changes"]
    assert changes["help"] == shown


@pytest.mark.parametrize("folder", ["store", "our store"])
def test_an_empty_store_says_which_command_fills_it(
    tmp_path: Path, site: Site, folder: str
) -> None:
    (tmp_path / "x").mkdir()
    empty = open_store(tmp_path / "x" / ".." / folder, create=True)
    page = answered(empty, site)["page"]
    assert page["state"] == "no_data"
    assert page["notices"] == []
    *command, named = shlex.split(page["command"])
    assert command == ["weblog", "ingest", "access.log", "--store"]
    assert named == str(tmp_path.resolve() / folder)


def test_filters_that_match_nothing_say_so(store: Store, site: Site) -> None:
    nothing = answered(store, site, "?channel=Direct&source=naver")["page"]
    assert nothing == {"state": "no_match", "notices": []}
    outside = answered(store, site, "?from=2020-01-01&to=2020-01-02")["page"]
    assert outside["state"] == "no_match"
    assert outside["notices"][0]["code"] == "period_without_data"


@pytest.mark.parametrize(
    "error",
    [StoreError("/secret/folder", "table is damaged"), PanicException("table is damaged")],
)
def test_one_failing_card_leaves_the_others_alive(
    error: BaseException,
    store: Store,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setitem(SPECS, "changes", replace(SPECS["changes"], function=broken))
    with caplog.at_level(logging.ERROR, logger="dashboard"):
        answers = answered(store, site, "?device=tablet&period=7")
    failed = answers.pop("changes")
    assert failed.keys() == {"state", "ref"}
    assert failed["state"] == "error"
    assert not [name for name, data in answers.items() if data["state"] == "error"]
    assert f"(ref {failed['ref']})" in caplog.text
    assert "table is damaged" in caplog.text
    assert "secret" not in json.dumps(failed)


def test_a_warning_of_several_reports_is_said_once(store: Store, site: Site) -> None:
    notices = answered(store, site, "?from=2025-11-01&to=2025-12-05")["page"]["notices"]
    codes = [one["code"] for one in notices]
    assert codes.count("ends_after_data") == 1
    text = next(one["text"] for one in notices if one["code"] == "ends_after_data")
    assert text == "The period ends on 5 Dec 2025, but the data end on 30 Nov 2025"
    assert ReportWarning("no_match").code not in codes
