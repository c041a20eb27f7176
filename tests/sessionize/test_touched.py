"""Sessions of the visitors whom new hits touch: the same as if the whole day were made anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from new_store import new_store

import sessionize
from sessionize.agreement import begin
from sessionize.doctor import examine_sessions
from weblog.company_tables import PURCHASES
from weblog.schema import TABLES
from weblog.site import Site, site_from
from weblog.store import Store, open_store
from weblog.store.compaction import compact

MADE = ("sessions", "page_views", "robots", "places", "visitors")
MIDNIGHT = datetime(2025, 11, 3, 15, 0, tzinfo=UTC)  # of 4 November, in Seoul
DAY = date(2025, 11, 4)
BOUGHT = pl.DataFrame(
    {
        "purchase_id": ["P1", "P2"],
        "customer_id": ["C1", "C2"],
        "purchased": [date(2025, 11, 3), date(2025, 11, 4)],
        "value": [100.0, 50.0],
    }
)
Rows = list[dict[str, Any]]


def site(**more: Any) -> Site:
    return site_from({"time_zone": "Asia/Seoul"} | more, "site.toml", Path())


SEGMENTS = [
    {"segment": "back today", "when": "days_since_last_visit = 0 and not is_new"},
    {"segment": "seen today", "when": "days_since_last_visit = 0"},
    {"segment": "owner", "when": "has_bought and interest > 0"},
    {"segment": "customer", "when": "customer_id is not null"},
    {"segment": "new", "when": "is_new"},
]
SEGMENTED = site(segments=SEGMENTS)


def append(store: Store, hits: pl.DataFrame) -> None:
    mark = store.mark("hits", "test")
    store.append_once("hits", hits, "test", (mark or 0) + 1, mark)


def contents(store: Store) -> dict[str, list[dict[str, Any]]]:
    head = store.head()
    return {name: head.scan(name).collect().sort(TABLES[name].key).to_dicts() for name in MADE}


def filled(folder: str, name: str) -> Store:
    store = new_store(Path(folder) / name)
    store.upsert("purchases", pl.concat([PURCHASES.empty(), BOUGHT], how="diagonal"))
    return store


@pytest.fixture(scope="module", name="taken")
def _taken() -> Iterator[list[bool]]:
    """Whether the shortcut was taken, of each look at what is to be done."""
    module = import_module("sessionize.update")  # the package's name for it is the function
    real, said = module.update_touched, []

    def watched(*arguments: Any) -> bool:
        said.append(real(*arguments))
        return bool(said[-1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "update_touched", watched)
        yield said


@st.composite
def busy_days(draw: st.DrawFn) -> tuple[Rows, list[Rows]]:
    """Draw hits of some days before, and the last day's in the pieces they come in."""
    hit = st.fixed_dictionaries(
        {
            "visitor_id": st.sampled_from(["ann", "ann", "bob", "cid", "dan", "eve", None]),
            "kind": st.sampled_from(["page"] * 5 + ["event", "static", "static", "other", "bot"]),
            "customer_id": st.sampled_from([None, None, None, "C1", "C2"]),
            "product": st.sampled_from([None, "loans"]),
            "host": st.sampled_from([None, None, None, "b"]),
            "path": st.sampled_from(["/", "/a", "/robots.txt"]),
            "method": st.sampled_from(["GET", "GET", "HEAD"]),
            "minute": st.integers(0, 400),
        }
    )
    earlier = draw(st.lists(hit, max_size=10))
    for row in earlier:
        row["ts"] = MIDNIGHT + timedelta(minutes=row.pop("minute"), days=-draw(st.integers(1, 3)))
    today = draw(st.lists(hit, min_size=8, max_size=60))
    for row in today:
        row["ts"] = MIDNIGHT + timedelta(minutes=row.pop("minute"))
    # What a robot does has no place among so few hits at random.
    today += [
        {"visitor_id": name, "ts": MIDNIGHT + timedelta(minutes=n), "kind": kind, "path": f"/{n}"}
        for name, kinds in (("eve", ["page"]), ("fay", ["page", "static"]), ("gus", ["page"] * 2))
        for n in range(draw(st.integers(0, 12)))
        for kind in kinds
    ]
    today = draw(st.permutations(today))
    half = len(today) // 2
    at = st.lists(st.integers(half, len(today) - 1), min_size=1, max_size=4, unique=True)
    cuts = sorted(draw(at))
    pieces = [today[a:b] for a, b in zip([0, *cuts], [*cuts, len(today)], strict=True)]
    for number, row in enumerate([*earlier, *today], start=1):
        row["line"] = number
    return earlier, pieces


