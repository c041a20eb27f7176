"""Erase a person from every table, from the files behind them and from their old versions.

The steps, each of which may be repeated, so that a run that was killed is completed by the
next one (:mod:`weblog.erasure.journal`):

1. the journal: who, and how many lines of which log;
2. every table of :data:`weblog.schema.TABLES`, each in one transaction;
3. the ledger, which accounts for the lines as *erased*;
4. sessions and visitors of the others, made anew (given as a function: it is another layer's);
5. all older versions: files, commits, checkpoints;
6. the search for what must not be found any more;
7. the receipt, its hash in table ``erasures``, and the journal goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from weblog.classify import keyed
from weblog.erasure.journal import JOURNAL, Journal, forget, new_number, pending, tidy
from weblog.erasure.person import Person
from weblog.erasure.receipt import receipt_of, written
from weblog.erasure.rows import concerned, without
from weblog.erasure.search import Searched, search
from weblog.rejects.settling import settle
from weblog.schema import ERASURES, LEDGER, TABLES, Table
from weblog.sources import digest
from weblog.store import Store
from weblog.store.rewrite import File, files_of, forget_history, read_file, rewrite

MARK: Final = "erasure"
"""Mark of every table: the number of the last erasure that dealt with it."""

Update = Callable[[], object]
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased: ``tables`` names those that lost rows or words, ``receipt`` the file."""

    number: str
    lines: int
    tables: Mapping[str, Mapping[str, int]]
    searched: Searched
    receipt: Path
    sha256: str

    @property
    def rows(self) -> int:
        """Rows removed from all tables."""
        return sum(counts["removed"] for counts in self.tables.values())


def begin(
    store: Store,
    person: Person,
    asked: Mapping[str, list[str]],
    folder: Path,
    now: datetime,
) -> Journal:
    """Write down what is to be erased; nothing is erased yet.

    From now on :func:`erase` alone may write: others are refused.

    Args:
        store: the store, whose lock is held exclusively.
        person: everything that is the person's.
        asked: the ids that were asked for, by what they are.
        folder: where the receipt goes.
        now: the time.
    """
    settle(store)  # a line is a hit or a reject, never both: else it would be counted twice
    hashed = keyed(store.visitor_key)
    hashes = {kind: [hashed(f"{kind}\n{each}") for each in ids] for kind, ids in asked.items()}
    number = new_number(now)
    mark = max(_mark(store, name) for name in TABLES) + 1
    begun = now.isoformat(timespec="seconds")
    journal = Journal(number, begun, mark, hashes, person, {}, {}, str(folder))
    journal.write(store)
    return journal


def erase(
    store: Store,
    journal: Journal,
    update: Update,
    step: Step | None = None,
    *,
    beside: Sequence[Path] = (),
) -> Erasure:
    """Erase what the journal says, and write the receipt.

    Args:
        store: the store, whose lock is held exclusively.
        journal: of :func:`begin`, or one that :func:`weblog.erasure.pending` found.
        update: makes sessions and visitors agree with the hits again, and what is made of them
            anew; and publishes.
        step: told what is being done.
        beside: folders outside of the store that hold what was made of it: searched, too.

    Raises:
        StoreError: a table cannot be read or written; run it again.
    """
    tell = step or (lambda _: None)
    store.pin()
    tell("lines")
    journal = _counted(store, journal)
    for table in TABLES.values():
        if table.name != "ledger" and _mark(store, table.name) < journal.mark:
            tell(f"table {table.name}")
            journal = _from_table(store, table, journal)
    _account(store, journal)
    tell("sessions and visitors of the others")
    update()
    store.publish()
    tell("old versions")
    files = {name: len(forget_history(store.delta(name))) for name in TABLES}
    tell("search")
    tidy(store)
    person = journal.person
    searched = search(store.folder, person.sought, person.ids, JOURNAL)
    for folder in beside:
        searched = searched.and_of(folder, search(folder, person.sought, person.ids, JOURNAL))
    now = datetime.now(UTC)
    versions = store.head().versions
    receipt = receipt_of(journal, searched, files, versions, now)
    path, sha256 = written(receipt, Path(journal.folder), journal.number)
    removed = {name: counts for name, counts in journal.done.items() if any(counts.values())}
    done = Erasure(journal.number, _total(journal), removed, searched, path, sha256)
    _note(store, done, now)
    store.publish()
    forget(store)
    return done


