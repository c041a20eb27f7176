"""``weblog compact``."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from weblog.cli.options import output_option, store_option
from weblog.cli.quiet import tell

if TYPE_CHECKING:
    from weblog.store import Store
    from weblog.store.lock import Holder


@click.command(name="compact")
@store_option
@output_option
@click.option(
    "--keep",
    "keep_minutes",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    metavar="MINUTES",
    help="Keep what readers may have opened this long ago.",
)
def command(store_path: str, output: str, keep_minutes: float) -> None:
    """Merge small files, and remove what no reader needs any more.

    Many small commits make many small files, which are slow to read. The same rows are written
    as fewer files; files of old versions and of killed runs are removed. The dashboard reads on
    meanwhile, and sees the same figures; what writes waits until it is done.
    """
    import polars as pl

    from weblog.cli.emit import emit
    from weblog.erasure import refuse_if_pending
    from weblog.store.maintenance import put_in_order

    store = completed_store(store_path)
    with store.lock("compact", exclusive=True, waiting=waiting_for):
        refuse_if_pending(store)
        done = put_in_order(store, now=time.time(), keep=60 * keep_minutes)
    if output != "table":
        emit(pl.DataFrame([asdict(each) for each in done]), output)
        return
    for each in done:
        if each.files_before == each.files_after and not each.removed and not each.commits:
            continue
        tell(
            f"{each.table}: {each.files_before:,} files of {_mb(each.bytes_before)} are "
            f"{each.files_after:,} of {_mb(each.bytes_after)}; {each.removed:,} old files of "
            f"{_mb(each.removed_bytes)} and {each.commits:,} files of its log removed"
        )
    before, after = sum(each.files_before for each in done), sum(each.files_after for each in done)
    removed = sum(each.removed_bytes for each in done)
    tell(f"In all {before:,} files are {after:,}; {_mb(removed)} of old files removed.")


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def completed_store(store_path: str) -> Store:
    """Open a store that is there, with what an older version made none of.

    Raises:
        StoreError: it is missing, or no store.
    """
    from weblog.store import open_store

    open_store(store_path)  # to be mended, not made
    return open_store(store_path, create=True)


def waiting_for(holders: list[Holder]) -> None:
    """Say whom this waits for."""
    tell(f"weblog: waiting for {'; '.join(map(str, holders)) or 'others'}", err=True)
