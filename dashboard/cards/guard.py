"""One failing card does not take the page with it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

LOG = logging.getLogger("dashboard")

Data = dict[str, Any]


def guarded(name: str, make: Callable[[], Data]) -> Data:
    """Return what ``make`` returns; if it fails, data that say so.

    The failure goes to the log of the server under a short id, which the card shows: nothing
    of the error itself reaches the browser.
    """
    try:
        return make()
    except Exception:
        reference = secrets.token_hex(3)
        LOG.exception("card %s failed (ref %s)", name, reference)
        return {"state": "error", "ref": reference}
