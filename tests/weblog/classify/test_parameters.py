from __future__ import annotations

from urllib.parse import quote

import polars as pl
import pytest

from weblog.classify import campaign_parameters
from weblog.site.rules import Campaigns

NAPM = "NaPm=" + quote("ct=lz1|ci=0A1b|tr={}|hk=9f", safe="{}")


def read(query: str | None, rules: Campaigns | None = None) -> dict[str, str | None]:
    row = campaign_parameters(pl.Series([query], dtype=pl.String), rules or Campaigns())
    return {
        name: value for name, value in row.row(0, named=True).items() if value and name != "query"
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (None, {}),
        ("", {}),
        ("page=2&q=x", {}),
        ("utm_source", {}),
        (
            "utm_source=Naver&utm_medium=CPC&utm_campaign=Spring+Sale%21",
            {"source": "naver", "medium": "cpc", "campaign": "spring sale!"},
        ),
        ("UTM_SOURCE=a", {"source": "a"}),
        ("utm_source=a&utm_source=b", {"source": "a"}),
        # the rules' order decides, not the query's; empty ones do not count
        ("utm_campaign=c&pk_campaign=b&mtm_campaign=a", {"campaign": "a"}),
        ("utm_campaign=c&pk_campaign=&mtm_campaign=%20", {"campaign": "c"}),
        ("utm_term=%EB%B3%B4%ED%97%98", {"term": "보험"}),
        ("utm_term=%BA%B8%C7%E8", {"term": "보험"}),
        ("utm_term=%FF%FF", {"term": "\ufffd\ufffd"}),
        ("utm_content=top-banner", {"content": "top-banner"}),
        ("gclid=Cj0", {"source": "google", "medium": "cpc", "click_id": "gclid"}),
        ("wbraid=1", {"source": "google", "medium": "cpc", "click_id": "wbraid"}),
        ("dclid=1", {"source": "google", "medium": "display", "click_id": "dclid"}),
        ("msclkid=1", {"source": "bing", "medium": "cpc", "click_id": "msclkid"}),
        ("yclid=1", {"source": "yandex", "medium": "cpc", "click_id": "yclid"}),
        # a click id that proves payment fills what is missing, and only that
        (
            "utm_source=partner&gclid=1",
            {"source": "partner", "medium": "cpc", "click_id": "gclid"},
        ),
        (
            "utm_source=a&utm_medium=b&gclid=1",
            {"source": "a", "medium": "b", "click_id": "gclid"},
        ),
        # one that proves none stays silent where anything is said
        ("fbclid=1", {"source": "facebook", "medium": "social", "click_id": "fbclid"}),
        ("utm_source=news&fbclid=1", {"source": "news", "click_id": "fbclid"}),
        ("fbclid=1&gclid=2", {"source": "google", "medium": "cpc", "click_id": "gclid"}),
        *(
            (f"{name}=1", {"source": "naver", "medium": "cpc", "click_id": name})
            for name in (
                *("n_media", "n_ad", "n_ad_group", "n_keyword_id", "n_rank", "n_match"),
                *("n_campaign_type", "n_ad_group_type"),
            )
        ),
        *(
            (f"{name}=1", {"source": "shopping.naver.com", "medium": "cpc", "click_id": name})
            for name in ("n_mall_id", "n_mall_pid")
        ),
        (
            "n_media=27758&n_query=%EC%95%94&n_rank=1&n_ad=1",
            {"source": "naver", "medium": "cpc", "term": "암", "click_id": "n_media"},
        ),
        (NAPM.format("sa"), {"source": "naver", "medium": "cpc", "click_id": "NaPm"}),
        (NAPM.format("brnd"), {"source": "naver", "medium": "cpc", "click_id": "NaPm"}),
        (NAPM.format("gfa"), {"source": "naver", "medium": "display", "click_id": "NaPm"}),
        (
            NAPM.format("pla"),
            {"source": "shopping.naver.com", "medium": "cpc", "click_id": "NaPm"},
        ),
        (
            NAPM.format("slsl"),
            {"source": "shopping.naver.com", "medium": "referral", "click_id": "NaPm"},
        ),
        ("DMKW=%EC%95%94", {"source": "daum", "medium": "cpc", "term": "암", "click_id": "DMKW"}),
        ("xutm_source=a&gclid_x=1", {}),
    ],
)
def test_parameters(query: str | None, expected: dict[str, str]) -> None:
    assert read(query) == expected


def test_values_are_cut_to_250_characters() -> None:
    assert len(read("utm_campaign=" + "%ED%95%9C" * 300)["campaign"] or "") == 250


def test_the_site_names_its_own_parameters() -> None:
    rules = Campaigns(name=("cid",), content=("bn", "banner"))
    assert read("cid=Summer&banner=b2&utm_campaign=x", rules) == {
        "campaign": "summer",
        "content": "b2",
    }


def test_rows_keep_their_order_and_number() -> None:
    queries = pl.Series("q", ["a=1", "utm_source=x", None, "gclid=1", ""])
    out = campaign_parameters(queries, Campaigns())
    assert out["query"].to_list() == queries.to_list()
    assert out["source"].to_list() == [None, "x", None, "google", None]
    assert campaign_parameters(queries.clear(), Campaigns()).height == 0
