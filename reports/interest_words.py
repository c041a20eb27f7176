"""What a comparison of those who looked with those who did not says, in a plain sentence."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers

NOTE: Final = {
    "en": "An association: it does not show that looking makes people buy.",
    "ko": "연관일 뿐이며, 조회가 구매의 원인이라는 뜻은 아닙니다.",
}


def sentences(frame: pl.DataFrame, language: str) -> pl.Series:
    """Return a sentence for each row of :func:`reports.interest_to_purchase`.

    Raises:
        UnknownNameError: no such language.
    """
    tell = _korean if numbers.check_language(language) == "ko" else _english
    return pl.Series("sentence", [tell(row) for row in frame.to_dicts()], dtype=pl.String)


def _english(row: dict[str, Any]) -> str:
    who = f"{row['segment']} customers" if row["segment"] else "customers"
    days, product = row["days"], row["product"]
    looked, others = row["viewers"], row["others"]
    if not looked or not others:
        side = "looked at" if not looked else "did not look at"
        return (
            f"No {who} who {side} {product} could be followed for {days} days: nothing to compare."
        )
    first = (
        f"Of {looked:,} {who} who looked at {product}, {row['viewers_bought']:,} "
        f"({_rate(row, 'viewed')}) bought it within {days} days; of {others:,} who did not look, "
        f"{row['others_bought']:,} ({_rate(row, 'others')}) did."
    )
    low, high = row["difference_low"], row["difference_high"]
    if row["small"]:
        second = "Too few for a conclusion."
    elif not row["beyond_chance"]:
        second = "The difference may be chance."
    else:
        more = "more" if row["difference"] > 0 else "fewer"
        size = f"{abs(row['difference']) * 100:.1f}"
        ends = " to ".join(f"{end * 100:+.1f}" for end in (low, high))
        second = f"That is {size} percentage points {more} (95 % interval {ends})."
    return f"{first} {second} {NOTE['en']}"


def _korean(row: dict[str, Any]) -> str:
    who = f"{row['segment']} 고객" if row["segment"] else "고객"
    days, product = row["days"], row["product"]
    looked, others = row["viewers"], row["others"]
    if not looked or not others:
        side = "조회한" if not looked else "조회하지 않은"
        return (
            f"{product} 상품을 {side} {who} 중 {days}일 동안 지켜본 사람이 없어 비교할 수 없습니다."
        )
    first = (
        f"{product} 상품을 조회한 {who} {looked:,}명 중 {row['viewers_bought']:,}명"
        f"({_rate(row, 'viewed')})이 {days}일 안에 구매했고, 조회하지 않은 {others:,}명 중에서는 "
        f"{row['others_bought']:,}명({_rate(row, 'others')})이 구매했습니다."
    )
    low, high = row["difference_low"], row["difference_high"]
    if row["small"]:
        second = "결론을 내리기에는 표본이 너무 적습니다."
    elif not row["beyond_chance"]:
        second = "이 차이는 우연일 수 있습니다."
    else:
        more = "높습니다" if row["difference"] > 0 else "낮습니다"
        size = f"{abs(row['difference']) * 100:.1f}"
        ends = " ~ ".join(f"{end * 100:+.1f}" for end in (low, high))
        second = f"조회한 쪽이 {size}%p {more}(95% 신뢰구간 {ends})."
    return f"{first} {second} {NOTE['ko']}"


def _rate(row: dict[str, Any], side: str) -> str:
    return numbers.rate(row[f"{side}_rate"])
