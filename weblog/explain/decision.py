"""One decision on a line: what was decided, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from weblog.site.rules import Site


@dataclass(frozen=True, slots=True)
class Decision:
    """What one step made of a line.

    Attributes:
        step: the step, such as ``client`` or ``agent``.
        what: what was decided, such as ``country``.
        value: what came out, None if nothing.
        why: the rule, list or setting that decided, in words.
    """

    step: str
    what: str
    value: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was parsed: its row of fields, the hit it becomes, and the site's rules."""

    row: pl.DataFrame
    hit: Mapping[str, Any]
    site: Site

    def field(self, name: str) -> str | None:
        """Return a field as logged; None where the log has ``-``, nothing or no such field."""
        if name not in self.row.columns:
            return None
        value = self.row[name].cast(pl.String).item()
        return None if value in ("-", "") else value


def text(value: object) -> str | None:
    """Return a value as people read it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
