"""A day of a busy shop as a table of hits: people with their visits and files, and bots.

Everything is drawn for the whole day at once. Visitors are numbers: what belongs to one (address,
agent, customer id) is worked out from the number, so that nobody has to be remembered and memory
does not follow the length of the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks import weblog_words as words
from benchmarks.weblog_people import (
    Ints,
    addresses,
    agents_of,
    clients,
    mixed_bits,
    picked,
    users,
    zipf,
)

DAY: Final = 86_400
Bools = NDArray[np.bool_]

_HOURS: Final = (
    2.0, 1.0, 0.6, 0.4, 0.3, 0.4, 0.9, 2.0, 3.6, 4.8, 5.4, 5.6,
    6.6, 5.8, 5.2, 5.2, 5.1, 4.9, 4.8, 5.2, 6.6, 7.8, 7.2, 4.4,
)  # fmt: skip
_LINES_A_VISIT: Final = 14.1
_BOTS: Final = 0.175
_NEW: Final = 0.62
"""The share of visits by somebody who never came before."""
_EARLIER: Final = 60_000
"""Visitors known before the first line: the log does not begin on the site's first day."""


@dataclass
class Shop:
    """What goes on from day to day: how many visitors there have been."""

    seed: int
    visitors: int = _EARLIER

    def day(self, number: int, lines: int) -> pl.DataFrame:
        """Return about ``lines`` hits that begin on day ``number``, in no order.

        Columns: ``at`` (second since the log's first midnight), ``client``, ``user``, ``request``,
        ``status``, ``size`` (null: none), ``referrer``, ``agent``.
        """
        rng = np.random.default_rng([self.seed, number])
        people = self._people(rng, number, round(lines * (1 - _BOTS) / _LINES_A_VISIT))
        return pl.concat([people, _bots(rng, number, round(lines * _BOTS))])

    def _people(self, rng: np.random.Generator, day: int, visits: int) -> pl.DataFrame:
        who = self._visitors(rng, visits)
        first = mixed_bits(who) % 1000
        views = np.where(rng.random(visits) < 0.4, 1, 1 + rng.geometric(0.3, visits)).clip(1, 60)
        visit = np.repeat(np.arange(visits), views)
        is_entry = np.concatenate([[True], visit[1:] != visit[:-1]])
        gap = np.where(is_entry, 0, rng.lognormal(3.4, 1.1, len(visit)).clip(2, 1700))
        since = np.cumsum(gap)
        since -= np.repeat(since[is_entry], views)
        at = (_seconds(rng, day, visits)[visit] + since).astype(np.int64)
        url = _urls(rng, is_entry, who[visit])
        came_from = _came_from(rng, is_entry)
        before = words.ORIGIN + url.shift(1, fill_value="/")
        pages = pl.DataFrame(
            {
                "at": at,
                "visit": visit,
                "method": np.where(rng.random(len(at)) < 0.02, "POST ", "GET "),
                "url": url,
                "status": _drawn(
                    rng, (0.94, 200), (0.02, 304), (0.02, 302), (0.015, 404), (1, 500)
                )(len(at)),
                "size": (rng.lognormal(9.6, 0.6, len(at))).astype(np.int64),
                "referrer": pl.select(
                    pl.when(pl.Series(is_entry)).then(came_from).otherwise(before)
                ).to_series(),
            }
        )
        hits = pl.concat([pages, _files(rng, pages, is_entry, first[visit] < 620)])
        person = {"client": clients(who, rng), "user": users(who), "agent": agents_of(who)}
        mine = hits["visit"]
        return _table(hits.with_columns(pl.Series(k, v.gather(mine)) for k, v in person.items()))

    def _visitors(self, rng: np.random.Generator, visits: int) -> Ints:
        is_new = rng.random(visits) < _NEW
        new = self.visitors + np.cumsum(is_new) - 1
        # Those who were here lately come again most.
        back = self.visitors - 1 - rng.exponential(12_000, visits).astype(np.int64)
        self.visitors = int(new[-1]) + 1
        return np.where(is_new, new, back).astype(np.int64)


def _drawn(rng: np.random.Generator, *choices: tuple[float, int]) -> Callable[[int], Ints]:
    """Return what draws a count of values by their shares; the last takes what is left."""
    shares = np.array([share for share, _ in choices])
    values = np.array([value for _, value in choices])
    upto = np.cumsum(shares)

    def draw(count: int) -> Ints:
        return values[
            np.searchsorted(upto, rng.random(count), side="right").clip(0, len(values) - 1)
        ]

    return draw


