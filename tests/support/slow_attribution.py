"""Attribution as one would do it by hand: slow, obvious, one path after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations
from typing import Any

DAY = 86_400_000


@dataclass(frozen=True)
class Path:
    """Touches of one path, earliest first: (code, age in days, is direct)."""

    touches: tuple[tuple[int, float, bool], ...]
    conversions: int
    value: float

    @property
    def codes(self) -> list[int]:
        return [code for code, _, _ in self.touches]

    @property
    def weight(self) -> int:
        return self.conversions or 1


def slow_paths(rows: Sequence[dict[str, Any]], window_days: int) -> list[Path]:
    """Make the paths of touches given as rows of `reports.attribution.paths.TOUCHES`."""
    found = []
    people = defaultdict(list)
    for row in rows:
        people[row["person"]].append(row)
    for sessions in people.values():
        sessions.sort(key=lambda row: (row["start"], row["key"]))
        ends = [place for place, row in enumerate(sessions) if row["is_end"]]
        for place in ends:
            end = sessions[place]
            if not end["conversions"] and place != ends[-1]:
                continue
            path: list[dict[str, Any]] = []
            for row in sessions[: place + 1]:
                if not end["conversions"] and row["conversions"]:
                    path = []
                elif row["start"] >= end["start"] - window_days * DAY:
                    path.append(row)
            touches = tuple(
                (row["code"], (end["start"] - row["start"]) / DAY, row["is_direct"]) for row in path
            )
            value = end["value"] if end["conversions"] else 0.0
            found.append(Path(touches, end["conversions"], value))
    return found


def slow_shares(model: str, path: Path, half_life: float = 7.0) -> list[float]:
    """Return what each touch of a path gets by a rule."""
    count = len(path.touches)
    shares = [0.0] * count
    if model == "last_touch":
        shares[-1] = 1.0
    elif model == "first_touch":
        shares[0] = 1.0
    elif model == "last_non_direct":
        led = [place for place, (_, _, direct) in enumerate(path.touches) if not direct]
        shares[led[-1] if led else -1] = 1.0
    elif model == "linear":
        shares = [1 / count] * count
    elif model == "position_based":
        if count <= 2:
            shares = [1 / count] * count
        else:
            shares = [0.4, *[0.2 / (count - 2)] * (count - 2), 0.4]
    elif model == "time_decay":
        weights = [0.5 ** (age / half_life) for _, age, _ in path.touches]
        shares = [weight / sum(weights) for weight in weights]
    return shares


def slow_rule(model: str, paths: Sequence[Path], players: int) -> tuple[list[float], list[float]]:
    """Return conversions and value credited by a rule to each code."""
    conversions, value = [0.0] * players, [0.0] * players
    for path in paths:
        for code, share in zip(path.codes, slow_shares(model, path), strict=True):
            conversions[code] += share * path.conversions
            value[code] += share * path.value
    return conversions, value


def slow_markov(paths: Sequence[Path], players: int, order: int) -> list[tuple[float, float]]:
    """Return per code the conversions and value credited: chains solved with and without it."""
    moves: dict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    value: dict[Any, float] = defaultdict(float)
    for path in paths:
        codes = path.codes
        states = [tuple(codes[max(0, i + 1 - order) : i + 1]) for i in range(len(codes))]
        steps = ["start", *states, "conversion" if path.conversions else "null"]
        for origin, target in pairwise(steps):
            moves[origin][target] += path.weight
        value[states[-1]] += path.value
    if not paths:
        return [(0.0, 0.0)] * players
    whole = _reached(moves, value, None)
    lost = []
    for code in range(players):
        left = _reached(moves, value, code)
        lost.append([1 - a / b if b else Fraction(0) for a, b in zip(left, whole, strict=True)])
    totals = [sum(path.conversions for path in paths), sum(path.value for path in paths)]
    sums = [sum(effect[kind] for effect in lost) for kind in (0, 1)]
    return [
        tuple(
            float(totals[kind] * effect[kind] / sums[kind]) if sums[kind] else 0.0
            for kind in (0, 1)
        )
        for effect in lost
    ]  # type: ignore[misc]


def _reached(moves: Any, value: Any, removed: int | None) -> list[Fraction]:
    """Solve exactly for the probability to convert from the start, and the value expected."""
    states = [state for state in moves if state == "start" or state[-1] != removed]
    place = {state: row for row, state in enumerate(states)}
    rows = []
    for state in states:
        total = sum(moves[state].values())
        row = [Fraction(0)] * len(states)
        row[place[state]] = Fraction(1)
        for target, count in moves[state].items():
            if target in place:
                row[place[target]] -= Fraction(count, total)
        paid = Fraction(value.get(state, 0.0)) / total
        rows.append([*row, Fraction(moves[state]["conversion"], total), paid])
    for pivot in range(len(rows)):
        swap = next(row for row in range(pivot, len(rows)) if rows[row][pivot])
        rows[pivot], rows[swap] = rows[swap], rows[pivot]
        scale = rows[pivot][pivot]
        rows[pivot] = [number / scale for number in rows[pivot]]
        for other in range(len(rows)):
            if other != pivot and rows[other][pivot]:
                times = rows[other][pivot]
                rows[other] = [a - times * b for a, b in zip(rows[other], rows[pivot], strict=True)]
    start = rows[place["start"]]
    return [start[-2], start[-1]]


def slow_shapley(paths: Sequence[Path], players: int) -> list[tuple[float, float]]:
    """Return per code the conversions and value credited: all orders of joining, one by one."""
    converted: dict[frozenset[int], int] = defaultdict(int)
    value: dict[frozenset[int], float] = defaultdict(float)
    seen: dict[frozenset[int], int] = defaultdict(int)
    for path in paths:
        members = frozenset(path.codes)
        converted[members] += path.conversions
        value[members] += path.value
        seen[members] += path.weight

    def worth(members: frozenset[int]) -> Fraction:
        return Fraction(converted[members], seen[members]) if seen.get(members) else Fraction(0)

    given = [[0.0, 0.0] for _ in range(players)]
    for members in list(seen):
        phi: dict[int, Fraction] = dict.fromkeys(members, Fraction(0))
        orders = list(permutations(sorted(members)))
        for order in orders:
            for place, member in enumerate(order):
                before = frozenset(order[:place])
                phi[member] += (worth(before | {member}) - worth(before)) / len(orders)
        raised = {member: max(gain, Fraction(0)) for member, gain in phi.items()}
        total = sum(raised.values())
        for member in members:
            share = float(raised[member] / total) if total else 1 / len(members)
            given[member][0] += converted[members] * share
            given[member][1] += value[members] * share
    return [(conversions, worth) for conversions, worth in given]
