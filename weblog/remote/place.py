"""Where a store lies: a folder of this machine, or a prefix of a bucket that is used like one.

:class:`RemotePath` is a path of which all that touches files asks a bucket instead. So what works
on a folder through :class:`pathlib.Path` works on a prefix; what needs more of a file system than
names, bytes and times (locks, links, appending) asks :func:`is_in_bucket` and does without.
"""

from __future__ import annotations

import io
import re
import shutil
import stat as modes
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PosixPath
from typing import IO, Any, Final, Self

from weblog.errors import StoreError, UsageError
from weblog.remote.address import BUCKETS, Address, is_remote, is_web, shown_address
from weblog.remote.bucket import Found, bucket, obstore_module
from weblog.remote.faults import fault_of

_HALF: Final = re.compile(rf"({'|'.join(BUCKETS)}):/(?!/)", re.IGNORECASE)
"""An address that lost a slash, which would else be a folder called ``s3:``."""


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """What is known of an object, under the names of :func:`os.stat`."""

    st_size: int
    st_mtime: float
    st_mode: int = modes.S_IFREG | 0o600


def place(path: str | Path) -> Path:
    """Return where a store lies: an absolute path, or a prefix of a bucket.

    Raises:
        UsageError: it is an address on the web, which cannot be written to.
    """
    if isinstance(path, RemotePath):
        return path
    if _HALF.match(str(path)):
        raise UsageError(f"{path}: an address has two slashes, such as s3://bucket/store")
    if not is_remote(path):
        return Path(path).absolute()
    if is_web(str(path)):
        raise UsageError(
            f"{shown_address(str(path))}: a store lies in a folder or a bucket, not on the web."
        )
    return RemotePath(str(path).rstrip("/"))


def is_in_bucket(path: Path) -> bool:
    """Say whether this is a place in a bucket."""
    return isinstance(path, RemotePath)


def location(path: Path) -> str | Path:
    """Return the place as deltalake and polars take it: an address as text, a path as it is."""
    return str(path) if isinstance(path, RemotePath) else path


def remove_all(folder: Path) -> None:
    """Remove a folder with all in it, or all objects below a name in a bucket."""
    if not isinstance(folder, RemotePath):
        shutil.rmtree(folder)
        return
    for each in list(folder.rglob("*")):
        each.unlink()


