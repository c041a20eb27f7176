"""Callbacks with the least role they need, and what their readers may see of the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl

from dash import Dash

from dashboard.access.door import Door
from dashboard.access.roles import least, reader
from dashboard.access.words import access_word
from reports.coarse import CoarseStore, WithheldError
from weblog.store import Store

BY_PERSON: Final = frozenset({"customer", "visitor"})
"""Filters in an address that choose persons."""


def add_callback(
    app: Dash, role: str, function: Callable[..., Any], *wired: Any, **options: Any
) -> None:
    """Let ``function`` answer as a callback, to readers whose role is at least ``role``."""
    app.callback(*wired, **options)(least(role)(function))


def asked_of(store: Store, door: Door, search: str | None) -> Store:
    """Return what the reader of this request may see of the store.

    A page narrowed to persons is recorded as a card is.
    """
    who = reader()
    for name, person in parse_qsl((search or "").removeprefix("?")):
        if door.audit and name in BY_PERSON and who.sees("marketer"):
            door.audit.record("customer_filter", reader=who, customer=person)
    return shown_of(store, door)


def shown_of(store: Store, door: Door) -> Store:
    """Return what the reader of this request may see of the store; nothing is recorded."""
    if reader().sees("marketer"):
        return store
    return CoarseStore(store.folder, door.least_visitors, store)


def withheld(error: WithheldError, language: str) -> dict[str, Any]:
    """Return the data of a page or card that may not be shown to this reader."""
    return {
        "state": "withheld",
        "title": access_word("withheld", language),
        "text": access_word(f"withheld_{error.code}", language, least=error.least),
    }
