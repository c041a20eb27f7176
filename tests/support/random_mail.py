"""Small random companies that write mails: what they sent, and what the log has of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from weblog.company_tables import DELIVERIES, MAILINGS, PURCHASES
from weblog.schema import HITS, SESSIONS
from weblog.site import Site
from weblog.store import Store

Rows = list[dict[str, Any]]

SITE = Site.model_validate(
    {
        "mail": {
            "open_paths": ["/m/open.gif"],
            "click_paths": ["/m/go"],
            "id_parameter": "d",
            "target_parameter": "to",
            "unsubscribe_paths": ["/bye"],
            "conversion_days": 4,
        }
    }
)
SENT = {
    "m1": datetime(2025, 11, 3, 9, tzinfo=UTC),
    "m2": datetime(2025, 11, 5, 22, 30, tzinfo=UTC),
}
PEOPLE = "Mozilla/5.0 (Windows NT 10.0) Chrome/141"
PROXY = "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"
LATER = (-5, 3, 59, 60, 64, 66, 75, 76, 85, 95, 106, 3_600, 3_604, 7_300, 86_399, 86_400, 300_000)
"""Seconds after sending: near the edges of rules, and of days."""


@dataclass(frozen=True)
class MailCompany:
    mailings: Rows
    deliveries: Rows
    hits: Rows
    sessions: Rows
    purchases: Rows


def _maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


@st.composite
def mail_companies(draw: st.DrawFn) -> MailCompany:
    mailings = [
        dict.fromkeys(MAILINGS.schema)
        | {"mailing": name, "title": f"Letter {name}", "sent": sent, "cost": 10.0}
        | {"product": draw(_maybe("cover")), "conversion_days": draw(_maybe(1, 3))}
        for name, sent in SENT.items()
    ]
    deliveries = [
        dict.fromkeys(DELIVERIES.schema)
        | {
            "delivery": f"d{number}",
            "mailing": draw(st.sampled_from(list(SENT))),
            "customer_id": draw(_maybe("c1", "c2", "c3", "c4")),
            "is_held_out": draw(st.sampled_from([False, False, True])),
            "variant": draw(_maybe("A", "B")),
            "bounced": draw(_maybe(None, None, "hard", "soft")),
            "unsubscribed": draw(_maybe(SENT["m1"], SENT["m2"] + timedelta(hours=30))),
        }
        for number in range(draw(st.integers(1, 8)))
    ]
    hits = [_hit(draw, number) for number in range(draw(st.integers(0, 16)))]
    return MailCompany(mailings, deliveries, hits, _sessions(draw), _purchases(draw))


def _hit(draw: st.DrawFn, number: int) -> dict[str, Any]:
    path = draw(st.sampled_from(["/m/open.gif", "/m/go", "/m/go", "/a", "/b", "/bye"]))
    delivery = draw(st.sampled_from([*(f"d{n}" for n in range(4)), "elsewhere"]))
    target = draw(st.sampled_from(["/a", "/b", "/c", "/bye"]))
    is_page = not path.startswith("/m/")
    is_bot = draw(st.sampled_from([False, False, False, True]))
    kind = "bot" if is_bot else ("page" if is_page else "other")
    ts = draw(st.sampled_from(list(SENT.values()))) + timedelta(
        seconds=draw(st.sampled_from(LATER))
    )
    return dict.fromkeys(HITS.schema) | {
        "date": ts.date(),
        "ts": ts,
        "log_source": "log",
        "line": number,
        "visitor_id": draw(st.sampled_from(["v1", "v2"])),
        "method": draw(st.sampled_from(["GET", "GET", "GET", "HEAD"])),
        "path": path,
        "query": f"d={delivery}&to={target}" if path == "/m/go" else f"x=1&d={delivery}",
        "status": draw(st.sampled_from([200, 200, 302, 404])),
        "user_agent": draw(st.sampled_from([PEOPLE, PEOPLE, PROXY, "Mozilla/5.0", None])),
        "kind": draw(st.sampled_from([kind, kind, kind, "internal"])),
        "is_bot": is_bot,
    }


def _sessions(draw: st.DrawFn) -> Rows:
    slots = draw(
        st.lists(
            st.tuples(st.sampled_from(["v1", "v2"]), st.sampled_from([0, 1, 2, 24, 26, 61, 90])),
            unique=True,
            max_size=8,
        )
    )
    rows = []
    for number, (visitor, hours) in enumerate(slots):
        start = SENT["m1"] + timedelta(hours=hours, seconds=draw(st.sampled_from([0, 61, 100])))
        rows.append(
            dict.fromkeys(SESSIONS.schema)
            | {
                "session_id": f"s{number}",
                "date": start.date(),
                "start": start,
                "end": start + timedelta(seconds=draw(st.sampled_from([0, 40, 1_700]))),
                "visitor_id": visitor,
                "customer_id": draw(_maybe("c1", "c2", "c3", "c4")),
                "page_views": 1,
                "conversions": draw(st.integers(0, 2)),
                "value": draw(_maybe(3.0, 8.5)),
            }
        )
    # The data reach beyond the days of all mailings.
    last = datetime(2025, 11, 20, 12, tzinfo=UTC)
    end = rows[0] if rows else dict.fromkeys(SESSIONS.schema)
    return [
        *rows,
        end
        | {"session_id": "last", "date": last.date(), "start": last, "end": last}
        | {"visitor_id": "v9", "customer_id": None, "conversions": 0, "page_views": 1},
    ]


def _purchases(draw: st.DrawFn) -> Rows:
    first = SENT["m1"].date()
    return [
        dict.fromkeys(PURCHASES.schema)
        | {
            "purchase_id": f"p{number}",
            "customer_id": draw(st.sampled_from(["c1", "c2", "c3", "c4"])),
            "product": draw(st.sampled_from(["cover", "annuity"])),
            "purchased": first + timedelta(days=draw(st.integers(-1, 8))),
            "value": draw(_maybe(100.0, 2.5)),
        }
        for number in range(draw(st.integers(0, 5)))
    ]


def stored_mail(store: Store, company: MailCompany) -> Store:
    """Make the company all there is in a store."""
    if store.time_zone is None:
        store.keep_time_zone("UTC")
    for table, rows in ((HITS, company.hits), (SESSIONS, company.sessions)):
        frame = pl.DataFrame(rows, schema=table.schema)
        touched = sorted({*frame["date"], *store.day_rows(table.name)})
        if touched:
            store.replace_days(table.name, touched, lambda f=frame: (f, {"made": 1}))
    for table, rows in (
        (MAILINGS, company.mailings),
        (DELIVERIES, company.deliveries),
        (PURCHASES, company.purchases),
    ):
        store.replace_all(table.name, pl.DataFrame(rows, schema=table.schema))
    return store
