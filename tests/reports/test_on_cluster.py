"""Sums over parts of the visitors, put together, are the sums over all of them."""

from __future__ import annotations

import pickle

import polars as pl
import pytest
from in_process import run_here
from polars.testing import assert_frame_equal
from sample_store import company_store

import reports
from reports import registry
from reports.answers.preference import cells
from reports.ask import Asked, ask
from reports.load import CACHE
from reports.on_cluster import (
    REPORTS,
    Part,
    cells_of,
    check_known,
    count_sessions,
    has_values,
    sum_looks,
)
from reports.tastes import added_up, medians_of
from weblog.errors import UsageError
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


def test_a_report_of_one_machine_is_told_as_such(snapshot: Snapshot) -> None:
    with pytest.raises(UsageError, match=r"report paths runs on one machine.*knows: preference"):
        check_known(["preference", "paths"])
    assert set(REPORTS) <= set(registry.REPORTS)
    store = str(snapshot.folder)
    done = run_here("report", "paths", "--store", store, "--engine", "spark", "--master", "local")
    assert done.returncode == 2
    assert "--engine spark knows: preference" in done.stderr


def test_nothing_adds_up_to_nothing(snapshot: Snapshot) -> None:
    asked = ask(snapshot, reports.Filters(segments=("nobody",)), COLUMNS, VIEWS)
    (payload,) = sum_looks("category", "segment", None, False, question(asked), 0)
    assert added_up([loads(payload)[0]]).groups.is_empty()
