"""Site rules that polars could not use later are refused when they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from weblog.classify.agents import internal_agents
from weblog.classify.paths import classify_paths
from weblog.errors import SiteError
from weblog.site import Site, site_from


def site(**rules: Any) -> Site:
    return site_from(rules, "site.toml", Path())


@pytest.mark.parametrize(
    "name", ["Mars", "Asia", "localtime", "posix/Asia/Seoul", "Factory", "", "..", "/etc/passwd"]
)
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(SiteError, match="expected a time zone such as Asia/Seoul or UTC"):
        site(time_zone=name)


def test_a_city_is_told_its_time_zone() -> None:
    with pytest.raises(SiteError, match=r"or UTC\. Did you mean 'Asia/Seoul'\?"):
        site(time_zone="Seoul")
    with pytest.raises(SiteError, match=r"or UTC$"):
        site(time_zone="KST")


@pytest.mark.parametrize("name", ["UTC", "Asia/Seoul", "America/Argentina/Ushuaia", "Etc/GMT+9"])
def test_every_other_one_can_be_used(name: str) -> None:
    zone = site(time_zone=name).time_zone
    moment = pl.Series([0]).cast(pl.Datetime("us", "UTC"))
    assert moment.dt.convert_time_zone(zone).dt.date().len() == 1


@pytest.mark.parametrize("pattern", ["re:(", "re:(?x)/foo # c", "re:[z-a]"])
def test_a_path_pattern_no_engine_knows_is_refused(pattern: str) -> None:
    with pytest.raises(SiteError, match="expected a regular expression"):
        site(internal={"paths": [pattern]})


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        pytest.param("re:(?i)/FOO", "/foo", "/bar", id="only Rust's engine knows"),
        pytest.param("re:/(?!a).*", "/b", "/a", id="only Python's engine knows"),
    ],
)
def test_one_engine_that_knows_it_is_enough(pattern: str, inside: str, outside: str) -> None:
    rules = site(internal={"paths": [pattern]}, goals=[{"goal": "g", "paths": [pattern]}])
    found = classify_paths(pl.Series([inside, outside]), rules)
    assert found["is_internal_path"].to_list() == [True, False]
    assert found["goal_rules"].to_list() == [[0], None]


@pytest.mark.parametrize(
    ("agents", "own"),
    [
        pytest.param([r"(?x)foo # c"], "a foo", id="with a comment"),
        pytest.param([r"\w{1,900}\w{1,900}"], "foo", id="too big for Rust's engine"),
        pytest.param([r"\w{1,400}1"] * 30 + ["foo"], "a foo", id="too big together"),
    ],
)
def test_expressions_of_all_sorts_find_agents(agents: list[str], own: str) -> None:
    rules = site(internal={"agents": agents}).internal
    found = internal_agents(pl.Series([own, "-", None]), rules)
    assert found.to_list() == [True, False, False]
