"""Alerts: rules of ``site.toml`` judged over the store, told once when they begin and end."""

from reports.alerts.book import Book, Event, Standing, read_book
from reports.alerts.check import Outcome, check, look, send_test
from reports.alerts.deliver import Delivery
from reports.alerts.doctor import examine_alerts
from reports.alerts.judge import Verdict, judge
from reports.alerts.rules import alert_faults

__all__ = [
    "Book",
    "Delivery",
    "Event",
    "Outcome",
    "Standing",
    "Verdict",
    "alert_faults",
    "check",
    "examine_alerts",
    "judge",
    "look",
    "read_book",
    "send_test",
]
