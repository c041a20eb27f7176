"""``[geo]``: the file that says in which country an address is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from weblog.errors import SiteError
from weblog.site.section import Section

if TYPE_CHECKING:
    import maxminddb

_EXPECTED = "expected a database in MaxMind's format (.mmdb)"


class Geo(Section):
    """Where clients are. The file lies beside ``site.toml`` unless its path is absolute."""

    database: str | None = None


def database_of(geo: Geo, folder: str) -> maxminddb.Reader | None:
    """Open the site's database; None if it names none.

    Raises:
        SiteError: it is not there, cannot be read, or is in another format.
    """
    if geo.database is None:
        return None
    problem = database_problem(geo, folder)
    if problem is not None:
        raise SiteError("site.toml", [problem])
    return _opened(str(Path(folder) / geo.database))


def database_problem(geo: Geo, folder: str) -> tuple[str, str, str] | None:
    """Return the fault of the site's database, None if it has none or names none."""
    if geo.database is None:
        return None
    import maxminddb  # noqa: PLC0415  only sites that name a database need it

    path = Path(folder) / geo.database
    shown = repr(geo.database)
    try:
        _opened(str(path))
    except FileNotFoundError:
        return ("geo.database", shown, f"{_EXPECTED}; there is no file {path}")
    except OSError as error:
        return ("geo.database", shown, f"{_EXPECTED}; it cannot be read ({error.strerror})")
    except (maxminddb.InvalidDatabaseError, ValueError):
        return ("geo.database", shown, f"{_EXPECTED}; this file is in another one")
    return None


@lru_cache(maxsize=4)
def _opened(path: str) -> maxminddb.Reader:
    import maxminddb  # noqa: PLC0415

    return maxminddb.open_database(path)
