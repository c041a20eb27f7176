"""Everything that is no person: crawlers, scanners, scrapers, banner clickers, monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sample_logs import pages
from sample_logs.company import BANNERS, DISPLAY
from sample_logs.daylog import GET, HEAD, POST, DayLog, Sort, dotted
from sample_logs.pages import ASSET_BASE, PAGE_BYTES, URLS, Ints
from sample_logs.rhythm import DAY, HOUR

_CHROME: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "{0}/{1} Safari/537.36"
)


@dataclass(frozen=True, slots=True)
class Crawler:
    """A crawler: agent, first address, how many addresses, hits a day at scale 1."""

    agent: str
    address: int
    addresses: int
    daily: float
    asks_robots: float = 0.05


CRAWLERS: Final = (
    Crawler(
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        0x42F94200, 200, 26.0,
    ),
    Crawler(
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, "
        "like Gecko) Chrome/141.0.7390.122 Mobile Safari/537.36 (compatible; Googlebot/2.1; "
        "+http://www.google.com/bot.html)",
        0x42F94200, 200, 14.0, 0.0,
    ),
    Crawler("Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)", 0x6EF9C800, 240, 24.0),
    Crawler(
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; "
        "+http://www.bing.com/bingbot.htm) Chrome/136.0.0.0 Safari/537.36",
        0x28AF2000, 180, 13.0,
    ),
    Crawler(
        "Mozilla/5.0 (compatible; Daum/4.1; +http://cs.daum.net/faq/15/4118.html?faqId=28966)",
        0xCB85B000, 60, 4.0,
    ),
    Crawler(
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
        "+https://openai.com/gptbot)",
        0x1424A000, 90, 12.0,
    ),
    Crawler(
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; "
        "+claudebot@anthropic.com)",
        0xD8493F00, 90, 8.0,
    ),
    Crawler(
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", 0x36245000, 120, 10.0
    ),
    Crawler(
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        0x1F0D1800, 30, 2.5, 0.0,
    ),
    Crawler("python-requests/2.32.5", 0x2D4F7000, 12, 4.0, 0.0),
    Crawler("curl/8.14.1", 0x8BA2C000, 8, 1.5, 0.0),
    Crawler("Go-http-client/2.0", 0x22C80000, 40, 2.0, 0.0),
    Crawler(_CHROME.format("HeadlessChrome", "140.0.0.0"), 0x03904000, 20, 5.0, 0.0),
)  # fmt: skip

BROWSER_OF_ROBOTS: Final = _CHROME.format("Chrome", "120.0.0.0")
_SCANNED: Final = (
    "/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/index.php", "/xmlrpc.php",
    "/wp-admin/setup-config.php", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    "/cgi-bin/luci/;stok=/locale", "/actuator/health", "/boaform/admin/formLogin",
    "/?id=1%27%20OR%20%271%27=%271", "/index.php?lang=../../../../etc/passwd", "/manager/html",
    "/solr/admin/info/system", "/.aws/credentials", "/backup.zip", "/server-status",
)  # fmt: skip
_SPAM: Final = (
    "http://semalt.com/",
    "http://buttons-for-website.com/",
    "https://best-seo-offer.com/",
)
_HEALTH_EVERY: Final = 1_800


def add_bots(log: DayLog, scale: float, rng: np.random.Generator) -> None:
    """Add the day's robots and the monitoring to ``log``."""
    _crawl(log, scale, rng)
    _scrape(log, scale, rng)
    _scan(log, scale, rng)
    _spam(log, scale, rng)
    _click_banners(log, scale, rng)
    _monitor(log)


def _anywhere(log: DayLog, count: int, rng: np.random.Generator) -> Ints:
    return log.day * DAY + np.sort(rng.integers(0, DAY, count))


def _crawl(log: DayLog, scale: float, rng: np.random.Generator) -> None:
    robots = log.url("/robots.txt")
    sitemap = log.url("/sitemap.xml")
    for crawler in CRAWLERS:
        count = int(rng.poisson(crawler.daily * scale))
        if not count:
            continue
        used = np.unique(rng.integers(0, crawler.addresses, min(count, 3 + int(scale))))
        actors = np.array(
            [log.actor(dotted(crawler.address + int(n)), crawler.agent) for n in used]
        )
        url = rng.integers(0, ASSET_BASE, count)
        private = np.isin(url, (pages.LOGOUT, pages.PREMIUM, pages.CALL))
        url = np.where(private, pages.HOME, url)
        uniform = rng.random(count)
        status = np.where(uniform < 0.12, 304, np.where(uniform > 0.96, 301, 200))
        url = np.where(uniform < crawler.asks_robots, robots, url)
        url = np.where((uniform > 0.94) & (crawler.asks_robots > 0), sitemap, url)
        log.add(
            at=_anywhere(log, count, rng),
            actor=actors[rng.integers(0, len(actors), count)],
            url=url,
            sort=Sort.BOT,
            server=rng.integers(0, 2, count),
            status=status,
            size=np.where(status == 304, 0, 900 + url * 97 % 20_000),
            protocol=0,
        )


