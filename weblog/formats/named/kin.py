"""Common and combined with something more, less or elsewhere."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import AGENT, NamedFormat
from weblog.formats.named.servers import (
    APACHE,
    BEHIND,
    COMBINED,
    COMMON,
    FULL,
    HOST,
    LINE,
    NGINX,
    REST,
)

_NGINX: Final = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)
_FIELDS: Final = '"{request}" {status} {bytes}'
_BEHIND: Final = '"{referrer}" "{user_agent}"'

ROWS: Final = (
    NamedFormat(
        name="vhost_port_common",
        title="virtual host and port, then common",
        writers="Apache",
        source="https://goaccess.io/man#predefined-log-formats",
        text=f"%v:%p {COMMON}",
        samples=(f"shop.example:443 {LINE}",),
        aliases=("vcommon",),
        refines="vhost_common",
    ),
    NamedFormat(
        name="client_vhost_combined",
        title="combined with the virtual host in second place",
        writers="lighttpd, OVH",
        source="https://redmine.lighttpd.net/projects/lighttpd/wiki/Mod_accesslog",
        text='%h %v %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
        samples=(f"192.0.2.7 shop.example K1001 {REST} {BEHIND}",),
        aliases=("lighttpd", "ovh"),
        telling=rf"^[^ ]+ {HOST} ",
        refines="combined",
    ),
    NamedFormat(
        name="virtualmin",
        title="combined with the virtual host in third place",
        writers="Virtualmin",
        source="https://goaccess.io/man#custom-log",
        text='%h %l %v %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
        samples=(f"192.0.2.7 - shop.example {REST} {BEHIND}",),
        telling=rf"^[^ ]+ - {HOST} ",
        refines="combined",
    ),
    NamedFormat(
        name="combined_seconds",
        title="combined, then seconds",
        writers="nginx with $request_time",
        source=NGINX,
        text=f"{_NGINX} $request_time",
        samples=(f"{FULL} 0.125",),
        telling=r"\d\.\d+$",
    ),
    NamedFormat(
        name="combined_ms",
        title="combined, then milliseconds",
        writers="Apache with %{ms}T, Tomcat 9, Jetty",
        source="https://httpd.apache.org/docs/2.4/mod/mod_log_config.html",
        text=f"{COMBINED} %{{ms}}T",
        samples=(f"{FULL} 125",),
        telling=r" \d+$",
        refines="combined_duration",
    ),
    NamedFormat(
        name="icecast2",
        title="combined, then seconds of listening",
        writers="Icecast 2",
        source="https://icecast.org/docs/icecast-latest/config-file/",
        text=f"{COMBINED} %T",
        samples=(f'192.0.2.7 - - {REST} "-" "VLC/3.0.20 LibVLC/3.0.20" 1807',),
        telling=r" \d+$",
        refines="combined_duration",
    ),
    NamedFormat(
        name="nginx_timed",
        title="combined, then seconds and those of the upstream",
        writers="nginx with $request_time $upstream_response_time",
        source="https://nginx.org/en/docs/http/ngx_http_upstream_module.html",
        text=f"{_NGINX} $request_time $upstream_response_time",
        samples=(f"{FULL} 0.125 0.120", f"{FULL} 0.125 0.060, 0.061"),
    ),
    NamedFormat(
        name="nginx_forwarded_timed",
        title="combined, X-Forwarded-For, then seconds and those of the upstream",
        writers="nginx behind a proxy",
        source="https://nginx.org/en/docs/http/ngx_http_upstream_module.html",
        text=f'{_NGINX} "$http_x_forwarded_for" $request_time $upstream_response_time',
        samples=(f'{FULL} "203.0.113.9" 0.125 0.120',),
    ),
    NamedFormat(
        name="nginx_rt",
        title="combined, then named times",
        writers="nginx, as its maker shows it",
        source="https://blog.nginx.org/blog/using-nginx-logging-for-application-performance-monitoring",
        text=f'{_NGINX} rt=$request_time uct="$upstream_connect_time" '
        'uht="$upstream_header_time" urt="$upstream_response_time"',
        samples=(f'{FULL} rt=0.125 uct="0.001" uht="0.120" urt="0.120"',),
    ),
    NamedFormat(
        name="combined_iso",
        title="combined with an ISO time",
        writers="nginx with [$time_iso8601]",
        source=NGINX,
        text=f"layout:{{client}} {{-}} {{user}} [{{time|iso_any}}] {_FIELDS} {_BEHIND}",
        samples=(
            f'192.0.2.7 - - [2015-05-17T10:05:03+09:00] "GET / HTTP/1.1" 200 5120 "-" "{AGENT}"',
        ),
    ),
    NamedFormat(
        name="dated_combined",
        title="date and time first, then combined without its own",
        writers="applications and custom formats",
        source=APACHE,
        text=f"layout:{{date}} {{clock}} {{client}} {{-}} {{user}} {_FIELDS} {_BEHIND}",
        samples=(f'2015-05-17 10:05:03 192.0.2.7 - - "GET / HTTP/1.1" 200 5120 "-" "{AGENT}"',),
    ),
    NamedFormat(
        name="combined_split",
        title="combined with date and time in brackets of their own",
        writers="applications and custom formats",
        source=APACHE,
        text="layout:{client} {-} {user} [{date|%d/%b/%Y}] [{clock}] "
        f"{_FIELDS} {_BEHIND}",
        samples=(
            f'192.0.2.7 - - [17/May/2015] [10:05:03] "GET / HTTP/1.1" 200 5120 "-" "{AGENT}"',
        ),
    ),
)
