"""Pages of cards: the reports' own rows, in every shape, language and choice."""

from __future__ import annotations

import io
import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from inspect import signature
from threading import Barrier
from typing import Any

import polars as pl
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sample_store import company_store

import reports
import sample_logs
import weblog
from dashboard import create_app
from dashboard.ask import SPECS, Answers, ask
from dashboard.cards.card import ROWS, CardSpec
from dashboard.cards.filters import more_filters
from dashboard.cards.state import (
    FLAGS,
    IN_KOREAN,
    SHARES,
    state_of,
    table_columns,
    usual_columns,
    values_of,
)
from dashboard.cards.table import MOST
from dashboard.columns import column_meaning, column_name, is_named
from dashboard.downloads import FORMATS
from dashboard.pages import PAGES
from dashboard.pages.cards_page import CardsPage, Shown
from dashboard.pages.page import MORE, PageSpec
from dashboard.rejected import in_korean
from dashboard.value_words import VALUES
from dashboard.view import FIELDS, View, read
from reports.figures.theme import THEMES
from weblog.errors import StoreError
from weblog.history import Export, Histories
from weblog.parse import Reason
from weblog.rejects.advice import advice
from weblog.site import Site
from weblog.store import Store

HANGUL = re.compile("[가-힣]")
MADE = [page for page in PAGES.values() if page.cards]
CARDS = [(page, card) for page in MADE if page.cards for card in page.cards.cards]
IDS = [f"{page.name}-{card.name}" for page, card in CARDS]
FILTERED = "?segment=customer&segment=member&device=desktop&from=2025-10-01&to=2025-11-15"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = company_store(tmp_path_factory.mktemp("pages") / "store")
    load_history(store, date(2025, 8, 20), 60)
    return store


def load_history(store: Store, first: date, days: int) -> None:
    """Load days as AWStats would have counted them, from before the store's own into them."""
    told = {
        first + timedelta(days=n): {"sessions": 300 + n, "page_views": 900 + n, "hits": 4000 + n}
        for n in range(days)
    }
    loaded = datetime(2025, 12, 1, tzinfo=UTC)
    Histories(store.folder).load(Export("awstats", told), f"{first} {days}", "file", loaded)


@pytest.fixture(scope="module")
def rules() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


@pytest.fixture(scope="module")
def browser(company: Store, rules: Site) -> FlaskClient:
    return create_app(company, rules).server.test_client()


def answered(
    page: PageSpec, store: Store, site: Site, search: str = "", language: str = "en"
) -> dict[str, Any]:
    """Return what all callbacks of a page answer."""
    answers = page.answer(store, site, search, language)
    assert set(answers) == set(page.parts)
    assert page.answer_slow
    slow = {name: page.answer_slow(name, store, site, search, language) for name in page.slow}
    return answers | slow


def with_state(card: CardSpec, **parts: str) -> str:
    return "?" + "&".join(f"{card.name}.{name}={value}" for name, value in parts.items())


# every card


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("page", MADE, ids=lambda page: page.name)
def test_every_card_has_something_to_show(
    company: Store, rules: Site, page: PageSpec, language: str
) -> None:
    answers = answered(page, company, rules, language=language)
    assert {name: one["state"] for name, one in answers.items()} == dict.fromkeys(answers, "ready")
    assert page.cards
    for card in page.cards.cards:
        assert answers[card.name]["view"] == card.shapes[0]
        if answers[card.name]["view"] == "figure":
            assert set(answers[card.name]["figures"]) == set(THEMES)


@pytest.mark.parametrize(("page", "card"), CARDS, ids=IDS)
def test_the_table_has_the_rows_of_the_report(
    company: Store, rules: Site, page: PageSpec, card: CardSpec
) -> None:
    """Filters reach every report, and neither a row nor a column is lost or invented."""
    search = f"{FILTERED}&{card.name}.view=table"
    assert page.cards
    data = page.cards.answer_slow(card.name, company, rules, search, "en")  # as it does quick ones
    filters = read(search)[0].filters(None)
    state, dropped = state_of(card, read(search)[0], company.snapshot(), rules)
    assert not dropped
    options = state.arguments(card)
    function = SPECS[card.report].function
    if "site" in signature(function).parameters:
        options["site"] = rules
    frame = function(company, filters, **options).frame
    if ROWS in state.chosen:
        frame = frame.filter(part=state.chosen[ROWS])
    if data["state"] == "empty":
        assert frame.is_empty()
        return
    assert len(data["table"]["rows"]) == min(frame.height, MOST)
    assert [one["key"] for one in data["table"]["columns"]] == list(state.columns)
    for place, name in enumerate(state.columns):
        if frame.schema[name] == pl.Int64 and frame[name].max() is not None:
            shown = [row["cells"][place].replace(",", "") for row in data["table"]["rows"]]
            exact = [(cell, value) for cell, value in zip(shown, frame[name], strict=False)
                     if value is not None and abs(value) < 10_000_000]  # fmt: skip
            assert all(cell == str(value) for cell, value in exact)
    file = page.cards.file(card, company, rules, search)
    marks = [name for name in FLAGS if name in frame.columns]
    names = [
        one for name in state.columns for one in (name, f"{name}{SHARES}", IN_KOREAN.get(name))
    ]
    assert_frame_equal(file, frame.select(*(n for n in names if n in frame.columns), *marks))


