"""Target lists: who is left out and why, lots, and what groups of a size can show."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_targets import most_within, slow_held_out, slow_outcome

from reports.audience import Contact, RuleBook, held_out, select, wanted
from reports.audience.cells import csv_bytes
from reports.audience.message import filled
from reports.audience.sample_size import detectable, needed
from weblog.errors import QueryError, UnknownNameError

DAY = date(2025, 12, 1)
CONTACTS = {"customer_id": pl.String, "day": pl.Date, "channel": pl.String, "list": pl.String}
IDS = [f"C{n:03}" for n in range(8)]


def history_of(*rows: tuple[str, date, str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=CONTACTS, orient="row")


def frame_of(ids: Any) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": sorted(ids)}, schema={"customer_id": pl.String})


# who is left out

HISTORY = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.integers(-9, 9).map(lambda days: DAY + timedelta(days=days)),
        st.sampled_from(["email", "sms"]),
        st.sampled_from(["L", "other"]),
    ),
    max_size=20,
)
LIMITS = st.fixed_dictionaries(
    {
        "most": st.none() | st.integers(1, 3),
        "within_days": st.integers(1, 8),
        "rest_days": st.integers(0, 3),
        "held_out": st.sampled_from([0.0, 0.1, 0.5]),
    }
)


@settings(max_examples=60)
@given(history=HISTORY, limits=LIMITS, consenting=st.sets(st.sampled_from(IDS)))
def test_who_is_left_out_is_what_looking_at_each_would_say(
    profile_of: Any,
    book_of: Any,
    history: list[tuple[str, date, str, str]],
    limits: dict[str, Any],
    consenting: set[str],
) -> None:
    segments = ["a", "b", None]
    profile = profile_of([{"segment": segments[n % 3]} for n in range(len(IDS))])
    book = book_of(("r", "L", 0, "TRUE", None), contact=limits)
    check_outcomes(profile, book, history, consenting)


def check_outcomes(
    profile: pl.DataFrame,
    book: RuleBook,
    history: list[tuple[str, date, str, str]],
    consenting: set[str],
) -> None:
    asked = wanted(book, "L", DAY)
    found = select(asked, profile, [frame_of(consenting)], history_of(*history))
    others = [(who, day) for who, day, how, name in history
              if (name, day, how) != ("L", DAY, "email")]  # fmt: skip
    limits = asked.contact.model_dump()
    free = []
    for row in found.customers.to_dicts():
        expected = slow_outcome(row["customer_id"], DAY, limits, consenting, others)
        if expected is None:
            free.append((row["customer_id"], row["stratum"]))
            assert row["outcome"] in ("written", "held_out")
        else:
            assert row["outcome"] == expected
    held = set(found.customers.filter(pl.col("outcome") == "held_out")["customer_id"])
    assert held == slow_held_out(free, "L", asked.contact.seed, asked.contact.held_out)
    assert sum(found.counts.values()) == found.matched == profile.height


@settings(max_examples=25)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from("KLM"), st.sampled_from(["email", "sms"])),
        max_size=12,
    ),
    limits=LIMITS,
    strangers=HISTORY,
)
def test_no_sequence_of_lists_passes_the_limits(
    profile_of: Any,
    book_of: Any,
    steps: list[tuple[int, str, str]],
    limits: dict[str, Any],
    strangers: list[tuple[str, date, str, str]],
) -> None:
    """In any order of days, some made again; contacts made elsewhere may pass them already."""
    book = book_of(
        ("k", "K", 0, "TRUE", None), ("l", "L", 0, "age > 30", None), ("m", "M", 0, "TRUE", None),
        contact=limits,
    )  # fmt: skip
    profile = profile_of([{"age": 10 * n} for n in range(len(IDS))])
    strangers = [(who, day, how, "elsewhere") for who, day, how, _ in strangers]
    made: dict[tuple[str, date, str], list[str]] = {}
    for shift, name, channel in steps:
        day = DAY + timedelta(days=shift)
        asked = wanted(book, name, day, {"channel": channel})
        rows = [(who, when, how, what) for (what, when, how), ids in made.items() for who in ids]
        found = select(asked, profile, [frame_of(IDS)], history_of(*rows, *strangers)).customers
        written = found.filter(pl.col("outcome") == "written")["customer_id"].to_list()
        made[name, day, channel] = written  # in place of what it was, if it was made before
    contacts = [(who, when) for (_, when, _), ids in made.items() for who in ids]
    if limits["most"] is not None:
        assert most_within(contacts, limits["within_days"]) <= limits["most"]
    if limits["rest_days"]:
        assert most_within(set(contacts), limits["rest_days"] + 1) <= 1
        assert len(set(contacts)) == len(contacts)


def test_a_list_made_again_is_the_same(profile_of: Any, book_of: Any) -> None:
    profile = profile_of([{}] * len(IDS))
    book = book_of(("r", "L", 0, "TRUE", None), contact={"most": 1, "rest_days": 5})
    asked = wanted(book, "L", DAY)
    first = select(asked, profile, [frame_of(IDS)], history_of())
    written = first.customers.filter(pl.col("outcome") == "written")["customer_id"]
    own = history_of(*((who, DAY, "email", "L") for who in written))
    assert select(asked, profile, [frame_of(IDS)], own).customers.equals(first.customers)
    other = wanted(book_of(("r", "M", 0, "TRUE", None), contact={"most": 1}), "M", DAY)
    assert select(other, profile, [frame_of(IDS)], own).counts["over_cap"] == len(written)


def test_consent_is_asked_of_each_day(profile_of: Any, book_of: Any) -> None:
    asked = wanted(book_of(("r", "L", 0, "TRUE", None)), "L", DAY)
    found = select(
        asked, profile_of([{}] * 8), [frame_of(IDS[:5]), frame_of(IDS[3:])], history_of()
    )
    assert found.counts["no_consent"] == 6


def test_a_rule_alone_has_its_lists_limits(book_of: Any, profile_of: Any) -> None:
    lists = [{"list": "L", "most": 3, "held_out": 0.5}]
    book = book_of(
        ("a", "L", 2, "age > 5", "x"), ("b", "L", 1, "TRUE", "y"), lists=lists, contact={"most": 9}
    )
    asked = wanted(book, "b", DAY, {"channel": "sms"})
    expected = Contact(most=3, held_out=0.5, channel="sms")
    assert (asked.contact, [rule.rule for rule in asked.rules]) == (expected, ["b"])
    profile = profile_of([{"age": 9}, {}])
    everybody = select(asked, profile, [frame_of(IDS)], history_of())
    assert everybody.customers["rule"].to_list() == ["b", "b"]
    whole = select(wanted(book, "L", DAY), profile, [frame_of(IDS)], history_of())
    assert whole.customers.select("rule", "offer").rows() == [("a", "x"), ("b", "y")]
    with pytest.raises(UnknownNameError, match="no rule or list is called 'LL'"):
        wanted(book, "LL", DAY)


def test_a_rule_of_other_days_makes_no_list() -> None:
    rule = {"rule": "r", "list": "L", "when": "TRUE", "until": date(2025, 11, 30)}
    book = RuleBook.model_validate({"rules": [rule]})
    for name in ("r", "L"):
        with pytest.raises(QueryError, match="is for 2025-12-01"):
            wanted(book, name, DAY)


# lots


@settings(max_examples=40)
@given(
    strata=st.lists(st.sampled_from(["a", "b", "가", None]), max_size=60),
    share=st.sampled_from([0.0, 0.05, 0.1, 0.29, 0.5, 0.9]),
    order=st.randoms(use_true_random=False),
)
def test_lots_are_those_anybody_would_draw(
    strata: list[str | None], share: float, order: random.Random
) -> None:
    people = [(f"고객{n}", stratum) for n, stratum in enumerate(strata)]
    order.shuffle(people)
    schema = {"customer_id": pl.String, "stratum": pl.String}
    frame = pl.DataFrame(people, schema=schema, orient="row")
    found = set(frame.filter(held_out(frame, "L", "s", share))["customer_id"])
    assert found == slow_held_out(people, "L", "s", share)
    for stratum in set(strata):
        size = strata.count(stratum)
        held = sum(who in found for who, own in people if own == stratum)
        assert abs(held - size * share) < 1
    assert len(found) == round(len(people) * share)


def test_lots_are_fair_and_differ_by_list_and_seed() -> None:
    people = pl.DataFrame({"customer_id": [f"C{n}" for n in range(20_000)], "stratum": "x"})
    draws = {(name, seed): held_out(people, name, seed, 0.1) for name in "LM" for seed in "12"}
    for draw in draws.values():
        assert draw.sum() == 2000
        place = people.with_columns(draw).with_row_index("n").filter("is_held_out")["n"]
        assert 9600 < place.mean() < 10_400  # 7 standard errors: nothing to do with the id
    both = draws["L", "1"] & draws["M", "1"]
    assert 150 < both.sum() < 250
    assert draws["L", "1"].equals(held_out(people, "L", "1", 0.1))


# what groups of a size can show


def test_sizes_are_those_of_the_textbook() -> None:
    """Equal groups, 10 % against 15 %: 686 each by the formula without continuity correction."""
    assert needed(0.10, 0.05, 0.5) == (686, 686)
    assert detectable(0.10, 686, 686) == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize(("base", "lift", "share"), [(0.05, 0.03, 0.5), (0.2, 0.05, 0.2)])
def test_so_many_customers_show_the_lift_four_times_of_five(
    base: float, lift: float, share: float
) -> None:
    """Simulated: the two-sided z test at 5 % finds the lift in 80 % of 20,000 trials."""
    written, held = needed(base, lift, share)
    dice = np.random.default_rng(7)
    ours = dice.binomial(written, base + lift, 20_000)
    theirs = dice.binomial(held, base, 20_000)
    both = (ours + theirs) / (written + held)
    error = np.sqrt(both * (1 - both) * (1 / written + 1 / held))
    found = np.abs(ours / written - theirs / held) > 1.959964 * error
    assert 0.78 < found.mean() < 0.83


@settings(max_examples=50)
@given(st.floats(0.001, 0.5), st.floats(0.005, 0.4), st.sampled_from([0.05, 0.1, 0.5]))
def test_the_least_lift_of_the_needed_groups_is_the_one_hoped_for(
    base: float, lift: float, share: float
) -> None:
    written, held = needed(base, lift, share)
    least = detectable(base, written, held)
    assert least is not None
    assert least <= lift * 1.001
    assert least > lift * 0.5 or held < 10


def test_groups_too_small_show_nothing() -> None:
    assert detectable(0.02, 100, 0) is None
    assert detectable(0.02, 0, 100) is None
    assert detectable(0.5, 1, 1) is None
    for base, lift, share in ((0.5, 0.6, 0.1), (0.5, 0.0, 0.1), (0.5, 0.1, 0.0), (-0.1, 0.2, 0.1)):
        with pytest.raises(ValueError, match="expected rates and a share"):
            needed(base, lift, share)


# cells


@pytest.mark.parametrize(
    "name",
    ["=1+1", '=HYPERLINK("http://x","y")', "+82", "-1", "@SUM(A1)", "\t=1", "\r1", "\n1", "＝1+1",
     "＋1", "－1", "＠a", " =1", "\u00a0=1", "\ufeff=1", "\u200b@a", "﹦1"],
)  # fmt: skip
def test_no_cell_is_a_formula(name: str) -> None:
    written = csv_bytes(pl.DataFrame({"name": [name], "n": [-5]}), with_mark=False)
    read = pl.read_csv(written)
    assert read["name"].to_list() == [f"'{name}"]
    assert read["n"].to_list() == [-5]


@pytest.mark.parametrize("name", ["김철수", "a=b", "O'Neil", "1+1", "", None, 'say "hi", you'])
def test_other_cells_stay_as_they_are(name: str | None) -> None:
    frame = pl.DataFrame({"name": [name], "x": [1]}, schema={"name": pl.String, "x": pl.Int64})
    (row,) = csv.DictReader(io.StringIO(csv_bytes(frame, with_mark=False).decode()))
    assert row == {"name": name or "", "x": "1"}


def test_excel_knows_utf_8_by_its_mark() -> None:
    frame = pl.DataFrame({"name": ["연금"], "held": [["a", "b"]]})
    assert csv_bytes(frame, with_mark=True) == '\ufeffname,held\n연금,"a, b"\n'.encode()
    assert csv_bytes(frame, with_mark=False).startswith(b"name")


# texts


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Dear {grade}: {age}", "Dear VIP: 40"),
        ("{products_held}", "a, b"),
        ("{top_product|ours}, {{not a column}}", "ours, {not a column}"),
        ("{top_product}", None),
        ("{first_visit|never}", "2025-01-02"),
        ("{purchase_value} won", "1200000 won"),
        ("", ""),
        ("연금", "연금"),
    ],
)
def test_texts_are_filled_in(profile_of: Any, template: str, text: str | None) -> None:
    row = {"grade": "VIP", "age": 40, "products_held": ["a", "b"], "purchase_value": 1.2e6}
    profile = profile_of([{**row, "first_visit": date(2025, 1, 2)}])
    found = profile.select("customer_id", filled(template, profile.schema).alias("text"))
    assert found["text"].to_list() == [text]
