"""Paths, next pages and chains of steps said once more, slowly: plain loops over plain lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


def slow_repeats(steps: Sequence[str]) -> list[str]:
    """A A B A becomes A B A."""
    return [step for place, step in enumerate(steps) if place == 0 or step != steps[place - 1]]


def slow_folded(steps: Sequence[str]) -> tuple[list[str], bool]:
    """Fold repeats and loops; also say whether a loop was folded.

    From each step on, look how long two steps alternate; of four or more, whole pairs go.
    """
    plain = slow_repeats(steps)
    left: list[str] = []
    has_loop = False
    place = 0
    is_last_kept = False  # the step at ``place`` already ends what is left
    while place < len(plain):
        length = 1
        while place + length < len(plain) and (
            length == 1 or plain[place + length] == plain[place + length - 2]
        ):
            length += 1
        if length >= 4:
            kept = plain[place : place + 2 + length % 2]
            left += kept[1:] if is_last_kept else kept
            has_loop = True
            place += length - 1
            is_last_kept = True
            if place == len(plain) - 1:
                break
            continue
        if not is_last_kept:
            left.append(plain[place])
        is_last_kept = False
        place += 1
    return left, has_loop


class Chain(NamedTuple):
    """How many steps were taken, and at which rows."""

    depth: int
    rows: tuple[int, ...]


class Hit(NamedTuple):
    """One row: when, which steps it is, and the page viewed (None: an event)."""

    at: int
    steps: frozenset[int]
    page: str | None = None


def slow_chain(
    hits: Sequence[Hit], steps: int, window: int | None = None, *, strict: bool = False
) -> Chain | None:
    """Try every begin; the longest chain wins, then the one that begins first."""
    best: Chain | None = None
    for start, hit in enumerate(hits):
        if 0 not in hit.steps:
            continue
        rows = [start]
        for step in range(1, steps):
            later = [row for row in range(rows[-1] + 1, len(hits)) if step in hits[row].steps]
            if not later or (window is not None and hits[later[0]].at - hit.at > window):
                break
            if strict and other_between(hits, rows[-1], later[0]):
                break
            rows.append(later[0])
        if best is None or len(rows) > best.depth:
            best = Chain(len(rows), tuple(rows))
    return best


def other_between(hits: Sequence[Hit], first: int, last: int) -> bool:
    """Say whether a page other than the one before it was viewed strictly between two hits."""
    page = next((hits[row].page for row in range(first, -1, -1) if hits[row].page), None)
    for row in range(first + 1, last):
        if hits[row].page is not None:
            if hits[row].page != page:
                return True
            page = hits[row].page
    return False


def slow_longest(hits: Sequence[Hit], steps: int, window: int | None) -> int:
    """How many steps *any* chain takes, by trying all of them: what greed must not miss."""

    def longest(row: int, step: int, start: int) -> int:
        best = step
        for later in range(row + 1, len(hits)):
            near = window is None or hits[later].at - start <= window
            if step < steps and near and step in hits[later].steps:
                best = max(best, longest(later, step + 1, start))
        return best

    return max(
        (longest(row, 1, hit.at) for row, hit in enumerate(hits) if 0 in hit.steps), default=0
    )
