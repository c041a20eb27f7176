"""What the generated log is made of: user agents, pages, files, search words, referrers, bots.

Lists are combined from parts as real ones are (a build of an app times the models it runs on),
so that their tails are as long as a real log's. Nothing here is drawn at random.
"""

from __future__ import annotations

from itertools import product
from typing import Final
from urllib.parse import quote

ORIGIN: Final = "https://www.shop.example"

_KHTML: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
_SAFARI: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_MODELS: Final = tuple(
    f"{model}{letter}"
    for model, letter in product(
        ("SM-S928", "SM-S918", "SM-S938", "SM-S711", "SM-F741", "SM-F956", "SM-A546", "SM-A356",
         "SM-A235", "SM-G991", "SM-G998", "SM-N986", "SM-N976", "SM-A325", "SM-M446", "SM-X710"),
        "NSKLB",
    )
)  # fmt: skip
_BUILDS: Final = {15: "AP3A.240905.015.A2", 14: "UP1A.231005.007", 13: "TP1A.220624.014"}
_CHROMES: Final = tuple(
    f"{major}.0.{build}.{patch}"
    for major, build in zip(range(142, 118, -1), range(7444, 6000, -60), strict=False)
    for patch in (102, 61)
)
_IOS: Final = tuple(
    f"{major}_{minor}{patch}"
    for major, minors in ((18, 8), (17, 7), (16, 8), (15, 9), (26, 2))
    for minor in range(minors - 1, -1, -1)
    for patch in ("", "_1", "_2")
)
_DESKTOPS: Final = (
    "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64",
    "Windows NT 6.1; Win64; x64",
)  # fmt: skip


def _webview(android: int, model: str, chrome: str) -> str:
    return (
        f"Mozilla/5.0 (Linux; Android {android}; {model} Build/{_BUILDS[android]}; wv) {_KHTML} "
        f"Version/4.0 Chrome/{chrome} Mobile Safari/537.36"
    )


def _iphone(version: str) -> str:
    return f"Mozilla/5.0 (iPhone; CPU iPhone OS {version} like Mac OS X) {_SAFARI}"


def _desktop() -> list[str]:
    chromes = [
        f"Mozilla/5.0 ({system}) {_KHTML} Chrome/{major}.0.0.0 Safari/537.36{more}"
        for major, more, system in product(
            range(142, 100, -1),
            ("", " Edg/{0}.0.0.0", " Whale/4.33.{0}.17", " OPR/{0}.0.0.0"),
            _DESKTOPS,
        )
        for more in (more.format(major),)
    ]
    firefoxes = [
        f"Mozilla/5.0 ({system}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0"
        for major, system in product(range(144, 110, -1), _DESKTOPS)
    ]
    return chromes + firefoxes


def _phones() -> list[str]:
    android = [
        f"Mozilla/5.0 (Linux; Android 10; K) {_KHTML} {browser}{major}.0.0.0 Mobile Safari/537.36"
        for major, browser in product(
            range(142, 108, -1), ("Chrome/", "SamsungBrowser/28.0 Chrome/", "Whale/3.1 Chrome/")
        )
    ]
    iphone = [
        f"{_iphone(version)} Version/{version.replace('_', '.')} Mobile/15E148 Safari/604.1"
        for version in _IOS
    ]
    return [agent for pair in zip(android, iphone, strict=True) for agent in pair]


def _kakao() -> list[str]:
    views = product(range(2511080, 2509000, -130), _CHROMES[:12], _MODELS[:40], (15, 14))
    return [
        f"{_webview(android, model, chrome)};KAKAOTALK {build}"
        for build, chrome, model, android in views
    ]


def _naver() -> list[str]:
    views = product(range(16, 4, -1), _CHROMES[:10], _MODELS, (14, 13))
    return [
        f"{_webview(android, model, chrome)} NAVER(inapp; search; 2000; 12.{minor}.{minor % 4})"
        for minor, chrome, model, android in views
    ]


def _social() -> list[str]:
    apps = [
        f"{_iphone(version)} Mobile/15E148 Instagram {major}.0.0.30.80 "
        f"(iPhone1{n},2; iOS {version}; ko_KR; ko; scale=3.00; 1290x2796)"
        for major, version, n in product(range(404, 390, -1), _IOS[:30], range(2, 7))
    ]
    return apps + [
        f"{_webview(15, model, chrome)} [FB_IAB/FB4A;FBAV/{major}.0.0.56.76;]"
        for major, chrome, model in product(range(534, 524, -1), _CHROMES[:4], _MODELS[:30])
    ]


def _kakao_iphone() -> list[str]:
    versions = product(range(9, 0, -1), _IOS[:40])
    return [
        f"{_iphone(version)} Mobile/15E148 KAKAOTALK 25.{minor}.2 (INAPP)"
        for minor, version in versions
    ]


PEOPLE: Final[tuple[tuple[float, tuple[str, ...]], ...]] = tuple(
    (share, tuple(agents))
    for share, agents in (
        (0.41, _desktop()), (0.41, _phones()), (0.07, _kakao()), (0.05, _naver()),
        (0.03, _social()), (0.03, _kakao_iphone()),
    )
)  # fmt: skip
"""User agents of people by family: its share of the visitors, and its agents, usual ones first."""

