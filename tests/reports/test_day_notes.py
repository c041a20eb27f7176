"""Notes and calendar days on figures, and targets as lines."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sample_store import company_store

import reports
import sample_logs
import weblog
from reports.day_notes import DAYS, DayNote, day_notes, days_drawn
from reports.digest import Voice, section_of
from reports.digest.html import page
from reports.digest.parts import Digest
from reports.figures.day_marks import CALENDAR, marked, said_note
from reports.figures.theme import THEMES
from reports.goal_lines import goal_lines, matching_targets
from reports.query import Filters
from reports.registry import REPORTS
from weblog.annotations import Annotations
from weblog.site import Site
from weblog.site.goal_targets import GoalTarget
from weblog.site.rules import Goal
from weblog.store import Store

NOW = datetime(2025, 12, 1, 9, tzinfo=UTC)
FIRST, LAST = date(2025, 11, 3), date(2025, 11, 30)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return company_store(tmp_path_factory.mktemp("notes") / "store")


@pytest.fixture(scope="module")
def rules() -> Site:
    return weblog.load_site(sample_logs.data_folder() / "site.toml")


def test_notes_are_numbered_by_day_and_the_calendar_is_told_in_runs(
    tmp_path: Path, rules: Site
) -> None:
    notes = Annotations(tmp_path)
    notes.add(date(2025, 10, 20), None, "second", "kim", NOW)
    notes.add(date(2025, 9, 28), date(2025, 10, 3), "first, begun before", "", NOW)
    notes.add(date(2025, 11, 1), None, "outside", "", NOW)
    told = day_notes(tmp_path, rules, date(2025, 10, 1), date(2025, 10, 31))
    assert [(one.number, one.text) for one in told if one.number] == [
        (1, "first, begun before"),
        (2, "second"),
    ]
    runs = [(one.start, one.end, one.text) for one in told if not one.number]
    assert runs == [
        (
            date(2025, 10, 3),
            date(2025, 10, 9),
            "개천절, 추석 연휴, 추석, 추석 대체공휴일, 한글날",
        )
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", DAYS)
def test_each_figure_with_days_is_marked_where_its_days_are(
    company: Store, rules: Site, name: str, theme: str
) -> None:
    report = getattr(reports, name)(company, Filters(start=FIRST, end=LAST))
    days = days_drawn(name, report.frame)
    assert days == [FIRST + timedelta(number) for number in range(28)]
    notes = (
        DayNote(FIRST + timedelta(4), FIRST + timedelta(4), "<b>spot</b>", 1),
        DayNote(FIRST - timedelta(9), FIRST + timedelta(1), "begun before", 2),
        DayNote(LAST - timedelta(9), LAST - timedelta(9), "a holiday"),
        DayNote(LAST + timedelta(9), LAST + timedelta(9), "after"),
    )
    plain = REPORTS[name].figure(report.frame, "en", theme)
    drawn = marked(plain, days, notes, "en", theme)
    assert drawn["data"] == plain["data"]
    added = drawn["layout"]["shapes"][len(plain["layout"].get("shapes", ())) :]
    assert [(one["type"], one["x0"], one["x1"]) for one in added] == [
        ("line", 4, 4),
        ("rect", -0.5, 1.5),
        ("line", 18, 18),
    ]
    labels = drawn["layout"]["annotations"][len(plain["layout"].get("annotations", ())) :]
    assert [(one["x"], re.sub("<.?b>", "", one["text"])) for one in labels] == [
        (0.5, "2"), (4, "1"), (18, CALENDAR),
    ]  # fmt: skip
    assert "&lt;b>spot" in labels[1]["hovertext"]
    assert plain["layout"].get("shapes", []) == drawn["layout"]["shapes"][: -len(added)]


def test_marks_that_would_touch_are_one(rules: Site) -> None:
    days = [FIRST + timedelta(number) for number in range(90)]
    notes = [DayNote(days[n], days[n], f"note {n}", n + 1) for n in range(3)]
    figure = {"data": [], "layout": {"margin": {"t": 8}}}
    (label,) = marked(figure, days, notes, "ko", "light")["layout"]["annotations"]
    assert label["text"] == "<b>1–3</b>"
    assert label["hovertext"].count("<br>") == 2
    assert figure == {"data": [], "layout": {"margin": {"t": 8}}}, "the figure given is left alone"


@pytest.mark.parametrize(("language", "when"), [("en", "5 Nov – 6 Nov"), ("ko", "11/5 – 11/6")])
def test_a_report_tells_its_notes_beneath_the_figure(
    company: Store, language: str, when: str
) -> None:
    evil = DayNote(date(2025, 11, 5), date(2025, 11, 6), "<script>x</script>", 1)
    voice = Voice(language, "KRW", lambda one, _: one.code, lambda _, value, __: value or "")
    report = reports.site_status(company, Filters(start=FIRST, end=LAST))
    section = section_of(report, report.frame, ["date", "sessions"], voice, known=lambda *_: [evil])
    assert section.marks == (f"[1] {when}: <script>x</script>",) == (said_note(evil, language),)
    assert section.figure is not None
    assert len(section.figure["layout"]["shapes"]) == 1
    html = page(Digest("T", "S", "P", language, (section,)), {})
    assert f"[1] {when}: &lt;script&gt;x" in html
    assert "<script>x" not in html
    other = reports.channels(company, Filters(start=FIRST, end=LAST))
    assert section_of(other, other.frame, ["channel"], voice, known=lambda *_: [evil]).marks == ()


# targets


def target(name: str, **more: object) -> GoalTarget:
    return GoalTarget.model_validate({"target": name, "number": 300, **more})


SITE = Site(
    goals=(Goal.model_validate({"goal": "quote", "paths": ["/quote"]}),),
    targets=(
        target("all sessions", measure="sessions"),
        target("all conversions"),
        target("of a goal", goal="quote"),
        target("of VIPs", measure="sessions", segment="VIP"),
        target("of a week", measure="sessions", period="week", number=70),
        target("of a sale", measure="sessions", period="2025-11-10 to 2025-11-19"),
    ),
)


@pytest.mark.parametrize(
    ("filters", "measure", "expected"),
    [
        (Filters(), "sessions", ["all sessions", "of a week", "of a sale"]),
        (Filters(), "conversions", ["all conversions"]),
        (Filters(segments=("VIP",)), "sessions", ["of VIPs"]),
        (Filters(segments=("VIP", "member")), "sessions", []),
        (Filters(devices=("desktop",)), "sessions", []),
        (Filters(), "bounce_rate", []),
    ],
)
def test_only_targets_of_exactly_what_is_drawn_match(
    filters: Filters, measure: str, expected: list[str]
) -> None:
    assert [one.target for one in matching_targets(SITE, filters, measure)] == expected


def test_a_line_is_what_each_day_of_its_period_has_to_bring(company: Store) -> None:
    filters = Filters(start=date(2025, 10, 25), end=date(2025, 11, 16))
    report = reports.site_status(company, filters)
    days = days_drawn("site_status", report.frame)
    goals = reports.goals(company, filters, site=SITE)
    month, week = goal_lines(goals, matching_targets(SITE, filters, "sessions"), days)
    assert month.per_day == {day: 300 / (31 if day.month == 10 else 30) for day in days}
    assert set(week.per_day.values()) == {10.0}
    november = reports.summary(company, Filters(start=date(2025, 11, 1), end=date(2025, 11, 16)))
    sessions = dict(november.frame.select("measure", "value").rows())["sessions"]
    assert (month.so_far, month.number, month.start) == (sessions, 300, date(2025, 11, 1))
    assert month.progress == sessions / 300
    sale = matching_targets(SITE, filters, "sessions")[2:]
    (line,) = goal_lines(goals, sale, days)
    assert list(line.per_day) == [day for day in days if date(2025, 11, 10) <= day]
    drawn = report.figure_dict("en", "light", goals=(month, line))
    names = [trace["name"] for trace in drawn["data"]]
    assert names[-2:] == ["a day for all sessions", "a day for of a sale"]
    assert drawn["data"][-1]["y"][0] is None


def test_a_target_far_above_all_days_does_not_flatten_them(company: Store) -> None:
    site = Site(targets=(target("moon", measure="sessions", number=10_000_000),))
    report = reports.site_status(company)
    days = days_drawn("site_status", report.frame)
    lines = goal_lines(reports.goals(company, site=site), site.targets, days)
    plain, drawn = (report.figure_dict("ko", "dark", goals=one) for one in ((), lines))
    assert drawn == plain
