"""A stage that runs ahead: in order, no further than it may, and it ends when nobody listens."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from weblog.prefetch import ahead


class Counted:
    """Counts how many items were asked for."""

    def __init__(self, count: int) -> None:
        self.made = 0
        self._count = count

    def __iter__(self) -> Iterator[int]:
        for i in range(self._count):
            self.made += 1
            yield i


def settled(source: Counted) -> int:
    """How many items were made, once no more are."""
    made = -1
    while made != source.made:
        made = source.made
        time.sleep(0.15)
    return made


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_all_items_come_in_order(depth: int) -> None:
    assert list(ahead(range(100), depth)) == list(range(100))
    assert list(ahead([], depth)) == []


@pytest.mark.parametrize(("depth", "held"), [(0, 1), (1, 2), (4, 5)])
def test_no_more_is_made_ahead_than_asked_for(depth: int, held: int) -> None:
    """``held``: those in the queue, and at a depth of one and more the one that waits for it."""
    source = Counted(50)
    items = ahead(source, depth)
    assert next(items) == 0
    assert settled(source) == 1 + held
    assert next(items) == 1
    assert settled(source) == 2 + held
    items.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("depth", [0, 1])
def test_an_error_is_raised_at_its_place(depth: int) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    items = ahead(failing(), depth)
    assert next(items) == 1
    with pytest.raises(ValueError, match="torn"):
        next(items)


@pytest.mark.parametrize("depth", [0, 1])
def test_the_thread_ends_with_its_caller(depth: int) -> None:
    before = threading.active_count()
    items = ahead(Counted(1_000_000), depth)
    next(items)
    assert threading.active_count() == before + 1
    items.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