@pytest.mark.parametrize(("page", "card"), CARDS, ids=IDS)
def test_every_choice_and_shape_is_answered(
    company: Store, rules: Site, page: PageSpec, card: CardSpec
) -> None:
    snapshot = company.snapshot()
    asked = [with_state(card, view=shape) for shape in card.shapes]
    for choice in card.choices:
        values = [value for value in values_of(choice, snapshot, rules) if value][:8]
        asked += [with_state(card, **{choice.name: value}) for value in values]
    assert page.cards
    for search in asked:
        data = page.cards.answer_slow(card.name, company, rules, search, "ko")
        assert data["state"] in {"ready", "empty"}, search
        assert Shown(page.cards, snapshot, rules, search, "ko").left_out == [], search


@pytest.mark.parametrize(("page", "card"), CARDS, ids=IDS)
def test_what_a_card_names_exists(page: PageSpec, card: CardSpec) -> None:
    known = table_columns(card.report)
    by = next((choice.values for choice in card.choices if choice.name == "by"), ())
    for value in by or [""]:
        shown = usual_columns(card, {"by": str(value)})
        assert set(shown) <= set(known)
        assert set(card.bars) <= set(shown)
    names = {choice.name for choice in card.choices}
    for column, field in card.filters.items():
        assert column in known
        assert field[1:] in names if field.startswith("=") else field in FIELDS.values()


# what another tool counted


def test_what_another_tool_counted_stands_there_once_it_is_loaded(
    own_store: Store, site: Site
) -> None:
    page = PAGES["/quality"]
    assert answered(page, own_store, site)["history"] == {"state": "not_here"}
    load_history(own_store, date(2024, 12, 1), 400)
    card = answered(page, own_store, site, "?period=7")["history"]
    assert card["state"] == "ready"
    drawn = card["figures"]["light"]["data"]
    assert [trace["name"] for trace in drawn] == ["Sessions, counted here", "awstats (AWStats)"]
    assert len(drawn[1]["x"]) == 400, "all days, whatever the period"
    by_hand = answered(page, own_store, site, "?from=2025-11-01&to=2025-11-20")["history"]
    assert len(by_hand["figures"]["light"]["data"][1]["x"]) == 20
    load_history(own_store, date(2024, 11, 1), 10)
    again = answered(page, own_store, site)["history"]
    assert len(again["figures"]["light"]["data"][1]["x"]) == 430, "not an answer from before"


# sorting, columns, options


def test_a_table_is_sorted_and_what_sums_up_stays_last(company: Store, rules: Site) -> None:
    page = PAGES["/segments"]
    up = answered(page, company, rules, "?table.sort=sessions")["table"]["table"]
    down = answered(page, company, rules, "?table.sort=-sessions")["table"]["table"]
    place = [one["key"] for one in up["columns"]].index("sessions")
    sessions = [int(row["cells"][place].replace(",", "")) for row in up["rows"][:-1]]
    assert sessions == sorted(sessions)
    assert down["rows"][-2]["cells"] == up["rows"][0]["cells"]
    assert up["rows"][-1]["sum"]
    assert down["rows"][-1]["sum"]
    assert (up["sort"], down["sort"]) == ("sessions", "-sessions")


def test_columns_are_those_of_the_address_in_its_order(company: Store, rules: Site) -> None:
    answers = answered(
        PAGES["/segments"], company, rules, "?table.columns=premium,segment,small_talk"
    )
    assert [one["code"] for one in answers["page"]["notices"]] == ["dropped"]
    answers = answered(PAGES["/segments"], company, rules, "?table.columns=premium,segment")
    assert [one["key"] for one in answers["table"]["table"]["columns"]] == ["premium", "segment"]


