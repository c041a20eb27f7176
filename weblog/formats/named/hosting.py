"""What hosters, content delivery networks and log collectors write."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import AGENT, NamedFormat
from weblog.formats.named.servers import FULL, LINE

_FIELDS: Final = '"{request}" {status} {bytes}'
_BEHIND: Final = '"{referrer}" "{user_agent}"'
_RFC5424: Final = "<134>1 2015-05-17T01:05:03Z web1 nginx - - - "
_RFC3164: Final = "<190>May 17 10:05:03 web1 nginx: "
_FASTLY: Final = "https://www.fastly.com/documentation/guides/integrations/logging/"

ROWS: Final = (
    NamedFormat(
        name="bunny",
        title="Bunny CDN",
        writers="bunny.net",
        source="https://docs.bunny.net/docs/cdn-log-format",
        text="layout:{-}|{status}|{time|epoch_ms}|{bytes}|{-}|{client}|{referrer}|{target|absolute}|{-}|"
        "{user_agent}|{-}|{-}{-|bars}",
        samples=(
            (
                "HIT|200|1507167062421|412|390|192.0.2.7|-|https://shop.example/plan?id=3|WA|"
                f"{AGENT}|322b688bd63fb63f2babe9de30a5d262|DE"
            ),
        ),
        aliases=("bunny_extended",),
    ),
    NamedFormat(
        name="gandi",
        title="Gandi Simple Hosting",
        writers="Gandi",
        source="https://docs.gandi.net/en/web_hosting/connection/logs.html",
        text=f"layout:{{host}} {{client}} {{-}} {{user}} [{{time}}] ({{duration_s}} s) {_FIELDS} "
        f"{_BEHIND}",
        samples=(
            (
                "shop.example 192.0.2.7 - K1001 [17/May/2015:10:05:03 +0900] (0 s) "
                f'"GET /plan?id=3 HTTP/1.1" 200 5120 "-" "{AGENT}"'
            ),
        ),
        aliases=("gandi_simple",),
    ),
    NamedFormat(
        name="syslog_combined",
        title="combined behind a syslog head",
        writers="nginx with `access_log syslog:`, Fastly, rsyslog",
        source="https://nginx.org/en/docs/syslog.html",
        text=f"layout:{{-|logged}}{{client}} {{-}} {{user}} [{{time}}] {_FIELDS} {_BEHIND}",
        samples=(f"{_RFC3164}{FULL}", f"{_RFC5424}{FULL}"),
    ),
    NamedFormat(
        name="syslog_common",
        title="common behind a syslog head",
        writers="Fastly by default, rsyslog",
        source=_FASTLY,
        text=f"layout:{{-|logged}}{{client}} {{-}} {{user}} [{{time}}] {_FIELDS}",
        samples=(f"<134>2015-05-17T01:05:03Z cache-icn1 shop-log[4321]: {LINE}",),
        aliases=("fastly",),
    ),
    NamedFormat(
        name="iis_native",
        title="IIS log file format (not W3C)",
        writers="Microsoft IIS",
        source="https://learn.microsoft.com/en-us/previous-versions/iis/6.0-sdk/ms525807(v=vs.90)",
        text="layout:{client}, {user}, {date|%m/%d/%Y}, {clock|%H:%M:%S}, {-}, {-}, {-}, "
        "{duration_ms}, {-}, {bytes}, {status}, {-}, {method}, {target}, {query},",
        samples=(
            (
                "192.0.2.7, -, 5/17/2015, 10:05:03, W3SVC2, WEB1, 198.51.100.4, 125, 163, 5120, "
                "200, 0, GET, /plan.aspx, id=3,"
            ),
        ),
    ),
)
