"""Options of the dashboard's server: where it listens, and who may read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dashboard.access.opening import Readers

F = TypeVar("F", bound=Callable[..., Any])

ROLES = ("viewer", "marketer", "analyst", "admin")

access_option = click.option(
    "--access",
    "access_path",
    default=None,
    envvar="WEBLOG_ACCESS",
    metavar="DIR",
    help="Folder of accounts and audit log.  [default: access in the store's folder]",
)


sites_option = click.option(
    "--sites",
    "sites_path",
    default=None,
    envvar="WEBLOG_SITES",
    metavar="FILE",
    help="Show several sites: a list of stores and their rules, instead of --store and --site.",
)


def chosen_sites(sites_path: str | None) -> str | None:
    """Return the list of sites, if that is what is to be shown.

    Raises:
        UsageError: a store or rules were named, too.
    """
    from click.core import ParameterSource

    from weblog.errors import UsageError

    if not sites_path:
        return None
    context = click.get_current_context()
    typed = ParameterSource.COMMANDLINE
    for name in ("store", "site"):
        if context.get_parameter_source(f"{name}_path") is typed:
            if context.get_parameter_source("sites_path") is not typed:
                return None  # what was typed is meant, not what the environment says
            raise UsageError(f"--sites names stores and rules itself: leave out --{name}")
    return sites_path


def reader_options(command: F) -> F:
    """Add the options that :func:`readers_from` reads, and ``--host`` and ``--port``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    click.option("--port", default=8050, show_default=True, help="Port; 0 takes any free one."),
    click.option(
        "--role",
        type=click.Choice(ROLES),
        default="marketer",
        show_default=True,
        help="What is shown while no login is needed: a viewer sees groups, a marketer customers "
        "with names and addresses masked, an analyst everything.",
    ),
    click.option(
        "--login/--no-login",
        default=None,
        help="Ask for a login.  [default: if there are accounts, or --host is not this machine]",
    ),
    access_option,
    click.option(
        "--https", is_flag=True, help="Readers come by TLS (through a proxy): cookies only so."
    ),
    click.option(
        "--trust-proxy",
        multiple=True,
        metavar="ADDRESS",
        help="Believe a proxy at this address or network about addresses and TLS. Repeatable.",
    ),
    click.option(
        "--trust-header",
        default="",
        metavar="NAME",
        help="Header in which that proxy names who logged in, such as X-Forwarded-User.",
    ),
    click.option(
        "--trust-groups",
        default="",
        metavar="NAME",
        help="Header in which it names their groups; [dashboard] groups of site.toml: their roles.",
    ),
    click.option(
        "--oidc",
        default="",
        metavar="FILE",
        help="The company's login by OpenID Connect: issuer, client_id, public_url ...",
    ),
)


def readers_from(given: dict[str, Any]) -> Readers:
    """Return who may read, from the values of these options."""
    from dashboard.access.opening import Readers

    return Readers(
        role=given["role"],
        login=given["login"],
        https=given["https"],
        trust_proxy=given["trust_proxy"],
        trust_header=given["trust_header"],
        trust_groups=given["trust_groups"],
        oidc=given["oidc"] and str(Path(given["oidc"]).absolute()),
        folder=given["access_path"],
    )
