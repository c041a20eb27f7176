"""Verdicts and what is remembered of them, against slow and obvious references."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.alerts.anomaly import by_median
from reports.alerts.book import Book, Event
from reports.alerts.judge import Verdict, judge, usual
from reports.alerts.reading import Reading
from reports.alerts.windows import after, last_window
from weblog.site.alerts import Alert

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2025, 12, 1, 3, tzinfo=UTC)
WINDOW = last_window("day", SEOUL, NOW)


def alert(**more: Any) -> Alert:
    told = {"alert": "a", "measure": "sessions", "files": ["x"], **more}
    return Alert.model_validate(told)


def count(value: float) -> Reading:
    return Reading(value, "count")


def rate(over: int, under: int, small: bool = False) -> Reading:
    return Reading(over / under if under else None, "rate", over, under, small)


CASES = [
    ({"below": 10}, count(9), [], "firing", "below"),
    ({"below": 10}, count(10), [], "ok", "within"),
    ({"above": 10}, count(10), [], "ok", "within"),
    ({"above": 10}, count(11), [], "firing", "above"),
    ({"above": 20, "below": 10}, count(15), [], "ok", "within"),
    ({"above": 20, "below": 10}, count(5), [], "firing", "below"),
    ({"above": 0.1}, rate(9, 20, small=True), [], "unknown", "few"),
    ({"above": 0.1}, rate(0, 0), [], "unknown", "no_value"),
    ({"above": 0.1}, Reading(0.5, "rate", is_small=True), [], "unknown", "small_row"),
    ({"above": 0.1}, None, [], "unknown", "no_row"),
    ({"change": "fall", "percent": 20}, count(79), [count(100)] * 3, "firing", "percent"),
    ({"change": "fall", "percent": 20}, count(80), [count(100)] * 3, "ok", "usual"),
    ({"change": "fall", "percent": 20}, count(150), [count(100)] * 3, "ok", "usual"),
    ({"change": "rise", "percent": 20}, count(150), [count(100)] * 3, "firing", "percent"),
    ({"change": "rise", "percent": 20}, count(50), [count(100)] * 3, "ok", "usual"),
    ({"change": "either", "percent": 20}, count(50), [count(100)] * 3, "firing", "percent"),
    ({"change": "either", "percent": 20}, count(50), [count(100)] * 2, "unknown", "history"),
    ({"change": "either", "percent": 20}, count(50), [count(0)] * 4, "unknown", "nothing_before"),
    ({"change": "fall", "errors": 3}, count(60), [count(100)] * 8, "firing", "errors"),
    ({"change": "fall", "errors": 3}, count(75), [count(100)] * 8, "ok", "usual"),
    ({"change": "rise", "errors": 3}, count(60), [count(100)] * 8, "ok", "usual"),
    ({"change": "either", "errors": 3}, Reading(5.0, "money"), [Reading(1.0, "money")] * 3,
     "unknown", "no_spread"),
    ({"change": "fall", "errors": 3}, rate(5, 100), [rate(30, 100)] * 5, "firing", "errors"),
    ({"change": "fall", "errors": 3}, rate(5, 100),
     [rate(30, 100)] * 2 + [rate(3, 9, small=True)] * 5, "unknown", "history"),
    ({"anomaly": True}, count(100), [count(100)] * 8, "ok", "usual"),
    ({"anomaly": True}, count(160), [count(100)] * 8, "firing", "anomaly"),
    ({"anomaly": True}, count(40), [count(100)] * 8, "firing", "anomaly"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "now", "before", "status", "code"), CASES)
def test_verdicts(
    rule: dict[str, Any], now: Reading | None, before: list[Reading], status: str, code: str
) -> None:
    found = judge(alert(**rule), now, before)
    assert (found.status, found.code) == (status, code)


def test_another_detector_can_be_put_in() -> None:
    def never(now: float, before: Any, unit: str) -> Any:
        from reports.alerts.anomaly import Oddity

        return Oddity(False, 1.0, 0.0, 2.0)

    found = judge(alert(anomaly=True), count(9_999), [count(1)] * 3, never)
    assert (found.status, found.expected) == ("ok", 1.0)


@given(st.integers(0, 500), st.lists(st.integers(0, 500), min_size=3, max_size=12))
def test_what_is_usual_of_counts(now: int, before: list[int]) -> None:
    expected, error = usual(count(now), [count(each) for each in before])
    mean = sum(before) / len(before)
    spread = sum((each - mean) ** 2 for each in before) / (len(before) - 1)
    slow = math.sqrt(max(spread, mean, 1.0) * (1 + 1 / len(before)))
    assert math.isclose(expected, mean)
    assert math.isclose(error, slow)


_RATES = st.integers(30, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(_RATES, st.lists(_RATES, min_size=3, max_size=12))
def test_what_is_usual_of_rates(now: tuple[int, int], before: list[tuple[int, int]]) -> None:
    expected, error = usual(rate(*now), [rate(*each) for each in before])
    trials = sum(n for _, n in before)
    p = sum(k for k, _ in before) / trials
    values = [k / n for k, n in before]
    mean = sum(values) / len(values)
    spread = sum((each - mean) ** 2 for each in values) / (len(values) - 1)
    chance = max(p * (1 - p), 1 / trials) / now[1]
    assert math.isclose(expected, p, abs_tol=1e-12)
    assert math.isclose(error, math.sqrt(max(spread, chance) * (1 + 1 / len(values))))


@given(st.integers(0, 500), st.lists(st.integers(0, 500), min_size=3, max_size=12))
def test_odd_by_the_median(now: int, before: list[int]) -> None:
    found = by_median(now, before, "count")
    ordered = sorted(before)

    def middle(values: list[float]) -> float:
        half = len(values) // 2
        return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2

    m = middle([float(each) for each in ordered])
    mad = middle(sorted(abs(each - m) for each in before))
    z = (now - m) / max(mad / 0.6744897501960817, math.sqrt(max(m, 1)))
    assert found.expected == m
    if not math.isclose(abs(z), 3.5, rel_tol=1e-9) and (z > 0 or m - 3.5 > 0):
        assert found.is_odd == (abs(z) > 3.5 and now >= 0)


def poisson(chance: random.Random, mean: float) -> int:
    """Knuth's way: slow and plain."""
    limit, number, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        number += 1
        product *= chance.random()
    return number


