"""Every table of the store, declared once: columns, types, meaning, partition, key.

``weblog sql "describe hits"``, the documentation and the empty tables of a new
store are all made from these declarations. A column that is not known is null,
never an empty string.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from weblog.column_types import F64, I16, I32, I64, TS, B, D, S, columns
from weblog.company_tables import (
    BANNERS,
    CAMPAIGN_COSTS,
    CAMPAIGNS,
    CONTACTS,
    CUSTOMERS,
    DELIVERIES,
    MAILINGS,
    PURCHASES,
    TARGET_LISTS,
)
from weblog.table import Column as Column  # noqa: PLC0414  a name of this module, too
from weblog.table import Table as Table  # noqa: PLC0414

_CAMPAIGN = (
    ("channel", S, "where it came from: GA4's default channel group, e.g. 'Organic Search'"),
    ("source", S, "campaign source parameter, or the referrer's name or host"),
    ("medium", S, "campaign medium parameter, or 'organic', 'social', 'referral'"),
    ("campaign", S, "campaign name parameter, lower-cased"),
    ("term", S, "campaign keyword or search words"),
    ("content", S, "campaign content parameter: which banner or link"),
)

_AGENT = (
    ("browser", S, "browser family"),
    ("os", S, "operating system family"),
    ("device", S, "'desktop', 'smartphone', 'tablet', 'tv', 'bot' or 'other'"),
)

HITS: Final = Table(
    "hits",
    "one parsed log line",
    columns(
        ("date", D, "day in the site's time zone"),
        ("ts", TS, "when the server logged it"),
        ("log_source", S, "identity of the log file's content (see table sources)"),
        ("line", I64, "line number in the source, from 1"),
        ("client", S, "client address, truncated or hashed as the privacy rules say"),
        ("country", S, "where that address is (ISO 3166 alpha-2), if the site has a file to say"),
        ("visitor_id", S, "one browser: first-party cookie, else keyed hash of address and agent"),
        ("customer_id", S, "the logged-in customer, if the line names one"),
        ("host", S, "virtual host, if the format has one"),
        ("method", S, "request method"),
        ("path", S, "path of the request, percent-decoded, without the query"),
        ("query", S, "query string, without the parameters that carry secrets"),
        ("status", I16, "response status"),
        ("bytes", I64, "response size in bytes"),
        ("duration_ms", I32, "time to serve, milliseconds, if the format has it"),
        ("referrer", S, "referrer URL, without secret parameters"),
        ("user_agent", S, "user agent as sent"),
        ("kind", S, "page, event, static, bot, error, internal or other"),
        ("is_bot", B, "a robot by its agent or a site rule; by behaviour: see table robots"),
        ("bot_reason", S, "list, version, rule, text found; without is_bot: at a stricter level"),
        *_AGENT,
        *_CAMPAIGN,
        ("category", S, "content category by the site's URL rules"),
        ("product", S, "product by the site's URL rules"),
        ("goal", S, "goal this hit reaches by the site's rules"),
        ("value", F64, "value of that goal, in the site's currency"),
        ("is_login", B, "an explicit login-success hit; null if the site names no such rule"),
    ),
    key=("log_source", "line"),
    partition_by=("date",),
)

REJECTS: Final = Table(
    "rejects",
    "one line that could not be parsed, verbatim",
    columns(
        ("ingest_date", D, "day it was read, UTC"),
        ("log_source", S, "identity of the log file's content"),
        ("line", I64, "line number in the source, from 1"),
        ("offset", I64, "byte offset of the line in the (decompressed) source"),
        ("length", I64, "length of the whole line in bytes, without its line end"),
        ("reason", S, "why: see weblog.parse.reasons"),
        ("raw", pl.Binary(), "the bytes of the line, verbatim (the first 64 KiB of a longer one)"),
        ("path", S, "path of the file when it was read"),
        ("log_format", S, "the format it was read with"),
    ),
    key=("log_source", "line"),
    partition_by=("ingest_date",),
)

LEDGER: Final = Table(
    "ledger",
    "one committed chunk of a source: what was read and what became of it",
    columns(
        ("log_source", S, "identity of the log file's content"),
        ("from_offset", I64, "first byte of the chunk in the (decompressed) source"),
        ("to_offset", I64, "first byte after the chunk"),
        ("from_line", I64, "number of the chunk's first line"),
        ("lines", I64, "lines read"),
        ("hits", I64, "lines that became hits"),
        ("rejects", I64, "lines that could not be parsed"),
        ("skipped", I64, "lines left out by a rule of the site or empty"),
        ("skipped_by", S, "the same by rule, as JSON: {rule: lines}; null for none"),
        ("erased", I64, "hits and rejects removed since, with a person or by age; null for none"),
        ("header", pl.Binary(), "what the format needs to read on: W3C's last #Fields line"),
        ("tail_length", I64, "how many bytes before to_offset the tail hash covers"),
        ("tail", S, "hash of the last bytes before to_offset"),
        ("committed_at", TS, "when the chunk was committed"),
    ),
    key=("log_source", "from_offset"),
)

SOURCES: Final = Table(
    "sources",
    "one log source (a file's content, whatever its name or compression) as far as it was known",
    columns(
        ("log_source", S, "identity: when the log begins (UTC), and a hash of its first line"),
        ("path", S, "path it was read from"),
        ("log_format", S, "the format it is read with"),
        ("prefixes", S, "hashes of the content up to some of its first line ends, as JSON"),
        ("seen_at", TS, "when this was written"),
    ),
    key=("log_source", "seen_at"),
)

OBJECTS: Final = Table(
    "objects",
    "one object of a bucket that was read to its end",
    columns(
        ("address", S, "where it is, such as s3://logs/2025/a.gz"),
        ("size", I64, "its bytes, as the bucket lists them"),
        ("etag", S, "the bucket's tag of this content"),
        ("read_at", TS, "when it was read"),
    ),
    key=("address", "read_at"),
)

ERASURES: Final = Table(
    "erasures",
    "one erasure of people (`weblog erase`), with nothing that tells who",
    columns(
        ("erasure", S, "its number, which its receipt bears"),
        ("erased_at", TS, "when it was completed"),
        ("lines", I64, "log lines erased: hits and rejects"),
        ("rows", I64, "rows erased from all tables"),
        ("receipt", S, "SHA-256 of the receipt"),
    ),
    key=("erasure",),
)

SESSIONS: Final = Table(
    "sessions",
    "one session (visit)",
    columns(
        ("session_id", S, "visitor and start; stable whatever the order of ingestion"),
        ("date", D, "day of the start in the site's time zone"),
        ("start", TS, "first page view or event"),
        ("end", TS, "last page view or event"),
        ("visitor_id", S, "whose session it is"),
        ("customer_id", S, "the customer logged in during the session, or who claims it"),
        ("is_stitched", B, "nobody logged in: the visitor's other sessions say who it was"),
        ("segment", S, "what that customer was at the session's start"),
        ("hits", I64, "all hits of the visitor in the session's span"),
        ("page_views", I64, "page views"),
        ("product_views", I64, "page views about a product"),
        ("events", I64, "events"),
        ("logins", I64, "logins"),
        ("is_new", B, "the visitor's first session ever seen"),
        ("is_bounce", B, "exactly one page view and no event or conversion"),
        ("is_engaged", B, "two or more page views, or 10 s or more, or a conversion"),
        ("entry_page", S, "path of the first page view"),
        ("exit_page", S, "path of the last page view"),
        *_CAMPAIGN,
        ("referrer_host", S, "host of the entry's external referrer"),
        *_AGENT,
        ("country", S, "where the entry's client address is, if the site has a file to say"),
        ("host", S, "virtual host of the entry"),
        ("conversions", I64, "goals reached"),
        ("value", F64, "value of the goals reached"),
    ),
    key=("session_id",),
    partition_by=("date",),
)

PAGE_VIEWS: Final = Table(
    "page_views",
    "one page view or event of a session",
    columns(
        ("date", D, "day of the session"),
        ("session_id", S, "the session it belongs to"),
        ("visitor_id", S, "the session's visitor"),
        ("ts", TS, "when"),
        ("log_source", S, "with line: the hit it is"),
        ("line", I64, "line number in the source"),
        ("kind", S, "page or event"),
        ("path", S, "path"),
        ("category", S, "content category"),
        ("product", S, "product"),
        ("goal", S, "goal reached"),
        ("value", F64, "value of the goal"),
        (
            "dwell_s",
            F64,
            "seconds to the session's next page view or event, null for the last one",
        ),
    ),
    key=("log_source", "line"),
    partition_by=("date",),
)

ROBOTS: Final = Table(
    "robots",
    "one day of a visitor that is a robot by behaviour, under its strictness or a stricter one",
    columns(
        ("date", D, "day in the site's time zone"),
        ("visitor_id", S, "whose day it is"),
        ("level", S, "least strictness at which it is one: 'default' or 'strict'"),
        ("is_robot", B, "one at the site's strictness: its hits make no sessions"),
        ("reason", S, "version of the signals, those it shows, and their figures"),
        ("hits", I64, "its hits that take part in sessions else"),
        ("page_views", I64, "of them, of kind page"),
        ("events", I64, "of them, of kind event"),
        ("assets", I64, "of them, files that are part of a page, robots.txt left out"),
        ("heads", I64, "of them, HEAD requests"),
        ("robots_txt", I64, "of them, requests for /robots.txt"),
        ("variation", F64, "standard deviation / mean of the gaps between page views"),
        ("per_minute", I64, "most page views in a minute, if it has 60 that day"),
    ),
    key=("date", "visitor_id"),
    partition_by=("date",),
)

PLACES: Final = Table(
    "places",
    "one virtual host on one day: whether its pages come with assets",
    columns(
        ("date", D, "day in the site's time zone"),
        ("host", S, "virtual host; null where the format has none"),
        ("regulars", I64, "visitors with 5 page views or more that day, some of them here"),
        ("takers", I64, "of them, those who took an asset for every two page views"),
    ),
    key=("date", "host"),
    partition_by=("date",),
)

VISITORS: Final = Table(
    "visitors",
    "one visitor (browser)",
    columns(
        ("visitor_id", S, "one browser"),
        ("first_seen", TS, "start of its first session"),
        ("last_seen", TS, "end of its last session"),
        ("sessions", I64, "number of sessions"),
        ("customers", pl.List(pl.String()), "customers that logged in on it, sorted"),
    ),
    key=("visitor_id",),
)

TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        HITS,
        REJECTS,
        LEDGER,
        SOURCES,
        OBJECTS,
        ERASURES,
        SESSIONS,
        PAGE_VIEWS,
        ROBOTS,
        PLACES,
        VISITORS,
        CUSTOMERS,
        PURCHASES,
        CAMPAIGNS,
        CAMPAIGN_COSTS,
        BANNERS,
        MAILINGS,
        DELIVERIES,
        CONTACTS,
        TARGET_LISTS,
    )
}
"""Every table by name, in the order the documentation lists them."""

REGISTER: Final = (CUSTOMERS, PURCHASES, CAMPAIGNS, BANNERS, MAILINGS, DELIVERIES)
"""The tables that come from the company's own files, named in site.toml."""

COMPANY: Final = tuple(
    table.name for table in (*REGISTER[:3], CAMPAIGN_COSTS, *REGISTER[3:], CONTACTS)
)
"""Names of the tables that hold what the company knows, not what its logs tell."""

KINDS: Final = ("page", "event", "static", "bot", "error", "internal", "other")
"""Kinds of hits: each hit has exactly one, so they add up (DEFINITIONS: reconciliation)."""
