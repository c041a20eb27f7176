"""Files, folders, patterns, archives and ``-`` to the files to read, oldest first.

What is named is read, whatever it is called. What is only *found*, in a folder or archive or by
a pattern, is left out where its name says that it is no access log, and each file left
out is told.
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from weblog.errors import SourceError, UsageError, shown_path
from weblog.remote.address import is_remote, shown_address
from weblog.remote.bucket import Found
from weblog.remote.listing import objects_of
from weblog.sources.archive import is_zip, member_named, members
from weblog.sources.denied import denied
from weblog.sources.open import STDIN
from weblog.sources.series import PACKED, LogName, natural, oldest_first

_TOLD: Final = 5
"""Names told of those left out for one reason; of more, their number is."""

_ERROR_LOG: Final = re.compile(r"(?:^|[._-])errors?$", re.IGNORECASE)
_NO_LOG: Final = "no log by its name"
_ENDINGS: Final = {
    "a checksum, lock or state of another program": (
        "md5 sha1 sha256 sha512 sum sig asc lock pid sock state status pos cursor idx index"
    ),
    "half written": "tmp temp part partial swp crdownload filepart",
    _NO_LOG: (
        "html htm css js map md rst pdf doc docx xls xlsx ppt pptx hwp png jpg jpeg gif webp svg"
        " ico mp4 py pyc sh bat ps1 rb pl php java so dll exe conf cfg ini toml yaml yml xml"
        " sql db sqlite sqlite3 duckdb parquet arrow avro ipynb tar tgz tbz txz rpm deb mmdb"
    ),
}
_NAMES: Final = frozenset(
    "readme license changelog makefile btmp wtmp utmp lastlog faillog".split()
)
_REASON_OF: Final = {end: why for why, ends in _ENDINGS.items() for end in ends.split()}
_HIDDEN: Final = "hidden"
_ERRORS: Final = "an error log, which holds no requests"
_SPECIAL: Final = "no file but a pipe, socket or device"
_TABLES: Final = "a store's table"


@dataclass
class Expanded:
    """What there is to read.

    ``files`` are in the order to read them in. ``notes`` are sentences that tell what was left
    out. ``errors`` are about what was named and cannot be read; the others are not kept from it.
    ``objects`` tells of those that are in a bucket what its listing told.
    """

    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[SourceError] = field(default_factory=list)
    objects: dict[str, Found] = field(default_factory=dict)


def expand(paths: Iterable[str | Path]) -> Expanded:
    """Return the files that ``paths`` stand for, each once.

    A folder stands for the files in it and its folders; so does a zip archive, whose files are
    named ``logs.zip/access.log``. A pattern (``*``, ``?``, ``[0-9]``, and ``**`` for folders at
    any depth) stands for what it matches, unless a file is called so. Folders and patterns of a
    bucket (``s3://logs/2025/**.gz``) are those of its objects' names. Logs of one rotated
    series are put oldest first, see :mod:`weblog.sources.series`.
    """
    walk = _Walk()
    found: dict[str, str] = {}
    for path in paths:
        try:
            for file in walk.of(str(path)):
                found.setdefault(_real(file), file)
        except SourceError as error:
            walk.errors.append(error)
        except UsageError as error:
            walk.errors.append(SourceError(str(path), str(error).rstrip(".")))
    notes = [_note(why, names) for why, names in walk.left_out.items()]
    return Expanded(oldest_first(list(found.values())), notes, walk.errors, walk.objects)


@dataclass
class _Walk:
    """Finds files; gathers what is left out, by reason, and what is wrong."""

    left_out: dict[str, list[str]] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)
    objects: dict[str, Found] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def of(self, path: str) -> Iterator[str]:
        """Yield the files one argument stands for; what is neither is left to be opened."""
        self._seen.clear()
        file = Path(path)
        if path == STDIN:
            yield path
        elif is_remote(path):
            yield from self._some(self._remote(path), path, "a folder that holds no log")
        elif file.is_dir():
            yield from self._some(self._folder(path), path, "a folder that holds no log")
        elif file.is_file() and is_zip(file):
            yield from self._some(self._archive(path), path, "a zip archive that holds no log")
        elif not file.exists() and glob.has_magic(path) and member_named(file) is None:
            yield from self._some(self._pattern(path), path, "no file matches this pattern")
        else:
            yield path

    def _some(self, files: Iterator[str], path: str, problem: str) -> Iterator[str]:
        before = sum(map(len, self.left_out.values()))
        count, wrong = 0, len(self.errors)
        for file in files:
            count += 1
            yield file
        if count or len(self.errors) > wrong:
            return
        some = sum(map(len, self.left_out.values())) > before
        advice = "What was left out is read where it is named itself." if some else ""
        shown = shown_address(path) if is_remote(path) else shown_path(path)
        raise SourceError(shown, problem, advice or "Check the path.")

    def _remote(self, address: str) -> Iterator[str]:
        for found in objects_of(address, self._leaves_object):
            if found.size >= 0:  # what is on the web is asked when it is opened
                self.objects[found.address] = found
            yield found.address

    def _leaves_object(self, address: str, size: int) -> bool:
        parts = address.split("/")[3:]
        if not size or address.endswith("/"):
            return True  # what consoles make to stand for a folder
        if "_delta_log" in parts:
            self._leave(address.partition("/_delta_log")[0], _TABLES)
            return True
        why = _HIDDEN if any(part.startswith(".") for part in parts) else _no_log(parts[-1])
        if why is not None:
            self.left_out.setdefault(why, []).append(address)
        return why is not None

    def _pattern(self, pattern: str) -> Iterator[str]:
        for path in sorted(glob.iglob(pattern, recursive=True), key=natural):  # noqa: PTH207  keeps "./"
            if Path(path).is_dir():
                # "logs/**" matches the folders as well as what is in them
                if not pattern.endswith("**"):
                    yield from self._folder(path)
            elif not Path(path).exists() and Path(os.path.realpath(path)).exists():
                continue  # the same once more, through so many links that the system gives up
            elif os.path.lexists(path):  # "none/**" is answered with "none/"
                yield from self._found(path)

    def _folder(self, folder: str) -> Iterator[str]:
        real = os.path.realpath(folder)
        if real in self._seen:  # links may lead round in a circle
            return
        self._seen.add(real)
        try:
            names = sorted(os.listdir(folder), key=natural)  # noqa: PTH208  names, not paths
        except OSError as error:
            self.errors.append(denied(shown_path(folder), error, "the folder"))
            return
        if "_delta_log" in names:
            self._leave(folder, _TABLES)
            return
        folders = []
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118  keeps what people typed
            if name.startswith("."):
                self._leave(path, _HIDDEN)
            elif Path(path).is_dir():
                folders.append(path)
            else:
                yield from self._found(path)
        for path in folders:
            yield from self._folder(path)

    def _archive(self, archive: str) -> Iterator[str]:
        for name in sorted(members(Path(archive)), key=natural):
            path = f"{archive}/{name}"
            hidden = any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
            why = _HIDDEN if hidden else _no_log(name)
            if why is None:
                yield path
            else:
                self._leave(path, why)

    def _found(self, path: str) -> Iterator[str]:
        """Yield a file found, or what is in it, or note why it is left out."""
        try:
            mode = Path(path).stat().st_mode
        except OSError:
            mode = stat.S_IFREG  # a link to nowhere: opening it says so
        why = _no_log(Path(path).name) if stat.S_ISREG(mode) else _SPECIAL
        if why is not None:
            self._leave(path, why)
        elif is_zip(Path(path)):
            try:
                yield from self._archive(path)
            except SourceError as error:
                self.errors.append(error)
        else:
            yield path

    def _leave(self, path: str, why: str) -> None:
        self.left_out.setdefault(why, []).append(shown_path(path))


def _no_log(name: str) -> str | None:
    """Return why a file of this name is no access log, or None where it may well be one."""
    series = LogName(name).series[1]
    if _ERROR_LOG.search(series):
        return _ERRORS
    ending = PACKED.sub("", name).rpartition(".")[2].lower() if "." in name else ""
    return _NO_LOG if name.lower() in _NAMES else _REASON_OF.get(ending)


def is_no_log(path: str) -> bool:
    """Say whether a file is left out where it is only found, by its name."""
    name = Path(path).name
    return name.startswith(".") or _no_log(name) is not None


def _real(path: str) -> str:
    return path if path == STDIN or is_remote(path) else os.path.realpath(path)


def _note(why: str, names: list[str]) -> str:
    shown = ", ".join(names[:_TOLD])
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return f"left out: {shown}{more} ({why})"
