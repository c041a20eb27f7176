"""Who may be written to: what every list that leaves the system must pass through.

Consent is asked of the day the list is used, not of any day before: a person who has withdrawn
it is left out whatever a segment of last month says. Where the register does not say that there
is consent, there is none (GDPR, article 4 no. 11: consent is a clear affirmative act; likewise
Korea's Act on Promotion of Information and Communications Network Utilization, article 50).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import polars as pl

from sessionize.duplicates import states_on

Channel = Literal["email", "sms"]
"""How somebody would be written to."""

COLUMNS: Final[dict[Channel, str]] = {"email": "consent_email", "sms": "consent_sms"}
"""The column of the register that holds each channel's consent."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The rows of a list whose customers consent, and how many rows were ``withheld``."""

    rows: pl.DataFrame
    withheld: int


def consenting(customers: pl.DataFrame, channel: Channel, day: date) -> pl.DataFrame:
    """Return the customers who consent to being written to.

    Args:
        customers: the states of the register (:data:`weblog.schema.CUSTOMERS`).
        channel: ``email`` or ``sms``.
        day: the day of writing, in the site's time zone: today's, for a list used today.

    Returns:
        ``customer_id`` (String), each once, sorted: those whose state on that day says *yes*.
        No state, no word, and *no* all mean no.
    """
    says_yes = pl.col(COLUMNS[channel]).fill_null(value=False)
    return states_on(customers, day).filter(says_yes).select("customer_id").sort("customer_id")


def allowed(rows: pl.DataFrame, customers: pl.DataFrame, channel: Channel, day: date) -> Allowed:
    """Keep the rows of a list of customers that may leave the system, in their order.

    Args:
        rows: the list; column ``customer_id`` (String), and any others.
        customers: as for :func:`consenting`, like all that follow.
        channel: how the customers on the list would be written to.
        day: the day of writing.
    """
    kept = rows.join(
        consenting(customers, channel, day), on="customer_id", how="semi", maintain_order="left"
    )
    return Allowed(kept, rows.height - kept.height)
