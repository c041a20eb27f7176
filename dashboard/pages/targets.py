"""Target lists and rules: whom to write to next."""

from __future__ import annotations

from typing import Final

from dashboard import components as own
from dashboard.desk.rules_desk import ACTIONS
from dashboard.desk_words import DESK_WORDS
from dashboard.pages.page import PageSpec
from dashboard.pages.written_page import written_page

PAGE: Final[PageSpec] = written_page(
    "rules_page",
    "/targets",
    "people_list",
    role="marketer",
    desk=own.RulesDesk,
    said=DESK_WORDS,
    actions=ACTIONS,
)
