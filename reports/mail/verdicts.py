"""What a mailing did, in a plain sentence: what was seen, how sure it is, what it would take."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from reports.figures import numbers

NOTE: Final = {
    "en": "Nobody was held out by lot: an observation, no effect can be told from it.",
    "ko": "추첨으로 제외한 고객이 없어 관찰 결과일 뿐, 효과는 알 수 없습니다.",
}


ALONE: Final = 0.05
"""What p would count as beyond chance if nothing else were compared."""


def sentences(frame: pl.DataFrame, language: str) -> pl.Series:
    """Return a sentence for each row of :func:`reports.mailing_effect`.

    Raises:
        UnknownNameError: no such language.
    """
    tell = _korean if numbers.check_language(language) == "ko" else _english
    return pl.Series("sentence", [tell(row) for row in frame.to_dicts()], dtype=pl.String)


def _english(row: dict[str, Any]) -> str:
    days = "1 day" if row["days"] == 1 else f"{row['days']} days"
    if row["days_seen"] < row["days"]:
        days = f"the {row['days_seen']} of {row['days']} days that are over"
    written = "customer" if row["written"] == 1 else "customers"
    who = f"{row['written']:,} {written}{_named_english(row)} written to"
    did = f"{row['written_converted']:,} ({_rate(row, 'written')}) {_did_english(row)}"
    first = f"Of {who}, {did} within {days}"
    if row["verdict"] == "observational":
        return f"{first}. {NOTE['en']}"
    other = "held out" if row["against"] == "held_out" else "sent another version"
    first += (
        f"; of {row['control']:,} {other}, {row['control_converted']:,} "
        f"({_rate(row, 'control')}) did."
    )
    return f"{first} {_second_english(row)}"


def _second_english(row: dict[str, Any]) -> str:
    if row["verdict"] == "too few":
        return "Too few for a conclusion."
    points = f"{abs(row['difference']) * 100:.1f} percentage points"
    ends = " to ".join(f"{row[f'difference_{end}'] * 100:+.1f}" for end in ("low", "high"))
    if row["verdict"] == "not shown":
        least, size = row["detectable"], row["needed_written"]
        told = f"The difference may be chance (95 % interval {ends} points)."
        if row["p"] is not None and row["p"] <= ALONE:
            told = (
                f"Alone the difference would count (95 % interval {ends} points), but among this "
                "many rows it may be chance."
            )
        if least is not None:
            told += f" Groups of this size show a lift of {least * 100:.1f} points or more"
            if size is not None:
                told += (
                    f"; to show the {row['difference'] * 100:+.1f} seen would take {size:,} "
                    f"written to and {row['needed_control']:,} held out"
                )
            told += "."
        return told if row["against"] == "held_out" else told.replace("held out", "with another")
    more = "more" if row["difference"] > 0 else "fewer"
    told = f"That is {points} {more} (95 % interval {ends})"
    if row["against"] != "held_out":
        return f"{told}."
    return f"{told}, about {abs(row['extra']):,.0f} customers because of the mailing."


def _did_english(row: dict[str, Any]) -> str:
    outcome = row["outcome"]
    if outcome == "product" and row["product"]:
        return f"bought {row['product']}"
    if outcome in {"product", "purchase"}:
        return "bought something"
    if outcome == "visit":
        return "visited the site, logged in,"
    return f"reached the goal {row['goal']}" if row["goal"] else "reached a goal"


def _named_english(row: dict[str, Any]) -> str:
    if row["by"] is None:
        return ""
    name = row["name"] or "unknown"
    return f" ({row['by'].replace('_', ' ')}: {name})"


def _korean(row: dict[str, Any]) -> str:
    days = f"{row['days']}일 안에"
    if row["days_seen"] < row["days"]:
        days = f"{row['days']}일 중 지난 {row['days_seen']}일 안에"
    did = _did_korean(row)
    first = (
        f"발송 고객{_named_korean(row)} {row['written']:,}명 중 {row['written_converted']:,}명"
        f"({_rate(row, 'written')})이 {days} {did}했"
    )
    if row["verdict"] == "observational":
        return f"{first}습니다. {NOTE['ko']}"
    other = "추첨으로 제외한" if row["against"] == "held_out" else "다른 버전을 받은"
    first += (
        f"고, {other} {row['control']:,}명 중에서는 {row['control_converted']:,}명"
        f"({_rate(row, 'control')})이 {did}했습니다."
    )
    return f"{first} {_second_korean(row)}"


def _second_korean(row: dict[str, Any]) -> str:
    if row["verdict"] == "too few":
        return "결론을 내리기에는 표본이 너무 적습니다."
    ends = " ~ ".join(f"{row[f'difference_{end}'] * 100:+.1f}" for end in ("low", "high"))
    if row["verdict"] == "not shown":
        least, size = row["detectable"], row["needed_written"]
        told = f"이 차이는 우연일 수 있습니다(95% 신뢰구간 {ends}%p)."
        if row["p"] is not None and row["p"] <= ALONE:
            told = (
                f"이 행만 보면 차이가 있지만(95% 신뢰구간 {ends}%p), 여러 행을 함께 비교하면 "
                "우연일 수 있습니다."
            )
        if least is not None:
            told += f" 이 규모로는 {least * 100:.1f}%p 이상의 상승만 확인할 수 있습니다."
            if size is not None:
                other = "제외" if row["against"] == "held_out" else "다른 버전"
                told += (
                    f" 관찰된 {row['difference'] * 100:+.1f}%p를 확인하려면 발송 {size:,}명, "
                    f"{other} {row['needed_control']:,}명이 필요합니다."
                )
        return told
    more = "높습니다" if row["difference"] > 0 else "낮습니다"
    told = f"{abs(row['difference']) * 100:.1f}%p {more}(95% 신뢰구간 {ends})"
    if row["against"] != "held_out":
        return f"{told}."
    return f"{told}. 메일로 달라진 고객은 약 {abs(row['extra']):,.0f}명입니다."


def _did_korean(row: dict[str, Any]) -> str:
    outcome = row["outcome"]
    if outcome == "product" and row["product"]:
        return f"{row['product']} 상품을 구매"
    if outcome in {"product", "purchase"}:
        return "구매"
    if outcome == "visit":
        return "로그인해 방문"
    return f"목표 {row['goal']}을(를) 달성" if row["goal"] else "목표를 달성"


def _named_korean(row: dict[str, Any]) -> str:
    return "" if row["by"] is None else f"({row['name'] or '알 수 없음'})"


def _rate(row: dict[str, Any], side: str) -> str:
    return numbers.rate(row[f"{side}_rate"])
