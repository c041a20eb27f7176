"""From state to state: how often paths go which way."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reports import runs
from reports.attribution.credits import table
from reports.attribution.passes import addresses
from reports.attribution.paths import Floats, Paths, Whole, numbered
from weblog.parse.library import library

States = npt.NDArray[np.uint16]


def transitions(
    paths: Paths, states: States, end: int, group: Whole, groups: int
) -> tuple[Whole, Floats]:
    """Return the transitions that occur, ascending, and how often each does in each group.

    A transition is origin * (end + 3) + target; START is ``end``, CONVERSION and NULL are one and
    two more.

    Args:
        paths: of all people.
        states: of each touch, below ``end``.
        end: how many states there are.
        group: of each path.
        groups: how many there are.
    """
    found = _counted if runs.is_compiled() else _listed
    return found(paths, states, end, group, groups)


def _counted(
    paths: Paths, states: States, end: int, group: Whole, groups: int
) -> tuple[Whole, Floats]:
    pairs = np.zeros((end + 3) ** 2, dtype=np.uint32)
    leaves, weight = paths.conversions == 0, paths.weight

    def walk(known: int, counts: Floats | None) -> None:
        done = library().weblog_count_steps(
            *addresses(states, paths.first),
            weight.size,
            end,
            *addresses(leaves, group),
            groups,
            *addresses(weight, pairs),
            known,
            None if counts is None else counts.ctypes.data,
        )
        runs.check(done, weight.size)

    walk(0, None)
    occurring = np.flatnonzero(pairs)
    pairs[occurring] = np.arange(occurring.size, dtype=np.uint32)
    counts = np.zeros((groups, occurring.size))
    walk(occurring.size, counts)
    return occurring, counts


def _listed(
    paths: Paths, states: States, end: int, group: Whole, groups: int
) -> tuple[Whole, Floats]:
    first, every = paths.first[:-1], np.arange(paths.conversions.size)
    is_first = np.zeros(states.size, dtype=np.bool_)
    is_first[first] = True
    inner, last = np.flatnonzero(~is_first), paths.first[1:] - 1
    led_to = end + 1 + (paths.conversions == 0)
    origin = np.concatenate([np.full(every.size, end), states[inner - 1], states[last]])
    target = np.concatenate([states[first], states[inner], led_to])
    path = np.concatenate([every, paths.of_touch[inner], every])
    pairs, pair = numbered(origin * (end + 3) + target, (end + 3) ** 2)
    return pairs, table(group[path], pair, paths.weight[path], (groups, pairs.size))
