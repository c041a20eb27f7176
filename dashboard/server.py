"""Serve the dashboard from this process until it is interrupted.

For many readers: :mod:`dashboard.production`.
"""

from __future__ import annotations

import errno
import logging
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import waitress

from dashboard.access.opening import Readers
from dashboard.desk.desk import Files
from dashboard.running import Running, run_one, run_several
from dashboard.security import is_loopback
from dashboard.site_list import ListedSite
from weblog import logs
from weblog.errors import AddressError
from weblog.site import Site
from weblog.store import Store

THREADS: Final = 8
PATIENCE_S: Final = 30.0
"""How long the server may take to answer before `ready` is given up."""

PLAIN_WARNING: Final = (
    "warning: {host} is not only this machine, and passwords travel to {url} as they are typed. "
    "Put a proxy with TLS in front, and say --https."
)

_ADVICE: Final = {
    errno.EADDRINUSE: ("the port is in use", "Choose another with --port, or --port 0 for any."),
    errno.EACCES: ("not allowed", "Ports below 1024 need rights; choose another with --port."),
    errno.EADDRNOTAVAIL: ("this machine has no such address", "Choose another with --host."),
}


def serve(
    store: Store,
    site: Site,
    *,
    host: str = "127.0.0.1",
    port: int = 8050,
    open_browser: bool = False,
    readers: Readers | None = None,
    files: Files | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the dashboard until Ctrl+C.

    Args:
        store: what is shown.
        site: its rules.
        host: address to listen on; for anything but loopback a login is needed.
        port: 0 takes any free one.
        open_browser: open a browser once it answers.
        readers: who they are and how they log in.
        files: of rules that they may look at and change.
        ready: called with the address once the dashboard really answers.

    Raises:
        AddressError: it cannot listen there.
        AccessError: others could reach it and nobody could log in.
        SiteError: ``recommendations.toml`` beside the site's rules is wrong.
    """
    said = readers or Readers()
    run_until_stopped(
        lambda loopback: run_one(store, site, said, files, loopback=loopback),
        host=host,
        port=port,
        open_browser=open_browser,
        https=said.https,
        ready=ready,
    )


def serve_sites(
    listed: Sequence[ListedSite],
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8050,
    open_browser: bool = False,
    readers: Readers | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve several sites in one dashboard, as :func:`serve` does one.

    Args:
        listed: the sites, as :func:`dashboard.site_list.load_sites` reads them.
        folder: holds ``access``, the folder of accounts, unless ``readers`` name another.
        host: as in :func:`serve`, and so are the others.
        port: to listen on.
        open_browser: open one.
        readers: who they are.
        ready: called when it answers.

    Raises:
        AddressError, AccessError, SiteError: as :func:`serve`.
    """
    said = readers or Readers()
    run_until_stopped(
        lambda loopback: run_several(listed, folder, said, loopback=loopback),
        host=host,
        port=port,
        open_browser=open_browser,
        https=said.https,
        ready=ready,
    )


def run_until_stopped(
    opened: Callable[[bool], Running],
    *,
    host: str,
    port: int,
    open_browser: bool,
    https: bool,
    ready: Callable[[str], None] | None,
) -> None:
    """Serve what ``opened`` returns (told whether only this machine reaches it) until Ctrl+C."""
    logs.set_up()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy moment is no news
    loopback = is_loopback(host)
    bound = listener(host, port)
    running = opened(loopback)
    try:
        _answer(running, bound, host, open_browser=open_browser, https=https, ready=ready)
    finally:
        running.end()


def _answer(
    running: Running,
    bound: socket.socket,
    host: str,
    *,
    open_browser: bool,
    https: bool,
    ready: Callable[[str], None] | None,
) -> None:
    server = waitress.create_server(running.application, sockets=[bound], threads=THREADS, ident="")
    url = f"http://{shown_host(host)}:{int(server.effective_port)}/"
    if not is_loopback(host) and not https:
        print(PLAIN_WARNING.format(host=host, url=url), file=sys.stderr, flush=True)  # noqa: T201
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_announce, args=(url, open_browser, ready), daemon=True).start()
    try:
        server.run()  # returns on Ctrl+C
    finally:
        server.close()


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def listener(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address.

    Raises:
        AddressError: it cannot be.
    """
    if not 0 <= port < 1 << 16:
        raise AddressError(host, port, "there is no such port", "Ports go from 0 to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # One address only: waitress would otherwise open a socket per address of a name.
        found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)[0][4]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressError(host, port, f"no such address ({error})", "Check --host.") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(found)
    except OSError as error:
        bound.close()
        problem, advice = _ADVICE.get(error.errno or 0, (str(error), ""))
        raise AddressError(host, port, problem, advice) from error
    return bound


def shown_host(host: str) -> str:
    """Return the host as an address a browser on this machine can open."""
    if host in {"0.0.0.0", ""}:  # noqa: S104  compared, not bound
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


def _announce(url: str, open_browser: bool, ready: Callable[[str], None] | None) -> None:
    """Wait until the dashboard answers, then say so."""
    if not _answers(url):
        return
    if ready:
        ready(url)
    if open_browser:
        webbrowser.open(url)


def _answers(url: str) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  our own address
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return True  # it answers, if not to this name
        except OSError:
            time.sleep(0.05)
    return False
