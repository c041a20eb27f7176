"""Settings: the rules this site is read by, and what changed ones would do."""

from __future__ import annotations

from typing import Final

from dashboard import components as own
from dashboard.desk.settings_desk import ACTIONS
from dashboard.pages.page import PageSpec
from dashboard.pages.written_page import written_page
from dashboard.settings_words import SETTINGS_WORDS

PAGE: Final[PageSpec] = written_page(
    "settings_page",
    "/settings",
    "gear",
    role="analyst",
    desk=own.SettingsDesk,
    said=SETTINGS_WORDS,
    actions=ACTIONS,
)
