"""``weblog plugins``."""

from __future__ import annotations

import click

from weblog.cli.options import output_option


@click.command(name="plugins")
@output_option
def command(output: str) -> None:
    """List formats, channel rules, attribution models and reports that other packages add.

    Each is loaded, and what is wrong with it is said. One that is broken stops only what asks
    for it. docs/extending.md tells how to write one.

    \b
    weblog plugins
    weblog plugins --output json
    """
    import polars as pl

    from reports.attribution.plugged import plugged_models
    from reports.plugged import plugged_reports
    from weblog.classify.channel_rules import plugged_rules
    from weblog.cli.emit import emit
    from weblog.formats.plugged import plugged_formats
    from weblog.plugins import KINDS

    listed = [*plugged_formats(), *plugged_rules(), *plugged_models(), *plugged_reports()]
    names = ("kind", "name", "package", "place", "problem")
    rows = [
        (KINDS[one.plugin.group], one.plugin.name, one.plugin.package, one.plugin.place, one.fault)
        for one in listed
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    if frame.is_empty() and output == "table":
        click.echo("No installed package adds anything; docs/extending.md tells how one can.")
        return
    emit(frame, output)
