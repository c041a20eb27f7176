"""Every word exists in English and Korean, and says the same things."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from dashboard import meanings, notices, value_names
from dashboard.desk_words import DESK_WORDS
from dashboard.pages import PAGES
from dashboard.pages.page import CARD_WORDS, FILTER_WORDS, PAGE_WORDS, REPORT_WORDS
from dashboard.settings_words import SETTINGS_WORDS
from dashboard.words import WORDS, word
from reports.figures.words import WORDS as FIGURE_WORDS
from reports.measures import MEASURES
from reports.query import FILTERS
from reports.warning import TEXTS, ReportWarning

HANGUL = re.compile("[가-힣]")
SAME_IN_BOTH = {"product_name", "reference"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(WORDS))
def test_a_word_is_in_both_languages_with_the_same_places(key: str) -> None:
    english, korean = WORDS[key]
    assert places(english) == places(korean)
    assert not HANGUL.search(english)
    assert HANGUL.search(korean) or key in SAME_IN_BOTH


def test_no_word_of_the_figures_is_defined_again() -> None:
    assert not WORDS.keys() & FIGURE_WORDS.keys()


def test_every_measure_has_a_meaning_in_both_languages() -> None:
    assert meanings.KOREAN.keys() == MEASURES.keys()
    assert all(HANGUL.search(text) or "÷" in text for text in meanings.KOREAN.values())
    assert all(meanings.meaning(name, "en") == MEASURES[name].meaning for name in MEASURES)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_warning_is_translated_with_its_facts(code: str) -> None:
    assert places(notices.KOREAN[code]) == places(notices.ENGLISH.get(code, TEXTS[code]))
    assert HANGUL.search(notices.KOREAN[code])
    facts = dict.fromkeys(places(TEXTS[code]), "segments")
    for language in ("en", "ko"):
        shown = notices.text(ReportWarning(code, facts), language)
        assert "{" not in shown
        assert bool(HANGUL.search(shown)) == (language == "ko")


def test_every_warning_has_a_translation_and_no_translation_is_left_over() -> None:
    assert notices.KOREAN.keys() == TEXTS.keys()
    assert notices.ENGLISH.keys() <= TEXTS.keys()


def test_a_near_miss_is_proposed() -> None:
    facts = {"filter": "segments", "value": "vip", "near": "VIP"}
    warning = ReportWarning("unknown_value", facts)
    assert notices.text(warning, "en").endswith("Did you mean VIP?")
    assert notices.text(warning, "ko").endswith("혹시 VIP인가요?")


def test_every_filter_and_page_has_a_name() -> None:
    names = [*FILTERS, *(page.name for page in PAGES.values())]
    assert all(word(name, "en") != word(name, "ko") for name in names)


def test_values_of_the_site_are_shown_as_they_are() -> None:
    assert value_names.value_name("segments", "Golden agers", "ko") == "Golden agers"
    assert value_names.value_name("segments", "VIP", "en") == "VIP"
    assert value_names.value_name("channels", "Direct", "ko") == "직접 유입"
    assert value_names.value_name("channels", None, "en") == "(none)"


def test_components_use_only_words_they_are_given(assets: Path) -> None:
    """A key misspelt in a script would show as nothing at all."""
    from dashboard.frame import SHELL_WORDS
    from dashboard.pages.customers import SEARCH_WORDS
    from dashboard.pages.live import LIVE_WORDS
    from dashboard.saved.words import VIEW_WORDS

    given = {*CARD_WORDS, *FILTER_WORDS, *PAGE_WORDS, *REPORT_WORDS, *SHELL_WORDS, *VIEW_WORDS}
    given |= {*DESK_WORDS, *SETTINGS_WORDS, *LIVE_WORDS, *SEARCH_WORDS}
    scripts = "".join(path.read_text() for path in (assets / "components").glob("*.js"))
    used = set(re.findall(r"\bwords\.(\w+)", scripts))
    computed = {"better", "worse", "trend_help", *(set(FILTERS) - {"visitors"})}
    of_lists = ("pages", "sources", "goals", "failed")
    computed |= {f"live_{name}{more}" for name in of_lists for more in ("", "_help")}
    not_found = {"not_found", "not_found_help", "to_overview"}
    assert used <= given | not_found
    assert given <= used | computed | {"small"}
