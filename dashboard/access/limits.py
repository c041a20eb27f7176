"""How often a password may be tried, over all processes of a machine.

Three limits hold at once: of a name from one address, so that a guesser is stopped and the
person, elsewhere, is not; of an address, whatever names it tries; and, wider, of a name from
everywhere. A name nobody has is limited like any other, or the limit would tell which exist.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from math import ceil
from typing import Final

from dashboard.access.accounts import Accounts, account_name
from dashboard.access.errors import AccessError

MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within so many seconds."""

    failures: int
    seconds: float


HERE: Final = Limit(5, 15 * MINUTE)
ADDRESS: Final = Limit(20, 15 * MINUTE)
NAME: Final = Limit(50, 60 * MINUTE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What was tried, kept in the database of the accounts."""

    accounts: Accounts

    def begin(self, name: str, address: str) -> tuple[float, list[int]]:
        """Count a try before its password is looked at: many at once are counted, too.

        Returns:
            Seconds to wait, and then nothing was counted; or 0, and what was counted, for
            :meth:`succeeded`.
        """
        now, kinds = self.accounts.clock(), self._kinds(name, address)
        with self.accounts.folder.writing() as database:
            oldest = now - max(limit.seconds for limit in kinds.values())
            database.execute("delete from attempts where at < ?", (oldest,))
            wait = 0.0
            for who, limit in kinds.items():
                rows = database.execute(
                    "select at from attempts where who = ? and at > ? order by at desc limit 1"
                    " offset ?",
                    (who, now - limit.seconds, limit.failures - 1),
                ).fetchone()
                if rows is not None:
                    wait = max(wait, rows[0] + limit.seconds - now)
            if wait > 0:
                return float(ceil(wait)), []
            counted = [
                database.execute("insert into attempts (who, at) values (?, ?)", (who, now))
                for who in kinds
            ]
            return 0.0, [int(each.lastrowid or 0) for each in counted]

    def succeeded(self, name: str, address: str, counted: list[int]) -> None:
        """Forget this try, and the failures of this name from this address before it."""
        here = next(iter(self._kinds(name, address)))
        with self.accounts.folder.writing() as database:
            database.executemany("delete from attempts where id = ?", [(one,) for one in counted])
            database.execute("delete from attempts where who = ?", (here,))

    def _kinds(self, name: str, address: str) -> dict[bytes, Limit]:
        spelled, network = _spelled(name), _network(address)
        hashed = self.accounts.folder.hashed
        return {
            hashed("try here", f"{spelled}\0{network}"): HERE,
            hashed("try address", network): ADDRESS,
            hashed("try name", spelled): NAME,
        }


def _spelled(name: str) -> str:
    try:
        return account_name(name)
    except AccessError:
        return name[:200]


def _network(address: str) -> str:
    """Return the address, of IPv6 the /64 that one line is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network((found, 64), strict=False))
