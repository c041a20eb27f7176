"""The command line: the composition root, the only place that sees all packages.

Every command is a file of its own here and a few lines over public functions. They are
imported when called: ``weblog --help`` must answer at once, without polars.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import click

from weblog import __version__
from weblog.cli.quiet import QUIET
from weblog.errors import WeblogError, did_you_mean
from weblog.masked import tellable, without_passwords

COMMANDS = {
    "demo": "Ingest the sample company's logs and open its dashboard.",
    "init": "Write a commented site.toml to start from.",
    "check": "Check site.toml, and show what it would do to real lines.",
    "explain": "Show every decision on one log line, with its reason.",
    "ingest": "Read logs into the store, each line exactly once.",
    "customers": "Load the customer register; find duplicates; measure its quality.",
    "purchases": "Load purchases (contracts) of customers.",
    "campaigns": "Load campaigns: when they ran, and what they cost.",
    "banners": "Load days of banners: impressions, clicks and costs.",
    "mailings": "Load mailings: what was sent when, and what it cost.",
    "deliveries": "Load who was chosen for which mailing, written to or held out.",
    "contacts": "Load contacts made elsewhere, which limits on contacts count.",
    "status": "Show what the store holds, and that it adds up.",
    "sources": "List the logs that were read, with what became of their lines.",
    "rejects": "Show the lines that could not be parsed, verbatim.",
    "formats": "List the log formats, or find out which one a log is in.",
    "report": "Print a report: site status, pages, channels and more.",
    "send": "Send scheduled reports by e-mail, and what waits to be sent.",
    "alerts": "Check the alerts of site.toml; tell what began and what ended.",
    "annotations": "Note what happened on days; trends show it.",
    "history": "Keep the days AWStats, GoAccess or Matomo counted before.",
    "views": "List, show and delete the views people saved in the dashboard.",
    "recommend": "Suggest products and content to customers, with reasons.",
    "segments": "Show who is in which segment, and why.",
    "rules": "Write, check, list and explain the rules that choose customers.",
    "target": "Make a list of customers to write to, by a rule or a list of rules.",
    "sql": "Query every table of the store with SQL.",
    "mart": "Build tables for BI tools and notebooks; export them to PostgreSQL.",
    "export": "Hand a person their data: every row about them, with its meaning.",
    "erase": "Erase people from every table, every file, every old version.",
    "dashboard": "Open the dashboard on this machine.",
    "serve": "Serve the dashboard to many readers.",
    "accounts": "Make and change the accounts people log in to the dashboard by.",
    "audit": "Show who logged in, and who looked at which customer.",
    "plugins": "List what other installed packages add, and whether it works.",
    "doctor": "Check every promise on the store; say what is wrong.",
    "compact": "Merge small files of the store, remove what no reader needs.",
    "retention": "Remove what is older than the site wants to keep.",
}
"""Every command and its one-line help, in the order of use."""

GROUPS = {
    "demo": "Begin",
    "ingest": "Load",
    "status": "See what was loaded",
    "report": "Reports",
    "recommend": "Customers",
    "sql": "Data for other programs, and a person's own",
    "dashboard": "Dashboard",
    "plugins": "Keep in order",
}
"""The headings commands are listed under; each group goes from the command named to the next."""


LOGS = "weblog.logs"
"""The module that tells events; imported where somebody wants to hear of them."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what fails of the machine or the store's files is told as what it is."""
        try:
            return super().invoke(ctx)
        except (WeblogError, click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:  # `weblog ... | head` closed the pipe: nothing is wrong
            _give_up_output()  # click would leave with code 1
            raise click.exceptions.Exit(0) from None
        except BaseException as error:  # libraries written in Rust panic with a class of these
            from weblog.cli.failures import STORE, explained

            reason = explained(error, ctx.meta.get(STORE))
            if reason is None:
                raise
            raise reason from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"weblog.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and say which one was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = did_you_mean(args[0], list(COMMANDS))
            ctx.fail(f"no such command {args[0]!r}.{near} `weblog --help` lists them all.")
        if args:
            from weblog.cli.tuning import tune_for

            tune_for(args[0])
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for name, told in COMMANDS.items():
            heading = GROUPS.get(name) or [*groups][-1]
            groups.setdefault(heading, []).append((name, told))
        width = max(map(len, COMMANDS))
        for heading, rows in groups.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), told) for name, told in rows])


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Print the version, and whether the parser's inner loop is here compiled."""
    if not value or ctx.resilient_parsing:
        return
    from weblog.parse.library import is_compiled

    parser = "compiled" if is_compiled() else "not compiled: slower, with the same results"
    click.echo(f"weblog {__version__}\nparser: {parser}")
    ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    envvar="WEBLOG_LOG_FORMAT",
    default=None,
    help="Tell events on standard error as lines of text or of JSON.",
)
@click.option(
    "--log-level",
    type=click.Choice(["info", "warning", "error"]),
    envvar="WEBLOG_LOG_LEVEL",
    default=None,
    help="The least that is told.  [default: warning; of JSON info]",
)
@click.option("--verbose", "-v", "log_level", flag_value="info", help="Short for --log-level info.")
@click.option(
    "--quiet",
    "-q",
    is_flag=True,
    envvar="WEBLOG_QUIET",
    help="No progress and no summary; warnings and errors stay. For cron.",
)
@click.pass_context
def weblog(ctx: click.Context, log_format: str | None, log_level: str | None, quiet: bool) -> None:
    """Turn web server logs into answers: who came, what they care about, what each campaign did.

    Start with `weblog demo`, or on your own log with `weblog ingest access.log` and
    `weblog dashboard`. Everything stays on this machine.
    """
    ctx.meta[QUIET] = quiet
    if log_format and quiet:
        log_level = log_level or "warning"
    if log_format or log_level:
        from weblog import logs

        logs.begin(log_format, log_level, ctx.invoked_subcommand or "")
        logs.event("began", version=__version__)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and leave with its exit code."""
    began = time.monotonic()
    try:
        _run(arguments)
    except SystemExit as end:
        if LOGS in sys.modules:
            seconds = round(time.monotonic() - began, 3)
            sys.modules[LOGS].event("ended", exit_code=end.code or 0, seconds=seconds)
        raise


def _run(arguments: Sequence[str] | None) -> NoReturn:
    """Run the command line; errors a user can mend are printed without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may know no dash or box, as in EUC-KR
            stream.reconfigure(errors="backslashreplace")
    # To look for plugins of pydantic's, which check nothing here, every package is opened.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        code = weblog.main(args=arguments, standalone_mode=False)
    except WeblogError as error:
        say_error(error)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.message = without_passwords(error.message)  # type: ignore[misc]
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("weblog: stopped. What was committed is safe; run again to go on.", err=True)
        sys.exit(130)
    except BrokenPipeError:  # `weblog ... | head` closed the pipe: nothing is wrong
        _give_up_output()
        sys.exit(0)
    except OSError as error:  # a disk that is full, a folder without permission
        from weblog.cli.failures import told

        _give_up_output()
        say_error(told(error))
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def say_error(error: object) -> None:
    """Print what is wrong; what a terminal would obey, as in a file's name, is made visible."""
    if LOGS in sys.modules and sys.modules[LOGS].is_json():
        sys.modules[LOGS].failed(error)
        return
    click.secho(f"weblog: {tellable(str(error))}", err=True, fg="red")


def _give_up_output() -> None:
    """Send what is left in the buffer nowhere: writing it failed once already."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