@settings(max_examples=25)
@given(
    days=busy_days(), strictness=st.sampled_from(["loose", "default", "strict"]), late=st.booleans()
)
def test_a_day_that_grows_is_what_it_is_in_one_piece(
    days: tuple[Rows, list[Rows]], strictness: str, late: bool, make_hits: Any, taken: list[bool]
) -> None:
    earlier, pieces = days
    rules = site(bots={"strictness": strictness}, segments=SEGMENTS)
    order = [*pieces, earlier] if late else [earlier, *pieces]
    with TemporaryDirectory() as folder:
        store = filled(folder, "grown")
        before = len(taken)
        for number, piece in enumerate(order):
            append(store, make_hits(piece))
            sessionize.update(store, rules)
            if number == 2:
                compact(store, "hits")
        event(f"shortcuts: {sum(taken[before:])}")
        assert examine_sessions(store, rules, deep=True) == []
        whole = filled(folder, "whole")
        append(whole, make_hits([row for piece in order for row in piece]))
        sessionize.update(whole, rules)
        assert contents(store) == contents(whole)


def at(minute: int, visitor: str, **more: Any) -> dict[str, Any]:
    return {"visitor_id": visitor, "ts": MIDNIGHT + timedelta(minutes=minute)} | more


def pages(visitor: str, count: int, **more: Any) -> Rows:
    """Return as many page views, without any asset."""
    return [at(n * n, visitor, path=f"/{n}", **more) for n in range(count)]


YESTERDAY = {"ts": MIDNIGHT - timedelta(hours=9)}
FILES = [
    at(n, f"p{person}", path=f"/{n}", kind=kind)
    for person in range(3)
    for n in range(6)
    for kind in ("page", "static")
]
"""People enough to tell that pages come with assets."""

ROBOT = [*pages("gus", 6), at(0, "gus", path="/robots.txt", kind="static")]

CASES: dict[str, tuple[Rows, Rows]] = {
    "another visitor's session of the customer comes to be the second one": (
        [at(90, "bob", customer_id="C1"), at(91, "cid"), at(92, "dan")],
        [at(9, "ann", customer_id="C1")],
    ),
    "of which the first of its visitor is not": (
        [at(1, "bob"), at(90, "bob", customer_id="C1"), at(92, "dan")],
        [at(9, "ann", customer_id="C1")],
    ),
    "a visitor known for long": ([at(0, "ann", **YESTERDAY), at(9, "bob")], [at(9, "ann")]),
    "a session that goes on": ([at(9, "ann"), at(10, "bob")], [at(11, "ann")]),
    "two sessions that a hit between joins": (
        [at(9, "ann"), at(60, "ann"), at(10, "bob")],
        [at(35, "ann", customer_id="C2")],
    ),
    "a robot that was none": ([*FILES, *ROBOT[:6]], ROBOT[6:]),
    "a robot that was none and was here before": (
        [*FILES, at(0, "gus", **YESTERDAY), *ROBOT[:6]],
        ROBOT[6:],
    ),
    "a customer again, who was taken for a robot": (
        [*FILES, *ROBOT],
        [at(50, "gus", customer_id="C1")],
    ),
    "a customer whom nobody but a robot was": (
        [*FILES, at(0, "gus", customer_id="C2", **YESTERDAY), *ROBOT[:6]],
        ROBOT[6:],
    ),
    "robots and files only": ([at(9, "ann")], [at(10, "ann", kind="bot")]),
    "nobody": ([at(9, "ann")], [at(10, "ann", visitor_id=None)]),
}


@pytest.mark.parametrize("case", CASES)
def test_one_by_one(case: str, make_hits: Any, tmp_path: Path, taken: list[bool]) -> None:
    before, new = CASES[case]
    rows = [row | {"line": number} for number, row in enumerate([*before, *new], start=1)]
    assert_same_as_whole(rows[: len(before)], rows[len(before) :], make_hits, tmp_path)
    assert taken[-2]  # the last look was at the store made in one piece


