"""The customer card: all that is known of one customer, for whoever has them on the phone.

::

    from reports.card import customer_card, sheet

    card = customer_card(store, "H10048271", date(2025, 11, 30), site)
    card.sections["interests"]  # a polars DataFrame
    card.to_dict()  # everything as JSON-able values

As a page to look at and to print: :func:`dashboard.card_sheet.sheet`.
"""

from __future__ import annotations

from reports.card.card import Card, customer_card
from reports.card.roles import ROLES, Role

__all__ = ["ROLES", "Card", "Role", "customer_card"]
