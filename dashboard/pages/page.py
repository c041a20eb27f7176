"""What a page is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.cards.guard import Data
from weblog.site import Site
from weblog.store import Store

Answers = dict[str, Data]
"""Component id, without the page's prefix, to its data."""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One page.

    Attributes:
        name: prefix of the ids of its components, and key of its title in the catalogue.
        path: its address.
        icon: a name in ``assets/components/1_core.js``.
        layout: makes its components for a language; asks nothing of the store.
        parts: ids of the components its callback fills, without the prefix.
        answer: the callback as a plain function of store, site, address and language.
    """

    name: str
    path: str
    icon: str
    layout: Callable[[str], Component]
    parts: tuple[str, ...]
    answer: Callable[[Store, Site, str | None, str], Answers]

    def id(self, part: str) -> str:
        """Return the id of one of its components."""
        return f"{self.name}-{part}"

    def answers(self, store: Store, site: Site, search: str | None, language: str) -> list[Any]:
        """Return the data of every part, in their order."""
        given = self.answer(store, site, search, language)
        return [given.get(part) for part in self.parts]
