"""Whom to write to next: customers as of a day, rules that choose them, lists to send out."""

from reports.audience.columns import COLUMNS
from reports.audience.profile import customer_profile

__all__ = ["COLUMNS", "customer_profile"]
