"""What of a person each role may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, Literal

from weblog.errors import UnknownNameError

Role = Literal["marketer", "analyst"]

ROLES: Final = ("marketer", "analyst")
"""A marketer sees no name, address or day of birth whole; an analyst sees all of it."""

PERSONAL: Final = ("name", "email", "phone", "birth_date")
"""What names a person outside the company, too."""

HIDDEN: Final = "*"


def as_seen(who: Mapping[str, object], role: str) -> dict[str, object]:
    """Return what a role may see of a customer: personal data masked, the rest as it is.

    Raises:
        UnknownNameError: no such role.
    """
    if role not in ROLES:
        raise UnknownNameError("role", role, list(ROLES))
    if role == "analyst":
        return dict(who)
    return {
        name: _MASKS[name](str(value)) if name in _MASKS and value is not None else value
        for name, value in who.items()
    }


def _name(value: str) -> str:
    """Keep the first letter: in Korean the family name."""
    return value[:1] + HIDDEN * max(len(value) - 1, 1)


def _email(value: str) -> str:
    """Keep the first letter and the domain's end."""
    user, at, host = value.rpartition("@")
    if not at:
        return HIDDEN * 3
    end = host.rpartition(".")[2] if "." in host else ""
    return f"{user[:1]}{HIDDEN * 3}@{HIDDEN * 3}" + (f".{end}" if end else "")


def _phone(value: str) -> str:
    """Keep the last four digits, by which a caller can be told."""
    digits = [place for place, letter in enumerate(value) if letter.isdigit()]
    kept = set(digits[-4:]) if len(digits) > 4 else set()
    return "".join(
        HIDDEN if letter.isdigit() and place not in kept else letter
        for place, letter in enumerate(value)
    )


def _birth(value: str) -> str:
    """Keep the year."""
    return f"{date.fromisoformat(value).year}-{HIDDEN * 2}-{HIDDEN * 2}"


_MASKS: Final[dict[str, Callable[[str], str]]] = {
    "name": _name,
    "email": _email,
    "phone": _phone,
    "birth_date": _birth,
}
