"""What a scheduled mail asks: names and options checked against the reports there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from inspect import Parameter, signature
from typing import Any, Final

from reports.plugged import is_of_people, is_report, report_named, report_names
from reports.query import Compare, Filters
from weblog.errors import did_you_mean
from weblog.site import Site
from weblog.site.scheduled import Only, Scheduled

OF_PEOPLE: Final = frozenset({"customer_preference", "mail_recipients"})
"""Reports with a row per customer: no mail carries them, for nobody can erase a mail."""

Fault = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One report of a digest: its name, what to look at, its options; an own title, or none."""

    report: str
    filters: Filters
    options: Mapping[str, Any] = field(default_factory=dict)
    title: str | None = None


def plan(scheduled: Scheduled, day: date) -> list[Asked]:
    """Return what a scheduled mail asks when its last day is ``day``."""
    asked = []
    for each in scheduled.reports:
        days = each.days or scheduled.days
        filters = filters_of(
            each.only or scheduled.only,
            start=day - timedelta(days=days - 1),
            end=day,
            compare=each.compare or scheduled.compare,
        )
        asked.append(Asked(each.report, filters, each.options, each.title))
    return asked


def filters_of(only: Only, *, start: date, end: date, compare: Compare = "previous") -> Filters:
    """Return the filters a rule asks for, over some days."""
    return Filters(start=start, end=end, compare=compare, **only.model_dump())


def options_of(report: str) -> list[str]:
    """Return the names of a report's options that a rule can give."""
    parameters = signature(report_named(report).function).parameters.values()
    named = [each.name for each in parameters if each.kind is Parameter.KEYWORD_ONLY]
    return [name for name in named if name not in {"site", "segments_as_of"}]


def schedule_faults(site: Site) -> list[Fault]:
    """Return what is wrong with the site's scheduled mails: where, the value, what to expect."""
    return [
        fault
        for number, scheduled in enumerate(site.scheduled, start=1)
        for place, each in enumerate(scheduled.reports, start=1)
        for fault in report_faults(
            f"scheduled[{number}].reports[{place}]", each.report, each.options
        )
    ]


def names_people(report: str) -> bool:
    """Say whether a report has a row per customer: one of :data:`OF_PEOPLE`, or a package's."""
    return report in OF_PEOPLE or is_of_people(report)


def report_faults(where: str, report: str, options: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with a report and its options as a rule names them."""
    if not is_report(report):
        near = did_you_mean(report, report_names())
        return [(f"{where}.report", repr(report), f"no such report.{near}")]
    if names_people(report):
        problem = "has a row for each customer: nothing about single people is sent"
        return [(f"{where}.report", repr(report), problem)]
    known = options_of(report)
    expected = f"Options of {report}: {', '.join(known) or 'none'}"
    return [
        (
            f"{where}.options",
            repr(name),
            f"unknown option.{did_you_mean(name, known)} {expected}",
        )
        for name in options
        if name not in known
    ]
