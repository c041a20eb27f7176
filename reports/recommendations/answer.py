"""What is answered about one customer at one moment: suggestions, their reasons, and texts."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from reports.figures.numbers import check_language
from reports.recommendations.customers import at_moment
from reports.recommendations.history import KINDS
from reports.recommendations.settings import Recommendations
from reports.recommendations.suggest import Lists, suggestions
from reports.recommendations.texts import words_said
from reports.recommendations.worth import worth
from weblog.errors import UnknownCustomerError

GREETING = "greeting"


def answer(
    lists: Lists,
    settings: Recommendations,
    customer_id: str,
    moment: datetime,
    language: str = "en",
) -> dict[str, object]:
    """Return what to suggest and to say to a customer, as JSON-able values.

    Nothing personal is in it but the customer's id, which was asked with: reasons name what
    others did, texts what their author wrote.

    Args:
        lists: of everybody.
        settings: names, picked items and texts.
        customer_id: who is asked about.
        moment: now, in the site's time zone; picked items are those of its day.
        language: "en" or "ko".

    Raises:
        UnknownCustomerError: the lists know no such customer.
        UnknownNameError: no such language.
    """
    check_language(language)
    customer = lists.of(customer_id)
    if customer.customers.is_empty():
        raise UnknownCustomerError(customer_id, lists.day)
    rows = suggestions(customer, settings, on=moment.date())
    said = words_said(settings.texts, at_moment(customer.customers, moment), language)
    return {
        "customer": customer_id,
        "as_of": lists.day.isoformat(),
        "at": moment.isoformat(timespec="seconds"),
        "language": language,
        "greeting": said.pop(GREETING, None),
        "texts": said,
        "suggestions": {
            kind: [
                {
                    "rank": row["rank"],
                    "item": row["item"],
                    "title": row[f"title_{language}"],
                    "score": None if row["score"] is None else round(row["score"], 4),
                    "why": row[f"why_{language}"],
                    "reason": row["reason"],
                }
                for row in rows.filter(pl.col("kind") == kind).to_dicts()
            ]
            for kind in KINDS
        },
        "quality": worth(lists, language),
    }
