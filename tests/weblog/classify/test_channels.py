from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import CHANNELS, channel_of, classify_landings
from weblog.site import Site

CASES = pl.read_csv(Path(__file__).with_name("channel_cases.csv"))

# See README.md: this row breaks the rule it stands under, for want of a bracket.
CORRECTED: dict[tuple[str, str | None], str] = {("alibaba", None): "Organic Shopping"}

SITE = Site(hosts=("example.com", "*.example.kr"))


def arrivals(*rows: tuple[str | None, str | None, str | None]) -> pl.DataFrame:
    schema = {"source": pl.String, "medium": pl.String, "campaign": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def landing(referrer: str | None, query: str | None) -> dict[str, object]:
    schema = {"referrer": pl.String, "query": pl.String}
    pair = pl.DataFrame([(referrer, query)], schema=schema, orient="row")
    return classify_landings(pair, SITE).row(0, named=True)


@pytest.mark.parametrize(
    "case", CASES.to_dicts(), ids=lambda case: f"{case['source']}-{case['medium']}"
)
def test_googles_published_rules(case: dict[str, str]) -> None:
    expected = CORRECTED.get((case["source"], case["medium"]), case["channel"])
    row = arrivals((case["source"], case["medium"], case["campaign"]))
    assert channel_of(row).to_list() == [expected]


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "channel"),
    [
        ("(direct)", None, None, "Direct"),
        ("(direct)", "(none)", "spring", "Direct"),
        ("NAVER", "CPC", None, "Paid Search"),
        ("daum", "cpc", None, "Paid Search"),
        ("naver.com", None, None, "Organic Search"),
        ("m.facebook.com", None, None, "Organic Social"),
        ("kakaotalk", "paid-message", None, "Paid Social"),
        ("blog.naver.com", "referral", None, "Organic Social"),
        ("coupang", "cpc", None, "Paid Shopping"),
        ("portal", "cpm", None, "Display"),
        ("naver", "cpm", None, "Paid Search"),
        ("portal", "banner", None, "Display"),
        ("portal", "cpa", None, "Paid Other"),
        ("shop", "retargeting", "workshop-2024", "Paid Other"),
        ("x", "affiliates", None, "Affiliates"),
        ("x", "link", None, "Referral"),
        ("chatgpt.com", None, None, "AI Assistants"),
        ("claude", "ai-assistant", None, "AI Assistants"),
        ("chatgpt.com", "referral", None, "Referral"),
        (None, None, "spring", "Unassigned"),
        (None, None, None, "Unassigned"),
    ],
)
def test_more_rules(
    source: str | None, medium: str | None, campaign: str | None, channel: str
) -> None:
    assert channel_of(arrivals((source, medium, campaign))).to_list() == [channel]


texts = (
    st.none()
    | st.sampled_from(["google", "cpc", "email", "(direct)", "(none)", "shop"])
    | st.text()
)


@given(st.lists(st.tuples(texts, texts, texts), max_size=20))
def test_every_arrival_has_exactly_one_channel(
    rows: list[tuple[str | None, str | None, str | None]],
) -> None:
    channels = channel_of(arrivals(*rows)).to_list()
    assert len(channels) == len(rows)
    assert set(channels) <= set(CHANNELS)


@pytest.mark.parametrize(
    ("referrer", "query", "channel", "source", "medium"),
    [
        (None, None, "Direct", "(direct)", "(none)"),
        (None, "page=2", "Direct", "(direct)", "(none)"),
        ("not a url", None, "Direct", "(direct)", "(none)"),
        ("https://www.google.com/", None, "Organic Search", "google", "organic"),
        ("https://www.google.com/", "gclid=1", "Paid Search", "google", "cpc"),
        ("https://m.search.naver.com/", "n_media=1", "Paid Search", "naver", "cpc"),
        ("https://m.facebook.com/", "fbclid=1", "Organic Social", "facebook", "social"),
        ("https://www.youtube.com/", None, "Organic Video", "youtube", "referral"),
        ("https://www.coupang.com/", None, "Organic Shopping", "coupang", "referral"),
        ("https://mail.naver.com/", None, "Email", "naver mail", "email"),
        ("https://chatgpt.com/", None, "AI Assistants", "chatgpt", "ai-assistant"),
        ("https://chatgpt.com/", "utm_source=chatgpt.com", "AI Assistants", "chatgpt.com", None),
        ("https://partner.example.org/x", None, "Referral", "partner.example.org", "referral"),
        ("http://semalt.com/", None, "Unassigned", "semalt.com", "spam"),
        ("https://www.google.com/", "utm_source=news&utm_medium=email", "Email", "news", "email"),
        # Display ranks before the social list: a banner in a café is a banner.
        ("https://cafe.naver.com/", "utm_medium=banner", "Display", "naver cafe", "banner"),
        ("https://search.naver.com/", "utm_campaign=spring", "Organic Search", "naver", "organic"),
        (None, "utm_campaign=spring", "Unassigned", None, None),
        ("https://example.com/a", "utm_source=news&utm_medium=email", "Email", "news", "email"),
    ],
)
def test_landings(
    referrer: str | None, query: str | None, channel: str, source: str | None, medium: str | None
) -> None:
    row = landing(referrer, query)
    assert (row["channel"], row["source"], row["medium"]) == (channel, source, medium)


def test_following_a_link_of_the_site_itself_is_no_arrival() -> None:
    for host in ("https://example.com/a", "https://www.example.com/", "https://shop.example.kr/"):
        row = landing(host, None)
        assert row["is_internal"] is True
        assert [row[name] for name in ("channel", "source", "medium", "term")] == [None] * 4


def test_search_words_become_the_term_unless_a_parameter_gives_it() -> None:
    referrer = "https://search.daum.net/search?q=%EC%95%94%EB%B3%B4%ED%97%98"
    assert landing(referrer, None)["term"] == "암보험"
    assert landing(referrer, "DMKW=cancer")["term"] == "cancer"


def test_rows_keep_their_order_and_number() -> None:
    pairs = pl.DataFrame(
        {
            "referrer": [None, "https://t.co/x", None, "https://t.co/x"],
            "query": ["utm_source=b", None, None, "utm_source=b"],
        }
    )
    out = classify_landings(pairs, SITE)
    assert out.select("referrer", "query").equals(pairs)
    assert out["source"].to_list() == ["b", "twitter", "(direct)", "b"]
    assert classify_landings(pairs.clear(), SITE).shape == (0, 10)
