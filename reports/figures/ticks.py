"""Where an axis is labelled: round numbers, few, with their text made here.

Made on the server because Plotly cannot count in 만 and 억.
"""

from __future__ import annotations

import math
from typing import Any

from reports.figures import numbers

LEAST = 1e-9
"""Ranges smaller than this are drawn as if everything were equal."""


def ticks(low: float, high: float, unit: str, language: str, about: int = 4) -> dict[str, Any]:
    """Return range, tickvals and ticktext of an axis from ``low`` to ``high``, both covered.

    Args:
        low: least value drawn.
        high: greatest value drawn.
        unit: as a column declares it (see :mod:`reports.spec`).
        language: "en" or "ko".
        about: how many steps to aim at.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    if high - low < LEAST:
        high = low + 1.0
    step = _step((high - low) / about, whole=unit in {"count", "seconds"})
    first, last = math.floor(low / step), math.ceil(high / step)
    values = [round(index * step, 12) for index in range(first, last + 1)]
    return {
        "range": [values[0], values[-1]],
        "tickmode": "array",
        "tickvals": values,
        "ticktext": [_text(value, step, unit, language) for value in values],
    }


def _step(rough: float, *, whole: bool) -> float:
    """Return the least of 1, 2, 2.5, 5 or 10 times a power of ten that is not below ``rough``."""
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(
        times * power for times in (1.0, 2.0, 2.5, 5.0, 10.0) if times * power >= rough * 0.999999
    )
    return max(1.0, float(math.ceil(step))) if whole else step


def _text(value: float, step: float, unit: str, language: str) -> str:
    if unit == "rate":
        return f"{value * 100:.{_decimals(step * 100)}f}%"
    if unit == "seconds":
        return numbers.seconds(value, language)
    decimals = _decimals(step)
    if decimals:
        return f"{value:,.{decimals}f}".rstrip("0").rstrip(".")
    return numbers.tick(value, language)


def _decimals(step: float) -> int:
    """Return how many decimals it takes to tell multiples of ``step`` apart, and rightly."""
    return next(
        (n for n in range(12) if math.isclose(round(step, n), step, rel_tol=1e-6)),
        12,
    )