class RemotePath(PosixPath):
    """A name in a bucket, e.g. ``s3://bucket/store/hits``. There are no folders, only names."""

    _found: Found | None = None

    def __str__(self) -> str:
        parts = self.parts
        if parts and parts[0][:-1].lower() in BUCKETS and parts[0].endswith(":"):
            return f"{parts[0]}//{'/'.join(parts[1:])}"
        return "/".join(parts)

    def __fspath__(self) -> str:
        return str(self)

    def as_posix(self) -> str:
        """Return the address, or what is left of one relative to another."""
        return str(self)

    @property
    def _address(self) -> Address:
        return Address.of(str(self))

    def _failed(self, error: BaseException) -> Exception:
        if isinstance(error, UsageError):
            return error
        fault = fault_of(error, str(self))
        is_gone = isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error)
        if is_gone:
            return FileNotFoundError(2, "no such object", str(self))
        return StoreError(str(self), fault.problem, fault.advice)

    # reading

    def keep(self, found: Found) -> None:
        """Remember what a listing told of the object, so that it need not be asked for."""
        self._found = found

    def read_bytes(self) -> bytes:
        """Return the object's content.

        Raises:
            FileNotFoundError: there is none.
            StoreError: the bucket cannot be read.
        """
        return self.tagged()[0]

    def tagged(self) -> tuple[bytes, str | None]:
        """Return the object's content and the tag of it."""
        place = self._address
        try:
            answer = obstore_module().get(bucket(place.root), place.key)
            return bytes(answer.bytes()), answer.meta["e_tag"]
        except Exception as error:
            raise self._failed(error) from None

    def read_text(self, encoding: str | None = None, errors: str | None = None, *_: Any) -> str:
        """Return the object's content as text."""
        return self.read_bytes().decode(encoding or "utf-8", errors or "strict")

    def open(self, mode: str = "r", *_: Any, **__: Any) -> IO[Any]:  # type: ignore[override]
        """Open the object to be read, all of it in memory."""
        if mode not in {"r", "rb"}:
            raise StoreError(str(self), f"cannot be opened with mode {mode!r} in a bucket")
        data = self.read_bytes()
        return io.BytesIO(data) if mode == "rb" else io.StringIO(data.decode())

    def stat(self, *, follow_symlinks: bool = True) -> Any:  # noqa: ARG002
        """Return size and time: those a listing told, else asked for."""
        if self._found is None:
            place = self._address
            try:
                told = obstore_module().head(bucket(place.root), place.key)
            except Exception as error:
                raise self._failed(error) from None
            self._found = Found(str(self), told["size"], told["e_tag"], told["last_modified"])
        modified = self._found.modified
        return ObjectStat(self._found.size, modified.timestamp() if modified else 0.0)

    def is_file(self, **_: Any) -> bool:
        """Say whether there is an object of this name."""
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    def is_dir(self, **_: Any) -> bool:
        """Say whether there are objects below this name."""
        return next(self._below(1), None) is not None

    def exists(self, **_: Any) -> bool:
        """Say whether there is an object of this name, or below it."""
        return self.is_dir() or self.is_file()

    def is_symlink(self) -> bool:
        """Say no: a bucket has none."""
        return False

    def iterdir(self) -> Generator[Self]:
        """Yield what is directly below this name."""
        place = self._address
        try:
            told = obstore_module().list_with_delimiter(bucket(place.root), place.key or None)
        except Exception as error:
            raise self._failed(error) from None
        for name in told["common_prefixes"]:
            yield self._named(name)
        for each in told["objects"]:
            yield self._listed(each)

    def _below(self, chunk: int = 1000) -> Iterator[Self]:
        place = self._address
        pages = obstore_module().list(bucket(place.root), place.key or None, chunk_size=chunk)
        try:
            for page in pages:
                for each in page:
                    yield self._listed(each)
        except Exception as error:
            raise self._failed(error) from None

    def _named(self, key: str) -> Self:
        return type(self)(self._address.named(key))

    def _listed(self, each: Any) -> Self:
        path = self._named(each["path"])
        path.keep(Found(str(path), each["size"], each["e_tag"], each["last_modified"]))
        return path

    def glob(self, pattern: str, **_: Any) -> Iterator[Self]:  # type: ignore[override]
        """Yield what is directly below this name and matches."""
        return (each for each in self.iterdir() if fnmatchcase(each.name, pattern))

    def rglob(self, pattern: str, **_: Any) -> Iterator[Self]:  # type: ignore[override]
        """Yield the objects at any depth below this name whose last part matches."""
        return (each for each in self._below() if fnmatchcase(each.name, pattern))

    # writing

    def put(self, data: bytes, **mode: Any) -> str | None:
        """Write the object, whole or not at all; return its tag, None where ``mode`` forbids it.

        Args:
            data: its content.
            mode: ``mode="create"`` if there is none yet, ``mode={"e_tag": ...}`` if it still is
                the one of that tag.
        """
        place, library = self._address, obstore_module()
        self._found = None
        try:
            told = library.put(bucket(place.root), place.key, data, **mode)
        except (library.exceptions.AlreadyExistsError, library.exceptions.PreconditionError):
            return None
        except Exception as error:
            raise self._failed(error) from None
        tag: str | None = told["e_tag"]
        return tag

    def write_bytes(self, data: Any) -> int:
        """Write the object, whole or not at all."""
        self.put(bytes(data))
        return len(data)

    def write_text(self, data: str, encoding: str | None = None, *_: Any, **__: Any) -> int:
        """Write the object as text."""
        return self.write_bytes(data.encode(encoding or "utf-8"))

    def unlink(self, missing_ok: bool = False) -> None:  # noqa: ARG002  a bucket does not tell
        """Remove the object."""
        place = self._address
        try:
            obstore_module().delete(bucket(place.root), place.key)
        except FileNotFoundError:
            return
        except Exception as error:
            raise self._failed(error) from None

    def rename(self, target: Any) -> Self:
        """Copy the object to another name, and remove this one: two steps, in this order."""
        other = type(self)(str(target))
        other.put(self.read_bytes())
        self.unlink()
        return other

    replace = rename

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Do nothing: a bucket has names, no folders."""

    def rmdir(self) -> None:
        """Do nothing: a bucket has names, no folders."""

    def chmod(self, mode: int, *, follow_symlinks: bool = True) -> None:
        """Do nothing: who may read is the bucket's to say."""

    def resolve(self, strict: bool = False) -> Self:  # noqa: ARG002
        """Return it as it is."""
        return self

    def absolute(self) -> Self:
        """Return it as it is."""
        return self

    def expanduser(self) -> Self:
        """Return it as it is."""
        return self
