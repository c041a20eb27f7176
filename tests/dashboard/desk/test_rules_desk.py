"""Rules as text: tried, explained, saved, and made lists of, as the command line does it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
import pytest
from flask.testing import FlaskClient
from polars.testing import assert_frame_equal

from dashboard.access.audit import Audit
from dashboard.access.roles import ROLES
from dashboard.app import Application
from reports import audience
from weblog.site import Site
from weblog.store import Store

DAY = "2025-12-01"
ON = date(2025, 12, 1)
Ask = Callable[..., dict[str, Any]]
ClientOf = Callable[[str], FlaskClient]

ONE = '[[rules]]\nrule = "{}"\nlist = "L"\nwhen = "{}"\n'


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def recorded(app: Application, what: str) -> list[dict[str, Any]]:
    audit = app.desk.door.audit
    assert isinstance(audit, Audit)
    return [line for line in audit.lines() if line["what"] == what]


def test_the_page_shows_the_file(ask: Ask, rules_file: Path) -> None:
    shown = ask("load", {"number": 7})
    assert (shown["state"], shown["number"], shown["barred"]) == ("ready", 7, "")
    assert shown["text"] == rules_file.read_text("utf-8")
    assert shown["sha256"] == digest(rules_file)
    assert shown["names"][:2] == ["first purchase", "repeat purchase"]
    assert shown["versions"] == []
    assert "email" not in shown["columns"]
    assert "email" in ask("load", {}, role="analyst")["columns"]


def test_a_file_that_is_not_there_begins_with_ready_rules(ask: Ask, rules_file: Path) -> None:
    rules_file.unlink()
    shown = ask("load", {})
    assert (shown["text"], shown["sha256"]) == (audience.TEMPLATE, "")
    saved = ask("save", {"text": audience.TEMPLATE, "sha256": ""})
    assert (saved["state"], rules_file.read_text("utf-8")) == ("ready", audience.TEMPLATE)


def test_the_preview_says_what_the_command_line_says(
    ask: Ask, rules_file: Path, store: Store, site: Site
) -> None:
    text = rules_file.read_text("utf-8")
    shown = ask("trial", {"text": text, "day": DAY, "lift": "1"})
    assert shown["findings"] == []
    book = audience.load_rules(rules_file).book
    profile = audience.customer_profile(store.snapshot(), ON, site)
    counted = audience.counted_rules(book, profile, ON)
    assert [one["name"] for one in shown["lists"]] == list(book.list_names())
    for one in shown["lists"]:
        asked = audience.wanted(book, one["name"], ON)
        target = audience.choose(store, site, asked, date(2026, 11, 22))
        assert {part["name"]: part["raw"] for part in one["parts"]} == target.counts
        assert one["matched"] == target.matched
        power = audience.expected_power(store.snapshot(), target, ON, None, 0.01)
        assert power is not None
        assert power.least is not None
        assert f"{100 * power.least:.2f} points" in one["power"][0]
        assert power.needed is not None
        assert f"{power.needed[0]:,} written to" in one["power"][-1]
        rows = counted.filter(pl.col("list") == one["name"])
        assert [rule["name"] for rule in one["rules"]] == rows["rule"].to_list()
        assert [rule["holds"] for rule in one["rules"]] == [f"{n:,}" for n in rows["holds"]]
        assert [rule["wins"] for rule in one["rules"]] == [f"{n:,}" for n in rows["wins"]]
        for rule in one["rules"]:
            alone = audience.choose(
                store, site, audience.wanted(book, rule["name"], ON), date(2026, 11, 22)
            )
            assert rule["alone"] == f"{alone.counts['written']:,}"


def test_how_a_list_may_be_written_to_is_said_in_the_readers_words(
    ask: Ask, rules_file: Path
) -> None:
    text = rules_file.read_text("utf-8")
    for language, rest, stratum in (
        ("en", "3 days of rest between them", "within each segment"),
        ("ko", "연락 간격 3일 이상", "세그먼트별"),
    ):
        lists = ask("trial", {"text": text, "day": DAY, "lift": ""}, language=language)["lists"]
        told = {one["name"]: one["limits"] for one in lists}
        assert rest in told["win-back"]
        assert all(stratum in each for each in told.values())
        assert " 0" not in told["maturity"]  # no rest at all is not said to be one of 0 days


@pytest.mark.parametrize("language", ["en", "ko"])
def test_findings_are_those_of_the_check(ask: Ask, language: str) -> None:
    rules = (
        ("both", "TRUE", "tea"), ("other", "age > 20", "coffee"),
        ("none", "age > 60 AND age < 50", None), ("young", "age > 500", None),
    )  # fmt: skip
    text = "".join(
        ONE.format(name, when) + (f'offer = "{offer}"\n' if offer else "")
        for name, when, offer in rules
    )
    shown = ask("trial", {"text": text, "day": DAY}, language=language)
    found = {(one["level"], one["rules"][0]) for one in shown["findings"]}
    assert {("wrong", "both"), ("wrong", "none"), ("note", "young")} <= found
    assert all(one["text"] for one in shown["findings"])
    hangul = [any("가" <= letter <= "힣" for letter in one["text"]) for one in shown["findings"]]
    assert set(hangul) == {language == "ko"}
    refused = ask("save", {"text": text, "sha256": "x"}, language=language)
    assert refused["state"] == "refused"
    assert refused["wrong"] > 0


def test_a_wrong_column_says_which_there_are(ask: Ask, rules_file: Path) -> None:
    before = rules_file.read_bytes()
    text = ONE.format("x", "agee > 20")
    for name in ("trial", "save"):
        shown = ask(name, {"text": text, "day": DAY, "sha256": digest(rules_file)})
        assert shown["state"] == "refused"
        ((where, _, expected),) = shown["faults"]
        assert "when" in where
        assert "Did you mean 'age'" in expected
        assert "children" in expected
    ((_, _, korean),) = ask("trial", {"text": text, "day": DAY}, language="ko")["faults"]
    assert korean.startswith("'agee' 열은 없습니다. 'age'")
    assert rules_file.read_bytes() == before


def test_a_customer_is_explained_and_that_is_recorded(
    ask: Ask, app: Application, rules_file: Path, store: Store, site: Site
) -> None:
    customer = audience.customer_profile(store.snapshot(), ON, site)["customer_id"][0]
    text = rules_file.read_text("utf-8")
    before = len(recorded(app, "rules_explained"))
    shown = ask("explain", {"text": text, "day": DAY, "customer": customer})
    lines = recorded(app, "rules_explained")
    assert len(lines) == before + 1
    audit = app.desk.door.audit
    assert audit is not None
    assert (lines[-1]["who"], lines[-1]["customer"]) == ("marketer", audit.hashed(customer))
    book = audience.load_rules(rules_file).book
    profile = audience.customer_profile(store.snapshot(), ON, site)
    told = audience.explain_rules(book, profile, customer, ON)
    rules = [rule for one in shown["lists"] for rule in one["rules"]]
    assert [rule["name"] for rule in rules] == [each.rule for each in told]
    assert [rule["wins"] for rule in rules] == [each.wins for each in told]
    nobody = ask("explain", {"text": text, "day": DAY, "customer": "nobody"})
    assert nobody["state"] == "refused"
    assert "'nobody'" in nobody["problem"]


def test_saving_keeps_what_was_and_says_who(ask: Ask, app: Application, rules_file: Path) -> None:
    before, old = rules_file.read_bytes(), digest(rules_file)
    rules_file.chmod(0o640)
    text = rules_file.read_text("utf-8") + "\n# 바뀜\n"
    saved = ask("save", {"text": text, "sha256": old})
    assert saved["state"] == "ready"
    assert rules_file.read_text("utf-8") == text
    assert rules_file.stat().st_mode & 0o777 == 0o640
    line = recorded(app, "rules_saved")[-1]
    assert line["who"] == "marketer"
    assert (old[:12] in line["detail"], digest(rules_file)[:12] in line["detail"]) == (True, True)
    (kept,) = saved["versions"]
    assert ask("version", {"name": kept["name"]})["text"].encode() == before
    for name in ("../rules.toml", "/etc/passwd", "x.toml", ""):
        assert ask("version", {"name": name})["state"] == "refused"
    assert [one.name for one in rules_file.parent.glob(".new-*")] == []


def test_a_change_of_somebody_else_is_not_overwritten(ask: Ask, rules_file: Path) -> None:
    seen = digest(rules_file)
    rules_file.write_text("# somebody else\n")
    told = ask("save", {"text": "# mine\n", "sha256": seen})
    assert (told["state"], "changed meanwhile" in told["problem"]) == ("refused", True)
    assert rules_file.read_text() == "# somebody else\n"


def test_what_cannot_be_recorded_is_not_saved(rules_file: Path) -> None:
    from datetime import UTC, datetime

    def record(_: str) -> None:
        raise OSError(28, "No space left on device")

    before = rules_file.read_bytes()
    with pytest.raises(Exception, match="No space left"):
        audience.save_rules(
            rules_file, "# x\n", digest(rules_file), now=datetime.now(UTC), record=record
        )
    assert rules_file.read_bytes() == before
    assert [one.name for one in rules_file.parent.glob(".new-*")] == []


def post(client: FlaskClient, rules_file: Path, **given: Any) -> Any:
    asked = {"name": "first purchase", "day": "2025-12-02", "format": "csv", "channel": "",
             "columns": ["segment"], "sha256": digest(rules_file)}  # fmt: skip
    return client.post("/targets/file", json={**asked, **given})


def test_a_list_is_the_file_of_the_command_line(
    ask: Ask, app: Application, client_of: ClientOf, rules_file: Path, tmp_path: Path
) -> None:
    store, site = app.desk.store, app.desk.site
    marketer = client_of("marketer")
    made = post(marketer, rules_file)
    assert made.status_code == 200, made.text
    parquet = post(marketer, rules_file, format="parquet")
    assert parquet.status_code == 200, "the same list again is the same"
    assert "first-purchase.parquet" in unquote(parquet.headers["X-Weblog-File"])
    loaded = audience.load_rules(rules_file)
    asked = audience.wanted(loaded.book, "first purchase", date(2025, 12, 2))
    again = audience.deliver(
        store, site, loaded, asked,
        audience.Output(tmp_path / "l.csv", ("segment",), with_mark=True),
        now=app.desk.now(), today=app.desk.today(),
    )  # fmt: skip
    assert (tmp_path / "l.csv").read_bytes() == made.data
    frame = pl.read_csv(io.BytesIO(made.data))
    assert frame.height == again.counts["written"]
    assert_frame_equal(
        pl.read_parquet(io.BytesIO(parquet.data)).select("customer_id", "rule"),
        frame.select("customer_id", "rule"),
    )
    contacts = store.snapshot().scan("contacts").filter(pl.col("list") == "first purchase")
    held = contacts.collect()["is_held_out"].sum()
    assert held == again.counts["held_out"]
    line = recorded(app, "target_list")[-1]
    assert (line["who"], line["detail"]) == (
        "marketer", "first purchase of 2025-12-02, parquet",
    )  # fmt: skip
    run = made.headers["X-Weblog-Run"]
    record = json.loads(marketer.get(f"/targets/audit/{run}.json").data)
    assert (record["list"], record["written"]) == ("first purchase", frame.height)
    assert record["rules_sha256"] == digest(rules_file)
    assert any(one["run"] == run for one in ask("load", {})["made"])
    assert marketer.get("/targets/audit/none.json").status_code == 404
    assert list(tmp_path.glob("**/.new-*")) == []


def test_a_list_is_refused_where_something_changed(client_of: ClientOf, rules_file: Path) -> None:
    marketer = client_of("marketer")
    stale = post(marketer, rules_file, sha256="0" * 64)
    assert (stale.status_code, "changed meanwhile" in stale.json["error"]["message"]) == (422, True)
    unknown = post(marketer, rules_file, name="<script>alert(1)</script>")
    assert unknown.status_code == 422
    assert unknown.mimetype == "application/json"
    for wrong in ({"format": "exe"}, {"channel": "fax"}, {"columns": [1]}):
        assert post(marketer, rules_file, **wrong).status_code == 400
    assert post(marketer, rules_file, columns=["no"]).status_code == 422
    assert post(marketer, rules_file, day="soon").status_code == 422


def test_names_and_addresses_are_for_analysts(client_of: ClientOf, rules_file: Path) -> None:
    for column in ("name", "email", "phone"):
        assert post(client_of("marketer"), rules_file, columns=[column]).status_code == 403
    made = post(client_of("analyst"), rules_file, day="2025-12-20", columns=["email"])
    assert made.status_code == 200
    assert "email" in made.text.splitlines()[0]


@pytest.mark.parametrize("role", ROLES)
def test_each_action_asked_for_directly_is_held_to_its_role(
    ask: Ask, client_of: ClientOf, rules_file: Path, role: str
) -> None:
    before = rules_file.read_bytes()
    for page, name, may in (
        ("rules_page", "load", role != "viewer"),
        ("rules_page", "trial", role != "viewer"),
        ("rules_page", "explain", role != "viewer"),
        ("rules_page", "save", role != "viewer"),
        ("rules_page", "version", role != "viewer"),
        ("settings_page", "load", role in {"analyst", "admin"}),
        ("settings_page", "trial", role in {"analyst", "admin"}),
    ):
        given = {"text": "not = [toml", "customer": "H1", "sha256": "", "lines": ""}
        assert ("state" in ask(name, given, page=page, role=role)) == may, (page, name)
    assert rules_file.read_bytes() == before
    shown = json.dumps(client_of(role).get("/_dash-layout").json)
    assert ("/targets" in shown) == (role != "viewer")
    assert ("/settings" in shown) == (role in {"analyst", "admin"})
    status = post(client_of(role), rules_file, format="exe").status_code
    assert status == (403 if role == "viewer" else 400)


def test_another_site_cannot_make_a_list(client_of: ClientOf, rules_file: Path) -> None:
    answer = client_of("marketer").post(
        "/targets/file", json={"name": "maturity"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
