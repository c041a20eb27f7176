"""Lines that are broken or odd, as real servers leave them.

They stand beside the other lines and replace none, so what the truth says of
people holds. *Broken* lines fit no log format; *odd* ones fit it, but are no request.
"""

from __future__ import annotations

import numpy as np

from sample_logs.daylog import Lines, Sort, dotted
from sample_logs.rhythm import DAY, Window

BROKEN_SHARE = 0.004
ODD_SHARE = 0.0015


def damaged_lines(
    lines: Lines, window: Window, day: int, rng: np.random.Generator, *, with_cookie: bool
) -> Lines:
    """Make the day's broken and odd lines; undecodable bytes are surrogate escapes."""
    count = len(lines.text)
    broken = int(rng.poisson(count * BROKEN_SHARE))
    odd = int(rng.poisson(count * ODD_SHARE))
    text: list[str] = []
    at: list[int] = []
    for row in rng.integers(0, max(count, 1), broken).tolist():
        text.append(_broken(lines.text[row], rng))
        at.append(int(lines.at[row]))
    for second in rng.integers(0, DAY, odd).tolist():
        moment = window.moment(day * DAY + second)
        text.append(_odd(f"{moment:%d/%b/%Y:%H:%M:%S} +0900", rng, with_cookie=with_cookie))
        at.append(day * DAY + second)
    return Lines(
        np.array(at, dtype=np.int64),
        rng.integers(0, 2, len(at)),
        np.array([int(Sort.BROKEN)] * broken + [int(Sort.ODD)] * odd, dtype=np.int64),
        text,
    )


def _broken(line: str, rng: np.random.Generator) -> str:
    way = rng.random()
    length = len(line)
    if way < 0.45:  # cut off: a full disk, a killed server
        return line[: int(rng.integers(12, max(13, length * 3 // 5)))]
    if way < 0.70:  # binary garbage: a torn write leaves bytes of something else
        return _garbage(rng)
    if way < 0.85:  # two processes wrote at once: the middle is lost
        return (
            line[: line.index('"') + int(rng.integers(6, 12))] + line[-int(rng.integers(10, 14)) :]
        )
    return _garbage(rng)[:20] + line[length // 2 :]  # the line's beginning was overwritten


def _garbage(rng: np.random.Generator) -> str:
    data = rng.integers(0, 256, int(rng.integers(16, 120)), dtype=np.uint8).tobytes()
    data = data.replace(b"\n", b"\x00").replace(b"\r", b"\x01")
    return data.decode("utf-8", errors="surrogateescape")


def _odd(clock: str, rng: np.random.Generator, *, with_cookie: bool) -> str:
    address = dotted(0x51A10000 + int(rng.integers(0, 60_000)))
    end = ' "-" "-" "-"' if with_cookie else ' "-" "-"'
    if rng.random() < 0.6:  # a connection that asked for nothing
        return f'{address} - - [{clock}] "-" 408 -{end}'
    hello = "\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\\x03\\x03"  # TLS on the plain port
    return f'{address} - - [{clock}] "{hello}" 400 226{end}'