_NAMED: Final = (
    ("Googlebot/2.1", "http://www.google.com/bot.html"), ("bingbot/2.0", "http://www.bing.com/bingbot.htm"),
    ("Yeti/1.1", "https://naver.me/spd"), ("AhrefsBot/7.0", "http://ahrefs.com/robot/"),
    ("SemrushBot/7~bl", "http://www.semrush.com/bot.html"), ("DotBot/1.2", "https://opensiteexplorer.org/dotbot"),
    ("MJ12bot/v1.4.8", "http://mj12bot.com/"), ("YandexBot/3.0", "http://yandex.com/bots"),
    ("PetalBot", "https://webmaster.petalsearch.com/site/petalbot"), ("Applebot/0.1", "http://www.apple.com/go/applebot"),
    ("GPTBot/1.2", "https://openai.com/gptbot"), ("ClaudeBot/1.0", "+claudebot@anthropic.com"),
    ("PerplexityBot/1.0", "https://perplexity.ai/perplexitybot"), ("Amazonbot/0.1", "https://developer.amazon.com/support/amazonbot"),
    ("Bytespider", "spider-feedback@bytedance.com"), ("DataForSeoBot/1.0", "https://dataforseo.com/dataforseo-bot"),
    ("BLEXBot/1.0", "http://webmeup-crawler.com/"), ("Daum/4.1", "http://cs.daum.net/faq/15/4118.html?faqId=28966"),
)  # fmt: skip
BOTS: Final[tuple[str, ...]] = (
    *(f"Mozilla/5.0 (compatible; {name}; +{where})" for name, where in _NAMED),
    *(
        f"Mozilla/5.0 {_KHTML[:-1]}; compatible; {name}; +{where}) Chrome/{chrome} Safari/537.36"
        for (name, where), chrome in product(_NAMED[:2] + _NAMED[10:14], _CHROMES[:8:2])
    ),
    *(f"python-requests/2.{minor}.{minor % 4}" for minor in range(32, 20, -1)),
    *(f"curl/8.{minor}.{minor % 2}" for minor in range(14, 2, -1)),
    *(f"okhttp/4.{minor}.0" for minor in range(12, 7, -1)),
    "Go-http-client/2.0", "Go-http-client/1.1", "Apache-HttpClient/4.5.14 (Java/17.0.9)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "kakaotalk-scrap/1.0; +https://devtalk.kakao.com/", "Mozilla/5.0 zgrab/0.x",
    f"Mozilla/5.0 (X11; Linux x86_64) {_KHTML} HeadlessChrome/{_CHROMES[2]} Safari/537.36",
    "UptimeRobot/2.0; http://www.uptimerobot.com/", "-",
)  # fmt: skip

WORDS: Final = tuple(
    f"{first} {second}{third}"
    for third, first, second in product(
        ("", " 추천", " 가격", " 후기", " 비교", " 할인", " 무료배송", " 2025"),
        "겨울 여성 남성 아동 등산 캠핑 러닝 골프 수입 국산 유기농 한우 제주 프리미엄 가성비".split()
        + "신상 정품 대용량 미니 무선".split(),
        "패딩 운동화 텐트 청소기 이어폰 감귤 선물세트 자켓 가방 화장품 의자 노트북 냄비".split()
        + "영양제 우산 커피 매트 시계".split(),
    )
)
"""Search words, 2,880 of them."""

WORDS_UTF8: Final = tuple(quote(word) for word in WORDS)
WORDS_EUC_KR: Final = tuple(quote(word.encode("euc-kr")) for word in WORDS)
_CATEGORIES: Final = (
    *(quote(word) for word in ("패션", "식품", "가전", "캠핑", "도서")),
    "fashion", "food", "digital", "outdoor", "living", "beauty", "kids",
)  # fmt: skip


def _pages() -> list[str]:
    pages = ["/", "/login", "/cart", "/event", "/mypage/orders", "/notice", "/best", "/new"]
    pages += [f"/category/{name}" for name in _CATEGORIES]
    for n in range(1, 6001):
        pages.append(f"/product/{_CATEGORIES[n % len(_CATEGORIES)]}/{1_000_000 + n * 137}")
        if n % 4 == 0:
            pages.append(f"/magazine/{WORDS_UTF8[n % len(WORDS)]}-{n}")
    return pages


PAGES: Final[tuple[str, ...]] = tuple(_pages())
"""Paths of pages, the most visited first."""

FILES: Final[tuple[str, ...]] = (
    *(
        f"/static/js/chunk-{n * 7919 % 99991:05x}.{n * 104729 % 99989:05x}.js?v=20251103"
        for n in range(24)
    ),
    *(f"/static/css/theme-{n}.{n * 15485863 % 99991:05x}.css" for n in range(8)),
    "/static/fonts/Pretendard-Regular.subset.woff2", "/static/fonts/Pretendard-Bold.subset.woff2",
    "/favicon.ico", "/static/img/logo.svg", "/static/img/sprite-icons.svg", "/manifest.json",
)  # fmt: skip
"""The files most pages need; images stand beside them, by number."""

IMAGES: Final = 60_000

SCANNED: Final = (
    "/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/index.php", "/xmlrpc.php",
    "/admin/config.php", "/backup.zip",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/cgi-bin/luci/;stok=/locale",
    "/actuator/health", "/index.php?lang=../../../../etc/passwd", "/.aws/credentials",
    "/?id=1%27%20OR%20%271%27=%271", "/solr/admin/info/system", "/server-status", "/manager/html",
)  # fmt: skip

SPAM: Final = (
    "http://semalt.com/",
    "http://buttons-for-website.com/",
    "https://best-seo-offer.com/",
)
