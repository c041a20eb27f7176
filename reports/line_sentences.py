"""What an account of lines says of the last day and of all, in plain sentences."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from reports.figures import numbers
from weblog.schema import KINDS

BEFORE: Final = 4
"""So many weeks before are looked at for the same day of the week."""

_DAYS: Final = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ko": ("월요일", "화요일", "수요일", "목요일", "금요일", "토요일", "일요일"),
}

_JUDGED: Final = {
    "en": (
        "fewer than on any of them, so a log may be missing",
        "as many as on such a day",
        "more than on any of them",
    ),
    "ko": (
        "그보다 적으므로 로그가 빠졌을 수 있습니다",
        "그 범위 안입니다",
        "그보다 많습니다",
    ),
}
"""What a day is that has fewer, as many, or more page views than those it is compared with."""


def with_sentences(frame: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of :func:`reports.reconciliation` with what they say in words.

    The last day of the period has a sentence, with its page views beside those of the same
    weekday of four weeks before (``kinds``: ``date`` and a count per kind, of all days), and so
    has the total; all other rows have none.
    """
    last = frame.filter(pl.col("part") == "day").tail(1).to_dicts()
    total = frame.filter(pl.col("part") == "total").to_dicts()
    texts = {
        language: {
            **{("day", row["date"]): _of_day(row, kinds, language) for row in last},
            **{("total", row["date"]): _of_all(row, language) for row in total},
        }
        for language in _DAYS
    }
    said = [
        {
            "part": part,
            "date": day,
            **{f"sentence_{name}": texts[name][part, day] for name in texts},
        }
        for part, day in texts["en"]
    ]
    schema = {
        "part": pl.String,
        "date": pl.Date,
        "sentence_en": pl.String,
        "sentence_ko": pl.String,
    }
    return frame.join(
        pl.DataFrame(said, schema=schema),
        on=["part", "date"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def _of_day(row: dict[str, Any], kinds: pl.DataFrame, language: str) -> str:
    day: date = row["date"]
    weekday = _DAYS[language][day.weekday()]
    weeks = [day - timedelta(weeks=week) for week in range(1, BEFORE + 1)]
    usual = kinds.filter(pl.col("date").is_in(weeks)).sort("date")["page"].to_list()
    least, most = (min(usual), max(usual)) if usual else (0, 0)
    page, lines = row["page"], row["lines"]
    others = lines - page - row["static"] - row["bot"] - row["internal"] - row["error"]
    if language == "ko":
        said = (
            f"마지막 날 {day:%Y.%m.%d}({weekday}): {lines:,}행이 모두 설명됩니다. "
            f"페이지뷰 {page:,}, 파일 {row['static']:,}, 봇 {row['bot']:,}, "
            f"사내 {row['internal']:,}, 오류 {row['error']:,}, 그 밖에 {others:,}."
        )
        if not usual:
            return f"{said} 비교할 이전 {weekday}이 없습니다."
        judged = _judged(page, usual, language)
        before = f"이전 {len(usual)}번의 {weekday}은 페이지뷰 {least:,}~{most:,}"
        return f"{said} {before}: {judged}."
    said = (
        f"{weekday}, {numbers.day(day)} {day.year}, the last day: each of {lines:,} lines is "
        f"accounted for: page views {page:,}, files {row['static']:,}, robots {row['bot']:,}, own "
        f"staff {row['internal']:,}, errors {row['error']:,}, others {others:,}."
    )
    if not usual:
        return f"{said} There is no earlier {weekday} to compare it with."
    judged = _judged(page, usual, language)
    before = f"The {weekday} before" if len(usual) == 1 else f"The {len(usual)} {weekday}s before"
    between = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    return f"{said} {before} had {between} page views: {judged}."


def _judged(value: int, usual: list[int], language: str) -> str:
    less, within, more = _JUDGED[language]
    if value < min(usual):
        return less
    return more if value > max(usual) else within


def _of_all(row: dict[str, Any], language: str) -> str:
    lines, rejects, skipped = row["lines"], row["rejects"], row["skipped"]
    lost = lines - sum(row[name] for name in (*KINDS, "rejects", "skipped", "erased"))
    share = numbers.rate(rejects / lines) if lines else numbers.UNKNOWN
    if language == "ko":
        said = (
            f"지금까지 읽은 {lines:,}행 가운데 {rejects:,}행({share})은 해석할 수 없어 거부했고 "
            f"{skipped:,}행은 규칙에 따라 제외했습니다."
        )
        kept = (
            "나머지는 모두 저장되어 있습니다"
            if lost == 0
            else f"{lost:,}행의 행방을 알 수 없습니다"
        )
        return f"{said} {kept}."
    said = (
        f"Of all {lines:,} lines ever read, {rejects:,} ({share}) could not be read and were "
        f"rejected, and {skipped:,} were left out by a rule."
    )
    kept = "Every other line is stored" if lost == 0 else f"{lost:,} lines are not accounted for"
    return f"{said} {kept}."
