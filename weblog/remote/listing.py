"""Addresses in buckets to the objects to read: one listing for a folder or a pattern."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from weblog.errors import SourceError
from weblog.remote.address import Address, is_web
from weblog.remote.bucket import Found, listed, looked_up


def objects_of(address: str, left_out: Callable[[str, int], bool]) -> Iterator[Found]:
    """Yield the objects one address stands for, in the order of their names.

    An address that ends with ``/`` is a folder, and so is one that no object is called by but
    others begin with; a pattern (``*``, ``?``, ``[0-9]``, and ``**`` for any depth) stands for
    what it matches.

    Args:
        address: in a bucket; what is on the web stands for itself.
        left_out: says of an address and its size, where it is only found, that it is no log.

    Raises:
        SourceError: nothing is there, or it cannot be listed.
    """
    if is_web(address):
        yield Found(address, -1, None)
        return
    place = Address.of(address)
    if not place.is_pattern and place.key and not place.key.endswith("/"):
        found = looked_up(address)
        if found is not None:
            yield found
            return
    matches = _matcher(place.key) if place.is_pattern else None
    is_there = False
    for found in listed(place.root, place.literal):
        key = Address.of(found.address).key
        if matches is not None and not matches.fullmatch(key):
            continue
        is_there = True
        if not left_out(found.address, found.size):
            yield found
    if not is_there:
        problem = "no object matches this pattern" if matches else "no object there"
        raise SourceError(address, problem, "Check the address; a folder ends with /.")


def _matcher(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of keys: ``*`` and ``?`` stay in a folder, ``**`` goes through any."""
    parts = re.split(r"(\*\*/?|\*|\?|\[[^\]]+\])", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile(
        "".join(
            meaning.get(part)
            or (f"[{part[1:-1].replace('!', '^', 1)}]" if part[:1] == "[" else re.escape(part))
            for part in parts
        )
    )
