"""What a day of counts is expected to be: its level times its weekday, with an interval.

Counts y become z = 2 sqrt(y + 3/8), which varies about as much on quiet as on busy days (Anscombe
1948, "The transformation of Poisson, binomial and negative-binomial data", Biometrika 35). Then
z = level x weekday + error, fitted by least squares; a day is judged by all others: e / (s sqrt(1 -
h)), s without that day and h its leverage, has Student's distribution (the externally studentized
residual of Cook and Weisberg 1982, "Residuals and influence in regression"). Days out of line are
left out of the fit and judged as new days, e / (s sqrt(1 + h)). s is that of the series, and at
least 1: counts of people who come by themselves do not vary less. Busy days vary more where counts
y do as m + k m^2 (negative binomial), so days are weighed by 1 / (1 + k m).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from reports.anomalies.steps import Floats, Levels, levels, long_run, spread

Flags = npt.NDArray[np.bool_]

WEEK: Final = 7
FEWEST_DAYS: Final = 21
"""Three whole weeks: with fewer no weekday is known apart from chance."""

WINDOW: Final = 29
"""Days of the running median, an edge of which is as sharp as that of the series."""

FAR: Final = 3.5
"""So many robust standard deviations from the running median a day does not tell of levels."""

OUT_OF_LINE: Final = 0.001
"""A day with a smaller p value is left out of the fit it is judged by."""

_ROUNDS: Final = 4
_SHIFT: Final = 3 / 8


@dataclass(frozen=True, slots=True)
class Step:
    """A lasting change: number of its first day, and what a day was before and is after."""

    day: int
    before: float
    after: float
    difference_low: float
    difference_high: float
    change_low: float
    change_high: float


@dataclass(frozen=True, slots=True)
class Expected:
    """A value per day, NaN where nothing can be said; and the steps."""

    expected: Floats
    low: Floats
    high: Floats
    p: Floats
    steps: tuple[Step, ...]


def expected(values: Floats, weekday: npt.NDArray[np.int64], alpha: float) -> Expected:
    """Judge each day of a series by all others.

    Args:
        values: counts of consecutive days; NaN where not known.
        weekday: 0 to 6 of each day.
        alpha: chance of a step where there is none.
    """
    known = ~np.isnan(values)
    nothing = np.full(len(values), np.nan)
    if known.sum() < FEWEST_DAYS or len(set(weekday[known])) < WEEK:
        return Expected(nothing, nothing, nothing, nothing, ())
    z = np.where(known, 2 * np.sqrt(np.nan_to_num(values) + _SHIFT), np.nan)
    factors = _first_factors(z, weekday)
    kept, found = known, Levels(())
    for _ in range(2):
        x = z / factors[weekday]
        middle = _running_median(x)
        far = np.abs(x - middle)
        # Of a Poisson count z has variance 1; a robust spread of few values may be far less.
        scale = max(1.4826 * float(np.median(far[known])), 1.0)
        kept = known & (far <= FAR * scale)
        found = levels(np.where(kept, x, middle), kept, alpha)
        fit = _fitted(z, weekday, found, kept, factors)
        factors = fit.factors
    for _ in range(_ROUNDS):
        fit = _fitted(z, weekday, found, kept, factors)
        p = _p(*_judged(z, fit, kept))
        again = known & ~(p < OUT_OF_LINE)
        if again.sum() < FEWEST_DAYS or (again == kept).all():
            break
        kept, factors = again, fit.factors
    return _told(z, weekday, kept, found, fit)


@dataclass(frozen=True, slots=True)
class _Fit:
    factors: Floats
    coefficients: Floats
    design: Floats
    mean: Floats
    scale: Floats
    inverse: Floats
    leverage: Floats
    squares: float
    freedom: float

    @property
    def s(self) -> float:
        """Standard deviation of a day, in units of ``scale``."""
        return max(float(np.sqrt(self.squares / max(self.freedom, 1.0))), 1.0)


def _first_factors(z: Floats, weekday: npt.NDArray[np.int64]) -> Floats:
    """Return weekdays relative to the seven days around them: medians, which holidays spare."""
    around = _windowed(z, WEEK, np.nanmean)
    ratio = z / around
    factors = np.array([np.nanmedian(ratio[weekday == day]) for day in range(WEEK)])
    return np.asarray(factors / factors.mean(), dtype=np.float64)


def _running_median(x: Floats) -> Floats:
    return _windowed(x, WINDOW, np.nanmedian)


def _windowed(x: Floats, width: int, summed: object) -> Floats:
    """Return ``summed`` of the days around each, fewer at the ends."""
    half = width // 2
    padded = np.concatenate([np.full(half, np.nan), x, np.full(half, np.nan)])
    around = np.lib.stride_tricks.sliding_window_view(padded, width)
    # An edge lacks one side of the week: its own 7 days are the nearest whole ones.
    empty = np.isnan(around).all(axis=1)
    filled = np.where(empty[:, None], np.nanmedian(x), around)
    return np.asarray(summed(filled, axis=1), dtype=np.float64)  # type: ignore[operator]


def _fitted(
    z: Floats, weekday: npt.NDArray[np.int64], found: Levels, kept: Flags, factors: Floats
) -> _Fit:
    """Fit levels and weekdays in turn, then take both for one linear problem."""
    design = found.design(len(z))
    scale = np.ones(len(z))
    for _ in range(_ROUNDS):
        weight = kept / scale
        rows = design * (factors[weekday] * weight)[:, None]
        level = design @ np.linalg.lstsq(rows, np.where(kept, z, 0.0) * weight, rcond=None)[0]
        over = np.bincount(weekday, level * np.where(kept, z, 0.0) * weight**2, WEEK)
        under = np.bincount(weekday, (level * weight) ** 2, WEEK)
        factors = np.where(under > 0, over / np.maximum(under, 1e-12), factors)
        factors = factors / factors.mean()
        scale = _scale(z, level * factors[weekday], kept, design.shape[1] + WEEK - 1)
    rows = design * (factors[weekday] * kept / scale)[:, None]
    coefficients = np.linalg.lstsq(rows, np.where(kept, z, 0.0) / scale, rcond=None)[0]
    level = design @ coefficients
    mean = level * factors[weekday]
    of_days = (weekday[:, None] == np.arange(WEEK)).astype(np.float64)
    free = of_days[:, :-1] - of_days[:, -1:]
    jacobian = np.column_stack([design * factors[weekday][:, None], free * level[:, None]])
    jacobian = jacobian / scale[:, None]
    inverse = np.linalg.pinv(jacobian[kept].T @ jacobian[kept])
    leverage = np.einsum("ij,jk,ik->i", jacobian, inverse, jacobian)
    counted = kept & (_count(mean, 1.0) >= 1)
    if counted.sum() < FEWEST_DAYS:
        counted = kept
    squares = float(np.sum(((z - mean) / scale)[counted] ** 2))
    freedom = float(np.sum((1 - leverage)[counted]))
    return _Fit(
        np.asarray(factors, dtype=np.float64),
        np.asarray(coefficients, dtype=np.float64),
        design,
        np.asarray(mean, dtype=np.float64),
        scale,
        np.asarray(inverse, dtype=np.float64),
        np.asarray(leverage, dtype=np.float64),
        squares,
        freedom,
    )


def _scale(z: Floats, mean: Floats, kept: Flags, fitted: int) -> Floats:
    """Return the standard deviation of each day up to s: of counts with variance m + k m^2."""
    counts = _count(mean, 1.0)
    left = float(np.sum((z - mean)[kept] ** 2)) / max(int(kept.sum()) - fitted, 1)
    busy = float(np.mean(counts[kept]))
    more = max(left - 1.0, 0.0) / max(busy, 1.0)
    return np.asarray(np.sqrt(1 + more * counts), dtype=np.float64)


def _judged(z: Floats, fit: _Fit, kept: Flags) -> tuple[Floats, Floats]:
    """Return Student's t of each day and its degrees of freedom."""
    error = (z - fit.mean) / fit.scale
    left = np.clip(1 - fit.leverage, 1e-9, None)
    without = np.clip(fit.squares - np.nan_to_num(error) ** 2 / left, 0.0, None)
    one_less = max(fit.freedom - 1, 1.0)
    own = np.maximum(np.sqrt(without / one_less), 1.0) * np.sqrt(left)
    new = fit.s * np.sqrt(1 + fit.leverage)
    t = np.where(kept, error / own, error / new)
    return t, np.where(kept, one_less, max(fit.freedom, 1.0))


