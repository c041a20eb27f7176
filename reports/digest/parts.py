"""What a digest is made of: texts, already in its language, and figures still to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of a report, as people read them.

    ``right`` says which columns are numbers, ``more`` how many rows are left out, ``small`` which
    rows are too few for a conclusion.
    """

    header: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    small: tuple[bool, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """One report: its title and question, the answer in sentences, figure, table, warnings.

    ``marks`` say what is marked on days of the figure.
    """

    name: str
    title: str
    question: str
    period: str
    answer: tuple[str, ...]
    figure: dict[str, Any] | None
    table: Table
    warnings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """Several reports under one title. ``notes`` are about the whole, such as a missing browser."""

    title: str
    site: str
    period: str
    language: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
