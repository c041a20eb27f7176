"""What went wrong in a bucket or on the web, told without anything secret.

The texts of the libraries name signed addresses, and repeat answers word for word: none of them
is passed on. What they say is looked up, and said again.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from weblog.remote.address import Address

_CODE: Final = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS: Final = re.compile(r"(?:status|status code): (\d{3})\b")
_METADATA: Final = ("169.254.169.254", "169.254.170.2", "metadata.google.internal")
_NETWORK: Final = (
    "error sending request",
    "dns error",
    "connect",
    "timed out",
    "timeout",
    "operation timed out",
    "tcp",
)
_ENVIRONMENT: Final = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN)",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY (or AZURE_CLIENT_ID ...)",
}
_REFUSED: Final = (
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "AuthorizationHeaderMalformed",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and what to do about it.

    ``is_told`` is false where nothing in the error tells of the bucket: what was read may be
    damaged instead.
    """

    problem: str
    advice: str
    is_told: bool = True


def fault_of(error: BaseException, address: str) -> Fault:  # noqa: PLR0911  one line each
    """Return what an error of obstore, deltalake or polars means at ``address``."""
    text, kind = str(error), type(error).__name__
    root = Address.of(address).root
    code = _CODE.search(text)
    said = code[1] if code else ""
    if said == "NoSuchBucket" or "ContainerNotFound" in text:
        return Fault(f"no such bucket ({root})", "Check its name, and the region or endpoint.")
    if any(host in text for host in _METADATA):
        return Fault("no credentials were found", f"Set {_variables(root)}.")
    if said in _REFUSED or kind == "UnauthenticatedError" or " 401" in text:
        why = f" ({said})" if said else ""
        return Fault(f"the credentials are refused{why}", f"Check {_variables(root)}.")
    if kind in {"PermissionDeniedError", "PermissionError"} or said == "AccessDenied":
        advice = "Reading needs s3:GetObject and s3:ListBucket; writing s3:PutObject and"
        rights = f"{advice} s3:DeleteObject." if root.startswith("s3") else "Ask for the role."
        return Fault("no permission", rights)
    if " 403" in text or "Forbidden" in text:
        return Fault("no permission", "Check the credentials' rights, and the endpoint.")
    if "builder error" in text or "URL scheme" in text:
        return Fault(
            "the endpoint is http, not https", "Set AWS_ALLOW_HTTP=true where that is meant."
        )
    if kind in {"FileNotFoundError", "NotFoundError"} or said == "NoSuchKey" or "404" in text:
        return Fault("no such object", "Check the name.")
    status = _STATUS.search(text)
    if status and status[1] == "400" and not said:  # to a HEAD, which has no body to say why
        advice = f"Expired credentials are answered so: check {_variables(root)}, and the region."
        return Fault("the request is refused (status 400)", advice)
    lowered = text.lower()
    # What was answered was reached: the library's text names its time-outs even so.
    if not status and any(word in lowered for word in _NETWORK):
        where = _endpoint()
        return Fault(
            f"cannot be reached{where}", "Check the network, AWS_ENDPOINT_URL and AWS_REGION."
        )
    told = said or (f"status {status[1]}" if status else kind)
    return Fault(
        f"cannot be read ({told})",
        "Check the endpoint and the region.",
        is_told=bool(said or status),
    )


def _variables(root: str) -> str:
    scheme = root.partition("://")[0]
    return _ENVIRONMENT.get(scheme[:2], _ENVIRONMENT["az"])


def _endpoint() -> str:
    given = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    host = urlsplit(given).netloc.rpartition("@")[2] if given else ""
    return f" at {host}" if host else ""
