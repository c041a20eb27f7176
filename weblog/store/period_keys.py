"""Keys of the visitor hash that count for a day, week or month, and are then destroyed.

Each is drawn at random, and nothing else tells it: once it is gone, nobody, whatever else he
holds, can say which visitors of two periods were one browser, or which address a visitor had.
Keys lie in folder ``visitor-keys`` of the store, readable by its owner alone.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from weblog.errors import StoreError, shown_path
from weblog.remote.place import RemotePath
from weblog.store.layout import shred, written_beside

FOLDER: Final = "visitor-keys"
_SUFFIX: Final = ".key"
_GONE: Final = ".gone-"
_LONGEST: Final = {"daily": 1, "weekly": 7, "monthly": 31}
"""Days a period has at most."""


@dataclass(frozen=True, slots=True)
class PeriodKeys:
    """The keys of periods of one sort (``daily``, ``weekly``, ``monthly``) of a store.

    A key is kept for ``kept_days`` after its period has ended or, where that is later, after it
    was drawn: lines that come later than that are hashed with a new key, as new visitors.
    """

    folder: Path
    salt: str
    kept_days: int

    def __call__(self, periods: Iterable[date]) -> Mapping[date, bytes]:
        """Return the key of each period, named by its first day; drawn where there is none.

        Raises:
            StoreError: a key cannot be read or written.
        """
        self.destroy_old(datetime.now(UTC))
        return {first: self._key(first) for first in periods}

    def destroy_old(self, now: datetime) -> None:
        """Destroy the keys whose time is over; those of other sorts, too."""
        for file in (self.folder / FOLDER).glob(f"[a-z]*-*{_SUFFIX}"):
            salt, _, first = file.stem.partition("-")
            ended = date.fromisoformat(first) + timedelta(days=_LONGEST.get(salt, 31))
            try:
                drawn = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
                if (now.date() - max(ended, drawn)).days >= self.kept_days:
                    # Out of the way first: nobody reads a key half overwritten.
                    file.rename(file.with_name(f"{_GONE}{file.name}"))
            except FileNotFoundError:
                continue  # another process was first
        for file in (self.folder / FOLDER).glob(f"{_GONE}*"):
            with suppress(FileNotFoundError):
                shred(file)

    def _key(self, first: date) -> bytes:
        file = self.folder / FOLDER / f"{self.salt}-{first.isoformat()}{_SUFFIX}"
        for _ in range(2):
            try:
                return bytes.fromhex(file.read_text().strip())
            except FileNotFoundError:
                _draw(file)
            except (OSError, ValueError) as error:
                advice = f"Remove {FOLDER}/{file.name}: lines still to come count as new visitors."
                shown = shown_path(self.folder)
                raise StoreError(shown, f"{file.name} cannot be read ({error})", advice) from None
        raise StoreError(shown_path(self.folder), f"{file.name} cannot be written")


def _draw(file: Path) -> None:
    """Draw a key; of two processes that do so at once, the first one's counts for both."""
    if isinstance(file, RemotePath):
        file.put(secrets.token_hex(32).encode(), mode="create")
        return
    file.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = written_beside(file, secrets.token_hex(32), mode=0o600)
    try:
        os.link(temporary, file)  # fails, unlike a rename, if it is there by now
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
