"""Options of reports that take one of a few names."""

from __future__ import annotations

from collections.abc import Sequence

from weblog.errors import UnknownNameError


def check_choice(what: str, value: str, known: Sequence[str]) -> None:
    """Refuse a name that is none of ``known``.

    Raises:
        UnknownNameError: says what there is, and which is near.
    """
    if value not in known:
        raise UnknownNameError(what, value, list(known))
