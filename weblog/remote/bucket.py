"""A bucket of an object store: list it, read an object in ranges, write and remove small ones.

Credentials, region and endpoint come from the environment as each provider's own tools read it;
nothing of them is kept or shown here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from weblog.errors import SourceError, UsageError
from weblog.remote.address import Address, shown_address
from weblog.remote.faults import fault_of
from weblog.remote.settings import check_settings

if TYPE_CHECKING:
    import obstore.store

PIECE: Final = 1 << 20
"""Bytes handed on at a time while an object streams in."""

_RETRIES: Final = {"max_retries": 4, "retry_timeout": timedelta(seconds=30)}
_CLIENT: Final = {"connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=60)}


@dataclass(frozen=True, slots=True)
class Found:
    """An object as listed: its address, bytes, and what tells this content from any other."""

    address: str
    size: int
    etag: str | None
    modified: datetime | None = None


def obstore_module() -> Any:
    """Return the library that speaks to object stores.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import obstore  # noqa: PLC0415  an extra
    except ModuleNotFoundError:
        problem = "Buckets need the extra 'cloud': pip install 'weblog-insight[cloud]'"
        raise UsageError(problem) from None
    return obstore


@lru_cache(maxsize=16)
def _opened(root: str, environment: int) -> obstore.store.ObjectStore:  # noqa: ARG001  the key
    obstore_module()
    check_settings(os.environ)
    from obstore.store import from_url  # noqa: PLC0415  an extra

    client: dict[str, Any] = {**_CLIENT, "allow_http": allows_http()}
    return from_url(root, client_options=client, retry_config=dict(_RETRIES))  # type: ignore[call-overload,no-any-return]


def allows_http() -> bool:
    """Say whether the environment allows an endpoint without encryption."""
    names = ("AWS_ALLOW_HTTP", "AZURE_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP")
    return any(os.environ.get(name, "").lower() in {"true", "1", "yes"} for name in names)


def bucket(root: str) -> obstore.store.ObjectStore:
    """Open a bucket, e.g. ``s3://logs``.

    Raises:
        SourceError: its settings in the environment are wrong.
        UsageError: the extra that speaks to object stores is not installed, or the environment
            has what no request can be made of.
    """
    told = (key for key in os.environ if key.startswith(("AWS_", "GOOGLE_", "AZURE_")))
    settings = hash(tuple(sorted((key, os.environ[key]) for key in told)))
    try:
        return _opened(root, settings)
    except UsageError:
        raise
    except Exception as error:
        raise failed(error, root) from None


def failed(error: BaseException, address: str) -> SourceError:
    """Return the error to raise for one of the library's."""
    fault = fault_of(error, address)
    return SourceError(shown_address(address), fault.problem, fault.advice)


def listed(root: str, prefix: str) -> Iterator[Found]:
    """Yield the objects below a folder ("" is all of the bucket), a thousand a request.

    Raises:
        SourceError: the bucket cannot be listed.
    """
    store = bucket(root)
    try:
        for page in obstore_module().list(store, prefix.strip("/") or None, chunk_size=1000):
            for each in page:
                address = f"{root}/{each['path']}"
                yield Found(address, each["size"], each["e_tag"], each["last_modified"])
    except Exception as error:
        raise failed(error, f"{root}/{prefix}") from None


def looked_up(address: str) -> Found | None:
    """Return what is known of one object; None where there is none of that name.

    Raises:
        SourceError: the bucket cannot be asked.
    """
    place = Address.of(address)
    try:
        told = obstore_module().head(bucket(place.root), place.key)
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise failed(error, address) from None
        return None
    except (SourceError, UsageError):
        raise
    except Exception as error:
        raise failed(error, address) from None
    return Found(address, told["size"], told["e_tag"], told["last_modified"])


def content_of(found: Found) -> bytes:
    """Return all of a small object, if it still is the one that was listed.

    Raises:
        SourceError: it cannot be read, or is another one by now.
    """
    return b"".join(ranges(found, 0))


def ranges(found: Found, start: int) -> Iterator[bytes]:
    """Yield the object from byte ``start`` on, as it streams in.

    Raises:
        SourceError: it cannot be read, or is another one by now.
    """
    place, library = Address.of(found.address), obstore_module()
    options: dict[str, Any] = {"range": {"offset": start}} if start else {}
    if found.etag is not None:
        options["if_match"] = found.etag
    try:
        answer = library.get(bucket(place.root), place.key, options=options)
        for piece in answer.stream(min_chunk_size=PIECE):
            yield bytes(piece)
    except library.exceptions.PreconditionError:
        problem = "was replaced while it was read"
        raise SourceError(found.address, problem, "Ingest it again.") from None
    except (SourceError, UsageError):
        raise
    except Exception as error:
        raise failed(error, found.address) from None
