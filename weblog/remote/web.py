"""Logs behind a web address: read as a stream, and on from a byte where the server can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import Final, cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from weblog.errors import SourceError
from weblog.remote.address import shown_address
from weblog.remote.bucket import PIECE, Found

TIMEOUT: Final = 60.0
"""Seconds without a byte after which a server is given up."""

_PROBLEMS: Final = {
    401: (
        "the server asks for a login",
        "Use an address that carries its right, e.g. a signed one.",
    ),
    403: ("no permission", "A signed address may have run out."),
    404: ("no such page", "Check the address."),
    410: ("no such page any more", "Check the address."),
}


def asked(address: str) -> Found:
    """Return what the server tells of a page before it sends it.

    Raises:
        SourceError: it cannot be reached, or refuses.
    """
    with _answer(address, 0, None) as answer:  # signed addresses hold for GET alone, not HEAD
        length = answer.headers.get("Content-Length")
        strong = answer.headers.get("ETag")
        etag = strong if strong and not strong.startswith("W/") else None
        return Found(address, int(length) if length else -1, etag)


def pages(found: Found, start: int) -> Iterator[bytes]:
    """Yield the page from byte ``start`` on, as it streams in.

    Raises:
        SourceError: it cannot be read, or is another one by now.
        OSError: the connection broke.
    """
    with _answer(found.address, start, found.etag) as answer:
        etag = answer.headers.get("ETag")
        if found.etag is not None and etag != found.etag:
            problem = "was replaced while it was read"
            raise SourceError(shown_address(found.address), problem, "Ingest it again.")
        if start and answer.status != 206:  # a server that knows no ranges sends all
            left = start
            while left and (piece := answer.read(min(PIECE, left))):
                left -= len(piece)
        received = start
        try:
            while piece := answer.read(PIECE):
                received += len(piece)
                yield piece
        except HTTPException:
            raise OSError(0, "the connection broke") from None
        if 0 <= received < found.size:
            raise OSError(0, "the connection broke")


@contextmanager
def _answer(address: str, start: int, etag: str | None) -> Iterator[HTTPResponse]:
    headers = {"User-Agent": "weblog", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if etag:
            headers["If-Range"] = etag
    shown = shown_address(address)
    try:
        request = Request(address, headers=headers)  # noqa: S310  http or https, see is_web
        answer = cast("HTTPResponse", urlopen(request, timeout=TIMEOUT))  # noqa: S310
    except HTTPError as error:
        error.close()
        problem, advice = _PROBLEMS.get(error.code, (f"the server answers {error.code}", ""))
        raise SourceError(shown, problem, advice) from None
    except (URLError, HTTPException, OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        told = getattr(why, "strerror", None) or type(why).__name__
        raise SourceError(shown, f"cannot be reached ({told})", "Check the address.") from None
    with answer:
        yield answer
