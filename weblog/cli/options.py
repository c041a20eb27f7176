"""Options several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from weblog.cli.failures import STORE

if TYPE_CHECKING:
    from weblog.site import Draft, Site

F = TypeVar("F", bound=Callable[..., Any])


class _Day(click.DateTime):
    """A day, as people write it."""

    name = "day"

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return what stands for it in the help."""
        return "DAY"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return its first instant."""
        try:
            found: datetime = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day: expected one such as 2025-11-30.", param, ctx)
        return found


DAY = _Day()

DEFAULT_STORE = "weblog-store"
DEFAULT_SITE = "site.toml"
DEFAULT_RULES = "rules.toml"
_TIME_FORMAT = "weblog.time_format"


class FileHere(click.Path):
    """A file of this machine. ``s3://bucket/list.csv`` would else be one in a folder ``s3:``."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path.

        Raises:
            BadParameter: it is the address of a bucket, or on the web.
        """
        from weblog.remote.address import is_remote, shown_address

        if is_remote(str(value)):
            shown = shown_address(str(value))
            self.fail(f"{shown}: files are written on this machine: name one, and copy it there.")
        return super().convert(value, param, ctx)


def store_option(command: F) -> F:
    """Add ``--store``."""
    return click.option(
        "--store",
        "store_path",
        default=DEFAULT_STORE,
        show_default="./weblog-store",
        envvar="WEBLOG_STORE",
        metavar="DIR",
        callback=_remembered,
        help="Folder of the store, or a prefix of a bucket (s3://bucket/store).",
    )(command)


def _remembered(context: click.Context, _: click.Parameter, value: str) -> str:
    """Note which store is worked with: where a command fails, its files are looked at."""
    context.meta[STORE] = value
    return value


def site_option(command: F) -> F:
    """Add ``--site``."""
    return click.option(
        "--site",
        "site_path",
        default=None,
        envvar="WEBLOG_SITE",
        metavar="FILE",
        callback=_there,
        help="The site's rules.  [default: ./site.toml if there is one]",
    )(command)


def _there(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Refuse rules that are not there also where the command can do without."""
    if value is not None and not Path(value).exists():
        from weblog.errors import SiteError, shown_path
        from weblog.site.load import MISSING

        raise SiteError(shown_path(value), [MISSING])
    return value


def rules_option(command: F) -> F:
    """Add ``--rules``."""
    return click.option(
        "--rules",
        "rules_path",
        default=DEFAULT_RULES,
        show_default="./rules.toml",
        envvar="WEBLOG_RULES",
        metavar="FILE",
        help="The rules that choose customers.",
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


def given_format(context: click.Context, _: click.Parameter, value: str | None) -> str | None:
    """Refuse a ``--format`` that says nothing; add the ``--time-format`` that stood before it."""
    if value is not None and not value.strip():
        raise click.BadParameter("is empty; leave it out to have the format detected.")
    times = context.meta.pop(_TIME_FORMAT, None)
    if times is None:
        return value
    if value is None:
        raise click.UsageError("--time-format is for a --format of json:, csv: or regex:.")
    return _with_times(value, times)


def time_format_option(command: F) -> F:
    """Add ``--time-format``, which becomes a part of ``--format``."""
    return click.option(
        "--time-format",
        metavar="STRFTIME",
        expose_value=False,
        callback=_given_times,
        help="How times are written, for a --format of json:, csv: or regex:, such as "
        "'%d.%m.%Y %H:%M:%S'.  [default: told apart by themselves]",
    )(command)


def _given_times(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    if context.params.get("log_format") is None:  # options come in the order they were typed
        context.meta[_TIME_FORMAT] = value
    else:
        context.params["log_format"] = _with_times(context.params["log_format"], value)


def _with_times(log_format: str, times: str) -> str:
    from weblog.formats import KNOWN
    from weblog.formats.mapping import with_time_format

    return with_time_format(KNOWN.get(log_format, log_format), times)


def chosen_site(site_path: str | None) -> Site:
    """Load the rules named by ``--site``, else ./site.toml, else a site that wrote none.

    Raises:
        SiteError: the rules are wrong.
    """
    return chosen_draft(site_path).checked()


def named_site(site_path: str | None) -> str | None:
    """Return the file of ``--site``, else ./site.toml if there is one."""
    if site_path is None and Path(DEFAULT_SITE).is_file():
        return DEFAULT_SITE
    return site_path


def chosen_draft(site_path: str | None) -> Draft:
    """Read the rules that :func:`chosen_site` loads, with their faults."""
    from weblog.site import draft_site

    return draft_site(named_site(site_path))
