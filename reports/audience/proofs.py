"""What can be proved of conditions without any customer: that one never holds, or is covered.

A condition that compares columns with constants is true or false on whole cells: between two
neighbouring constants a column may have any value without changing an answer. So it is enough to
ask one value of each cell (and null), for all combinations of the columns named. Conditions that
do more, such as calculating or looking into texts, are not decided here.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from reports.audience.columns import SCHEMA

MOST: Final = 300_000
"""Combinations that are tried; with more of them nothing is proved."""

_COMPARISONS: Final = ("Eq", "NotEq", "Lt", "LtEq", "Gt", "GtEq", "EqValidity", "NotEqValidity")
_EPOCH: Final = date(1970, 1, 1)

Constants = dict[str, set[Any]]


class _UndecidedError(Exception):
    """A condition does more than compare columns with constants."""


def never_holds(condition: str) -> bool:
    """Say whether it is certain that a condition holds for nobody, whatever is known of them."""
    cells = _cells([condition])
    return cells is not None and not cells.select(_holds(condition)).to_series().any()


def is_covered(condition: str, others: Sequence[str]) -> bool:
    """Say whether it is certain that wherever ``condition`` holds, one of ``others`` does."""
    decided = [other for other in others if _constants([other]) is not None]
    tries = [[other] for other in decided] + ([decided] if len(decided) > 1 else [])
    for some in tries:
        cells = _cells([condition, *some])
        if cells is None:
            continue
        left = _holds(condition) & ~pl.any_horizontal(_holds(other) for other in some)
        if not cells.select(left).to_series().any():
            return True
    return False


def _holds(condition: str) -> pl.Expr:
    return pl.sql_expr(condition).fill_null(value=False)


def _cells(conditions: Sequence[str]) -> pl.DataFrame | None:
    """Return a row for every combination of cells; None where they are undecided or too many."""
    constants = _constants(conditions)
    if constants is None:
        return None
    try:
        values = {name: _values(SCHEMA[name], known) for name, known in sorted(constants.items())}
    except _UndecidedError:
        return None
    if math.prod(map(len, values.values())) > MOST:
        return None
    rows = list(itertools.product(*values.values()))
    schema = {name: SCHEMA[name] for name in values}
    # A condition of constants alone is asked once.
    return pl.DataFrame(rows, schema=schema, orient="row") if schema else pl.DataFrame({"": [0]})


def _constants(conditions: Sequence[str]) -> Constants | None:
    """Return what each column is compared with; None where something else is done with one."""
    found: Constants = {}
    try:
        for condition in conditions:
            tree = json.loads(pl.sql_expr(condition).meta.serialize(format="json"))
            for column, constants in _compared(tree):
                found.setdefault(column, set()).update(constants)
    except _UndecidedError:
        return None
    return found


def _compared(node: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield the columns of an expression's tree with the constants they are compared with."""
    ((kind, inner),) = node.items()
    if kind == "Literal":
        return
    if kind == "Column" and SCHEMA[inner] == pl.Boolean:
        yield inner, ()
    elif kind == "Cast" and inner["dtype"] == {"Literal": "Boolean"}:
        yield from _compared(inner["expr"])
    elif kind == "BinaryExpr" and inner["op"] in ("And", "Or"):
        yield from _compared(inner["left"])
        yield from _compared(inner["right"])
    elif kind == "BinaryExpr" and inner["op"] in _COMPARISONS:
        yield _comparison(inner["left"], inner["right"])
    elif kind == "Function":
        yield from _function(inner["input"], inner["function"])
    else:
        raise _UndecidedError


def _function(
    given: Sequence[Mapping[str, Any]], function: object
) -> Iterator[tuple[str, Sequence[Any]]]:
    if not isinstance(function, Mapping):
        raise _UndecidedError
    told = function.get("Sql")
    sql = told if isinstance(told, dict) else {}
    if function == {"Boolean": "Not"}:
        yield from _compared(given[0])
    elif function in ({"Boolean": "IsNull"}, {"Boolean": "IsNotNull"}) and "Column" in given[0]:
        yield given[0]["Column"], ()
    elif sql.get("Binary") in _COMPARISONS:  # how it compares decimals
        yield _comparison(*given)
    elif "IsIn" in sql and "Column" in given[0]:
        yield given[0]["Column"], _listed(given[1])
    else:
        raise _UndecidedError


def _comparison(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    if "Column" in right:
        left, right = right, left
    if "Column" not in left or "Literal" not in right:
        raise _UndecidedError
    return left["Column"], [_constant(right["Literal"])]


def _constant(literal: Mapping[str, Any]) -> Any:
    ((_, told),) = literal.items()
    if not isinstance(told, dict):
        raise _UndecidedError
    ((kind, value),) = told.items()
    if kind == "Date":
        return _EPOCH + timedelta(days=value)
    if kind == "Decimal":
        number, _, places = value
        return number / 10**places
    if kind in ("Int", "Float", "String", "Boolean", "Int32", "Int64", "Float64"):
        return value
    raise _UndecidedError


def _listed(node: Mapping[str, Any]) -> Sequence[Any]:
    """Return the constants of an IN (...): polars writes them down as an Arrow stream."""
    series = node.get("Literal", {}).get("Series")
    if series is None:
        raise _UndecidedError
    values = pl.read_ipc_stream(bytes(series)).to_series()
    return (values.explode() if values.dtype.is_nested() else values).drop_nulls().to_list()


def _values(dtype: pl.DataType, constants: set[Any]) -> list[Any]:
    """Return a value of each cell that ``constants`` cut a column's values into, and null."""
    if dtype == pl.Boolean:
        return [None, False, True]
    if dtype == pl.String:
        if not all(isinstance(each, str) for each in constants):
            raise _UndecidedError
        return [None, *sorted({"", *constants, *(f"{each}\0" for each in constants)})]
    if dtype == pl.Date:
        return [None, *sorted(_days(constants))]
    if not all(isinstance(each, int | float) for each in constants):
        raise _UndecidedError
    if dtype.is_integer():
        around = (f(each) + step for each in constants for f in (math.floor, math.ceil)
                  for step in (-1, 0, 1))  # fmt: skip
        return [None, *sorted({0, *around})]
    known = sorted({0.0, *map(float, constants)})
    between = [(low + high) / 2 for low, high in itertools.pairwise(known)]
    return [None, *sorted({*known, *between, known[0] - 1, known[-1] + 1})]


def _days(constants: set[Any]) -> set[date]:
    if not all(isinstance(each, date) for each in constants):
        raise _UndecidedError
    steps = (timedelta(days=-1), timedelta(0), timedelta(days=1))
    return {_EPOCH, *(day + step for day in constants for step in steps)}
