"""What the site's URL rules and the suffix say of a path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from weblog.classify.patterns import first_match, matches_any
from weblog.site.checked import pattern_regex
from weblog.site.rules import Site

COLUMNS = pl.Schema(
    {
        "path": pl.String(),
        "is_static": pl.Boolean(),
        "is_named_file": pl.Boolean(),
        "is_internal_path": pl.Boolean(),
        "category": pl.String(),
        "product": pl.String(),
        "goal_rules": pl.List(pl.Int32()),
        "event_rules": pl.List(pl.Int32()),
        "is_mail_open": pl.Boolean(),
        "is_mail_click": pl.Boolean(),
        "is_login_path": pl.Boolean(),
    }
)


def classify_paths(paths: pl.Series, site: Site) -> pl.DataFrame:
    """Judge distinct (decoded) paths by the site's rules.

    Category and product are those of the first rule that fits. Goal and event
    rules also ask for method and status, so here only the numbers of the rules
    whose pattern fits are given; :func:`weblog.classify.kinds.with_kinds` decides.

    Returns:
        One row per input row:
        ``path``;
        ``is_static``: the last segment ends in one of the static suffixes
        (``;jsessionid=...`` aside) or a static rule fits;
        ``is_named_file``: a goal or event pattern that itself ends in a static
        suffix (``/files/*.zip``) fits, so that the download is meant, not a page's part;
        ``is_internal_path``; ``category``; ``product``;
        ``goal_rules``, ``event_rules``: lists of indices into ``site.goals`` and
        ``site.events``, null where none fits;
        ``is_mail_open``, ``is_mail_click``, ``is_login_path``.
    """
    actions = [pattern for goal in site.goals for pattern in goal.paths]
    actions += [pattern for event in site.events for pattern in event.paths]
    files = [pattern for pattern in actions if _suffix_of(pattern) in site.static.suffixes]
    text = paths.alias("path")
    static = _has_suffix(text, site.static.suffixes) | _fits(text, site.static.paths)
    return pl.DataFrame(
        [
            text,
            static.alias("is_static"),
            _fits(text, files).alias("is_named_file"),
            _fits(text, site.internal.paths).alias("is_internal_path"),
            _first(text, [(rule.category, rule.paths) for rule in site.categories], "category"),
            _first(text, [(rule.product, rule.paths) for rule in site.products], "product"),
            _all(text, [rule.paths for rule in site.goals], "goal_rules"),
            _all(text, [rule.paths for rule in site.events], "event_rules"),
            _fits(text, site.mail.open_paths).alias("is_mail_open"),
            _fits(text, site.mail.click_paths).alias("is_mail_click"),
            _fits(text, site.login.paths).alias("is_login_path"),
        ],
        schema_overrides=COLUMNS,
    )


def _regexes(patterns: Iterable[str]) -> list[str]:
    # (?s): a decoded path may hold a line end, and * stands for anything.
    return [f"(?s:{pattern_regex(pattern)})" for pattern in patterns]


def _fits(paths: pl.Series, patterns: Iterable[str]) -> pl.Series:
    return matches_any(paths, _regexes(patterns)).fill_null(value=False)


def _suffix_of(pattern: str) -> str:
    ending = pattern.replace("\\.", ".").rstrip("$")
    return ending.rpartition(".")[2].lower() if "." in ending else ""


def _has_suffix(paths: pl.Series, suffixes: Sequence[str]) -> pl.Series:
    suffix = pl.col("path").str.extract(r"\.([^./;]+)(?:;[^/]*)?$").str.to_lowercase()
    return paths.to_frame().select(suffix.is_in(suffixes).fill_null(value=False)).to_series()


def _first(paths: pl.Series, rules: Sequence[tuple[str, Sequence[str]]], column: str) -> pl.Series:
    """Return the name of the first rule with a pattern that fits, null for none."""
    rows = [(name, regex) for name, patterns in rules for regex in _regexes(patterns)]
    if not rows:
        return pl.Series(column, [None], dtype=pl.String).new_from_index(0, len(paths))
    names = pl.Series([name for name, _ in rows], dtype=pl.String)
    found = first_match(tuple(regex for _, regex in rows)).search_all(paths)
    return names.gather(found).alias(column)


def _all(paths: pl.Series, rules: Sequence[Sequence[str]], column: str) -> pl.Series:
    """Return the indices of all rules with a pattern that fits, null for none."""
    rows = paths.to_frame().with_row_index("row")
    every = [regex for patterns in rules for regex in _regexes(patterns)]
    # Paths that no rule touches are nearly all of them: sort those out in one pass.
    touched = rows.filter(matches_any(paths, every).fill_null(value=False))
    if touched.is_empty():
        nothing = pl.Series(column, [None], dtype=pl.List(pl.Int32))
        return nothing.new_from_index(0, len(paths))
    fits = [
        touched.filter(_fits(touched["path"], patterns)).select(
            "row", pl.lit(number, dtype=pl.Int32).alias(column)
        )
        for number, patterns in enumerate(rules)
    ]
    empty = pl.DataFrame(schema={"row": pl.UInt32, column: pl.Int32})
    lists = pl.concat([empty, *fits]).group_by("row", maintain_order=True).agg(pl.col(column))
    return rows.join(lists, on="row", how="left", maintain_order="left")[column]
