"""A registered report on two stores that ought to be equal: the same figures and warnings."""

from __future__ import annotations

from datetime import UTC, datetime
from inspect import signature

import sample_logs
import weblog as library
from reports.registry import REPORTS
from weblog.store import Store


def assert_same_answer(name: str, one: Store, other: Store) -> None:
    """Ask both of the sample company's stores for report ``name`` and compare what is told."""
    function = REPORTS[name].function
    known = {
        "site": library.load_site(sample_logs.data_folder() / "site.toml"),
        "now": datetime(2025, 11, 30, 12, tzinfo=UTC),
    }
    needed = {key: known[key] for key in known if key in signature(function).parameters}
    expected, found = (function(store.snapshot(), **needed) for store in (one, other))
    assert expected.frame.columns
    assert found.frame.equals(expected.frame)
    assert [str(each) for each in found.warnings] == [str(each) for each in expected.warnings]
