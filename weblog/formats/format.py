"""What every log format can do, whatever its family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Format(Protocol):
    """One way to write a log: frozen, hashable and picklable.

    Families are classes of their own (:class:`weblog.formats.LogFormat` for strings of Apache
    and nginx); :data:`weblog.parse.parse.PARSERS` names the parser of each.
    """

    @property
    def text(self) -> str:
        """The format written out: :func:`weblog.formats.format_named` makes it of this again.

        It is kept with the source, so that what was begun with a format goes on with it.
        """

    @property
    def fields(self) -> tuple[str | None, ...]:
        """What it can fill of a hit (None: read and dropped): detection prefers who tells more."""

    def fit(self, lines: Sequence[bytes]) -> float:
        """Return the share of ``lines`` that are surely of this format, 0 to 1.

        Args:
            lines: first lines of a source, without line ends, none of them blank.
        """
