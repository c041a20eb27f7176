"""The file of rules as something several people change: no change is lost, and none is half.

Who saves says which text they began with. If the file says something else by now, it is not
touched. What it said before is kept beside it, in folder ``NAME.versions``.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from weblog.errors import UsageError, shown_path
from weblog.store.layout import written_beside

ABSENT: Final = ""
"""Stands for the SHA-256 of a file that is not there."""

LARGEST: Final = 200_000
"""Bytes of a file of rules that is saved here."""


class ChangedMeanwhileError(UsageError):
    """The file says something else than what was changed. Fact: the file."""

    def build(self, *facts: object) -> str:
        """Say which file, and what to do."""
        return (
            f"{facts[0]} was changed meanwhile, by somebody else or by an editor. "
            "Nothing was saved: look at what it says now, and change that"
        )


@dataclass(frozen=True, slots=True)
class RulesFile:
    """A file of rules as it lies there: its text, and SHA-256 of its bytes (empty: not there)."""

    path: Path
    text: str
    sha256: str

    @classmethod
    def read(cls, path: Path) -> RulesFile:
        """Read the file; one that is not there is empty.

        Raises:
            UsageError: it cannot be read, or is no text in UTF-8.
        """
        try:
            data = path.read_bytes()
            return cls(path, data.decode("utf-8-sig"), sha256(data).hexdigest())
        except FileNotFoundError:
            return cls(path, "", ABSENT)
        except UnicodeDecodeError:
            raise UsageError(f"{shown_path(path)}: expected text in UTF-8") from None
        except OSError as error:
            problem = error.strerror or "unreadable"
            raise UsageError(f"{shown_path(path)} cannot be read: {problem}") from None


def save_rules(
    path: Path,
    text: str,
    before: str,
    *,
    now: datetime,
    record: Callable[[str], None],
) -> str:
    """Replace a file of rules as a whole, if it still says what was changed.

    Args:
        path: the file; what a link leads to is replaced, not the link.
        text: what it shall say; whether it is right is for the caller to look at.
        before: SHA-256 of the file that was changed, :data:`ABSENT` if there was none.
        now: names the version that is kept of what it said before.
        record: writes down who does it, given the SHA-256 of the text; called when all is
            ready, and what it raises keeps the file as it is.

    Returns:
        SHA-256 of the file.

    Raises:
        ChangedMeanwhileError: the file says something else by now.
        UsageError: it cannot be written, or is too large.
    """
    data = text.replace("\r\n", "\n").encode()
    after = sha256(data).hexdigest()
    if len(data) > LARGEST:
        problem = f"expected at most {LARGEST:,} bytes, these are {len(data):,}"
        raise UsageError(f"{shown_path(path)}: {problem}")
    file = path.resolve()
    try:
        with _alone(file):
            if RulesFile.read(file).sha256 != before:
                raise ChangedMeanwhileError(shown_path(path))
            if after == before:
                return after
            mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
            hidden = written_beside(file, data.decode(), mode)
            try:
                if before != ABSENT:
                    _keep(file, now, before)
                record(after)
                hidden.replace(file)
            finally:
                hidden.unlink(missing_ok=True)
    except OSError as error:
        problem = error.strerror or str(error)
        raise UsageError(f"{shown_path(path)} cannot be written: {problem}") from None
    return after


def kept_versions(path: Path) -> list[tuple[str, datetime]]:
    """Return what is kept of a file of rules: names of files, and until when it said that."""
    folder = versions_of(path.resolve())
    found = []
    for file in folder.glob("*.toml") if folder.is_dir() else ():
        with contextlib.suppress(ValueError):
            at = datetime.strptime(file.name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
            found.append((file.name, at))
    return sorted(found, key=lambda one: (one[1], one[0]), reverse=True)


def versions_of(file: Path) -> Path:
    """Return the folder of what a file said before."""
    return file.with_name(f"{file.name}.versions")


_STAMP: Final = "%Y%m%dT%H%M%S.%fZ"


def _keep(file: Path, now: datetime, said: str) -> None:
    folder = versions_of(file)
    folder.mkdir(exist_ok=True)
    kept = folder / f"{now.astimezone(UTC).strftime(_STAMP)}-{said[:12]}.toml"
    with kept.open("xb") as copy, file.open("rb") as old:
        shutil.copyfileobj(old, copy)
        copy.flush()
        os.fsync(copy.fileno())


@contextlib.contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Let one process and thread at a time change the file, where the system has ``flock``."""
    flags = os.O_RDWR | os.O_CREAT
    descriptor = os.open(file.with_name(f".{file.name}.lock"), flags, 0o644)
    try:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415  not everywhere

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
