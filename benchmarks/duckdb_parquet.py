"""``python -m benchmarks.duckdb_parquet LOG OUT``: DuckDB reads a combined log into Parquet.

No more than that: the ten words of each line as text, compressed with zstd. Lines whose quotes do
not pair up are dropped or merged with their neighbours (``ignore_errors``); nothing is classified.
It says how many rows it wrote.
"""

from __future__ import annotations

import sys

import duckdb

_COLUMNS = "client ident user time zone request status bytes referrer user_agent".split()


def main(log: str, out: str) -> None:
    """Read ``log``, write ``out``, print the number of rows."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _COLUMNS)
    read = (
        f"read_csv($log, delim=' ', quote='\"', escape='\"', header=false, auto_detect=false, "
        f"ignore_errors=true, strict_mode=false, columns={{{columns}}})"
    )
    copy = f"COPY (FROM {read}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    rows = duckdb.execute(copy, {"log": log}).fetchall()[0][0]
    print(rows)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
