"""What to suggest to a customer next: products and content, with the reason and its worth."""

from __future__ import annotations

from reports.recommendations.answer import Answers, answer, prepared
from reports.recommendations.settings import Recommendations, load_recommendations
from reports.recommendations.suggest import Lists, lists_of, suggestions
from reports.recommendations.texts import never_said
from reports.recommendations.worth import worth

__all__ = [
    "Answers",
    "Lists",
    "Recommendations",
    "answer",
    "lists_of",
    "load_recommendations",
    "never_said",
    "prepared",
    "suggestions",
    "worth",
]
