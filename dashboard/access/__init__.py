"""Who may see what: accounts, sessions, roles, and the log of who looked at whom.

One door (:mod:`dashboard.access.gate`) decides the role of each request; everything behind it is
handed a :class:`~dashboard.access.roles.Reader` and never asks again.
"""

from __future__ import annotations

from dashboard.access.accounts import Account, Accounts
from dashboard.access.audit import Audit

__all__ = ["Account", "Accounts", "Audit"]
