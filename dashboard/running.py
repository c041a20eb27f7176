"""What a process serves: the dashboard of one site or of several, ready to answer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from dashboard.access.opening import Readers, open_door
from dashboard.app import Application, create_app
from dashboard.desk.desk import Files
from dashboard.held import Together
from dashboard.ready import Ready, add_ready
from dashboard.several import create_sites, open_front
from dashboard.site_list import ListedSite
from reports.recommendations import Recommendations
from weblog.site import Site
from weblog.store import Store


class Wsgi(Protocol):
    """A WSGI application."""

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any], /
    ) -> Iterable[bytes]:
        """Answer a request."""


EVERY_S: Final = 60.0
"""How often what was asked is written down, and looked whether it is time for the next state."""


@dataclass(frozen=True, slots=True)
class Running:
    """A dashboard that answers.

    Attributes:
        application: answers requests.
        beside: the thread that reads beforehand, and writes down what was asked.
        is_ended: told to that thread.
        stop: ends the threads behind it; Python must not end under one that is inside polars.
    """

    application: Wsgi
    beside: threading.Thread
    is_ended: threading.Event
    stop: Callable[[], None]

    def end(self) -> None:
        """End all threads."""
        self.is_ended.set()
        self.stop()
        self.beside.join()


def run_one(
    store: Store,
    site: Site,
    readers: Readers,
    files: Files | None = None,
    *,
    loopback: bool,
    shared: Together | None = None,
) -> Running:
    """Return the dashboard of one site.

    ``files`` are those of rules that readers may change; ``shared`` are the
    processes of a server.

    Raises:
        AccessError: others could reach it and nobody could log in.
        SiteError: ``recommendations.toml`` beside the site's rules is wrong.
    """
    door = open_door(store.folder, site, readers, loopback=loopback)
    app = create_app(store, site, door=door, files=files, shared=shared)
    if app.suggestions.settings != Recommendations():  # else when somebody asks for one
        app.suggestions.start()
    ready = Ready(shared)
    add_ready(app.server, ready)
    return _running(app.server, [app], ready, app.stop)


def run_several(
    listed: Sequence[ListedSite],
    folder: Path,
    readers: Readers,
    *,
    loopback: bool,
    shared: Together | None = None,
) -> Running:
    """Return the dashboard of several sites.

    Suggestions of a site are ranked when somebody asks for one, not before: each ranking is kept.
    Frames and answers are kept in the caches all sites share, which are bounded.

    Raises:
        AccessError, SiteError: as :func:`run_one`.
    """
    front = open_front(listed, folder, readers, loopback=loopback)
    sites = create_sites(listed, front, shared)
    ready = Ready(shared)
    add_ready(sites.front, ready)
    return _running(sites, list(sites.applications.values()), ready, sites.stop)


def _running(
    application: Wsgi, apps: Sequence[Application], ready: Ready, stop: Callable[[], None]
) -> Running:
    is_ended = threading.Event()
    thread = threading.Thread(target=_beside, args=(apps, ready, is_ended), name="beside")
    thread.start()
    return Running(application, thread, is_ended, stop)


def _beside(apps: Sequence[Application], ready: Ready, is_ended: threading.Event) -> None:
    """Read what will be asked, site after site; then write down what is asked, and keep up."""
    for app in apps:
        if not is_ended.is_set():
            _warm_up(app, is_first=app is apps[0])
    if not is_ended.is_set():
        ready.tell()
    while not is_ended.wait(EVERY_S):
        _write(apps)
        for app in apps:
            _keep_up(app)
    _write(apps)


def _warm_up(app: Application, *, is_first: bool) -> None:
    """Read what will be asked of a site; of a small one, what the first page asks at first.

    The other pages ask much of the same. What fails is told to whoever asks for it.
    """
    # On Ctrl+C polars raises KeyboardInterrupt in whatever thread is at work in it.
    with contextlib.suppress(KeyboardInterrupt, Exception):
        app.held.held.begin()
        if is_first and not app.held.held.is_dear:
            _, ask = next(iter(app.foreseen.questions()))
            ask(app.held)


def _keep_up(app: Application) -> None:
    # What fails is told to whoever asks; on Ctrl+C polars raises it here.
    with contextlib.suppress(KeyboardInterrupt, Exception):
        app.held.held.keep_up()


def _write(apps: Sequence[Application]) -> None:
    for app in apps:
        app.foreseen.remembered.write()
