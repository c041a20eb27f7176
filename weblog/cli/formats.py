"""``weblog formats``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from weblog.cli.options import output_option
from weblog.errors import SourceError, UnknownNameError
from weblog.plugins import BUILT_IN, FORMATS, names_of, plugin_named

if TYPE_CHECKING:
    import polars as pl

    from weblog.formats import NamedFormat

LOOKED_AT = 256
"""Lines of a log that detection looks at."""


@click.command(name="formats")
@click.argument("name", required=False)
@click.option(
    "--detect",
    "log",
    metavar="LOG",
    default=None,
    help="Find out which format LOG is written in, and show the evidence.",
)
@output_option
def command(name: str | None, log: str | None, output: str) -> None:
    """List the log formats that have a name, or tell about the one called NAME.

    A format without a name is given as an Apache LogFormat or nginx log_format string, or in one
    of the other ways that docs/formats.md describes.

    \b
    weblog formats
    weblog formats haproxy
    weblog formats --detect access.log
    """
    from weblog.cli.emit import emit
    from weblog.formats.known import NAMED, is_plugged, row_named

    if log is not None:
        _detect(log, output)
        return
    if name is None:
        emit(_listed(list(NAMED.values())), output)
        return
    row = row_named(name)
    origin = BUILT_IN
    if row is None and is_plugged(name):
        row, origin = _of_package(name)
    if row is None:
        raise UnknownNameError("log format", name, names_of(FORMATS, NAMED))
    if output == "table":
        _print(row, origin)
    else:
        emit(_whole(row), output)


def _listed(rows: list[NamedFormat]) -> pl.DataFrame:
    import polars as pl

    from weblog.formats.plugged import plugged_formats, plugged_row

    built_in = [_row(row, BUILT_IN) for row in rows]
    more = [
        {"name": one.plugin.name, "title": f"cannot be used: {one.fault}", "fields": "",
         "origin": one.plugin.package}
        if one.fault
        else _row(plugged_row(one.plugin.name), one.plugin.package)
        for one in plugged_formats()
    ]  # fmt: skip
    return pl.DataFrame([*built_in, *more])


def _row(row: NamedFormat, origin: str) -> dict[str, str]:
    fields = ", ".join(_fields(row))
    return {"name": row.name, "title": row.title, "fields": fields, "origin": origin}


def _of_package(name: str) -> tuple[NamedFormat, str]:
    """Return a format that a package adds, and which package."""
    from weblog.formats.plugged import plugged_row
    from weblog.formats.times import split_zone

    plain = split_zone(name)[0]
    plugin = plugin_named(FORMATS, plain)
    return plugged_row(plain), plugin.package if plugin else BUILT_IN


def _fields(row: NamedFormat) -> tuple[str, ...]:
    from weblog.formats import format_named
    from weblog.formats.told import told_by

    return told_by(format_named(row.name))


def _whole(row: NamedFormat) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(
        {
            "name": [row.name],
            "title": [row.title],
            "writers": [row.writers],
            "source": [row.source],
            "text": [row.text],
            "fields": [list(_fields(row))],
            "aliases": [list(row.aliases)],
            "samples": [list(row.samples)],
        }
    )


def _print(row: NamedFormat, origin: str) -> None:
    lines = [
        f"{row.name}: {row.title}",
        f"  written by  {row.writers}",
        f"  source      {row.source}",
        *([f"  added by    package {origin}"] if origin != BUILT_IN else []),
        f"  tells       {', '.join(_fields(row))}",
        f"  format      {row.text}",
        *([f"  also called {', '.join(row.aliases)}"] if row.aliases else []),
        "  such as",
        *(f"    {line}" for sample in row.samples for line in sample.split("\n")),
    ]
    click.echo("\n".join(lines))


def _detect(log: str, output: str) -> None:
    import polars as pl

    from weblog.cli.emit import emit
    from weblog.cli.table import shown
    from weblog.formats import detect, format_named
    from weblog.formats.told import told_by

    found = detect(_first_lines(log), log)
    if output == "table":
        click.echo(f"{shown(log)}: {shown(found.why)}")
        for note in found.notes:
            click.echo(f"  {shown(note)}")
    mixed = {each.name for each in found.mixed_with}
    rivals = {each.name for each in found.rivals}
    rows = [
        {
            "name": each.name,
            "lines": round(each.share * found.lines),
            "share": each.share,
            "is": "the format" if each is found.best else _role(each.name, rivals, mixed),
            "fields": ", ".join(told_by(format_named(each.name))),
        }
        for each in (found.best, *found.others)
    ]
    emit(pl.DataFrame(rows), output)


def _role(name: str, rivals: set[str], mixed: set[str]) -> str:
    if name in rivals:
        return "as likely"
    return "of other lines" if name in mixed else "less likely"


def _first_lines(log: str) -> list[bytes]:
    from weblog.sources import Reader, open_source

    source = open_source(log, final=True)
    try:
        data, _ = Reader(source).head()
    finally:
        source.close()
    lines = [line.rstrip(b"\r") for line in data.split(b"\n") if line.strip()]
    if not lines:
        problem = "empty: nothing to detect a format by"
        raise SourceError(source.shown, problem, "Name a log that has lines.")
    return lines[:LOOKED_AT]
