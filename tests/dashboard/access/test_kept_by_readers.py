"""Saved views and notes on days: who may keep, see and change what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from logged_in import PASSWORDS, LogIn, log_in, update

from dashboard import create_app
from dashboard.access.door import Door
from dashboard.access.roles import ROLES, Reader
from dashboard.saved.views import FILE, LONGEST, MOST, SavedViews, may_change
from weblog.annotations import FILE as NOTES
from weblog.annotations import Annotations
from weblog.cli import weblog
from weblog.errors import StoreError, UnknownNameError
from weblog.record_book import WrittenError
from weblog.site import Site
from weblog.store import Store

NOW = datetime(2025, 12, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_kept(store: Store) -> Iterator[None]:
    yield
    for name in (FILE, NOTES):
        (store.folder / name).unlink(missing_ok=True)


def save(client: FlaskClient, name: str = "a view", **more: Any) -> Any:
    body = {"name": name, "path": "/", "search": "?segment=VIP", "shared": False, **more}
    return client.post("/api/views", json=body)


def names(client: FlaskClient) -> list[str]:
    return [one["name"] for one in client.get("/api/views").json["views"]]


# who sees what


def test_a_view_is_its_owners_until_it_is_shared(as_role: LogIn) -> None:
    marketer, analyst, admin = (as_role(role) for role in ROLES[1:])
    kept = save(marketer, "Monday").json["view"]
    assert (kept["name"], kept["search"], kept["own"], kept["may"]) == (
        "Monday", "?segment=VIP", True, True,
    )  # fmt: skip
    assert (names(marketer), names(analyst), names(admin)) == (["Monday"], [], ["Monday"])
    one = f"/api/views/{kept['id']}"
    assert analyst.patch(one, json={"name": "mine"}).status_code == 404
    assert marketer.patch(one, json={"shared": True}).status_code == 200
    (seen,) = analyst.get("/api/views").json["views"]
    assert (seen["own"], seen["may"], seen["owner"]) == (False, False, "marketer")
    assert analyst.patch(one, json={"name": "mine"}).status_code == 403
    assert analyst.delete(one).status_code == 403
    assert names(marketer) == ["Monday"]
    assert admin.delete(one).status_code == 200
    assert names(marketer) == []
    assert marketer.delete(one).status_code == 404


def test_viewers_keep_their_own_and_share_none(as_role: LogIn) -> None:
    viewer = as_role("viewer")
    assert save(viewer, "mine").status_code == 201
    assert save(viewer, "ours", shared=True).status_code == 403
    (own,) = viewer.get("/api/views").json["views"]
    assert viewer.patch(f"/api/views/{own['id']}", json={"shared": True}).status_code == 403
    assert viewer.patch(f"/api/views/{own['id']}", json={"name": "renamed"}).status_code == 200
    assert names(viewer) == ["renamed"]


@pytest.mark.parametrize(
    "hidden", [{"path": "/email"}, {"search": "?sex=F"}, {"search": "?age_band=30-39&device=x"}]
)
def test_viewers_are_told_of_no_view_they_may_not_open(
    as_role: LogIn, hidden: dict[str, str]
) -> None:
    marketer, viewer = as_role("marketer"), as_role("viewer")
    kept = save(marketer, "women of 30", shared=True, **hidden).json["view"]
    save(marketer, "everybody", shared=True)
    assert (names(marketer), names(viewer)) == (["everybody", "women of 30"], ["everybody"])
    for answer in (
        viewer.patch(f"/api/views/{kept['id']}", json={"name": "x"}),
        viewer.delete(f"/api/views/{kept['id']}"),
    ):
        assert answer.status_code == 404
        assert "women" not in answer.text
    assert save(viewer, "x", path="/email").status_code == 403


def test_where_nobody_logs_in_views_and_notes_are_everybodys(store: Store, site: Site) -> None:
    client = create_app(store, site).server.test_client()
    kept = save(client, "ours").json["view"]
    assert (kept["own"], kept["may"], names(client)) == (True, True, ["ours"])
    note = Annotations(store.folder).add(NOW.date(), None, "x", "root (command line)", NOW)
    assert client.delete(f"/api/annotations/{note.id}").status_code == 200
    assert may_change(Reader("", "viewer", "open"), "") is False


# what is kept


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=1+1|cmd", "한글 이름",
     "{name}", "a" * LONGEST],
)  # fmt: skip
def test_a_name_is_text_whatever_it_looks_like(as_role: LogIn, name: str) -> None:
    client = as_role("marketer")
    answer = save(client, f"  {name} ")
    assert answer.status_code == 201
    assert answer.mimetype == "application/json"
    assert names(client) == [name]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("a" * 10_240, "too_long"),
        ("nu\0ll", "signs"),
        ("line\nbreak", "signs"),
        ("gpj.\u202eexe", "signs"),
        ("\u2067rtl", "signs"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_name_that_is_none_is_refused_in_the_readers_language(
    as_role: LogIn, name: str, code: str, language: str
) -> None:
    client = as_role("marketer")
    client.set_cookie("language", language)
    answer = save(client, name)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, code)
    assert any("가" <= sign <= "힣" for sign in answer.json["error"]["message"]) is (
        language == "ko"
    )
    assert names(client) == []


@pytest.mark.parametrize("kept", [[], "x", 7, {"name": 1}, {"name": "x", "path": ["/"]},
                                  {"name": "x", "path": "/", "shared": "yes"}])  # fmt: skip
def test_what_is_no_request_is_refused(as_role: LogIn, kept: object) -> None:
    client = as_role("marketer")
    assert client.post("/api/views", json=kept).status_code == 400
    assert client.post("/api/views", data="{", content_type="application/json").status_code == 400
    assert client.post("/api/views", data={"name": "form"}).status_code == 415
    assert names(client) == []


def test_another_site_cannot_save_anything(as_role: LogIn) -> None:
    client = as_role("marketer")
    body = {"name": "x", "path": "/", "search": "", "shared": False}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        assert client.post("/api/views", json=body, headers=headers).status_code == 403
    assert names(client) == []


def test_only_what_a_page_understands_is_saved_of_an_address(as_role: LogIn) -> None:
    client = as_role("marketer")
    asked = "?nonsense=1&period=99&segment=VIP&measure=visitors&channels.view=table"
    kept = save(client, "x", search=asked).json["view"]
    assert kept["search"] == "?segment=VIP&measure=visitors&channels.view=table"
    assert save(client, "y", path="/nowhere").status_code == 400
    assert save(client, "z", search="?segment=" + "a" * 5_000).json["error"]["code"] == "too_long"
    for person in ("?customer=H1", "?visitor=v1&segment=VIP"):
        assert save(client, "p", search=person).json["error"]["code"] == "people"
    assert names(client) == ["x"]


def test_saving_again_replaces_and_renaming_does_not(tmp_path: Path) -> None:
    views = SavedViews(tmp_path)
    first = views.save("one", "kim", "/", "", shared=False, at=NOW)
    views.save("one", "lee", "/", "", shared=False, at=NOW)
    again = views.save("one", "kim", "/", "?segment=VIP", shared=True, at=NOW)
    assert {(one.owner, one.search) for one in views.all()} == {
        ("lee", ""),
        ("kim", "?segment=VIP"),
    }
    assert len(views.all()) == 2
    two = views.save("two", "kim", "/", "", shared=False, at=NOW)
    with pytest.raises(WrittenError, match="taken"):
        views.change(two.id, name="one", at=NOW)
    assert views.change(two.id, name="two", at=NOW).name == "two"
    with pytest.raises(UnknownNameError):
        views.get(first.id)
    assert views.get(again.id).shared


def test_there_is_an_end_to_how_many(tmp_path: Path) -> None:
    views = SavedViews(tmp_path)
    for number in range(MOST):
        views.save(f"view {number}", "kim", "/", "", shared=False, at=NOW)
    with pytest.raises(WrittenError, match=f"{MOST} of them already"):
        views.save("one more", "kim", "/", "", shared=False, at=NOW)
    views.save("view 3", "kim", "/", "?segment=VIP", shared=False, at=NOW)
    views.save("another's", "lee", "/", "", shared=False, at=NOW)
    assert len(views.all()) == MOST + 1


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    views = SavedViews(tmp_path)

    def work(number: int) -> None:
        kept = views.save(f"view {number}", "kim", "/", "", shared=False, at=NOW)
        views.change(kept.id, shared=True, at=NOW)
        if number % 2:
            views.delete(kept.id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    found = views.all()
    assert {one.name for one in found} == {f"view {number}" for number in range(0, 24, 2)}
    assert all(one.shared for one in found)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('[{"id": 1}]')
    with pytest.raises(StoreError, match="is damaged"):
        SavedViews(tmp_path).all()


# notes


def test_marketers_write_notes_and_remove_their_own(
    as_role: LogIn, store: Store, site: Site, door: Door
) -> None:
    viewer, marketer, analyst, admin = (as_role(role) for role in ROLES)
    body = {"start": "2025-11-05", "end": "", "text": "TV <b>spot</b>"}
    assert viewer.post("/api/annotations", json=body).status_code == 403
    made = marketer.post("/api/annotations", json=body).json["annotation"]["id"]
    (note,) = Annotations(store.folder).all()
    assert (note.id, note.text, note.author) == (made, "TV <b>spot</b>", "marketer")
    reads = create_app(store, site, door=replace(door, least_visitors=1)).server.test_client()
    log_in(reads, "viewer", PASSWORDS["viewer"])
    for client in (reads, marketer, analyst):  # everybody sees it on the trend
        trend = update(client).json["response"]["overview-trend"]["data"]
        assert [one["text"] for one in trend["known_days"]["notes"]] == ["TV <b>spot</b>"]
        shapes = trend["figures"]["light"]["layout"]["shapes"]
        assert [one["x0"] for one in shapes] == [2]
    assert viewer.delete(f"/api/annotations/{made}").status_code == 403
    assert analyst.delete(f"/api/annotations/{made}").status_code == 403
    assert marketer.delete(f"/api/annotations/{made}").status_code == 200
    again = marketer.post("/api/annotations", json=body).json["annotation"]["id"]
    assert admin.delete(f"/api/annotations/{again}").status_code == 200
    assert Annotations(store.folder).all() == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"start": ""}, "request"),
        ({"start": "yesterday"}, "request"),
        ({"end": "2025-11-04"}, "span"),
        ({"text": "\0"}, "signs"),
        ({"text": "a" * 10_240}, "too_long"),
        ({"text": 1}, "request"),
    ],
)
def test_a_note_that_is_none_is_refused(
    as_role: LogIn, store: Store, more: dict[str, object], code: str
) -> None:
    body = {"start": "2025-11-05", "end": "", "text": "x", **more}
    answer = as_role("marketer").post("/api/annotations", json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, code)
    assert Annotations(store.folder).all() == []


def test_at_the_command_line(store: Store) -> None:
    kept = SavedViews(store.folder).save(
        "<b>look", "kim", "/", "?segment=V%1bIP", shared=True, at=NOW
    )

    def run(*arguments: str) -> str:
        found = CliRunner().invoke(
            weblog, ["views", *arguments, "--store", str(store.folder)], catch_exceptions=False
        )
        assert found.exit_code == 0
        return found.output

    (listed,) = json.loads(run("list", "--output", "json"))
    assert (listed["id"], listed["owner"], listed["shared"]) == (kept.id, "kim", True)
    shown = run("show", kept.id)
    assert "V\\x1bIP" in shown
    assert "\x1b" not in shown
    assert "Deleted" in run("delete", kept.id)
    assert SavedViews(store.folder).all() == []
