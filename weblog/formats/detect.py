"""Which format a file is written in, told by its first lines, and by what evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from weblog.errors import FormatError
from weblog.formats.format import Format
from weblog.formats.known import GROUPS, NAMED, format_named
from weblog.formats.log_format import LogFormat
from weblog.formats.named import NamedFormat
from weblog.plugins import Listed

ENOUGH: Final = 0.1
"""The share of a file's first lines a format must fit to be taken for the file's."""

MIXED: Final = 0.02
"""The share of lines of another format from which a file is called mixed."""

SURE: Final = 1 - MIXED
"""The share from which a usual format is compared with its kin alone: it is nearly every file's."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A named format and the share of the lines that are surely of it."""

    name: str
    share: float
    explains: tuple[int, bool, int]
    """How many fields of a hit it fills, whether a sign of its own was seen, and how many
    places of the line it names."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What the first lines of a file tell of its format.

    Attributes:
        format: the one to read it by.
        best: its name and the share of the lines that surely are of it.
        lines: looked at.
        others: the other formats that fit a part of the lines, best first.
        mixed_with: formats of lines that the best does not fit; ``share`` is of all lines.
    """

    format: Format
    best: Candidate
    lines: int
    others: tuple[Candidate, ...] = ()
    mixed_with: tuple[Candidate, ...] = ()

    @property
    def name(self) -> str:
        """The name of the format."""
        return self.best.name

    @property
    def share(self) -> float:
        """The share of the lines that surely are of it."""
        return self.best.share

    @property
    def runner_up(self) -> Candidate | None:
        """The next best format, if another fits any line."""
        return self.others[0] if self.others else None

    @property
    def rivals(self) -> tuple[Candidate, ...]:
        """Formats that fit as many lines and tell as much: the lines do not say which it is."""
        return tuple(each for each in self.others if _is_rival(each, self.best))

    @property
    def is_ambiguous(self) -> bool:
        """Whether the lines fit another format as well, which reads them otherwise."""
        return bool(self.rivals)

    @property
    def why(self) -> str:
        """The evidence in a sentence, for people."""
        said = f"{self.name} ({self._of(self.share)} of the first {self.lines} lines"
        if self.rivals:
            said += f"; {_listed(self.rivals)} would fit as well"
        elif self.mixed_with:
            said += "".join(f"; {self._of(m.share)} are {m.name}" for m in self.mixed_with)
        elif self.runner_up:
            said += f"; also fits: {self.runner_up.name} {self._of(self.runner_up.share)}"
        return said + ")"

    @property
    def notes(self) -> list[str]:
        """What an operator should know: an ambiguous or mixed file, a zone nobody says."""
        notes = []
        if self.rivals:
            names = _listed((self.best, *self.rivals))
            notes.append(f"ambiguous: with --format, say which of {names} it is")
        notes += [
            f"mixed: {self._of(other.share)} of the first {self.lines} lines are {other.name}; "
            f"only those of {self.name} are read"
            for other in self.mixed_with
        ]
        if isinstance(self.format, LogFormat) and self.format.may_lack_zone:
            notes.append(f"its times say no zone and are read as UTC; else give {self.name}@ZONE")
        return notes

    def _of(self, share: float) -> int:
        return round(share * self.lines)


def _listed(candidates: Iterable[Candidate]) -> str:
    return ", ".join(each.name for each in candidates)


def _is_rival(other: Candidate, best: Candidate) -> bool:
    if other.share != best.share or other.explains[0] != best.explains[0]:
        return False
    has_sign = best.explains[1]
    refines = NAMED[best.name].refines if best.name in NAMED else ""
    return other.explains == best.explains or (has_sign and refines == other.name)


def detect(lines: Sequence[bytes], shown: str) -> Detection:
    """Return which named format most of ``lines``, the first of a file, are written in.

    The best fits most lines; of those that fit equally, the one that tells more fields of a hit,
    then one with a sign of its own, then the one that tells more places of the line, then the one
    that stands first in the registry. Formats of other packages are tried where none of them fits.

    Args:
        lines: without line ends, none of them blank.
        shown: what to call the file in the error.

    Raises:
        FormatError: none fits a tenth of them; says what the first line looks like.
    """
    found = _all_that_fit(lines)
    if not found or found[0].share < ENOUGH:
        return _of_packages(lines, shown)
    best, *others = found
    made = format_named(best.name)
    mixed = _mixed(made, others, lines) if best.share <= SURE else ()
    return Detection(made, best, len(lines), tuple(others), mixed)


