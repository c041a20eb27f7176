"""Rules on customers, the slow and obvious way: conditions are trees that Python walks.

A condition is drawn as a tree; :func:`as_sql` writes it as people would, :func:`holds` asks it of
one customer with SQL's three values (None is unknown).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
Tree = tuple[Any, ...]

CONSTANTS: dict[str, list[Any]] = {
    "age": [17, 18, 20, 22],
    "grade": ["VIP", "GOLD"],
    "purchase_value": [0.0, 0.25, 10.0],
    "joined": [date(2025, 1, 1), date(2025, 3, 1)],
}

COMPARISONS = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@st.composite
def comparison(draw: st.DrawFn) -> Tree:
    column = draw(st.sampled_from(sorted(CONSTANTS)))
    return (draw(st.sampled_from(list(COMPARISONS))), column, draw(constant(column)))


def constant(column: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(CONSTANTS[column])


LEAVES = st.one_of(
    comparison(),
    st.just(("column", "has_bought")),
    st.tuples(st.sampled_from(["null", "not null"]), st.sampled_from([*CONSTANTS, "has_bought"])),
    st.tuples(st.just("in"), st.just("grade"), st.lists(constant("grade"), min_size=1, max_size=2)),
    st.tuples(st.just("between"), st.just("age"), constant("age"), constant("age")),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner), st.tuples(st.just("not"), inner)
    ),
    max_leaves=5,
)


def as_sql(tree: Tree) -> str:
    kind, *parts = tree
    return WRITTEN.get(kind, _compared)(kind, *parts)


def _compared(kind: str, column: str, value: Any) -> str:
    return f"{column} {kind} {literal(value)}"


WRITTEN: dict[str, Any] = {
    "and": lambda _, left, right: f"({as_sql(left)} AND {as_sql(right)})",
    "or": lambda _, left, right: f"({as_sql(left)} OR {as_sql(right)})",
    "not": lambda _, inner: f"(NOT {as_sql(inner)})",
    "column": lambda _, column: column,
    "null": lambda _, column: f"{column} IS NULL",
    "not null": lambda _, column: f"{column} IS NOT NULL",
    "in": lambda _, column, values: f"{column} IN ({', '.join(map(literal, values))})",
    "between": lambda _, column, low, high: f"{column} BETWEEN {literal(low)} AND {literal(high)}",
}


def literal(value: Any) -> str:
    if isinstance(value, date):
        return f"DATE '{value}'"
    return f"'{value}'" if isinstance(value, str) else str(value)


def holds(tree: Tree, row: Row) -> bool | None:
    """Return what a condition says of a customer."""
    kind, *parts = tree
    if kind in ("and", "or"):
        return both(kind, holds(parts[0], row), holds(parts[1], row))
    if kind == "not":
        inner = holds(parts[0], row)
        return None if inner is None else not inner
    value = row[parts[0]]
    if kind in ("null", "not null"):
        return (value is None) == (kind == "null")
    return None if value is None else bool(ASKED.get(kind, _compare)(kind, value, *parts[1:]))


def _compare(kind: str, value: Any, constant: Any) -> bool:
    return bool(COMPARISONS[kind](value, constant))


ASKED: dict[str, Any] = {
    "column": lambda _, value: value,
    "in": lambda _, value, values: value in values,
    "between": lambda _, value, low, high: low <= value <= high,
}


def both(kind: str, left: bool | None, right: bool | None) -> bool | None:
    decisive = kind == "or"
    if left is decisive or right is decisive:
        return decisive
    return None if left is None or right is None else not decisive


def slow_winner(rules: Sequence[tuple[str, int, Tree]], row: Row) -> str | None:
    """Return the rule (name, priority, condition) that wins for a customer."""
    best: tuple[int, str] | None = None
    for name, priority, tree in rules:
        if holds(tree, row) and (best is None or (-priority, name) < best):
            best = (-priority, name)
    return None if best is None else best[1]
