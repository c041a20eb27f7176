"""What web servers write by themselves: common, combined and their nearest kin."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import AGENT, NamedFormat

APACHE: Final = "https://httpd.apache.org/docs/2.4/logs.html"
NGINX: Final = "https://nginx.org/en/docs/http/ngx_http_log_module.html"
COMMON: Final = '%h %l %u %t "%r" %>s %b'
COMBINED: Final = f'{COMMON} "%{{Referer}}i" "%{{User-Agent}}i"'
HOST: Final = r"[\w-]+(?:\.[\w-]+)+(?::\d+)?"
"""What a virtual host looks like where something else could stand."""

REST: Final = '[17/May/2015:10:05:03 +0900] "GET /plan?id=3 HTTP/1.1" 200 5120'
LINE: Final = f"192.0.2.7 - K1001 {REST}"
BEHIND: Final = f'"https://search.example/?q=plan" "{AGENT}"'
FULL: Final = f"{LINE} {BEHIND}"

ROWS: Final = (
    NamedFormat(
        name="combined",
        title="combined",
        writers="Apache, nginx, Caddy 1, Jetty, Varnish, Plesk, cPanel and most others",
        source=APACHE,
        text=COMBINED,
        samples=(FULL, f"203.0.113.9, 10.0.0.1 - - {REST} {BEHIND}"),
        aliases=("ncsa_extended", "nginx", "xlf", "cpanel", "plesk", "varnishncsa", "jetty"),
    ),
    NamedFormat(
        name="common",
        title="common",
        writers="Apache, Tomcat, Caddy 1, IIS (NCSA), NetScaler (NCSA) and most others",
        source=APACHE,
        text=COMMON,
        samples=(LINE,),
        aliases=("clf", "ncsa", "tomcat", "iis_ncsa"),
    ),
    NamedFormat(
        name="vhost_combined",
        title="virtual host and port, then combined",
        writers="Apache of Debian and Ubuntu",
        source=APACHE,
        text=f"%v:%p {COMBINED}",
        samples=(f"shop.example:443 {FULL}",),
        aliases=("vcombined",),
    ),
    NamedFormat(
        name="vhost_common",
        title="virtual host, then common",
        writers="Apache",
        source=APACHE,
        text=f"%v {COMMON}",
        samples=(f"shop.example {LINE}",),
        aliases=("common_vhost",),
    ),
    NamedFormat(
        name="combined_host",
        title="virtual host, then combined",
        writers="Apache, nginx",
        source=APACHE,
        text=f"%v {COMBINED}",
        samples=(f"shop.example {FULL}",),
        aliases=("common_complete", "combined_vhost"),
    ),
    NamedFormat(
        name="combined_duration",
        title="combined, then microseconds",
        writers="Apache with %D",
        source="https://httpd.apache.org/docs/2.4/mod/mod_log_config.html",
        text=f"{COMBINED} %D",
        samples=(f"{FULL} 25170",),
        telling=r" \d+$",
    ),
    NamedFormat(
        name="combined_forwarded",
        title="combined, then X-Forwarded-For",
        writers="nginx as packaged (`main`), Apache behind a proxy",
        source=NGINX,
        text=f'{COMBINED} "%{{X-Forwarded-For}}i"',
        samples=(f'{FULL} "203.0.113.9, 10.0.0.1"',),
        aliases=("nginx_main",),
        telling=r'"(?:-|(?:unknown|[0-9a-fA-F.:\[\]]+)(?:, ?(?:unknown|[0-9a-fA-F.:\[\]]+))*)"$',
    ),
    NamedFormat(
        name="combined_cookie",
        title="combined, then the Cookie header",
        writers="Apache, nginx, Akamai",
        source=APACHE,
        text=f'{COMBINED} "%{{Cookie}}i"',
        samples=(f'{FULL} "WLID=9f2c; theme=dark"',),
        telling=r'"(?:-|[^" ;=]+=[^"]*)"$',
        refines="combined_forwarded",
    ),
)
"""The usual ones: detection tries them first."""
