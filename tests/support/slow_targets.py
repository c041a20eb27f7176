"""Target lists, the slow and obvious way: who is left out, and how many contacts there were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

Contact = tuple[str, date]


def most_within(contacts: Iterable[Contact], days: int) -> int:
    """Return the most contacts anybody had in so many days in a row."""
    theirs: dict[str, list[date]] = defaultdict(list)
    for who, day in contacts:
        theirs[who].append(day)
    return max(
        (
            sum(first <= day < first + timedelta(days=days) for day in own)
            for own in theirs.values()
            for first in own
        ),
        default=0,
    )


def slow_outcome(
    who: str, day: date, settings: dict[str, Any], consenting: set[str], others: list[Contact]
) -> str | None:
    """Return why a customer is left out; None where nothing is in the way."""
    own = [when for customer, when in others if customer == who]
    if who not in consenting:
        return "no_consent"
    if settings["rest_days"] and any(
        abs((when - day).days) <= settings["rest_days"] for when in own
    ):
        return "recently_contacted"
    if settings["most"] is not None:
        whole = [(who, when) for when in own]
        near = [c for c in whole if abs((c[1] - day).days) < settings["within_days"]]
        spans = [day + timedelta(days=shift) for shift in range(1 - settings["within_days"], 1)]
        for first in spans:
            last = first + timedelta(days=settings["within_days"] - 1)
            if sum(first <= when <= last for _, when in near) >= settings["most"]:
                return "over_cap"
    return None


def slow_held_out(
    people: list[tuple[str, str | None]], name: str, seed: str, share: float
) -> set[str]:
    """Return who is held out of ``people`` (id and stratum)."""
    strata: dict[str | None, list[str]] = defaultdict(list)
    for who, stratum in people:
        strata[stratum].append(who)
    quota = {stratum: int(len(own) * share) for stratum, own in strata.items()}
    lost = {stratum: len(own) * share - quota[stratum] for stratum, own in strata.items()}
    more = round(len(people) * share) - sum(quota.values())
    for stratum in sorted(lost, key=lambda s: (-lost[s], s is None, s or ""))[:more]:
        quota[stratum] += 1
    chosen: set[str] = set()
    for stratum, own in strata.items():
        lots = sorted(own, key=lambda who: sha256(f"{seed}\n{name}\n{who}".encode()).hexdigest())
        chosen |= set(lots[: quota[stratum]])
    return chosen
