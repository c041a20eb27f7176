from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import user_agents
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import classify_agents, internal_agents
from weblog.classify.agents import COLUMNS, DEVICES
from weblog.classify.bots import EMPTY, STRICTNESS, levels_of, listed_reasons
from weblog.classify.reasons import parts_of
from weblog.site.rules import Bots, Internal

CASES = pl.read_csv(Path(__file__).with_name("agent_cases.csv"))
PEOPLE = CASES.filter(pl.col("reason").is_null()).drop("reason")
ROBOTS = CASES.filter(pl.col("reason").is_not_null()).select("agent", "reason")


def judged(agent: str | None, rules: Bots | None = None) -> dict[str, object]:
    column = pl.Series([agent], dtype=pl.String)
    return classify_agents(column, rules or Bots()).row(0, named=True)


@pytest.mark.parametrize(("agent", "browser", "system", "device"), PEOPLE.rows())
def test_people(agent: str, browser: str | None, system: str | None, device: str) -> None:
    found = judged(agent)
    assert found["bot_reason"] is None
    assert found["is_bot"] is False
    assert found["device"] == device
    assert browser is None or found["browser"] == browser
    assert system is None or found["os"] == system


@pytest.mark.parametrize(("agent", "reason"), ROBOTS.rows())
def test_robots(agent: str, reason: str) -> None:
    found = judged(agent)
    assert found["is_bot"] is True
    assert found["device"] == "bot"
    said = parts_of(pl.Series([found["bot_reason"]])).row(0, named=True)
    assert f"{said['list']}: {said['rule']}".startswith(reason)
    assert said["version"] is not None
    assert said["text"] is not None
    assert str(said["text"]).lower() in agent.lower()


@pytest.mark.parametrize("agent", [None, "", "-", "  "])
def test_no_agent_is_a_robot(agent: str | None) -> None:
    found = judged(agent)
    assert (found["is_bot"], found["bot_reason"], found["device"]) == (True, EMPTY, "bot")


def test_every_robot_crawler_user_agents_shows_is_found() -> None:
    shown = {agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry.get("instances", [])}
    found = classify_agents(pl.Series(sorted(shown)), Bots())
    assert found.height > 1000
    assert found.filter(~pl.col("is_bot"))["user_agent"].to_list() == []


def test_the_site_overrides_the_lists_both_ways() -> None:
    rules = Bots(agents=("PriceWatch",), people=("Googlebot", "^curl.*ours$"))
    assert judged("Mozilla/5.0 (compatible; Googlebot/2.1)", rules)["is_bot"] is False
    assert judged("curl/8 ours", rules)["is_bot"] is False
    assert judged("curl/8", rules)["is_bot"] is True
    watch = judged("Mozilla/5.0 (Windows NT 10.0; Win64; x64) PriceWatch 3", rules)
    assert (watch["is_bot"], watch["bot_reason"]) == (
        True,
        'site.toml: agents PriceWatch "PriceWatch"',
    )


STRICT = (
    "Mozilla/5.0 (Windows NT 5.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
)
LEVELS = [
    ("Mozilla/5.0 (compatible; Googlebot/2.1)", ("loose", "default", "strict")),
    ("curl/8.5.0", ("loose", "default", "strict")),
    ("SomethingNobodyListed-crawler 3", ("default", "strict")),
    ("Mozilla/5.0 (compatible; Unheard; +http://unheard.example/)", ("default", "strict")),
    ("Some App 3", ("strict",)),
    ("Safari/12602.1 CFNetwork/807.0.3 Darwin/16.0.0", ("strict",)),
    ("Mozilla/5.0 (X11; Linux x86_64)", ("strict",)),
    (STRICT, ("strict",)),
    (STRICT.replace("5.1", "6.1"), ("strict",)),
    (STRICT.replace("5.1", "10.0").replace("126", "30"), ("strict",)),
    (STRICT.replace("5.1", "10.0"), ()),
    (STRICT.replace("126", "49"), ()),
]


@pytest.mark.parametrize(("agent", "levels"), LEVELS)
def test_who_is_a_robot_at_which_strictness(agent: str, levels: tuple[str, ...]) -> None:
    found = [
        level
        for level in STRICTNESS
        if judged(agent, Bots.model_validate({"strictness": level}))["is_bot"]
    ]
    assert tuple(found) == levels
    least = levels_of(pl.Series([judged(agent)["bot_reason"]], dtype=pl.String)).item()
    assert least == (levels[0] if levels else None)


@given(st.lists(st.text() | st.sampled_from(CASES["agent"].to_list()), max_size=8))
def test_a_stricter_site_takes_no_fewer_for_robots_and_keeps_the_reasons(
    agents: list[str],
) -> None:
    column = pl.Series(agents, dtype=pl.String)
    loose, default, strict = (listed_reasons(column, lists) for lists in STRICTNESS.values())
    kept = pl.DataFrame([loose.alias("a"), default.alias("b"), strict.alias("c")])
    assert kept.filter(pl.col("a").is_not_null() & (pl.col("a") != pl.col("b"))).is_empty()
    assert kept.filter(pl.col("b").is_not_null() & (pl.col("b") != pl.col("c"))).is_empty()
    assert kept.filter(pl.col("b").is_null() & pl.col("a").is_not_null()).is_empty()
    assert kept.filter(pl.col("c").is_null() & pl.col("b").is_not_null()).is_empty()


def test_internal_agents() -> None:
    agents = pl.Series(["OurMonitor/1", "browser", None])
    assert internal_agents(agents, Internal(agents=("^OurMonitor",))).to_list() == [
        True,
        False,
        False,
    ]
    assert internal_agents(agents, Internal()).to_list() == [False, False, False]


def second_opinion(agent: str) -> str:
    """The device class the user_agents package reads from the same agent."""
    parsed = user_agents.parse(agent)
    if parsed.is_tablet:
        return "tablet"
    if parsed.is_mobile:
        return "smartphone"
    return "desktop" if parsed.is_pc else "other"


# Left out: the package knows no televisions and no text browsers, and takes an Android
# for a tablet unless it says "Mobile Safari", which Opera Mini does not.
COMPARED = PEOPLE.filter(
    pl.col("device") != "tv", ~pl.col("agent").str.contains("Opera Mini|Links|w3m")
)


@pytest.mark.parametrize("agent", COMPARED["agent"].to_list())
def test_device_classes_agree_with_the_user_agents_package(agent: str) -> None:
    assert judged(agent)["device"] == second_opinion(agent)


def test_browsers_without_a_known_mark_are_put_to_the_user_agents_package() -> None:
    # Maemo is on none of our lists of marks; the package knows it for a phone's system.
    maemo = "Mozilla/5.0 (Maemo; Linux armv7l; rv:10.0) Gecko/20100101 Firefox/10.0 Fennec/10.0"
    assert judged(maemo)["device"] == "smartphone"
    assert judged("Mozilla/5.0 (PlayStation 4 3.11) AppleWebKit/537.73")["device"] in DEVICES
    assert judged("Something else entirely")["device"] == "other"


@given(st.lists(st.none() | st.text() | st.sampled_from(CASES["agent"].to_list()), max_size=8))
def test_one_row_per_agent_in_order(agents: list[str | None]) -> None:
    out = classify_agents(pl.Series(agents, dtype=pl.String), Bots())
    assert out.schema == COLUMNS
    assert out["user_agent"].to_list() == agents
    assert set(out["device"]) <= set(DEVICES)
    assert out.filter(pl.col("is_bot") & pl.col("bot_reason").is_null()).is_empty()
    assert "" not in [value for row in out.drop("user_agent").rows() for value in row]
