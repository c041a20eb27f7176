"""Answers to pages: a Dash application over a store. It computes nothing of its own.

::

    from dashboard import serve

    serve(store, site, host="127.0.0.1", port=8050)  # until Ctrl+C
"""

from __future__ import annotations

from dashboard.access.errors import AccessError
from dashboard.access.opening import Readers
from dashboard.app import create_app
from dashboard.desk.desk import Files
from dashboard.server import serve, serve_sites
from weblog.errors import AddressError

__all__ = [
    "AccessError",
    "AddressError",
    "Files",
    "Readers",
    "create_app",
    "serve",
    "serve_sites",
]
