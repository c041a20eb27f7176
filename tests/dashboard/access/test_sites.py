"""Several sites in one dashboard: each its own, and closed to who may not enter."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from harmless import is_harmless
from logged_in import PASSWORDS, log_in, update_body
from werkzeug.test import Client, TestResponse

import reports
from dashboard import Readers
from dashboard.access import Accounts
from dashboard.ask import ANSWERS, KEPT
from dashboard.errors import SiteListError
from dashboard.pages import PAGES
from dashboard.several import Sites, create_sites, open_front
from dashboard.site_list import ListedSite, load_sites
from weblog.site import Site
from weblog.store import Store, open_store

OTHER_PATH = "/of-the-other-site"
"""A path that stands in the other site's store alone."""


def copied(store: Store, folder: Path, path: str, first: date) -> Store:
    """A copy of a store, so that its tables have the same ids, that then went its own way."""
    shutil.copytree(store.folder, folder, ignore=shutil.ignore_patterns("access"))
    made = open_store(folder)
    for name, column in (("sessions", "entry_page"), ("page_views", "path")):
        frame = made.snapshot().scan(name).collect()
        days = sorted(set(frame["date"]))
        kept = frame.filter(pl.col("date") >= first)
        kept = kept.with_columns(pl.col(column).replace("/", path))
        made.replace_days(name, days, lambda kept=kept: (kept, {"made": 2}))
    return made


