"""What web servers write by themselves, and the usual additions."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import NamedFormat

_APACHE: Final = "https://httpd.apache.org/docs/2.4/logs.html"
_COMMON: Final = '%h %l %u %t "%r" %>s %b'
_COMBINED: Final = f'{_COMMON} "%{{Referer}}i" "%{{User-Agent}}i"'
_AGENT: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
_LINE: Final = '192.0.2.7 - K1001 [17/May/2015:10:05:03 +0900] "GET /plan?id=3 HTTP/1.1" 200 5120'
_FULL: Final = f'{_LINE} "https://search.example/?q=plan" "{_AGENT}"'

ROWS: Final = (
    NamedFormat(
        name="combined",
        title="combined",
        writers="Apache, nginx, lighttpd, Varnish, Caddy and most others",
        source=_APACHE,
        text=_COMBINED,
        samples=(_FULL,),
    ),
    NamedFormat(
        name="common",
        title="common",
        writers="Apache, Tomcat and most others",
        source=_APACHE,
        text=_COMMON,
        samples=(_LINE,),
    ),
    NamedFormat(
        name="vhost_combined",
        title="virtual host and port, then combined",
        writers="Apache of Debian and Ubuntu",
        source=_APACHE,
        text=f"%v:%p {_COMBINED}",
        samples=(f"shop.example:443 {_FULL}",),
    ),
    NamedFormat(
        name="vhost_common",
        title="virtual host, then common",
        writers="Apache",
        source=_APACHE,
        text=f"%v {_COMMON}",
        samples=(f"shop.example {_LINE}",),
    ),
    NamedFormat(
        name="combined_host",
        title="virtual host, then combined",
        writers="Apache, nginx",
        source=_APACHE,
        text=f"%v {_COMBINED}",
        samples=(f"shop.example {_FULL}",),
    ),
    NamedFormat(
        name="combined_duration",
        title="combined, then microseconds",
        writers="Apache with %D",
        source=_APACHE,
        text=f"{_COMBINED} %D",
        samples=(f"{_FULL} 25170",),
    ),
    NamedFormat(
        name="combined_forwarded",
        title="combined, then X-Forwarded-For",
        writers="nginx's `main` format, Apache behind a proxy",
        source="https://nginx.org/en/docs/http/ngx_http_log_module.html",
        text=f'{_COMBINED} "%{{X-Forwarded-For}}i"',
        samples=(f'{_FULL} "203.0.113.9, 10.0.0.1"',),
    ),
    NamedFormat(
        name="combined_cookie",
        title="combined, then the Cookie header",
        writers="Apache, nginx",
        source=_APACHE,
        text=f'{_COMBINED} "%{{Cookie}}i"',
        samples=(f'{_FULL} "WLID=9f2c; theme=dark"',),
    ),
)
