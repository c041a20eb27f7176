"""What the log has of mails: open pixels, clicks on links, landings that carry a dispatch id.

Only hits with the dispatch id's parameter are read, once per state of the hits, and kept in memory:
one in some dozens of hits is a mail's.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import polars as pl

from reports.cache import CACHE, key_of
from weblog.classify.patterns import matches_any
from weblog.classify.percent import value_of
from weblog.site.checked import pattern_regex
from weblog.site.mail import Mail
from weblog.store import Snapshot

OPEN: Final = "open"
CLICK: Final = "click"
VISIT: Final = "visit"
UNSUBSCRIBE: Final = "unsubscribe"

TRACES: Final = (OPEN, CLICK, VISIT, UNSUBSCRIBE)
"""The open pixel fetched; a link followed, but for those to unsubscribe; a page of the site viewed
that bears the dispatch id; a link to unsubscribe followed."""

SCHEMA: Final = pl.Schema(
    {
        "delivery": pl.String(),
        "trace": pl.String(),
        "ts": pl.Datetime("us", "UTC"),
        "link": pl.String(),
        "visitor_id": pl.String(),
        "user_agent": pl.String(),
        "method": pl.String(),
        "kind": pl.String(),
        "is_robot": pl.Boolean(),
    }
)


def traces(snapshot: Snapshot, days: tuple[date, date] | None, mail: Mail) -> pl.DataFrame:
    """Return the traces of mails in some days, people's and machines' alike.

    Args:
        snapshot: of the store.
        days: first and last day to read; None: none.
        mail: how mails show in the log.

    Returns:
        ``delivery`` (the dispatch id as the log has it), ``trace`` (one of :data:`TRACES`),
        ``ts``, ``link`` (where a link leads; null for other traces), ``visitor_id``,
        ``user_agent``, ``method``, ``kind`` and ``is_robot`` (by its agent, or by its behaviour
        that day) of the hit; in the order of time. Answers that failed (status 400 and above)
        are no traces. Empty where the site does not say how mails show.
    """
    if days is None or mail.id_parameter is None:
        return pl.DataFrame(schema=SCHEMA)
    key = (*key_of(snapshot, "hits", days), *key_of(snapshot, "robots"), "mail", mail)
    return CACHE.get(key, lambda: _read(snapshot, days, mail))


def _read(snapshot: Snapshot, days: tuple[date, date], mail: Mail) -> pl.DataFrame:
    name = str(mail.id_parameter)
    marked = rf"(?i)(?:^|&){re.escape(name)}="
    hits = (
        snapshot.scan("hits")
        .filter(
            pl.col("date").is_between(*days),
            pl.col("query").str.contains(marked),
            pl.col("status").fill_null(200) < 400,
        )
        .select(
            *("date", "ts", "path", "query", "visitor_id", "user_agent", "method", "kind"),
            pl.col("is_bot").fill_null(value=False),
        )
        .collect()
    )
    robots = (
        snapshot.scan("robots")
        .filter(pl.col("date").is_between(*days), pl.col("is_robot"))
        .select("date", "visitor_id", pl.lit(value=True).alias("behaves"))
        .unique()
        .collect()
    )
    told = of_queries(hits["query"].unique().sort(), mail)
    named = of_paths(hits["path"].unique().sort(), mail)
    joined = (
        hits.join(told, on="query", how="left")
        .join(named, on="path", how="left")
        .join(robots, on=["date", "visitor_id"], how="left")
    )
    is_redirect = pl.col("trace") == CLICK
    trace = pl.when(is_redirect & pl.col("leads_out")).then(pl.lit(UNSUBSCRIBE)).otherwise("trace")
    return (
        joined.with_columns(
            trace.alias("trace"),
            pl.when(is_redirect).then("link").alias("link"),
            (pl.col("is_bot") | pl.col("behaves").fill_null(value=False)).alias("is_robot"),
        )
        .filter(
            pl.col("delivery").is_not_null(),
            # Of hits on no path of the mail only views of the site's pages tell anything.
            (pl.col("trace") != VISIT) | pl.col("kind").is_in(["page", "bot", "internal"]),
        )
        .select(pl.col(column).cast(dtype) for column, dtype in SCHEMA.items())
        .sort("ts", "delivery", "trace", "visitor_id", "link", nulls_last=True)
    )


def of_queries(queries: pl.Series, mail: Mail) -> pl.DataFrame:
    """Return what query strings tell: ``query``, ``delivery``, ``link``, ``leads_out``.

    ``link`` is where the link leads, or, where no parameter tells that, the query without the
    dispatch id; ``leads_out``: to a page to unsubscribe.
    """
    name = re.escape(str(mail.id_parameter))
    delivery = value_of(queries, str(mail.id_parameter)).alias("delivery")
    rest = queries.str.replace_all(rf"(?i)(?:^|&){name}=[^&]*", "")
    target = rest if mail.target_parameter is None else value_of(queries, mail.target_parameter)
    link = target.fill_null("").alias("link")
    path = link.str.replace(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", "").str.replace(r"[?#].*$", "")
    leads_out = matches_any(path, _regexes(mail.unsubscribe_paths)).fill_null(value=False)
    return pl.DataFrame([queries.alias("query"), delivery, link, leads_out.alias("leads_out")])


def of_paths(paths: pl.Series, mail: Mail) -> pl.DataFrame:
    """Return which trace a path is: ``path`` and ``trace``."""
    found = pl.DataFrame(
        [
            paths.alias("path"),
            *(
                matches_any(paths, _regexes(patterns)).fill_null(value=False).alias(name)
                for name, patterns in (
                    (OPEN, mail.open_paths),
                    (CLICK, mail.click_paths),
                    (UNSUBSCRIBE, mail.unsubscribe_paths),
                )
            ),
        ]
    )
    which = pl.lit(VISIT)
    for name in (UNSUBSCRIBE, CLICK, OPEN):
        which = pl.when(name).then(pl.lit(name)).otherwise(which)
    return found.select("path", which.alias("trace"))


def _regexes(patterns: tuple[str, ...]) -> list[str]:
    return [f"(?s:{pattern_regex(pattern)})" for pattern in patterns]
