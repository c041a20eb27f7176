"""The pages of what marketing did: campaigns, banners, e-mail, days out of line."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from logged_in import LogIn, log_in, update
from sample_store import company_store

import reports
import sample_logs
import weblog
from dashboard import create_app
from dashboard.access import Accounts, Audit
from dashboard.access.door import Door
from dashboard.access.sessions import Sessions
from dashboard.cards.card import CardSpec
from dashboard.pages import PAGES
from dashboard.view import data_days, read
from reports.coarse import CoarseStore
from weblog.site import Site
from weblog.site.goal_targets import GoalTarget
from weblog.store import Store

PASSWORD = "velvet harbour ladder lantern 8"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return company_store(tmp_path_factory.mktemp("marketing") / "store")


@pytest.fixture(scope="module")
def rules() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


@pytest.fixture(scope="module")
def usual(company: Store) -> reports.Filters:
    """What a page asks while its address says nothing."""
    return read("")[0].filters(data_days(company.snapshot()))


def shown(store: Store, site: Site, place: str, search: str = "", *, language: str = "en") -> Any:
    """Return the data of one card, named by its page and itself."""
    path, card = place.split()
    page = PAGES[path]
    if card in page.slow:
        assert page.answer_slow
        return page.answer_slow(card, store, site, search, language)
    return page.answer(store, site, search, language)[card]


def cells(data: Any, column: str) -> list[str]:
    place = [one["key"] for one in data["table"]["columns"]].index(column)
    return [row["cells"][place] for row in data["table"]["rows"]]


@pytest.mark.parametrize(
    ("place", "option", "values"),
    [
        ("/email mailings", "measure", ("click", "open")),
        ("/email times", "event", ("opened", "clicked")),
        ("/banners banners", "measure", ("ctr", "cpc")),
        ("/campaigns results", "measure", ("cpa", "roas")),
    ],
)
def test_a_chart_draws_what_is_chosen_of_the_same_answer(
    company: Store, rules: Site, place: str, option: str, values: tuple[str, str]
) -> None:
    card, (first, other) = place.split()[1], values
    base = f"?{card}.view=figure"
    charts = [
        shown(company, rules, place, f"{base}{more}")["figures"]["light"]["data"]
        for more in ("", f"&{card}.{option}={first}", f"&{card}.{option}={other}")
    ]
    assert charts[0] == charts[1] != charts[2]
    tables = [
        shown(company, rules, place, f"?{card}.view=table{more}")
        for more in ("", f"&{card}.{option}={other}")
    ]
    assert tables[0]["table"] == tables[1]["table"]
    assert option not in {one["name"] for one in tables[0]["options"]}  # it would change nothing


@pytest.mark.parametrize(
    ("place", "by", "columns"),
    [
        ("/banners banners", "campaign,banner", ["campaign", "banner", "impressions"]),
        ("/banners banners", "portal,position", ["portal", "position", "impressions"]),
        ("/banners gap", "day", ["date", "step"]),
        ("/campaigns results", "channel", ["channel", "sessions"]),
        ("/email effect", "", ["mailing", "written"]),
        ("/email effect", "segment", ["mailing", "name", "written"]),
    ],
)
def test_a_table_has_the_columns_of_what_rows_are_told_apart_by(
    company: Store, rules: Site, place: str, by: str, columns: list[str]
) -> None:
    card = place.split()[1]
    search = f"?{card}.view=table" + (f"&{card}.by={by}" if by else "")
    keys = [one["key"] for one in shown(company, rules, place, search)["table"]["columns"]]
    assert keys[: len(columns)] == columns


def test_versions_are_compared_with_versions(company: Store, rules: Site) -> None:
    data = shown(company, rules, "/email effect", "?effect.against=other_variants")
    assert data["state"] in {"ready", "empty"}
    assert {one["name"]: one["value"] for one in data["options"]}["by"] == "variant"


def test_what_to_do_is_said_in_both_languages(
    company: Store, rules: Site, usual: reports.Filters
) -> None:
    frame = reports.tagging(company, usual, site=rules).frame
    assert frame.height
    for language, column in (("en", "to_do"), ("ko", "to_do_ko")):
        data = shown(company, rules, "/campaigns tagging", language=language)
        assert cells(data, "to_do") == frame[column].to_list()
    page = PAGES["/campaigns"].cards
    assert page
    card = page.card("tagging")
    assert card
    file = page.file(card, company, rules, "")
    assert file["to_do_ko"].to_list() == frame["to_do_ko"].to_list()


def test_the_verdict_of_a_mailing_is_the_reports(
    company: Store, rules: Site, usual: reports.Filters
) -> None:
    frame = reports.mailing_effect(company, usual, site=rules).frame
    for language in ("en", "ko"):
        data = shown(company, rules, "/email effect", language=language)
        said = [(one["about"], one["text"]) for one in data["sentences"]]
        assert said == frame.select("mailing", f"sentence_{language}").rows()
    lift = [f"{value * 100:+.2f} pp" for value in frame["difference"]]
    assert cells(shown(company, rules, "/email effect", "?effect.view=table"), "difference") == lift


def test_moments_are_told_in_the_sites_time(
    company: Store, rules: Site, usual: reports.Filters
) -> None:
    frame = reports.mail_recipients(company, usual, site=rules, limit=20).frame
    seoul = ZoneInfo(rules.time_zone)
    expected = [
        "–" if at is None else at.astimezone(seoul).strftime("%Y.%m.%d %H:%M")
        for at in frame["opened_at"]
    ]
    data = shown(company, rules, "/email recipients", language="ko")
    assert cells(data, "opened_at") == expected
    assert any(isinstance(at, datetime) for at in frame["opened_at"])


# who sees them


def test_viewers_see_what_counts_groups_and_are_told_of_the_rest(
    company: Store, rules: Site
) -> None:
    seen, withheld = CoarseStore(company.folder, 5), {}
    for path in ("/campaigns", "/days"):
        page = PAGES[path]
        assert page.role == "viewer"
        assert page.cards
        for card in page.cards.cards:
            data = shown(seen, rules, f"{path} {card.name}")
            if data["state"] == "withheld":
                withheld[card.name] = data["text"]
            else:
                assert data["state"] == "ready", card.name
    assert withheld.keys() == {"paths", "effect", "tagging"}
    assert set(withheld.values()) == {"This is not for your role, which sees groups only."}
    assert PAGES["/banners"].role == PAGES["/email"].role == "marketer"


@pytest.fixture
def door(tmp_path: Any) -> Door:
    accounts = Accounts.of(tmp_path / "access")
    for role in ("viewer", "marketer"):
        accounts.add(role, role, PASSWORD)
    return Door(open_role=None, sessions=Sessions(accounts), audit=Audit(accounts.folder))


@pytest.fixture
def as_role(company: Store, rules: Site, door: Door) -> LogIn:
    server = create_app(company, rules, door=door).server

    def logged_in(role: str) -> FlaskClient:
        client: FlaskClient = server.test_client()
        assert log_in(client, role, PASSWORD).status_code == 303
        return client

    return logged_in


def recipients(client: FlaskClient) -> Any:
    """Ask for the list of recipients as the browser does."""
    name = "email_page-recipients"
    body = {
        "output": f"{name}.data",
        "outputs": {"id": name, "property": "data"},
        "inputs": [{"id": "address", "property": "search", "value": ""}],
        "state": [{"id": "shell", "property": "language", "value": "en"}],
        "changedPropIds": ["address.search"],
    }
    return client.post("/_dash-update-component", json=body)


def test_who_received_a_mail_is_for_marketers_and_recorded(as_role: LogIn, door: Door) -> None:
    assert door.audit
    viewer, marketer = as_role("viewer"), as_role("marketer")
    assert recipients(viewer).status_code == 403
    assert update(viewer, path="/email").status_code == 403
    assert update(viewer, path="/banners").status_code == 403
    assert viewer.get("/download/email_page/recipients.csv").status_code == 403
    assert [one["what"] for one in door.audit.lines() if one["what"] in {"list", "export"}] == []
    answer = recipients(marketer).json["response"]["email_page-recipients"]["data"]
    assert answer["state"] == "ready"
    assert marketer.get("/download/email_page/recipients.csv").status_code == 200
    told = [(one["what"], one["who"], one["detail"]) for one in door.audit.lines()]
    assert ("list", "marketer", "email_page/recipients") in told
    assert ("export", "marketer", "email_page/recipients.csv") in told


def test_a_card_for_marketers_is_asked_for_by_itself() -> None:
    with pytest.raises(ValueError, match="let it be slow"):
        CardSpec("people", "mail_recipients", "mail_people", role="marketer")
    card = CardSpec("people", "mail_recipients", "mail_people", role="marketer", slow=True)
    assert card.role == "marketer"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_several_cards_must_note_the_page_says_once(
    company: Store, rules: Site, language: str
) -> None:
    page = PAGES["/email"]
    assert page.answer_slow
    answers = page.answer(company, rules, "", language)
    answers |= {name: page.answer_slow(name, company, rules, "", language) for name in page.slow}
    said = [one["text"] for one in answers["page"]["notices"]]
    notes = [one["text"] for card in answers.values() for one in card.get("notes", ())]
    assert {one["code"] for one in answers["page"]["notices"]} >= {"mailings_unfinished"}
    assert len(said + notes) == len(set(said + notes))


@pytest.mark.parametrize(
    ("search", "seen"), [("", True), ("?segment=VIP", False), ("?measure=visitors", False)]
)
def test_a_target_is_a_line_on_its_trend_and_a_part_of_its_tile(
    company: Store, rules: Site, search: str, *, seen: bool
) -> None:
    target = GoalTarget.model_validate({"target": "<b>Q4</b>", "measure": "sessions",
                                        "period": "month", "number": 5_000})  # fmt: skip
    site = rules.model_copy(update={"targets": (target,)})
    answers = PAGES["/"].answer(company, site, search, "ko")
    trend, tiles = answers["trend"], {one["measure"]: one for one in answers["tiles"]["tiles"]}
    names = [trace["name"] for trace in trend["figures"]["dark"]["data"]]
    assert any("&lt;b>Q4" in name for name in names) is seen
    assert bool(trend["goals"]) is seen
    assert (tiles["sessions"]["goal"] is not None) is (search != "?segment=VIP")
    assert all(one["goal"] is None for name, one in tiles.items() if name != "sessions")
    if seen:
        row = reports.goals(company, site=site).frame.row(0, named=True)
        assert tiles["sessions"]["goal"]["share"] == min(100, round(100 * row["progress"], 1))
        assert f"{row['so_far']:,.0f}" in trend["goals"][0]
