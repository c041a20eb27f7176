"""A few records people write by hand, in one small file of the store's folder.

Readers take no lock: the file is replaced as a whole. Writers change it one by one, each what
the one before it left, whatever process or thread they are in; a crash leaves it as it was.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from weblog.errors import StoreError, WeblogError, shown_path
from weblog.remote.place import RemotePath
from weblog.store.layout import one_by_one, write_atomically

Record = dict[str, Any]
"""JSON-able, with an ``id``."""

Kind = TypeVar("Kind")

TURNS_TEXT: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""Marks that turn the direction of text, so that it reads as what it is not."""


class WrittenError(WeblogError):
    """What somebody wrote cannot be kept.

    Facts: ``what`` it is, ``code`` (empty, too_long, signs, too_many, taken, people,
    span), and the most there
    may be.
    """

    exit_code = 2

    def __init__(self, what: str, code: str, most: int = 0) -> None:
        super().__init__(what, code, most)
        self.what = what
        self.code = code
        self.most = most

    def build(self, *facts: object) -> str:
        """Say what was expected."""
        what, code, most = facts
        return {
            "empty": f"the {what} is empty: write something",
            "too_long": f"the {what} is longer than {most} characters: write less",
            "signs": f"the {what} has control characters or marks that turn its direction: "
            "write plain text on one line",
            "too_many": f"there are {most} of them already: remove some first",
            "taken": f"the {what} is taken already: choose another",
            "people": f"a {what} of single customers or browsers is not saved: "
            "an erasure could not find it",
            "span": f"the {what} ends before it begins: expected the first day first",
        }[str(code)]


def one_line(text: str, what: str, longest: int) -> str:
    """Return a text without blanks around it.

    Markup and formulas are text like any other: who shows them must show them as text.

    Raises:
        WrittenError: it is empty, too long, or has signs that are not to be seen.
    """
    found = unicodedata.normalize("NFC", text).strip() if len(text) <= 4 * longest else text
    if not found:
        raise WrittenError(what, "empty")
    if len(found) > longest:
        raise WrittenError(what, "too_long", longest)
    if any(sign in TURNS_TEXT or unicodedata.category(sign) in _UNSEEN for sign in found):
        raise WrittenError(what, "signs")
    if all(unicodedata.category(sign) in _FORMAT for sign in found):
        raise WrittenError(what, "empty")
    return found


_UNSEEN: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_FORMAT: Final = frozenset({"Cf", "Zs"})


@dataclass(frozen=True, slots=True)
class RecordBook:
    """Records in ``file``; ``mode`` is who can read them."""

    file: Path
    mode: int = 0o644

    def read(self) -> list[Record]:
        """Return all records, in the order they were written.

        Raises:
            StoreError: the file is damaged.
        """
        try:
            found = json.loads(self.file.read_text("utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise self.damaged(error) from None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.damaged("no list of records")
        return found

    def read_as(self, kind: Callable[[Record], Kind]) -> list[Kind]:
        """Return all records as ``kind`` reads each.

        Raises:
            StoreError: the file is damaged.
        """
        try:
            return [kind(record) for record in self.read()]
        except (KeyError, TypeError, ValueError) as error:
            raise self.damaged(error) from None

    def change(self, change: Callable[[list[Record]], list[Record]]) -> None:
        """Replace the records by what ``change`` makes of them; others wait meanwhile.

        Raises:
            StoreError: the file is damaged.
        """
        if isinstance(self.file, RemotePath):
            self._change_in_bucket(self.file, change)
            return
        with one_by_one(self._lock):
            told = change(self.read())
            write_atomically(self.file, json.dumps(told, ensure_ascii=False, indent=1), self.mode)

    def _change_in_bucket(
        self, file: RemotePath, change: Callable[[list[Record]], list[Record]]
    ) -> None:
        """Write only in place of what was read, as often as others are faster."""
        while True:
            is_first = not file.is_file()
            mode: Any = "create" if is_first else {"e_tag": file.tagged()[1]}
            # Read after its tag was asked for: what came between makes the writing fail.
            text = json.dumps(change(self.read()), ensure_ascii=False, indent=1)
            if file.put(text.encode(), mode=mode) is not None:
                return

    def set_aside(self, kind: Callable[[Record], object]) -> Path | None:
        """Move the file out of the way if it is damaged; return where to, None if it is not.

        For records that can be begun anew: of two who find it damaged, the second leaves what the
        first has begun. ``kind`` reads a record, as for :meth:`read_as`.
        """
        aside = self.file.with_name(f"{self.file.stem}.damaged{self.file.suffix}")
        if isinstance(self.file, RemotePath):
            return self.file.rename(aside) if self._is_damaged(kind) else None
        with one_by_one(self._lock):
            return self.file.replace(aside) if self._is_damaged(kind) else None

    def _is_damaged(self, kind: Callable[[Record], object]) -> bool:
        try:
            self.read_as(kind)
        except StoreError:
            return True
        return False

    @property
    def _lock(self) -> Path:
        return self.file.with_name(f".{self.file.stem}.lock")

    def damaged(self, problem: object) -> StoreError:
        """Return the error that says so."""
        return StoreError(
            shown_path(self.file.parent),
            f"{self.file.name} is damaged ({problem})",
            "Restore it from a backup, or remove that file.",
        )
