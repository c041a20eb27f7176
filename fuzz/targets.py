"""What is fuzzed: targets by name, each a check of bytes and seeds; formats by the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from fuzz import pages, rules, sources, tables, texts
from fuzz.lines import check_format
from reports.query import FILTERS
from weblog.formats import NAMED
from weblog.schema import COMPANY, TABLES
from weblog.site import Site

Check = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Target:
    """A check, bytes to begin with, and what a target's share of the time is."""

    check: Check
    seeds: Sequence[bytes]
    weight: int = 1
    words: Sequence[str] = ()
    """What inputs are put together of, for those that single bytes do not lead to."""


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
_AGENTS: Final = (
    b"Mozilla/5.0 (Linux; Android 14; SM-S928N) AppleWebKit/537.36 Chrome/124.0 Mobile Safari/537",
    b"Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)\nKAKAOTALK/10.8.3 (INAPP)",
    b"curl/8.5.0\n-\n\nMozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) NAVER(inapp; search; 1000)",
)
_LANDINGS: Final = (
    b"https://search.naver.com/search.naver?query=a\tutm_source=naver&utm_medium=cpc\n\tgclid=1",
    b"https://www.shop.example/a\t\nhttps://t.co/x\t\n-\tutm_campaign=%EB%B4%84\n\t",
)
_SETTINGS: Final = tuple(Site.model_fields)
_RULES: Final = (
    "[[rules]]",
    "rule",
    "when",
    "list",
    "from",
    "until",
    "NOT",
    "AND",
    "IS NULL",
    "[[lists]]",
)
_COLUMNS: Final = tuple({column.name for name in COMPANY for column in TABLES[name].columns})
_STATE: Final = (
    *FILTERS,
    "segment",
    "customer",
    "page",
    "period",
    "compare",
    "measure",
    "from",
    "to",
    "2025-11-30",
    "\\ud800",
)

GENERAL: Final = {
    "file": Target(sources.check_file, sources.seeds(), weight=6),
    "detection": Target(texts.check_detection, _SAMPLES, weight=4),
    "format": Target(texts.check_format_text, (*_FORMATS, *texts.SEEDS_OF_FORMATS), weight=6),
    "percent": Target(texts.check_percent, _URLS, weight=2),
    "request": Target(texts.check_requests, _URLS, weight=4),
    "query": Target(texts.check_queries, _URLS, weight=4),
    "referrer": Target(texts.check_referrers, _URLS, weight=3),
    "client": Target(texts.check_clients, _URLS, weight=2),
    "packed": Target(sources.check_packed, sources.packed_seeds(), weight=2),
    "agent": Target(texts.check_agents, _AGENTS, weight=4),
    "channel": Target(texts.check_channels, _LANDINGS, weight=4),
    "site": Target(rules.check_site, rules.sections("site.toml"), weight=6, words=_SETTINGS),
    "rules": Target(rules.check_rules, rules.sections("rules.toml"), weight=4, words=_RULES),
    "pattern": Target(rules.check_pattern, rules.PATTERNS, weight=4, words=rules.PARTS),
    "address": Target(rules.check_address, rules.ADDRESSES, weight=2),
    "table": Target(tables.check_table, tables.table_seeds(), weight=6, words=_COLUMNS),
    "costs": Target(tables.check_costs, tables.cost_seeds(), weight=4),
    "state": Target(pages.check_state, pages.STATES, weight=4, words=_STATE),
    "view": Target(pages.check_view, pages.VIEWS, weight=2, words=_STATE),
    "note": Target(pages.check_note, pages.NOTES, weight=2),
    "callback": Target(pages.check_callback, pages.CALLBACKS, weight=6),
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