def detect_format(lines: Sequence[bytes], shown: str) -> Format:
    """Return the format that :func:`detect` finds.

    Raises:
        FormatError: none fits a tenth of the lines.
    """
    return detect(lines, shown).format


def _of_packages(lines: Sequence[bytes], shown: str) -> Detection:
    """Return the format that an installed package adds, where nothing built in fits.

    So no package changes what a file was taken for without it.

    Raises:
        FormatError: none fits either; says which packages' formats could not be tried.
    """
    from weblog.formats.plugged import plugged_formats  # noqa: PLC0415  seldom needed

    listed = plugged_formats()
    made = {each.plugin.name: format_named(each.plugin.name) for each in listed if not each.fault}
    fitting = [
        Candidate(name, share, (len(set(one.fields) - {None}), False, len(one.fields)))
        for name, one in made.items()
        if (share := one.fit(lines)) >= ENOUGH
    ]
    if not fitting:
        raise _unknown(lines, shown, [each for each in listed if each.fault])
    best, *others = sorted(fitting, key=lambda c: (-c.share, *(-n for n in c.explains), c.name))
    return Detection(made[best.name], best, len(lines), tuple(others))


def _all_that_fit(lines: Sequence[bytes]) -> list[Candidate]:
    """Return the formats that fit any line, best first; only the kin of a usual one that is sure.

    Compiling a format takes longer than trying it, so that nearly every file needs one or two.
    """
    usual, *more = GROUPS
    found: list[Candidate] = []
    for row in usual:
        found += _candidates([row], lines)
        if found and found[-1].share > SURE:
            kin = (other for other in NAMED.values() if other.refines == row.name)
            return _ranked([*found, *_candidates(kin, lines)])
    return _ranked([*found, *_candidates((row for rows in more for row in rows), lines)])


def _candidates(rows: Iterable[NamedFormat], lines: Sequence[bytes]) -> list[Candidate]:
    shares = ((row, share_of(row, lines)) for row in rows)
    return [Candidate(row.name, share, explains(row)) for row, share in shares if share]


def _ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    order = {name: i for i, name in enumerate(NAMED)}
    return sorted(candidates, key=lambda c: (-c.share, *(-n for n in c.explains), order[c.name]))


def _mixed(
    best: Format, others: Iterable[Candidate], lines: Sequence[bytes]
) -> tuple[Candidate, ...]:
    """Return the formats of lines that the best one does not fit."""
    left = [line for line in lines if not best.fit([line])]
    mixed = []
    for other in others:
        share = share_of(NAMED[other.name], left) * len(left) / len(lines)
        if share >= MIXED:
            mixed.append(replace(other, share=share))
            left = [line for line in left if not format_named(other.name).fit([line])]
    return tuple(mixed)


def share_of(row: NamedFormat, lines: Sequence[bytes]) -> float:
    """Return the share of lines that are surely of a named format, 0 to 1."""
    if not lines:
        return 0.0
    telling = [line for line in lines if _telling(row.telling).search(line)]
    return _compiled(row).fit(telling) * len(telling) / len(lines) if telling else 0.0


@cache
def _compiled(row: NamedFormat) -> Format:
    return format_named(row.name)


@cache
def _telling(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode())


@cache
def explains(row: NamedFormat) -> tuple[int, bool, int]:
    """Return how many fields of a hit it fills, whether it has a sign, and how many places."""
    fields = format_named(row.name).fields
    filled = {field for field in fields if field is not None}
    return len(filled), bool(row.telling), len(fields)


def _unknown(lines: Sequence[bytes], shown: str, broken: Iterable[Listed]) -> FormatError:
    first = repr(lines[0][:100])[1:] if lines else "nothing"
    return FormatError(
        "",
        f"{shown}: no known format fits its first {len(lines)} lines; the first is {first}",
        "If it is an access log, give its LogFormat with --format or in site.toml "
        "(log_format); if not, leave it out."
        + "".join(
            f" Not tried: {each.plugin.name} of package {each.plugin.package} ({each.fault})."
            for each in broken
        ),
    )
