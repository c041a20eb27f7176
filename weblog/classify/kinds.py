"""The page-view definition: what kind of hit each hit is. There is no other one.

See docs/classification.md for the order of the rules in words, and
``tests/weblog/classify/page_view_cases.csv`` for what they mean case by case.
"""

from __future__ import annotations

from functools import reduce
from itertools import groupby
from operator import itemgetter, or_

import polars as pl

from weblog.classify.percent import value_of
from weblog.schema import KINDS
from weblog.site.rules import Site

_NO_CONTENT = (204, 205)
"""Answers without a document: what beacons get."""

_KIND = {kind: pl.lit(kind, dtype=pl.Enum(KINDS)) for kind in KINDS}

_first = itemgetter(0)

_SAFE_PROBES = ("HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
"""Methods by which nobody does anything: no goal and no event unless a rule names the method."""


def with_kinds(hits: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Add ``kind``, ``goal``, ``value`` and ``is_login`` to hits.

    First that applies: **internal** (client or path is the company's own),
    **bot**, **error** (status 400 and above), **other** if it is a prefetch, a
    mail's open pixel or its click redirect, **static**, **event** (an event rule
    fits, or a goal rule on something that is no page), **page** (GET, status 2xx
    or 304, with a document: not 204 or 205), **other** (redirects, POST, HEAD,
    1xx, no status).

    Only pages and events reach goals and only those count a value. A rule
    without ``statuses`` asks for success: 2xx or 304, and for methods other than
    GET also a redirect (a form answered by post-redirect-get). A rule without
    ``method`` holds for all but HEAD, OPTIONS and their like. The first goal
    rule in ``site.toml`` that holds is the hit's goal.

    Args:
        hits: columns ``method``, ``path``, ``query`` (String), ``status`` (integer),
            ``is_bot``, ``is_internal_client`` (Boolean), the other columns of
            :func:`weblog.classify.paths.classify_paths`, and, if the log has it,
            ``purpose`` (what headers such as Sec-Purpose say).
        site: goals, events and the login rule.

    Returns:
        ``hits`` in the same order with ``kind`` (one of
        :data:`weblog.schema.KINDS`, an Enum of them), ``goal`` (null if none), ``value`` (Float64,
        the site's currency), ``is_login`` (null if the site names no login rule).
    """
    facts = _with_rules(hits, site)
    judged = facts.with_columns(_kind("purpose" in hits.columns).alias("kind"))
    counted = pl.col("kind").is_in(["page", "event"])
    return judged.with_columns(
        pl.when(counted).then("goal").alias("goal"),
        pl.when(counted).then("value").alias("value"),
        _is_login(site).alias("is_login"),
    ).drop("is_event")


def _with_rules(hits: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Add ``goal``, ``value`` and ``is_event``: what the site's rules say of each hit.

    Only the hits whose path a rule fits are looked at one by one: they are few.
    """
    row = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    fits = pl.col("goal_rules").is_not_null() | pl.col("event_rules").is_not_null()
    columns = ("row", "method", "status", "query", "goal_rules", "event_rules")
    rows = hits.with_columns(row).filter(fits).select(columns)
    if rows.is_empty():
        return hits.with_columns(
            pl.lit(None, pl.String).alias("goal"),
            pl.lit(None, pl.Float64).alias("value"),
            pl.lit(value=False).alias("is_event"),
        )
    rows = rows.with_columns(
        pl.col("method").cast(pl.String).str.to_uppercase(), pl.col("query").cast(pl.String)
    )
    marks = (
        hits.select(row)
        .join(_goals(rows, site), on="row", how="left", maintain_order="left")
        .join(_events(rows, site), on="row", how="left", maintain_order="left")
    )
    return hits.hstack(marks.select("goal", "value", pl.col("is_event").fill_null(value=False)))


def kind_reasons(hits: pl.DataFrame, site: Site) -> pl.Series:
    """Say of each hit, columns as for :func:`with_kinds`, which rule made its kind, in words."""
    why = pl.lit(_NO_RULE)
    for _, reason, holds in reversed(_rules("purpose" in hits.columns)):
        why = pl.when(holds).then(pl.lit(reason)).otherwise(why)
    return _with_rules(hits, site).select(why.alias("why")).to_series()


_NO_RULE = "no rule above holds: a redirect, POST, HEAD, an answer without a document, or no status"


def _kind(has_purpose: bool) -> pl.Expr:
    # the dictionary's codes, not texts, are computed and written for every hit
    kind = _KIND["other"]
    for name, rules in reversed([(k, list(g)) for k, g in groupby(_rules(has_purpose), _first)]):
        holds = reduce(or_, (condition for _, _, condition in rules))
        kind = pl.when(holds).then(_KIND[name]).otherwise(kind)
    return kind


def _rules(has_purpose: bool) -> list[tuple[str, str, pl.Expr]]:
    """Return kinds, why, and when: the first that holds decides."""
    status = pl.col("status")
    prefetch = pl.lit(value=False)
    if has_purpose:
        prefetch = pl.col("purpose").str.contains("(?i)prefetch|preview|prerender")
    answered = (status.is_between(200, 299) & ~status.is_in(_NO_CONTENT)) | (status == 304)
    named = pl.col("path").is_not_null() & ~pl.col("is_static")
    is_get = (pl.col("method") == "GET") | (pl.col("method") == "get")  # of categories fast, too
    document = is_get & answered & named
    return [
        ("internal", "client or agent is the company's own", pl.col("is_internal_client")),
        ("internal", "path fits [internal] paths", pl.col("is_internal_path")),
        ("bot", "agent or client is a robot's", pl.col("is_bot")),
        ("error", "status is 400 or above", status >= 400),
        ("other", "path fits [mail] open_paths: a mail's open pixel", pl.col("is_mail_open")),
        ("other", "path fits [mail] click_paths: a mail's redirect", pl.col("is_mail_click")),
        ("other", "a header says that it was fetched ahead", prefetch),
        (
            "static",
            "path has a static suffix or fits [static] paths",
            pl.col("is_static") & ~pl.col("is_named_file"),
        ),
        ("event", "an event rule fits", pl.col("is_event")),
        ("event", "a goal is reached by what is no page", pl.col("goal").is_not_null() & ~document),
        ("page", "GET, answered with a document (2xx or 304, not 204 or 205)", document),
    ]


def _did(method: str | None, statuses: tuple[int, ...], redirects: bool) -> pl.Expr:
    """Tell whether method and status are those a rule asks for."""
    if method is None:
        right_method = ~pl.col("method").is_in(_SAFE_PROBES)
    else:
        right_method = pl.col("method") == method.upper()
    status = pl.col("status")
    if statuses:
        return right_method & status.is_in(statuses)
    moved = status.is_between(300, 399) & (pl.lit(redirects) | (pl.col("method") != "GET"))
    return right_method & (status.is_between(200, 299) | (status == 304) | moved)


def _goals(rows: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Return ``row``, ``goal`` and ``value`` of the hits that reach a goal."""
    touched = rows.filter(pl.col("goal_rules").is_not_null()).explode("goal_rules")
    schema = {"row": pl.UInt32, "goal": pl.String, "value": pl.Float64, "rule": pl.Int32}
    reached = [pl.DataFrame(schema=schema)]
    for number, goal in enumerate(site.goals):
        hits = touched.filter(
            pl.col("goal_rules") == number, _did(goal.method, goal.statuses, redirects=False)
        )
        value = pl.lit(goal.value, dtype=pl.Float64)
        if goal.value_parameter is not None:
            value = pl.coalesce(_amount(hits["query"], goal.value_parameter), value)
        reached.append(
            hits.select(
                "row",
                pl.lit(goal.goal).alias("goal"),
                value.alias("value"),
                pl.lit(number, dtype=pl.Int32).alias("rule"),
            )
        )
    return pl.concat(reached).sort("row", "rule").unique("row", keep="first").drop("rule")


def _amount(queries: pl.Series, parameter: str) -> pl.Series:
    """Read a number such as ``1,200,000`` from a parameter; null where it is none."""
    text = value_of(queries, parameter).str.replace_all("[, ]", "")
    number = text.cast(pl.Float64, strict=False)
    return number.to_frame().select(pl.when(pl.all().is_finite()).then(pl.all())).to_series()


def _events(rows: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Return ``row`` and ``is_event`` (true) of the hits at which an event rule holds."""
    touched = rows.filter(pl.col("event_rules").is_not_null()).explode("event_rules")
    did = pl.lit(value=False)
    for number, event in enumerate(site.events):
        did = did | ((pl.col("event_rules") == number) & _did(event.method, (), redirects=True))
    return touched.filter(did).select(pl.col("row").unique(), pl.lit(value=True).alias("is_event"))


def _is_login(site: Site) -> pl.Expr:
    if not site.login.paths:
        return pl.lit(None, dtype=pl.Boolean)
    person = ~pl.col("kind").is_in(["internal", "bot"])
    did = _did(site.login.method, site.login.statuses, redirects=True)
    return (pl.col("is_login_path") & person & did).fill_null(value=False)
