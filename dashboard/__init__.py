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
from dashboard.errors import AddressError
from dashboard.server import serve

__all__ = ["AccessError", "AddressError", "Files", "Readers", "create_app", "serve"]
