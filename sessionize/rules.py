"""When a session ends: the rules, resolved from the site's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Final

from weblog.site.rules import Site

ALGORITHM: Final = 4
"""Raised when the code makes other sessions of the same hits: stored ones are then made anew."""

BEHAVIOUR: Final = 2
"""Version of the signals robots are known by (:mod:`sessionize.robots`): every reason shows it.
Raised when a signal or its threshold changes: sessions are then made anew."""

ENRICHMENT: Final = 4
"""Raised when segments or visitors of the same sessions become others: all are then looked over."""


@dataclass(frozen=True, slots=True)
class SessionRules:
    """What ends a session, and which referrers are the site's own.

    Attributes:
        inactivity: a longer time between two page views or events ends the session; exactly
            this long does not.
        ends_at_midnight: the end of a day in the site's time zone ends it.
        ends_when_customer_changes: another customer logging in ends it. The first login does
            not: it claims the session so far.
        ends_at_new_campaign: the arrival of a campaign other than the session's ends it.
        longest: a page view or event later than this after the session's first one ends it.
        most_hits: so many page views and events are a full session; the next one begins another.
        stitching: what a login claims: "none", of a visit only what follows it; "session", the
            session it is in; "visitor", also the sessions without a login of a visitor who is
            known as one customer only (:mod:`sessionize.stitching`).
        time_zone: whose midnight.
        hosts: the site's own hosts; no referrer from them is shown as an origin.
        strictness: how readily a visitor is taken for a robot by behaviour.
    """

    inactivity: timedelta = timedelta(minutes=30)
    ends_at_midnight: bool = True
    ends_when_customer_changes: bool = True
    ends_at_new_campaign: bool = False
    longest: timedelta | None = None
    most_hits: int | None = None
    stitching: str = "session"
    time_zone: str = "UTC"
    hosts: tuple[str, ...] = ()
    strictness: str = "default"

    @classmethod
    def from_site(cls, site: Site) -> SessionRules:
        """Return the rules of ``site``: the named set, with the settings that override it."""
        chosen = site.session
        minutes, midnight = NAMED_SETS[chosen.rules]
        if chosen.inactivity_minutes is not None:
            minutes = chosen.inactivity_minutes
        if chosen.ends_at_midnight is not None:
            midnight = chosen.ends_at_midnight
        longest = chosen.longest_minutes
        return cls(
            inactivity=timedelta(minutes=minutes),
            ends_at_midnight=midnight,
            ends_when_customer_changes=chosen.ends_when_customer_changes,
            ends_at_new_campaign=chosen.ends_at_new_campaign,
            longest=None if longest is None else timedelta(minutes=longest),
            most_hits=chosen.most_hits,
            stitching=site.identity.stitching,
            time_zone=site.time_zone,
            hosts=site.hosts,
            strictness=site.bots.strictness,
        )

    @property
    def fingerprint(self) -> int:
        """A number that changes with everything that changes sessions."""
        return stable_number(
            ALGORITHM,
            self.inactivity.total_seconds(),
            self.ends_at_midnight,
            self.ends_when_customer_changes,
            self.ends_at_new_campaign,
            None if self.longest is None else self.longest.total_seconds(),
            self.most_hits,
            self.stitching == "none",
            self.time_zone,
            sorted(self.hosts),
            BEHAVIOUR,
            self.strictness,
        )


NAMED_SETS: Final = {"matomo": (30.0, True), "ga4": (30.0, False), "awstats": (60.0, True)}
"""Minutes of inactivity, and whether midnight ends a session, of the sets of rules that other
tools use (DEFINITIONS: Traffic). None of them ends sessions at a new campaign unless the site
says so, though Matomo would."""


def stable_number(*facts: object) -> int:
    """Return a 63-bit number that is the same for the same facts on every machine and run."""
    digest = blake2b(repr(facts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
