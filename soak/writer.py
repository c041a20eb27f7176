"""Write a log at a steady rate and rotate it, as a web server and logrotate would.

Every line has a number of its own, in the place of the response size: so each can be told at
the end. Rotations are by renaming and by copytruncate in turn; what was rotated last time is
compressed. What was written, and when, is told in a file: a line of ``seconds lines`` each.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import shutil
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

TICK = 0.1
"""Seconds from one write to the next."""

ACTIVE = 20_000
LINES = 40
"""Visitors at a time, and lines of each, on the average: at 5,000 lines a second somebody stays
for two and a half minutes, as people do, and others come for those who leave."""

PAGES = 400
AGENTS = tuple(
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    f"Chrome/{version}.0.0.0 Safari/537.36"
    for version in range(120, 140)
)


def line(number: int, draw: random.Random, clock: str) -> str:
    """Return one line of the log."""
    who = number // LINES + draw.randrange(ACTIVE)
    page = draw.randrange(PAGES)
    path = f"/page/{page}" if draw.random() < 0.3 else f"/static/{page}.css"
    return (
        f"10.{who >> 16 & 255}.{who >> 8 & 255}.{who & 255} - - [{clock}] "
        f'"GET {path} HTTP/1.1" 200 {number} "-" "{AGENTS[who % len(AGENTS)]}"\n'
    )


def write(log: Path, told: Path, *, rate: int, rotate: float, seconds: float, seed: int = 1) -> int:
    """Write for so many ``seconds``; return the number of lines."""
    draw = random.Random(seed)
    began = time.monotonic()
    written = rotations = 0
    handle: BinaryIO = log.open("ab", buffering=0)
    with told.open("a") as diary:
        while (now := time.monotonic() - began) < seconds:
            if now >= (rotations + 1) * rotate:
                rotations += 1
                handle = rotated(log, handle, by_copying=rotations % 2 == 0)
            clock = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
            wanted = int(now * rate) - written
            text = "".join(line(written + i, draw, clock) for i in range(wanted)).encode()
            # A server's buffer ends anywhere, also within a line.
            cut = draw.randrange(len(text) + 1)
            handle.write(text[:cut])
            handle.write(text[cut:])
            written += wanted
            diary.write(f"{time.time():.3f} {written}\n")
            diary.flush()
            time.sleep(max(TICK - (time.monotonic() - began - now), 0))
    handle.close()
    return written


def rotated(log: Path, handle: BinaryIO, *, by_copying: bool) -> BinaryIO:
    """Rotate the log; return the handle to go on with."""
    older = sorted(log.parent.glob(f"{log.name}.*"), key=age, reverse=True)
    for file in older:
        packed = ".gz" if file.suffix == ".gz" else ""
        file.rename(log.with_name(f"{log.name}.{age(file) + 1}{packed}"))
    first = log.with_name(f"{log.name}.1")
    if by_copying:
        shutil.copy2(log, first)
        os.truncate(log, 0)
    else:
        log.rename(first)
        handle.write(b"")  # a server goes on writing to the file it has open for a while
        handle.close()
        handle = log.open("ab", buffering=0)
    second = log.with_name(f"{log.name}.2")
    if second.exists():
        threading.Thread(target=compressed, args=[second]).start()
    return handle


def age(file: Path) -> int:
    """Return the number rotation gave a file."""
    return int(file.name.removesuffix(".gz").rpartition(".")[2])


def compressed(file: Path) -> None:
    """Compress a file, as gzip does: written beside it, then it is removed."""
    packed = file.with_name(f"{file.name}.gz")
    seen = file.stat()
    with file.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as out:
        shutil.copyfileobj(plain, out)
    os.utime(packed, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    file.unlink()


def main() -> None:
    """Write as told on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("told", type=Path)
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--rotate", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=600.0)
    given = parser.parse_args()
    write(given.log, given.told, rate=given.rate, rotate=given.rotate, seconds=given.seconds)


if __name__ == "__main__":
    main()
