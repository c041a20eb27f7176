"""Options of ``weblog report`` about the order in which pages are viewed, and searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_ARGUMENTS: Final = {"steps_from": "start", "steps_to": "end"}
"""Parameters that cannot bear the name of the report's argument: the period has it."""

_OPTIONS: Final = (
    click.option(
        "--start",
        "steps_from",
        metavar="PATH",
        help="Of paths and flows: from the first view of this page on; * for anything.",
    ),
    click.option("--end", "steps_to", metavar="PATH", help="Likewise: up to this page."),
    click.option("--goal", metavar="GOAL", help="Likewise: up to this goal."),
    click.option("--around", metavar="PATH", help="Likewise: on both sides of this page."),
    click.option(
        "--level",
        type=click.Choice(["page", "category"]),
        default=None,
        help="Of paths, flows and next_pages: steps are pages or content categories.",
    ),
    click.option("--depth", type=int, default=None, help="Of paths and flows: how many steps."),
    click.option(
        "--nodes",
        type=click.IntRange(0),
        default=None,
        help="Of paths and flows: how many pages are named; 0: all of them.",
    ),
    click.option("--of", metavar="PATH", help="Of next_pages: of this page; * for anything."),
    click.option(
        "--direction",
        type=click.Choice(["next", "previous"]),
        default=None,
        help="Of next_pages: where people go, or where they come from.",
    ),
    click.option("--funnel", metavar="NAME", help="Of funnel: the one of this name in site.toml."),
    click.option(
        "--step",
        "steps",
        multiple=True,
        metavar="STEP",
        help="Of funnel: a step of your own, in order: page=/quote/*, goal=quote, event=call, "
        "category=health or product=loans; 'Name: goal=quote' names it.",
    ),
    click.option("--within", metavar="TIME", help="Of funnel: session, or days such as '7 days'."),
    click.option(
        "--strict",
        is_flag=True,
        default=None,
        help="Of funnel: no other page between two steps.",
    ),
    click.option(
        "--people",
        type=click.Choice(["visitors", "customers"]),
        default=None,
        help="Of funnel within days: whose visits belong together.",
    ),
    click.option(
        "--least-visitors",
        type=int,
        default=None,
        help="Of search_terms: how many visitors a term must have to be told.",
    ),
)


def path_options(command: F) -> F:
    """Add the options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def path_arguments(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given, as arguments of a report; 0 nodes: all of them."""
    chosen = {name: value for name, value in given.items() if value not in (None, ())}
    if "nodes" in chosen:
        chosen["nodes"] = chosen["nodes"] or _ALL
    return {_ARGUMENTS.get(name, name): value for name, value in chosen.items()}


_ALL: Final = 1 << 31
"""More pages than any site has."""