def _scrape(log: DayLog, scale: float, rng: np.random.Generator) -> None:
    """A price scraper under a browser's name: no referrer, no files, an even pace."""
    for _ in range(int(rng.poisson(0.22 * max(scale, 0.3)))):
        count = int(rng.integers(50, 110))
        begin = log.day * DAY + int(rng.integers(HOUR, 22 * HOUR))
        product_pages = [n for n, url in enumerate(URLS) if url.startswith(("/products", "/quote"))]
        log.add(
            at=begin + np.arange(count) * 2,
            actor=log.actor(dotted(0x67EC5A00 + int(rng.integers(0, 250))), BROWSER_OF_ROBOTS),
            url=np.resize(np.array(product_pages), count),
            sort=Sort.BOT,
            server=rng.integers(0, 2, count),
            size=PAGE_BYTES[np.resize(np.array(product_pages), count)],
            protocol=0,
        )


def _scan(log: DayLog, scale: float, rng: np.random.Generator) -> None:
    """Vulnerability scanners: many wrong doors in a minute."""
    doors = np.array([log.url(path) for path in _SCANNED])
    for _ in range(int(rng.poisson(0.3 * max(scale, 0.3)))):
        count = int(rng.integers(15, 70))
        begin = log.day * DAY + int(rng.integers(0, DAY - 200))
        agent = ("Mozilla/5.0 zgrab/0.x", "-", BROWSER_OF_ROBOTS)[int(rng.integers(0, 3))]
        login = rng.random(count) < 0.1
        log.add(
            at=begin + np.sort(rng.integers(0, 90, count)),
            actor=log.actor(dotted(0xB9DC6400 + int(rng.integers(0, 250))), agent),
            url=doors[rng.integers(0, len(doors), count)],
            sort=Sort.BOT,
            server=rng.integers(0, 2, count),
            status=np.where(login, 403, 404),
            size=np.where(login, 199, 273),
            method=np.where(login, POST, GET),
            protocol=0,
        )


def _spam(log: DayLog, scale: float, rng: np.random.Generator) -> None:
    count = int(rng.poisson(0.8 * scale))
    for at in _anywhere(log, count, rng):
        log.add(
            at=np.array([at]),
            actor=log.actor(
                dotted(0x5D9F0000 + int(rng.integers(0, 60_000))),
                _CHROME.format("Chrome", "103.0.0.0"),
            ),
            url=pages.HOME,
            sort=Sort.BOT,
            server=0,
            size=int(PAGE_BYTES[pages.HOME]),
            referrer=log.referrer(_SPAM[int(rng.integers(0, len(_SPAM)))]),
            protocol=0,
        )


def _click_banners(log: DayLog, scale: float, rng: np.random.Generator) -> None:
    """Robots that click banners: paid for, landed, and nobody."""
    planned = log.day - log.window.planned(0)
    for banner in BANNERS:
        campaign = DISPLAY[banner.campaign]
        if not campaign.first <= planned <= campaign.last:
            continue
        landing = log.url(
            f"/lp/{campaign.key}?utm_source={banner.portal}&utm_medium=display"
            f"&utm_campaign={campaign.key}&utm_content={banner.key}"
        )
        count = int(rng.poisson(1.1 * (banner.inflation - 1.0) * scale))
        if count:
            actor = log.actor(
                dotted(0x22C81000 + int(rng.integers(0, 4_000))),
                _CHROME.format("HeadlessChrome", "139.0.0.0"),
            )
            log.add(
                at=_anywhere(log, count, rng),
                actor=actor,
                url=landing,
                sort=Sort.BOT,
                server=rng.integers(0, 2, count),
                size=int(PAGE_BYTES[pages.LANDING[banner.campaign]]),
                referrer=log.referrer(banner.referrer),
                protocol=0,
            )


def _monitor(log: DayLog) -> None:
    """The load balancer's health check, of each server, from the company's own network."""
    at = log.day * DAY + np.arange(7, DAY, _HEALTH_EVERY)
    actor = log.actor("10.0.3.7", "HealthChecker/2.1 (internal)")
    health = log.url("/health")
    for server in (0, 1):
        log.add(
            at=at + server,
            actor=actor,
            url=health,
            sort=Sort.INTERNAL,
            server=server,
            method=HEAD,
            protocol=0,
        )
