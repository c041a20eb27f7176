"""``python -m benchmarks.weblog_lines OUT --lines N --seed S``: a log of a busy shop, for speed.

One plain *combined* log, sorted by time, as one server of a Korean shop writes it in 30 days for
five million lines (more or fewer days for more or fewer lines). The same arguments give the same
bytes. It differs from ``sample_logs`` in being quick and wide, not true: nobody knows who bought
what, but the distinct values, on which classification spends its time, are as many as in a real
log. Of 5,000,000 lines (1.46 GB, 293 bytes a line) with the seed 20251:

=================  =========================================================================
client addresses   191,000; with the agent, 227,000 visitors in 290,000 visits
agents             5,000, the rarest half of them seen a few times; 70 robots make 18 %
requests           376,000, of which 297,000 with a query: campaigns, click ids, searches
referrers          192,000, of which 35,000 from elsewhere: Korean portals and their words
lines of files     65 %; of addresses with percent-encoded Korean 18 %
logged-in          5.3 % of the lines
=================  =========================================================================

Broken and odd lines are 0.4 %: cut off, torn, quotes and backslashes in odd places, bytes that are
no UTF-8, connections without a request.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from benchmarks.weblog_visits import DAY, Shop

SEED: Final = 20251
LINES_A_DAY: Final = 5_000_000 / 30
FIRST_DAY: Final = date(2025, 11, 1)
_BROKEN: Final = 0.004
_BLOCK: Final = 250_000


def write_log(path: Path, lines: int, seed: int = SEED) -> None:
    """Write exactly ``lines`` lines to ``path``.

    Raises:
        ValueError: lines is below 1.
    """
    if lines < 1:
        raise ValueError(f"lines is {lines}: expected at least 1")
    left = lines
    with path.open("wb") as file:
        for block in _blocks(lines, seed):
            for start in range(0, min(left, len(block)), _BLOCK):
                part = block[start : min(start + _BLOCK, left)]
                file.write(("\n".join(part) + "\n").encode("utf-8", "surrogateescape"))
            left -= min(left, len(block))
            if not left:
                return


def _blocks(lines: int, seed: int) -> Iterator[list[str]]:
    """Yield day after day, without end."""
    shop = Shop(seed)
    a_day = round(lines / max(round(lines / LINES_A_DAY), 1))
    late: pl.DataFrame | None = None
    number = 0
    while True:
        hits = shop.day(number, a_day)
        hits = hits if late is None else pl.concat([late, hits])
        number += 1
        late = hits.filter(pl.col("at") >= number * DAY)
        today = hits.filter(pl.col("at") < number * DAY).sort("at", maintain_order=True)
        yield _broken(_lines(today, number - 1), np.random.default_rng([seed, number, 1]))


def _lines(hits: pl.DataFrame, day: int) -> list[str]:
    """Put the lines of a day together."""
    midnight = f"{FIRST_DAY + timedelta(days=day):%d/%b/%Y}"
    clock = pl.Series(
        [f'{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d} +0900] "' for s in range(DAY)]
    )
    lines = hits.select(
        pl.concat_str(
            pl.col("client"), pl.lit(" - "), pl.col("user"), pl.lit(f" [{midnight}:"),
            pl.lit(clock).gather(pl.col("at") - day * DAY), pl.col("request"),
            pl.lit(' HTTP/1.1" '), pl.col("status").cast(pl.String), pl.lit(" "),
            pl.col("size").cast(pl.String).fill_null("-"), pl.lit(' "'), pl.col("referrer"),
            pl.lit('" "'), pl.col("agent"), pl.lit('"'),
        )
    )  # fmt: skip
    return lines.to_series().to_list()


def _broken(lines: list[str], rng: np.random.Generator) -> list[str]:
    """Break some lines in place; bytes that are no UTF-8 are surrogate escapes."""
    places = np.flatnonzero(rng.random(len(lines)) < _BROKEN)
    kinds = rng.integers(0, len(_BREAKS), len(places))
    cuts = rng.random(len(places))
    for place, kind, cut in zip(places.tolist(), kinds.tolist(), cuts.tolist(), strict=True):
        lines[place] = _BREAKS[kind](lines[place], cut)
    return lines


def _cut(line: str, cut: float) -> str:
    """The disk was full, or the server was killed."""
    return line[: 1 + int(cut * (len(line) - 2))]


def _torn(_: str, cut: float) -> str:
    """What another process wrote into the file."""
    return "\x16\x03\x01\x02\x00\x01\x00\x01\udcfc\x03\x03" + "\x00\udcff" * int(cut * 40)


def _with_request(line: str, rest: str) -> str:
    return line.partition('"')[0] + rest


_BREAKS: Final[tuple[Callable[[str, float], str], ...]] = (
    _cut,
    _cut,
    _cut,
    _torn,
    # TLS on a plain port, as the server escapes it
    lambda line, _: _with_request(line, r'"\x16\x03\x01\x02\x00\xFC\x03\x03" 400 226 "-" "-"'),
    # a connection without a request
    lambda line, _: _with_request(line, '"-" 408 - "-" "-"'),
    # an agent with quotes that nobody escaped, and one with quotes that somebody did
    lambda line, _: line[:-1] + ' "Samsung" Browser/1.0"',
    lambda line, _: line[:-1] + r' \"Samsung\" \x5c Browser/1.0"',
    # EUC-KR in the address, unencoded; UTF-8 there, with a letter cut in two
    lambda line, _: line.replace(" HTTP", "?q=\udcb0\udcad\udcbc\udcd2 HTTP", 1),
    lambda line, _: line.replace(" HTTP", "?q=감귤\udcec\udc9d HTTP", 1),
)


def add_log_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of :func:`log_of`."""
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the generator")
    parser.add_argument(
        "--logs", metavar="FOLDER", type=Path, help="keep generated logs there, and use them again"
    )


def log_of(folder: Path, lines: int, options: argparse.Namespace) -> Path:
    """Return the generated log of that many lines: one kept of an earlier time, or a new one."""
    log = (options.logs or folder) / f"access-{lines}-{options.seed}.log"
    if not log.exists():
        fresh = log.with_suffix(".part")
        write_log(fresh, lines, options.seed)
        fresh.replace(log)
    os.sync()  # else the first contenders share the disk with what is still being written
    return log


def main() -> None:
    """Write a log where the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.weblog_lines")
    parser.add_argument("out", type=Path, help="the file to write")
    parser.add_argument("--lines", type=int, default=5_000_000, help="lines of the log")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the generator")
    options = parser.parse_args()
    write_log(options.out, options.lines, options.seed)


if __name__ == "__main__":
    main()