def _from_table(store: Store, table: Table, journal: Journal) -> Journal:
    """Take the person out of one table, and write down in the journal what it lost."""
    delta, person = store.delta(table.name), journal.person
    counts = {"removed": 0, "changed": 0, "files": 0, "version": delta.version()}
    columns = concerned(table.schema)

    def is_concerned(file: File) -> bool:
        rows = read_file(delta, table, file, columns)
        return not without(rows, person).is_same

    def change(rows: pl.DataFrame) -> pl.DataFrame:
        left = without(rows, person)
        counts["removed"] += left.removed.height
        counts["changed"] += left.changed
        return left.kept

    def ready(files: int) -> None:
        # Before the commit: after a kill nobody could count what is gone.
        counts["files"] = files
        journal.with_done(table.name, counts).write(store)

    rewrite(delta, table, is_concerned, change, {MARK: journal.mark}, ready=ready)
    return journal.with_done(table.name, counts)


def _counted(store: Store, journal: Journal) -> Journal:
    """Count the lines that hits and rejects are to lose, and write that down.

    What a table has lost already, before a kill, was counted before it went. What has not gone
    is counted again: lines may have been read since.
    """
    lines = {source: [*counts] for source, counts in journal.lines.items()}
    for place, name in enumerate(("hits", "rejects")):
        if _mark(store, name) >= journal.mark:
            continue
        for counts in lines.values():
            counts[place] = 0
        for source, count in _lines_of(store, TABLES[name], journal.person).items():
            lines.setdefault(source, [0, 0])[place] = count
    found = {source: (hits, rejects) for source, (hits, rejects) in lines.items()}
    journal = replace(journal, lines=found)
    journal.write(store)
    return journal


def _lines_of(store: Store, table: Table, person: Person) -> dict[str, int]:
    """Return how many lines of each log a table loses with the person."""
    total: Counter[str] = Counter()
    delta, columns = store.delta(table.name), concerned(table.schema)
    for file in files_of(delta, table):
        gone = without(read_file(delta, table, file, columns), person).removed
        total.update(dict(gone.group_by("log_source").len().rows()))
    return dict(total)


def _account(store: Store, journal: Journal) -> None:
    """Say in the ledger which lines are neither hits nor rejects any more."""
    before = store.mark("ledger", MARK)
    if (before or 0) >= journal.mark:
        return
    rows = [
        {
            "log_source": source,
            "from_offset": 0,
            "to_offset": 0,
            "from_line": 0,
            "lines": 0,
            "hits": -hits,
            "rejects": -rejects,
            "skipped": 0,
            "skipped_by": None,
            "erased": hits + rejects,
            "header": None,
            "tail_length": 0,
            "tail": digest(b""),
            "committed_at": datetime.now(UTC),
        }
        for source, (hits, rejects) in sorted(journal.lines.items())
    ]
    frame = pl.DataFrame(rows, schema=LEDGER.schema)
    store.append_marked("ledger", frame, {MARK: journal.mark}, {MARK: before})


def _note(store: Store, done: Erasure, now: datetime) -> None:
    """Write the erasure down in table ``erasures``: once, with the hash of its last receipt."""
    row = {
        "erasure": done.number,
        "erased_at": now,
        "lines": done.lines,
        "rows": done.rows,
        "receipt": done.sha256,
    }
    store.upsert("erasures", pl.DataFrame([row], schema=ERASURES.schema))


def _mark(store: Store, table: str) -> int:
    return store.mark(table, MARK) or 0


def _total(journal: Journal) -> int:
    return sum(hits + rejects for hits, rejects in journal.lines.values())


__all__ = ["Erasure", "begin", "erase", "pending"]
