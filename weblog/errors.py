"""The one exception tree: what, where, what was expected, what to do.

Every class carries its facts as attributes and builds its own message, so the
command line can print it without a traceback and a program can read the facts.
All of them survive pickling, because they cross process borders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path


def did_you_mean(word: str, known: list[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the known word nearest to ``word``, or nothing."""
    near = nearest(word, known)
    return f" Did you mean {near!r}?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like ``word``, whatever the case of their letters."""
    spelled = {each.casefold(): each for each in sorted(known)}
    near = get_close_matches(word.casefold(), spelled, n=1)
    return spelled[near[0]] if near else None


class WeblogError(Exception):
    """Root of every error a user can cause or mend.

    ``exit_code`` is the code the command line leaves with (docs/command-line.md lists them).
    """

    exit_code = 1

    def __init__(self, *facts: object) -> None:
        super().__init__(*facts)  # the facts are args: that alone makes pickling work
        self.message = self.build(*facts)

    def build(self, *facts: object) -> str:
        """Make the message from the facts."""
        return " ".join(str(fact) for fact in facts)

    def __str__(self) -> str:
        return self.message


class UsageError(WeblogError):
    """An argument or option that cannot be used as it is."""

    exit_code = 2


class SiteError(WeblogError):
    """``site.toml`` is wrong; carries every fault at once.

    Facts: ``path`` of the file and ``faults``, a list of (where, value, what was expected).
    """

    exit_code = 3

    def __init__(self, path: str, faults: list[tuple[str, str, str]]) -> None:
        super().__init__(path, faults)
        self.path = path
        self.faults = faults

    def build(self, *facts: object) -> str:
        """Name the file, then one line per fault."""
        path, faults = facts
        assert isinstance(faults, list)  # noqa: S101
        count = len(faults)
        lines = [f"{path}: {count} {'fault' if count == 1 else 'faults'} in the site rules."]
        for where, value, expected in faults:
            shown = f" is {value}" if value else ""
            lines.append(f"  {where}{shown}: {expected}")
        return "\n".join(lines)


class RulesError(SiteError):
    """``rules.toml`` is wrong; carries every fault at once. Facts: as of site rules."""

    def build(self, *facts: object) -> str:
        """Name the file, then one line per fault."""
        return super().build(*facts).replace(" in the site rules.", " in the rules.", 1)


class RulesOddError(WeblogError):
    """Rules contradict each other or themselves (`weblog rules check`). Facts: path, how many."""

    exit_code = 14

    def __init__(self, path: str, count: int) -> None:
        super().__init__(path, count)
        self.path = path
        self.count = count

    def build(self, *facts: object) -> str:
        """Say how many, and that they stand above."""
        path, count = facts
        return f"{path}: {count} {'mistake' if count == 1 else 'mistakes'}, said above."


class SourceError(WeblogError):
    """A log source cannot be read. Facts: the path and what is wrong with it."""

    exit_code = 4

    def __init__(self, path: str, problem: str, advice: str = "") -> None:
        super().__init__(path, problem, advice)
        self.path = path
        self.problem = problem
        self.advice = advice

    def build(self, *facts: object) -> str:
        """Say path, problem and advice in one line."""
        path, problem, advice = facts
        return f"{path}: {problem}." + (f" {advice}" if advice else "")


class DatabaseError(SourceError):
    """A database cannot be reached, or answers with an error. Facts: as of a source.

    Its URL is shown without the password.
    """


class FormatError(WeblogError):
    """A log format that cannot be compiled, or that most of a source's lines do not fit.

    ``log_format`` is empty where none was given and no known one fits.
    """

    exit_code = 5

    def __init__(self, log_format: str, problem: str, advice: str = "") -> None:
        super().__init__(log_format, problem, advice)
        self.log_format = log_format
        self.problem = problem

    def build(self, *facts: object) -> str:
        """Say format, problem and advice."""
        log_format, problem, advice = facts
        where = f"log format {log_format!r}: " if log_format else ""
        return f"{where}{problem}." + (f" {advice}" if advice else "")


