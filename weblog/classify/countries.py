"""The country of a client address, out of a file the site gives. No file, no guess."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from weblog.classify.clients import as_address

if TYPE_CHECKING:
    import maxminddb

_CODE = re.compile(r"[A-Z]{2}")


def countries(clients: pl.Series, database: maxminddb.Reader | None) -> pl.Series:
    """Return the country (ISO 3166 alpha-2) of each distinct client, null if unknown.

    It is where the file says the address is, not where its owner is registered. Give whole
    addresses: after they are truncated they may lie in another country. Without a database
    all are null.
    """
    if database is None:
        return pl.Series("country", [None], dtype=pl.String).new_from_index(0, len(clients))
    newest = database.metadata().ip_version
    found = [_country(client, database, newest) for client in clients.to_list()]
    return pl.Series("country", found, dtype=pl.String)


def _country(client: str | None, database: maxminddb.Reader, newest: int) -> str | None:
    address = None if client is None else as_address(client)
    if address is None or address.version > newest:
        return None
    return _code(database.get(str(address)))


def _code(record: Any) -> str | None:
    """Read the code as MaxMind and DB-IP write it, or as IPinfo and others do."""
    if not isinstance(record, dict):
        return None
    country = record.get("country")
    code = country.get("iso_code") if isinstance(country, dict) else country
    code = record.get("country_code", code)
    if not isinstance(code, str) or not _CODE.fullmatch(code.upper()):
        return None
    return code.upper()
