"""Columns of CSV files: what people call them, and those of known writers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        # field of a hit -> other names of its column, in small letters
        "time": ("timestamp", "@timestamp", "datetime", "date_time", "time_micros", "start_time"),
        "date": ("day",),
        "clock": ("time of day", "time_of_day"),
        "client": ("client_ip", "clientip", "c_ip", "ip", "remote_addr", "remote_ip", "c-ip"),
        "user": ("remote_user", "username", "user_name"),
        "request": ("request_line",),
        "method": ("request_method", "cs_method", "http_method", "verb", "cs-method"),
        "target": ("request_uri", "uri", "path", "cs_uri", "cs-uri-stem", "request_path"),
        "query": ("query_string", "args", "cs-uri-query"),
        "url": ("request_url", "full_url"),
        "status": ("status_code", "sc_status", "response_status", "response_code", "sc-status"),
        "bytes": (
            "bytes_sent",
            "body_bytes_sent",
            "sc_bytes",
            "response_size",
            "response_body_size",
            "size",
            "sc-bytes",
        ),
        "duration_s": ("request_time", "response_time", "duration"),
        "duration_ms": ("time_ms", "latency_ms", "time_elapsed_msec"),
        "duration_us": ("time_taken_micros", "time_us", "time_elapsed", "time_elapsed_usec"),
        "referrer": ("referer", "http_referer", "http_referrer", "cs_referer", "request_referer"),
        "user_agent": ("useragent", "http_user_agent", "cs_user_agent", "request_user_agent"),
        "host": ("http_host", "server_name", "vhost", "request_host"),
    }
)
"""``time_elapsed`` is in microseconds as Fastly's ``time.elapsed.usec`` is."""

_GOOGLE_STORAGE: Final = {
    "fields": {
        "time": "time_micros",
        "client": "c_ip",
        "method": "cs_method",
        "target": "cs_uri",
        "status": "sc_status",
        "bytes": "sc_bytes",
        "duration_us": "time_taken_micros",
        "referrer": "cs_referer",
        "user_agent": "cs_user_agent",
        "host": "cs_host",
    }
}

_AZURE_1: Final = (
    "version time operation result status duration_ms server_ms authentication user owner "
    "service url object request_id operations client api header_size request_bytes response_header "
    "bytes request_length request_md5 server_md5 etag modified conditions user_agent referrer "
    "client_request_id"
)
_AZURE_2: Final = f"{_AZURE_1} oid tenant application audience issuer upn reserved authorization"

MAPS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "google_storage": _GOOGLE_STORAGE,
        "azure_storage": {"separator": ";", "columns": _AZURE_1},
        "azure_storage_2": {"separator": ";", "columns": _AZURE_2},
    }
)
"""Every map by the name that stands behind ``csv:``."""
