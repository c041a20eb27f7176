"""Reports that other packages add (:mod:`reports.extending`), beside those of the registry."""

from __future__ import annotations

from functools import cache, wraps
from inspect import signature
from typing import Any, Final

from reports.extending import ColumnWords, OwnReport
from reports.registry import REPORTS
from reports.result import Report
from reports.spec import ColumnSpec, ReportSpec
from weblog.plugins import REPORTS as GROUP
from weblog.plugins import Listed, Plugin, checked, installed, load_named, names_of, plugin_named

LEADING: Final = ("source", "filters")
"""What every report is given by position."""


def report_named(name: str) -> ReportSpec:
    """Return the report of that name, of the registry or a package's.

    Raises:
        UnknownNameError: there is none.
        PluginError: the package's report cannot be used.
    """
    return REPORTS[name] if name in REPORTS else _spec(name)


def is_report(name: str) -> bool:
    """Say whether there is a report of that name; a package's is not loaded."""
    return name in REPORTS or plugin_named(GROUP, name) is not None


def report_names() -> list[str]:
    """Return the names of all reports, those of packages last; none is loaded."""
    return names_of(GROUP, REPORTS)


@cache
def plugged_report(name: str) -> OwnReport:
    """Return the report of that name that a package adds, as the package declares it.

    Raises:
        UnknownNameError: there is none.
        PluginError: it cannot be used.
    """
    own = load_named(GROUP, name, OwnReport, REPORTS)
    plugin = _plugin(name)
    columns = [column.name for column in own.columns]
    if not columns or len(set(columns)) < len(columns):
        raise plugin.error(f"expected columns, each once; it declares {columns}")
    if wrong := sorted({*own.words} ^ {*columns}):
        raise plugin.error(
            f"expected words for each column and no other; not so: {', '.join(wrong)}"
        )
    if own.page and (unknown := sorted({*own.page.columns, *own.page.filters} - {*columns})):
        raise plugin.error(f"its page names columns that it has not: {', '.join(unknown)}")
    parameters = list(signature(own.function).parameters)
    if tuple(parameters[:2]) != LEADING:
        raise plugin.error(f"its function takes {', '.join(parameters)}; expected source, filters")
    return own


def plugged_reports() -> list[Listed]:
    """Return every report that packages add, and what is wrong with those that cannot be used."""
    return checked(GROUP, plugged_report, REPORTS)


def usable_reports() -> dict[str, OwnReport]:
    """Return the reports of packages that can be used, by name."""
    if not installed(GROUP):
        return {}
    return {
        one.plugin.name: plugged_report(one.plugin.name)
        for one in plugged_reports()
        if one.fault is None
    }


def own_words(report: str, column: str) -> ColumnWords | None:
    """Return what a package calls a column of its report; None if it is not for it to say."""
    if report in REPORTS or plugin_named(GROUP, report) is None:
        return None
    return plugged_report(report).words.get(column)


def is_of_people(name: str) -> bool:
    """Say whether a package declares its report to be about single people."""
    return name not in REPORTS and is_report(name) and plugged_report(name).of_people


@cache
def _spec(name: str) -> ReportSpec:
    own, plugin = plugged_report(name), _plugin(name)
    answer, draw = plugin.calling(own.function), plugin.calling(own.figure)

    @wraps(own.function)
    def answered(*args: Any, **kwargs: Any) -> Report:
        found = answer(*args, **kwargs)
        if not isinstance(found, Report):
            raise plugin.error(f"it gives {type(found).__name__}, expected a Report")
        if found.name != name:
            raise plugin.error(f"its answer calls itself {found.name!r}")
        _check_columns(plugin, own.columns, found)
        return found

    return ReportSpec(name, f"report.{name}", answered, draw, own.columns)


def _check_columns(plugin: Plugin, columns: tuple[ColumnSpec, ...], found: Report) -> None:
    """Hold an answer to the columns declared: pages, files and mails rely on them."""
    declared = {column.name: column.dtype for column in columns}
    given = dict(found.frame.schema)
    if list(given.items()) != list(declared.items()):
        wrong = [name for name in declared if given.get(name) != declared[name]]
        more = [name for name in given if name not in declared]
        told = ", ".join(
            [*(f"{name} is {given.get(name, 'missing')}, not {declared[name]}" for name in wrong),
             *(f"{name} is not declared" for name in more)]
        )  # fmt: skip
        raise plugin.error(f"its columns are not those declared: {told or 'another order'}")


def _plugin(name: str) -> Plugin:
    plugin = plugin_named(GROUP, name)
    assert plugin is not None  # noqa: S101  it was loaded
    return plugin
