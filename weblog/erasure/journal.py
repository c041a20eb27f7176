"""The journal of an erasure under way: what kill -9 in the middle must not make us forget.

Once a person's hits are gone, nothing in the store tells any more which browsers were theirs.
So what is to be erased is written down before the first row goes, in a file that only the
store's owner can read, and that is the last thing to go. Whoever finds it completes it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from weblog.erasure.person import Person
from weblog.errors import StoreError, shown_path
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
    file = store.folder / JOURNAL
    try:
        told = json.loads(file.read_text("utf-8"))
        lines = {source: (hits, rejects) for source, (hits, rejects) in told["lines"].items()}
        return Journal(**{**told, "person": Person.from_json(told["person"]), "lines": lines})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        advice = f"Remove {JOURNAL} and ask for the erasure again."
        raise StoreError(
            shown_path(store.folder), f"{JOURNAL} is damaged ({error})", advice
        ) from None


def forget(store: Store) -> None:
    """Destroy the journal: its bytes, as far as the disk lets us, then the file."""
    shred(store.folder / JOURNAL)