@pytest.fixture(scope="module")
def both(store: Store, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    """Two stores that only their place tells apart."""
    folder = tmp_path_factory.mktemp("copies")
    ours = copied(store, folder / "ours", "/", date(2025, 1, 1))
    theirs = copied(store, folder / "theirs", OTHER_PATH, date(2025, 11, 11))
    assert ours.snapshot().identity("sessions") == theirs.snapshot().identity("sessions")
    assert ours.snapshot().key == theirs.snapshot().key
    return ours, theirs


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    made = Accounts.of(tmp_path_factory.mktemp("accounts") / "access")
    made.add("admin", "admin", PASSWORDS["admin"])
    made.add("marketer", "marketer", PASSWORDS["marketer"], sites=["bank"])
    made.add("viewer", "viewer", PASSWORDS["viewer"], sites=[])
    return made


@pytest.fixture(scope="module")
def sites(both: tuple[Store, Store], accounts: Accounts) -> Iterator[Sites]:
    shop = {"groups": {"both": "viewer", "one": "analyst"}, "least_visitors": 2}
    bank = {"groups": {"both": "marketer"}, "idle_minutes": 5}
    listed = (
        ListedSite("shop", "상점", both[0], Site.model_validate({"dashboard": shop})),
        ListedSite("bank", "Bank", both[1], Site.model_validate({"dashboard": bank})),
    )
    readers = Readers(
        folder=str(accounts.folder.path), trust_proxy=["127.0.0.1"], trust_header="X-User",
        trust_groups="X-Groups",
    )  # fmt: skip
    made = create_sites(listed, open_front(listed, Path("nowhere"), readers, loopback=True))
    yield made
    made.stop()


@dataclass
class Browser:
    client: Client

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.client.post(path, **more)

    def update(self, site: str, search: str = "", page: str = "/", **more: Any) -> TestResponse:
        """Call a page's callback as the browser does."""
        body = update_body(search, page)
        return self.post(f"/site/{site}/_dash-update-component", json=body, **more)


_LOGGED_IN: dict[tuple[int, str], Browser] = {}


def of(sites: Sites, name: str = "") -> Browser:
    """Return a browser, logged in by a name: passwords take their time, so only once."""
    if (id(sites), name) in _LOGGED_IN:
        return _LOGGED_IN[id(sites), name]
    made = Browser(Client(sites, TestResponse))
    if name:
        answer = log_in(made, name, PASSWORDS[name])  # type: ignore[arg-type]
        assert answer.status_code == 303
        _LOGGED_IN[id(sites), name] = made
    return made


def shell(browser: Browser, site: str) -> dict[str, Any]:
    parts = browser.get(f"/site/{site}/_dash-layout").json["props"]["children"]  # type: ignore[index]
    found: dict[str, Any] = next(one["props"] for one in parts if one["props"]["id"] == "shell")
    return found


def test_nothing_is_ranked_before_somebody_asks_for_it(sites: Sites) -> None:
    of(sites, "admin").update("shop")
    assert all(app.suggestions._thread is None for app in sites.applications.values())
    of(sites, "admin").get("/site/shop/api/recommendations/H1")
    assert sites.applications["shop"].suggestions._thread is not None
    assert sites.applications["bank"].suggestions._thread is None


def test_each_site_shows_its_own_store(sites: Sites, both: tuple[Store, Store]) -> None:
    admin = of(sites, "admin")
    for _ in range(2):  # the second time from the caches both share
        for key, shown, has in (("shop", both[0], False), ("bank", both[1], True)):
            answer = admin.update(key, "?period=all")
            assert answer.status_code == 200
            assert (OTHER_PATH[1:] in answer.text) is has
            file = admin.get(f"/site/{key}/download/content_page/pages.parquet?period=all")
            found = pl.read_parquet(io.BytesIO(file.data))
            expected = reports.pages(shown.snapshot()).frame
            assert found["path"].to_list() == expected["path"].to_list()
            assert (OTHER_PATH in found["path"].to_list()) is has


def test_the_switch_names_the_sites_one_may_enter(sites: Sites) -> None:
    seen = shell(of(sites, "admin"), "bank")
    assert [one["key"] for one in seen["sites"]] == ["shop", "bank"]
    assert (seen["site"], seen["site_key"]) == ("Bank", "bank")
    assert "/site/bank/segments" in [page["path"] for page in seen["pages"]]
    assert [one["name"] for one in shell(of(sites, "marketer"), "bank")["sites"]] == ["Bank"]


def test_one_is_led_to_the_first_site_one_may_enter(sites: Sites) -> None:
    assert of(sites, "admin").get("/").location == "/site/shop/"
    assert of(sites, "marketer").get("/").location == "/site/bank/"
    assert of(sites, "admin").get("/content?period=7").location == "/site/shop/content?period=7"
    assert of(sites, "admin").get("/site/bank").location == "/site/bank/"
    assert of(sites, "admin").get("/site/none/").status_code == 404
    nowhere = of(sites, "viewer").get("/")
    assert (nowhere.status_code, "for no site" in nowhere.text) == (403, True)


def test_who_is_not_known_logs_in_and_comes_back(sites: Sites) -> None:
    stranger = of(sites)
    assert stranger.get("/site/bank/content?period=7").location == (
        "/login?next=/site/bank/content%3Fperiod%3D7"
    )
    answer = log_in(stranger, "admin", PASSWORDS["admin"], next="/site/bank/content?period=7")  # type: ignore[arg-type]
    assert answer.location == "/site/bank/content?period=7"
    assert of(sites).update("bank").status_code == 401


def addresses(sites: Sites, key: str) -> list[tuple[str, str]]:
    """Every address of a site's application, with something in its places."""
    found = []
    for rule in sites.applications[key].server.url_map.iter_rules():
        path = rule.rule
        for place, value in (
            ("<path:path>", "content"), ("<path:customer>", "H1"), ("<page>", "content_page"),
            ("<card>", "pages"), ("<ending>", "csv"), ("<path:filename>", "x.js"),
        ):  # fmt: skip
            path = path.replace(place, value)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        if "<" not in path:
            found.append((method, path))
    return found


def test_no_address_of_a_site_answers_who_may_not_enter_it(
    sites: Sites, accounts: Accounts
) -> None:
    from dashboard.access.gate import OF_DASH
    from dashboard.access.roles import NOBODY

    marketer, before = of(sites, "marketer"), len(_audit(accounts))
    open_to_all = {rule for rule, role in OF_DASH.items() if role == NOBODY}
    asked = [one for one in addresses(sites, "shop") if one[1] not in open_to_all]
    assert len(asked) > 8
    for method, path in asked:
        if path.startswith("/assets/"):
            continue
        assert of(sites, "admin").client.open(
            f"/site/shop{path}", method=method
        ).status_code != 403, path  # fmt: skip
        answer = marketer.client.open(f"/site/shop{path}", method=method)
        assert answer.status_code == 403, path
    lines = [one for one in _audit(accounts)[before:] if one["what"] == "refused"]
    assert {(one["who"], one["site"]) for one in lines} == {("marketer", "shop")}


def _audit(accounts: Accounts) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (accounts.folder.path / "audit.jsonl").open()]


