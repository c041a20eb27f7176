"""The customer card: as data, as a page, and by the command."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from flask.testing import FlaskClient
from sample_store import company_store

import sample_logs
import weblog
from dashboard.app import create_app
from dashboard.card_sheet import sheet
from dashboard.card_words import WORDS, card_word
from reports.audience import customer_profile
from reports.card import Card, customer_card
from reports.card.card import ACTIVITY, SECTIONS, WHO
from reports.recommendations import lists_of, load_recommendations, suggestions
from weblog.errors import QueryError, UnknownNameError
from weblog.site import Site
from weblog.store import Store

END = date(2025, 11, 30)
STRANGE = '<script>alert(1)</script>=cmd|"\u202e'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return company_store(tmp_path_factory.mktemp("card") / "store")


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


@pytest.fixture(scope="module")
def customer(store: Store) -> str:
    """The customer with most visits."""
    known = store.snapshot().scan("sessions").drop_nulls("customer_id")
    most = known.group_by("customer_id").len().sort("len", "customer_id", descending=True)
    return str(most.head(1).collect()["customer_id"][0])


@pytest.fixture(scope="module")
def card(store: Store, site: Site, customer: str) -> Card:
    settings = load_recommendations(None, site)
    return customer_card(store, customer, END, site, settings=settings)


@pytest.fixture
def client(store: Store, site: Site) -> FlaskClient:
    return create_app(store, site).server.test_client()


def get(client: FlaskClient, **asked: str) -> tuple[int, str]:
    answer = client.get("/customer", query_string=asked, headers={"Host": "localhost"})
    return answer.status_code, unescape(answer.get_data(as_text=True))


def test_a_card_agrees_with_the_tables(card: Card, store: Store, site: Site) -> None:
    snapshot = store.snapshot()
    is_theirs = pl.col("customer_id") == card.customer_id
    sessions = snapshot.scan("sessions").filter(is_theirs).collect().sort("start")
    bought = snapshot.scan("purchases").filter(is_theirs).collect()
    profile = customer_profile(snapshot, date(2025, 12, 1), site).filter(is_theirs).to_dicts()[0]
    assert card.activity["sessions"] == sessions.height
    assert card.sections["visits"]["start"].to_list() == sessions["start"].to_list()[::-1][:20]
    assert set(card.sections["purchases"]["purchase_id"]) == set(bought["purchase_id"])
    assert {name: card.who[name] for name in ("age", "grade")} == {
        name: profile[name] for name in ("age", "grade")
    }
    assert card.segment.segment == profile["segment"]
    settings = load_recommendations(None, site)
    lists = lists_of(snapshot, date(2025, 12, 1), site, settings)
    suggested = suggestions(lists.of(card.customer_id), settings)
    assert set(card.sections["suggestions"]["item"]) == set(suggested["item"])
    assert not set(card.sections["suggestions"]["item"]) & set(profile["products_held"])
    assert card.sections["interests"]["index"].null_count() == 0
    top = card.sections["interests"].filter(kind="category").sort("page_views", "name")
    assert top["page_views"].max() == profile["top_category_views"]
    for name, columns in SECTIONS.items():
        schema = pl.Schema([(each.name, each.dtype) for each in columns])
        assert card.sections[name].schema == schema


def test_nothing_after_the_day_is_on_a_card(store: Store, site: Site, customer: str) -> None:
    day = date(2025, 10, 15)
    early = customer_card(store, customer, day, site)
    assert early.sections["visits"]["date"].max() <= day  # type: ignore[operator]
    assert early.sections["purchases"]["purchased"].max() <= day  # type: ignore[operator]
    assert early.sections["contacts"]["day"].max() <= day  # type: ignore[operator]
    assert early.sections["interests"]["last_viewed"].max() <= day  # type: ignore[operator]
    whole = customer_card(store, customer, END, site)
    assert early.activity["sessions"] < whole.activity["sessions"]  # type: ignore[operator]


def test_whom_the_register_does_not_know_has_no_card(store: Store, site: Site) -> None:
    with pytest.raises(QueryError, match=r"'H0'.*does not know them.*customers load"):
        customer_card(store, "H0", END, site)
    states = store.snapshot().scan("customers").sort("valid_from", "customer_id")
    late = states.filter(pl.col("joined") == pl.col("valid_from")).last().collect()
    with pytest.raises(QueryError, match="only from 20"):
        customer_card(store, late["customer_id"][0], date(2025, 9, 1), site)


def test_json_tells_all_and_is_json(card: Card) -> None:
    told = json.loads(json.dumps(card.to_dict()))
    assert told["segment"]["because"][0].keys() == {"column", "value", "source"}
    assert [len(told[name]) for name in SECTIONS] == [
        card.sections[name].height for name in SECTIONS
    ]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_sheet_shows_every_part_in_the_readers_language(card: Card, language: str) -> None:
    page = unescape(sheet(card, language, time_zone="Asia/Seoul"))
    for name in ("who", "activity", "why", *SECTIONS):
        assert f">{card_word(name, language)}<" in page
    assert f'lang="{language}"' in page
    assert "<script" not in page
    assert "http" not in page


def test_where_a_screen_has_no_room_for_heads_the_cells_name_their_columns(card: Card) -> None:
    page = sheet(card, "ko", time_zone="Asia/Seoul")
    rows = re.findall(r"<tr>(<td.*?)</tr>", page)
    assert len(rows) == sum(rows.height for rows in card.sections.values()) > 0
    named = {label for row in rows for label in re.findall(r'data-label="([^"]*)"', row)}
    heads = set(re.findall(r"<th[^>]*>([^<]*)</th>", page))
    assert {card_word("value", "ko"), card_word("exit_page", "ko")} <= named <= heads
    assert ">email<" not in page


def test_a_page_without_a_script_follows_the_theme_that_was_chosen(
    client: FlaskClient, customer: str
) -> None:
    for chosen, attribute in (("dark", ' data-theme="dark"'), ("light", ' data-theme="light"')):
        client.set_cookie("theme", chosen)
        assert f'<html lang="en"{attribute}>' in get(client, id=customer)[1]
    client.set_cookie("theme", '"><script>')
    assert '<html lang="en">' in get(client, id=customer)[1]


def test_every_word_is_there_in_both_languages() -> None:
    assert all(english and korean for english, korean in WORDS.values())
    assert {*WHO, *(set(ACTIVITY) - {"purchases"})} <= WORDS.keys()
    with pytest.raises(UnknownNameError, match="text of the card"):
        card_word("nothing", "en")


def test_the_page_asks_for_a_number_and_shows_the_card(client: FlaskClient, customer: str) -> None:
    assert get(client)[0] == 200
    status, page = get(client, id=customer, lang="ko")
    assert status == 200
    assert f"고객 {customer}" in page
    assert "개인정보 가림 표시" in page
    assert get(client, id=customer, day="2025-10-15")[1].count("15 Oct 2025")


def test_what_cannot_be_shown_is_said(client: FlaskClient, customer: str) -> None:
    status, page = get(client, id="H0")
    assert (status, "does not know customer “H0”" in page) == (404, True)
    status, page = get(client, id=customer, day="soon")
    assert (status, "“soon” is no day" in page) == (400, True)


def test_what_is_typed_is_shown_as_text(client: FlaskClient) -> None:
    answer = client.get("/customer", query_string={"id": STRANGE}, headers={"Host": "localhost"})
    assert answer.status_code == 404
    assert b"<script" not in answer.data
    assert STRANGE in unescape(answer.get_data(as_text=True))
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_programs_are_given_the_card_as_json(client: FlaskClient, customer: str) -> None:
    status, text = get(client, id=customer, format="json")
    assert (status, json.loads(text)["customer_id"]) == (200, customer)
    assert json.loads(text)["role"] == "marketer"


def test_the_command_prints_and_writes_it(store: Store, customer: str, tmp_path: Path) -> None:
    def run(*more: str) -> str:
        site = str(sample_logs.data_folder() / "site.toml")
        command = ["-m", "weblog", "customers", "card", customer, "--store", str(store.folder)]
        done = subprocess.run(
            [sys.executable, *command, "--site", site, *more],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
        return done.stdout

    assert f"Customer {customer} at the end of 2025-11-30" in run()
    assert json.loads(run("--output", "json"))["customer_id"] == customer
    assert run("--output", "html", "--language", "ko").startswith("<!DOCTYPE html>")
