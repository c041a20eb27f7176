"""What a running dashboard sends to a browser for its first page, asked over HTTP."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any, Final

from dashboard.pages import PAGES

PATIENCE: Final = 120.0
"""Seconds for what takes one or two on a machine that does nothing else."""

_PAGE: Final = PAGES["/"]
STATE: Final = _PAGE.id("page")
"""The part of the answer that says whether there is anything, or an error."""


def first_page(address: str) -> dict[str, Any]:
    """Return what the callback of the first page sends."""
    with urllib.request.urlopen(f"{address}/", timeout=PATIENCE) as answer:  # noqa: S310  our own
        end = re.search(r'"end_id":"([^"]+)"', answer.read().decode())
    outputs = [{"id": _PAGE.id(part), "property": "data"} for part in _PAGE.parts]
    joined = "...".join(f"{one['id']}.data" for one in outputs)
    body = {
        "output": f"..{joined}..",
        "outputs": outputs,
        "inputs": [{"id": "address", "property": "search", "value": ""}],
        "state": [{"id": "shell", "property": "language", "value": "en"}],
        "changedPropIds": ["address.search"],
    }
    request = urllib.request.Request(  # noqa: S310
        f"{address}/_dash-update-component?endId={end[1] if end else ''}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        shown: dict[str, Any] = json.loads(answer.read())["response"]
    return shown
