"""E-mail: who reads what was sent, and did it bring purchases that would not have been made?

For marketers: everything here is counted over customers who were written to.
"""

from __future__ import annotations

from typing import Final

from dashboard.cards.card import CardSpec, Choice
from dashboard.pages.cards_page import CardsPage
from dashboard.pages.content import LIMIT
from reports.figures.mail_curves import EVENTS
from reports.figures.mail_rates import MEASURES
from reports.mail.groups import AGAINST, OTHER_VARIANTS
from reports.mail.outcomes import OUTCOMES
from reports.mail.sent import BY

BY_GROUP: Final = Choice("by", "choice_by", ("", *BY), default="choice_nothing")

RATES: Final = ("click", *(name for name in MEASURES if name != "click"))


def by_version(chosen: dict[str, str]) -> dict[str, str]:
    """Return the choices of the effect: versions are compared with versions."""
    return chosen | {"by": "variant"} if chosen["against"] == OTHER_VARIANTS else chosen


PAGE: Final = CardsPage(
    "email_page",
    (
        CardSpec(
            "effect", "mailing_effect", "mail_worked", "mail_worked_help",
            shapes=("sentences", "figure", "table"), about="mailing",
            columns=("mailing", "=by", "written", "written_rate", "control", "control_rate",
                     "difference", "difference_low", "difference_high", "extra", "extra_low",
                     "extra_high", "value_difference", "verdict"),
            filters={"name": "=by", "campaign": "campaigns"},
            choices=(
                Choice("outcome", "choice_bought", OUTCOMES, words="bought_"),
                Choice("against", "choice_against", AGAINST),
                BY_GROUP,
            ),
            adapt=by_version,
            height=200, slow=True,
        ),
        CardSpec(
            "mailings", "mailings", "mail_funnel", "mail_funnel_help",
            shapes=("table", "figure"),
            columns=("mailing", "=by", "sent_on", "sent", "delivered", "opened_raw", "opened",
                     "open_rate", "clicked_raw", "clicked", "click_rate", "visited", "converted",
                     "bought", "unsubscribed", "cost"),
            filters={"name": "=by", "campaign": "campaigns"},
            bars=("open_rate", "click_rate"),
            choices=(
                Choice("measure", "choice_measure", RATES, words="mail_", drawn=True),
                BY_GROUP,
            ),
            height=200,
        ),
        CardSpec(
            "times", "mail_times", "mail_hours", "mail_hours_help",
            columns=("mailing", "event", "delivered", "happened", "hours_q1", "hours_median",
                     "hours_q3", "hours_p90", "hour", "share"),
            filters={"campaign": "campaigns"},
            choices=(
                Choice("event", "choice_event", EVENTS, drawn=True),
                Choice("rows", "choice_part", ("summary", "curve")),
            ),
            span=6, height=390,
        ),
        CardSpec(
            "robots", "mail_robots", "mail_machines", "mail_machines_help",
            columns=("trace", "rule", "traces", "share", "deliveries", "only_machines",
                     "meaning_en"),
            bars=("traces",),
            span=6, height=390, wide=430,
        ),
        CardSpec(
            "recipients", "mail_recipients", "mail_people", "mail_people_help",
            shapes=("table", "figure"),
            columns=("mailing", "customer_id", "segment", "opened_at", "clicked_at", "visited_at",
                     "goals", "bought_on", "bought_value", "bounced"),
            filters={"customer_id": "customers", "segment": "segments"},
            choices=(LIMIT,),
            height=300, slow=True, role="marketer",
        ),
    ),
    role="marketer",
    counts_whole=True,
    said_once=frozenset({"mailings_unfinished", "no_unsubscribes"}),
).spec("/email", "mail")  # fmt: skip
