"""What is asked beforehand is what each kind of reader asks, and tells nobody more than before."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from logged_in import call, update
from new_store import copy_store

from dashboard import create_app, foreseen, held
from dashboard.access.door import Door
from dashboard.app import Application
from dashboard.ask import ANSWERS
from dashboard.at_work import READERS, AtWork, Ended, beforehand, is_beforehand, make_way
from dashboard.foreseen import is_asked
from dashboard.pages import PAGES
from dashboard.pages.page import MORE
from dashboard.remembered import FILE, PageQuestion, Remembered
from reports import whole
from reports.coarse import MARK
from weblog.site import Site
from weblog.store import Store


@pytest.fixture(autouse=True)
def _nothing_is_kept() -> Iterator[None]:
    ANSWERS._kept.clear()
    yield
    whole._KEPT.clear()


@pytest.fixture
def dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the store were large."""
    monkeypatch.setattr(held, "SESSIONS_A_SECOND", 0.01)


@pytest.fixture
def few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were no other pages: what is told of three holds for all."""
    few = {path: PAGES[path] for path in ("/", "/content", "/quality")}
    monkeypatch.setattr(foreseen, "PAGES", few)


@pytest.fixture
def own(store: Store, tmp_path: Path) -> Store:
    """A copy of the store, in which what is asked is remembered."""
    copy_store(store.folder, tmp_path / "S")
    return Store(tmp_path / "S")


@pytest.fixture
def app(own: Store, site: Site, dear: None) -> Iterator[Application]:
    made = create_app(own, site)
    yield made
    made.stop()


def kept() -> list[tuple[str, bool]]:
    """Return the reports whose answers are kept, and whether of groups only."""
    return [(key[0], any(table == MARK for table, _ in key[1][2])) for key in ANSWERS._kept]  # type: ignore[index]


def test_what_every_page_asks_at_first_is_answered_before_anybody_asks(app: Application) -> None:
    app.held.held.begin()
    asked = len(ANSWERS._kept)
    assert asked > 50
    client = app.server.test_client()
    shown = [(path, page) for path, page in PAGES.items() if page.role in {"viewer", "marketer"}]
    assert len(shown) == len(PAGES) - 1, "settings are for others"
    for path, page in shown:
        for search in ("", "?period=7", "?period=90"):
            assert update(client, search, path).status_code == 200
        for part in (*page.slow, MORE):
            assert call(client, page.id(part)).status_code == 200
    assert len(ANSWERS._kept) == asked, "nothing had to be worked out"


def test_kinds_of_readers_are_asked_for_by_who_can_come(own: Store, site: Site) -> None:
    def kinds(role: str | None) -> set[bool]:
        app = create_app(own, site, door=Door(open_role=role))
        found = list(app.foreseen.at_first())
        assert all(map(is_asked, found))
        assert len(found) == len(set(found))
        for one in found:
            page = next(page for page in PAGES.values() if page.name == one.page)
            assert not one.groups or page.role == "viewer"
        return {one.groups for one in found}

    assert kinds("marketer") == kinds("admin") == {False}
    assert kinds("viewer") == {True}
    assert kinds(None) == {False, True}
    assert not is_asked(PageQuestion("email_page", "opened", groups=True))


@pytest.mark.usefixtures("dear", "few_pages")
def test_readers_of_groups_are_told_what_they_were(own: Store, site: Site) -> None:
    """Whoever is asked for beforehand, and whatever was asked before by readers who see more."""

    def told(role: str, *, is_foreseen: bool) -> list[Any]:
        app = create_app(own, site, door=Door(open_role=role, least_visitors=3))
        if is_foreseen:  # for both kinds, as where people log in
            every = replace(app.foreseen, door=Door(open_role=None, least_visitors=3))
            app.held.held.usual = every.questions
            app.held.held.begin()
            assert {groups for _, groups in kept()} == {False, True}
        client = app.server.test_client()
        found = [update(client, "", path).json for path in foreseen.PAGES]
        slow = [(page, part) for page in foreseen.PAGES.values() for part in page.slow]
        found += [call(client, page.id(part)).json for page, part in slow]
        app.stop()
        ANSWERS._kept.clear()
        return found

    assert told("viewer", is_foreseen=True) == told("viewer", is_foreseen=False)
    assert told("marketer", is_foreseen=True) != told("viewer", is_foreseen=True)


@pytest.mark.usefixtures("few_pages")
def test_what_people_asked_is_asked_again_after_a_restart(
    app: Application, own: Store, site: Site
) -> None:
    app.held.held.begin()
    client = app.server.test_client()
    for search in ("?period=7&device=desktop", "?device=desktop&period=7", "?segment=VIP"):
        assert update(client, search, "/").status_code == 200
    assert call(client, "content_page-preference", "?period=90").status_code == 200
    app.foreseen.remembered.write()
    ANSWERS._kept.clear()
    again = create_app(own, site)
    again.held.held.begin()
    asked = len(ANSWERS._kept)
    client = again.server.test_client()
    for search in ("?period=7&device=desktop", "?segment=VIP"):
        assert update(client, search, "/").status_code == 200
    assert call(client, "content_page-preference", "?period=90").status_code == 200
    assert len(ANSWERS._kept) == asked, "nothing had to be worked out"
    found = again.foreseen.remembered.most_asked()
    assert found[0] == PageQuestion("overview", search="?period=7&device=desktop")
    assert set(found[1:]) == {
        PageQuestion("overview", search="?segment=VIP"),
        PageQuestion("content_page", "preference", "?period=90"),
    }
    again.stop()


WRITTEN = [
    ("?period=7", "?period=7"),
    ("?period=28", ""),
    ("?from=2025-11-01&to=2025-11-07", "?from=2025-11-01&to=2025-11-07"),
    ("?channel=Direct&segment=VIP", "?segment=VIP&channel=Direct"),
    ("?nonsense=kim@example.com", ""),
    ("?channels.view=table&channels.secret=kim", "?channels.view=table"),
    ("?channels.sort=kim@example.com", ""),
    ("?campaign=kim@example.com", None),
    ("?segment=VIP&segment=kim@example.com", None),
    ("?page=/orders/kim", None),
    ("?customer=K1", None),
    ("?visitor=v1&period=7", None),
    ("?period=7&x=" + "y" * 5_000, None),
    ("?x=\ud800", None),
]


@pytest.mark.parametrize(("search", "written"), WRITTEN)
def test_nothing_that_tells_of_people_is_written(
    store: Store, site: Site, search: str, written: str | None
) -> None:
    shown = create_app(store, site).foreseen
    found = shown.written(PageQuestion("overview", search=search), store.snapshot())
    assert (found and found.search) == written
    assert found is None or found == PageQuestion("overview", search=found.search)


def test_pages_that_ask_the_same_at_any_address_are_one_question(store: Store, site: Site) -> None:
    shown = create_app(store, site).foreseen
    asked = PageQuestion("live_page", search="?segment=VIP&customer=K1")
    found = shown.written(asked, store.snapshot())
    assert found is None, "it names somebody"
    asked = PageQuestion("live_page", search="?segment=VIP")
    assert shown.written(asked, store.snapshot()) == PageQuestion("live_page")


def test_a_file_cannot_ask_what_no_page_does(app: Application, own: Store) -> None:
    written = Remembered(own.folder)
    for one in (
        PageQuestion("no_page"),
        PageQuestion("overview", "no_part"),
        PageQuestion("overview", search="?customer=K1"),
        PageQuestion("live_page", groups=True),
        PageQuestion("overview", search="?age_band=20-29", groups=True),
    ):
        written.note(one)
    written.write()
    assert len(Remembered(own.folder).most_asked()) == 5
    asked = [question for question, _ in app.foreseen.questions()]
    assert asked == [*app.foreseen.at_first(), *app.foreseen.a_click_away()]


def test_of_a_small_store_nothing_is_written(own: Store, site: Site) -> None:
    app = create_app(own, site)
    before = sorted(file.name for file in own.folder.iterdir())
    assert update(app.server.test_client(), "?period=7").status_code == 200
    app.foreseen.remembered.write()
    assert sorted(file.name for file in own.folder.iterdir()) == before
    assert FILE not in before


@pytest.mark.usefixtures("few_pages")
def test_a_question_that_cannot_be_answered_is_no_error(
    app: Application, own: Store, caplog: pytest.LogCaptureFixture
) -> None:
    file = max((own.folder / "page_views").rglob("*.parquet"))  # of the last day, which all ask for
    file.write_bytes(b"no parquet")
    app.held.held.usual = lambda: [
        (question, ask) for question, ask in app.foreseen.questions() if question.page != "overview"
    ]
    with caplog.at_level(logging.INFO, "dashboard"):
        app.held.held.begin()
    (told,) = (one for one in caplog.records if one.levelno >= logging.WARNING)
    assert told.message == "the next state could not be read beforehand", "the whole of it"
    assert ANSWERS._kept, "what does not need that file was answered"
    failed = update(app.server.test_client(), "", "/content").text
    assert '"state":"error"' in failed.replace(" ", ""), "who asks it is told"


def test_a_question_waits_for_readers(own: Store) -> None:
    readers, done = AtWork(), []

    def asked() -> None:
        with beforehand(lambda: False, 600.0, readers):
            done.append("question")

    readers.begin()
    thread = Thread(target=asked)
    thread.start()
    done.append("reader")
    readers.end()
    thread.join()
    assert done == ["reader", "question"]


def test_a_question_does_not_wait_for_ever() -> None:
    readers = AtWork()
    readers.begin()
    with beforehand(lambda: False, 0.05, readers):
        assert is_beforehand()
        make_way()
        make_way()
    assert not is_beforehand()
    make_way()


def test_requests_are_counted_while_they_are_answered(app: Application) -> None:
    assert READERS.is_idle(60)
    client = app.server.test_client()
    seen = []
    app.server.before_request(lambda: seen.append(READERS.is_idle(0)))
    assert client.get("/").status_code == 200
    assert client.get("/nowhere").status_code == 404
    assert client.post("/_dash-update-component", json={}).status_code == 400
    assert seen.count(False) == len(seen) > 0
    assert READERS.is_idle(0)


def test_a_server_that_ends_asks_no_further_report(app: Application) -> None:
    begun, asked = Event(), []

    def first(of: Store) -> None:
        begun.set()
        READERS.begin()  # a reader comes, and stays
        try:
            page = PAGES["/"]
            asked.append(page.answers(of, app.foreseen.site, "", "en"))
        finally:
            READERS.end()

    app.held.held.usual = lambda: [("first", first), ("second", asked.append)]
    app.held.snapshot()
    assert begun.wait(60)
    app.stop()
    assert asked == []
    assert ANSWERS._kept == {}


def test_what_ends_is_no_failure() -> None:
    with pytest.raises(Ended), beforehand(lambda: True):
        pass
    assert not issubclass(Ended, Exception)
