"""What the store knows of each source: its identity, and how far each table has got.

Hits, rejects and ledger each carry a mark per source: the byte offset up to which its lines
are in that table, in the same commit as the lines. The ledger is committed last, so its
mark is the least; reading starts there, and each table leaves out what lies before its
own mark. A process that dies between two of the commits has therefore lost nothing and
counts nothing twice. Table sources, committed first, carries the length of the first lines
it knows the source by: two logs that begin alike, met by two processes at once, would else
both be given one identity.

The books are read once per run, and kept up by it. Where another process writes the same source
meanwhile, the marks differ at the commit, which is refused: nothing is counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from weblog.sources import Head, KnownSource, digest, new_identity, recognised
from weblog.sources.identity import Prefix
from weblog.store import Store

MARKED = ("sources", "hits", "rejects", "ledger")
"""The tables that carry a mark per source, in the order they are committed."""


@dataclass
class Account:
    """One source: how far it has got.

    What was committed and what was read are told apart, because reading runs ahead:
    ``marks`` are the byte offsets committed per table (None: nothing yet); ``offset`` and
    ``lines`` are how far it was read, ``tail`` the hash of the ``tail_length`` bytes before
    that, and ``header`` what the format needs to read on (:class:`weblog.parse.Parsed`).
    ``written`` is what the store knows of the source (None: nothing yet).
    """

    known: KnownSource
    path: str
    marks: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(MARKED))
    offset: int = 0
    lines: int = 0
    tail_length: int = 0
    tail: str = field(default_factory=lambda: digest(b""))
    written: KnownSource | None = None
    header: bytes = b""

    @property
    def log_source(self) -> str:
        """The identity of the source."""
        return self.known.log_source

    def met(self, head: Head, path: str) -> None:
        """Note that the source was met again, perhaps with more first lines than before."""
        self.path = path
        if len(head.prefixes) > len(self.known.head.prefixes):
            self.known = replace(self.known, head=head)

    def row(self, known: KnownSource, now: datetime) -> dict[str, object]:
        """Return the source's row of table sources, as ``known`` tells it."""
        return {
            "log_source": self.log_source,
            "path": self.path,
            "log_format": known.log_format,
            "prefixes": known.head.to_json(),
            "seen_at": now,
        }


@dataclass
class Books:
    """The accounts of all sources: as the store had them, and as this run moves them on.

    Add to ``accounts`` by :meth:`add`: a bucket has sources by the ten thousand, and asking each
    whether it is the one would take longer than reading it.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    _by_last: dict[Prefix, list[Account]] = field(default_factory=dict)
    _by_any: dict[Prefix, list[Account]] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store) -> Books:
        """Read the books of ``store``."""
        # Backwards, so that no row of a later table is met whose source is not yet known.
        tables = {name: store.head(name) for name in reversed(MARKED)}
        marks = {name: table.marks(name) for name, table in tables.items()}
        books = cls()
        # A source's newest row is the one that knows most of its first lines.
        rows = tables["sources"].scan("sources").sort("seen_at").collect()
        for row in rows.to_dicts():
            head = Head.from_json(row["prefixes"])
            known = KnownSource(row["log_source"], head, row["log_format"])
            own = {name: marks[name].get(known.log_source) for name in MARKED}
            offset = own["ledger"] or 0
            account = Account(known, row["path"], own, offset, written=known)
            books.add(account)
        ledger = tables["ledger"].scan("ledger").sort("to_offset").group_by("log_source")
        last = ledger.agg(pl.col("lines").sum(), pl.last("tail_length", "tail", "header"))
        for row in last.collect().to_dicts():
            account = books.accounts[row["log_source"]]
            account.lines = row["lines"]
            account.tail_length, account.tail = row["tail_length"], row["tail"]
            account.header = row["header"] or b""
        return books

    def add(self, account: Account) -> None:
        """Add the account of a source, in place of what there was of it."""
        self.accounts[account.log_source] = account
        self._enter(account)

    def _enter(self, account: Account) -> None:
        prefixes = account.known.head.prefixes
        for prefix in prefixes:
            self._by_any.setdefault(prefix, []).append(account)
        for prefix in prefixes[-1:]:
            self._by_last.setdefault(prefix, []).append(account)

    def met(self, account: Account, head: Head, path: str) -> None:
        """Note that a source was met again, perhaps with more first lines than before."""
        before = account.known
        account.met(head, path)
        if account.known is not before:
            self._enter(account)

    def account(self, head: Head) -> Account | None:
        """Return the account of the source that begins like ``head``, if it is known."""
        # Of two versions of one log the shorter one's last prefix is among the longer one's.
        near = [each for prefix in head.prefixes for each in self._by_last.get(prefix, ())]
        near += [each for prefix in head.prefixes[-1:] for each in self._by_any.get(prefix, ())]
        of_name = {each.log_source: self.accounts[each.log_source] for each in near}
        found = recognised(head, (account.known for account in of_name.values()))
        return None if found is None else self.accounts[found.log_source]

    def opened(self, head: Head, begins: str, path: str, log_format: str) -> Account:
        """Open the account of a source nobody has seen."""
        known = KnownSource(new_identity(head, begins, self.accounts), head, log_format)
        account = Account(known, path)
        self.add(account)
        return account
