"""Rules: what they say of each customer, what is wrong with them, what is odd about them."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_rules import CONDITIONS, CONSTANTS, as_sql, holds, slow_winner

from reports.audience import (
    TEMPLATE,
    RuleBook,
    check_rules,
    explain_rules,
    load_rules,
    rules_from,
    verdicts,
    winners,
)
from reports.audience.columns import SCHEMA
from reports.audience.evaluate import counted_rules
from reports.audience.proofs import is_covered, never_holds
from weblog.errors import QueryError, RulesError

DAY = date(2025, 12, 1)
Row = dict[str, Any]


# what rules say


@settings(max_examples=60)
@given(data=st.data())
def test_rules_say_of_each_customer_what_asking_them_one_by_one_would(
    data: st.DataObject, people: Any, profile_of: Any, book_of: Any
) -> None:
    rows = data.draw(people)
    trees = data.draw(st.lists(CONDITIONS, min_size=1, max_size=4))
    ranks = data.draw(st.lists(st.integers(0, 1), min_size=len(trees), max_size=len(trees)))
    rules = [(f"r{n}", rank, tree) for n, (rank, tree) in enumerate(zip(ranks, trees, strict=True))]
    book = book_of(*((name, "L", rank, as_sql(tree), None) for name, rank, tree in rules))
    profile = profile_of(rows)
    full = profile.to_dicts()
    said = verdicts(profile, book.rules)
    for name, _, tree in rules:
        assert said[name].to_list() == [holds(tree, row) for row in full], as_sql(tree)
    won = winners(profile, book, DAY)
    assert won["L"].to_list() == [slow_winner(rules, row) for row in full]


@settings(max_examples=80)
@given(CONDITIONS, CONDITIONS)
def test_what_is_proved_is_true_of_every_customer_there_could_be(one: Any, other: Any) -> None:
    """Every combination of values at, between and beyond the constants, and null."""
    values = {
        "age": [None, *range(15, 25)],
        "grade": [None, "", "GOLD", "VIP", "ZZ", "H"],
        "purchase_value": [None, -1.0, 0.0, 0.1, 0.25, 5.0, 10.0, 11.0],
        "joined": [None, *(date(2025, 1, 1) + timedelta(days=d) for d in (-1, 0, 9, 59, 90))],
        "has_bought": [None, False, True],
    }
    named = [name for name in values if name in as_sql(one) + as_sql(other)]
    points = [
        dict.fromkeys(values) | dict(zip(named, point, strict=True))
        for point in itertools.product(*(values[name] for name in named))
    ]
    assert set(CONSTANTS) < set(values)
    is_empty = not any(holds(one, point) for point in points)
    assert never_holds(as_sql(one)) == is_empty, as_sql(one)
    is_inside = all(holds(other, point) for point in points if holds(one, point))
    assert is_covered(as_sql(one), [as_sql(other)]) == is_inside, (as_sql(one), as_sql(other))


@pytest.mark.parametrize(
    ("condition", "is_never"),
    [
        ("age > 30 AND age < 31", True),
        ("purchase_value > 30 AND purchase_value < 31", False),
        ("grade = 'VIP' AND grade = 'GOLD'", True),
        ("grade > 'VIP' AND grade < 'VIQ'", False),
        ("grade IN ('VIP', 'GOLD') AND grade NOT IN ('VIP', 'GOLD', 'x')", True),
        ("joined > DATE '2025-01-01' AND joined < DATE '2025-01-02'", True),
        ("has_bought AND NOT has_bought", True),
        ("age IS NULL AND age > 3", True),
        ("age IS DISTINCT FROM 3 AND age IS NULL", False),
        ("FALSE", True),
        ("TRUE", False),
        ("age <> age", False),  # calculating with columns is not decided
        ("age + 1 < age", False),
        ("grade LIKE 'V%' AND grade NOT LIKE 'V%'", False),
        ("ARRAY_CONTAINS(products_held, 'a') AND NOT ARRAY_CONTAINS(products_held, 'a')", False),
        ("1 = 2", False),
    ],
)
def test_conditions_that_hold_for_nobody(condition: str, is_never: bool) -> None:
    assert never_holds(condition) == is_never


def test_several_rules_together_may_cover_one() -> None:
    assert is_covered("age > 20 AND age < 30", ["age < 25", "age >= 25"])
    assert not is_covered("age > 20 AND age < 30", ["age < 25", "age > 25"])
    assert is_covered("age > 20", ["grade LIKE '%V'", "age > 19"])
    assert not is_covered("age > 20", ["grade LIKE '%V'"])


# what is wrong with a file


def faults_of(text: str) -> dict[str, str]:
    with pytest.raises(RulesError) as caught:
        rules_from(text.encode())
    return {where: f"{value}: {expected}" for where, value, expected in caught.value.faults}


def test_every_fault_is_told_at_once() -> None:
    found = faults_of(
        """
        [contact]
        channel = "pigeon"
        most = 0
        hold_out = 0.1
        stratify_by = "products_held"
        [[lists]]
        list = "nobody's"
        held_out = 2
        [[rules]]
        rule = "a"
        list = "L"
        when = "gradde = 'VIP'"
        message.en = "Dear {nam}"
        message.ko = "{grade"
        [[rules]]
        rule = "a"
        list = "L"
        when = "products_held LIKE '%loans%'"
        from = 2025-02-01
        until = 2025-01-01
        [[rules]]
        rule = " b"
        when = "MAX(age) > 3"
        priority = "high"
        """
    )
    assert "Did you mean 'grade'?" in found["rules[1].when"]
    assert "Known: customer_id, segment" in found["rules[1].when"]
    assert "ARRAY_CONTAINS" in found["rules[2].when"]
    assert "on one customer: no aggregate" in found["rules[3].when"]
    assert "no column is called 'nam'" in found["rules[1].message.en"]
    assert "stands alone at character 1" in found["rules[1].message.ko"]
    assert "'email' or 'sms'" in found["contact.channel"]
    assert "Did you mean 'held_out'?" in found["contact.hold_out"]
    assert "of at least 1" in found["contact.most"]
    assert "many customers" in found["contact.stratify_by"]
    assert "of at most 0.9" in found["lists[1].held_out"]
    assert "a list that a rule names" in found["lists[1].list"]
    assert "expected a day from 2025-02-01 on" in found["rules[2].until"]
    assert "without blanks" in found["rules[3].rule"]
    assert "missing" in found["rules[3].list"]
    assert "whole number" in found["rules[3].priority"]
    assert "'a' is there 2 times" in found["rules"]


def test_a_name_means_one_thing() -> None:
    found = faults_of('[[rules]]\nrule = "x"\nlist = "x"\nwhen = "TRUE"')
    assert "could mean the rule or the list" in found["rules: 'x'"]


@pytest.mark.parametrize(
    ("text", "where"),
    [("[[rules]\n", "line 1"), ("x = \n", "line 1"), ("nothing = 1\n", "nothing")],
)
def test_what_is_no_file_of_rules(text: str, where: str) -> None:
    assert where in faults_of(text)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "rules.toml", "weblog rules init"), (tmp_path, "a folder")):
        with pytest.raises(RulesError, match=said):
            load_rules(path)
    (tmp_path / "other.toml").write_bytes("rule = '환영'".encode("cp949"))
    with pytest.raises(RulesError, match="UTF-8"):
        load_rules(tmp_path / "other.toml")


def test_the_template_and_the_sample_companys_rules_are_right(folder: Path) -> None:
    for book in (rules_from(TEMPLATE.encode()), load_rules(folder / "rules.toml").book):
        assert {"first purchase", "repeat purchase", "maturity", "win-back"} <= {*book.list_names()}
        empty = pl.DataFrame(schema=SCHEMA)
        assert [each for each in check_rules(book, empty, DAY) if each.is_wrong] == []


@pytest.fixture(scope="module")
def folder() -> Path:
    import sample_logs

    return sample_logs.data_folder()


# what is odd about rules


def kinds(book: RuleBook, profile: pl.DataFrame) -> list[tuple[str, tuple[str, ...], int | None]]:
    return [(each.kind, each.rules, each.customers) for each in check_rules(book, profile, DAY)]


def test_rules_of_equal_priority_that_offer_different_things(profile_of: Any, book_of: Any) -> None:
    profile = profile_of([{"age": age} for age in (10, 20, 30, 40)])
    book = book_of(
        ("old", "L", 1, "age >= 20", "tea"),
        ("older", "L", 1, "age >= 30", "coffee"),
        ("as old", "L", 1, "age >= 30 AND age < 99", "tea"),
        ("oldest", "L", 2, "age >= 40", "wine"),
        ("elsewhere", "M", 1, "age = 30 OR age = 20", "milk"),
    )
    assert kinds(book, profile) == [
        ("conflict", ("as old", "older"), 1),  # the oldest has a rule of greater priority
        ("conflict", ("old", "older"), 1),
    ]


def test_rules_that_never_win(profile_of: Any, book_of: Any) -> None:
    profile = profile_of([{"age": 50, "grade": "VIP"}, {"age": 20, "grade": "x"}])
    book = book_of(
        ("all VIPs", "L", 3, "grade = 'VIP'", None),
        ("old", "L", 2, "age > 40", None),
        ("old VIPs", "L", 1, "grade = 'VIP' AND age > 60", None),
        ("no one", "L", 1, "age > 60 AND age < 50", None),
        ("nobody now", "L", 1, "age > 99", None),
        ("everybody", "L", 0, "TRUE", None),
    )
    assert kinds(book, profile) == [
        ("unreachable", ("old", "all VIPs"), 1),
        ("never", ("no one",), 0),
        ("unreachable", ("nobody now", "all VIPs", "old"), None),
        ("unreachable", ("old VIPs", "all VIPs", "old"), None),
        ("everybody", ("everybody",), 2),
    ]
    nobody = pl.DataFrame(schema=SCHEMA)
    assert [kind for kind, *_ in kinds(book, nobody)] == ["never", "unreachable", "unreachable"]


def test_rules_of_other_days_and_texts_with_gaps(profile_of: Any) -> None:
    profile = profile_of([{"top_product": "loans"}, {}])
    base = {"list": "L", "when": "TRUE"}
    book = RuleBook.model_validate(
        {
            "rules": [
                {**base, "rule": "over", "until": date(2025, 11, 30)},
                {
                    **base,
                    "rule": "today",
                    "from": DAY,
                    "until": DAY,
                    "message": {"en": "{top_product}"},
                },
                {**base, "rule": "to come", "from": date(2025, 12, 2)},
            ]
        }
    )
    found = check_rules(book, profile, DAY)
    assert [(each.kind, each.rules) for each in found] == [
        ("over", ("over",)),
        ("everybody", ("today",)),
        ("gaps", ("today",)),
    ]
    assert "1 of its 2 customers get no text (en)" in found[2].problem


# explaining and counting


def test_every_rule_is_explained_with_the_values_it_saw(profile_of: Any, book_of: Any) -> None:
    profile = profile_of([{"age": 20, "grade": None}])
    book = book_of(
        ("a", "L", 1, "grade = 'VIP' AND age > 3", "x"),
        ("b", "L", 2, "age > 3", "y"),
        ("c", "M", 0, "age > 30", None),
    )
    found = explain_rules(book, profile, "C000", DAY)
    assert [(e.list, e.rule, e.holds, e.wins) for e in found] == [
        ("L", "b", True, True),
        ("L", "a", None, False),
        ("M", "c", False, False),
    ]
    assert found[1].values == (("grade", None), ("age", 20))
    with pytest.raises(QueryError, match="no customer 'nobody'"):
        explain_rules(book, profile, "nobody", DAY)


def test_counts_are_of_customers(profile_of: Any, book_of: Any) -> None:
    profile = profile_of([{"age": 10}, {"age": 20}, {}])
    book = book_of(("a", "L", 1, "age > 15", "x"), ("b", "L", 0, "age > 5", None))
    counted = counted_rules(book, profile, DAY)
    assert counted.select("rule", "holds", "wins").rows() == [("a", 1, 1), ("b", 2, 1)]


def test_a_rule_that_fails_with_the_data_is_named(profile_of: Any, book_of: Any) -> None:
    profile = profile_of([{"purchase_value": 1e16}])
    book = book_of(("big", "L", 1, "CAST(purchase_value / 1000000 AS INT) > 5", None))
    with pytest.raises(RulesError, match=r"when of rule 'big'.*fails with these customers"):
        verdicts(profile, book.rules)
