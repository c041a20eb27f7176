"""What a store holds of a person, as it is handed to that person: rows, and what they mean.

Nothing of others is in it: of a browser that others use, too, only the hits and visits that are
this customer's (:mod:`sessionize.people`), not the visitor's row, which tells of the others.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from sessionize.handed_words import KOREAN_COLUMNS, KOREAN_TABLES, README_EN, README_KO
from sessionize.people import person_of
from weblog.erasure import Person
from weblog.erasure.rows import without
from weblog.errors import UsageError, shown_path
from weblog.schema import TABLES
from weblog.site.rules import Site
from weblog.store import Snapshot
from weblog.store.rewrite import files_of, read_file

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive: the same data make the same bytes."""


def data_of(snapshot: Snapshot, site: Site, customer: str) -> dict[str, pl.DataFrame]:
    """Return all rows about a customer, by table; tables without any are left out.

    Args:
        snapshot: the store; its sessions agree with its hits.
        site: the site's rules.
        customer: id in the register.
    """
    person = person_of(snapshot, site, [customer])
    present = [name for name in TABLES if not snapshot.is_absent(name)]
    found = {name: _rows(snapshot, name, person) for name in present}
    return {name: rows for name, rows in found.items() if rows.height}


def _rows(snapshot: Snapshot, name: str, person: Person) -> pl.DataFrame:
    table, delta = TABLES[name], snapshot.delta(name)
    parts = [
        without(read_file(delta, table, file), person).removed for file in files_of(delta, table)
    ]
    rows = pl.concat([table.empty(), *parts])
    return rows.sort([key for key in ("date", "ts", *table.key) if key in rows.columns])


def files_for(
    data: Mapping[str, pl.DataFrame], customer: str, now: datetime
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of an export: name and content.

    For each table a CSV file (UTF-8 with byte order mark, for spreadsheets) and a JSON file; the
    meaning of every column in English and Korean; a README in both.
    """
    rows = "".join(f"- {name}.csv: {len(frame):,}\n" for name, frame in data.items())
    facts = {"customer": customer, "day": now.date().isoformat(), "tables": rows}
    yield "README.txt", README_EN.format(**facts).encode()
    korean = "".join(
        f"- {name}.csv ({KOREAN_TABLES[name]}): {len(frame):,}\n" for name, frame in data.items()
    )
    yield "README.ko.txt", README_KO.format(**{**facts, "tables": korean}).encode("utf-8-sig")
    yield "columns.csv", _csv(_meanings(data))
    for name, frame in data.items():
        plain = _plain(frame)
        yield f"{name}.csv", _csv(plain)
        yield f"{name}.json", plain.write_json().encode()


def hand_over(
    data: Mapping[str, pl.DataFrame], customer: str, place: Path, now: datetime
) -> list[str]:
    """Write the files of an export into a new zip archive, or a new folder; return their names.

    Raises:
        UsageError: there is something at that place already.
    """
    if place.exists():
        raise UsageError(f"{shown_path(place)}: is there already; name a new file or folder")
    files = dict(files_for(data, customer, now))
    if place.suffix == ".zip":
        with zipfile.ZipFile(place, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
        place.chmod(0o600)
    else:
        place.mkdir(mode=0o700, parents=True)
        for name, content in files.items():
            (place / name).write_bytes(content)
    return sorted(files)


def _meanings(data: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "table": name,
                "column": column.name,
                "meaning": column.meaning,
                "뜻": KOREAN_COLUMNS[column.name],
            }
            for name in data
            for column in TABLES[name].columns
        ]
    )


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows as people and spreadsheets read them: no bytes, no lists, instants with zone."""
    return frame.with_columns(
        pl.selectors.binary().map_batches(_text, return_dtype=pl.String),
        pl.selectors.list().list.join(", "),
        pl.selectors.datetime().dt.to_string("iso:strict"),
    )


def _text(column: pl.Series) -> pl.Series:
    texts = [
        None if value is None else value.decode("utf-8", "backslashreplace")
        for value in column.to_list()
    ]
    return pl.Series(column.name, texts, dtype=pl.String)


def _csv(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_bom=True)
    return buffer.getvalue()
