"""Addresses of what does not lie on a disk of this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from weblog.errors import UsageError

BUCKETS: Final = ("s3", "s3a", "gs", "az", "abfs", "abfss")
"""Schemes of object stores: listed, read and, those a store may lie in, written."""

WEB: Final = ("https", "http")

_SCHEME: Final = re.compile(rf"({'|'.join((*BUCKETS, *WEB))})://", re.IGNORECASE)
_MAGIC: Final = re.compile(r"[*?\[]")


def is_remote(path: str | Path) -> bool:
    """Say whether this is an address in a bucket or on the web, not a path."""
    return isinstance(path, str) and _SCHEME.match(path) is not None


def is_web(address: str) -> bool:
    """Say whether an address is read as a web page is, and cannot be listed."""
    return address.lower().startswith(("https://", "http://"))


def shown_address(address: str) -> str:
    """Return an address as messages and tables name it: without what may be a secret in it.

    That is the user's part and the query, where signed addresses carry their signature.

    >>> shown_address("https://me:pw@logs.example/a.log?X-Amz-Signature=abc")
    'https://logs.example/a.log'
    """
    if not is_web(address):
        scheme, _, rest = address.partition("://")
        bucket, slash, key = rest.partition("/")
        if scheme.startswith("abfs"):  # there the container stands before the @
            return address
        return f"{scheme}://{bucket.rpartition('@')[2]}{slash}{key}"
    # Taken apart by hand: urlsplit raises where there is no address, and this names it in errors.
    scheme, _, rest = re.split("[?#]", address, maxsplit=1)[0].partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.rpartition('@')[2]}{slash}{path}"


@dataclass(frozen=True, slots=True)
class Address:
    """An address in a bucket, taken apart: ``root`` is the bucket's, ``key`` the object's name."""

    root: str
    key: str

    @classmethod
    def of(cls, address: str) -> Address:
        """Take ``s3://bucket/folder/a.log`` apart.

        Raises:
            UsageError: it names no bucket.
        """
        scheme, _, rest = address.partition("://")
        bucket, _, key = rest.partition("/")
        if not bucket:
            raise UsageError(
                f"{shown_address(address)}: names no bucket. Write {scheme}://BUCKET/FOLDER/."
            )
        return cls(f"{scheme.lower()}://{bucket}", key)

    def named(self, key: str) -> str:
        """Return the address of another object of the same bucket."""
        return f"{self.root}/{key}"

    @property
    def literal(self) -> str:
        """The part of the key before its first ``*``, ``?`` or ``[``, to a whole folder."""
        magic = _MAGIC.search(self.key)
        return self.key if magic is None else self.key[: magic.start()].rpartition("/")[0]

    @property
    def is_pattern(self) -> bool:
        """Whether the key is a pattern."""
        return _MAGIC.search(self.key) is not None
