"""``weblog init``."""

from __future__ import annotations

from pathlib import Path

import click

from weblog.cli.options import DEFAULT_SITE
from weblog.cli.quiet import tell


@click.command(name="init")
@click.argument("log", required=False, metavar="[LOG]")
@click.option(
    "--site",
    "site_path",
    default=DEFAULT_SITE,
    show_default=True,
    metavar="FILE",
    help="Where to write.",
)
@click.option(
    "--time-zone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help="The site's time zone, e.g. Asia/Seoul.",
)
@click.option("--name", default="My site", show_default=True, help="The site's name.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(log: str | None, site_path: str, time_zone: str, name: str, force: bool) -> None:
    """Write a commented site.toml to start from; LOG fills in what it can tell.

    Read from LOG's first lines: the log format and the site's own host names.
    """
    from weblog.errors import UsageError
    from weblog.preview import likely_hosts, preview
    from weblog.site import Site, load_site, template
    from weblog.site.checked import zone_problem
    from weblog.store.layout import write_atomically

    file = Path(site_path)
    if file.exists() and not force:
        raise UsageError(f"{file} is there already; --force replaces it")
    problem = zone_problem(time_zone)
    if problem is not None:
        raise UsageError(f"--time-zone is {time_zone!r}: {problem}")
    hosts: tuple[str, ...] = ()
    log_format = None
    if log is not None:
        seen = preview(log, Site(), log_format=None, lines=5000)
        hosts, log_format = likely_hosts(seen.hits), seen.log_format
    try:
        write_atomically(file, template(name, time_zone, hosts, log_format))
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    load_site(file)
    if log is not None:
        tell(f"Log format: {log_format}")
        tell(f"Hosts: {', '.join(hosts) or 'none found; name your own in site.toml'}")
    tell(f"Time zone: {time_zone}, whose midnight ends a day; choose it before you ingest")
    tell(f"Wrote {file}. `weblog check LOG` shows what it makes of real lines.")
