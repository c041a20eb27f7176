"""Maps of JSON fields: where each field of a hit stands in the lines of known writers.

Several paths are tried in order; the first that holds something wins. How paths are written:
:mod:`weblog.formats.json_lines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

_NGINX: Final = {
    # Everybody writes their own log_format, mostly with the names of nginx's variables as keys.
    "time": ["time_iso8601", "time_local", "msec"],
    "client": ["remote_addr", "realip_remote_addr"],
    "user": "remote_user",
    "request": "request",
    "method": "request_method",
    "target": ["request_uri", "uri"],
    "query": ["args", "query_string"],
    "status": "status",
    "bytes": ["body_bytes_sent", "bytes_sent"],
    "duration_s": "request_time",
    "referrer": ["http_referer", "http_referrer"],
    "user_agent": "http_user_agent",
    "host": ["host", "http_host", "server_name"],
    "header:x-forwarded-for": "http_x_forwarded_for",
    "header:cookie": "http_cookie",
}

_COMMON: Final = {
    # What people call things; Matomo's nginx_json is date, ip, path, referrer, length ...
    "time": [
        "time",
        "timestamp",
        "@timestamp",
        "ts",
        "date",
        "datetime",
        "time_iso8601",
        "time_local",
        "msec",
    ],
    "client": [
        "client_ip",
        "clientip",
        "remote_ip",
        "remote_addr",
        "remote_address",
        "client",
        "ip",
    ],
    "user": ["user", "remote_user", "username"],
    "request": ["request", "request_line"],
    "method": ["method", "request_method", "http_method", "verb"],
    "target": ["request_uri", "uri", "path", "url", "request_path"],
    "query": ["query", "query_string", "args"],
    "status": ["status", "status_code", "response_code", "response", "code"],
    "bytes": ["bytes", "bytes_sent", "body_bytes_sent", "size", "length", "response_size"],
    # Matomo's is $request_time all the same:
    # https://github.com/matomo-org/matomo-log-analytics#readme
    "duration_s": ["request_time", "response_time", "duration", "generation_time_milli"],
    "referrer": ["referrer", "referer", "http_referer", "http_referrer"],
    "user_agent": ["user_agent", "userAgent", "useragent", "agent", "http_user_agent"],
    "host": ["host", "http_host", "vhost", "server_name", "domain"],
}

_CADDY: Final = {
    "time": "ts",
    "client": ["request.client_ip", "request.remote_ip", "request.remote_addr"],
    "user": "user_id",
    "method": "request.method",
    "target": "request.uri",
    "status": "status",
    "bytes": "size",
    "duration_s": "duration",
    "referrer": "request.headers.Referer[0]",
    "user_agent": "request.headers.User-Agent[0]",
    "host": "request.host",
    "header:x-forwarded-for": "request.headers.X-Forwarded-For[0]",
    "header:cookie": "request.headers.Cookie[0]",
    "header:sec-purpose": "request.headers.Sec-Purpose[0]",
}

_TRAEFIK: Final = {
    "time": ["StartUTC", "time"],
    "client": ["ClientHost", "ClientAddr"],
    "user": "ClientUsername",
    "method": "RequestMethod",
    "target": "RequestPath",
    "status": ["DownstreamStatus", "OriginStatus"],
    "bytes": ["DownstreamContentSize", "OriginContentSize"],
    "duration_ns": "Duration",
    "referrer": "request_Referer",
    "user_agent": "request_User-Agent",
    "host": ["RequestHost", "RequestAddr"],
    "header:x-forwarded-for": "request_X-Forwarded-For",
    "header:cookie": "request_Cookie",
}

_GOOGLE: Final = {
    "time": ["timestamp", "receiveTimestamp"],
    "client": "httpRequest.remoteIp",
    "method": "httpRequest.requestMethod",
    "url": "httpRequest.requestUrl",
    "status": "httpRequest.status",
    "bytes": "httpRequest.responseSize",
    "duration": "httpRequest.latency",
    "referrer": "httpRequest.referer",
    "user_agent": "httpRequest.userAgent",
}

_CLOUDFLARE: Final = {
    "time": "EdgeStartTimestamp",
    "client": "ClientIP",
    "method": "ClientRequestMethod",
    "target": ["ClientRequestURI", "ClientRequestPath"],
    "status": "EdgeResponseStatus",
    "bytes": "EdgeResponseBytes",
    "duration_ms": ["EdgeTimeToFirstByteMs", "OriginResponseDurationMs"],
    "referrer": "ClientRequestReferer",
    "user_agent": "ClientRequestUserAgent",
    "host": "ClientRequestHost",
    "header:cookie": "RequestHeaders.cookie",
}

_APACHE: Final = {
    # Apache's own names (mod_log_json, and LogFormats that people write); durations are %D
    "time": ["time", "timestamp", "@timestamp", "datetime"],
    "client": ["remoteIP", "remoteAddr", "remoteHost", "clientIP"],
    "user": ["remoteUser", "user"],
    "request": ["request", "requestLine", "firstLine"],
    "method": ["method", "requestMethod"],
    "target": ["requestPath", "requestURI", "uri"],
    "query": ["queryString", "query"],
    "status": ["status", "statusCode"],
    "bytes": ["bytesSent", "bytes", "responseSize"],
    "duration_us": ["durationMicros", "duration", "timeTaken"],
    "referrer": ["referer", "referrer", "Referer"],
    "user_agent": ["userAgent", "User-Agent"],
    "host": ["virtualHost", "vhost", "serverName", "host"],
}

_ENVOY: Final = {
    "time": "start_time",
    "client": ["downstream_remote_address_without_port", "downstream_remote_address"],
    "header:x-forwarded-for": "x_forwarded_for",
    "method": "method",
    "target": ["x_envoy_original_path", "path", "x-envoy-origin-path"],
    "status": "response_code",
    "bytes": "bytes_sent",
    "duration_ms": "duration",
    "referrer": "referer",
    "user_agent": "user_agent",
    "host": [":authority", "authority"],
}

_API_GATEWAY: Final = {
    "time": ["requestTimeEpoch", "requestTime"],
    "client": ["ip", "sourceIp", "identity.sourceIp"],
    "user": ["user", "caller"],
    "method": "httpMethod",
    "target": ["path", "resourcePath", "routeKey"],
    "status": "status",
    "bytes": "responseLength",
    "duration_ms": ["responseLatency", "integrationLatency"],
    "user_agent": ["userAgent", "identity.userAgent"],
    "host": "domainName",
}

_CLOUDFRONT: Final = {
    # standard logging v2 as JSON: the names of the W3C fields; date and time apart
    "date": "date",
    "clock": "time",
    "client": "c-ip",
    "method": "cs-method",
    "target": "cs-uri-stem",
    "query": "cs-uri-query",
    "status": "sc-status",
    "bytes": "sc-bytes",
    "duration_s": "time-taken",
    "referrer": "cs(Referer)",
    "user_agent": "cs(User-Agent)",
    "host": ["x-host-header", "cs(Host)"],
    "header:x-forwarded-for": "x-forwarded-for",
    "header:cookie": "cs(Cookie)",
}

_ECS: Final = {
    # Elastic Common Schema, nested or with dots in its keys
    "time": ["@timestamp", "timestamp"],
    "client": [
        "client.ip",
        "source.ip",
        "source.address",
        "client.address",
        "'client.ip'",
        "'source.ip'",
        "'source.address'",
        "'client.address'",
    ],
    "user": ["user.name", "'user.name'"],
    "method": ["http.request.method", "'http.request.method'"],
    "target": ["url.original", "url.full", "url.path", "'url.original'", "'url.path'"],
    "query": ["url.query", "'url.query'"],
    "status": ["http.response.status_code", "'http.response.status_code'"],
    "bytes": [
        "http.response.bytes",
        "http.response.body.bytes",
        "'http.response.bytes'",
        "'http.response.body.bytes'",
    ],
    "duration_ns": ["event.duration", "'event.duration'"],
    "referrer": ["http.request.referrer", "'http.request.referrer'"],
    "user_agent": ["user_agent.original", "'user_agent.original'"],
    "host": ["url.domain", "destination.domain", "'url.domain'", "'destination.domain'"],
}

MAPS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "caddy": _CADDY,
        "traefik": _TRAEFIK,
        "google": _GOOGLE,
        "cloudflare": _CLOUDFLARE,
        "cloudfront": _CLOUDFRONT,
        "ecs": _ECS,
        "envoy": _ENVOY,
        "api_gateway": _API_GATEWAY,
        "nginx": _NGINX,
        "apache": _APACHE,
        "common": _COMMON,
    }
)
"""Every map by the name that stands behind ``json:``."""
