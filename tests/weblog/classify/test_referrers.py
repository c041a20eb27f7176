from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weblog.classify import classify_referrers
from weblog.classify.referrers import COLUMNS
from weblog.classify.sources import TYPES, source_types

HOSTS = ("www.example.com:443", "*.example.kr")


def judged(referrer: str | None) -> dict[str, object]:
    return classify_referrers(pl.Series([referrer], dtype=pl.String), HOSTS).row(0, named=True)


@pytest.mark.parametrize(
    ("referrer", "kind", "name", "term"),
    [
        (
            "https://search.naver.com/search.naver?query=%EB%B3%B4%ED%97%98",
            "search",
            "naver",
            "보험",
        ),
        ("https://m.search.naver.com/search.naver?sm=1&query=a+b", "search", "naver", "a b"),
        ("https://search.daum.net/search?w=tot&q=%EB%B3%B4%ED%97%98", "search", "daum", "보험"),
        ("https://m.search.daum.net/search?q=x", "search", "daum", "x"),
        ("http://search.nate.com/search/all.html?q=%BA%B8%C7%E8", "search", "nate", "보험"),
        ("http://search.nate.com/search/all.html?q=%EB%B3%B4%ED%97%98", "search", "nate", "보험"),
        ("https://search.zum.com/search.zum?query=%EB%B3%B4%ED%97%98", "search", "zum", "보험"),
        ("https://m.search.zum.com/search.zum?query=x", "search", "zum", "x"),
        ("https://www.naver.com/", "search", "naver", None),
        ("https://www.google.com/", "search", "google", None),
        ("https://www.google.co.kr/search?q=Hello+World", "search", "google", "hello world"),
        ("https://www.google.com/search?q=&oq=x", "search", "google", None),
        ("https://images.google.de/imgres?q=cat", "search", "google images", "cat"),
        ("https://www.bing.com/search?q=x", "search", "bing", "x"),
        ("https://kr.search.yahoo.com/search?p=x", "search", "yahoo!", "x"),
        ("https://www.baidu.com/s?wd=%B1%A3%CF%D5", "search", "baidu", "保险"),
        ("https://yandex.com.tr/search/?text=x", "search", "yandex", "x"),
        ("https://duckduckgo.com/", "search", "duckduckgo", None),
        ("android-app://com.google.android.googlequicksearchbox/", "search", "google", None),
        ("android-app://com.nhn.android.search", "search", "naver", None),
        ("https://blog.naver.com/someone/1", "social", "naver blog", None),
        ("https://m.cafe.naver.com/ca-fe/x", "social", "naver cafe", None),
        ("https://someone.tistory.com/12", "social", "tistory", None),
        ("https://m.facebook.com/", "social", "facebook", None),
        ("https://l.instagram.com/", "social", "instagram", None),
        ("https://t.co/abc", "social", "twitter", None),
        ("android-app://com.kakao.talk/", "social", "kakaotalk", None),
        ("https://www.youtube.com/watch?v=1", "video", "youtube", None),
        ("https://www.coupang.com/vp/1", "shopping", "coupang", None),
        ("https://msearch.shopping.naver.com/x", "shopping", "naver shopping", None),
        ("https://mail.google.com/", "email", "gmail", None),
        ("https://mail.naver.com/v2", "email", "naver mail", None),
        ("https://chatgpt.com/", "ai", "chatgpt", None),
        ("https://www.perplexity.ai/", "ai", "perplexity", None),
        ("https://gemini.google.com/app", "ai", "gemini", None),
        ("https://x.com/i/grok?q=1", "ai", "grok", None),
        ("http://semalt.com/crawler.php?u=x", "spam", "semalt.com", None),
        ("http://a.b.semalt.com/", "spam", "a.b.semalt.com", None),
        ("https://docs.google.com/document", "other", "google docs", None),
        ("https://dict.naver.com/", "other", "dict.naver.com", None),
        ("https://www.Partner.example.org:8443/x", "other", "partner.example.org", None),
        ("https://notgoogle.com/?q=x", "other", "notgoogle.com", None),
        ("https://google.com.evil.example/?q=x", "other", "google.com.evil.example", None),
        ("http://198.51.100.7/x", "other", "198.51.100.7", None),
    ],
)
def test_sites(referrer: str, kind: str, name: str, term: str | None) -> None:
    found = judged(referrer)
    assert found["is_internal"] is False
    assert (found["referrer_type"], found["referrer_name"], found["search_term"]) == (
        kind,
        name,
        term,
    )


@pytest.mark.parametrize(
    ("referrer", "host", "internal"),
    [
        ("https://www.example.com/a?b", "www.example.com", True),
        ("http://EXAMPLE.com:8080", "example.com", True),
        ("https://me:pw@example.com./x", "example.com", True),
        ("https://shop.example.kr/", "shop.example.kr", True),
        ("https://example.kr/", "example.kr", True),
        ("https://badexample.kr/", "badexample.kr", False),
        ("https://shop.example.com/", "shop.example.com", False),
        ("http://[2001:db8::1]:80/x", "[2001:db8::1]", False),
        ("-", None, False),
        ("junk", None, False),
        ("/a/path", None, False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_hosts(referrer: str | None, host: str | None, internal: bool) -> None:
    found = judged(referrer)
    assert (found["referrer_host"], found["is_internal"]) == (host, internal)
    assert (found["referrer_type"] is None) == (internal or host is None)


def test_sources_named_by_links() -> None:
    names = [
        "naver",
        "NAVER",
        "m.facebook.com",
        "Google Shopping",
        "youtube.com",
        "newsletter",
        None,
    ]
    kinds = ["search", "search", "social", "shopping", "video", None, None]
    assert source_types(pl.Series(names)).to_list() == kinds


urls = st.text() | st.sampled_from(
    [
        "https://www.google.com/search?q=%",
        "http://semalt.com",
        "https://example.com/?q=1",
        "http://",
    ]
)


@given(st.lists(st.none() | urls, max_size=10))
def test_one_row_per_referrer_in_order(referrers: list[str | None]) -> None:
    out = classify_referrers(pl.Series(referrers, dtype=pl.String), HOSTS)
    assert out.schema == COLUMNS
    assert out["referrer"].to_list() == referrers
    assert set(out["referrer_type"].drop_nulls()) <= set(TYPES)
    assert out["is_internal"].null_count() == 0
    assert "" not in [value for row in out.drop("referrer").rows() for value in row]


PIECES = [
    *(
        "http",
        "HTTPS",
        "httpſ",
        "android-app",
        "ios-app",
        "ftp",
        "://",
        ":",
        "/",
        "//",
        "@",
        "?",
        "#",
    ),
    *(
        "a.example",
        "WWW.b.example",
        "한글.example",
        "[2001:db8::1]",
        ".",
        ":8080",
        " ",
        "\n",
        "%2F",
        "x",
    ),
]
HOST = re.compile(
    r"(?i:https?|android-app|ios-app)://(?:[^/?#@]*@)?(\[[0-9A-Fa-f:.]+\]|[^/?#:@\s]+)"
)


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), max_size=12))
def test_hosts_are_those_one_expression_finds(referrers: list[str]) -> None:
    found = classify_referrers(pl.Series(referrers, dtype=pl.String), ())["referrer_host"]
    matches = [HOST.match(referrer) for referrer in referrers]
    assert found.to_list() == [m[1].lower().rstrip(".") if m else None for m in matches]
