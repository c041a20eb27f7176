"""Plug-ins: what other installed packages add, found by their entry points, loaded when needed.

A package declares, say, ``[project.entry-points."weblog.formats"]``; :mod:`weblog.extending` and
:mod:`reports.extending` hold the types of what stands behind the names. Nothing is imported, and
the packages installed are not even listed, before a name is asked for that is not built in: so
``weblog --help`` stays instant, and a plug-in that is broken spoils only what asks for it. Then
the error names the package.

What is built in comes first: a plug-in cannot take its name.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from importlib.metadata import EntryPoint, entry_points
from pathlib import PurePath
from typing import Final, ParamSpec, TypeVar

from weblog.errors import UnknownNameError, WeblogError

FORMATS: Final = "weblog.formats"
CHANNEL_RULES: Final = "weblog.channel_rules"
MODELS: Final = "weblog.attribution_models"
REPORTS: Final = "weblog.reports"

KINDS: Final = {
    FORMATS: "log format",
    CHANNEL_RULES: "channel rule",
    MODELS: "attribution model",
    REPORTS: "report",
}
"""Every group of entry points, and what stands behind its names."""

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
"""What a plug-in may be called: it stands in commands, addresses and files."""

BUILT_IN: Final = "built in"
"""What listings say of what is no plug-in."""

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class PluginError(WeblogError):
    """What another package adds cannot be used. Facts: group, name, package, the problem."""

    exit_code = 17

    def __init__(self, group: str, name: str, package: str, problem: str) -> None:
        super().__init__(group, name, package, problem)
        self.group = group
        self.name = name
        self.package = package
        self.problem = problem

    def build(self, *facts: object) -> str:
        """Name the package first: it is what can be mended, changed or removed."""
        group, name, package, problem = facts
        kind = KINDS.get(str(group), str(group))
        return (
            f"package {package}: its {kind} {name!r} cannot be used: {problem}. "
            "Mend, update or uninstall that package; docs/extending.md says what is expected."
        )


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point: what a package adds under a name. Nothing of it is imported yet.

    Attributes:
        group: one of :data:`KINDS`.
        name: what people type.
        place: module and object, such as ``weblog_logfmt:FORMAT``.
        package: the name and version of the package.
    """

    group: str
    name: str
    place: str
    package: str

    def error(self, problem: str) -> PluginError:
        """Return the error that says what is wrong with it."""
        return PluginError(self.group, self.name, self.package, problem)

    def load(self, expected: type[T]) -> T:
        """Import it, and make sure it is what is expected.

        Raises:
            PluginError: it cannot be imported, is no ``expected``, or may not have its name.
        """
        if not NAME.fullmatch(self.name):
            raise self.error("a name has small letters, digits and _, and begins with a letter")
        others = [one.package for one in installed(self.group) if one.name == self.name]
        if len(others) > 1:
            raise self.error(f"several packages have that name: {', '.join(others)}")
        found = self.calling(EntryPoint(self.name, self.place, self.group).load)()
        if not isinstance(found, expected):
            kind = type(found).__name__
            raise self.error(f"{self.place} is of type {kind}, expected {expected.__name__}")
        return found

    def calling(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return the plug-in's function such that what it raises names the package."""

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except WeblogError:
                raise
            except Exception as error:  # whatever it is, it is that package's
                raise self.error(_told(error)) from error

        return called


def _told(error: Exception) -> str:
    """Say what was raised, and where: enough to find it without a traceback."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if each.lineno]
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}{where}" if said else f"{type(error).__name__}{where}"


@cache
def installed(group: str) -> tuple[Plugin, ...]:
    """Return the plug-ins of a group that are installed, by name and package; none is loaded."""
    found = {
        Plugin(group, each.name, each.value, _package(each)) for each in entry_points(group=group)
    }
    return tuple(sorted(found, key=lambda one: (one.name, one.package)))


def _package(found: EntryPoint) -> str:
    if found.dist is None:
        return "of no known name"
    return f"{found.dist.name} {found.dist.version}"


def plugin_named(group: str, name: str) -> Plugin | None:
    """Return the plug-in of that name, not loaded; None if there is none."""
    return next((one for one in installed(group) if one.name == name), None)


def names_of(group: str, built_in: Iterable[str]) -> list[str]:
    """Return every name of a group: those built in, then those of plug-ins."""
    return list(dict.fromkeys((*built_in, *(one.name for one in installed(group)))))


def load_named(group: str, name: str, expected: type[T], built_in: Iterable[str]) -> T:
    """Return what the plug-in called ``name`` adds.

    Raises:
        UnknownNameError: there is none, and nothing built in is called so.
        PluginError: it cannot be used.
    """
    plugin = plugin_named(group, name)
    if plugin is None:
        raise UnknownNameError(KINDS[group], name, names_of(group, built_in))
    return plugin.load(expected)


@dataclass(frozen=True, slots=True)
class Listed:
    """A plug-in as listings show it: what is wrong with it, if anything is."""

    plugin: Plugin
    fault: str | None


def checked(group: str, load: Callable[[str], object], built_in: Container[str]) -> list[Listed]:
    """Load every plug-in of a group; what fails is told, and stops nothing."""
    return [Listed(one, _fault(one, load, built_in)) for one in installed(group)]


def _fault(plugin: Plugin, load: Callable[[str], object], built_in: Container[str]) -> str | None:
    if plugin.name in built_in:
        return f"{plugin.name!r} is built in, and that is what the name means"
    try:
        load(plugin.name)
    except PluginError as error:
        return error.problem
    return None