def test_every_callback_of_a_site_is_closed_to_who_may_not_enter(sites: Sites) -> None:
    marketer = of(sites, "marketer")
    for page in PAGES:
        assert marketer.update("shop", page=page).status_code == 403
    for output in sites.applications["shop"].callback_map:
        body = {"output": output, "outputs": [], "inputs": [], "changedPropIds": []}
        answer = marketer.post("/site/shop/_dash-update-component", json=body)
        assert answer.status_code == 403, output


@pytest.mark.parametrize(
    "path",
    ["/site/bank/../shop/download/content_page/pages.csv",
     "/site/bank/%2e%2e/shop/download/content_page/pages.csv",
     "/site/bank//site/shop/download/content_page/pages.csv",
     "//site/shop/download/content_page/pages.csv",
     "/site/bank/site/shop/_dash-layout",
     "/site/SHOP/_dash-layout", "/site//_dash-layout", "/site/shop%2f_dash-layout"],
)  # fmt: skip
def test_no_way_around(sites: Sites, path: str) -> None:
    answer = of(sites, "marketer").get(path)
    assert answer.status_code in {303, 308, 403, 404}, answer.text[:200]


@pytest.mark.parametrize("search", ["?site=shop", "?store=shop", "?site=../shop&period=all"])
def test_what_an_address_says_beside_changes_no_store(sites: Sites, search: str) -> None:
    answer = of(sites, "marketer").update("bank", f"{search}&period=all")
    assert answer.status_code == 200
    assert OTHER_PATH[1:] in answer.text


def test_headers_do_not_change_the_site(sites: Sites) -> None:
    headers = {"Script-Name": "/site/shop", "X-Forwarded-Prefix": "/site/shop",
               "X-Original-Url": "/site/shop/", "X-Script-Name": "/site/shop"}  # fmt: skip
    answer = of(sites, "marketer").update("bank", "?period=all", headers=headers)
    assert OTHER_PATH[1:] in answer.text


def test_a_limit_holds_from_the_next_request_on(sites: Sites, accounts: Accounts) -> None:
    admin = of(sites, "admin")
    assert admin.update("shop").status_code == 200
    accounts.set_sites("admin", ["bank"])
    assert admin.update("shop").status_code == 403
    assert [one["key"] for one in shell(admin, "bank")["sites"]] == ["bank"]
    accounts.set_sites("admin", None)
    assert admin.update("shop").status_code == 200


def test_files_cards_and_lists_are_recorded_with_their_site(
    sites: Sites, accounts: Accounts
) -> None:
    marketer, before = of(sites, "marketer"), len(_audit(accounts))
    marketer.get("/site/bank/download/content_page/pages.csv")
    marketer.get("/site/bank/customer?id=H1")
    lines = [(one["what"], one["site"]) for one in _audit(accounts)[before:]]
    assert lines == [("export", "bank"), ("card", "bank")]


def test_the_customers_page_leads_to_itself(sites: Sites) -> None:
    page = of(sites, "marketer").get("/site/bank/customer").text
    assert 'action="/site/bank/customer"' in page


def test_a_group_has_the_role_each_sites_own_rules_give(sites: Sites) -> None:
    def asked(groups: str, key: str) -> TestResponse:
        headers = {"X-User": "minji", "X-Groups": groups}
        return of(sites).get(
            f"/site/{key}/customer", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}
        )

    assert (asked("both", "shop").status_code, asked("both", "bank").status_code) == (403, 200)
    assert (asked("one", "shop").status_code, asked("one", "bank").status_code) == (200, 403)
    assert "not for this site" in asked("one", "bank").text


