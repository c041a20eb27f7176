"""Take a person out of a store: out of the rows, the files behind them, and the old versions."""

from weblog.erasure.erase import Erasure, erase
from weblog.erasure.journal import pending
from weblog.erasure.person import Person

__all__ = ["Erasure", "Person", "erase", "pending"]
