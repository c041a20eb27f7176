"""A digest as plain text, for mail programs that show nothing else, and for searching."""

from __future__ import annotations

import unicodedata

from reports.digest.parts import Digest, Section, Table
from reports.digest.words import word


def plain(digest: Digest, *, with_pdf: bool = False) -> str:
    """Return the text."""
    head = [digest.title, f"{digest.site} · {digest.period}", *(f"! {n}" for n in digest.notes)]
    closing = [word("pdf_too", digest.language)] if with_pdf else []
    closing.append(word("sent_by", digest.language, site=digest.site))
    blocks = [
        head,
        *(_section(each, digest.language) for each in digest.sections),
        ["--", *closing],
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _section(section: Section, language: str) -> list[str]:
    return [
        section.title,
        "=" * width(section.title),
        section.question,
        section.period,
        "",
        *section.answer,
        *section.marks,
        "",
        *_table(section.table, language),
        *(f"! {warning}" for warning in section.warnings),
    ]


def _table(table: Table, language: str) -> list[str]:
    if not table.rows:
        return []
    rows = [table.header]
    for values, small in zip(table.rows, table.small, strict=True):
        first, *others = values
        rows.append((f"{first} *" if small else first, *others))
    widths = [max(width(row[i]) for row in rows) for i in range(len(table.header))]
    lines = []
    for row in rows:
        cells = (_padded(*each) for each in zip(row, widths, table.right, strict=True))
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * each for each in widths))
    if table.more:
        lines.append(word("more_rows", language, count=f"{table.more:,}"))
    if any(table.small):
        lines.append(word("small", language))
    return [*lines, ""]


def _padded(text: str, to: int, right: bool) -> str:
    space = " " * (to - width(text))
    return space + text if right else text + space


def width(text: str) -> int:
    """Return how many columns a text takes: Korean letters take two.

    >>> width("방문 12")
    7
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