@pytest.mark.parametrize(
    ("search", "left"),
    [
        ("?cross.by=shoe_size", ""),
        ("?cross.view=hologram&segment=VIP", "?segment=VIP"),
        ("?nowhere.view=table", ""),
        ("?table.sort=--sessions", ""),
        ("?compare.left=NOBODY", ""),
        ("?table.columns=segment,segment", ""),
        ("?cross.by=device&nowhere.x=1", "?cross.by=device"),
    ],
)
def test_what_a_card_does_not_understand_is_said_and_leaves_the_address(
    company: Store, rules: Site, search: str, left: str
) -> None:
    answers = answered(PAGES["/segments"], company, rules, search)
    assert [one["code"] for one in answers["page"]["notices"]] == ["dropped"]
    assert answers["filters"]["address"] == {"asked": search, "search": left}
    assert answers["filters"]["changed"]


def test_two_equal_sides_are_no_comparison_but_the_rest_is(company: Store, rules: Site) -> None:
    page = PAGES["/segments"]
    search = "?compare.view=table&compare.columns=left_name,right_name"
    for sides, expected in (
        ("&compare.left=VIP&compare.right=VIP", ["VIP", "all others"]),
        ("&compare.left=VIP&compare.right=member", ["VIP", "Member"]),
        ("&compare.right=member", ["Current", "Before"]),
    ):
        shown = answered(page, company, rules, search + sides)["compare"]["table"]["rows"][0]
        assert [cell.lower() for cell in shown["cells"]] == [
            {"Current": "current", "Before": "previous", "Member": "member"}.get(one, one).lower()
            for one in expected
        ]


def test_values_are_called_alike_in_tables_and_figures(company: Store, rules: Site) -> None:
    answers = answered(PAGES["/segments"], company, rules, "?by.view=table", "ko")
    assert answers["table"]["table"]["rows"][0]["cells"][0] == "첫 방문 익명"
    heat = json.dumps(answers["cross"]["figures"], ensure_ascii=False)
    assert "첫 방문 익명" in heat
    assert "자연 검색" in heat
    assert answers["cross"]["links"]["자연 검색"] == ["channel", "Organic Search"]


def test_a_cell_links_to_the_dimension_chosen(company: Store, rules: Site) -> None:
    search = "?by.by=device&by.columns=segment,name"
    table = answered(PAGES["/segments"], company, rules, search)["by"]["table"]
    assert [one["links"] for one in table["columns"]] == ["segment", "device"]
    other = [row for row in table["rows"] if row["sum"]]
    assert all(row["values"] == [None, None] for row in other)
    assert {row["values"][1] for row in table["rows"]} >= {"desktop", "smartphone"}


def test_a_page_that_looks_further_back_leaves_that_out_of_its_address() -> None:
    usual, dropped = read("?period=28", "365")
    assert (usual.period, usual.search, dropped) == ("28", "?period=28", [])
    assert read("", "365")[0].period == "365"
    assert read("?period=365", "365")[0].search == ""


def test_where_no_session_matches_people_are_still_counted(company: Store, rules: Site) -> None:
    nothing = "?channel=Direct&source=naver"
    assert answered(PAGES["/segments"], company, rules, nothing)["page"]["state"] == "no_match"
    lifecycle = answered(PAGES["/lifecycle"], company, rules, nothing)
    assert lifecycle["page"]["state"] == "ready"
    assert lifecycle["stages"]["state"] == "ready"
    assert "people_counted_whole" in {one["code"] for one in lifecycle["stages"]["notes"]}


def test_an_empty_store_leaves_every_page_standing(empty_store: Store, rules: Site) -> None:
    for page in MADE:
        answers = answered(page, empty_store, rules)
        assert answers["page"]["state"] == "no_data"
        assert "error" not in {one["state"] for one in answers.values()}


# the address


@st.composite
def addresses(draw: st.DrawFn) -> tuple[CardsPage, View]:
    page = draw(st.sampled_from([one.cards for one in MADE if one.cards]))
    options = {}
    for card in page.cards:
        known = table_columns(card.report)
        parts = {
            "view": st.sampled_from(card.shapes),
            "sort": st.sampled_from([*known, *(f"-{name}" for name in known)]),
            "columns": st.lists(st.sampled_from(known), min_size=1, unique=True).map(",".join),
        } | {
            choice.name: st.sampled_from([one for one in choice.values if one])
            for choice in card.choices
            if isinstance(choice.values, tuple)
        }
        for name, values in parts.items():
            if draw(st.booleans()):
                options[f"{card.name}.{name}"] = draw(values)
    return page, View(options=options, chosen={"segments": ("VIP",)}, usual=page.period)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(addresses())
