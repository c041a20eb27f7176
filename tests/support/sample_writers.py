"""How each writer's documentation says that a hit is written: one function for each format.

Written by hand from the documentation that the registry links to, and not from our formats.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone

from sample_column_writers import COLUMN_WRITERS
from sample_json_writers import JSON_WRITERS
from sample_visits import Visit

Writer = Callable[[Visit], str]
SEOUL = timezone(timedelta(hours=9))
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def clf(v: Visit) -> str:
    return v.time.astimezone(SEOUL).strftime(f"%d/{MONTHS[v.time.month - 1]}/%Y:%H:%M:%S +0900")


def iso(v: Visit) -> str:
    return v.time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def size(v: Visit) -> str:
    return "-" if v.size is None else str(v.size)


def seconds(v: Visit) -> str:
    return f"{v.ms / 1000:.3f}"


def common(v: Visit) -> str:
    return f'{v.client} - {v.user} [{clf(v)}] "{v.request}" {v.status} {size(v)}'


def behind(v: Visit) -> str:
    return f'"{v.referrer}" "{v.agent}"'


def combined(v: Visit) -> str:
    return f"{common(v)} {behind(v)}"


def _second(v: Visit, second: str, third: str) -> str:
    fields = f'"{v.request}" {v.status} {size(v)} {behind(v)}'
    return f"{v.client} {second} {third} [{clf(v)}] {fields}"


def haproxy(v: Visit) -> str:
    time = v.time.strftime(f"%d/{MONTHS[v.time.month - 1]}/%Y:%H:%M:%S.%f")[:-3]
    timers = f"{v.ms // 10}/0/1/{v.ms // 2}/{v.ms}"
    return (
        f"May 17 10:05:03 lb1 haproxy[14389]: {v.client}:41342 [{time}] http-in~ "
        f"static/srv1 {timers} {v.status} {v.size or 0} - - ---- 1/1/1/1/0 0/0 "
        f'{{{v.host}|{v.agent[:20].replace("}", "")}}} {{}} "{v.request}"'
    )


def haproxy_clf(v: Visit) -> str:
    return (
        f'{v.client} - - [{clf(v)}] "{v.request}" {v.status} {v.size or 0} "" "" 41342 {v.ms} '
        f'"http-in" "static" "srv1" {v.ms // 10} 0 1 {v.ms // 2} {v.ms} ---- 1 1 1 1 0 0 0 "" ""'
    )


def squid(v: Visit) -> str:
    stamp = f"{v.time.timestamp():.3f}"
    return (
        f"{stamp} {v.ms:6d} {v.client} TCP_MISS/{v.status:03d} {v.size or 0} {v.method} {v.url} "
        f"{v.user} HIER_DIRECT/198.51.100.4 text/html"
    )


def squid_combined(v: Visit) -> str:
    line = combined(v).replace(f" {v.target} ", f" {v.url} ", 1)
    return f"{line} TCP_MISS:HIER_DIRECT"


def envoy(v: Visit) -> str:
    return (
        f'[{iso(v)[:-4]}Z] "{v.request}" {v.status} - 0 {v.size or 0} {v.ms} {v.ms - 1} '
        f'"{v.client}" "{v.agent}" "cc21d9b0-cf5c" "{v.host}" "10.0.2.1:80"'
    )


def istio(v: Visit) -> str:
    return (
        f'[{iso(v)[:-4]}Z] "{v.request}" {v.status} - via_upstream - "-" 0 {v.size or 0} {v.ms} '
        f'{v.ms - 1} "{v.client}" "{v.agent}" "84961386-6d84" "{v.host}" "127.0.0.1:80" '
        "inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_ default"
    )


def aws_alb(v: Visit) -> str:
    times = f"0.001 {(v.ms - 1) / 1000:.3f} 0.000" if v.ms > 1 else "0.001 0.000 0.000"
    return (
        f"h2 {iso(v)} app/web/50dc6c495c0c9188 {v.client}:2817 10.0.0.1:80 {times} {v.status} "
        f'{v.status} 34 {v.size or 0} "{v.method} {v.url} HTTP/2.0" "{v.agent}" '
        "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.3 arn:aws:elasticloadbalancing:ap-northeast-2:1:t/1 "
        f'"Root=1-58337281-1d84f3d73c47ec4e58577259" "{v.host}" "-" 1 {iso(v)} "forward" "-" "-" '
        f'"10.0.0.1:80" "{v.status}" "-" "-" TID_dd57c3b2'
    )


def aws_elb(v: Visit) -> str:
    times = f"0.000000 {v.ms / 1000:.6f} 0.000000"
    return (
        f"{iso(v)} my-elb {v.client}:2817 10.0.0.1:80 {times} {v.status} {v.status} 0 "
        f'{v.size or 0} "{v.method} {v.url} HTTP/1.1" "{v.agent}" ECDHE-RSA TLSv1.2'
    )


def aws_s3(v: Visit) -> str:
    time = v.time.strftime(f"%d/{MONTHS[v.time.month - 1]}/%Y:%H:%M:%S +0000")
    key = v.path.lstrip("/") or "-"
    return (
        f"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be {v.host} [{time}] "
        f'{v.client} - 3E57427F3EXAMPLE WEBSITE.{v.method}.OBJECT {key} "{v.request}" {v.status} '
        f"- {size(v)} {size(v)} {v.ms} 6 {behind(v)} - s9lzHYrFp76ZVxRcpX9= SigV4 ECDHE-RSA "
        f"AuthHeader {v.host}.s3.amazonaws.com TLSV1.2 - -"
    )


def bunny(v: Visit) -> str:
    stamp = int(v.time.timestamp() * 1000)
    return (
        f"HIT|{v.status}|{stamp}|{size(v)}|390|{v.client}|{v.referrer}|{v.url}|WA|{v.agent}|"
        "322b688bd63fb63f2babe9de30a5d262|KR"
    )


def iis_native(v: Visit) -> str:
    day = f"{v.time.month}/{v.time.day}/{v.time.year}"
    return (
        f"{v.client}, {v.user}, {day}, {v.time:%H:%M:%S}, W3SVC2, WEB1, 198.51.100.4, {v.ms}, "
        f"163, {v.size or 0}, {v.status}, 0, {v.method}, {v.path}, {v.query or '-'},"
    )


def ingress(v: Visit) -> str:
    return (
        f"{combined(v)} 812 {seconds(v)} [shop-web-80] [] 10.42.0.7:8080, 10.42.0.8:8080 0, "
        f"{v.size or 0} {seconds(v)}, 0.001 502, {v.status} 5a0b1c2d3e4f"
    )


def ingress_old(v: Visit) -> str:
    rest = combined(v).partition(" - ")[2]
    return (
        f"{v.client} - [{v.client}] - {rest} 812 {seconds(v)} [shop-web-80] "
        f"10.42.0.7:8080 {v.size or 0} {seconds(v)} {v.status} 5a0b1c2d3e4f"
    )


WRITERS: dict[str, Writer] = {
    "combined": combined,
    "common": common,
    "vhost_combined": lambda v: f"{v.host}:443 {combined(v)}",
    "vhost_common": lambda v: f"{v.host} {common(v)}",
    "combined_host": lambda v: f"{v.host} {combined(v)}",
    "combined_duration": lambda v: f"{combined(v)} {v.ms * 1000}",
    "combined_forwarded": lambda v: f'{combined(v)} "203.0.113.9, 10.0.0.1"',
    "combined_cookie": lambda v: f'{combined(v)} "WLID=9f2c; theme=dark"',
    "vhost_port_common": lambda v: f"{v.host}:443 {common(v)}",
    "client_vhost_combined": lambda v: _second(v, v.host, v.user),
    "virtualmin": lambda v: _second(v, "-", v.host),
    "combined_seconds": lambda v: f"{combined(v)} {seconds(v)}",
    "combined_ms": lambda v: f"{combined(v)} {v.ms}",
    "icecast2": lambda v: f"{combined(v)} {v.ms // 1000}",
    "nginx_timed": lambda v: f"{combined(v)} {seconds(v)} {seconds(v)}",
    "nginx_forwarded_timed": lambda v: f'{combined(v)} "-" {seconds(v)} 0.001, {seconds(v)}',
    "nginx_rt": lambda v: f'{combined(v)} rt={seconds(v)} uct="0.001" uht="0.1" urt="0.1, 0.2"',
    "combined_iso": lambda v: combined(v).replace(clf(v), iso(v)),
    "dated_combined": lambda v: (
        f'{v.time:%Y-%m-%d %H:%M:%S} {v.client} - {v.user} "{v.request}" {v.status} {size(v)} '
        f"{behind(v)}"
    ),
    "combined_split": lambda v: combined(v).replace(
        clf(v), v.time.strftime(f"%d/{MONTHS[v.time.month - 1]}/%Y] [%H:%M:%S")
    ),
    "haproxy": haproxy,
    "haproxy_clf": haproxy_clf,
    "squid": squid,
    "squid_combined": squid_combined,
    "traefik": lambda v: f'{combined(v)} 3180 "shop@docker" "http://172.19.0.4:80" {v.ms}ms',
    "ingress_nginx": ingress,
    "ingress_nginx_real_ip": ingress_old,
    "envoy": envoy,
    "istio": istio,
    "aws_alb": aws_alb,
    "aws_elb": aws_elb,
    "aws_s3": aws_s3,
    "bunny": bunny,
    "gandi": lambda v: (
        f"{v.host} {v.client} - {v.user} [{clf(v)}] ({v.ms // 1000} s) "
        f'"{v.request}" {v.status} {size(v)} {behind(v)}'
    ),
    "syslog_combined": lambda v: f"<190>May 17 10:05:03 web1 nginx: {combined(v)}",
    "syslog_common": lambda v: f"<134>{iso(v)} cache-icn1 shop-log[4321]: {common(v)}",
    "iis_native": iis_native,
    **JSON_WRITERS,
    **COLUMN_WRITERS,
}
"""Named formats, and how each is written."""
