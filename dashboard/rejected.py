"""What was rejected, as a report: the shapes ``weblog rejects`` tells, without any line itself.

Lines are written by strangers and may hold names or addresses: those who may see them read
them with ``weblog rejects``.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

import reports
from reports import ask
from reports.spec import ColumnSpec, ReportSpec
from weblog.rejects.chosen import chosen_rejects
from weblog.rejects.shapes import shapes
from weblog.store import Snapshot, Store

COLUMNS: Final = (
    ColumnSpec("reason", pl.String(), "", "Why lines of this shape cannot be parsed"),
    ColumnSpec("lines", pl.Int64(), "count", "Rejected lines of this shape"),
    ColumnSpec("shape", pl.String(), "", "What the lines look like, letters and digits replaced"),
    ColumnSpec("advice", pl.String(), "", "What to do, where something is known of it"),
    ColumnSpec("advice_ko", pl.String(), "", "The same in Korean"),
)

LIMIT: Final = 20


def rejected(
    source: Store | Snapshot,
    filters: reports.Filters = reports.Filters(),  # noqa: B008  frozen
) -> reports.Report:
    """Tell the shapes of the lines that could not be parsed, the commonest first.

    Rejected lines have no day that could be read: no filter applies.

    Raises:
        StoreError: the store cannot be read.
    """
    asked = ask.ask(source, filters)
    found = shapes(chosen_rejects(asked.snapshot), LIMIT)
    found = found.with_columns(advice_ko=in_korean(pl.col("advice")))
    frame = found.select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    return reports.Report("rejected", frame, asked.query, asked.snapshot.key, asked.query.warnings)


def in_korean(advice: pl.Expr) -> pl.Expr:
    """Return what `weblog.rejects.advice` says in Korean; the command it names stays as it is."""
    known = advice.replace(_KOREAN)
    return known.str.replace(r"^looks like (\S+): (`.+`)$", "${1} 형식으로 보입니다: ${2}")


_KOREAN: Final = {
    "longer than any server writes; only its first 64 KiB are kept": (
        "어떤 서버도 쓰지 않을 만큼 긴 행입니다. 처음 64 KiB만 보관합니다"
    ),
    "cut off: the log was copied while it was being written, or the disk was full": (
        "잘린 행: 로그를 쓰는 중에 복사했거나 디스크가 가득 찼습니다"
    ),
    "binary: a write that was torn apart, or no log at all": (
        "이진 데이터: 쓰기가 중간에 끊겼거나 로그가 아닙니다"
    ),
    "of the format, but its time is none: a damaged line, or a clock gone wrong": (
        "형식은 맞지만 시각이 아닙니다: 행이 손상되었거나 시계가 잘못되었습니다"
    ),
    "of the format, but its status, bytes or duration is no number: damaged, or "
    "another column than the format says": (
        "형식은 맞지만 상태, 바이트 또는 시간이 숫자가 아닙니다: 행이 손상되었거나 열이 다릅니다"
    ),
    "well written, but of no request: a message of the server's own": (
        "요청이 없는 행입니다: 서버가 쓴 메시지입니다"
    ),
    "before any line that names the columns: give them with --format "
    '\'w3c:{"fields":"date time ..."}\', or csv: with columns': (
        "열 이름을 적은 행보다 앞에 있습니다: --format "
        '\'w3c:{"fields":"date time ..."}\' 또는 csv:에 열을 적어 주세요'
    ),
    "TLS on a plain port: a client spoke https where http is expected": (
        "일반 포트에 온 TLS: http 포트에 https로 접속했습니다"
    ),
    "zero bytes: the machine stopped while the log was being written": (
        "0바이트가 이어짐: 로그를 쓰는 중에 서버가 멈췄습니다"
    ),
    "a line of Apache's error log": "Apache 오류 로그의 행입니다",
    "a line of nginx's error log": "nginx 오류 로그의 행입니다",
    "a line of a program's error message": "프로그램 오류 메시지의 행입니다",
}
"""What is known of rejected lines, in English and Korean."""


def _no_figure(*_: Any, **__: Any) -> dict[str, Any]:
    raise NotImplementedError("what was rejected is told in a table")


REJECTED: Final = ReportSpec("rejected", "rejected", rejected, _no_figure, COLUMNS)
