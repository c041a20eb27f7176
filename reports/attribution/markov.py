"""Markov chain: what conversions would be lost without a name.

Source: Anderl, Becker, von Wangenheim, Schumann (2016), "Mapping the customer journey: lessons
learned from graph-based online attribution modeling", Int. J. of Research in Marketing 33(3).
States are the last ``order`` touches, START, CONVERSION and NULL; paths without a conversion end
in NULL. The removal effect of a name is the part of the probability to get from START to
CONVERSION that is lost when every visit to that name leads to NULL. Conversions are shared in
proportion to these effects, and value in proportion to the effects on the value expected at START,
each state paying the average value of what ends there: a name that brings few but large purchases
would else be credited with the value of many small ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from reports.attribution.credits import (
    Credits,
    Settings,
    Summing,
    closed,
    padded,
    table,
    totals,
)  # fmt: skip
from reports.attribution.paths import Floats, Paths, Whole, numbered
from reports.attribution.tallies import Sums, Tally
from reports.attribution.transitions import transitions
from weblog.errors import QueryError

MOST_STATES: Final = 3_000
"""More states take too long: a system of as many equations is solved."""

MOST_RESAMPLED: Final = 300
"""With more states the chain is computed once, without intervals."""

AT_ONCE: Final = 2_000_000
"""Numbers of the matrices that are inverted together, 16 MB."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Transitions that occur, and how often in each group; the value of paths by last state.

    States are numbered from 0, START is ``states``, CONVERSION and NULL are one and two more.
    ``known`` are the touches each state stands for, as one number, ascending; ``ends_in`` is the
    name its last touch bears.
    """

    states: int
    known: Whole
    ends_in: Whole
    origin: Whole
    target: Whole
    counts: Floats
    values: Floats


def summed(paths: Paths, settings: Settings) -> Sums:
    """Sum the ways from state to state, the value of paths by their last state, and all of both.

    Raises:
        QueryError: the order gives more states than can be solved.
    """
    chain = chain_of(paths, settings.order)
    end = _end(paths.players, settings.order)
    texts = np.concatenate([chain.known, end + np.arange(3)])
    ways = texts[chain.origin] * (end + 3) + texts[chain.target]
    is_whole = chain.states > MOST_RESAMPLED
    return (
        Tally(ways, chain.counts[None], (end + 3) ** 2, is_whole=is_whole),
        Tally(chain.known, chain.values[None], MOST_RESAMPLED, is_whole=is_whole),
        totals(paths),
    )


def credited(sums: Sums, settings: Settings, players: int, counts: Floats) -> Credits:
    """Share conversions and value by removal effects.

    Raises:
        QueryError: the order gives more states than can be solved.
    """
    ways, values, whole = sums
    end, base = _end(players, settings.order), players + 1
    _check_states(values.keys.size, settings.order)
    texts = np.concatenate([values.keys, end + np.arange(3)])
    chain = Chain(
        states=values.keys.size,
        known=values.keys,
        ends_in=values.keys % base - 1,
        origin=np.searchsorted(texts, ways.keys // (end + 3)),
        target=np.searchsorted(texts, ways.keys % (end + 3)),
        counts=ways.amounts[0],
        values=values.amounts[0],
    )
    solved = np.ones((1, 1)) if values.is_whole else counts
    effects = removal_effects(chain, players, solved)

    def shared(lost: Floats, amounts: Floats) -> Floats:
        sums_of = counts[: len(solved)] @ amounts[:, 0]
        return padded(closed(lost, sums_of), len(counts))

    conversions, value = map(shared, effects, whole.amounts)
    return Credits(conversions, value)


def _end(players: int, order: int) -> int:
    """Return the number above those of all states; START, CONVERSION and NULL begin there."""
    return int((players + 1) ** order)


def _check_states(states: int, order: int) -> None:
    if states > MOST_STATES:
        raise QueryError(
            f"a Markov chain of order {order} has {states:,} states here, more than "
            f"{MOST_STATES:,}: take a lower order, or a lower limit of names"
        )


def chain_of(paths: Paths, order: int) -> Chain:
    """Count the transitions of the paths; a state is the last ``order`` touches, or what there is.

    Raises:
        QueryError: more than :data:`MOST_STATES` states.
    """
    base = paths.players + 1
    text = paths.code + (np.uint8(1) if order == 1 else np.int64(1))
    for back in range(1, order):
        earlier = np.roll(paths.code, back) + np.int64(1)
        text = text + np.where(paths.place >= back, earlier, 0) * base**back
    # More states than this has numbers for are refused.
    known, state = numbered(text, base**order, np.uint16)
    states = known.size
    _check_states(states, order)
    # What is not resampled is one group: many states in many groups would fill the memory.
    group, groups = paths.group, paths.groups
    if states > MOST_RESAMPLED:
        group, groups = np.zeros_like(group), 1
    pairs, counts = transitions(paths, state, states, group, groups)
    paid = np.flatnonzero(paths.value)
    last = state[paths.first[1:][paid] - 1]
    return Chain(
        states=states,
        known=known,
        ends_in=known % base - 1,
        origin=pairs // (states + 3),
        target=pairs % (states + 3),
        counts=counts,
        values=table(group[paid], last, paths.value[paid], (groups, states)),
    )


def removal_effects(chain: Chain, players: int, counts: Floats) -> tuple[Floats, Floats]:
    """Return per resample which part of conversions, and of value, is lost without each name.

    With N = (I - Q)^-1, Q the transitions between states, what is reached without touching a set
    A of states is all that is reached, less f_A N_AA^-1 h_A: f the expected visits from START, h
    the probability to convert from each state, or the value expected from it (Kemeny & Snell,
    1960, "Finite Markov Chains", ch. 3). One inverse serves the removal of every name.
    """
    found = np.zeros((2, len(counts), players))
    step = max(1, AT_ONCE // max(1, chain.states**2))
    for begin in range(0, len(counts), step):
        drawn = counts[begin : begin + step]
        found[:, begin : begin + step] = _effects(
            chain, players, drawn @ chain.counts, drawn @ chain.values
        )
    return found[0], found[1]


def _effects(chain: Chain, players: int, weights: Floats, values: Floats) -> Floats:
    size = chain.states
    went = np.zeros((len(weights), size + 1, size + 3))
    went[:, chain.origin, chain.target] = weights
    sums = went.sum(axis=2, keepdims=True)
    chance = _quotient(went, sums)
    inverse = np.linalg.inv(np.eye(size) - chance[:, :size, :size])
    entered = chance[:, size, :size]
    visits = (entered[:, None] @ inverse)[:, 0]
    paid = np.stack([chance[:, :size, size + 1], _quotient(values, sums[:, :size, 0])], axis=2)
    reaches = inverse @ paid
    lost = np.zeros((2, len(weights), players))
    for player in np.unique(chain.ends_in):
        held = np.flatnonzero(chain.ends_in == player)
        through = np.linalg.solve(inverse[:, held[:, None], held], reaches[:, held])
        lost[:, :, player] = np.einsum("bs,bsk->kb", visits[:, held], through)
    whole = np.einsum("bs,bsk->kb", entered, reaches)
    # A name that nobody touched in a resample comes out as 0, or as -1e-17.
    return np.maximum(_quotient(lost, whole[:, :, None]), 0.0)


def _quotient(over: Floats, under: Floats) -> Floats:
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)


credit: Final = Summing(summed, credited)
"""The model."""
