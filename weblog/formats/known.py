"""The registry: formats by name, families by prefix, and what a text means."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType
from typing import Final

from weblog.errors import FormatError
from weblog.formats.format import Format
from weblog.formats.log_format import compile_format
from weblog.formats.named import (
    NamedFormat,
    aws,
    csv_rows,
    hosting,
    json_rows,
    kin,
    proxies,
    servers,
    w3c_rows,
)
from weblog.formats.times import split_zone
from weblog.plugins import FORMATS, names_of, plugin_named

GROUPS: Final[tuple[tuple[NamedFormat, ...], ...]] = (
    servers.ROWS,
    kin.ROWS,
    proxies.ROWS,
    aws.ROWS,
    hosting.ROWS,
    json_rows.ROWS,
    w3c_rows.ROWS,
    csv_rows.ROWS,
)
"""All rows by group. Earlier ones win when two fit a file equally well."""

NAMED: Final = MappingProxyType({row.name: row for rows in GROUPS for row in rows})
"""Every named format by its name."""

KNOWN: Final = MappingProxyType({name: row.text for name, row in NAMED.items()})
"""The text of every named format."""

ALIASES: Final = MappingProxyType(
    {alias: row.name for row in NAMED.values() for alias in row.aliases}
)
"""Other names of the named formats, in small letters and with ``_`` for ``-``."""

FAMILIES: Final[MappingProxyType[str, str]] = MappingProxyType(
    {
        "layout": "weblog.formats.layout:compile_layout",
        "json": "weblog.formats.json_lines:compile_json",
        "w3c": "weblog.formats.w3c:compile_w3c",
        "csv": "weblog.formats.csv_lines:compile_csv",
        "regex": "weblog.formats.regex:compile_regex",
        "goaccess": "weblog.formats.goaccess:compile_goaccess",
        "awstats": "weblog.formats.awstats:compile_awstats",
        "goatcounter": "weblog.formats.goatcounter:compile_goatcounter",
        "plugin": "weblog.formats.plugged:compile_plugged",
    }
)
"""Families of formats by the prefix of their text: ``module:function``.

The function makes a :class:`weblog.formats.Format` of what stands behind ``prefix:``, and raises
:class:`weblog.errors.FormatError`. It is imported when a text first needs it.
"""

AUTO: Final = "auto"
"""Stands for detecting the format, where a name or text is asked for."""

_PREFIX: Final = re.compile(r"([a-z][a-z0-9_]*):(.*)", re.DOTALL)


def format_named(text: str) -> Format:
    """Return the format of that name, or compile the text of one.

    Args:
        text: a name or alias, built in or a package's, ``family:...``, or a LogFormat string of
            Apache or nginx; with ``@Asia/Seoul`` behind it, times that say no zone are of that one.

    Raises:
        FormatError: neither a known name nor a format.
        PluginError: it is the name of what a package adds, and that cannot be used.
    """
    text = _written_out(text)
    prefixed = _PREFIX.fullmatch(text)
    if prefixed and prefixed[1] in FAMILIES:
        return _family(prefixed[1])(prefixed[2])
    if "%" not in text and "$" not in text:
        if plugin_named(FORMATS, split_zone(text)[0]) is not None:
            return _family("plugin")(text)
        known = ", ".join(names_of(FORMATS, KNOWN))
        raise FormatError(text, "no such name", f"Known: {known}; or a LogFormat string.")
    return compile_format(text)


def is_a_text(text: str) -> bool:
    """Say whether ``text`` is meant as a name we know or as a format, not as an unknown name."""
    prefixed = _PREFIX.fullmatch(text)
    is_family = prefixed is not None and prefixed[1] in FAMILIES
    if is_family or text == AUTO or "%" in text or "$" in text or row_named(text) is not None:
        return True
    return is_plugged(text)


def is_plugged(text: str) -> bool:
    """Say whether an installed package adds a format of that name; it is not loaded."""
    return row_named(text) is None and plugin_named(FORMATS, split_zone(text)[0]) is not None


def row_named(name: str) -> NamedFormat | None:
    """Return the format of that name or alias, whatever its case, maybe with ``@ZONE`` behind."""
    plain = split_zone(name)[0].lower().replace("-", "_")
    return NAMED.get(ALIASES.get(plain, plain))


def name_of(text: str) -> str:
    """Return the name of the format with this text, and its zone; the text if it has none."""
    plain, zone = split_zone(text)
    names = [name for name, known in KNOWN.items() if known == plain]
    if not names:
        return text
    return f"{names[0]}@{zone}" if zone else names[0]


def _written_out(text: str) -> str:
    """Return the text of a format given by name, with the zone it was given with."""
    row = row_named(text)
    if row is None:
        return text
    zone = split_zone(text)[1]
    return f"{row.text}@{zone}" if zone else row.text


def _family(prefix: str) -> Callable[[str], Format]:
    module, _, function = FAMILIES[prefix].partition(":")
    made: Callable[[str], Format] = getattr(import_module(module), function)
    return made
