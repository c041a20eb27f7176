"""``python -m benchmarks.bucket_server --objects N``: a bucket of small logs, for speed.

It lists and sends objects as S3 does, from memory and by asyncio alone: what a real bucket's
server takes is not on this machine, so this one takes as little of it as it can. Whoever asks may;
nothing can be written. It prints its port and serves until it is ended.

The objects are those of a load balancer that writes one every five minutes for each of its
addresses: gzip, 10 to 50 lines in the format of AWS. The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, cast
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET: Final = "logs"
SEED: Final = 20251
PAGE: Final = 1000
FIRST: Final = datetime(2025, 11, 1, tzinfo=UTC)
_EVERY: Final = timedelta(minutes=5)
_ADDRESSES: Final = 8
_AGENTS: Final = tuple(
    f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0"
    for system in ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "Linux")
    for version in range(120, 140)
)


@dataclass(frozen=True, slots=True)
class Stored:
    """An object: its key, content, tag, and how many lines it holds."""

    key: str
    data: bytes
    tag: str
    lines: int


def made_objects(count: int, seed: int = SEED) -> list[Stored]:
    """Make the bucket's objects, in the order of their keys."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        at = FIRST + _EVERY * (number // _ADDRESSES)
        address = f"10.0.{number % _ADDRESSES}.17"
        lines = [_line(draw, at + timedelta(seconds=6 * each)) for each in range(_size(draw))]
        data = gzip.compress("".join(lines).encode(), 6, mtime=0)
        key = f"alb/{at:%Y/%m/%d}/app.shop_{at:%Y%m%dT%H%MZ}_{address}_{number:07}.log.gz"
        tag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        found.append(Stored(key, data, tag, len(lines)))
    return sorted(found, key=lambda each: each.key)


def _size(draw: random.Random) -> int:
    return draw.randrange(10, 51)


def _line(draw: random.Random, at: datetime) -> str:
    client = f"203.0.{draw.randrange(113, 120)}.{draw.randrange(256)}"
    trace = f"{draw.getrandbits(96):024x}"
    return (
        f"https {at:%Y-%m-%dT%H:%M:%S}.{draw.randrange(10**6):06}Z app/shop/50dc6c495c0c9188 "
        f"{client}:{draw.randrange(1024, 65000)} 10.0.0.66:80 0.000 0.00{draw.randrange(1, 9)} "
        f'0.000 200 200 {draw.randrange(30, 900)} {draw.randrange(300, 90000)} "GET '
        f'https://shop.example:443/plan/{draw.randrange(400)} HTTP/1.1" "{draw.choice(_AGENTS)}" '
        "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:ap-northeast-2:1:"
        f'targetgroup/shop/73e2d6bc24d8a067 "Root=1-{trace[:8]}-{trace}" "shop.example" '
        f'"arn:aws:acm:ap-northeast-2:1:certificate/1" 0 {at:%Y-%m-%dT%H:%M:%S}.000000Z "forward" '
        f'"-" "-" "10.0.0.66:80" "200" "-" "-" TID_{trace}\n'
    )


class Bucket(asyncio.Protocol):
    """One connection to the bucket."""

    def __init__(self, objects: list[Stored]) -> None:
        self._objects = objects
        self._by_key = {each.key: each for each in objects}
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers go to."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that has come whole."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            method, target, _ = head.decode("latin-1").split("\r\n", 1)[0].split(" ")
            self._transport.write(self._answer(method, target))

    def _answer(self, method: str, target: str) -> bytes:
        asked = urlsplit(target)
        key = unquote(asked.path).removeprefix(f"/{BUCKET}").lstrip("/")
        if not key and method == "GET":
            page = self._page({name: told[0] for name, told in parse_qs(asked.query).items()})
            return _told("200 OK", page, "Content-Type: application/xml\r\n")
        found = self._by_key.get(key)
        if found is None:
            return _told("404 Not Found", b"<Error><Code>NoSuchKey</Code></Error>")
        facts = f'ETag: "{found.tag}"\r\nLast-Modified: Sat, 01 Nov 2025 00:00:00 GMT\r\n'
        if method == "HEAD":
            return _told("200 OK", b"", facts, len(found.data))
        return _told("200 OK", found.data, facts)

    def _page(self, asked: dict[str, str]) -> bytes:
        prefix, start = asked.get("prefix", ""), int(asked.get("continuation-token", "0"))
        here = [each for each in self._objects if each.key.startswith(prefix)]
        page = here[start : start + PAGE]
        more = start + PAGE < len(here)
        told = "".join(
            f"<Contents><Key>{each.key}</Key><LastModified>2025-11-01T00:00:00.000Z</LastModified>"
            f"<ETag>&quot;{each.tag}&quot;</ETag><Size>{len(each.data)}</Size></Contents>"
            for each in page
        )
        if more:
            told += f"<NextContinuationToken>{start + PAGE}</NextContinuationToken>"
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>{BUCKET}</Name>'
            f"<Prefix>{prefix}</Prefix><KeyCount>{len(page)}</KeyCount><MaxKeys>{PAGE}</MaxKeys>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{told}</ListBucketResult>"
        ).encode()


def _told(status: str, body: bytes, facts: str = "", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\n{facts}Content-Length: {size}\r\n\r\n".encode() + body


async def _serve(objects: list[Stored]) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Bucket(objects), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Make the objects and serve them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    asyncio.run(_serve(made_objects(options.objects, options.seed)))


if __name__ == "__main__":
    main()
