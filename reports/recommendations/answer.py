"""What is answered about one customer at one moment: suggestions, their reasons, and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import polars as pl

from reports.figures.numbers import LANGUAGES, check_language
from reports.recommendations.customers import at_moment
from reports.recommendations.history import KINDS
from reports.recommendations.picked import picked_on
from reports.recommendations.settings import Picked, Recommendations
from reports.recommendations.suggest import Lists, suggestions
from reports.recommendations.texts import words_said
from reports.recommendations.worth import worth
from weblog.errors import UnknownCustomerError

GREETING: Final = "greeting"

WORDS: Final = ("item", "title_en", "title_ko", "why_en", "why_ko", "reason")
"""Texts that are the same for many customers."""


@dataclass(frozen=True, slots=True)
class Answers:
    """All that can be done before somebody asks.

    Attributes:
        lists: of everybody.
        settings: names, picked items, texts.
        picked: the picked items of the day the rows were made for.
        rows: suggestions in words, with these items, ordered by customer.
        places: customer to first row and number of rows.
        customers: customer to row of the lists' customers.
        worth: language to what suggestions are worth.
    """

    lists: Lists
    settings: Recommendations
    picked: tuple[Picked, ...]
    rows: pl.DataFrame
    places: Mapping[str, tuple[int, int]]
    customers: Mapping[str, int]
    worth: Mapping[str, dict[str, dict[str, object]]]


def prepared(lists: Lists, settings: Recommendations, day: date) -> Answers:
    """Put the lists into words, with what is picked for ``day``, and note where everybody is."""
    texts = pl.col(WORDS).cast(pl.Categorical)
    columns = ("customer_id", "kind", "rank", "score", *WORDS)
    rows = suggestions(lists, settings, on=day).select(columns).with_columns(texts)
    found = (
        rows.select("customer_id")
        .with_row_index("first")
        .group_by("customer_id")
        .agg(pl.col("first").min(), pl.len())
    )
    spans = zip(found["first"].to_list(), found["len"].to_list(), strict=True)
    names = lists.customers["customer_id"].to_list()
    return Answers(
        lists,
        settings,
        picked_on(settings.picked, day),
        rows.drop("customer_id"),
        dict(zip(found["customer_id"].to_list(), spans, strict=True)),
        dict(zip(names, range(len(names)), strict=True)),
        {language: worth(lists, language) for language in LANGUAGES},
    )


def answer(
    answers: Answers, customer_id: str, moment: datetime, language: str = "en"
) -> dict[str, object]:
    """Return what to suggest and to say to a customer, as JSON-able values.

    Nothing personal is in it but the customer's id, which was asked with: reasons name what
    others did, texts what their author wrote.

    Args:
        answers: as :func:`prepared`; for a moment on whose day other items are picked than on
            the day they were prepared for, the list is made anew.
        customer_id: who is asked about.
        moment: now, in the site's time zone.
        language: "en" or "ko".

    Raises:
        UnknownCustomerError: the lists know no such customer.
        UnknownNameError: no such language.
    """
    check_language(language)
    lists, settings = answers.lists, answers.settings
    if customer_id not in answers.customers:
        raise UnknownCustomerError(customer_id, lists.day)
    if picked_on(settings.picked, moment.date()) == answers.picked:
        rows = answers.rows.slice(*answers.places.get(customer_id, (0, 0)))
    else:
        rows = suggestions(lists.of(customer_id), settings, on=moment.date())
    said = {}
    if settings.texts:
        customer = lists.customers.slice(answers.customers[customer_id], 1)
        said = words_said(settings.texts, at_moment(customer, moment), language)
    given: dict[str, list[dict[str, object]]] = {kind: [] for kind in KINDS}
    for row in rows.to_dicts():
        given[row["kind"]].append(
            {
                "rank": row["rank"],
                "item": row["item"],
                "title": row[f"title_{language}"],
                "score": None if row["score"] is None else round(row["score"], 4),
                "why": row[f"why_{language}"],
                "reason": row["reason"],
            }
        )
    return {
        "customer": customer_id,
        "as_of": lists.day.isoformat(),
        "at": moment.isoformat(timespec="seconds"),
        "language": language,
        "greeting": said.pop(GREETING, None),
        "texts": said,
        "suggestions": given,
        "quality": answers.worth[language],
    }
