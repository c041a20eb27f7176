"""Text in ``site.toml`` that must be something: an expression, a network, a path pattern."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import polars as pl
from pydantic import AfterValidator, Field

from weblog.errors import FormatError, did_you_mean
from weblog.formats import AUTO, KNOWN, format_named
from weblog.formats.known import is_a_text, is_plugged


def _is_regex(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"expected a regular expression ({error})") from error
    return text


def _works(make: Callable[[], pl.Expr]) -> bool:
    try:
        pl.select(make())
    except pl.exceptions.PolarsError:
        return False
    return True


def _is_whole_regex(text: str) -> str:
    """Make sure that an expression can be used as part of another, by either engine.

    polars' knows flags within (``(?i)``), Python's knows look-around; paths are matched by
    polars' where that is possible (:mod:`weblog.classify.patterns`).
    """
    whole = f"(?s:{pattern_regex(f're:{text}')})"
    if not _works(lambda: pl.lit("").str.contains(whole)):
        try:
            re.compile(whole)
        except (re.error, OverflowError, RecursionError) as error:
            problem = f"expected a regular expression that can match a whole path ({error})"
            raise ValueError(problem) from error
    return text


def _is_network(text: str) -> str:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ValueError("expected an address or a network such as 10.0.0.0/8") from error
    return text


Regex = Annotated[str, AfterValidator(_is_regex)]
Network = Annotated[str, AfterValidator(_is_network)]

PathPattern = Annotated[
    str,
    Field(
        description="a path such as /quote/done, with * for anything (also slashes), "
        "or re: and a regular expression that must match the whole path"
    ),
]


def pattern_regex(pattern: str) -> str:
    """Return the anchored regular expression a path pattern stands for.

    >>> pattern_regex("/children/*")
    '^/children/.*$'
    """
    if pattern.startswith("re:"):
        return f"^(?:{pattern[3:]})$"
    return "^" + ".*".join(re.escape(part) for part in pattern.split("*")) + "$"


def _checked_pattern(pattern: str) -> str:
    if pattern.startswith("re:"):
        _is_whole_regex(_is_regex(pattern[3:]))
    elif not pattern.startswith(("/", "*")):
        raise ValueError("expected a path that starts with / (or *, or re:)")
    return pattern


CheckedPattern = Annotated[PathPattern, AfterValidator(_checked_pattern)]


def _not_empty(paths: tuple[str, ...]) -> tuple[str, ...]:
    if not paths:
        raise ValueError("expected at least one path")
    return paths


Paths = Annotated[tuple[CheckedPattern, ...], AfterValidator(_not_empty)]


def _is_host(text: str) -> str:
    if not re.fullmatch(r"(?:\*\.)?[^\s/:?#@*,]+(?::\d+)?", text):
        raise ValueError(
            "expected a host name alone such as www.example.com, without https:// and path "
            "(or *.example.com for every host below)"
        )
    return text


Host = Annotated[str, AfterValidator(_is_host)]


def _is_status(number: int) -> int:
    if not 100 <= number <= 599:
        raise ValueError("expected an HTTP status from 100 to 599")
    return number


Status = Annotated[int, AfterValidator(_is_status)]


def _is_method(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z_-]*", text):
        raise ValueError("expected an HTTP method such as POST")
    return text.upper()


Method = Annotated[str, AfterValidator(_is_method)]


def _is_place(text: str) -> str:
    if text != "user" and not re.fullmatch(r"(cookie|header|query):.+", text):
        raise ValueError("expected 'user', 'cookie:NAME', 'header:NAME' or 'query:NAME'")
    return text


CustomerPlace = Annotated[str, AfterValidator(_is_place)]


def _is_log_format(text: str) -> str:
    if not is_a_text(text):
        near = did_you_mean(text, list(KNOWN))
        known = ", ".join(KNOWN)
        raise ValueError(f"expected a LogFormat, or the name of one.{near} Known: {known}")
    if text == AUTO or is_plugged(text):  # a plug-in is loaded by who reads logs, not by all
        return text
    try:
        format_named(text)
    except FormatError as error:
        raise ValueError(f"expected a LogFormat; {error.problem}") from error
    return text


LogFormatText = Annotated[str, AfterValidator(_is_log_format)]


def is_time_zone(name: str) -> bool:
    """Tell whether both Python and polars know the zone.

    ``localtime`` and ``Factory`` may be files of the zone database, but no zones of polars'.
    Listing that database takes longer than all other rules together, and every command reads
    the rules: it is asked for the one name.
    """
    moment = pl.lit(0).cast(pl.Datetime("us", "UTC"))
    return _works(lambda: moment.dt.convert_time_zone(name)) and _is_in_database(name)


def _is_in_database(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there; no name of a file; a folder
        return False
    return True


def zone_problem(name: str) -> str | None:
    """Return what was expected instead of a name that is no time zone; None where it is one."""
    if is_time_zone(name):
        return None
    # Without the old abbreviations: whoever says KST is not helped by EST.
    hint = did_you_mean(
        name.replace(" ", "_"), [zone for zone in available_timezones() if "/" in zone]
    )
    return "expected a time zone such as Asia/Seoul or UTC" + (hint and f".{hint}")
