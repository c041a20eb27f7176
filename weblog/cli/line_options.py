"""Options that leave out lines for one run, as ``[[skip]]`` and ``[[keep]]`` do for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from weblog.cli.options import DAY

if TYPE_CHECKING:
    from weblog.site import Site

F = TypeVar("F", bound=Callable[..., Any])

_LISTS = {
    "skip_host": ("hosts", "HOST", "Leave out lines of this virtual host, e.g. '*.example.com'."),
    "skip_path": ("paths", "PATH", "Leave out requests of this path, e.g. '/health*'."),
    "skip_agent": ("agents", "REGEX", "Leave out user agents in which this is found."),
    "skip_status": ("statuses", "STATUS", "Leave out answers such as 404 or 5xx."),
    "skip_network": ("networks", "CIDR", "Leave out clients of a network, e.g. 10.0.0.0/8."),
    "only_host": ("hosts", "HOST", "Leave out lines of all other virtual hosts."),
    "only_path": ("paths", "PATH", "Leave out requests of all other paths."),
}
_DAYS = {
    "since": ("before", "Leave out the days before this one, e.g. 2025-03-01."),
    "until": ("after", "Leave out the days after this one."),
}


@dataclass(frozen=True, slots=True)
class LineOptions:
    """What was given: for each option that was, its values."""

    given: dict[str, tuple[str, ...]]

    def added_to(self, site: Site) -> Site:
        """Return the site's rules with those given, each named like its option.

        Raises:
            UsageError: a value cannot be used; carries all of them.
        """
        from pydantic import ValidationError

        from weblog.errors import UsageError
        from weblog.site.line_rules import LineRule

        skip, keep, faults = list(site.skip), list(site.keep), []
        for name, values in self.given.items():
            option = "--" + name.replace("_", "-")
            setting = (_LISTS.get(name) or _DAYS[name])[0]
            asked: object = values[0] if name in _DAYS else values
            try:
                rule = LineRule.model_validate({"name": option, setting: asked})
            except ValidationError as error:
                for fault in error.errors(include_url=False):
                    shown, expected = fault["input"], fault["msg"].removeprefix("Value error, ")
                    faults.append(f"{option} {shown!r}: {expected}")
                continue
            (keep if name.startswith("only") else skip).append(rule)
        since, until = self.given.get("since", ("",)), self.given.get("until", ("9",))
        if since > until:
            faults.append(f"--since {since[0]} lies after --until {until[0]}: no day is left")
        if faults:
            raise UsageError("\n".join(faults))
        return site.model_copy(update={"skip": tuple(skip), "keep": tuple(keep)})


def line_options(command: F) -> F:
    """Add the options that choose lines; the command gets them as ``lines``."""

    @wraps(command)
    def gathered(**options: Any) -> Any:
        lists = {name: options.pop(name) for name in _LISTS}
        days: dict[str, datetime | None] = {name: options.pop(name) for name in _DAYS}
        given = {name: tuple(values) for name, values in lists.items() if values}
        given |= {name: (day.date().isoformat(),) for name, day in days.items() if day}
        return command(**options, lines=LineOptions(given))

    wrapped: Any = gathered
    for name, (_, help_text) in reversed(_DAYS.items()):
        wrapped = click.option("--" + name, type=DAY, default=None, help=help_text)(wrapped)
    for name, (_, metavar, help_text) in reversed(_LISTS.items()):
        flag = "--" + name.replace("_", "-")
        wrapped = click.option(flag, multiple=True, metavar=metavar, help=help_text)(wrapped)
    added: F = wrapped
    return added
