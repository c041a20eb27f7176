"""What a process serves: the dashboard of one site or of several, ready to answer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dashboard.access.opening import Readers, open_door
from dashboard.app import create_app
from dashboard.desk.desk import Files
from dashboard.held import Together
from dashboard.pages import PAGES
from dashboard.several import create_sites, open_front
from dashboard.site_list import ListedSite
from reports.figures.numbers import LANGUAGES
from reports.recommendations import Recommendations
from weblog.site import Site
from weblog.store import Store


class Wsgi(Protocol):
    """A WSGI application."""

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any], /
    ) -> Iterable[bytes]:
        """Answer a request."""


@dataclass(frozen=True, slots=True)
class Running:
    """A dashboard that answers.

    Attributes:
        application: answers requests.
        warming: a thread that asks the first page its first question.
        stop: ends the threads behind it; Python must not end under one that is inside polars.
    """

    application: Wsgi
    warming: threading.Thread
    stop: Callable[[], None]

    def end(self) -> None:
        """End all threads."""
        self.stop()
        self.warming.join()


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
    return Running(app.server, _warming(app.held, site), app.stop)


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
    first = sites.applications[listed[0].key].held
    return Running(sites, _warming(first, listed[0].site), sites.stop)


def _warming(store: Store, site: Site) -> threading.Thread:
    thread = threading.Thread(target=warm_up, args=(store, site))
    thread.start()
    return thread


def warm_up(store: Store, site: Site) -> None:
    """Ask the first page its first question, so that its reader need not wait for the files.

    The other pages ask much of the same; to ask them all would keep the first reader waiting.
    """
    # On Ctrl+C polars raises KeyboardInterrupt in whatever thread is at work in it; of any
    # other failure whoever opens the page is told.
    with contextlib.suppress(KeyboardInterrupt, Exception):
        next(iter(PAGES.values())).answers(store, site, "", LANGUAGES[0])
