"""Sums over parts of the visitors, put together, are the sums over all of them."""

from __future__ import annotations

import pickle
from inspect import signature
from typing import Any

import polars as pl
import pytest
from in_process import run_here
from polars.testing import assert_frame_equal
from sample_store import company_store

import reports
from reports import registry
from reports.answers.preference import cells
from reports.ask import Asked, ask
from reports.attribution import markov, shapley
from reports.load import CACHE
from reports.on_cluster import REPORTS, check_known
from reports.on_cluster.parts import Part, count_sessions, has_values
from reports.on_cluster.preference import cells_of, sum_looks
from reports.tastes import added_up, medians_of
from weblog.cluster.session import Cluster, Fold, KeyedTask, Task
from weblog.errors import QueryError, UnknownNameError, UsageError
from weblog.store import Snapshot

COLUMNS = ("session", "visitor", "date", "key", "segment", "device")
VIEWS = ("session", "visitor", "category", "product", "dwell_s")
PARTS = 7
CASES: list[tuple[dict[str, tuple[str, ...]], str, str, float | None]] = [
    ({}, "category", "segment", None),
    ({"devices": ("smartphone",)}, "product", "product_held", None),
    ({"customers": ("C000017",)}, "category", "age_band", None),  # most parts have nobody
    ({}, "category", "device", 14.0),
]
loads = pickle.loads


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return company_store(tmp_path_factory.mktemp("parts") / "store").snapshot()


def question(asked: Asked, parts: int = PARTS) -> Part:
    seen = asked.snapshot
    return Part(str(seen.folder), dict(seen.versions), parts, asked.query, COLUMNS, VIEWS)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("previous", [False, True])
def test_cells_of_parts_are_those_of_the_whole(
    snapshot: Snapshot,
    case: tuple[dict[str, tuple[str, ...]], str, str, float | None],
    previous: bool,
) -> None:
    filters, kind, of, half_life = case
    asked = ask(snapshot, reports.Filters(**filters), COLUMNS, VIEWS)  # type: ignore[arg-type]
    sent = loads(pickle.dumps(question(asked)))
    whole = cells(asked, kind, of, half_life, previous=previous)
    told = [
        loads(payload)
        for part in range(PARTS)
        for payload in sum_looks(kind, of, half_life, previous, sent, part)
    ]
    assert len(told) == PARTS
    found = cells_of(told)
    assert_frame_equal(found, whole, rel_tol=1e-9)
    counts = [loads(next(count_sessions(sent, part))) for part in range(PARTS)]
    assert sum(counts) == asked.sessions.height
    has = [loads(next(has_values(kind, sent, part))) for part in range(PARTS)]
    assert any(has) == asked.has(kind)


def test_parts_are_kept_apart_in_memory(snapshot: Snapshot) -> None:
    asked = ask(snapshot, reports.Filters(), COLUMNS, VIEWS)
    CACHE.clear()
    one, other = (question(asked).asked(part).sessions["visitor"] for part in (0, 1))
    assert set(one).isdisjoint(other)
    assert asked.sessions.height > len(one) + len(other) > 0


@pytest.mark.parametrize("times", [[1.0], [3.0, 1.0], [1.0, 1.0, 9.0], [0.0, 2.0, 2.0, 8.0]])
def test_a_median_of_counts_is_that_of_the_values(times: list[float]) -> None:
    values = pl.DataFrame({"group": "a", "name": "b", "dwell_s": times, "n": 1})
    (found,) = medians_of(values)["dwell_s"]
    assert found == values["dwell_s"].median()


class Alone(Cluster):
    """Runs the tasks of jobs one after the other, and hands on what they tell as Spark does."""

    @property
    def slots(self) -> int:
        return 3

    def run(self, task: Task, count: int, about: str) -> list[tuple[int, bytes]]:
        sent = loads(pickle.dumps(task))
        assert about
        return [(number, payload) for number in range(count) for payload in sent(number)]

    def gathered(
        self, task: KeyedTask, count: int, fold: Fold, keys: int, about: str
    ) -> list[tuple[int, bytes]]:
        sent, folding = loads(pickle.dumps((task, fold)))
        told: dict[int, list[bytes]] = {}
        assert about
        for number in reversed(range(count)):  # in no order
            for key, payload in sent(number):
                told.setdefault(key, []).append(payload)
        assert set(told) <= set(range(keys))
        return [(key, folding(told[key])) for key in sorted(told)]


