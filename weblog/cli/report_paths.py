"""Options of ``weblog report`` about the order in which pages are viewed, and searches."""

from __future__ import annotations

from typing import Any, Final

import click

_ARGUMENTS: Final = {"steps_from": "start", "steps_to": "end"}
"""Parameters that cannot bear the name of the report's argument: the period has it."""

OF_PATHS: Final = (
    click.option(
        "--start",
        "steps_from",
        metavar="PATH",
        help="Of paths and flows: from the first view of this page on; * for anything.",
    ),
    click.option("--end", "steps_to", metavar="PATH", help="Likewise: up to this page."),
    click.option(
        "--goal",
        metavar="GOAL",
        help="Of paths and flows: up to this goal. Of attribution, and of mailing_effect with "
        "--outcome goal: count only this goal.",
    ),
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


def by_argument(given: dict[str, Any]) -> dict[str, Any]:
    """Return options by the names of the reports' arguments; 0 nodes: all of them."""
    named = {_ARGUMENTS.get(name, name): value for name, value in given.items()}
    if named["nodes"] is not None:
        named["nodes"] = named["nodes"] or _ALL
    return named


_ALL: Final = 1 << 31
"""More pages than any site has."""
