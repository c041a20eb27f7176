"""What travels between the browser and the application, and what is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard import create_app
from dashboard.access.door import Door
from dashboard.access.roles import Reader
from dashboard.frame import shown_page
from dashboard.pages import PAGES
from dashboard.security import is_loopback
from weblog.errors import StoreError
from weblog.site import Site
from weblog.store import Store

EVIL = "<img src=x onerror=alert(1)>"


def callback(client: FlaskClient, search: str, headers: dict[str, str] | None = None) -> Any:
    """Send what the browser sends when the address changes."""
    page = PAGES["/"]
    outputs = [{"id": page.id(part), "property": "data"} for part in page.parts]
    joined = "...".join(f"{one['id']}.data" for one in outputs)
    body = {
        "output": f"..{joined}..",
        "outputs": outputs,
        "inputs": [{"id": "address", "property": "search", "value": search}],
        "state": [{"id": "shell", "property": "language", "value": "en"}],
        "changedPropIds": ["address.search"],
    }
    end = re.search(r'"end_id":"([^"]+)"', client.get("/").text)
    path = f"/_dash-update-component?endId={end.group(1) if end else ''}"
    return client.post(path, json=body, headers=headers or {})


def test_the_callback_answers_with_every_card(client: FlaskClient) -> None:
    answer = callback(client, "?segment=VIP")
    assert answer.status_code == 200
    parts = answer.json["response"]
    assert set(parts) == {PAGES["/"].id(part) for part in PAGES["/"].parts}
    assert parts["overview-page"]["data"]["state"] == "ready"


def test_a_page_that_fails_says_so_under_an_id(
    site: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = create_app(store, site).server.test_client()

    def broken() -> None:
        raise StoreError("/secret/folder", "gone")

    monkeypatch.setattr(type(store), "snapshot", lambda _: broken())
    response = callback(client, "").json["response"]
    assert response["overview-page"]["data"]["state"] == "error"
    assert re.fullmatch("[0-9a-f]{6}", response["overview-page"]["data"]["ref"])
    assert "secret" not in json.dumps(response)


def test_every_response_forbids_what_is_not_from_here(client: FlaskClient) -> None:
    for path in ("/", "/assets/weblog.css", "/_dash-layout", "/nowhere"):
        headers = client.get(path).headers
        rules = dict(
            rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";")
        )
        assert rules["default-src"] == "'none'"
        assert rules["connect-src"] == "'self'"
        assert "unsafe" not in rules["script-src"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_document_names_no_other_host(client: FlaskClient) -> None:
    text = client.get("/").text
    outside = re.sub(r'<script id="_dash-config".*?</script>', "", text, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", outside)
    assert "dash_core_components" not in outside


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_callbacks_of_other_sites_are_refused(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert callback(client, "", headers).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8050", 200),
        ("127.0.0.1:8050", 200),
        ("[::1]:8050", 200),
        ("evil.example:8050", 403),
        ("127.0.0.1.evil.example", 403),
    ],
)
def test_another_name_for_this_machine_is_refused(
    client: FlaskClient, host: str, status: int
) -> None:
    assert client.get("/", headers={"Host": host}).status_code == status


def test_where_a_login_is_needed_it_answers_to_any_name(store: Store, site: Site) -> None:
    client = create_app(store, site, door=Door(open_role=None)).server.test_client()
    assert client.get("/_health", headers={"Host": "stats.example"}).status_code == 200
    assert client.get("/", headers={"Host": "stats.example"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("a.b", False)],  # noqa: S104
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        (None, "de", "en"),
        ("ko", "en", "ko"),
        ("xx", "en", "en"),
    ],
)
def test_the_language_is_the_cookies_else_the_browsers(
    client: FlaskClient, cookie: str | None, accepted: str, language: str
) -> None:
    client.delete_cookie("language")
    if cookie:
        client.set_cookie("language", cookie)
    answer = client.get("/", headers={"Accept-Language": accepted})
    client.delete_cookie("language")
    assert f'<html lang="{language}">' in answer.text


def test_an_unknown_address_is_not_found_and_says_so(client: FlaskClient) -> None:
    assert client.get("/nowhere").status_code == 404
    assert client.get("/").status_code == 200
    assert client.get("/assets/nothing.js").status_code == 404
    page = shown_page("/nowhere", "ko", Reader("", "admin", "open"))
    assert page.path == "/nowhere"
    assert page.words["not_found"] == "없는 페이지입니다"


@pytest.mark.parametrize(
    ("site", "title", "shown"),
    [
        (Site(name="Hanbit <Life>"), "Hanbit &lt;Life&gt;", "Hanbit <Life>"),
        (Site(), "Weblog insight", ""),
    ],
)
def test_the_site_is_named_unless_its_rules_do_not(
    store: Store, site: Site, title: str, shown: str
) -> None:
    app = create_app(store, site)
    text = app.server.test_client().get("/").text
    assert f"<title>{title}</title>" in text
    layout = app.server.test_client().get("/_dash-layout").json
    shell = next(one for one in layout["props"]["children"] if one["props"]["id"] == "shell")
    assert shell["props"]["site"] == shown


def framed(client: FlaskClient, referrer: str | None) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """Return the properties of address and shell, and the page in them."""
    headers = {"Referer": referrer} if referrer else {}
    parts = client.get("/_dash-layout", headers=headers).json["props"]["children"]
    address, shell = (part["props"] for part in parts)
    return address, shell, shell["children"]["props"].get("children")


def test_the_frame_has_the_page_that_asks_for_it(client: FlaskClient) -> None:
    address, shell, page = framed(client, "http://localhost/segments?segment=VIP&period=7")
    assert (address["pathname"], address["search"]) == ("/segments", "?segment=VIP&period=7")
    assert shell["current"] == "/segments"
    assert shell["status"].startswith("Data through 30 Nov 2025")
    assert "segments_page-page" in json.dumps(page)


@pytest.mark.parametrize(
    "referrer",
    [None, "http://localhost/nowhere", "http://elsewhere.example/segments", "segments", "://"],
)
def test_the_frame_is_empty_where_no_page_of_ours_asks(
    client: FlaskClient, referrer: str | None
) -> None:
    address, shell, page = framed(client, referrer)
    assert address == {"id": "address"}
    assert "current" not in shell
    assert not page


def test_the_frame_stands_where_the_store_cannot_be_read(
    site: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = create_app(store, site).server.test_client()

    def broken() -> None:
        raise StoreError("/secret/folder", "gone")

    monkeypatch.setattr(type(store), "snapshot", lambda _: broken())
    _, shell, page = framed(client, "http://localhost/")
    assert shell["status"] == ""
    assert "overview-page" in json.dumps(page)


def test_a_layout_asks_the_store_nothing(empty_store: Store, site: Site) -> None:
    for page in PAGES.values():
        laid_out = page.layout("en")
        components = [laid_out, *laid_out._traverse()]
        ids = {component.id for component in components if hasattr(component, "id")}
        assert {page.id(part) for part in (*page.parts, *page.asking)} <= ids


def test_log_text_travels_as_text(client: FlaskClient) -> None:
    """The browser puts it in as text (tests/browser sees that it does); never as HTML."""
    answer = callback(client, "?period=all")
    assert answer.mimetype == "application/json"
    rows = answer.json["response"]["overview-pages"]["data"]["rows"]
    assert f"/{EVIL}" in {row["label"] for row in rows}


def test_no_script_writes_html(assets: Any) -> None:
    for path in (assets / "components").glob("*.js"):
        assert not re.search(
            r"innerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text()
        )


def test_colours_stand_only_in_the_theme(assets: Any) -> None:
    css = (assets / "weblog.css").read_text()
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", css)