ALONE = Alone(None)  # type: ignore[arg-type]
WAYS: list[dict[str, Any]] = [
    {},
    {"nodes": 3, "depth": 2},
    {"nodes": 5, "start": "/quote/*"},
    {"goal": "quote", "level": "category"},
    {"around": "/", "depth": 3, "nodes": None},
    {"end": "/nowhere"},
]
CREDITED: list[dict[str, Any]] = [
    {},
    {"limit": 2, "by": "campaign", "order": 2},
    {"goal": "quote", "window_days": 3, "bootstrap": 0},
    {"models": ("shapley", "linear"), "by": "source"},
]
SOME = reports.Filters(devices=("smartphone",), compare="previous")
NOBODY = reports.Filters(segments=("nobody",))
ASKED: list[tuple[str, dict[str, Any], reports.Filters]] = [
    *(("paths", each, SOME if each else reports.Filters()) for each in WAYS),
    *(("flows", each, SOME if each else reports.Filters()) for each in WAYS),
    *(("attribution", each, SOME if "by" in each else reports.Filters()) for each in CREDITED),
    *((name, {}, NOBODY) for name in REPORTS),
]


@pytest.mark.parametrize(("name", "options", "filters"), ASKED, ids=str)
def test_a_report_of_parts_is_that_of_the_whole(
    snapshot: Snapshot, name: str, options: dict[str, Any], filters: reports.Filters
) -> None:
    whole = registry.REPORTS[name].function(snapshot, filters, **options)
    found = REPORTS[name](ALONE, snapshot, filters, **options)
    assert_frame_equal(found.frame, whole.frame, rel_tol=1e-9, abs_tol=1e-9)
    assert found.warnings == whole.warnings
    assert found.query == whole.query


def test_sums_of_more_than_are_told_apart_are_those_of_all(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where states, or sets of names, are many, models are not resampled: nor of parts."""
    monkeypatch.setattr(markov, "MOST_RESAMPLED", 5)
    monkeypatch.setattr(shapley, "MOST_RESAMPLED", 25)
    options = {"models": ("markov", "shapley"), "by": "campaign"}
    whole = reports.attribution(snapshot, **options)
    found = REPORTS["attribution"](ALONE, snapshot, **options)
    assert [warning.code for warning in whole.warnings].count("not_resampled") == 2
    assert_frame_equal(found.frame, whole.frame, rel_tol=1e-9, abs_tol=1e-9)
    assert found.warnings == whole.warnings
    monkeypatch.setattr(markov, "MOST_STATES", 5)
    with pytest.raises(QueryError, match="more than 5"):
        REPORTS["attribution"](ALONE, snapshot, **options)


def test_what_parts_do_not_know_is_refused_as_by_the_whole(snapshot: Snapshot) -> None:
    for options in ({"goal": "none"}, {"by": "browser"}):
        with pytest.raises(UnknownNameError) as whole:
            reports.attribution(snapshot, **options)  # type: ignore[arg-type]
        with pytest.raises(UnknownNameError) as found:
            REPORTS["attribution"](ALONE, snapshot, **options)
        assert str(found.value) == str(whole.value)


@pytest.mark.parametrize("name", REPORTS)
def test_it_takes_the_options_of_the_local_report(name: str) -> None:
    here = signature(registry.REPORTS[name].function).parameters
    there = signature(REPORTS[name]).parameters
    assert [each.default for each in here.values()] == [
        each.default for key, each in there.items() if key != "cluster"
    ]
    assert list(here) == [key for key in there if key != "cluster"]


def test_a_report_of_one_machine_is_told_as_such(snapshot: Snapshot) -> None:
    with pytest.raises(UsageError, match=r"report funnel runs on one machine.*knows: paths"):
        check_known(["preference", "funnel"])
    assert set(REPORTS) <= set(registry.REPORTS)
    store = str(snapshot.folder)
    done = run_here(
        "report", "channels", "--store", store, "--engine", "spark", "--master", "local"
    )
    assert done.returncode == 2
    assert "--engine spark knows: paths, flows, attribution, preference" in done.stderr


def test_nothing_adds_up_to_nothing(snapshot: Snapshot) -> None:
    asked = ask(snapshot, reports.Filters(segments=("nobody",)), COLUMNS, VIEWS)
    (payload,) = sum_looks("category", "segment", None, False, question(asked), 0)
    assert added_up([loads(payload)[0]]).groups.is_empty()
