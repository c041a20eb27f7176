"""Access logs written as logfmt, ``key=value`` in any order: no text of a format can say that.

``time=2026-03-02T09:15:00Z ip=192.0.2.7 method=GET path=/plan status=200 agent="Mozilla/5.0 ..."``
"""

from __future__ import annotations

import polars as pl

from weblog.extending import LineFormat

KEYS = {
    "time": "time",
    "client": "ip",
    "method": "method",
    "target": "path",
    "status": "status",
    "bytes": "bytes",
    "referrer": "referer",
    "user_agent": "agent",
}
"""Field of a hit to the key that holds it."""


def value(key: str) -> pl.Expr:
    """Return the value of a key, without the quotes around it; null where it is not there."""
    found = pl.col("line").str.extract_groups(rf'(?:^| ){key}=(?:"([^"]*)"|([^" ]+))')
    return pl.coalesce(found.struct.field("1"), found.struct.field("2"))


def read(lines: pl.Series) -> pl.DataFrame:
    """Return the fields of each line; a line without time or path is none of this format."""
    found = lines.to_frame("line").select(value(key).alias(name) for name, key in KEYS.items())
    is_one = found["time"].is_not_null() & found["target"].is_not_null()
    return found.select(pl.when(is_one).then(pl.col(name)).alias(name) for name in KEYS)


FORMAT = LineFormat(
    title="key=value pairs (logfmt)",
    writers="Services that log by logfmt, such as those written in Go",
    source="https://brandur.org/logfmt",
    fields=tuple(KEYS),
    samples=(
        'time=2026-03-02T09:15:00Z ip=192.0.2.7 method=GET path=/plan?id=3 status=200 agent="curl"',
    ),
    read=read,
)
