"""Zip archives: read like folders. Each file in one is a source of its own.

So a month of logs in one archive adds nothing where the days were read before, and the other
way round. A file in an archive is named as if the archive were a folder: ``logs.zip/a.log``.
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast
from zipfile import BadZipFile, ZipExtFile, ZipFile, ZipInfo, is_zipfile

from weblog.errors import SourceError, shown_path
from weblog.sources.blocks import READ
from weblog.sources.damage import DamagedError
from weblog.sources.denied import denied

ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
"""What an archive begins with, and an empty one."""

_ENCRYPTED: Final = 0x1
_AGAIN: Final = "Copy it again; what `unzip -t` finds whole in it can be unpacked and read."


def is_zip(path: Path) -> bool:
    """Whether the regular file ``path`` begins like an archive; no if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) in ZIP
    except OSError:
        return False


def member_named(path: Path) -> tuple[Path, str] | None:
    """Split ``logs.zip/2025/a.log`` into archive and name; None where there is no archive."""
    for parent in path.parents:
        if parent.is_file():
            return (parent, path.relative_to(parent).as_posix()) if is_zip(parent) else None
    return None


def members(path: Path) -> list[str]:
    """Return the names of the files in an archive, as they stand in it.

    Raises:
        SourceError: it is damaged or cannot be read.
    """
    with _opened(path) as archive:
        return [info.filename for info in archive.infolist() if not info.is_dir()]


class Member:
    """A file in an archive, open: its content block by block."""

    def __init__(self, path: Path, name: str) -> None:
        """Open it.

        Raises:
            SourceError: it is not there, or encrypted, or compressed in a way not known.
        """
        self._archive = _opened(path)
        shown = shown_path(path / name)
        self.passed = 0
        try:
            info = _found(self._archive, name, shown)
            self.size = info.compress_size
            self._ratio = info.compress_size / max(info.file_size, 1)
            self._file = cast("ZipExtFile", self._archive.open(info))
        except SourceError:
            self._archive.close()
            raise
        except (BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            self._archive.close()
            raise SourceError(shown, f"cannot be read ({error})", _AGAIN) from None

    def position(self) -> int:
        """Bytes of it on disk that have been read, about."""
        return int(self.passed * self._ratio)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            try:
                block = self._file.read1(READ)
            except (BadZipFile, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
                raise DamagedError(f"zip data ends too early or is damaged ({error})") from None
            if not block:
                return
            self.passed += len(block)
            yield block

    def close(self) -> None:
        """Close it, and its archive."""
        self._file.close()
        self._archive.close()


def _opened(path: Path) -> ZipFile:
    shown = shown_path(path)
    try:
        if not is_zipfile(path):
            problem = "a zip archive that is damaged or ends too early: its list of files is gone"
            raise SourceError(shown, problem, _AGAIN)
        return ZipFile(path)
    except (BadZipFile, NotImplementedError) as error:
        raise SourceError(shown, f"a zip archive that is damaged ({error})", _AGAIN) from None
    except OSError as error:
        raise denied(shown, error) from None


def _found(archive: ZipFile, name: str, shown: str) -> ZipInfo:
    try:
        info = archive.getinfo(name)
    except KeyError:
        advice = f"It holds {', '.join(archive.namelist()[:5]) or 'nothing'}."
        raise SourceError(shown, "no such file in the archive", advice) from None
    if info.flag_bits & _ENCRYPTED:
        advice = "Unpack it with its password first."
        raise SourceError(shown, "is encrypted", advice)
    return info
