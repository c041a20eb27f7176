"""``weblog demo``."""

from __future__ import annotations

import shutil
from math import isnan
from pathlib import Path

import click

from weblog.cli.options import output_option
from weblog.cli.quiet import tell

DEFAULT_STORE = "weblog-demo"


@click.command(name="demo")
@click.option(
    "--store",
    "store_path",
    default=DEFAULT_STORE,
    show_default="./weblog-demo",
    metavar="DIR",
    help="Folder of the demo's store.",
)
@click.option(
    "--scale",
    type=click.FloatRange(0.01, 10_000),
    default=1.0,
    show_default=True,
    help="Generate a company so many times as large.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8050, show_default=True, help="Port; 0 takes any free one.")
@click.option("--open/--no-open", "open_browser", default=True, help="Open the browser.")
@click.option(
    "--dashboard/--no-dashboard", "with_dashboard", default=True, help="Stop before the dashboard."
)
@output_option
def command(
    store_path: str,
    scale: float,
    host: str,
    port: int,
    open_browser: bool,
    with_dashboard: bool,
    output: str,
) -> None:
    """Ingest the sample company's logs, print what was found, open the dashboard.

    The company is a made-up Korean life insurer: two servers' logs over 90 days, its customer
    register, campaigns, banners and mailings.
    """
    import reports
    from weblog.cli.dashboard import announce
    from weblog.cli.emit import emit
    from weblog.cli.ingest import ingest_all
    from weblog.cli.report_table import print_report
    from weblog.cli.table import counted
    from weblog.site import load_site
    from weblog.store import open_store

    if isnan(scale):
        raise click.BadParameter("nan is not a number.", param_hint="--scale")
    folder = company(Path(store_path), scale)
    site = load_site(folder / "site.toml")
    store = open_store(store_path, create=True)
    logs = log_files(folder)
    tell(f"{site.name}: {len(logs)} log files, into {store_path}", err=True)
    summary = ingest_all(store, [str(path) for path in logs], site)
    for error in summary.errors:
        raise error
    report = reports.summary(store)
    if output == "table":
        tell(
            f"{counted(summary.lines, 'new line')} = {counted(summary.hits, 'hit')} + "
            f"{counted(summary.rejects, 'reject')} + {summary.skipped:,} skipped"
        )
        print_report(report)
    else:
        emit(report.frame, output)
    if with_dashboard:
        from dashboard import Files, serve

        serve(
            store,
            site,
            host=host,
            port=port,
            open_browser=open_browser,
            files=Files(str(folder / "site.toml"), str(_rules(folder, Path(store_path)))),
            ready=announce,
        )


def _rules(company: Path, store: Path) -> Path:
    """Return a copy of the company's rules beside the store: the dashboard may change it."""
    own = store.with_name(f"{store.name}-rules.toml")
    if not own.exists():
        shutil.copyfile(company / "rules.toml", own)
    return own


def company(store: Path, scale: float) -> Path:
    """Return the folder of the sample company, generated beside the store if it is scaled."""
    import sample_logs

    if scale == 1.0:
        return sample_logs.data_folder()
    folder = store.with_name(f"{store.name}-company-x{scale:g}")
    if not (folder / "site.toml").is_file():
        tell(f"Generating the company {scale:g} times as large in {folder} ...", err=True)
        sample_logs.generate(folder, scale=scale)
    return folder


def log_files(folder: Path) -> list[Path]:
    """Return the log files of the company, oldest first within each server."""
    return sorted(
        folder.glob("web*/access.log*"), key=lambda path: (path.parent, len(path.name), path.name)
    )
