"""Formats that other packages add (:mod:`weblog.extending`), as formats like any other.

One given as a text is that text; one given as a function is ``plugin:NAME``, which is what a
store keeps with the source: who reads it on must have the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from weblog.errors import FormatError
from weblog.extending import LineFormat
from weblog.formats.format import Format
from weblog.formats.known import NAMED, format_named
from weblog.formats.mapping import TimeRule, check_fields, time_rule
from weblog.formats.named import NamedFormat
from weblog.formats.times import split_zone
from weblog.plugins import FORMATS, Listed, Plugin, checked, load_named, plugin_named

PREFIX = "plugin"


@dataclass(frozen=True, slots=True)
class PluggedFormat:
    """A format that a package's function reads.

    It crosses process borders by its text: the other process loads the plug-in itself.
    """

    text: str
    plugin: Plugin
    line_format: LineFormat
    times: TimeRule

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Pickle it as its text."""
        return format_named, (self.text,)

    @property
    def fields(self) -> tuple[str | None, ...]:
        """The fields it fills."""
        return self.line_format.fields

    def fit(self, lines: Sequence[bytes]) -> float:
        """Return the share of ``lines`` that it reads."""
        if not lines:
            return 0.0
        texts = pl.Series("line", [each.decode("utf-8", "replace") for each in lines])
        return float(self.matched(self.read(texts)).sum()) / len(lines)

    def read(self, lines: pl.Series) -> pl.DataFrame:
        """Return the fields of each line.

        Raises:
            PluginError: the package's function fails, or answers with something else.
        """
        found = self.plugin.calling(self.line_format.read)(lines)
        expected = dict.fromkeys(self.line_format.fields, pl.String)
        if not isinstance(found, pl.DataFrame):
            raise self.plugin.error(f"read gives {type(found).__name__}, expected a DataFrame")
        if dict(found.schema) != expected:
            shown = ", ".join(f"{name} {dtype}" for name, dtype in found.schema.items())
            asked = ", ".join(expected)
            raise self.plugin.error(f"read gives columns {shown}; expected String for: {asked}")
        if found.height != len(lines):
            counts = f"{found.height} rows for {len(lines)} lines"
            raise self.plugin.error(f"read gives {counts}; expected one for each")
        return found

    def matched(self, found: pl.DataFrame) -> pl.Series:
        """Say which lines are of the format: those in which any field is told."""
        return found.select(pl.any_horizontal(pl.all().is_not_null()).alias("matched")).to_series()


@lru_cache(maxsize=64)
def compile_plugged(text: str) -> Format:
    """Return the format behind ``plugin:``, a name and maybe ``@ZONE``.

    Raises:
        PluginError: the package's format cannot be used.
        FormatError: no package adds a format of that name, or no such time zone.
    """
    name, zone = split_zone(text)
    if plugin_named(FORMATS, name) is None:
        advice = "Install the package it came from; `weblog plugins` lists what is installed."
        raise FormatError(f"{PREFIX}:{text}", "no installed package adds that format", advice)
    plugin, found = _loaded(name)
    if isinstance(found, NamedFormat):
        return format_named(f"{found.text}@{zone}" if zone else found.text)
    spec = {"time_format": found.time_format, "zone": zone or found.zone}
    return PluggedFormat(f"{PREFIX}:{text}", plugin, found, time_rule(spec, f"{PREFIX}:{text}"))


@lru_cache(maxsize=64)
def plugged_row(name: str) -> NamedFormat:
    """Return what is said of the format of that name that a package adds.

    Raises:
        UnknownNameError: no package adds one of that name.
        PluginError: the package's format cannot be used.
    """
    plugin, found = _loaded(name)
    row = found
    if isinstance(found, LineFormat):
        text = f"{PREFIX}:{name}"
        row = NamedFormat(name, found.title, found.writers, found.source, text, found.samples)
    assert isinstance(row, NamedFormat)  # noqa: S101  one or the other
    if row.name != name:
        raise plugin.error(f"the format calls itself {row.name!r}: expected the entry point's name")
    try:
        if isinstance(found, LineFormat):
            check_fields(found.fields, row.text)
        shares = [compile_plugged(name).fit(_lines(sample)) for sample in row.samples]
    except FormatError as error:
        raise plugin.error(str(error)) from error
    if not shares or min(shares) < 1:
        raise plugin.error("it has no sample, or does not read its own samples")
    return row


def plugged_formats() -> list[Listed]:
    """Return every format that packages add, and what is wrong with those that cannot be used."""
    return checked(FORMATS, plugged_row, NAMED)


def _loaded(name: str) -> tuple[Plugin, NamedFormat | LineFormat]:
    found = load_named(FORMATS, name, object, NAMED)
    plugin = plugin_named(FORMATS, name)
    assert plugin is not None  # noqa: S101  it was loaded
    if not isinstance(found, (NamedFormat, LineFormat)):
        kind = type(found).__name__
        raise plugin.error(f"it is of type {kind}, expected NamedFormat or LineFormat")
    return plugin, found


def _lines(sample: str) -> list[bytes]:
    return [line.encode() for line in sample.split("\n") if line.strip()]
