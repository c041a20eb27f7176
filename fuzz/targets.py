"""What is fuzzed: targets by name, each a check of bytes and seeds; formats by the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from fuzz import sources, texts
from fuzz.lines import check_format
from weblog.formats import NAMED

Check = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A check, bytes to begin with, and what a target's share of the time is."""

    check: Check
    seeds: Sequence[bytes]
    weight: int = 1


_URLS: Final = (
    b"GET /%EC%97%B0%EA%B8%88;jsessionid=1?utm_source=naver&n_query=%BA%B8%C7%E8 HTTP/1.1",
    b"utm_source=naver&utm_medium=cpc&gclid=x&password=1&p%61ssword=2&next=/in%3Ftoken%3D1",
    b"https://user:pw@search.naver.com:443/search.naver?query=%EA%B0%90%EA%B7%A4#top",
    b"http://search.nate.com/search/all.html?q=%BA%B8%C7%E8",
    b"android-app://com.example/",
    b"203.0.113.7:51234, [2001:DB8::1%eth0]:443, ::ffff:1.2.3.4, unknown",
)
_SAMPLES: Final = tuple(sample.encode() for row in NAMED.values() for sample in row.samples[:1])
_FORMATS: Final = tuple(dict.fromkeys(row.text.encode() for row in NAMED.values()))

GENERAL: Final = {
    "file": Target(sources.check_file, sources.seeds(), weight=6),
    "detection": Target(texts.check_detection, _SAMPLES, weight=4),
    "format": Target(texts.check_format_text, (*_FORMATS, *texts.SEEDS_OF_FORMATS), weight=6),
    "percent": Target(texts.check_percent, _URLS, weight=2),
    "request": Target(texts.check_requests, _URLS, weight=4),
    "query": Target(texts.check_queries, _URLS, weight=4),
    "referrer": Target(texts.check_referrers, _URLS, weight=3),
    "client": Target(texts.check_clients, _URLS, weight=2),
}

TARGETS: Final[dict[str, Target]] = GENERAL | {
    f"lines-{row.name}": Target(
        partial(check_format, row.name),
        tuple(f"{sample}\n".encode() * 2 for sample in row.samples),
        weight=5 if row.name == "combined" else 1,
    )
    for row in NAMED.values()
}
"""Every target by name; each named format has one by itself."""
