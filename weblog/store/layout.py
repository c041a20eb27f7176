"""What lies in a store's folder beside the Delta tables: a marker, the visitor key, a pointer.

- ``store.json`` says that this folder is a store, and of which layout version: the number goes up
  when older versions would read what newer ones write wrongly. Tables and columns that are added
  are no new layout (:mod:`weblog.store.completing`).
- ``visitor.key`` keys the hash that stands for a browser without a cookie. Whoever has
  the hits but not this key cannot test whether an address is among them.
- ``visitor-keys`` holds the keys of days where the site has the salt rotate
  (:mod:`weblog.store.period_keys`).
- ``published.json`` names the table versions readers see (see :mod:`weblog.store.snapshot`).
- ``time_zone.txt`` names the zone of the days hits were stored under; made with the first.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weblog import __version__
from weblog.errors import StoreError, shown_path
from weblog.remote.place import RemotePath

LAYOUT = 1
MARKER = "store.json"
KEY = "visitor.key"
PUBLISHED = "published.json"
PUBLISHING = ".publishing"
TIME_ZONE = "time_zone.txt"

_MARKER_LOST = (
    f'Restore it from a backup, or write {{"weblog_store": {LAYOUT}}} into it; then run '
    "`weblog doctor`."
)


def mark_as_store(folder: Path, key: bytes | None) -> None:
    """Make ``folder`` a store; one that is already a store stays as it is.

    Raises:
        StoreError: the folder cannot be made, or holds something else.
    """
    shown = shown_path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        entries = {entry.name for entry in folder.iterdir()}
    except (OSError, ValueError) as error:
        raise StoreError(shown, f"cannot be made ({error})") from None
    if MARKER in entries:
        return
    if entries - {KEY} and not _half_made(entries):
        advice = "Name an empty or a new folder with --store."
        raise StoreError(shown, "the folder is not empty and is no store", advice)
    if KEY not in entries:
        write_atomically(folder / KEY, (key or secrets.token_bytes(32)).hex(), mode=0o600)
    write_atomically(folder / MARKER, json.dumps({"weblog_store": LAYOUT}))


def _half_made(entries: set[str]) -> bool:
    """A creation that was killed leaves only temporary files."""
    return all(name.startswith(".new-") for name in entries - {KEY})


def check_store(folder: Path) -> None:
    """Make sure ``folder`` is a store this version can read.

    Raises:
        StoreError: it is missing, is no store, or was written by a newer version.
    """
    shown = shown_path(folder)
    if not (folder / MARKER).is_file():
        if (folder / "hits").is_dir():
            raise StoreError(shown, f"{MARKER} is missing", _MARKER_LOST)
        making = "`weblog ingest FILE --store DIR` makes one."
        if not folder.exists():
            raise StoreError(shown, "no such folder", making)
        problem = "the folder is no store" if folder.is_dir() else "this is a file, and no store"
        raise StoreError(shown, problem, f"Name the folder of one with --store; {making}")
    try:
        layout = json.loads((folder / MARKER).read_text())["weblog_store"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(shown, f"{MARKER} cannot be read ({error})", _MARKER_LOST) from None
    if layout == LAYOUT:
        return
    if not isinstance(layout, int) or layout > LAYOUT:
        problem = f"a newer version of weblog wrote it: its layout is {layout!r}"
        advice = f"Version {__version__} reads {LAYOUT}: update weblog. Nothing was changed."
        raise StoreError(shown, problem, advice)
    advice = f"Version {__version__} reads {LAYOUT}. Use the version of weblog that wrote it."
    raise StoreError(shown, f"its layout is {layout}", advice)


def completed(folder: Path) -> str | None:
    """Return what :func:`keep_completed` wrote down; None if nothing was.

    Raises:
        StoreError: the marker is damaged.
    """
    try:
        found = json.loads((folder / MARKER).read_text()).get("tables")
    except (OSError, ValueError) as error:
        problem = f"{MARKER} cannot be read ({error})"
        raise StoreError(shown_path(folder), problem, _MARKER_LOST) from None
    return None if found is None else str(found)


def keep_completed(folder: Path, declared: str) -> None:
    """Write down that the store has all tables and columns that ``declared`` stands for."""
    write_atomically(folder / MARKER, json.dumps({"weblog_store": LAYOUT, "tables": declared}))


def visitor_key(folder: Path) -> bytes:
    """Return the key of the visitor hash.

    Raises:
        StoreError: the key file is missing or damaged.
    """
    try:
        return bytes.fromhex((folder / KEY).read_text().strip())
    except (OSError, ValueError) as error:
        advice = "Restore it from a backup: without it old visitors count as new."
        raise StoreError(shown_path(folder), f"{KEY} cannot be read ({error})", advice) from None


def published_versions(folder: Path) -> dict[str, int] | None:
    """Return the table versions readers should see; None before the first publication.

    Raises:
        StoreError: the file is damaged.
    """
    try:
        versions = json.loads((folder / PUBLISHED).read_text())
        return {name: int(versions[name]) for name in versions}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        advice = f"Remove {PUBLISHED} and run `weblog ingest`: the tables themselves are kept."
        raise StoreError(
            shown_path(folder), f"{PUBLISHED} cannot be read ({error})", advice
        ) from None


def publish_versions(folder: Path, versions: dict[str, int]) -> None:
    """Let readers see these table versions from now on, unless they see newer ones already."""
    if isinstance(folder, RemotePath):
        _publish_in_bucket(folder / PUBLISHED, versions)
        return
    with one_by_one(folder / PUBLISHING):
        seen = published_versions(folder) or {}
        if any(versions.get(name, version) < version for name, version in seen.items()):
            return  # a slower writer than the one that published them
        write_atomically(folder / PUBLISHED, json.dumps(versions, sort_keys=True))


def _publish_in_bucket(file: RemotePath, versions: dict[str, int]) -> None:
    """Publish by writing only in place of what was compared, as often as others are faster."""
    text = json.dumps(versions, sort_keys=True).encode()
    while True:
        seen = published_versions(file.parent)
        if seen is None:
            if file.put(text, mode="create") is not None:
                return
            continue
        data, tag = file.tagged()
        if any(versions.get(name, number) < number for name, number in json.loads(data).items()):
            return  # a slower writer than the one that published them
        if file.put(text, mode={"e_tag": tag}) is not None:
            return


@contextmanager
def one_by_one(file: Path) -> Iterator[None]:
    """Let one process at a time into the block, where the system has ``flock``."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415  not everywhere

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def time_zone(folder: Path) -> str | None:
    """Return the zone whose days the store's hits are partitioned by; None before the first."""
    try:
        return (folder / TIME_ZONE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def keep_time_zone(folder: Path, name: str) -> None:
    """Write down the zone of the store's days, unless there is one: the first writer's counts."""
    if isinstance(folder, RemotePath):
        (folder / TIME_ZONE).put(f"{name}\n".encode(), mode="create")
        return
    if (folder / TIME_ZONE).exists():
        return
    temporary = written_beside(folder / TIME_ZONE, name + "\n", mode=0o644)
    try:
        os.link(temporary, folder / TIME_ZONE)  # fails, unlike a rename, if it is there by now
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        shutil.copyfile(temporary, folder / TIME_ZONE)
    finally:
        temporary.unlink()


def write_atomically(file: Path, text: str, mode: int = 0o644) -> None:
    """Write a small file so that a reader, or a crash, sees all of it or none."""
    if isinstance(file, RemotePath):
        file.write_text(text)
    else:
        written_beside(file, text, mode).replace(file)


def shred(file: Path) -> None:
    """Overwrite a small file with zeros, as far as the disk lets us, and remove it."""
    if isinstance(file, RemotePath):
        file.unlink()
        return
    with file.open("r+b") as handle:
        handle.write(bytes(file.stat().st_size))
        handle.flush()
        os.fsync(handle.fileno())
    file.unlink()


def written_beside(file: Path, text: str, mode: int) -> Path:
    """Write a small file under a name nobody looks for, to be put in place; return its path."""
    temporary = file.parent / f".new-{file.name}-{os.getpid()}-{secrets.token_hex(4)}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    return temporary