def test_where_pages_come_to_have_files_robots_are_looked_for_anew(
    make_hits: Any, tmp_path: Path, taken: list[bool]
) -> None:
    rows = [row | {"line": number} for number, row in enumerate([*ROBOT, *FILES], start=1)]
    assert_same_as_whole(rows[:-1], rows[-1:], make_hits, tmp_path)
    assert taken[-2]
    few = [row for row in rows if row["visitor_id"] != "p2" or row["kind"] == "page"]
    files = [row for row in rows if row not in few]
    assert_same_as_whole(few, files, make_hits, tmp_path / "again")
    assert not taken[-2]


def test_a_customer_whom_a_robot_was_is_no_longer_its_visitors(
    make_hits: Any, tmp_path: Path, taken: list[bool]
) -> None:
    before = [*FILES, at(0, "gus", customer_id="C2", **YESTERDAY), *pages("gus", 6)]
    before.append(at(60, "gus", customer_id="C1"))
    rows = [row | {"line": number} for number, row in enumerate([*before, ROBOT[-1]], start=1)]
    strict = site(segments=SEGMENTS, bots={"strictness": "strict"})
    assert_same_as_whole(rows[:-1], rows[-1:], make_hits, tmp_path, strict)
    assert taken[-2]
    grown = open_store(tmp_path / "grown").scan("visitors").filter(visitor_id="gus").collect()
    assert grown["customers"].to_list() == [["C2"]]


def assert_same_as_whole(
    before: Rows, new: Rows, make_hits: Any, folder: Path, rules: Site = SEGMENTED
) -> None:
    store, whole = filled(str(folder), "grown"), filled(str(folder), "whole")
    for rows in (before, new):
        append(store, make_hits(rows))
        sessionize.update(store, rules)
    append(whole, make_hits([*before, *new]))
    sessionize.update(whole, rules)
    assert contents(store) == contents(whole)


def people(number: int, minute: int, **more: Any) -> Rows:
    return [
        {
            "visitor_id": f"v{n}",
            "ts": MIDNIGHT + timedelta(minutes=minute),
            "line": 1000 * minute + n,
        }
        | more
        for n in range(number)
    ]


def test_what_new_hits_do_not_touch_is_not_written(
    store: Store, make_hits: Any, taken: list[bool]
) -> None:
    append(store, make_hits(people(40, 0)))
    sessionize.update(store, site())
    append(store, make_hits(people(2, 10)))
    sessionize.update(store, site())
    assert taken[-1]
    sessions = store.scan("sessions").collect()
    assert sorted(sessions["page_views"].to_list()) == [1] * 38 + [2] * 2
    assert store.mark("sessions", f"day:{DAY}") == store.mark("places", f"day:{DAY}")
    assert store.is_published()


@pytest.mark.parametrize(
    ("rules", "more"),
    [
        ({"session": {"rules": "ga4"}}, {}),
        ({"session": {"ends_when_customer_changes": False}}, {}),
        ({"identity": {"stitching": "visitor"}}, {}),
        # The same visitors on a later day: whether they are new there is to be looked at again.
        ({}, {"ts": MIDNIGHT + timedelta(days=1)}),
    ],
)
def test_where_others_may_change_all_is_looked_at(
    rules: dict[str, Any], more: dict[str, Any], store: Store, make_hits: Any, taken: list[bool]
) -> None:
    append(store, make_hits([*people(9, 0), *people(9, 1, **more)]))
    sessionize.update(store, site(**rules))
    append(store, make_hits(people(2, 20)))
    sessionize.update(store, site(**rules))
    assert not taken[-1]
    assert examine_sessions(store, site(**rules), deep=True) == []


def test_hits_of_a_past_day_touch_no_other_visitor_of_a_later_one(
    store: Store, make_hits: Any, taken: list[bool]
) -> None:
    tomorrow = {"visitor_id": "zoe", "ts": MIDNIGHT + timedelta(days=1), "line": 1}
    append(store, make_hits([*people(9, 1), tomorrow]))
    sessionize.update(store, site())
    append(store, make_hits(people(2, 20)))
    sessionize.update(store, site())
    assert taken[-1]
    assert examine_sessions(store, site(), deep=True) == []


