"""How writers of JSON lines write a hit, by their documentation: one function for each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sample_visits import Visit


def _iso(v: Visit) -> str:
    return v.time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _seoul(v: Visit) -> str:
    return f"{v.time.replace(hour=v.time.hour + 9):%Y-%m-%dT%H:%M:%S}+09:00"


def _shown(text: str) -> str:
    return "" if text == "-" else text


def caddy(v: Visit) -> dict[str, Any]:
    headers = {"User-Agent": [v.agent], "Referer": [v.referrer], "Accept": ["*/*"]}
    request = {
        "remote_ip": "10.0.0.1",
        "remote_port": "41342",
        "client_ip": v.client,
        "proto": "HTTP/1.1",
        "method": v.method,
        "host": v.host,
        "uri": v.target,
        "headers": headers,
    }
    return {
        "level": "info",
        "ts": round(v.time.timestamp(), 3),
        "logger": "http.log.access.log0",
        "msg": "handled request",
        "request": request,
        "bytes_read": 0,
        "user_id": _shown(v.user),
        "duration": v.ms / 1000,
        "size": v.size or 0,
        "status": v.status,
        "resp_headers": {"Server": ["Caddy"]},
    }


def traefik(v: Visit) -> dict[str, Any]:
    return {
        "ClientAddr": f"{v.client}:41342",
        "ClientHost": v.client,
        "ClientUsername": v.user,
        "DownstreamContentSize": v.size or 0,
        "DownstreamStatus": v.status,
        "Duration": v.ms * 1_000_000,
        "RequestHost": v.host,
        "RequestMethod": v.method,
        "RequestPath": v.target,
        "RequestProtocol": "HTTP/1.1",
        "StartUTC": _iso(v),
        "entryPointName": "websecure",
        "level": "info",
        "msg": "",
        "request_Referer": v.referrer,
        "request_User-Agent": v.agent,
        "time": _iso(v)[:19] + "Z",
    }


def google(v: Visit) -> dict[str, Any]:
    request = {
        "latency": f"{v.ms / 1000:.6f}s",
        "referer": v.referrer,
        "remoteIp": v.client,
        "requestMethod": v.method,
        "requestUrl": v.url,
        "responseSize": str(v.size or 0),
        "status": v.status,
        "userAgent": v.agent,
    }
    return {"httpRequest": request, "insertId": "1x", "severity": "INFO", "timestamp": _iso(v)}


def cloudflare(v: Visit) -> dict[str, Any]:
    return {
        "ClientIP": v.client,
        "ClientRequestHost": v.host,
        "ClientRequestMethod": v.method,
        "ClientRequestReferer": v.referrer,
        "ClientRequestURI": v.target,
        "ClientRequestUserAgent": v.agent,
        "EdgeEndTimestamp": _iso(v)[:19] + "Z",
        "EdgeResponseBytes": v.size or 0,
        "EdgeResponseStatus": v.status,
        "EdgeStartTimestamp": _iso(v)[:19] + "Z",
        "RayID": "3a6050bcbe121a87",
    }


def cloudfront(v: Visit) -> dict[str, Any]:
    return {
        "date": f"{v.time:%Y-%m-%d}",
        "time": f"{v.time:%H:%M:%S}",
        "x-edge-location": "ICN54-C1",
        "sc-bytes": str(v.size or 0),
        "c-ip": v.client,
        "cs-method": v.method,
        "cs(Host)": "d111.cloudfront.net",
        "cs-uri-stem": v.path,
        "sc-status": str(v.status),
        "cs(Referer)": v.referrer,
        "cs(User-Agent)": v.agent.replace("%", "%25").replace(" ", "%20"),
        "cs-uri-query": v.query or "-",
        "x-host-header": v.host,
        "time-taken": f"{v.ms / 1000:.3f}",
        "x-forwarded-for": "-",
    }


def ecs(v: Visit) -> dict[str, Any]:
    request = {"method": v.method, "referrer": v.referrer}
    response = {"status_code": v.status, "body": {"bytes": v.size or 0}}
    return {
        "@timestamp": _iso(v),
        "source": {"ip": v.client},
        "user": {"name": v.user},
        "http": {"request": request, "response": response},
        "url": {"original": v.target, "domain": v.host},
        "user_agent": {"original": v.agent},
        "event": {"duration": v.ms * 1_000_000},
    }


def envoy(v: Visit) -> dict[str, Any]:
    return {
        "authority": v.host,
        "bytes_received": 0,
        "bytes_sent": v.size or 0,
        "downstream_remote_address": f"{v.client}:41342",
        "duration": v.ms,
        "method": v.method,
        "path": v.target,
        "protocol": "HTTP/2",
        "response_code": v.status,
        "response_flags": "-",
        "start_time": _iso(v),
        "user_agent": v.agent,
        "x_forwarded_for": v.client,
    }


def api_gateway(v: Visit) -> dict[str, Any]:
    return {
        "requestId": "c6af9ac6",
        "ip": v.client,
        "caller": "-",
        "user": v.user,
        "requestTime": f"{v.time:%d/%b/%Y:%H:%M:%S} +0000",
        "httpMethod": v.method,
        "resourcePath": v.path,
        "status": str(v.status),
        "protocol": "HTTP/1.1",
        "responseLength": str(v.size or 0),
    }


def nginx(v: Visit) -> dict[str, Any]:
    return {
        "time_local": f"{v.time:%d/%b/%Y:%H:%M:%S} +0000",
        "remote_addr": v.client,
        "remote_user": v.user,
        "request": v.request,
        "status": str(v.status),
        "body_bytes_sent": str(v.size or 0),
        "request_time": f"{v.ms / 1000:.3f}",
        "http_referrer": v.referrer,
        "http_user_agent": v.agent,
    }


def apache(v: Visit) -> dict[str, Any]:
    return {
        "time": _seoul(v),
        "remoteIP": v.client,
        "host": v.host,
        "requestPath": v.path,
        "query": f"?{v.query}" if v.query else "",
        "method": v.method,
        "status": str(v.status),
        "userAgent": v.agent,
        "referer": v.referrer,
    }


def common(v: Visit) -> dict[str, Any]:
    return {
        "ip": v.client,
        "host": v.host,
        "path": v.target,
        "method": v.method,
        "status": str(v.status),
        "referrer": v.referrer,
        "user_agent": v.agent,
        "length": v.size or 0,
        "generation_time_milli": v.ms / 1000,
        "date": _seoul(v),
    }


def _line(of: Callable[[Visit], dict[str, Any]]) -> Callable[[Visit], str]:
    return lambda visit: json.dumps(of(visit), separators=(",", ":"))


JSON_WRITERS = {
    "caddy": _line(caddy),
    "traefik_json": _line(traefik),
    "google_http_lb": _line(google),
    "cloudflare": _line(cloudflare),
    "cloudfront_json": _line(cloudfront),
    "ecs_json": _line(ecs),
    "envoy_json": _line(envoy),
    "api_gateway": _line(api_gateway),
    "nginx_json": _line(nginx),
    "apache_json": _line(apache),
    "json": _line(common),
}
"""Every named format of JSON lines, and how it is written."""
