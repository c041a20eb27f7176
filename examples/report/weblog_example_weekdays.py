"""On which days of the week do people come and convert? A report with its page."""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.extending import (
    EVERYTHING,
    SMALL,
    ColumnSpec,
    ColumnWords,
    Filters,
    OwnReport,
    Page,
    Report,
    Words,
    ask,
    axis,
    colours,
    layout,
)  # fmt: skip

NAMES = {"en": "Mon Tue Wed Thu Fri Sat Sun".split(), "ko": "월 화 수 목 금 토 일".split()}
COLUMNS = (
    ColumnSpec("weekday", pl.Int8(), "", "Day of the week, 1 (Monday) to 7"),
    ColumnSpec("sessions", pl.Int64(), "count", "Sessions that began on it"),
    ColumnSpec("converted", pl.Int64(), "count", "Of these, sessions that reached a goal"),
    ColumnSpec("rate", pl.Float64(), "rate", "converted / sessions"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions: no conclusion"),
)


def weekdays(source: Any, filters: Filters = EVERYTHING) -> Report:
    """Count sessions by day of the week, and those that converted, Monday first."""
    asked = ask(source, filters, ("date", "conversions"))
    sessions, converted = pl.len().cast(pl.Int64), (pl.col("conversions") > 0).sum()
    frame = (
        asked.sessions.group_by(weekday=pl.col("date").dt.weekday())
        .agg(sessions=sessions, converted=converted.cast(pl.Int64))
        .with_columns(
            rate=pl.col("converted") / pl.col("sessions"), small=pl.col("sessions") < SMALL
        )
        .sort("weekday")
    )
    return asked.answer("weekdays", frame)


def figure(frame: pl.DataFrame, language: str = "en", theme: str = "light") -> dict[str, Any]:
    """Draw a bar for each day of the week."""
    names = [NAMES[language][day - 1] for day in frame["weekday"]]
    bars = {"type": "bar", "x": names, "y": frame["sessions"].to_list(),
            "marker": {"color": colours(theme).accent}}  # fmt: skip
    return {"data": [bars], "layout": layout(theme, xaxis=axis(theme), yaxis=axis(theme))}


REPORT = OwnReport(
    weekdays, figure, COLUMNS,
    title=Words("Days of the week", "요일별 방문"),
    question=Words("On which days do people come?", "사람들은 무슨 요일에 오나요?"),
    words={
        "weekday": ColumnWords("Weekday", "요일", "요일, 1(월요일)부터 7까지"),
        "sessions": ColumnWords("Sessions", "세션", "그 요일에 시작된 세션"),
        "converted": ColumnWords("Converted", "전환 세션", "그중 목표를 달성한 세션"),
        "rate": ColumnWords("Conversion rate", "전환율", "전환 세션 ÷ 세션"),
        "small": ColumnWords("Few", "표본 적음", "결론을 내리기에는 세션이 너무 적음"),
    },
    page=Page(bars=("sessions",)),
)  # fmt: skip
