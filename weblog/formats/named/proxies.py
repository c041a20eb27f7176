"""What proxies and load balancers write."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import AGENT, NamedFormat
from weblog.formats.named.servers import FULL

_HAPROXY: Final = "https://docs.haproxy.org/3.0/configuration.html#8.2.3"
_SYSLOG: Final = "Feb  6 12:14:14 localhost haproxy[14389]: "
_ENVOY: Final = (
    "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage"
)
_SQUID: Final = "https://wiki.squid-cache.org/Features/LogFormat"

ROWS: Final = (
    NamedFormat(
        name="haproxy",
        title="HAProxy HTTP, with a syslog head or without",
        writers="HAProxy with `option httplog` or `option httpslog`",
        source=_HAPROXY,
        text="layout:{-|syslog}{client|address}:{-|port} [{time|clf_local}] {-} {-} "
        "{-}/{-}/{-}/{-}/{duration_ms|number} {status} {bytes|number} {-} {-} {-} {-} {-} "
        '{-|captured}"{request}"{-|rest}',
        samples=(
            (
                f"{_SYSLOG}192.0.2.7:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 "
                "10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {shop.example} {} "
                '"GET /index.html HTTP/1.1"'
            ),
            (
                "192.0.2.7:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 "
                '10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1"'
            ),
        ),
    ),
    NamedFormat(
        name="haproxy_clf",
        title="HAProxy HTTP in CLF",
        writers="HAProxy with `option httplog clf`",
        source=_HAPROXY,
        text='layout:{-|syslog}{client} - - [{time}] "{request}" {status} {bytes} "" "" '
        '{-|port} {-|number} "{-}" "{-}" "{-}" {-} {-} {-} {-} {duration_ms|number} {-}{-|rest}',
        samples=(
            (
                '192.0.2.7 - - [09/Jul/2014:17:08:29 +0000] "GET / HTTP/1.1" 200 2750 "" "" 33317 '
                '655 "http-in" "static" "srv1" 10 0 30 69 109 ---- 1 1 1 1 0 0 0 "" "" ""'
            ),
        ),
    ),
    NamedFormat(
        name="squid",
        title="Squid native",
        writers="Squid",
        source=_SQUID,
        text="layout:{time|epoch}{-|blanks}{duration_ms} {client} {-}/{status} {bytes} {method} "
        "{target|absolute} {user} {-}/{-} {-}",
        samples=(
            (
                "1286536308.779    180 192.0.2.7 TCP_MISS/200 5120 GET "
                "http://shop.example/plan?id=3 K1001 HIER_DIRECT/198.51.100.4 text/html"
            ),
        ),
    ),
    NamedFormat(
        name="squid_combined",
        title="combined, then Squid's own status",
        writers="Squid with `logformat combined`",
        source=_SQUID,
        text='layout:{client} {-} {user} [{time}] "{request|absolute}" {status} {bytes} '
        '"{referrer}" "{user_agent}" {-|squid}',
        samples=(f"{FULL.replace('/plan', 'http://shop.example/plan')} TCP_MISS:HIER_DIRECT",),
    ),
    NamedFormat(
        name="traefik",
        title="Traefik CLF",
        writers="Traefik 2 and 3",
        source="https://doc.traefik.io/traefik/observability/access-logs/",
        text='layout:{client} {-} {user} [{time}] "{request}" {status} {bytes} '
        '"{referrer}" "{user_agent}" {-} "{-}" "{-}" {duration_ms}ms',
        samples=(f'{FULL} 3180 "shop@docker" "http://172.19.0.4:80" 29ms',),
        aliases=("traefikclf",),
    ),
    NamedFormat(
        name="ingress_nginx",
        title="Kubernetes ingress-nginx",
        writers="ingress-nginx",
        source="https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/"
        "log-format/",
        text='$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
        '"$http_referer" "$http_user_agent" $request_length $request_time '
        "[$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr "
        "$upstream_response_length $upstream_response_time $upstream_status $req_id",
        samples=(
            (
                f"{FULL} 812 0.125 [shop-web-80] [] 10.42.0.7:8080 5120 0.124 200 "
                "5a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d"
            ),
        ),
        aliases=("kubernetes", "k8s_ingress"),
    ),
    NamedFormat(
        name="ingress_nginx_real_ip",
        title="Kubernetes ingress-nginx before 0.25",
        writers="ingress-nginx",
        source="https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/"
        "log-format/",
        text='layout:{client} - [{-}] - {user} [{time}] "{request}" {status} {bytes} '
        '"{referrer}" "{user_agent}" {-} {duration_s} [{-}]{-|rest}',
        samples=(
            (
                f"192.0.2.7 - [192.0.2.7] - K1001 {FULL.partition(' K1001 ')[2]} 812 0.125 "
                "[shop-web-80] 10.42.0.7:8080 5120 0.124 200"
            ),
        ),
    ),
    NamedFormat(
        name="envoy",
        title="Envoy",
        writers="Envoy by default",
        source=_ENVOY,
        text='layout:[{time|iso}] "{request}" {status} {-} {-} {bytes} {duration_ms} {-} '
        '"{header:x-forwarded-for}" "{user_agent}" "{-}" "{host}" "{-}"',
        samples=(
            (
                '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 '
                f'"192.0.2.7" "{AGENT}" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop.example" '
                '"10.0.2.1:80"'
            ),
        ),
    ),
    NamedFormat(
        name="istio",
        title="Istio",
        writers="Envoy as Istio sets it up",
        source="https://istio.io/latest/docs/tasks/observability/logs/access-log/",
        text='layout:[{time|iso}] "{request}" {status} {-} {-} {-} "{-}" {-} {bytes} '
        '{duration_ms} {-} "{header:x-forwarded-for}" "{user_agent}" "{-}" "{host}" "{-}" '
        "{-} {-} {-} {-} {-} {-}",
        samples=(
            (
                '[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 '
                f'135 3 1 "192.0.2.7" "{AGENT}" "84961386-6d84-929d-98bd" "shop.example" '
                '"127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 '
                "outbound_.8000_._.shop.example default"
            ),
        ),
    ),
)
