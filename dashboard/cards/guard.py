"""One failing card does not take the page with it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

from flask import has_request_context, request

from dashboard.access.callbacks import withheld
from dashboard.language import chosen_language
from reports.coarse import WithheldError

LOG = logging.getLogger("dashboard")

Data = dict[str, Any]


def guarded(name: str, make: Callable[[], Data]) -> Data:
    """Return what ``make`` returns; if it fails, data that say so.

    The failure goes to the log of the server under a short id, which the card shows: nothing
    of the error itself reaches the browser.
    """
    try:
        return make()
    except WithheldError as error:
        language = chosen_language(request) if has_request_context() else "en"
        return withheld(error, language)
    except Exception:
        reference = secrets.token_hex(3)
        LOG.exception("card %s failed (ref %s)", name, reference)
        return {"state": "error", "ref": reference}
