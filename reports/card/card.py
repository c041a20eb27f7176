"""One customer's card: read from a snapshot, as of the end of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl

from reports.answers.customer_preference import customer_preference
from reports.audience import customer_profile
from reports.audience.columns import SPAN
from reports.card import sections
from reports.card.roles import PERSONAL, as_seen
from reports.card.sections import DAY
from reports.looked_at import KINDS
from reports.query import Filters
from reports.recommendations import Lists, Recommendations, lists_of, suggestions
from reports.result import SnapshotKey
from reports.spec import ColumnSpec, no_rows
from sessionize import explain_segment
from sessionize.explain import Explanation
from weblog.errors import QueryError
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

WHO: Final = (
    *("name", "email", "phone", "birth_date", "age", "sex", "occupation", "children"),
    *("grade", "joined", "consent_email", "consent_sms"),
)

ACTIVITY: Final = (
    *("sessions", "first_visit", "last_visit", "days_since_last_visit", "sessions_90_days"),
    *("page_views_90_days", "logins", "purchases", "purchases_in_force", "purchase_value"),
    *("next_maturity", "days_to_maturity", "maturing_product"),
)
"""Columns of the profile that sum the customer up."""

SECTIONS: Final[dict[str, tuple[ColumnSpec, ...]]] = {
    "suggestions": sections.SUGGESTIONS,
    "interests": sections.INTERESTS,
    "purchases": sections.PURCHASES,
    "contacts": sections.CONTACTS,
    "campaigns": sections.CAMPAIGNS,
    "visits": sections.VISITS,
}
"""The tables of a card, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a customer at the end of a day.

    Attributes:
        customer_id: who.
        day: the last day that counts; nothing later is in it.
        role: whose eyes it is for.
        who: the register's state, personal data as the role may see them.
        segment: what the customer is, and the rule that says so.
        activity: visits, purchases and what is due, in figures (:data:`ACTIVITY`).
        sections: the tables, columns as :data:`SECTIONS` declares them.
        currency: of money.
        snapshot: the table versions it was read from.
    """

    customer_id: str
    day: date
    role: str
    who: Mapping[str, object]
    segment: Explanation
    activity: Mapping[str, object]
    sections: Mapping[str, pl.DataFrame]
    currency: str = ""
    snapshot: SnapshotKey = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as values that JSON knows, days and times as ISO text."""
        rule = self.segment.rules[-1] if self.segment.segment and self.segment.rules else None
        told = {
            "segment": self.segment.segment,
            "rule": None if rule is None else rule.when,
            "because": []
            if rule is None
            else [
                {"column": each.column, "value": _plain(each.value), "source": each.source}
                for each in rule.seen
            ],
        }
        return {
            "customer_id": self.customer_id,
            "day": self.day.isoformat(),
            "role": self.role,
            "who": _plain(dict(self.who)),
            "segment": told,
            "activity": _plain(dict(self.activity)),
            **{name: _plain(frame.to_dicts()) for name, frame in self.sections.items()},
            "snapshot": dict(self.snapshot),
        }


def customer_card(
    source: Store | Snapshot,
    customer_id: str,
    day: date,
    site: Site,
    *,
    role: str = "marketer",
    lists: Lists | None = None,
    settings: Recommendations | None = None,
    most: int = 20,
) -> Card:
    """Return all that is known of a customer at the end of ``day``.

    Args:
        source: the store.
        customer_id: as the register and the log name the customer.
        day: the last day that counts, in the site's time zone.
        site: its segment rules say what the customer is.
        role: "marketer" sees personal data masked, "analyst" as they are.
        lists: what to suggest, ranked beforehand for the day after ``day``; others are not used.
        settings: of recommendations, by which they are ranked where there are no such lists;
            without settings nothing is suggested.
        most: rows of visits and of contacts; the newest.

    Raises:
        UnknownNameError: no such role.
        QueryError: the register does not know the customer at the end of that day.
        SiteError: a segment rule is wrong, or fails with this customer.
    """
    snapshot = source.snapshot() if isinstance(source, Store) else source
    state = _state(snapshot, customer_id, day)
    profile = customer_profile(snapshot, day + DAY, site)
    known = profile.row(by_predicate=pl.col("customer_id") == customer_id, named=True)
    sessions = _sessions(snapshot, customer_id, day)
    bought = _of(snapshot, "purchases", customer_id)
    tables = {
        "suggestions": _suggested(
            snapshot, customer_id, day + DAY, site, lists=lists, settings=settings
        ),
        "interests": sections.interests(
            _views(snapshot, sessions, day),
            _affinity(snapshot, customer_id, day),
            known["products_held"],
            day,
        ),
        "purchases": sections.purchases(bought, day),
        "contacts": sections.contacts(
            _contacts(snapshot, customer_id, site), sessions, bought, day
        ),
        "campaigns": sections.campaigns(sessions, snapshot.scan("campaigns").collect()),
        "visits": sections.visits(sessions),
    }
    # A visit of the next day is not known yet: what the customer is as that day begins.
    found = explain_segment(snapshot, customer_id, day + DAY, site.segments)[0]
    return Card(
        customer_id=customer_id,
        day=day,
        role=role,
        who=as_seen({name: state[name] if name in PERSONAL else known[name] for name in WHO}, role),
        segment=found,
        activity={name: known[name] for name in ACTIVITY},
        sections={
            name: rows.head(most) if name in {"visits", "contacts"} else rows
            for name, rows in tables.items()
        },
        currency=site.currency,
        snapshot=snapshot.key,
    )


