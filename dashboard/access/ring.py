"""The sites of a dashboard that shows several, and which of them a request may enter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from flask import Request

if TYPE_CHECKING:
    from dashboard.access.door import Door

PREFIX: Final = "/site"
"""Sites lie under ``/site/KEY/``: what stands before can be none of their pages."""


def path_of(key: str) -> str:
    """Return the address of a site, without the last slash."""
    return f"{PREFIX}/{key}"


@dataclass(frozen=True, slots=True)
class Place:
    """A site: its key, what it is called, and its own door."""

    key: str
    name: str
    door: Door


@dataclass(slots=True)
class Ring:
    """All sites of a dashboard, in the order of its list, and the door all have in common.

    Attributes:
        front: where people log in.
        places: the sites.
    """

    front: Door
    places: list[Place] = field(default_factory=list)

    def open_to(self, asked: Request) -> list[Place]:
        """Return the sites the reader of a request may enter: none of the others is named to them.

        Each site's own rules say which role groups give there, so that every door is asked.
        """
        found = []
        for place in self.places:
            who = place.door.reader(asked)
            if who is not None and place.door.lets_in(who):
                found.append(place)
        return found