class StoreError(WeblogError):
    """The store is missing, not a store, or written by an incompatible version."""

    exit_code = 6

    def __init__(self, path: str, problem: str, advice: str = "") -> None:
        super().__init__(path, problem, advice)
        self.path = path
        self.problem = problem

    def build(self, *facts: object) -> str:
        """Say which store, what is wrong with it and what to do."""
        path, problem, advice = facts
        return f"store {path}: {problem}." + (f" {advice}" if advice else "")


class TimeZoneError(WeblogError):
    """The site's time zone is not the one the store's days are of.

    Facts: ``path`` of the store, the zone ``stored`` and the one ``asked`` for.
    """

    exit_code = 6

    def __init__(self, path: str, stored: str, asked: str) -> None:
        super().__init__(path, stored, asked)
        self.path = path
        self.stored = stored
        self.asked = asked

    def build(self, *facts: object) -> str:
        """Name both zones and what to do."""
        path, stored, asked = facts
        return (
            f"store {path}: its days are those of {stored}, the site rules say {asked}. "
            f'Put `time_zone = "{stored}"` back into site.toml, '
            f"or read the logs into a new store (--store DIR) to have days of {asked}."
        )


class ConcurrentIngestError(WeblogError):
    """Two ingests wrote the same source at once; this one stepped back. Facts: source, tries."""

    exit_code = 7

    def __init__(self, source: str, tries: int) -> None:
        super().__init__(source, tries)
        self.source = source

    def build(self, *facts: object) -> str:
        """Say which source and that running again is safe."""
        source, tries = facts
        return (
            f"{source}: another ingest is writing this source (gave up after {tries} tries). "
            "Nothing was counted twice; run the command again when the other one has ended."
        )


class LockedError(WeblogError):
    """The store is in use by others who cannot be worked beside, and waiting did not help.

    Facts: ``path`` of the store, the ``purpose`` it was wanted for, and its ``holders`` as text.
    """

    exit_code = 11

    def __init__(self, path: str, purpose: str, holders: list[str]) -> None:
        super().__init__(path, purpose, holders)
        self.path = path
        self.purpose = purpose
        self.holders = holders

    def build(self, *facts: object) -> str:
        """Say who is in the way, and that nothing was done."""
        path, purpose, holders = facts
        assert isinstance(holders, list)  # noqa: S101
        whom = "; ".join(map(str, holders)) or "a process that has just let go of it"
        return (
            f"store {path}: {purpose} must wait for: {whom}. "
            "Nothing was done; run it again when they have ended."
        )


class ErasureCutShortError(WeblogError):
    """An erasure was killed half-way: nobody else may write until it is completed.

    What it has taken out of one table is still in another, and the books do not tell of it yet:
    who writes between would count lines twice, or bring the person back.

    Facts: ``path`` of the store, ``number`` of the erasure, and when it was ``begun`` (ISO 8601).
    """

    exit_code = 13

    def __init__(self, path: str, number: str, begun: str) -> None:
        super().__init__(path, number, begun)
        self.path = path
        self.number = number
        self.begun = begun

    def build(self, *facts: object) -> str:
        """Say which erasure, and the command that completes it."""
        path, number, begun = facts
        return (
            f"store {path}: erasure {number}, begun at {begun}, was cut short. Nothing else is "
            f"written before it is complete: run `weblog erase --store {path}` (with your --site; "
            "nobody need be named again), then this."
        )


