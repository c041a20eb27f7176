"""All that is wrong with a site's rules: what ``weblog check`` tells before it tries them."""

from __future__ import annotations

import sessionize
from reports.alerts import alert_faults
from reports.digest import schedule_faults
from weblog.errors import SeveralErrors, SiteError, TableError, WeblogError
from weblog.site import Draft


def site_errors(draft: Draft) -> list[WeblogError]:
    """Return the faults of rules and of the tables they name.

    Returns:
        A SiteError with the faults of the file and of its segments, mails and alerts; a
        TableError for each table, with all its faults. Empty: there is none.
    """
    errors: list[WeblogError] = []
    faults = [*draft.faults, *sessionize.segment_faults(draft.site)]
    faults += [*schedule_faults(draft.site), *alert_faults(draft.site)]
    if faults:
        errors.append(SiteError(draft.path, faults))
    try:
        sessionize.check_tables(draft.site)
    except TableError as error:
        errors.append(error)
    except SeveralErrors as several:
        errors += several.errors
    return errors