def test_hits_that_an_age_or_a_person_took_away_are_no_additions(
    store: Store, make_hits: Any, taken: list[bool]
) -> None:
    """Where rows went, numbers of rows tell no state of the day."""
    append(store, make_hits(people(9, 0)))
    sessionize.update(store, site())
    append(store, make_hits(people(3, 20)))
    rows = store.head().scan("hits").collect().slice(1)
    store.replace_days("hits", [DAY], lambda: (rows, {}))
    append(store, make_hits(people(1, 40)))
    sessionize.update(store, site())
    assert not taken[-1]
    assert examine_sessions(store, site(), deep=True) == []


class Killed(BaseException):
    """Ends a round between two of its commits, as ``kill -9`` would."""


COMMITS = ("page_views", "robots", "places", "sessions", "visitors")
"""The tables that a round changes, in order, when it has said that it begins."""


def update_killed(store: Store, rules: Site, before: str, *, always: bool = True) -> None:
    """Update, but for what is written from the change of table ``before`` on.

    Unless ``always``, a day that is made anew is no fault, and nobody is killed then.
    """
    module = import_module("sessionize.touched")
    real = module.change_rows

    def until(store: Store, name: str, *arguments: Any, **more: Any) -> None:
        if name == before:
            raise Killed
        real(store, name, *arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "change_rows", until)
        with pytest.raises(Killed) if always else suppress(Killed):
            sessionize.update(store, rules)


@pytest.mark.parametrize("before", COMMITS)
def test_a_round_that_was_killed_is_gone_on_with(
    before: str, store: Store, make_hits: Any, taken: list[bool]
) -> None:
    append(store, make_hits(people(40, 0)))
    sessionize.update(store, site())
    append(store, make_hits(people(3, 10)))
    update_killed(store, site(), before)
    sessionize.update(store, site())  # nothing was added meanwhile
    assert taken[-1]
    assert examine_sessions(store, site(), deep=True) == []
    append(store, make_hits(people(4, 20)))
    update_killed(store, site(), before)
    append(store, make_hits(people(5, 25)))
    update_killed(store, site(), "visitors")  # as is the one that goes on with it
    append(store, make_hits(people(2, 30)))
    sessionize.update(store, site())
    assert taken[-1]
    assert examine_sessions(store, site(), deep=True) == []


@settings(max_examples=20)
@given(
    days=busy_days(),
    strictness=st.sampled_from(["default", "strict"]),
    kills=st.lists(st.sampled_from([None, *COMMITS]), min_size=4, max_size=4),
)
def test_a_day_whose_rounds_are_killed_is_what_it_is_in_one_piece(
    days: tuple[Rows, list[Rows]],
    strictness: str,
    kills: list[str | None],
    make_hits: Any,
    taken: list[bool],
) -> None:
    earlier, pieces = days
    rules = site(bots={"strictness": strictness}, segments=SEGMENTS)
    with TemporaryDirectory() as folder:
        store = filled(folder, "grown")
        before = len(taken)
        for piece in (earlier, pieces[0]):
            append(store, make_hits(piece))
            sessionize.update(store, rules)
        for piece, kill in zip(pieces[1:], kills, strict=False):
            append(store, make_hits(piece))
            if kill is None:
                sessionize.update(store, rules)
                continue
            update_killed(store, rules, kill, always=False)
        sessionize.update(store, rules)
        event(f"shortcuts: {sum(taken[before:])}")
        assert examine_sessions(store, rules, deep=True) == []
        whole = filled(folder, "whole")
        append(whole, make_hits([row for piece in (earlier, *pieces) for row in piece]))
        sessionize.update(whole, rules)
        assert contents(store) == contents(whole)


def test_a_killed_round_is_not_gone_on_with_where_more_has_changed(
    store: Store, make_hits: Any, taken: list[bool]
) -> None:
    append(store, make_hits(people(40, 0)))
    sessionize.update(store, SEGMENTED)

    def killed(minute: int) -> None:
        append(store, make_hits(people(3, minute)))
        update_killed(store, SEGMENTED, "places")

    killed(10)
    store.upsert("purchases", pl.concat([PURCHASES.empty(), BOUGHT], how="diagonal"))
    sessionize.update(store, SEGMENTED)
    assert not taken[-1]
    killed(20)
    begin(store, store.head())  # another walk, which was killed, too
    sessionize.update(store, SEGMENTED)
    assert not taken[-1]
    killed(30)
    append(store, make_hits(people(2, 31, ts=MIDNIGHT + timedelta(days=1))))
    sessionize.update(store, SEGMENTED)
    assert not taken[-1]
    assert examine_sessions(store, SEGMENTED, deep=True) == []