def test_each_site_has_its_own_rules_and_the_shortest_login(sites: Sites) -> None:
    assert [place.door.least_visitors for place in sites.ring.places] == [2, 5]
    doors = [place.door.sessions for place in sites.ring.places]
    assert [door.idle_s for door in doors if door] == [300.0, 300.0]


def test_caches_are_of_all_sites_together(sites: Sites) -> None:
    admin = of(sites, "admin")
    for page in ("/content", "/segments", "/paths"):
        for key in ("shop", "bank"):
            for period in ("7", "28", "90"):
                admin.update(key, f"?period={period}", page)
    assert len(ANSWERS._kept) <= KEPT


def test_one_site_has_no_switch_and_no_prefix(store: Store, site: Site) -> None:
    from dashboard import create_app

    client = create_app(store, site).server.test_client()
    parts = client.get("/_dash-layout").json["props"]["children"]
    props = next(one["props"] for one in parts if one["props"]["id"] == "shell")
    assert (props["sites"], props["site_key"], props["pages"][0]["path"]) == ([], "", "/")


def test_a_list_is_read_from_where_it_lies(both: tuple[Store, Store], tmp_path: Path) -> None:
    store, other = both
    (tmp_path / "rules.toml").write_text('name = "The bank"\ntime_zone = "Asia/Seoul"\n')
    (tmp_path / "shop").symlink_to(store.folder)
    file = tmp_path / "sites.toml"
    file.write_text(
        '[[site]]\nkey = "shop"\nstore = "shop"\nname = "상점"\n\n'
        f'[[site]]\nkey = "bank"\nstore = "{other.folder}"\nrules = "rules.toml"\n'
    )
    found = load_sites(file)
    assert [(one.key, one.name) for one in found] == [("shop", "상점"), ("bank", "The bank")]
    assert found[1].site.time_zone == "Asia/Seoul"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "site: Field required"),
        ("site = []", "site: List should have at least 1"),
        ('[[site]]\nkey = "A/b"\nstore = "x"', "site.0.key: String should match"),
        ('[[site]]\nkey = "a"', "site.0.store: Field required"),
        ('[[site]]\nkey = "a"\nstore = "x"\nstores = 1', "site.0.stores: Extra inputs"),
        ('[[site]]\nkey = "a"\nstore = "x"\n[[site]]\nkey = "a"\nstore = "y"', "the key a"),
        ('[[site]]\nkey = "a"\nstore = "x"\n[[site]]\nkey = "b"\nstore = "./x"', "the store"),
        ("[[site", "is no TOML"),
    ],
)
def test_what_is_wrong_with_a_list_is_said(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "sites.toml"
    file.write_text(text)
    with pytest.raises(SiteListError) as error:
        load_sites(file)
    assert told in str(error.value)
    assert "Expected for each site" in str(error.value)


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "\u202egnp.exe"],
)
def test_a_sites_name_is_text(store: Store, accounts: Accounts, name: str) -> None:
    listed = (ListedSite("shop", name, store, Site(name=name)),)
    readers = Readers(folder=str(accounts.folder.path))
    made = create_sites(listed, open_front(listed, Path("nowhere"), readers, loopback=True))
    accounts.folder.connection().execute("delete from attempts")
    admin = Browser(Client(made, TestResponse))
    for address in ("/login", "/login?next=/site/shop/"):
        assert is_harmless(admin.get(address).text)
    assert log_in(admin, "admin", PASSWORDS["admin"]).status_code == 303  # type: ignore[arg-type]
    for address in ("/account", "/site/shop/customer"):
        assert is_harmless(admin.get(address).text)
    document = admin.get("/site/shop/").text
    assert name not in document or "<" not in name
    assert shell(admin, "shop")["site"] == name  # in JSON, for React to show as text
    assert admin.get("/site/shop/_dash-layout").mimetype == "application/json"
    made.stop()
