"""recommendations.toml: every fault at once; which text is said; which never is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

import sample_logs
import weblog
from reports.recommendations import load_recommendations, never_said
from reports.recommendations.customers import at_moment
from reports.recommendations.moments import SCHEMA
from reports.recommendations.settings import Text
from reports.recommendations.texts import said, words_said
from weblog.errors import SiteError
from weblog.site import Site

WRONG = """
suggestions = 0
look_bak_days = 30
left_out = "/events/*"
[[picked]]
item = "x"
from = 2025-12-31
until = 2025-01-01
[[texts]]
text = "a"
en = "Hello"
"""

UNKNOWN = """
content_categories = ["childern"]
[[names]]
item = "loans"
en = "a"
ko = "b"
[[names]]
item = "loans"
en = "a"
ko = "b"
[[picked]]
item = "loan"
segments = ["vip"]
[[texts]]
text = "a"
when = "hours < 3"
en = "Hello {nam}"
ko = " "
[[texts]]
text = "a"
when = "hour + 1"
en = "Hello {"
ko = "x"
[[texts]]
text = "b"
when = "COUNT(hour) > 1"
en = "{hour:>3}"
ko = "x"
"""


@pytest.fixture(scope="module")
def site() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


def faults(tmp_path: Path, text: str, site: Site) -> list[tuple[str, str, str]]:
    file = tmp_path / "recommendations.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SiteError) as error:
        load_recommendations(file, site)
    assert error.value.exit_code == 3
    return error.value.faults


def test_every_wrong_setting_is_told_at_once(tmp_path: Path, site: Site) -> None:
    found = faults(tmp_path, WRONG, site)
    assert [where for where, _, _ in found] == [
        "suggestions", "left_out", "picked[1]", "texts[1].ko", "look_bak_days",
    ]  # fmt: skip
    assert "Did you mean 'look_back_days'?" in found[-1][2]
    assert "not after until" in found[2][2]


def test_every_unknown_name_is_told_at_once(tmp_path: Path, site: Site) -> None:
    found = {where: expected for where, _, expected in faults(tmp_path, UNKNOWN, site)}
    assert "Did you mean 'children'?" in found["content_categories"]
    assert "Did you mean 'loans'?" in found["picked[1].item"]
    assert "Did you mean 'VIP'?" in found["picked[1].segments"]
    assert found["names[2].item"] == "expected each item once"
    assert "no column is called 'hours'" in found["texts[1].when of text 'a'"]
    assert "no column is called 'nam'" in found["texts[1].en of text 'a'"]
    assert found["texts[1].ko of text 'a'"] == "expected a text"
    assert "true or false" in found["texts[2].when of text 'a'"]
    assert "for braces" in found["texts[2].en of text 'a'"]
    assert found["texts[2].text"] == "expected each text's name once"
    assert "on one customer at one moment" in found["texts[3].when of text 'b'"]
    assert found["texts[3].en of text 'b'"] == "expected {column} alone between braces"


def test_a_file_that_is_named_must_be_there(tmp_path: Path, site: Site) -> None:
    with pytest.raises(SiteError, match="not there"):
        load_recommendations(tmp_path / "none.toml", site)
    assert load_recommendations(None, Site(folder=str(tmp_path))).texts == ()


def test_every_text_of_the_sample_company_is_said_some_time(site: Site) -> None:
    texts = load_recommendations(None, site).texts
    assert len(texts) == 9
    assert never_said(texts, [rule.segment for rule in site.segments]) == []


def text(name: str, when: str = "TRUE", priority: int = 0, slot: str = "greeting") -> Text:
    return Text(text=name, when=when, priority=priority, slot=slot, en=name, ko=name)


def test_texts_that_are_never_said_are_found() -> None:
    texts = [
        text("night", "hour < 6", priority=1),
        text("deep night", "hour < 4"),
        text("no such hour", "hour = 25", priority=9),
        text("nobody", "segment = 'none of these'", priority=9),
        text("rare", "segment = 'VIP' AND days_to_maturity <= 30 AND weekday = 2 AND hour = 9", 3),
        text("always"),
        text("after always"),
        text("in a slot of its own", slot="notice"),
    ]
    unsaid = never_said(texts, ["VIP", "member"])
    assert [each.text for each in unsaid] == [
        "deep night", "no such hour", "nobody", "after always",
    ]  # fmt: skip


def moment_of(hour: int, **customer: object) -> pl.DataFrame:
    columns = {
        "customer_id": pl.String,
        "segment": pl.String,
        "birth_date": pl.Date,
        "joined": pl.Date,
        "last_visit": pl.Date,
        "next_end": pl.Date,
        "purchases_in_force": pl.Int32,
    }
    row = {name: customer.get(name) for name in columns}
    return at_moment(pl.DataFrame([row], columns), datetime(2025, 2, 27, hour, tzinfo=UTC))


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        ({}, {"days_to_birthday": None, "days_to_maturity": None, "years_joined": None}),
        ({"birth_date": date(1990, 2, 27)}, {"days_to_birthday": 0}),
        ({"birth_date": date(1990, 2, 26)}, {"days_to_birthday": 364}),
        ({"birth_date": date(1992, 2, 29)}, {"days_to_birthday": 1}),
        (
            {"joined": date(2020, 3, 1)},
            {"days_to_joining_anniversary": 2, "years_joined": 5},
        ),
        ({"joined": date(2025, 2, 27)}, {"days_to_joining_anniversary": None}),
        ({"last_visit": date(2025, 2, 1)}, {"days_since_last_visit": 26}),
        ({"next_end": date(2025, 3, 1)}, {"days_to_maturity": 2}),
        ({"next_end": date(2025, 2, 1)}, {"days_to_maturity": None}),
    ],
)
def test_what_texts_may_ask_of_a_moment(
    customer: dict[str, object], expected: dict[str, object]
) -> None:
    row = moment_of(9, **customer).row(0, named=True)
    assert {name: row[name] for name in expected} == expected
    assert (row["hour"], row["weekday"]) == (9, 4)
    assert {name: type_ for name, type_ in SCHEMA.items() if name not in row} == {}


def test_the_highest_priority_that_holds_is_said_with_its_values() -> None:
    texts = [
        text("hello"),
        text("morning", "hour < 12", priority=1),
        Text(
            text="years", when="TRUE", priority=5, en="{years_joined} years", ko="{years_joined}년"
        ),
        text("vip", "segment = 'VIP'", slot="notice"),
    ]
    assert words_said(texts, moment_of(9), "en") == {"greeting": "morning"}
    assert words_said(texts, moment_of(13, segment="VIP"), "en") == {
        "greeting": "hello", "notice": "vip",
    }  # fmt: skip
    joined = moment_of(9, joined=date(2020, 3, 1))
    assert words_said(texts, joined, "ko") == {"greeting": "5년"}, "a value not known is not said"
    assert said(texts, joined)["notice"].to_list() == [None]
