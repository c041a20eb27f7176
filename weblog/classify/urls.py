"""One spelling for each page, by the site's rules on distinct paths."""

from __future__ import annotations

import re

import polars as pl

from weblog.site.url_rules import Urls


def normal_paths(paths: pl.Series, rules: Urls) -> pl.Series:
    """Return distinct (decoded) paths in the spelling the site's ``[urls]`` asks for.

    In this order: path parameters (``;v=2``) are dropped, ``//`` becomes ``/``, upper case
    becomes lower, an index file becomes its folder (``/news/index.html``: ``/news/``), the
    slash at the end goes, but for the root's. Each only if its rule says so. Doing it twice
    changes nothing. Null, and what does not begin with a slash (``*``), stays as it is.
    """
    path = pl.col("path")
    normal = path
    if rules.path_parameters == "strip":
        normal = _rooted(normal.str.replace_all(r";[^/]*", ""))
    if rules.slashes == "merge":
        normal = normal.str.replace_all("/{2,}", "/")
    if rules.lower_case:
        normal = normal.str.to_lowercase()
    names = "|".join(_index_names(rules))
    if rules.trailing_slash == "strip":
        # What is left of an index file's path may end in an index file or a slash again.
        normal = _rooted(normal.str.replace(f"(?:/(?:{names})?)+$" if names else "/+$", ""))
    elif names:
        normal = normal.str.replace(f"/(?:{names})$", "/")
    if normal is path:
        return paths
    frame = paths.alias("path").to_frame()
    chosen = pl.when(path.str.starts_with("/")).then(normal).otherwise(path)
    return frame.select(chosen.alias(paths.name)).to_series()


def _index_names(rules: Urls) -> list[str]:
    names = (name.lower() if rules.lower_case else name for name in rules.index_files)
    return [re.escape(name) for name in names]


def _rooted(path: pl.Expr) -> pl.Expr:
    return pl.when(path == "").then(pl.lit("/")).otherwise(path)
