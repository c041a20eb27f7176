"""Formats that a run met before: tried first on the next small log, at a tenth of the cost.

Detection tries every named format on every first line, since any may be the one. Of ten thousand
small logs of one load balancer, nearly all are of the format of the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from weblog.formats.csv_lines import CsvFormat
from weblog.formats.detect import Detection, explains, share_of
from weblog.formats.known import GROUPS, NAMED
from weblog.formats.named import NamedFormat

TRIED: Final = 9
"""Lines that are tried of each log, among them the first and the last."""

KEPT: Final = 4
"""Formats that are kept in mind."""


class Seen:
    """The formats a run has met, the last one first."""

    def __init__(self) -> None:
        self._met: list[Detection] = []

    def remember(self, detection: Detection) -> None:
        """Keep a format in mind that fitted all of a log, and that no other could be.

        But none that the first line alone tells from others, as a CSV file's does.
        """
        if detection.share < 1 or detection.rivals or isinstance(detection.format, CsvFormat):
            return
        others = [each for each in self._met if each.name != detection.name]
        self._met = [detection, *others][:KEPT]

    def again(self, lines: Sequence[bytes]) -> Detection | None:
        """Return the format of a log's first lines where it is one that was met before.

        None where that is not sure: a line that is tried does not fit, or another format that
        would be preferred fits as well.

        Args:
            lines: without line ends, none of them blank.
        """
        if not lines:
            return None
        tried = [*lines[: TRIED - 1], lines[-1]]
        for detection in self._met:
            row = NAMED[detection.name]
            if share_of(row, tried) < 1:
                continue
            # One that fits fewer lines is not preferred, so one line that does not fit is enough,
            # but where lines are told by a header.
            asked = tried if tried[0].startswith(b"#") else tried[-1:]
            if any(share_of(other, asked) == 1 for other in _preferred(row)):
                return None
            self._met.remove(detection)
            self._met.insert(0, detection)
            return replace(detection, lines=len(lines), others=())
        return None


@cache
def _preferred(row: NamedFormat) -> tuple[NamedFormat, ...]:
    """Return the formats that detection prefers to this one, or cannot tell from it."""
    own, usual = explains(row), GROUPS[0]
    return tuple(
        other
        for other in NAMED.values()
        if other is not row and (other in usual or explains(other)[0] >= own[0])
    )
