"""Which tool wrote a file, found by its content, and what it tells."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
from pathlib import Path
from typing import BinaryIO, Final

from weblog.errors import SourceError, shown_path
from weblog.history import awstats, goaccess, matomo
from weblog.history.export import Export
from weblog.sources.denied import denied

LARGEST: Final = 256 * 2**20
"""Bytes of a report that is read as a whole; AWStats' files are read line by line."""

_EXPECTED: Final = (
    "Expected a data file of AWStats (awstatsMMYYYY.SITE.txt), a report of GoAccess in JSON "
    "(goaccess -o report.json), or days of Matomo as JSON or CSV (VisitsSummary.get, period=day)."
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GZIP: Final = b"\x1f\x8b"


def read_export(path: Path) -> tuple[Export, str]:
    """Return what a file tells, and its SHA-256.

    Raises:
        SourceError: it cannot be read, or no tool known here wrote it, or it is cut off.
        TableError: values in it cannot be used.
    """
    shown = shown_path(path)
    try:
        with path.open("rb") as file:
            export = _read(shown, path.name, file)
            file.seek(0)
            return export, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise denied(shown, error) from None


def _read(shown: str, name: str, file: BinaryIO) -> Export:
    head = file.read(4096)
    file.seek(0)
    if head.startswith(awstats.BEGINS):
        return awstats.read(shown, name, file)
    if head.lstrip().startswith(b"<") and awstats.BEGINS in head:
        problem = "is a data file of AWStats in its XML form, which is not read"
        raise SourceError(shown, problem, "Set BuildHistoryFormat=text, and update it once.")
    if head.startswith(_GZIP):
        raise SourceError(shown, "is compressed", "Unpack it first (gunzip).")
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise SourceError(shown, f"is larger than {LARGEST:,} bytes and no data file of AWStats")
    text = _decoded(shown, content)
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return _of_json(shown, text)
    if start == "<":
        raise SourceError(shown, "is a page, which is not read", _EXPECTED)
    return _of_csv(shown, text)


def _decoded(shown: str, content: bytes) -> str:
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        problem = f"is neither UTF-8 nor UTF-16 with a byte order mark (byte {error.start:,})"
        raise SourceError(shown, problem, _EXPECTED) from None


def _of_json(shown: str, text: str) -> Export:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        problem = f"is damaged or cut off ({str(error)[:80]})"
        raise SourceError(shown, problem, "Export it again.") from None
    if isinstance(told, dict) and told.get("result") == "error":
        said = str(told.get("message"))[:200]
        raise SourceError(shown, f"is Matomo's answer that it failed: {said}", matomo.ADVICE)
    if goaccess.is_of(told):
        return goaccess.read(shown, told)
    if matomo.is_of(told):
        return matomo.read_json(shown, told)
    raise SourceError(shown, "is JSON of no tool known here", _EXPECTED)


def _of_csv(shown: str, text: str) -> Export:
    if not text.strip():
        raise SourceError(shown, "is empty", _EXPECTED)
    first = text.partition("\n")[0]
    try:
        header = next(csv.reader(io.StringIO(first), delimiter=matomo.delimiter(text)), [])
        if matomo.is_header([name.strip() for name in header]):
            return matomo.read_csv(shown, text)
    except csv.Error as error:
        raise SourceError(shown, f"cannot be read as CSV ({error})", _EXPECTED) from None
    raise SourceError(shown, "is of no tool known here", _EXPECTED)