def test_any_state_of_a_page_survives_its_address(
    store: Store, site: Site, asked: tuple[CardsPage, View]
) -> None:
    page, view = asked
    again, dropped = read(view.search, page.period)
    assert not dropped
    assert again.search == view.search
    for card in page.cards:
        state, left_out = state_of(card, again, store.snapshot(), site)
        assert not left_out
        assert state == state_of(card, view, store.snapshot(), site)[0]
        said = view.options
        assert state.shape == said.get(f"{card.name}.view", card.shapes[0])
        assert said.get(f"{card.name}.sort", "") == f"{'-' * state.descending}{state.sort}"
        if f"{card.name}.columns" in said:
            assert ",".join(state.columns) == said[f"{card.name}.columns"]
        for choice in card.choices:
            if f"{card.name}.{choice.name}" in said and not card.adapt:
                assert state.chosen[choice.name] == said[f"{card.name}.{choice.name}"]


# words


@pytest.mark.parametrize("report", sorted({card.report for _, card in CARDS}))
def test_every_column_has_a_name_and_a_meaning_in_both_languages(report: str) -> None:
    for name in table_columns(report):
        assert is_named(report, name), (report, name)
        spec = SPECS[report].column(name)
        assert column_meaning(report, spec, "en") == spec.meaning
        korean = column_meaning(report, spec, "ko")
        assert HANGUL.search(korean) or "÷" in korean, (report, name)
        assert HANGUL.search(column_name(report, name, "ko")) or name in {"z", "p"}
        assert not HANGUL.search(column_name(report, name, "en"))


def test_values_written_by_reports_have_names_in_both_languages() -> None:
    for english, korean in VALUES.values():
        assert not HANGUL.search(english)
        assert HANGUL.search(korean)


def test_figures_stay_small(company: Store, rules: Site) -> None:
    """A figure's JSON is 10 KB at most, but for flows, attribution and preference."""
    large = {"flows": 26, "attribution": 13, "preference": 15}
    for page in MADE:
        for card in page.cards.cards if page.cards else ():
            search = with_state(card, view="figure")
            if page.cards and "figure" in card.shapes:
                data = page.cards.answer_slow(card.name, company, rules, search, "en")
                figures = data["figures"]
                assert len(json.dumps(figures["light"])) < 1000 * large.get(card.report, 10)


def test_all_that_is_known_of_rejected_lines_is_told_in_korean() -> None:
    """Each sentence of ``weblog rejects``, and the names of formats and commands as they are."""
    lines = (b"\x16\x03\x01", b"\0\0\0\0", b"[Mon Nov  3 10:00:00", b"PHP Warning")
    lines += (b"2025/11/03 10:00:00 [error] 1#",)
    said = {advice([line], Reason.NOT_THE_FORMAT, "") for line in lines}
    said |= {advice([b"x"], reason, "") for reason in Reason} - {""}
    said.add("looks like common: `weblog rejects replay --format common`")
    assert len(said) > 10
    told = pl.DataFrame({"advice": sorted(said)}).with_columns(ko=in_korean(pl.col("advice")))
    assert [row for row in told.rows() if not HANGUL.search(row[1])] == []
    assert any("`weblog rejects replay --format common`" in one for one in told["ko"])


# answers


def test_an_answer_is_kept_until_something_is_published(own_store: Store, site: Site) -> None:
    filters = reports.Filters()
    first = ask("segments", own_store.snapshot(), site, filters, {})
    assert ask("segments", own_store.snapshot(), site, filters, {}) is first
    assert ask("segments", own_store.snapshot(), Site(currency="KRW"), filters, {}) is not first
    rows = own_store.snapshot().scan("sessions").collect()
    own_store.replace_days("sessions", sorted(set(rows["date"])), lambda: (rows, {"made": 2}))
    assert ask("segments", own_store.snapshot(), site, filters, {}) is not first


@pytest.fixture
def own_store(tmp_path: Any, store: Store) -> Store:
    made = weblog.open_store(tmp_path / "own", create=True)
    rows = store.snapshot().scan("sessions").collect()
    made.replace_days("sessions", sorted(set(rows["date"])), lambda: (rows, {"made": 1}))
    return made


def test_only_the_latest_answers_are_kept() -> None:
    kept, asked = Answers(limit=2), []

    def answer(name: str) -> Any:
        return kept.get(name, lambda: asked.append(name) or name)

    for name in ("a", "b", "a", "c", "a", "b"):
        answer(name)
    assert asked == ["a", "b", "c", "b"]