def _p(t: Floats, freedom: Floats) -> Floats:
    from scipy.special import stdtr  # noqa: PLC0415  slow to import, and few reports need it

    return np.asarray(2 * stdtr(freedom, -np.abs(t)), dtype=np.float64)


def _told(
    z: Floats, weekday: npt.NDArray[np.int64], kept: Flags, found: Levels, fit: _Fit
) -> Expected:
    from scipy.special import stdtrit  # noqa: PLC0415

    known = ~np.isnan(z)
    t, freedom = _judged(z, fit, kept)
    # A kept day's own part is taken out of what is expected of it, as if it were new.
    own = np.where(kept, fit.leverage / np.clip(1 - fit.leverage, 1e-9, None), 0.0)
    mean = fit.mean - np.where(known, own * (z - fit.mean), 0.0)
    new = fit.s * fit.scale * np.sqrt(1 + fit.leverage)
    error = np.where(t != 0, np.abs(z - mean) / np.where(t != 0, np.abs(t), 1.0), new)
    error = np.where(known, error, np.nan)
    reach = stdtrit(freedom, 0.975) * error
    more = long_run(spread(np.nan_to_num(z / fit.factors[weekday]), kept)[1])
    steps = tuple(_step(number, start, fit, more) for number, start in enumerate(found.starts))
    return Expected(
        np.where(known, _count(mean, fit.s * fit.scale), np.nan),
        _end(mean - reach),
        _end(mean + reach),
        np.where(known, _p(t, freedom), np.nan),
        steps,
    )