class TableError(WeblogError):
    """A register or campaign table has rows that cannot be used.

    Facts: file and faults, a list of (row, column, value, what was expected).
    """

    exit_code = 8

    def __init__(self, path: str, faults: list[tuple[str, str, str]]) -> None:
        super().__init__(path, faults)
        self.path = path
        self.faults = faults

    def build(self, *facts: object) -> str:
        """Name the file, then one line per fault."""
        path, faults = facts
        assert isinstance(faults, list)  # noqa: S101
        lines = [f"{path}: {len(faults)} {'fault' if len(faults) == 1 else 'faults'}."]
        lines += [f"  {where} is {value}: {expected}" for where, value, expected in faults]
        return "\n".join(lines)


class RowsLeftOutError(WeblogError):
    """Some rows of an export cannot be used and were left out; the others were loaded.

    Facts: ``source`` of the export, how many rows were left out (``bad``), of how many ``rows``.
    """

    exit_code = 12

    def __init__(self, source: str, bad: int, rows: int) -> None:
        super().__init__(source, bad, rows)
        self.source = source
        self.bad = bad
        self.rows = rows

    def build(self, *facts: object) -> str:
        """Say how many, and what to do."""
        source, bad, rows = facts
        return (
            f"{source}: {bad:,} of {rows:,} {'row' if rows == 1 else 'rows'} left out. "
            "Mend them there and load it again; --bad-rows FILE writes them all down."
        )


class SeveralErrors(WeblogError):  # noqa: N818
    """Several errors, told at once; leaves with the code of the first. Facts: the errors."""

    def __init__(self, errors: list[WeblogError]) -> None:
        super().__init__(errors)
        self.errors = errors
        self.exit_code = errors[0].exit_code

    def build(self, *facts: object) -> str:
        """Give each message its own lines."""
        (errors,) = facts
        assert isinstance(errors, list)  # noqa: S101
        return "\n".join(str(error) for error in errors)


def raise_all(errors: Sequence[WeblogError]) -> None:
    """Raise what there is: nothing, the only error, or :class:`SeveralErrors`."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise SeveralErrors(list(errors))


class UnknownNameError(WeblogError):
    """A name that is none of the allowed ones (a report, a column, a segment, a format)."""

    exit_code = 2

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        super().__init__(kind, name, known)
        self.kind = kind
        self.name = name
        self.known = known

    def build(self, *facts: object) -> str:
        """Say the name, the allowed ones, and the nearest."""
        kind, name, known = facts
        assert isinstance(known, list)  # noqa: S101
        return (
            f"no {kind} is called {name!r}.{did_you_mean(str(name), known)} "
            f"Known: {', '.join(known) or 'none'}."
        )


class QueryError(WeblogError):
    """A question that cannot be answered as put: SQL that fails, dates the wrong way round."""

    exit_code = 9


class UnknownCustomerError(QueryError):
    """Nothing is known of a customer by a day. Facts: the id and the day."""

    def __init__(self, customer_id: str, day: date) -> None:
        super().__init__(customer_id, day)
        self.customer_id = customer_id
        self.day = day

    def build(self, *facts: object) -> str:
        """Say who, and by when."""
        customer_id, day = facts
        return (
            f"no customer {customer_id!r} is known before {day}: neither the register nor a "
            "session or a purchase before that day names one"
        )


def shown_path(path: str | Path) -> str:
    """Return a path as people type it: relative to here when it lies below."""
    if "://" in str(path):
        return str(path)
    try:
        return str(Path(path).resolve().relative_to(Path.cwd()))
    except (ValueError, OSError, RuntimeError):  # elsewhere; too long; links in a circle
        return str(path)


class AddressError(WeblogError):
    """Nothing can listen where it was asked to. Facts: host, port, the problem."""

    exit_code = 10

    def __init__(self, host: str, port: int, problem: str, advice: str = "") -> None:
        super().__init__(host, port, problem, advice)
        self.host = host
        self.port = port
        self.problem = problem
        self.advice = advice

    def build(self, *facts: object) -> str:
        """Say which address, what is wrong with it, and what to do."""
        host, port, problem, advice = facts
        return f"cannot listen on {host} port {port}: {problem}." + (f" {advice}" if advice else "")
