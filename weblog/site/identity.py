"""Who a line is: the settings of section ``[identity]``."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from weblog.site.checked import CustomerPlace, Network
from weblog.site.section import Section

HASH = "address+agent"
"""The visitor's place that nearly every line has: a keyed hash of client address and agent."""

CUSTOMER = "customer"
"""The visitor's place that is whatever ``customer`` finds."""


def _is_visitor_place(text: str) -> str:
    if text not in (HASH, CUSTOMER) and not re.fullmatch(r"(cookie|header):.+", text):
        raise ValueError("expected 'cookie:NAME', 'header:NAME', 'customer' or 'address+agent'")
    return text


VisitorPlace = Annotated[str, AfterValidator(_is_visitor_place)]


class Identity(Section):
    """Where a line names the browser, the customer and the client.

    ``customer`` and ``visitor`` list where to look, first non-empty wins: ``user`` (the log's
    %u), ``cookie:NAME``, ``header:NAME`` or ``query:NAME``; for the visitor ``cookie:NAME``,
    ``header:NAME``, ``customer`` or ``address+agent``. ``visitor_cookie = "uid"`` is short for
    ``visitor = ["cookie:uid", "address+agent"]``. ``trusted_proxies`` None: those on private
    networks. ``stitching`` is what a login claims of what came before it.
    """

    visitor_cookie: str | None = None
    visitor: tuple[VisitorPlace, ...] | None = None
    customer: tuple[CustomerPlace, ...] = ("user",)
    trusted_proxies: tuple[Network, ...] | None = None
    ipv6_prefix: Annotated[int, Field(ge=32, le=128)] = 64
    stitching: Literal["none", "session", "visitor"] = "session"

    @property
    def visitor_places(self) -> tuple[str, ...]:
        """Where to look for the visitor, in order."""
        if self.visitor is not None:
            return self.visitor
        return (HASH,) if self.visitor_cookie is None else (f"cookie:{self.visitor_cookie}", HASH)

    @field_validator("visitor")
    @classmethod
    def _in_order(
        cls, places: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        if places is None:
            return None
        if info.data.get("visitor_cookie") is not None:
            raise ValueError("expected visitor or visitor_cookie, not both: name the cookie here")
        if not places:
            raise ValueError("expected at least one place, such as 'address+agent'")
        if len(set(places)) < len(places):
            raise ValueError("expected each place once")
        if HASH in places[:-1]:
            raise ValueError("expected 'address+agent' last: every line has it")
        return places
