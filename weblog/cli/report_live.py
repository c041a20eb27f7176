"""Options of ``weblog report`` about the last minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import click


def _checked(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    try:
        return None if value is None else datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is no moment: write 2025-11-30T21:00, with +09:00 behind it for a time "
            "zone other than the site's"
        ) from None


OF_LIVE: Final = (
    click.option(
        "--now",
        metavar="MOMENT",
        default=None,
        callback=_checked,
        help="Of live: the end of the minutes, e.g. 2025-11-30T21:00.  [default: now]",
    ),
)


def with_clock(
    arguments: dict[str, dict[str, Any]], asking: set[str], time_zone: str | None
) -> dict[str, dict[str, Any]]:
    """Give the reports ``asking`` for it the moment it is; what has no zone is the site's time."""
    told = dict(arguments)
    for name in asking:
        said = told[name].get("now") or datetime.now(UTC)
        zone = ZoneInfo(time_zone or "UTC")
        told[name] = told[name] | {"now": said if said.tzinfo else said.replace(tzinfo=zone)}
    return told
