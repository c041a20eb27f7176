"""Options of ``weblog report``: the filters of every report, and what only some of them take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import click

TODAY: Final = "today"


def _checked_day(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        if value not in (None, TODAY):
            date.fromisoformat(str(value))
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day: write 2025-11-30, or today") from None
    return value


FILTERS: Final = (
    click.option(
        "--segment", "segments", multiple=True, help="Only this segment (may be repeated)."
    ),
    click.option("--channel", "channels", multiple=True, help="Only this channel."),
    click.option("--device", "devices", multiple=True, help="Only this device class."),
    click.option("--campaign", "campaigns", multiple=True, help="Only this campaign."),
    click.option("--source", "sources", multiple=True, help="Only this source, e.g. naver."),
    click.option("--entry", "entry_pages", multiple=True, help="Only sessions that began here."),
    click.option("--page", "pages", multiple=True, help="Only sessions that viewed this page."),
    click.option("--category", "categories", multiple=True, help="Only sessions that viewed one."),
    click.option("--product", "products", multiple=True, help="Only sessions that viewed one."),
    click.option("--age-band", "age_bands", multiple=True, help="Only customers so old that day."),
    click.option("--sex", "sexes", multiple=True, help="Only customers of this sex."),
    click.option("--occupation", "occupations", multiple=True, help="Only of this occupation."),
    click.option(
        "--children", multiple=True, help="Only with so many children: 0, 1, '3 or more'."
    ),
    click.option(
        "--product-held", "products_held", multiple=True, help="Only who held it that day."
    ),
    click.option(
        "--customer", "customers", multiple=True, help="Only sessions of this customer id."
    ),
    click.option("--visitor", "visitors", multiple=True, help="Only sessions of this visitor id."),
)
"""Fields of `reports.Filters`; each may be given several times."""

OF_REPORTS: Final = (
    click.option(
        "--by",
        default=None,
        help="What the rows are, such as browser of devices, age_band of segments_by, or "
        "portal,day of banners; "
        "docs/reports.md tells what each report takes.",
    ),
    click.option("--across", default=None, help="Of cross: the other dimension, e.g. category."),
    click.option("--each", default=None, help="Of cohorts: month or week."),
    click.option(
        "--window", default=None, help="Of cohorts: calendar or rolling (30 days, 7 days)."
    ),
    click.option(
        "--segments-as-of",
        metavar="DAY",
        default=None,
        callback=_checked_day,
        help="Of segments and segments_by: the segments customers are in on this day, or today.",
    ),
    click.option("--left", default=None, help="Of compare: the segment on the one side."),
    click.option(
        "--right", default=None, help="Of compare: the other segment.  [default: all others]"
    ),
    click.option(
        "--measure",
        default=None,
        help="Of changes, anomalies and history: the measure, e.g. sessions.",
    ),
    click.option(
        "--dormant-after",
        type=click.IntRange(1),
        default=None,
        help="Of lifecycle: days without a visit after which a customer is dormant.",
    ),
    click.option(
        "--quiet-after",
        type=click.IntRange(1),
        default=None,
        help="Of activity: days without a visit after which customers are about to be dormant.",
    ),
    click.option(
        "--of",
        default=None,
        help="Of preference: segment, age_band, sex, occupation, children, product_held, device "
        "or channel. Of next_pages: a page; * for anything.",
    ),
    click.option("--kind", default=None, help="Of preferences: category or product."),
    click.option(
        "--half-life", type=float, default=None, help="Of preferences: days; 0: no ageing."
    ),
    click.option(
        "--outcome",
        default=None,
        help="Of associations: viewed or bought. Of mailing_effect: product, purchase, goal or "
        "visit.",
    ),
    click.option(
        "--days",
        type=int,
        default=None,
        help="Of interest_to_purchase: days to buy within. Of reports about mailings: days after "
        "sending.",
    ),
    click.option(
        "--later-only",
        is_flag=True,
        default=None,
        help="Of interest_to_purchase: without purchases of the day of the first view.",
    ),
    click.option("--limit", type=click.IntRange(0), default=None, help="Rows; 0: all of them."),
)
"""Arguments of the functions of reports: each report has some of them."""


def with_options(
    options: Sequence[Callable[[Any], Any]],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that gives a command these options, in their order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