def _seconds(rng: np.random.Generator, day: int, count: int) -> Ints:
    """Draw seconds of the day, more of them when people are awake."""
    upto = np.concatenate([[0.0], np.cumsum(_HOURS) / np.sum(_HOURS)])
    hours = np.interp(rng.random(count), upto, np.arange(25))
    return day * DAY + (hours * 3600).astype(np.int64).clip(0, DAY - 1)


def _hex(numbers: Ints) -> pl.Series:
    """Return 15 or so letters and digits for each number."""
    return pl.Series(numbers).cast(pl.String).str.encode("base64").str.strip_chars_end("=")


def _urls(rng: np.random.Generator, is_entry: Bools, who: Ints) -> pl.Series:
    """Return the path and query of each page view."""
    count = len(is_entry)
    page = picked(words.PAGES, zipf(rng.random(count), len(words.PAGES), 0.85))
    word = picked(words.WORDS_UTF8, zipf(rng.random(count), len(words.WORDS), 0.7))
    unique = _hex(mixed_bits(who * 977 + np.arange(count) % 977, 5))
    number = pl.Series(zipf(rng.random(count), 40)).cast(pl.String)
    campaign = pl.Series(zipf(rng.random(count), 60)).cast(pl.String)
    paid = campaign + "&utm_content=b" + number
    entries = (
        (0.06, page + "?utm_source=naver&utm_medium=cpc&utm_campaign=ns" + campaign
         + "&n_media=27758&n_query=" + word + "&n_rank=" + number
         + "&n_ad_group=grp-a001-01-0000000" + campaign),
        (0.05, page + "?utm_source=google&utm_medium=cpc&utm_campaign=gs" + paid
         + "&gclid=Cj0K" + unique),
        (0.04, page + "?utm_source=facebook&utm_medium=social&utm_campaign=fb" + paid
         + "&fbclid=IwAR" + unique),
        (0.04, page + "?utm_source=newsletter&utm_medium=email&utm_campaign=w" + paid),
        (0.04, page + "?utm_source=kakao&utm_medium=display&utm_campaign=k" + paid),
        (0.01, page + "?NaPm=ct%3D" + unique + "%7Cci%3D" + number + "%7Ctr%3Dsa%7Chk%3D"
         + campaign),
    )  # fmt: skip
    later = (
        (0.08, "/search?query=" + word + "&page=" + number),
        (0.07, page + "?sort=popular&page=" + number + "&color=" + campaign),
        (0.04, page + "?ref=recommend_" + number),
    )
    url = page.clone()
    share = rng.random(count)
    for is_kind, choices in ((is_entry, entries), (~is_entry, later)):
        upto = 0.0
        for part, text in choices:
            chosen = pl.Series(is_kind & (share >= upto) & (share < upto + part))
            url = text.zip_with(chosen, url)
            upto += part
    return url


def _came_from(rng: np.random.Generator, is_entry: Bools) -> pl.Series:
    """Return an outside referrer for each page view (used where it begins a visit)."""
    count = len(is_entry)
    place = zipf(rng.random(count), len(words.WORDS), 0.6)
    utf8, euc = picked(words.WORDS_UTF8, place), picked(words.WORDS_EUC_KR, place)
    number = pl.Series(rng.integers(0, 400_000, count)).cast(pl.String)
    sources: tuple[tuple[float, pl.Series | str], ...] = (
        (0.30, "-"), (0.16, "https://www.google.com/"), (0.12, "https://m.search.naver.com/"),
        (0.12, "https://search.naver.com/search.naver?where=nexearch&sm=top_hty&query=" + utf8),
        (0.05, "https://search.daum.net/search?w=tot&DA=YZR&q=" + utf8),
        (0.02, "http://search.nate.com/search/all.html?q=" + euc), (0.03, "https://www.bing.com/"),
        (0.05, "https://m.facebook.com/"), (0.04, "https://l.instagram.com/"),
        (0.05, "https://blog.naver.com/PostView.naver?blogId=mom" + number + "&logNo=22391"
         + number),
        (0.04, "https://cafe.parents-talk.example/board/" + number), (0.01, "https://chatgpt.com/"),
        (0.01, "https://www.google.co.kr/search?q=" + utf8 + "&ie=UTF-8"),
    )  # fmt: skip
    found = pl.Series(["-"]).new_from_index(0, count)
    share, upto = rng.random(count), 0.0
    for part, text in sources:
        chosen = pl.Series((share >= upto) & (share < upto + part))
        shown = text if isinstance(text, pl.Series) else pl.Series([text]).new_from_index(0, count)
        found = shown.zip_with(chosen, found)
        upto += part
    return found


