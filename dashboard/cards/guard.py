"""One failing card does not take the page with it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any, Final

from flask import has_request_context, request

from dashboard.access.callbacks import withheld
from dashboard.at_work import is_beforehand
from dashboard.language import chosen_language
from dashboard.words import word
from reports.coarse import WithheldError
from weblog.errors import UnknownNameError
from weblog.logs import broke
from weblog.panics import is_failure

LOG = logging.getLogger("dashboard")

Data = dict[str, Any]

LONGEST: Final = 80
"""Characters of a name that is told to be unknown."""


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
    except UnknownNameError as error:  # an address may name what the data no longer have
        language = chosen_language(request) if has_request_context() else "en"
        shown = error.name if len(error.name) <= LONGEST else f"{error.name[:LONGEST]} …"
        return {"state": "absent", "text": word("not_in_data", language, name=shown)}
    except BaseException as error:  # a library's panic, too, is this card's alone
        if not is_failure(error):
            raise
        if is_beforehand():  # no reader was told of it: who asks it is
            return {"state": "error"}
        reference = secrets.token_hex(3)
        broke(LOG, "card", name, reference)
        return {"state": "error", "ref": reference}
