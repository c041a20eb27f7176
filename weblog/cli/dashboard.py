"""``weblog dashboard``."""

from __future__ import annotations

import click

from weblog.cli.options import chosen_site, site_option, store_option


@click.command(name="dashboard")
@store_option
@site_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8050, show_default=True, help="Port; 0 takes any free one.")
@click.option(
    "--role",
    type=click.Choice(["marketer", "analyst"]),
    default="marketer",
    show_default=True,
    help="What the page /customer shows of a person: a marketer sees names and addresses masked.",
)
@click.option("--open/--no-open", "open_browser", default=True, help="Open the browser.")
def command(
    store_path: str,
    site_path: str | None,
    host: str,
    port: int,
    role: str,
    open_browser: bool,
) -> None:
    """Open the dashboard on this machine; it reads what is published and writes nothing."""
    from dashboard import serve
    from weblog.store import open_store

    store = open_store(store_path)
    site = chosen_site(site_path)
    serve(store, site, host=host, port=port, open_browser=open_browser, role=role, ready=announce)


def announce(url: str) -> None:
    """Say where the dashboard answers."""
    click.echo(f"Dashboard on {url}  (Ctrl+C stops it)")
