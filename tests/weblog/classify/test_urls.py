"""One spelling for each page: what each rule does, and that it does no more."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify.urls import normal_paths
from weblog.errors import SiteError
from weblog.site import site_from
from weblog.site.url_rules import Urls

INDEX = ("index.html", "Default.aspx")

CASES: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/News//INDEX.html;v=2/", "/News//INDEX.html;v=2/"),
    ({"lower_case": True}, "/News/Ä/보험", "/news/ä/보험"),
    ({"trailing_slash": "strip"}, "/news/", "/news"),
    ({"trailing_slash": "strip"}, "/news//", "/news"),
    ({"trailing_slash": "strip"}, "/", "/"),
    ({"trailing_slash": "strip"}, "//", "/"),
    ({"slashes": "merge"}, "//news///2025/", "/news/2025/"),
    ({"index_files": INDEX}, "/news/index.html", "/news/"),
    ({"index_files": INDEX}, "/index.html", "/"),
    ({"index_files": INDEX}, "/news/Default.aspx", "/news/"),
    ({"index_files": INDEX}, "/news/default.aspx", "/news/default.aspx"),
    ({"index_files": INDEX, "lower_case": True}, "/News/DEFAULT.ASPX", "/news/"),
    ({"index_files": INDEX}, "/news/my-index.html", "/news/my-index.html"),
    ({"index_files": INDEX}, "/news/indexxhtml", "/news/indexxhtml"),
    ({"index_files": INDEX}, "/news/index.html/more", "/news/index.html/more"),
    ({"index_files": INDEX, "trailing_slash": "strip"}, "/news/index.html", "/news"),
    ({"index_files": INDEX, "trailing_slash": "strip"}, "/index.html", "/"),
    ({"index_files": INDEX, "trailing_slash": "strip"}, "/a/index.html/index.html/", "/a"),
    ({"path_parameters": "strip"}, "/a;v=2/b;w=3;x", "/a/b"),
    ({"path_parameters": "strip"}, "/;v=2", "/"),
    ({"path_parameters": "strip", "trailing_slash": "strip"}, "/a/;v=2", "/a"),
    ({"lower_case": True, "trailing_slash": "strip"}, "*", "*"),
    ({"lower_case": True}, "Example:443", "Example:443"),
]


@pytest.mark.parametrize(("rules", "path", "normal"), CASES)
def test_each_rule(rules: dict[str, Any], path: str, normal: str) -> None:
    assert normal_paths(pl.Series([path, None]), Urls(**rules)).to_list() == [normal, None]


def step(path: str, rules: Urls) -> str:
    """Change one thing a rule names, or nothing: the rules, one by one, slowly."""
    head, slash, last = path.rpartition("/")
    names = rules.index_files
    if rules.path_parameters == "strip" and ";" in path:
        return "/".join(part.split(";")[0] for part in path.split("/")) or "/"
    if rules.slashes == "merge" and "//" in path:
        return path.replace("//", "/")
    if rules.lower_case and path != path.lower():
        return path.lower()
    if slash and last in [name.lower() if rules.lower_case else name for name in names]:
        return f"{head}/"
    if rules.trailing_slash == "strip" and path.endswith("/") and path != "/":
        return path[:-1]
    return path


def slowly(path: str, rules: Urls) -> str:
    while (changed := step(path, rules)) != path:
        path = changed
    return path


rule_sets = st.builds(
    Urls,
    lower_case=st.booleans(),
    trailing_slash=st.sampled_from(["keep", "strip"]),
    slashes=st.sampled_from(["keep", "merge"]),
    index_files=st.sampled_from([(), INDEX, ("index.html",)]),
    path_parameters=st.sampled_from(["keep", "strip"]),
)
parts = st.sampled_from(["/", "//", "/index.html", "/Default.aspx", "/A", "/a", ";v=1", "x", "é/"])
some_paths = st.lists(parts, max_size=6).map(lambda found: "/" + "".join(found))


@given(st.lists(some_paths, max_size=6), rule_sets)
def test_as_the_rules_one_by_one(paths: list[str], rules: Urls) -> None:
    """So no two paths become one but by steps a rule names."""
    normal = normal_paths(pl.Series(paths, dtype=pl.String), rules)
    assert normal.to_list() == [slowly(path, rules) for path in paths]


@given(st.lists(st.none() | some_paths | st.text(), max_size=6), rule_sets)
def test_twice_is_once(paths: list[str | None], rules: Urls) -> None:
    once = normal_paths(pl.Series("path", paths, dtype=pl.String), rules)
    assert normal_paths(once, rules).to_list() == once.to_list()
    assert once.null_count() == paths.count(None)


@given(st.lists(st.none() | some_paths | st.text(), max_size=6))
def test_without_rules_nothing_changes(paths: list[str | None]) -> None:
    column = pl.Series("path", paths, dtype=pl.String)
    assert normal_paths(column, Urls()).to_list() == paths


@pytest.mark.parametrize("name", ["", "a/index.html", " "])
def test_what_is_no_file_name_is_refused(name: str, tmp_path: Any) -> None:
    with pytest.raises(SiteError, match="expected the name of a file"):
        site_from({"urls": {"index_files": [name]}}, "site.toml", tmp_path)
