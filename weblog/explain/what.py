"""What was asked: the request, the rules its path fits, the kind of hit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from weblog.classify import (
    classify_paths,
    kind_reasons,
    normal_paths,
    redact_queries,
    scrubbed,
)
from weblog.classify.patterns import matches_any
from weblog.explain.decision import Decision, Line, text
from weblog.ingestion.hits import PURPOSE
from weblog.ingestion.requests import request_lines, split_requests
from weblog.site.checked import pattern_regex


def request(line: Line) -> Iterator[Decision]:
    """Tell method, path and query, and what was changed of them."""
    site, hit = line.site, line.hit
    lines = request_lines(line.row)
    secret = site.privacy.secret_parameters
    whole, kept = split_requests(lines), split_requests(lines, secret)
    if kept["method"].item() is None:
        yield Decision("request", "method", None, "no request: neither method nor path")
        return
    yield Decision("request", "method", hit["method"], "as logged")
    path, patterns = kept["path"].item(), site.privacy.scrub
    changes = []
    if whole["path"].item() not in str(lines.item()):
        changes.append("percent-decoded")
    if path != whole["path"].item():
        changes.append("without its secret parameters ([privacy] secret_parameters)")
    spelled = normal_paths(kept["path"], site.urls)
    if spelled.item() != path:
        changes.append("spelled by [urls]")
    if not scrubbed(spelled, patterns).equals(spelled):
        changes.append("without what looks like a person's ([privacy] scrub)")
    yield Decision("request", "path", hit["path"], ", ".join(changes) or "as logged")
    query = kept["query"].item()
    if query is not None:
        named = redact_queries(kept["query"], secret)
        changes = []
        if named.item() != query:
            changes.append("without its secret parameters ([privacy] secret_parameters)")
        if hit["query"] != named.item():
            changes.append("without what looks like a person's ([privacy] scrub)")
        yield Decision("request", "query", hit["query"], ", ".join(changes) or "as logged")


def rules(line: Line) -> Iterator[Decision]:
    """Tell which of the site's rules the path fits."""
    site, path = line.site, line.hit["path"]
    if path is None:
        return
    for category in site.categories:
        pattern = _fitting(path, category.paths)
        if pattern is not None:
            yield Decision("rules", "category", category.category, f"path fits {pattern}")
            break
    for product in site.products:
        pattern = _fitting(path, product.paths)
        if pattern is not None:
            yield Decision("rules", "product", product.product, f"path fits {pattern}")
            break
    for goal in site.goals:
        pattern = _fitting(path, goal.paths)
        if pattern is not None:
            reached = line.hit["goal"] == goal.goal
            yield Decision(
                "rules",
                f"goal {goal.goal}",
                "reached" if reached else "not reached",
                f"path fits {pattern}; {_asks(goal.method, goal.statuses)}",
            )
    for event in site.events:
        pattern = _fitting(path, event.paths)
        if pattern is not None:
            why = f"path fits {pattern}; {_asks(event.method, ())}"
            yield Decision("rules", f"event {event.event}", "fits", why)
    if line.hit["value"] is not None:
        yield Decision("rules", "value", text(line.hit["value"]), "of the goal reached")
    if line.hit["is_login"]:
        why = f"path fits {_fitting(path, site.login.paths)} ([login] paths)"
        yield Decision("rules", "login", "yes", why)


def kind(line: Line) -> Iterator[Decision]:
    """Tell the kind of hit, and which rule of the page-view definition decided."""
    hit, site = line.hit, line.site
    facts: dict[str, Any] = {
        name: [hit[name]] for name in ("method", "path", "query", "status", "is_bot")
    }
    frame = pl.DataFrame(
        facts,
        schema={
            "method": pl.String(),
            "path": pl.String(),
            "query": pl.String(),
            "status": pl.Int16(),
            "is_bot": pl.Boolean(),
        },
    )
    judged = classify_paths(frame["path"], site).drop("path")
    says = [line.field(f"header:{name}") for name in PURPOSE]
    purpose = pl.Series("purpose", [" ".join(each for each in says if each)], dtype=pl.String)
    own = pl.lit(value=hit["kind"] == "internal" and not judged["is_internal_path"].item())
    frame = pl.concat([frame, judged], how="horizontal").with_columns(
        purpose, own.alias("is_internal_client")
    )
    yield Decision("kind", "kind", hit["kind"], kind_reasons(frame, site).item())


def _fitting(path: str, patterns: Sequence[str]) -> str | None:
    column = pl.Series([path])
    regexes = ((pattern, f"(?s:{pattern_regex(pattern)})") for pattern in patterns)
    return next((p for p, regex in regexes if matches_any(column, [regex]).item()), None)


def _asks(method: str | None, statuses: Sequence[int]) -> str:
    wanted = ", ".join(map(str, statuses)) or "success"
    return f"asks for {method or 'any method but HEAD and its like'} and {wanted}"
