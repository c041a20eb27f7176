"""``weblog dashboard``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from weblog.cli.options import (
    chosen_site,
    named_site,
    rules_option,
    site_option,
    store_option,
)
from weblog.cli.reader_options import chosen_sites, reader_options, readers_from, sites_option


@click.command(name="dashboard")
@store_option
@site_option
@sites_option
@rules_option
@reader_options
@click.option("--open/--no-open", "open_browser", default=True, help="Open the browser.")
def command(
    store_path: str,
    site_path: str | None,
    sites_path: str | None,
    rules_path: str,
    host: str,
    port: int,
    open_browser: bool,
    **readers: Any,
) -> None:
    """Open the dashboard on this machine.

    Of the store's tables it writes none but those of target lists made in it.

    On this machine no login is needed unless there are accounts (`weblog accounts add`). On any
    other address it refuses to start without. `weblog serve` is for many readers.
    """
    from dashboard import Files, serve, serve_sites
    from weblog.store import open_store

    listed = chosen_sites(sites_path)
    if listed:
        from dashboard.site_list import load_sites

        serve_sites(
            load_sites(Path(listed)),
            Path(listed).parent,
            host=host,
            port=port,
            open_browser=open_browser,
            readers=readers_from(readers),
            ready=announce,
        )
        return
    store = open_store(store_path)
    site = chosen_site(site_path)
    serve(
        store,
        site,
        host=host,
        port=port,
        open_browser=open_browser,
        readers=readers_from(readers),
        files=Files(named_site(site_path), rules_path),
        ready=announce,
    )


def announce(url: str) -> None:
    """Say where the dashboard answers."""
    click.echo(f"Dashboard on {url}  (Ctrl+C stops it)")
