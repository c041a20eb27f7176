"""Who looked at whom, and when: lines of JSON, added and never changed.

A customer stands in it as a keyed hash: the log of who was looked at is no list of customers, and
an erasure need not rewrite it. ``weblog audit --customer ID`` finds the lines of a customer,
by the key that lies beside the log.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from dashboard.access.folder import AUDIT, Folder
from dashboard.access.roles import Reader

WHAT: Final = {
    "login": "logged in",
    "login_failed": "a wrong name or password (the name only if there is such an account), or an "
    "answer of the company's login that is not believed",
    "login_limited": "too many tries: refused without a look at the password",
    "logout": "logged out",
    "password": "changed the own password",
    "card": "looked at a customer's card",
    "search": "looked for customers by number, name or telephone number",
    "recommendations": "asked what to suggest to a customer",
    "customer_filter": "narrowed a page to customers or visitors by their ids",
    "list": "looked at a list of customers on a page",
    "export": "took data out of the dashboard",
    "rules_explained": "asked what the rules say of a customer",
    "rules_saved": "changed the rules that choose customers: which text became which",
    "target_list": "made a list of customers to write to",
    "site_tried": "tried changed site rules on lines of a log",
    "refused": "asked for what the role may not see",
    "header_ignored": "a proxy's header of who logged in, not believed: from elsewhere, or not one",
    "account_added": "made an account (command line)",
    "account_password": "set an account's password (command line)",
    "account_role": "changed an account's role (command line)",
    "account_sites": "changed which sites an account is for (command line)",
    "account_locked": "locked an account (command line)",
    "account_unlocked": "unlocked an account (command line)",
    "account_removed": "removed an account (command line)",
    "account_token": "made a token for programs (command line)",
}
"""What is recorded, and what it means."""

LONGEST: Final = 200
"""Characters of a detail: a line is written at once, so that lines of two processes never mix."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The log."""

    folder: Folder
    site: str = ""
    """The key of the site that is looked at, where a dashboard shows several."""

    def record(
        self,
        what: str,
        *,
        reader: Reader | None = None,
        who: str | None = None,
        customer: str | None = None,
        address: str | None = None,
        detail: str = "",
    ) -> None:
        """Add a line, on the disk when this returns: what cannot be recorded is not to be shown.

        Raises:
            OSError: it cannot be written.
        """
        assert what in WHAT, what  # noqa: S101  a name of ours
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "what": what,
            "who": reader.name if reader else who,
            "role": reader.role if reader else None,
            "how": reader.how if reader else None,
            "from": reader.address if reader else address,
            "customer": None if customer is None else self.hashed(customer),
            "detail": detail[:LONGEST] or None,
            "site": self.site or None,
        }
        # ASCII only: what strangers wrote cannot turn the direction of a terminal's text.
        data = (json.dumps(line) + "\n").encode()
        descriptor = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":  # a line that was cut off
                data = b"\n" + data
            if os.write(descriptor, data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._file)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def hashed(self, customer: str) -> str:
        """Return what stands for a customer."""
        return self.folder.hashed("customer", customer).hex()

    def lines(self) -> Iterator[dict[str, Any]]:
        """Return what was recorded, oldest first; a line that was cut off is told as it is."""
        with open(self._file, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            for line in file:
                try:
                    found = json.loads(line)
                except ValueError:
                    found = {"what": "unreadable", "detail": line.strip()[:LONGEST]}
                yield found

    @property
    def _file(self) -> str:
        return str(self.folder.path / AUDIT)
