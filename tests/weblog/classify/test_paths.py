from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import classify_paths
from weblog.classify.paths import COLUMNS
from weblog.site import Site, pattern_regex

SITE = Site.model_validate(
    {
        "static": {"paths": ["/assets/*"]},
        "internal": {"paths": ["/admin/*"]},
        "categories": [
            {"category": "education", "paths": ["/children/education/*", "/보험/교육/*"]},
            {"category": "children", "paths": ["/children/*"]},
            {"category": "odd", "paths": [r"re:/(\w)\1(?!x).*"]},
        ],
        "products": [{"product": "child cover", "paths": ["/children/*/cover*"]}],
        "goals": [
            {"goal": "a", "paths": ["/done"], "method": "POST"},
            {"goal": "b", "paths": ["/done", "/also"]},
            {"goal": "file", "paths": ["/f/*.zip"]},
        ],
        "events": [{"event": "e", "paths": ["/e/*"]}],
        "mail": {"open_paths": ["/m/open"], "click_paths": ["/m/click"]},
        "login": {"paths": ["/login"]},
    }
)


def judged(path: str | None) -> dict[str, object]:
    return classify_paths(pl.Series([path], dtype=pl.String), SITE).row(0, named=True)


@pytest.mark.parametrize(
    ("path", "column", "expected"),
    [
        ("/a.css", "is_static", True),
        ("/a.CSS;jsessionid=1", "is_static", True),
        ("/a.css/b", "is_static", False),
        ("/a.css.html", "is_static", False),
        ("/.css", "is_static", True),
        ("/css", "is_static", False),
        ("/assets/x", "is_static", True),
        (None, "is_static", False),
        ("/f/a.zip", "is_named_file", True),
        ("/g/a.zip", "is_named_file", False),
        ("/admin/", "is_internal_path", True),
        ("/admin", "is_internal_path", False),
        ("/children/education/x", "category", "education"),
        ("/보험/교육/초등", "category", "education"),
        ("/children/a\nb", "category", "children"),
        ("/aab", "category", "odd"),
        ("/aax", "category", None),
        ("/other", "category", None),
        ("/children/x/cover-1", "product", "child cover"),
        ("/done", "goal_rules", [0, 1]),
        ("/also", "goal_rules", [1]),
        ("/done/x", "goal_rules", None),
        ("/e/1", "event_rules", [0]),
        ("/m/open", "is_mail_open", True),
        ("/m/click", "is_mail_click", True),
        ("/login", "is_login_path", True),
        (None, "is_login_path", False),
    ],
)
def test_rules(path: str | None, column: str, expected: object) -> None:
    assert judged(path)[column] == expected


def test_a_site_without_rules_and_no_paths() -> None:
    out = classify_paths(pl.Series("p", ["/", "/a.js", None]), Site())
    assert out.schema == COLUMNS
    assert out["is_static"].to_list() == [False, True, False]
    assert classify_paths(pl.Series("p", [], dtype=pl.String), SITE).schema == COLUMNS


segments = st.sampled_from(["a", "b", "*", "a*", ".x", "(", "é"])
patterns = st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
paths = st.lists(st.sampled_from(["a", "b", "ab", ".x", "(", "é"]), max_size=3).map(
    lambda parts: "/" + "/".join(parts)
)


@given(st.lists(patterns, min_size=1, max_size=8), st.lists(paths, min_size=1, max_size=8))
def test_the_first_rule_that_fits_names_the_category(rules: list[str], texts: list[str]) -> None:
    site = Site.model_validate(
        {"categories": [{"category": f"c{n}", "paths": [rule]} for n, rule in enumerate(rules)]}
    )
    slow = [
        next((f"c{n}" for n, rule in enumerate(rules) if re.match(pattern_regex(rule), text)), None)
        for text in texts
    ]
    assert classify_paths(pl.Series(texts), site)["category"].to_list() == slow
