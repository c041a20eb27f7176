"""How many of the sample company's robots are found at each strictness; how many people lost."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from sample_store import company_logs
from true_company import true_lines

import sample_logs
import weblog
from sessionize import SessionRules, make_sessions
from weblog.classify.bots import STRICTNESS, levels_of
from weblog.site.rules import Bots

PEOPLE = ("page", "event", "asset", "form", "redirect", "error")
"""What lines of people truly are."""

Rate = tuple[int, int]


def robots_found(folder: Path) -> dict[str, dict[str, Rate]]:
    """Return per figure and strictness how many of how many.

    The company's own ``[bots]`` rules are left out: what is found is found without its help.
    """
    hits = _labelled(folder)
    shown: dict[str, dict[str, Rate]] = {}
    for place, level in enumerate(STRICTNESS):
        known = levels_of(hits["bot_reason"]).is_in(list(STRICTNESS)[: place + 1])
        judged = hits.with_columns(known.fill_null(value=False).alias("by_agent"))
        rules = SessionRules(time_zone="Asia/Seoul", strictness=level)
        robots = make_sessions(judged.filter(~pl.col("by_agent")), rules).robots.filter("is_robot")
        days = robots.select("date", "visitor_id", by_day=pl.lit(value=True))
        judged = judged.join(days, on=["date", "visitor_id"], how="left").with_columns(
            both=pl.col("by_agent") | pl.col("by_day").fill_null(value=False)
        )
        for name, rate in _rates(judged).items():
            shown.setdefault(name, {})[level] = rate
    return shown


def _rates(judged: pl.DataFrame) -> dict[str, Rate]:
    robot, person = pl.col("sort") == "bot", pl.col("sort").is_in(PEOPLE)
    page, member = pl.col("kind") == "page", pl.col("customer_id").is_not_null()
    # Kind page: at loose, that is without an agent known by name.
    wholes = {
        "robots' lines found": robot,
        "robots' page hits found, of those no list knows by name": robot & page,
        "people's page views taken for robots'": person & page,
        "members' page views taken for robots'": person & page & member,
    }
    return {
        f"{what}, {how}": (judged.filter(whole, pl.col(column)).height, judged.filter(whole).height)
        for what, whole in wholes.items()
        for how, column in (("by agent", "by_agent"), ("and by behaviour", "both"))
    }


def _labelled(folder: Path) -> pl.DataFrame:
    """Return the company's hits with ``sort``, what each truly is."""
    data = sample_logs.data_folder()
    site = weblog.load_site(data / "site.toml")
    site = site.model_copy(update={"bots": Bots(strictness="loose")})
    store = weblog.open_store(folder, create=True)
    weblog.ingest(store, company_logs(data), site, publish=False)
    file = pl.col("path").str.extract(r"(web\d/[^/]+)$").alias("file")
    sources = store.head().scan("sources").select("log_source", file).unique()
    return (
        store.head()
        .scan("hits")
        .join(sources, on="log_source")
        .join(true_lines(data).lazy(), on=["file", "line"])
        .collect()
    )
