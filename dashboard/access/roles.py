"""The roles, who is reading, and the least role a view or a callback needs.

===========  =====================================================================
viewer       aggregates, groups of few visitors left out
marketer     lists and customers' cards, personal data masked
analyst      all of it
admin        as an analyst; a person to whom an operator gave the keys
===========  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, Literal, TypeVar, cast

from flask import abort, g, has_request_context

from weblog.errors import UnknownNameError
from weblog.panics import is_panic

Role = Literal["viewer", "marketer", "analyst", "admin"]

ROLES: Final = ("viewer", "marketer", "analyst", "admin")
"""Each sees what those before it see."""

NOBODY: Final = "nobody"
"""The least role of what is answered before a login: the login itself, scripts, styles."""

F = TypeVar("F", bound=Callable[..., Any])


def checked_role(role: str) -> Role:
    """Return ``role`` if there is one of that name.

    Raises:
        UnknownNameError: there is none.
    """
    if role not in ROLES:
        raise UnknownNameError("role", role, list(ROLES))
    return cast("Role", role)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks.

    Attributes:
        name: of the account; empty for who need not log in.
        role: what they may see.
        how: "open" (no login is needed), "password", "proxy", "oidc" or "token".
        address: where the request came from, as far as it can be believed.
        session: the secret of their session; empty without one.
    """

    name: str
    role: Role
    how: str
    address: str = ""
    session: str = ""

    def sees(self, least_role: str) -> bool:
        """Say whether this reader may see what needs ``least_role``."""
        return least_role == NOBODY or ROLES.index(self.role) >= ROLES.index(
            checked_role(least_role)
        )

    @property
    def card_role(self) -> str:
        """The role customer cards are shown to (:mod:`reports.card.roles`)."""
        return "analyst" if self.sees("analyst") else "marketer"


def reader() -> Reader:
    """Return who sent the request being answered; 401 if nobody is known to have."""
    found = g.get("reader") if has_request_context() else None
    if not isinstance(found, Reader):
        abort(401)
    return found


def least(role: str) -> Callable[[F], F]:
    """Declare the least role that a view or a callback needs, and hold to it when it is called.

    Raises:
        UnknownNameError: no such role.
    """
    known = role if role == NOBODY else checked_role(role)

    def declared(function: F) -> F:
        @wraps(function)
        def guarded(*given: Any, **named: Any) -> Any:
            if known != NOBODY and not reader().sees(known):
                abort(403)
            try:
                return function(*given, **named)
            except BaseException as error:
                if not is_panic(error):
                    raise
                # The server ends a thread with what is no Exception, and its reader waits on.
                raise RuntimeError(f"a library panicked: {error}") from error

        guarded.least_role = known  # type: ignore[attr-defined]
        return cast("F", guarded)

    return declared
