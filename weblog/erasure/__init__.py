"""Take a person out of a store: out of the rows, the files behind them, and the old versions."""

from weblog.erasure.erase import Erasure, begin, erase
from weblog.erasure.journal import Journal, pending, refuse_if_pending
from weblog.erasure.person import Person

__all__ = ["Erasure", "Journal", "Person", "begin", "erase", "pending", "refuse_if_pending"]
