"""Serve the dashboard to many: a process for each core, behind one socket, by gunicorn.

A process forked after polars was imported hangs, so gunicorn's first process must never see it:
what was checked here is handed over by starting that process anew (``exec``), and each worker
imports the dashboard after it was forked. The socket is bound before, so that an address in use
is told as everywhere else.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from dataclasses import asdict
from typing import Any, Final, NoReturn

from dashboard.access.opening import Readers, open_door
from dashboard.app import Application, create_app
from dashboard.desk.desk import Files
from dashboard.security import is_loopback
from dashboard.server import PLAIN_WARNING, listener, shown_host, warm_up
from weblog.site import Site, draft_site
from weblog.store import Store, open_store

SETTINGS: Final = "WEBLOG_SERVE"
"""The environment variable that hands over what to serve, as JSON."""

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
    url = f"http://{shown_host(host)}:{bound.getsockname()[1]}/"
    if not loopback and not readers.https:
        print(PLAIN_WARNING.format(host=host, url=url), file=sys.stderr, flush=True)  # noqa: T201
    bound.set_inheritable(True)
    said = {
        "store": str(store.folder),
        "site": site_path,
        "rules": rules_path,
        "readers": asdict(readers),
        "loopback": loopback,
        "socket": bound.fileno(),
        "workers": workers,
        "url": url,
    }
    os.environ[SETTINGS] = json.dumps(said)
    command = ["-m", "gunicorn", "--config", CONFIGURATION, "dashboard.production:application()"]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606  our own interpreter


_RUNNING: list[tuple[Application, threading.Thread]] = []
"""What this worker has begun, to be ended with it."""


def application() -> Any:
    """Return what a worker serves; gunicorn calls it in each of them."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    said = json.loads(os.environ[SETTINGS])
    store, site = open_store(said["store"]), draft_site(said["site"]).checked()
    door = open_door(store.folder, site, Readers(**said["readers"]), loopback=said["loopback"])
    files = Files(said["site"], said["rules"])
    app = create_app(store, site, door=door, files=files)
    warming = threading.Thread(target=warm_up, args=(store, site))
    warming.start()
    app.suggestions.start()
    _RUNNING.append((app, warming))
    return app.server


def end() -> None:
    """End what this worker began: Python must not end under a thread that is inside polars."""
    for app, warming in _RUNNING:
        app.suggestions.stop()
        app.desk.aside.end()
        warming.join()
