"""Named formats of CSV; where their fields stand is said in ``csv_maps``."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import AGENT, NamedFormat

_AZURE: Final = "https://learn.microsoft.com/rest/api/storageservices/storage-analytics-log-format"
_BLOB: Final = (
    "2025-05-17T10:05:03.4567890Z;GetBlob;AnonymousSuccess;200;25;20;anonymous;;shop;blob;"
    '"https://shop.blob.core.windows.net/web/plan?id=3&amp;b=1";"/shop/web/plan";'
    "a84aa705-8a85-48c5-b064-b43bd22979c3;0;192.0.2.7:41342;2019-12-12;252;0;282;5120;0;;;"
    f'"0x8CB171DBEAD6A6B";Friday, 16-May-25 21:09:33 GMT;;"{AGENT}";"https://search.example/";'
    '"93f1"'
)

ROWS: Final = (
    NamedFormat(
        name="google_storage",
        title="Usage logs of Google Cloud Storage",
        writers="Google Cloud Storage",
        source="https://cloud.google.com/storage/docs/access-logs",
        text="csv:google_storage",
        samples=(
            (
                '"time_micros","c_ip","c_ip_type","c_ip_region","cs_method","cs_uri","sc_status",'
                '"cs_bytes","sc_bytes","time_taken_micros","cs_host","cs_referer","cs_user_agent",'
                '"s_request_id","cs_operation","cs_bucket","cs_object"'
            ),
            (
                '"1747476303456000","192.0.2.7","1","","GET","/plan?id=3","200","242","5120",'
                f'"25170","shop.example","https://search.example/","{AGENT}","AAANsUm","GET_Object",'
                '"shop","plan"'
            ),
        ),
        telling=r'^"(?:time_micros|\d{16})",',
        aliases=("gcs",),
    ),
    NamedFormat(
        name="azure_storage",
        title="Azure Storage Analytics, version 1.0",
        writers="Azure Blob Storage, Azure CDN before it",
        source=_AZURE,
        text="csv:azure_storage",
        samples=(f"1.0;{_BLOB}",),
        telling=r"^1\.0;",
    ),
    NamedFormat(
        name="azure_storage_2",
        title="Azure Storage Analytics, version 2.0",
        writers="Azure Blob Storage",
        source=_AZURE,
        text="csv:azure_storage_2",
        samples=(f"2.0;{_BLOB};;;;;;;;",),
        telling=r"^2\.0;",
    ),
    NamedFormat(
        name="csv",
        title="CSV whose first line names the columns",
        writers="Fastly and others with a format of one's own; exports",
        source="https://www.fastly.com/documentation/guides/integrations/logging/",
        text="csv:",
        samples=(
            "timestamp,client_ip,request_method,url,status,bytes,request_referer,request_user_agent",
            (
                "2025-05-17T10:05:03+0000,192.0.2.7,GET,/plan?id=3,200,5120,"
                f'"https://search.example/","{AGENT}"'
            ),
        ),
        aliases=("fastly_csv",),
    ),
)
