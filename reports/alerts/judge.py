"""Whether an alert's condition holds, from readings alone: no store, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, sqrt
from statistics import fmean, variance
from typing import Final, Literal

from reports.alerts.anomaly import DETECTOR, Detector
from reports.alerts.reading import Reading
from weblog.site.alerts import Alert

FEWEST: Final = 3
"""Earlier windows it takes to say what is usual."""

Status = Literal["firing", "ok", "unknown"]
Facts = Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds. ``code`` and ``facts`` say why (:data:`reports.alerts.texts.REASONS`).

    ``unknown`` is neither: what was the case before goes on.
    """

    status: Status
    code: str
    value: float | None = None
    expected: float | None = None
    facts: Facts = field(default_factory=dict, hash=False)


def judge(
    rule: Alert, now: Reading | None, before: Sequence[Reading] = (), detector: Detector = DETECTOR
) -> Verdict:
    """Judge what a rule watches.

    Args:
        rule: the condition.
        now: over its window; None where the report has no such row.
        before: over the same weekdays in the weeks before, the latest first; those without a value
            or with too few cases do not count.
        detector: of anomalies.
    """
    if now is None or now.value is None or now.is_small:
        return _unjudged(now)
    if rule.change is None and not rule.anomaly:
        return _by_limits(rule, now.value)
    known = [each for each in before if each.value is not None and not each.is_small]
    if len(known) < FEWEST:
        lacking = {"weeks": len(known), "needed": FEWEST}
        return Verdict("unknown", "history", now.value, facts=lacking)
    if rule.change is not None:
        return _by_change(rule, now, known)
    found = detector(now.value, [_value(each) for each in known], now.unit)
    facts = {"low": found.low, "high": found.high, "weeks": len(known)}
    status: Status = "firing" if found.is_odd else "ok"
    code = "anomaly" if found.is_odd else "usual"
    return Verdict(status, code, now.value, found.expected, facts)


def _unjudged(now: Reading | None) -> Verdict:
    if now is None:
        return Verdict("unknown", "no_row")
    if now.is_small and now.denominator is None:
        return Verdict("unknown", "small_row", now.value)
    if now.is_small:
        return Verdict("unknown", "few", now.value, facts={"n": now.denominator or 0})
    return Verdict("unknown", "no_value")


def _by_limits(rule: Alert, value: float) -> Verdict:
    if rule.above is not None and value > rule.above:
        return Verdict("firing", "above", value, facts={"limit": rule.above})
    if rule.below is not None and value < rule.below:
        return Verdict("firing", "below", value, facts={"limit": rule.below})
    return Verdict("ok", "within", value)


def _by_change(rule: Alert, now: Reading, before: Sequence[Reading]) -> Verdict:
    expected, error = usual(now, before)
    difference = _value(now) - expected
    facts: dict[str, float | int] = {"weeks": len(before)}
    if rule.percent is not None:
        if expected == 0:
            return Verdict("unknown", "nothing_before", now.value, expected, facts)
        size, limit = 100 * difference / abs(expected), rule.percent
        facts["percent"] = size
    else:
        if not error:  # neither a count nor a rate, and the same each week
            return Verdict("unknown", "no_spread", now.value, expected, facts)
        size = difference / error
        limit = rule.errors or inf
        facts |= {"errors": size, "error": error}
    beyond = {"rise": size > limit, "fall": size < -limit, "either": abs(size) > limit}
    fires = beyond[rule.change or "either"]
    code = "percent" if rule.percent is not None else "errors"
    return Verdict("firing" if fires else "ok", code if fires else "usual", now.value, expected,
                   facts)  # fmt: skip


def usual(now: Reading, before: Sequence[Reading]) -> tuple[float, float]:
    """Return what is expected of ``now``, and the standard error of that prediction.

    With m the mean and s the standard deviation of the n values before, the error is
    s sqrt(1 + 1/n), as of a normal prediction interval (Hahn and Meeker (1991), "Statistical
    intervals", 4.8). s is taken as not less than chance alone would make it: sqrt(m) of a count
    (Poisson), sqrt(p (1 - p) / trials) of a rate (binomial), p being all successes before
    divided by all trials.
    """
    values = [_value(each) for each in before]
    expected = fmean(values)
    least = 0.0
    if now.unit == "count":
        least = max(expected, 1.0)
    trials = sum(each.denominator or 0 for each in before)
    if now.unit == "rate" and now.denominator and trials:
        expected = sum(each.numerator or 0 for each in before) / trials
        least = max(expected * (1 - expected), 1 / trials) / now.denominator
    return expected, sqrt(max(variance(values), least) * (1 + 1 / len(values)))


def _value(reading: Reading) -> float:
    assert reading.value is not None  # noqa: S101  those without are left out before
    return reading.value
