"""Whether what alerts name is there: measures, reports, columns, options, a mail server."""

from __future__ import annotations

from reports.alerts.reading import OWN, SILENCE
from reports.digest.plan import Fault, report_faults
from reports.measures import MEASURES
from reports.plugged import is_report, report_named
from weblog.errors import did_you_mean
from weblog.site import Site
from weblog.site.alerts import Alert


def alert_faults(site: Site) -> list[Fault]:
    """Return what is wrong with the site's alerts: where, the value, what was expected."""
    found: list[Fault] = []
    for number, rule in enumerate(site.alerts, start=1):
        where = f"alerts[{number}]"
        found += _of_report(where, rule) if rule.report is not None else _of_measure(where, rule)
        if rule.mail and site.smtp.host is None:
            expected = 'expected a mail server in [smtp]: host = "mail.example.com"'
            found.append((f"{where}.mail", "", expected))
    return found


def _of_measure(where: str, rule: Alert) -> list[Fault]:
    name, known = str(rule.measure), [*MEASURES, *OWN]
    if name not in known:
        expected = f"no such measure.{did_you_mean(name, known)} Known: {', '.join(known)}"
        return [(f"{where}.measure", repr(name), expected)]
    if name in OWN and any(rule.only.model_dump().values()):
        return [(f"{where}.only", "", f"{name} counts all lines: expected no filter")]
    if name == SILENCE and rule.above is None:
        return [(where, "", f"expected above = hours beside {name}")]
    return []


def _of_report(where: str, rule: Alert) -> list[Fault]:
    name = str(rule.report)
    found = report_faults(where, name, rule.options)
    if not is_report(name):
        return found
    columns = {column.name: column for column in report_named(name).columns}
    for place, each in ((f"{where}.column", rule.column), *((f"{where}.row", c) for c in rule.row)):
        if each not in columns:
            near = did_you_mean(str(each), list(columns))
            expected = f"no such column.{near} Columns of {name}: {', '.join(columns)}"
            found.append((place, repr(each), expected))
    column = columns.get(str(rule.column))
    if column is not None and not column.dtype.is_numeric():
        found.append((f"{where}.column", repr(rule.column), "expected a column of numbers"))
    return found
