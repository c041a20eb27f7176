"""``weblog serve``."""

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


@click.command(name="serve")
@store_option
@site_option
@sites_option
@rules_option
@reader_options
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=None,
    help="Processes.  [default: one for each core; one where a store is large]",
)
def command(
    store_path: str,
    site_path: str | None,
    sites_path: str | None,
    rules_path: str,
    host: str,
    port: int,
    workers: int | None,
    **readers: Any,
) -> None:
    """Serve the dashboard to many readers, with a process for each core.

    A store of more than three million sessions is served by one: each would keep it in memory.

    It answers at once; GET /ready is 503 until a large store was read and what people ask first is
    answered, then 200.

    A process that dies is replaced; SIGTERM lets requests that are being answered end. Put a proxy
    with TLS in front of it.
    """
    from dashboard.held import usual_processes
    from dashboard.production import serve_many, serve_sites_to_many
    from dashboard.site_list import load_sites
    from weblog.store import open_store

    listed = chosen_sites(sites_path)
    if listed:
        stores = (each.store for each in load_sites(Path(listed)))
        processes = workers or usual_processes(*stores)
        serve_sites_to_many(
            Path(listed), host=host, port=port, workers=processes, readers=readers_from(readers)
        )
    store = open_store(store_path)
    site = chosen_site(site_path)
    site_path = named_site(site_path)
    serve_many(
        store,
        site,
        site_path=site_path and str(Path(site_path).absolute()),
        rules_path=str(Path(rules_path).absolute()),
        host=host,
        port=port,
        workers=workers or usual_processes(store),
        readers=readers_from(readers),
    )
