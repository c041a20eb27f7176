"""The page of settings: the rules in force, and what others would change."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sample_logs
from dashboard.app import Application
from dashboard.settings_words import SECTIONS
from weblog.preview import preview
from weblog.site import Site, draft_site, load_site
from weblog.site.proposed import differences, proposed
from weblog.site_trial import JUDGED, compared, judged

DATA = sample_logs.data_folder()
FILE = DATA / "site.toml"
LOG = DATA / "web1" / "access.log"
TEXT = FILE.read_text("utf-8")
CHANGED = TEXT.replace('paths = ["/health"]', 'paths = ["/health", "/products/*"]')
Ask = Callable[..., dict[str, Any]]


def settings(ask: Ask, name: str, given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return ask(name, given, page="settings_page", role="analyst", **more)


def test_every_section_says_what_it_is_about() -> None:
    assert SECTIONS.keys() == Site.model_fields.keys() - {"folder"}
    assert all(re.search("[가-힣]", korean) for _, korean in SECTIONS.values())


def test_the_rules_in_force_are_shown(ask: Ask) -> None:
    shown = settings(ask, "load", {})
    assert (shown["state"], shown["text"], shown["note"]) == ("ready", TEXT, "")
    sections = {one["name"]: one for one in shown["sections"]}
    assert sections["time_zone"]["rows"] == [{"name": "", "value": "Asia/Seoul", "is_set": True}]
    assert {row["name"]: row["is_set"] for row in sections["internal"]["rows"]}["networks"]
    assert not any(row["is_set"] for row in sections["retention"]["rows"])
    assert any("--site" in command for command in shown["commands"])


def test_a_file_changed_since_is_told(ask: Ask, app: Application, tmp_path: Path) -> None:
    from dashboard.desk.desk import Desk, Files
    from dashboard.desk.settings_desk import load

    file = tmp_path / "site.toml"
    file.write_text('name = "A"\n')
    desk = Desk(app.desk.store, load_site(file), app.desk.door, Files(str(file)))
    assert load(desk, {}, "en")["note"] == ""
    file.write_text('name = "B"\n')
    assert "changed since" in load(desk, {}, "en")["note"]


def test_a_webhooks_address_is_not_shown_and_yet_compares_as_the_same(
    app: Application, tmp_path: Path
) -> None:
    from dashboard.desk.desk import Desk, Files
    from dashboard.desk.settings_desk import _without_addresses, load, try_site

    file = tmp_path / "site.toml"
    file.write_text('[[webhooks]]\nwebhook = "chat"\nurl = "https://chat.example/T0/SECRET"\n')
    desk = Desk(app.desk.store, load_site(file), app.desk.door, Files(str(file)), app.desk.aside)
    shown = load(desk, {}, "en")
    assert "SECRET" not in str(shown)
    assert "https://chat.example/" in shown["text"]
    from flask import g

    with app.server.test_request_context():
        from dashboard.access.roles import Reader

        g.reader = Reader("analyst", "analyst", "password")
        told = try_site(desk, {"text": shown["text"] + "tries = 9\n"}, "en")
    assert [row[0] for row in told["differences"]] == ["webhooks[chat].tries"]
    assert "SECRET" not in str(told)
    # What a trial does not hold, no rule can have it told: cut, turned round, or sign by sign.
    assert "SECRET" not in repr(_without_addresses(desk.site))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_fault_is_told_with_its_place(ask: Ask, language: str) -> None:
    wrong = 'time_zone = "Mars"\n[session]\ninactivity_minutes = "long"\n[[segments]]\nsegment = "x"\nwhen = "agee > 1"\n'  # noqa: E501
    shown = settings(ask, "trial", {"text": wrong}, language=language)
    places = [where for where, _, _ in shown["faults"]]
    assert {"time_zone", "session.inactivity_minutes"} <= set(places)
    assert any("segments" in place for place in places)
    assert "differences" not in shown


def test_faults_are_those_of_the_file(tmp_path: Path) -> None:
    for text in ('time_zone = "Mars"\n', "x = \n", "nme = 1\n", "folder = 'x'\n", "[" * 5000):
        (tmp_path / "site.toml").write_text(text)
        told = draft_site(tmp_path / "site.toml").faults
        assert proposed(text, Site()).draft.faults == told
        assert told


def test_what_lines_would_be_is_what_ingesting_would_make_of_them(ask: Ask) -> None:
    lines = "".join(LOG.read_text("utf-8", "replace").splitlines(keepends=True)[:1500])
    shown = settings(ask, "trial", {"text": CHANGED, "lines": lines})
    assert shown["differences"] == [["internal.paths", "/health", "/health, /products/*"]]
    before = preview(LOG, load_site(FILE), log_format=None, lines=1500)
    pages = before.hits.filter(
        pl.col("kind").cast(pl.String) == "page",
        pl.col("path").cast(pl.String).str.starts_with("/products/"),
    )
    moved = next(row for row in shown["changes"] if row[:3] == ["kind of line", "page", "internal"])
    assert moved[3] == f"{pages.height:,}"
    assert moved[4].startswith("/products/")
    counts = {row[0]: row[1:] for row in shown["counts"]}
    own = dict(before.hits["kind"].cast(pl.String).value_counts().rows())
    assert {
        kind: int(row[0].replace(",", "")) for kind, row in counts.items() if kind in own
    } == own


def test_the_newest_log_that_was_read_is_tried(ask: Ask) -> None:
    shown = settings(ask, "trial", {"text": TEXT, "lines": ""})
    assert shown["differences"] == []
    assert shown["changes"] == []
    assert "access.log" in shown["tried"]
    assert ", under both; 0 would be" in shown["tried"]


def test_compared_against_a_loop() -> None:
    one = preview(LOG, load_site(FILE), log_format=None, lines=800)
    site = proposed(CHANGED, load_site(FILE)).draft.site
    other = preview(LOG, site, log_format=None, lines=800)
    counts, changes = compared(one, other)
    first, second = judged(one).to_dicts(), judged(other).to_dicts()
    assert [row["line"] for row in first] == list(range(1, one.lines + 1))
    found: dict[tuple[str, Any, Any], int] = {}
    for left, right in zip(first, second, strict=True):
        for name in JUDGED:
            if left[name] != right[name]:
                key = (name, left[name], right[name])
                found[key] = found.get(key, 0) + 1
    told = {(row["what"], row["before"], row["after"]): row["lines"] for row in changes.to_dicts()}
    assert told == found
    assert found
    assert counts["before"].sum() == counts["after"].sum() == one.lines


def test_differences_name_entries() -> None:
    force = load_site(FILE)
    other = load_site(FILE).model_copy(update={"segments": tuple(reversed(force.segments))})
    (moved,) = differences(force, other)
    assert moved.place == "segments"
    assert moved.before == list(reversed(moved.after))
    fewer = force.model_copy(update={"goals": force.goals[1:], "currency": "USD"})
    places = [each.place for each in differences(force, fewer)]
    assert places == ["currency", f"goals[{force.goals[0].goal}]"]
    assert differences(force, load_site(FILE)) == []


def test_a_pasted_text_opens_no_file_of_its_own(ask: Ask) -> None:
    text = '[tables]\ncustomers = "/etc/passwd"\n[geo]\ndatabase = "/etc/shadow"\n'
    shown = settings(ask, "trial", {"text": text})
    assert shown["faults"] == shown["problems"] == []
    assert "tables.customers" in shown["notes"][0]
    assert "geo.database" in shown["notes"][0]
    assert "root" not in str(shown)
    places = {row[0]: row[2] for row in shown["differences"]}
    assert places["tables.customers"] == "/etc/passwd"
    assert places["geo.database"] == "/etc/shadow"


def test_nothing_is_written(ask: Ask, app: Application) -> None:
    before = FILE.read_bytes()
    settings(ask, "trial", {"text": CHANGED})
    assert FILE.read_bytes() == before
    assert app.desk.site == load_site(FILE)
