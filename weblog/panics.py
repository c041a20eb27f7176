"""Panics: how libraries written in Rust fail where their authors thought they could not.

A damaged file is enough. Python is told of it by a class outside of ``Exception``, another one in
each library, so that what means to catch every failure lets it through: who answers others, and
must not end with one answer, asks here.
"""

from __future__ import annotations

from typing import Final

_CLASS: Final = "PanicException"
"""What the class is called in each of them (PyO3)."""


def is_panic(error: BaseException) -> bool:
    """Say whether a library panicked."""
    return type(error).__name__ == _CLASS


def is_failure(error: BaseException) -> bool:
    """Say whether something failed; not that somebody ends the program."""
    return isinstance(error, Exception) or is_panic(error)
