from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import classify_agents, classify_paths, in_networks, kind_reasons, with_kinds
from weblog.schema import KINDS
from weblog.site import Site

AGENTS = {
    None: None,
    "browser": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
    "phone": "Mozilla/5.0 (Linux; Android 14; SM-S928N) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "kakaotalk": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 KAKAOTALK 10.8.5",
    "naver": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
    "like Gecko) Version/17.0 Mobile/15E148 Safari/604.1 NAVER(inapp; search; 2000; 12.6.1; 15)",
    "cubot": "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/80.0.3987.99 Mobile Safari/537.36",
    "googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "yeti": "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
    "gptbot": "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "library": "python-requests/2.32.3",
    "our robot": "Mozilla/5.0 (Windows NT 10.0) PriceWatch 3",
    "our tester": "Googlebot-like site check of our own",
}

SITE = Site.model_validate(
    {
        "static": {"paths": ["/assets/*"]},
        "internal": {"networks": ["10.0.0.0/8"], "paths": ["/admin/*"]},
        "bots": {"agents": ["PriceWatch"], "people": ["site check of our own"]},
        "login": {"paths": ["/login"], "method": "POST"},
        "mail": {"open_paths": ["/mail/open.gif"], "click_paths": ["/mail/click"]},
        "goals": [
            {"goal": "quote", "paths": ["/quote/done"], "value": 10},
            {"goal": "purchase", "paths": ["/buy/done"], "value": 1, "value_parameter": "amount"},
            {"goal": "subscription", "paths": ["/subscribe"], "method": "post", "statuses": [201]},
            {"goal": "partner", "paths": ["/go/*"], "statuses": [302]},
            {"goal": "kit", "paths": ["/files/*.zip"]},
            {"goal": "steps", "paths": ["/quote/steps/*"]},
            {"goal": "late", "paths": ["/quote/steps/done"]},
        ],
        "events": [
            {"event": "call", "paths": ["/call"]},
            {"event": "share", "paths": ["/share"], "method": "POST"},
            {"event": "brochure", "paths": [r"re:/brochure/.*\.exe"]},
        ],
    }
)

CASES = pl.read_csv(
    Path(__file__).with_name("page_view_cases.csv"),
    schema_overrides={"status": pl.Int16, "value": pl.Float64, "purpose": pl.String},
)


def judged(cases: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Run the whole chain on hits as the ingest does: distinct values, joined back."""
    facts = facts_of(cases, site)
    return with_kinds(facts, site).with_columns(kind_reasons(facts, site))


def facts_of(cases: pl.DataFrame, site: Site) -> pl.DataFrame:
    hits = cases.with_columns(user_agent=pl.col("agent").replace_strict(AGENTS, default=None))
    hits = hits.with_columns(pl.when(pl.col("agent").is_not_null()).then("user_agent"))
    agents = classify_agents(hits["user_agent"].unique(), site.bots)
    paths = classify_paths(hits["path"].unique(), site)
    inside = in_networks(hits["client"], site.internal.networks).alias("is_internal_client")
    facts = (
        hits.with_columns(inside)
        .join(agents, on="user_agent", how="left", nulls_equal=True, maintain_order="left")
        .join(paths, on="path", how="left", nulls_equal=True, maintain_order="left")
    )
    columns = [name for name in facts.columns if name not in ("kind", "goal", "value", "is_login")]
    return facts.select(columns)


JUDGED = judged(CASES, SITE).select("kind", "goal", "value", "is_login").rows()


def test_the_table_is_large_and_shows_every_kind() -> None:
    assert CASES.height >= 60
    assert CASES["description"].is_unique().all()
    assert set(CASES["kind"]) == set(KINDS)


@pytest.mark.parametrize("number", range(CASES.height), ids=CASES["description"].to_list())
def test_page_view_cases(number: int) -> None:
    expected = CASES.select("kind", "goal", "value", "is_login").row(number)
    assert JUDGED[number] == expected


REASONS = {
    "client or agent is the company's own": "internal",
    "path fits [internal] paths": "internal",
    "agent or client is a robot's": "bot",
    "status is 400 or above": "error",
    "path fits [mail] open_paths: a mail's open pixel": "other",
    "path fits [mail] click_paths: a mail's redirect": "other",
    "a header says that it was fetched ahead": "other",
    "path has a static suffix or fits [static] paths": "static",
    "an event rule fits": "event",
    "a goal is reached by what is no page": "event",
    "GET, answered with a document (2xx or 304, not 204 or 205)": "page",
    "no rule above holds: a redirect, POST, HEAD, an answer without a document, "
    "or no status": "other",
}


def test_every_reason_is_of_the_kind_it_explains_and_the_cases_show_all() -> None:
    told = judged(CASES, SITE)
    assert [REASONS[why] for why in told["why"]] == told["kind"].to_list()
    assert set(told["why"]) == set(REASONS)


hits = st.lists(
    st.fixed_dictionaries(
        {
            "method": st.sampled_from(["GET", "get", "POST", "HEAD", "", None, "\x16\x03"]),
            "path": st.none() | st.sampled_from(CASES["path"].drop_nulls().to_list()) | st.text(),
            "query": st.none() | st.sampled_from(["amount=7", "d=1"]) | st.text(),
            "status": st.none() | st.integers(0, 999),
            "client": st.none() | st.sampled_from(["10.0.0.1", "192.0.2.1", "junk"]),
            "agent": st.sampled_from(list(AGENTS)),
            "purpose": st.none() | st.sampled_from(["prefetch", "other"]),
        }
    ),
    max_size=12,
)
SCHEMA = {
    "method": pl.String,
    "path": pl.String,
    "query": pl.String,
    "status": pl.Int16,
    "client": pl.String,
    "agent": pl.String,
    "purpose": pl.String,
}


@given(hits, st.sampled_from([SITE, Site()]))
def test_every_hit_has_exactly_one_kind(rows: list[dict[str, object]], site: Site) -> None:
    out = judged(pl.DataFrame(rows, schema=SCHEMA), site)
    assert out.height == len(rows)
    assert out["kind"].null_count() == 0
    assert set(out["kind"]) <= set(KINDS)
    counted = out.filter(pl.col("goal").is_not_null() | pl.col("value").is_not_null())
    assert set(counted["kind"]) <= {"page", "event"}


def test_a_site_without_rules_has_no_goal_and_knows_no_login() -> None:
    out = judged(CASES, Site())
    assert out["goal"].null_count() == out["value"].null_count() == out.height
    assert out["is_login"].null_count() == out.height
    assert out.schema["value"] == pl.Float64
    assert out.schema["is_login"] == pl.Boolean


def test_a_log_without_purpose_knows_no_prefetch() -> None:
    prefetched = CASES.filter(pl.col("description") == "a prefetch is no view").drop("purpose")
    assert judged(prefetched, SITE)["kind"].to_list() == ["page"]
