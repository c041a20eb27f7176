"""The journal of an erasure under way: what kill -9 in the middle must not make us forget.

Once a person's hits are gone, nothing in the store tells any more which browsers were theirs.
So what is to be erased is written down before the first row goes, in a file that only the
store's owner can read, and that is the last thing to go. Until then nobody else may write
(:func:`refuse_if_pending`); :func:`weblog.erasure.erase` completes it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from weblog.erasure.person import Person
from weblog.errors import ErasureCutShortError, StoreError, shown_path
from weblog.store import Store
from weblog.store.layout import shred, write_atomically

JOURNAL: Final = "erasing.json"


@dataclass(frozen=True, slots=True)
class Journal:
    """One erasure: its ``number``, the ``mark`` that tables get with it, and whom it concerns.

    ``asked`` are the keyed hashes of what was asked for. ``done`` holds what each table that
    was dealt with lost: rows removed, rows changed, files replaced, and its version before.
    """

    number: str
    begun: str
    mark: int
    asked: dict[str, list[str]]
    person: Person
    lines: dict[str, tuple[int, int]]
    done: dict[str, dict[str, int]]
    folder: str

    def with_done(self, table: str, counts: dict[str, int]) -> Journal:
        """Return the journal with one more table dealt with."""
        return replace(self, done={**self.done, table: counts})

    def write(self, store: Store) -> None:
        """Write it to the store."""
        told = {
            "number": self.number,
            "begun": self.begun,
            "mark": self.mark,
            "asked": self.asked,
            "person": self.person.to_json(),
            "lines": self.lines,
            "done": self.done,
            "folder": self.folder,
        }
        write_atomically(store.folder / JOURNAL, json.dumps(told, ensure_ascii=False), mode=0o600)


def new_number(now: datetime) -> str:
    """Return the number of an erasure that begins now."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def pending(store: Store) -> Journal | None:
    """Return the erasure that was cut short in ``store``, if there is one.

    Raises:
        StoreError: its journal is damaged.
    """
    try:
        text = (store.folder / JOURNAL).read_text("utf-8")
        if not text.strip("\0"):
            return None  # all was done: only removing the destroyed journal was not
        told = json.loads(text)
        lines = {source: (hits, rejects) for source, (hits, rejects) in told["lines"].items()}
        return Journal(**{**told, "person": Person.from_json(told["person"]), "lines": lines})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        advice = f"Remove {JOURNAL} and ask for the erasure again."
        raise StoreError(
            shown_path(store.folder), f"{JOURNAL} is damaged ({error})", advice
        ) from None


def refuse_if_pending(store: Store) -> None:
    """Keep whoever is about to write out of a store in which an erasure was cut short.

    Call it with the store's lock held: an erasure that is at work holds it, too, and is none
    that was cut short.

    Raises:
        ErasureCutShortError: one was.
        StoreError: its journal is damaged.
    """
    journal = pending(store)
    if journal is not None:
        raise ErasureCutShortError(shown_path(store.folder), journal.number, journal.begun)


def tidy(store: Store) -> None:
    """Destroy what a journal left behind whose writing was killed: it tells of people, too."""
    for file in store.folder.glob(f".new-{JOURNAL}-*"):
        shred(file)


def forget(store: Store) -> None:
    """Destroy the journal: its bytes, as far as the disk lets us, then the file."""
    shred(store.folder / JOURNAL)