@pytest.mark.parametrize(
    ("rule", "at_most"), [({"change": "either", "errors": 3}, 0.008), ({"anomaly": True}, 0.008)]
)
def test_false_alarms_are_rare_and_halving_is_seen(rule: dict[str, Any], at_most: float) -> None:
    """Of days like any other under 1 in 125 is told; of days with half the sessions, nearly all."""
    chance = random.Random(7)
    asked, tries = alert(**rule), 3_000
    told = {1.0: 0, 0.5: 0}
    for factor in told:
        for _ in range(tries):
            before = [count(poisson(chance, 100)) for _ in range(8)]
            found = judge(asked, count(poisson(chance, 100 * factor)), before)
            told[factor] += found.status == "firing"
    assert told[1.0] / tries < at_most
    assert told[0.5] / tries > 0.75


# windows


def test_windows_end_before_now() -> None:
    assert str(last_window("day", SEOUL, NOW)) == "2025-11-30"
    assert str(last_window("7 days", SEOUL, NOW)) == "2025-11-24 – 2025-11-30"
    hour = last_window("hour", SEOUL, NOW + timedelta(minutes=59))
    assert (hour.start, hour.end) == (NOW - timedelta(hours=1), NOW)
    assert (hour.first, hour.last) == (date(2025, 12, 1), date(2025, 12, 1))
    assert last_window("day", SEOUL, after(date(2025, 11, 30), SEOUL)) == WINDOW


def test_weeks_before_are_the_same_weekday_over_a_change_of_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2025, 10, 27, 10, 30, tzinfo=UTC)  # the day after clocks were put back
    hour = last_window("hour", berlin, now)
    before = hour.weeks_before(1, berlin)
    assert before.start.astimezone(berlin).hour == hour.start.astimezone(berlin).hour
    assert before.start.astimezone(berlin).weekday() == hour.start.astimezone(berlin).weekday()
    day = last_window("day", berlin, now)
    assert day.end - day.start == timedelta(hours=25)
    assert day.weeks_before(1, berlin).first == date(2025, 10, 19)
    assert day.weeks_before(1, berlin).end - day.weeks_before(1, berlin).start == timedelta(1)


# what is remembered

STATUSES = st.lists(st.sampled_from(["ok", "firing", "unknown"]), max_size=30)


@settings(max_examples=200)
@given(STATUSES)
def test_told_once_at_the_beginning_and_once_at_the_end(statuses: list[str]) -> None:
    book, rule = Book("store"), alert(below=1)
    for day, status in enumerate(statuses):
        at = NOW + timedelta(days=day)
        verdict = Verdict(status, "within")  # type: ignore[arg-type]
        for _ in range(2):  # a second run finds nothing new
            book = book.noted(rule, verdict, last_window("day", SEOUL, at), at)
    expected, last = [], "ok"
    for status in statuses:
        if status not in {"unknown", last}:
            expected.append("fired" if status == "firing" else "resolved")
            last = status
    assert [each.kind for each in book.events] == expected
    assert len({each.id for each in book.events}) == len(expected)
    assert all(each.waiting == ("file:x",) for each in book.events)


def test_an_earlier_day_changes_nothing() -> None:
    book, rule = Book("store"), alert(below=1)
    book = book.noted(rule, Verdict("firing", "below"), WINDOW, NOW)
    earlier = last_window("day", SEOUL, NOW - timedelta(days=1))
    assert book.noted(rule, Verdict("ok", "within"), earlier, NOW) is book


def test_only_so_many_events_are_kept_but_all_that_are_owed() -> None:
    book, rule = Book("store"), alert(below=1)
    for day in range(1_100):
        at = NOW + timedelta(days=day)
        verdict = Verdict("firing" if day % 2 == 0 else "ok", "below")
        book = book.noted(rule, verdict, last_window("day", SEOUL, at), at)
        if day:
            book = book.told(book.events[-1].id, "file:x")
    assert len(book.events) == 1_001
    assert [bool(each.waiting) for each in book.events] == [True] + [False] * 1_000
    assert isinstance(book.events[0], Event)