def _of(snapshot: Snapshot, table: str, customer_id: str) -> pl.DataFrame:
    return snapshot.scan(table).filter(pl.col("customer_id") == customer_id).collect()


def _state(snapshot: Snapshot, customer_id: str, day: date) -> dict[str, object]:
    """Return the register's newest state that begins by the day after ``day``."""
    states = _of(snapshot, "customers", customer_id)
    held = states.filter(pl.col("valid_from") <= day + DAY).sort("valid_from")
    if held.is_empty():
        known = states["valid_from"].sort().to_list()
        since = f", only from {known[0]} on" if known else ""
        raise QueryError(
            f"no card of customer {customer_id!r} on {day}: the register does not know them"
            f"{since}. `weblog customers load` loads the register"
        )
    return dict(held.row(-1, named=True))


def _sessions(snapshot: Snapshot, customer_id: str, day: date) -> pl.DataFrame:
    rows = snapshot.scan("sessions").filter(pl.col("date") <= day)
    return rows.filter(pl.col("customer_id") == customer_id).collect()


def _views(snapshot: Snapshot, sessions: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return page views of the last days of these sessions; other days are not read."""
    recent = sessions.filter(pl.col("date") > day - SPAN)
    days, ids = recent["date"].unique(), recent["session_id"]
    return (
        snapshot.scan("page_views")
        .filter(pl.col("date").is_in(days.implode()), pl.col("session_id").is_in(ids.implode()))
        .filter(pl.col("kind") == "page")
        .select("session_id", "date", "category", "product", "dwell_s")
        .collect()
    )


def _affinity(snapshot: Snapshot, customer_id: str, day: date) -> pl.DataFrame:
    """Return how much more than everybody the customer looked at what, lately."""
    filters = Filters(start=day - SPAN + DAY, end=day, compare="none", customers=(customer_id,))
    kinds = (customer_preference(snapshot, filters, kind=kind).frame for kind in KINDS)
    return pl.concat(kinds)


def _suggested(
    snapshot: Snapshot,
    customer_id: str,
    day: date,
    site: Site,
    *,
    lists: Lists | None,
    settings: Recommendations | None,
) -> pl.DataFrame:
    """Return what to suggest on ``day``, products first."""
    columns = sections.names(sections.SUGGESTIONS)
    if settings is None:
        return no_rows(sections.SUGGESTIONS)
    if lists is None or lists.day != day:
        lists = lists_of(snapshot, day, site, settings)
    found = suggestions(lists.of(customer_id), settings, on=day)
    return found.sort("kind", "rank", descending=[True, False]).select(columns)


def _contacts(snapshot: Snapshot, customer_id: str, site: Site) -> pl.DataFrame:
    """Return mailings the customer was chosen for, and contacts by target lists."""
    about = ("day", "channel", "about", "offer", "campaign", "is_held_out", "bounced")
    none = pl.lit(None, pl.String)
    sent = pl.col("sent").dt.convert_time_zone(site.time_zone).dt.date()
    mailed = (
        _of(snapshot, "deliveries", customer_id)
        .join(snapshot.scan("mailings").collect(), on="mailing")
        .with_columns(sent.alias("day"), pl.lit("email").alias("channel"))
        .with_columns(pl.coalesce("title", "mailing").alias("about"), offer=pl.col("product"))
        .select(about)
    )
    listed = (
        _of(snapshot, "contacts", customer_id)
        .with_columns(about=pl.col("list"), campaign=none, bounced=none)
        .select(about)
    )
    return pl.concat([mailed, listed])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
