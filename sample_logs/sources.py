"""Where visits come from: the mix of sources, and the entry URL and referrer each leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sample_logs.company import BANNERS, DISPLAY, SEARCH, TOPICS, WORDS, encoded
from sample_logs.pages import Kind

PHONE, COMPUTER, KAKAO, NAVER_APP, SOCIAL_APP, ANY = 0, 1, 2, 3, 4, 5
"""Which browser a source is seen in: columns of People.agents; ANY is the preferred one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of visits: GA4's channel, the referrer, its share of visits, browser and entry.

    ``anonymous`` and ``registered`` are relative weights. In ``referrer`` and ``query``,
    ``{word}`` stands for search words, ``{id}`` for 16 hexadecimal digits of the visit's own.
    """

    key: str
    channel: str
    referrer: str
    anonymous: float
    registered: float
    browser: int = ANY
    query: str = ""
    entry: tuple[float, float, float, float] = (0.1, 0.55, 0.25, 0.10)
    """Chances of home, article, product and claims as the entry page."""


_HOME = (0.72, 0.08, 0.10, 0.10)
_NAVER = "https://search.naver.com/search.naver?where=nexearch&query={word}"
_ADS = (
    "n_media=27758&n_query={word}&n_rank=1&n_ad_group=grp-a001-01-000000032{topic}841"
    "&n_ad=nad-a001-01-00000021{topic}7702&n_keyword_id=nkw-a001-01-0000051{topic}2260"
    "&n_keyword={word}&n_campaign_type=1&n_ad_group_type=1&n_match=1"
)

SOURCES: Final = (
    Source("direct", "Direct", "-", 13, 46, ANY, "", _HOME),
    Source("naver-mobile", "Organic Search", "https://m.search.naver.com/", 15, 9, PHONE),
    Source("naver-app", "Organic Search", "https://m.search.naver.com/", 9, 5, NAVER_APP),
    Source("naver", "Organic Search", "https://search.naver.com/", 5, 4, COMPUTER),
    Source("naver-words", "Organic Search", _NAVER, 2.5, 1.5, COMPUTER),
    Source("google", "Organic Search", "https://www.google.com/", 11, 6),
    Source(
        "daum",
        "Organic Search",
        "https://search.daum.net/search?w=tot&q={word}",
        2.2,
        1.5,
        COMPUTER,
    ),
    Source("daum-mobile", "Organic Search", "https://m.search.daum.net/", 1.2, 0.6, PHONE),
    Source("zum", "Organic Search", "https://search.zum.com/", 0.7, 0.4, COMPUTER),
    Source("bing", "Organic Search", "https://www.bing.com/", 1.3, 0.9, COMPUTER),
    Source(
        "naver-ads",
        "Paid Search",
        "https://m.search.naver.com/",
        7.5,
        2.0,
        PHONE,
        "utm_source=naver&utm_medium=cpc&utm_campaign={search}&" + _ADS,
        (0, 0, 1, 0),
    ),
    Source(
        "naver-ads-plain",
        "Paid Search",
        "https://search.naver.com/",
        2.5,
        1.0,
        COMPUTER,
        _ADS,
        (0, 0, 1, 0),
    ),
    Source(
        "google-ads",
        "Paid Search",
        "https://www.google.com/",
        4.5,
        1.2,
        ANY,
        "utm_source=google&utm_medium=cpc&utm_campaign={search}&utm_term={word}"
        "&gad_source=1&gclid=Cj0KCQjw{id}EALw_wcB",
        (0, 0, 1, 0),
    ),
    Source(
        "facebook",
        "Organic Social",
        "https://m.facebook.com/",
        2.0,
        1.0,
        SOCIAL_APP,
        "fbclid=IwAR{id}",
    ),
    Source("instagram", "Organic Social", "https://l.instagram.com/", 3.2, 1.0, SOCIAL_APP),
    Source(
        "kakaotalk",
        "Organic Social",
        "-",
        4.2,
        3.0,
        KAKAO,
        "utm_source=kakaotalk&utm_medium=social&utm_campaign=channel-posts",
        (0.1, 0.7, 0.2, 0),
    ),
    Source("band", "Organic Social", "https://band.us/", 1.4, 0.7, PHONE),
    Source(
        "naver-blog",
        "Organic Social",
        "https://blog.naver.com/PostView.naver?blogId=hanbitmom&logNo=22391{topic}48213",
        2.4,
        0.8,
    ),
    Source(
        "news", "Referral", "https://www.daily-economy.example/article/2025{topic}1834", 1.6, 0.9
    ),
    Source(
        "parents-forum", "Referral", "https://cafe.parents-talk.example/board/{topic}", 1.8, 0.7
    ),
    Source(
        "chatgpt", "AI Assistants", "https://chatgpt.com/", 1.1, 0.5, ANY, "utm_source=chatgpt.com"
    ),
    Source("perplexity", "AI Assistants", "https://www.perplexity.ai/", 0.4, 0.2),
    *(
        Source(
            f"banner:{banner.key}",
            "Display",
            banner.referrer,
            9.0 * banner.share,
            1.6 * banner.share,
            KAKAO if banner.portal == "kakao" else ANY,
            f"utm_source={banner.portal}&utm_medium=display"
            f"&utm_campaign={DISPLAY[banner.campaign].key}&utm_content={banner.key}",
        )
        for banner in BANNERS
    ),
    Source("e-mail", "Email", "-", 0, 0),
)
KEYS: Final = tuple(source.key for source in SOURCES)
MAIL: Final = KEYS.index("e-mail")
DIRECT: Final = KEYS.index("direct")
FIRST_BANNER: Final = MAIL - len(BANNERS)
ENTRY_KINDS: Final = (Kind.HOME, Kind.ARTICLE, Kind.PRODUCT, Kind.CLAIMS)
SEARCH_OF_TOPIC: Final = tuple(
    next((c.key for c in SEARCH if c.topic == topic), SEARCH[0].key) for topic in range(len(TOPICS))
)


def entry_query(source: int, topic: int, unique: int) -> str:
    """The campaign parameters of an entry URL, without the question mark; may be empty."""
    template = SOURCES[source].query
    return _filled(template, topic, unique) if "{" in template else template


def entry_referrer(source: int, topic: int, unique: int) -> str:
    """The referrer of an entry, or '-'."""
    template = SOURCES[source].referrer
    return _filled(template, topic, unique) if "{" in template else template


def _filled(template: str, topic: int, unique: int) -> str:
    words = WORDS[TOPICS[topic]]
    word = words[min(unique % 7 // 2, len(words) - 1)]
    return template.format(
        word=encoded(word), topic=topic, id=f"{unique:016x}", search=SEARCH_OF_TOPIC[topic]
    )


def source_weights(day: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Relative weights of all sources on planned day ``day``: row 0 anonymous, 1 registered."""
    weights = np.array([[s.anonymous for s in SOURCES], [s.registered for s in SOURCES]])
    for place, banner in enumerate(BANNERS):
        campaign = DISPLAY[banner.campaign]
        if not campaign.first <= day <= campaign.last:
            weights[:, FIRST_BANNER + place] = 0.0
    return weights
