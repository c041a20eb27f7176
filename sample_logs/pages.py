"""The site's pages as flat arrays, and tables to draw one from in constant time.

A page has a number everywhere in this package: its place in :data:`URLS`.
Longer URLs (with campaign parameters or amounts) are made per visit on top.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sample_logs.company import ARTICLES, DISPLAY, EVENTS, PRODUCTS, TOPICS, WORDS, encoded

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Kind(IntEnum):
    """Kinds of pages a person browses; the walk moves between them."""

    HOME = 0
    HUB = 1
    ARTICLE = 2
    PRODUCT = 3
    DETAIL = 4
    SEARCH = 5
    CLAIMS = 6
    MY = 7
    EVENT = 8
    COMPANY = 9


URLS: list[str] = []
"""Every page's URL without host; a page's number is its place here."""

_POOLS: dict[tuple[int, int], list[int]] = {}


def _page(url: str, kind: Kind | None = None, topics: tuple[int, ...] = ()) -> int:
    if url in URLS:
        number = URLS.index(url)
    else:
        number = len(URLS)
        URLS.append(url)
    if kind is not None:
        for topic in topics:
            _POOLS.setdefault((kind, topic), []).append(number)
    return number


_EVERY: Final = tuple(range(len(TOPICS)))

HOME: Final = _page("/", Kind.HOME, _EVERY)
for _n, _product in enumerate(PRODUCTS):
    _page(f"/{_product.category}/", Kind.HUB, (_n,))
    for _slug in ARTICLES[_product.key]:
        _page(f"/{_product.category}/{_slug}", Kind.ARTICLE, (_n,))
    _page(f"/products/{_product.key}/", Kind.PRODUCT, (_n,))
    for _part in ("coverage", "premium", "faq", "terms", "reviews"):
        _page(f"/products/{_product.key}/{_part}", Kind.DETAIL, (_n,))
    for _word in WORDS[_product.key]:
        _page(f"/search?q={encoded(_word)}", Kind.SEARCH, (_n,))
for _part in ("", "how-to", "documents", "status", "hospitals", "faq", encoded("실손-청구-방법")):
    _page(f"/claims/{_part}", Kind.CLAIMS, _EVERY)
for _part in ("", "contracts", "payments", "claims", "profile", "certificates"):
    _page(f"/my/{_part}", Kind.MY, _EVERY)
_page("/events/", Kind.EVENT, _EVERY)
for _slug in EVENTS:
    _page(f"/events/{_slug}", Kind.EVENT, _EVERY)
for _part in ("about/", "branches", "notice/", "notice/2025-31", "notice/2025-34", "about/ir"):
    _page(f"/{_part}", Kind.COMPANY, _EVERY)
_page("/" + encoded("고객센터"), Kind.COMPANY, _EVERY)

LOGIN: Final = _page("/login")
LOGOUT: Final = _page("/logout")
JOIN: Final = _page("/join")
JOINED: Final = _page("/join/done")
CONSULT: Final = _page("/consult")
CONSULT_SENT: Final = _page("/consult/done")
CALL: Final = _page("/call/click")
PREMIUM: Final = _page("/api/quote/premium")
OPEN_PIXEL: Final = "/m/open.gif?d="
CLICK: Final = "/m/go?d="


def _per_topic(template: str) -> Ints:
    return np.array([_page(template.format(topic)) for topic in TOPICS], dtype=np.int64)


QUOTE: Final = [_per_topic(f"/quote/{{}}/{step}") for step in ("start", "details", "result")]
APPLY: Final = [_per_topic(f"/subscribe/{{}}/{step}") for step in ("apply", "verify")]
SUBSCRIBED: Final = _per_topic("/subscribe/{}/done")
BROCHURE: Final = _per_topic("/downloads/{}-brochure.pdf")
CLAIM_FORM: Final = _page("/downloads/claim-form.pdf")
LANDING: Final = np.array([_page(f"/lp/{campaign.key}") for campaign in DISPLAY], dtype=np.int64)

_DRAW: Final = 256


def _drawing_table() -> Ints:
    table = np.zeros((len(Kind), len(TOPICS), _DRAW), dtype=np.int64)
    for (kind, topic), pool in _POOLS.items():
        # Zipf's law: the n-th most popular page is read about 1/n as often as the first
        weights = 1.0 / np.arange(1, len(pool) + 1) ** 0.9
        upto = np.cumsum(weights) / weights.sum()
        place = np.searchsorted(upto, (np.arange(_DRAW) + 0.5) / _DRAW)
        table[kind, topic] = np.array(pool)[place]
    return table


_TABLE: Final = _drawing_table()


def draw_pages(kinds: Ints, topics: Ints, uniform: Floats) -> Ints:
    """Draw a page per row of ``kinds`` and ``topics`` by popularity; ``uniform`` in [0, 1)."""
    return _TABLE[kinds, topics, (uniform * _DRAW).astype(np.int64)]


ASSETS: Final = (
    "/static/css/main.8f3c1e.css",
    "/static/js/app.41d07b.js",
    "/static/js/vendor.c9a2f0.js",
    "/static/css/print.11aa70.css",
    "/images/logo.svg",
    "/static/fonts/NotoSansKR-subset.woff2",
    "/favicon.ico",
    *(f"/images/{product.key}/hero.webp" for product in PRODUCTS),
    *(f"/images/{product.key}/{n:02d}.jpg" for product in PRODUCTS for n in range(1, 7)),
    f"/images/{encoded('이벤트')}/banner-01.png",
    "/images/common/icons.png",
)
"""Static files; the first :data:`CORE` are part of every page."""

CORE: Final = 7
ASSET_BYTES: Final = np.array(
    [8_412, 61_933, 148_201, 1_204, 3_310, 98_764, 1_150]
    + [int(18_000 + (n * 7_919) % 90_000) for n in range(len(ASSETS) - CORE)],
    dtype=np.int64,
)
ASSET_BASE: Final = len(URLS)
URLS.extend(ASSETS)
PAGE_BYTES: Final = np.array(
    [6_200 + (n * 104_729) % 31_000 for n in range(len(URLS))], dtype=np.int64
)
