"""Named formats of W3C extended log files: one for all, since the files name their columns."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import NamedFormat

_IIS: Final = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    "cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken"
)
_LINE: Final = (
    "2025-05-17 10:05:03 10.0.0.5 GET /plan id=3 443 K1001 192.0.2.7 "
    "Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+Chrome/126.0.0.0 https://search.example/ 200 0 0 25"
)

ROWS: Final = (
    NamedFormat(
        name="w3c",
        title="W3C extended, columns named by its #Fields lines",
        writers="IIS, Amazon CloudFront (web and RTMP), Incapsula, Icecast, Shoutcast",
        source="https://www.w3.org/TR/WD-logfile.html",
        text="w3c:",
        samples=(f"#Fields: {_IIS}", _LINE),
        aliases=(
            "iis",
            "w3c_extended",
            "cloudfront",
            "cloudfront_rtmp",
            "incapsula",
            "icecast_w3c",
            "shoutcast",
        ),
    ),
    NamedFormat(
        name="iis_default",
        title="W3C extended without a #Fields line, in the order IIS 7 and later write by default",
        writers="IIS, where a file was cut out of a larger one",
        source="https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/"
        "sitedefaults/logfile/",
        text=f'w3c:{{"fields":"{_IIS}"}}',
        samples=(_LINE,),
    ),
)
