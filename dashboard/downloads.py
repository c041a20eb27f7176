"""Files of what tables show: the same rows and columns, as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl
from flask import Flask, Response, abort, request

from dashboard.access.callbacks import asked_of
from dashboard.access.door import Door
from dashboard.access.roles import least, reader
from dashboard.pages import PAGES
from reports.audience.cells import csv_bytes, parquet_bytes
from reports.coarse import WithheldError
from weblog.errors import UnknownNameError
from weblog.site import Site
from weblog.store import Store


def _csv(frame: pl.DataFrame) -> bytes:
    """Return CSV for a spreadsheet; lists of numbers, too, as one text."""
    lists = pl.selectors.list().cast(pl.List(pl.String))
    return csv_bytes(frame.with_columns(lists), with_mark=True)


FORMATS: Final[dict[str, tuple[Callable[[pl.DataFrame], bytes], str]]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "parquet": (parquet_bytes, "application/vnd.apache.parquet"),
}
"""Ending to how it is written, and its type. Texts of a CSV cannot be formulas."""


def add_downloads(server: Flask, store: Store, site: Site, door: Door) -> None:
    """Answer ``/download/PAGE/CARD.csv`` and ``.parquet`` with the address of the page behind.

    The file holds what the table of that card shows at that address: its rows in their order
    and its columns, under the names reports give them, values unrounded: what the reader's role
    may see of them. Each file is recorded.
    """
    pages = {page.name: page for page in PAGES.values() if page.cards}

    @server.get("/download/<page>/<card>.<ending>")
    @least("viewer")
    def download(page: str, card: str, ending: str) -> Response:
        found = pages.get(page)
        shown = found.cards if found else None
        spec = shown.card(card) if shown else None
        if found is None or shown is None or spec is None or ending not in FORMATS:
            abort(404)
        if not (reader().sees(found.role) and reader().sees(spec.role)):
            abort(403)
        search = request.query_string.decode("utf-8", "replace")
        try:
            frame = shown.file(spec, asked_of(store, door, search), site, search)
        except WithheldError:
            abort(403)
        except UnknownNameError:
            abort(404)
        if door.audit:
            door.audit.record("export", reader=reader(), detail=f"{page}/{card}.{ending}")
        write, kind = FORMATS[ending]
        answer = Response(write(frame), content_type=kind)
        answer.headers["Content-Disposition"] = f'attachment; filename="{page}-{card}.{ending}"'
        return answer