def _files(
    rng: np.random.Generator,
    pages: pl.DataFrame,
    is_entry: Bools,
    is_fresh: Bools,
) -> pl.DataFrame:
    """Return the files and beacons that page views ask for; a full cache asks for few."""
    mean = np.where(is_entry & is_fresh, 7.5, np.where(is_entry, 4.0, 2.4))
    counts = rng.poisson(mean)
    view = np.repeat(np.arange(len(counts)), counts)
    count = len(view)
    image = "/img/goods/" + pl.Series(zipf(rng.random(count), words.IMAGES, 0.6)).cast(pl.String)
    file = picked(words.FILES, rng.integers(0, len(words.FILES), count))
    sent = "/collect?ev=" + picked(["view", "scroll", "click"], rng.integers(0, 3, count)) + "&t="
    beacon = sent + pl.Series(1_762_000_000_000 + rng.integers(0, 10**9, count)).cast(pl.String)
    kind = rng.random(count)
    url = (image + "_w640.webp").zip_with(pl.Series(kind < 0.5), file)
    url = beacon.zip_with(pl.Series(kind > 0.985), url)
    status = _drawn(rng, (0.80, 200), (0.185, 304), (0.008, 206), (1, 404))(count)
    rows = pages[view]
    return rows.with_columns(
        at=rows["at"] + pl.Series(rng.integers(0, 3, count)),
        method=pl.Series(np.where(kind > 0.985, "POST ", "GET ")),
        referrer=words.ORIGIN + rows["url"],
        url=url,
        status=pl.Series(np.where(kind > 0.985, 204, status)),
        size=pl.Series(rng.lognormal(9.9, 1.2, count).astype(np.int64)),
    )


def _bots(rng: np.random.Generator, day: int, count: int) -> pl.DataFrame:
    """Return the hits of robots: even over the day, deep pages, no files, few referrers."""
    bot = zipf(rng.random(count), len(words.BOTS), 0.8)
    mixed = mixed_bits(bot * 1009 + zipf(rng.random(count), 90), 13)
    scans = rng.random(count) < 0.05
    page = picked(words.PAGES, rng.integers(0, len(words.PAGES), count))
    paged = page + "?page=" + pl.Series(rng.integers(1, 30, count)).cast(pl.String)
    url = paged.zip_with(pl.Series(rng.random(count) < 0.15), page)
    url = picked(["/robots.txt", "/sitemap.xml"], rng.integers(0, 2, count)).zip_with(
        pl.Series(rng.random(count) < 0.03), url
    )
    url = picked(words.SCANNED, rng.integers(0, len(words.SCANNED), count)).zip_with(
        pl.Series(scans), url
    )
    status = _drawn(rng, (0.86, 200), (0.06, 304), (0.04, 301), (1, 404))(count)
    spam = np.where(rng.random(count) < 0.004, rng.integers(0, len(words.SPAM), count), -1)
    return _table(
        pl.DataFrame(
            {
                "at": day * DAY + rng.integers(0, DAY, count),
                "client": addresses(40 + bot % 20, mixed >> 8 & 0xFFFFFF, mixed, mixed < 0),
                "user": pl.Series(["-"]).new_from_index(0, count),
                "method": np.where(rng.random(count) < 0.02, "HEAD ", "GET "),
                "url": url,
                "status": np.where(scans, 404, status),
                "size": rng.lognormal(9.4, 0.7, count).astype(np.int64),
                "referrer": picked(["-", *words.SPAM], spam + 1),
                "agent": picked(words.BOTS, bot),
            }
        )
    )


def _table(hits: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of a line; an answer without a body has no size."""
    empty = pl.col("status").is_in([204, 304])
    return hits.select(
        "at", "client", "user",
        pl.concat_str("method", "url").alias("request"),
        "status",
        pl.when(~empty).then("size").alias("size"),
        "referrer", "agent",
    )  # fmt: skip