def _count(mean: Floats, s: Floats | float) -> Floats:
    """Return the mean of y, whose root varies around ``mean``."""
    return np.clip((mean**2 + s**2) / 4 - _SHIFT, 0.0, None)


def _end(z: Floats) -> Floats:
    return np.clip(np.clip(z, 0.0, None) ** 2 / 4 - _SHIFT, 0.0, None)


def _step(number: int, start: int, fit: _Fit, more: float) -> Step:
    """Return a step, by the delta method: the mean of a week before and after, on its day."""
    from scipy.special import stdtrit  # noqa: PLC0415

    weights = np.zeros((2, len(fit.coefficients)))
    weights[0, number], weights[1, number + 1] = 1.0, 1.0
    weights[:, -1] = fit.design[start, -1]
    size = len(fit.coefficients)
    level = weights @ fit.coefficients
    variance = weights @ fit.inverse[:size, :size] @ weights.T * fit.s**2 * more
    week = float(np.mean(fit.factors**2))
    means = _count(level * np.sqrt(week), fit.s * fit.scale[[start - 1, start]])
    slopes = level * week / 2
    reach = float(stdtrit(max(fit.freedom, 1.0), 0.975))
    of_difference = np.array([-1.0, 1.0]) * slopes
    error = _error(of_difference, variance)
    difference = float(means[1] - means[0])
    safe = np.maximum(means, 1e-9)
    of_log = np.array([-1.0, 1.0]) * slopes / safe
    log_error = _error(of_log, variance)
    times = float(safe[1] / safe[0])
    return Step(
        start,
        float(means[0]),
        float(means[1]),
        difference - reach * error,
        difference + reach * error,
        times * float(np.exp(-min(reach * log_error, 50.0))) - 1,
        times * float(np.exp(min(reach * log_error, 50.0))) - 1,
    )


def _error(weights: Floats, variance: Floats) -> float:
    """Return the standard error of a weighted sum of what has this variance."""
    return float(np.sqrt(max(float(weights @ variance @ weights), 0.0)))
