"""Serve the dashboard to many: a process for each core, behind one socket, by gunicorn.

A process forked after polars was imported hangs, so gunicorn's first process must never see it:
what was checked here is handed over by starting that process anew (``exec``), and each worker
imports the dashboard after it was forked. The socket is bound before, so that an address in use
is told as everywhere else.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, NoReturn

from dashboard.access.opening import Readers, open_door
from dashboard.desk.desk import Files
from dashboard.held import Together
from dashboard.running import Running, Wsgi, run_one, run_several
from dashboard.security import is_loopback
from dashboard.server import PLAIN_WARNING, listener, shown_host
from dashboard.several import open_front
from dashboard.site_list import load_sites
from weblog import logs
from weblog.site import Site, draft_site
from weblog.store import Store, open_store

SETTINGS: Final = "WEBLOG_SERVE"
"""The environment variable that hands over what to serve, as JSON."""

COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which the processes count together, and tell each other
which state of a store they show."""

PROCESS: Final = "WEBLOG_PROCESS"
"""The variable in which gunicorn's settings tell a worker its name among the processes."""

CONFIGURATION: Final = "python:weblog.cli.serve_gunicorn"


def serve_many(
    store: Store,
    site: Site,
    *,
    site_path: str | None,
    rules_path: str | None,
    host: str,
    port: int,
    workers: int,
    readers: Readers,
) -> NoReturn:
    """Serve until SIGTERM, from here on as gunicorn.

    Args:
        store: what is shown.
        site: its rules.
        site_path: where they lie; each worker reads them.
        rules_path: where the rules that choose customers lie.
        host: address to listen on; for anything but loopback a login is needed.
        port: 0 takes any free one.
        workers: processes.
        readers: who they are and how they log in.

    Raises:
        AddressError: it cannot listen there.
        AccessError: others could reach it and nobody could log in.
    """
    loopback = is_loopback(host)
    bound = listener(host, port)
    open_door(store.folder, site, readers, loopback=loopback)
    shown = {"store": str(store.folder), "site": site_path, "rules": rules_path}
    _hand_over(shown, bound, host, workers, readers)


def serve_sites_to_many(
    file: Path, *, host: str, port: int, workers: int, readers: Readers
) -> NoReturn:
    """Serve the sites of a list until SIGTERM, as :func:`serve_many` does one.

    Raises:
        AddressError, AccessError: as :func:`serve_many`.
        SiteListError: the list is wrong.
        SiteError: the rules of a site are.
        StoreError: a store cannot be opened.
    """
    loopback = is_loopback(host)
    bound = listener(host, port)
    open_front(load_sites(file), file.parent, readers, loopback=loopback)
    _hand_over({"sites": str(file.absolute())}, bound, host, workers, readers)


def _hand_over(
    shown: dict[str, Any], bound: socket.socket, host: str, workers: int, readers: Readers
) -> NoReturn:
    url = f"http://{shown_host(host)}:{bound.getsockname()[1]}/"
    if not is_loopback(host) and not readers.https:
        print(PLAIN_WARNING.format(host=host, url=url), file=sys.stderr, flush=True)  # noqa: T201
    bound.set_inheritable(True)
    said = {
        **shown,
        "readers": asdict(readers),
        "loopback": is_loopback(host),
        "socket": bound.fileno(),
        "workers": workers,
        "url": url,
    }
    os.environ[SETTINGS] = json.dumps(said)
    os.environ[COUNTS] = tempfile.mkdtemp(prefix="weblog-counts-")
    command = ["-m", "gunicorn", "--config", CONFIGURATION, "dashboard.production:application()"]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606  our own interpreter


_RUNNING: list[Running] = []
"""What this worker has begun, to be ended with it."""


def application() -> Wsgi:
    """Return what a worker serves; gunicorn calls it in each of them."""
    logs.set_up()
    said = json.loads(os.environ[SETTINGS])
    readers, loopback = Readers(**said["readers"]), bool(said["loopback"])
    process = os.environ.get(PROCESS, "")
    shared = Together(Path(os.environ[COUNTS]), int(said["workers"]), process)
    if "sites" in said:
        file = Path(said["sites"])
        sites, folder = load_sites(file), file.parent
        running = run_several(sites, folder, readers, loopback=loopback, shared=shared)
    else:
        store, site = open_store(said["store"]), draft_site(said["site"]).checked()
        files = Files(said["site"], said["rules"])
        running = run_one(store, site, readers, files, loopback=loopback, shared=shared)
    _RUNNING.append(running)
    return running.application


def end() -> None:
    """End what this worker began: Python must not end under a thread that is inside polars."""
    for running in _RUNNING:
        running.end()
