"""What is wrong inside a compressed source."""

from __future__ import annotations


class DamagedError(Exception):
    """Compressed data that cannot be read on; never leaves this package.

    :class:`weblog.sources.Reader` catches it where it happens, keeps what came before, and
    tells it as :attr:`Reader.damage`.
    """
