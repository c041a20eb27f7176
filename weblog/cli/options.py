"""Options several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from weblog.site import Draft, Site

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_STORE = "weblog-store"
DEFAULT_SITE = "site.toml"


def store_option(command: F) -> F:
    """Add ``--store``."""
    return click.option(
        "--store",
        "store_path",
        default=DEFAULT_STORE,
        show_default="./weblog-store",
        envvar="WEBLOG_STORE",
        metavar="DIR",
        help="Folder of the store.",
    )(command)


def site_option(command: F) -> F:
    """Add ``--site``."""
    return click.option(
        "--site",
        "site_path",
        default=None,
        envvar="WEBLOG_SITE",
        metavar="FILE",
        help="The site's rules.  [default: ./site.toml if there is one]",
    )(command)


def output_option(command: F) -> F:
    """Add ``--output``."""
    return click.option(
        "--output",
        type=click.Choice(["table", "json", "csv", "parquet"]),
        default="table",
        show_default=True,
        help="A table for people, or a format for programs.",
    )(command)


def given_format(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Refuse a ``--format`` that says nothing."""
    if value is not None and not value.strip():
        raise click.BadParameter("is empty; leave it out to have the format detected.")
    return value


def chosen_site(site_path: str | None) -> Site:
    """Load the rules named by ``--site``, else ./site.toml, else a site that wrote none.

    Raises:
        SiteError: the rules are wrong.
    """
    return chosen_draft(site_path).checked()


def chosen_draft(site_path: str | None) -> Draft:
    """Read the rules that :func:`chosen_site` loads, with their faults."""
    from weblog.site import draft_site

    if site_path is None and Path(DEFAULT_SITE).is_file():
        site_path = DEFAULT_SITE
    return draft_site(site_path)