def test_what_several_ask_at_once_is_asked_once() -> None:
    kept, asked, together = Answers(), [], Barrier(4)

    def answer(_: int) -> Any:
        together.wait(60)
        return kept.get("a", lambda: asked.append("a") or "answer")

    def fails() -> Any:
        raise StoreError("/folder", "table is damaged")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(answer, range(4))) == ["answer"] * 4
    assert asked == ["a"]
    with pytest.raises(StoreError):
        kept.get("b", fails)
    assert kept.get("b", lambda: "after all") == "after all"


def test_one_failing_card_leaves_the_others_alive(
    company: Store,
    rules: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StoreError("/secret/folder", "table is damaged")

    for name in ("cross", "compare"):
        monkeypatch.setitem(SPECS, name, replace(SPECS[name], function=broken))
    with caplog.at_level(logging.ERROR, logger="dashboard"):
        answers = answered(PAGES["/segments"], company, rules, "?period=90")
    states = {name: one["state"] for name, one in answers.items()}
    assert {name for name, state in states.items() if state == "error"} == {"cross", "compare"}
    assert "table is damaged" in caplog.text
    assert "secret" not in json.dumps(answers["cross"]) + json.dumps(answers["compare"])


# files


def test_a_file_holds_what_the_table_shows(browser: FlaskClient, company: Store) -> None:
    search = "?segment=VIP&categories.view=table&categories.sort=category&categories.limit=50"
    columns = "&categories.columns=category,page_views,conversion_rate"
    answer = browser.get(f"/download/content_page/categories.parquet{search}{columns}")
    frame = pl.read_parquet(io.BytesIO(answer.data))
    filters = reports.Filters(segments=("VIP",))
    asked = reports.categories(company, filters, limit=50).frame.sort(
        "is_other", "category", nulls_last=True
    )
    names = ["category", "page_views", "conversion_rate", "is_other", "small"]
    assert_frame_equal(frame, asked.select(names))
    answer = browser.get(f"/download/content_page/categories.csv{search}{columns}")
    assert answer.data.startswith(b"\xef\xbb\xbfcategory,page_views,conversion_rate,is_other,small")
    assert_frame_equal(pl.read_csv(io.BytesIO(answer.data)), asked.select(names))
    assert 'filename="content_page-categories.csv"' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("page", "card"), CARDS, ids=IDS)
def test_every_card_downloads(browser: FlaskClient, page: PageSpec, card: CardSpec) -> None:
    for ending in FORMATS:
        assert browser.get(f"/download/{page.name}/{card.name}.{ending}").status_code == 200


def test_no_text_of_a_file_is_a_formula() -> None:
    write, _ = FORMATS["csv"]
    frame = pl.DataFrame({"path": ["=HYPERLINK(1)", "/"], "parts": [[0.5], [0.25, 0.25]]})
    assert write(frame).decode("utf-8-sig").splitlines() == [
        "path,parts", "'=HYPERLINK(1),0.5", '/,"0.25, 0.25"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/download/nowhere/table.csv",
        "/download/segments_page/nothing.csv",
        "/download/segments_page/table.exe",
        "/download/overview/tiles.csv",
        "/download/segments_page/page.csv",
    ],
)
def test_what_is_no_card_does_not_download(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_other_sites_names_get_no_file(browser: FlaskClient) -> None:
    answer = browser.get("/download/segments_page/table.csv", headers={"Host": "evil.example"})
    assert answer.status_code == 403


# the rarer filters


def test_every_filter_can_be_chosen_on_every_page(company: Store, rules: Site) -> None:
    search = "?occupation=office+worker&customer=H1&page=/nowhere"
    more = more_filters(company, search, "en")
    bar = answered(PAGES["/segments"], company, rules, search)["filters"]
    for name, field in FIELDS.items():
        control = more[field] if field in more else bar[field]
        assert control["name"] == name
    assert more["customers"] == {
        "name": "customer", "free": True, "value": ["H1"],
        "options": [{"value": "H1", "label": "H1"}],
    }  # fmt: skip
    assert "/nowhere" in {one["value"] for one in more["pages"]["options"]}
    assert {one["value"] for one in more["sexes"]["options"]} == set(
        reports.choices(company, "sexes")
    )
    for page in PAGES.values():
        laid_out = page.layout("ko")
        ids = {one.id for one in (laid_out, *laid_out._traverse()) if hasattr(one, "id")}
        more_of_it = (MORE,) if "filters" in page.parts else ()
        assert {page.id(part) for part in (*more_of_it, *page.parts, *page.slow)} <= ids
