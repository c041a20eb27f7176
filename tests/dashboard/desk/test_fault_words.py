"""Faults of site rules are told in Korean, whatever a marketer may get wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.fault_words import fault_word
from reports.audience.rule_book import VOCABULARY
from weblog.site import draft_site
from weblog.site.faults import _EXPECTED, _TOML

WRONG = (
    'time_zone = "Mars"',
    'nme = "x"',
    "hosts = 5",
    'hosts = ["https://www.example.com/x"]',
    "hosts = [",
    "[session]\ninactivity_minutes = -1",
    '[session]\ninactivity_minutes = "long"',
    "[bots]\nagents = ['(']",
    '[internal]\nnetworks = ["nowhere"]',
    "[login]\nstatuses = [9999]",
    "name = 'x",
    "name = 'a'\nname = 'b'",
    "[static]\n[static]",
    "x y",
    "session = 5",
)


RULES = (
    "agee > 1", "nothing_like_it = 1", "age >", "age", "sum(age) > 1", "products_held = 'x'",
    "CAST(grade AS BIGINT) > 1",
)  # fmt: skip


@pytest.mark.parametrize("condition", RULES)
def test_what_is_wrong_with_a_condition_is_told_in_korean(condition: str) -> None:
    fault = VOCABULARY.fault(condition)
    assert fault is not None
    assert re.search("[가-힣]", fault_word(fault, "ko")), fault


@pytest.mark.parametrize("text", WRONG)
def test_what_a_marketer_gets_wrong_is_told_in_korean(tmp_path: Path, text: str) -> None:
    (tmp_path / "site.toml").write_text(text + "\n", "utf-8")
    faults = draft_site(tmp_path / "site.toml").faults
    assert faults
    for _, _, expected in faults:
        told = fault_word(expected, "ko")
        assert re.search("[가-힣]", told), expected
        assert fault_word(expected, "en") == expected


def test_all_of_a_file_that_is_no_toml_is_told_in_korean() -> None:
    for expected in (*_EXPECTED.values(), *(ours for _, ours in _TOML)):
        assert re.search("[가-힣]", fault_word(expected, "ko")), expected


def test_what_is_not_known_stays_as_it_is() -> None:
    assert fault_word("expected something nobody thought of", "ko").startswith("expected")
