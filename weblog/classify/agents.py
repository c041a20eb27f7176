"""Browser, operating system and device class of a user agent, and whether it is a robot."""

from __future__ import annotations

import polars as pl

from weblog.classify.apps import APPS
from weblog.classify.bots import bot_verdicts
from weblog.classify.families import browser_families, system_families
from weblog.classify.patterns import matches_any
from weblog.site.rules import Bots, Internal

COLUMNS = pl.Schema(
    {
        "user_agent": pl.String(),
        "browser": pl.String(),
        "os": pl.String(),
        "device": pl.String(),
        "is_bot": pl.Boolean(),
        "bot_reason": pl.String(),
    }
)

DEVICES = ("desktop", "smartphone", "tablet", "tv", "bot", "other")

DEVICE_MARKS = (
    (
        "tv",
        (
            r"(?i)smart-?tv|\btv\b.*tizen|tizen.*\btv\b|web0s|webos\.tv|netcast|apple ?tv|"
            r"google ?tv|android ?tv|\bbravia\b|\baft[a-z]+\b|roku/|hbbtv|crkey|dtv\b"
        ),
    ),
    (
        "tablet",
        (
            r"(?i)ipad|playbook|kindle|\btablet\b|\bsm-[txp]\d{3}|\bgt-p\d{4}|"
            r"\bnexus (?:7|9|10)\b|\bmi ?pad\b|\blenovo tb|xoom|\bkf[a-z]{2,5}\b.*silk/"
        ),
    ),
    (
        "smartphone",
        (
            r"(?i)iphone|ipod|android.*mobile|windows phone|iemobile|\bbb10\b|blackberry|"
            r"opera mini|opera mobi|kaios|symbian|series ?60|\bnokia|mobile safari|"
            r"windows ce|\bmidp"
        ),
    ),
    ("tablet", r"(?i)android"),
    (
        "desktop",
        (
            r"Windows[ -]NT|Windows [29M]|Win(?:64|32|NT|9[58])\b|Windows;|Macintosh|X11|CrOS|"
            r"Linux (?:x86_64|i686|amd64)|Konqueror|BeOS|SunOS|^(?:E?Links|Lynx|w3m)\b"
        ),
    ),
    ("other", r"PlayStation \d|Nintendo"),
)
"""Device classes by marks, first match wins; an Android without "Mobile" is a tablet, as
Google asks of device makers."""


def classify_agents(agents: pl.Series, rules: Bots) -> pl.DataFrame:
    """Judge distinct user agents.

    Families of browser and system are ua-parser's; browsers inside apps come first
    (:data:`weblog.classify.apps.APPS`). The device class is read from the marks
    browsers leave; the few agents that leave none but look like a browser are put to
    the ``user_agents`` package, which is twenty times slower. A robot's device is
    ``bot``; null or ``-`` is a robot without an agent.

    Returns:
        One row per input row: ``user_agent``, ``browser``, ``os`` (null if
        unknown), ``device`` (one of :data:`DEVICES`), ``is_bot``, and ``bot_reason``: why it is a
        robot, if not for this site then for a stricter one; null for people.
    """
    agent = agents.alias("user_agent")
    verdicts = bot_verdicts(agent, rules)
    families = [browser_families(agent), system_families(agent)]
    frame = pl.DataFrame([agent, *verdicts, *families]).with_columns(
        pl.coalesce(_marked(APPS), "browser").alias("browser"),
    )
    device = pl.when("is_bot").then(pl.lit("bot")).otherwise(_marked(DEVICE_MARKS))
    frame = frame.with_columns(device.alias("device"))
    return _with_second_opinion(frame).select(COLUMNS.names()).cast(COLUMNS)


def internal_agents(agents: pl.Series, rules: Internal) -> pl.Series:
    """Tell which distinct agents are the company's own (monitoring, tests) by the site's rule."""
    return matches_any(agents, rules.agents).fill_null(value=False)


def _marked(marks: tuple[tuple[str, str], ...]) -> pl.Expr:
    name = pl.lit(None, dtype=pl.String)
    for mark, pattern in reversed(marks):
        found = pl.col("user_agent").str.contains(pattern)
        name = pl.when(found).then(pl.lit(mark)).otherwise(name)
    return name


def _with_second_opinion(frame: pl.DataFrame) -> pl.DataFrame:
    """Ask ``user_agents`` for the devices of browsers that leave none of the known marks."""
    looks_like_browser = pl.col("user_agent").str.contains(r"^(?:Mozilla|Opera)/\d.*\(")
    open_question = pl.col("device").is_null() & looks_like_browser
    asked = frame.filter(open_question)["user_agent"].unique()
    answers = pl.Series("second", [_asked(agent) for agent in asked.to_list()], dtype=pl.String)
    return frame.join(
        pl.DataFrame([asked, answers]), on="user_agent", how="left", maintain_order="left"
    ).with_columns(pl.coalesce("device", "second", pl.lit("other")).alias("device"))


def _asked(agent: str) -> str:
    import user_agents  # noqa: PLC0415  half a second to import, for a few odd agents

    parsed = user_agents.parse(agent)
    if parsed.is_tablet:
        return "tablet"
    if parsed.is_mobile:
        return "smartphone"
    return "desktop" if parsed.is_pc else "other"
