"""A value and what it is compared with are told alike where that reads well."""

from __future__ import annotations

import pytest

from reports.figures import numbers


@pytest.mark.parametrize(
    ("value", "before", "language", "expected"),
    [
        (230_400_000, 91_784_000, "ko", ("₩2.3억", "₩0.9억")),
        (230_400_000, 41_784_000, "ko", ("₩2.3억", "₩4,178만")),  # 0.4억 would tell too little
        (230_400_000, 191_784_000, "ko", ("₩2.3억", "₩1.9억")),
        (110_400_000, 91_784_000, "ko", ("₩1.1억", "₩0.9억")),
        (91_784_000, 110_400_000, "ko", ("₩0.9억", "₩1.1억")),
        (12_340_000, 9_124_000, "ko", ("₩1,234만", "₩912만")),
        (1_100_000, 918_000, "en", ("₩1.1M", "₩0.9M")),
        (12_000, 9_400, "ko", ("₩1.2만", "₩9,400")),
        (110_400_000, 0, "ko", ("₩1.1억", "₩0")),
        (110_400_000, None, "ko", ("₩1.1억", "–")),
    ],
)
def test_amounts(
    value: float, before: float | None, language: str, expected: tuple[str, str]
) -> None:
    pair = (value, before)
    shown = tuple(numbers.money(one, language, "KRW", beside=pair) for one in pair)
    assert shown == expected


@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [
        (12_840, 9_412, ("12.8K", "9.4K")),
        (12_840, 4_412, ("12.8K", "4.4K")),
        (12_840, 412, ("12.8K", "412")),
        (9_998, 9_412, ("9,998", "9,412")),
        (999_970, 800_000, ("1.0M", "0.8M")),
    ],
)
def test_counts(value: float, before: float, expected: tuple[str, str]) -> None:
    pair = (value, before)
    assert tuple(numbers.shown(one, "count", beside=pair) for one in pair) == expected
