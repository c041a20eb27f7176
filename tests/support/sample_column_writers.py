"""How writers of columns (W3C, CSV) say that a hit is written, from their documentation."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable

from sample_visits import Visit

IIS = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip "
    "cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken"
)
GOOGLE = (
    "time_micros c_ip c_ip_type c_ip_region cs_method cs_uri sc_status cs_bytes sc_bytes "
    "time_taken_micros cs_host cs_referer cs_user_agent s_request_id cs_operation cs_bucket "
    "cs_object"
).split()
FASTLY = (
    "timestamp,client_ip,request_method,host,url,status,bytes,request_referer,request_user_agent"
)

HEADERS: dict[str, list[str]] = {
    "w3c": [
        "#Software: Microsoft Internet Information Services 10.0",
        "#Version: 1.0",
        "#Date: 2025-05-17 01:05:03",
        f"#Fields: {IIS}",
    ],
    "google_storage": [",".join(f'"{name}"' for name in GOOGLE)],
    "csv": [FASTLY],
}
"""The lines at the top of a file."""

OPERATIONS = {
    "GET": "GetBlob",
    "HEAD": "GetBlobProperties",
    "OPTIONS": "BlobPreflightRequest",
    "POST": "BatchBlobs",
}


def iis(v: Visit) -> str:
    agent = v.agent.replace(" ", "+")
    return (
        f"{v.time:%Y-%m-%d %H:%M:%S} 10.0.0.5 {v.method} {v.path} {v.query or '-'} 443 {v.user} "
        f"{v.client} {agent} {v.referrer} {v.status} 0 0 {v.ms}"
    )


def google_storage(v: Visit) -> str:
    micros = int(v.time.timestamp()) * 1_000_000 + v.time.microsecond
    values = [micros, v.client, 1, "", v.method, v.target, v.status, 242, v.size or 0]
    values += [v.ms * 1000, v.host, v.referrer, v.agent, "AAANsUm", "GET_Object", "shop", "a"]
    return ",".join('"' + str(value).replace('"', '""') + '"' for value in values)


def azure_storage(v: Visit) -> str:
    def quoted(text: str) -> str:
        return '"' + html.escape(text) + '"'

    values = [
        "1.0",
        f"{v.time:%Y-%m-%dT%H:%M:%S.%f}0Z",
        OPERATIONS[v.method],
        "AnonymousSuccess",
        v.status,
        v.ms,
        v.ms,
        "anonymous",
        v.user.strip("-"),
        "shop",
        "blob",
        quoted(v.url),
        quoted("/shop" + v.path),
        "a84aa705",
        0,
        f"[{v.client}]:41342" if ":" in v.client else f"{v.client}:41342",
        *("2019-12-12", 252, 0, 282, v.size or 0, 0, "", "", quoted("0x8C")),
        "Friday, 16-May-25 21:09:33 GMT",
        "",
        quoted(v.agent),
        quoted(v.referrer),
        quoted("93f1"),
    ]
    return ";".join(map(str, values))


def fastly(v: Visit) -> str:
    line = io.StringIO()
    time = v.time.strftime("%Y-%m-%dT%H:%M:%S+0000")
    values = [time, v.client, v.method, v.host, v.target, v.status, v.size or 0]
    csv.writer(line, lineterminator="").writerow([*values, v.referrer, v.agent])
    return line.getvalue()


COLUMN_WRITERS: dict[str, Callable[[Visit], str]] = {
    "w3c": iis,
    "iis_default": iis,
    "google_storage": google_storage,
    "azure_storage": azure_storage,
    "azure_storage_2": lambda v: azure_storage(v).replace("1.0;", "2.0;", 1) + ";" * 8,
    "csv": fastly,
}
