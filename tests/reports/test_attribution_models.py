"""Attribution models: published examples, slow references, and what must hold of any model."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import Simulated
from slow_attribution import DAY, Path, slow_markov, slow_paths, slow_rule, slow_shapley

from reports.attribution import markov, shapley
from reports.attribution.credits import Settings, resamples
from reports.attribution.models import MODELS
from reports.attribution.paths import GROUPS, MOST_TOUCHES, TOUCHES, AllPaths, paths_of
from weblog.errors import QueryError

RULES = [name for name in MODELS if name not in {"markov", "shapley"}]
ONCE = Settings()


def touches_of(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=TOUCHES, orient="row")


def written(*paths: tuple[str, int]) -> AllPaths:
    """Paths as text, a person each: letters are names, the number the conversions."""
    rows = [
        {
            "person": person, "start": place * DAY, "key": place, "code": ord(letter) - ord("A"),
            "is_direct": False, "is_end": place == len(letters) - 1,
            "conversions": converts if place == len(letters) - 1 else 0,
            "value": 100.0 * converts,
        }
        for person, (letters, converts) in enumerate(paths)
        for place, letter in enumerate(letters)
    ]  # fmt: skip
    players = max(row["code"] for row in rows) + 1
    return paths_of(touches_of(rows), 365, players)


def credited(model: str, paths: AllPaths, chosen: Settings = ONCE) -> list[float]:
    found = MODELS[model](paths, chosen, resamples(paths, 0))
    return [round(float(number), 6) for number in found.conversions[0]]


# published examples


def test_markov_equals_bryl_2016() -> None:
    """S. Bryl (2016), "Marketing multi-channel attribution model with R (part 1)".

    C1 > C2 > C3 buys, C1 and C2 > C3 do not: removal effects 0.5, 1 and 1.
    """
    paths = written(("ABC", 1), ("A", 0), ("BC", 0))
    chain = markov.chain_of(paths, 1)
    effects, _ = markov.removal_effects(chain, 3, np.ones((1, 3)))
    assert effects[0] == pytest.approx([0.5, 1.0, 1.0])
    assert credited("markov", paths) == [0.2, 0.4, 0.4]


def test_markov_equals_puzyrov_2019() -> None:
    """S. Puzyrov (2019), "Markov chain attribution: simple explanation of removal effect".

    Google Ads (A) and mailing (B) hold 75 % and 50 % of a probability of 80 %: 2.4 and 1.6.
    """
    paths = written(("A", 1), ("A", 1), ("B", 1), ("AB", 1), ("A", 0))
    effects, _ = markov.removal_effects(markov.chain_of(paths, 1), 2, np.ones((1, 5)))
    assert effects[0] == pytest.approx([0.75, 0.5])
    assert credited("markov", paths) == [2.4, 1.6]


def test_shapley_equals_the_glove_game() -> None:
    """Shapley's glove game, as in Osborne & Rubinstein, "A course in game theory", ch. 14.

    A and B each hold a left glove, C the right one; a pair is worth 1, all else 0: (1, 1, 4) / 6.
    """
    game = [("A", 0), ("B", 0), ("C", 0), ("AB", 0), ("AC", 1), ("BC", 1)]
    with_all = written(*game, ("ABC", 1))
    without = written(*game)
    by_pairs = np.array([*credited("shapley", without)])
    assert by_pairs == pytest.approx([0.5, 0.5, 1.0])
    assert credited("shapley", with_all) - by_pairs == pytest.approx(
        [1 / 6, 1 / 6, 4 / 6], abs=1e-6
    )


def test_position_based_is_40_20_40_and_halves_for_two() -> None:
    assert credited("position_based", written(("ABCD", 1))) == [0.4, 0.1, 0.1, 0.4]
    assert credited("position_based", written(("AB", 1))) == [0.5, 0.5]
    assert credited("position_based", written(("A", 2))) == [2.0]


def test_time_decay_halves_with_every_half_life() -> None:
    paths = written(("AAAAAAAB", 3))  # B on the seventh day after the first A
    assert credited("time_decay", written(("AB", 3)), Settings(half_life_days=1)) == [1.0, 2.0]
    tenth = Settings(half_life_days=0.001)
    assert credited("time_decay", paths, tenth) == [0.0, 3.0]
    even = Settings(half_life_days=1e9)
    assert credited("time_decay", paths, even) == pytest.approx(credited("linear", paths))


def test_a_name_that_lowers_the_rate_gets_nothing_from_shapley() -> None:
    paths = written(("A", 1), ("A", 1), ("B", 0), ("AB", 1), ("AB", 0))
    assert credited("shapley", paths) == [3.0, 0.0]


def test_sets_beyond_eight_names_are_shared_equally() -> None:
    letters = "ABCDEFGHI"
    assert len(letters) == shapley.MOST_MEMBERS + 1
    assert credited("shapley", written((letters, 9), ("A", 0))) == [1.0] * 9
    eight = written((letters[:8], 8), *((letter, 0) for letter in letters[:8]))
    assert credited("shapley", eight) == [1.0] * 8


def test_the_order_of_the_chain_is_how_much_it_remembers() -> None:
    """After A, B leads nowhere; after C it converts: order 1 cannot tell, order 2 can."""
    paths = written(("CB", 1), ("CB", 1), ("AB", 0), ("AB", 0))
    assert credited("markov", paths) == pytest.approx([0.5, 1.0, 0.5])
    assert credited("markov", paths, Settings(order=2)) == [0.0, 1.0, 1.0]


# random paths against the slow references


@st.composite
def random_touches(draw: st.DrawFn) -> list[dict[str, Any]]:
    size = draw(st.integers(1, 24))
    rows = []
    for number in range(size):
        conversions = draw(st.sampled_from([0, 0, 0, 1, 2]))
        code = draw(st.integers(0, 3))
        rows.append({
            "person": draw(st.integers(0, 5)),
            "start": draw(st.integers(0, 40)) * DAY,
            "key": number,
            "code": code,
            "is_direct": code == 0,
            "is_end": draw(st.booleans()),
            "conversions": conversions,
            "value": draw(st.sampled_from([0.0, 10.0, 250.0])) * conversions,
        })  # fmt: skip
    return rows


def slow_credits(model: str, paths: list[Path], order: int) -> tuple[list[float], list[float]]:
    if model in RULES:
        return slow_rule(model, paths, 4)
    pairs = slow_markov(paths, 4, order) if model == "markov" else slow_shapley(paths, 4)
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@settings(max_examples=150, deadline=None)
@given(random_touches(), st.sampled_from([0, 1, 7, 30]), st.integers(1, 3))
def test_every_model_equals_the_slow_reference(
    rows: list[dict[str, Any]], window: int, order: int
) -> None:
    slow = slow_paths(rows, window)
    paths = paths_of(touches_of(rows), window, 4)
    assert sorted(paths.lengths.tolist()) == sorted(len(path.touches) for path in slow)
    once = resamples(paths, 0)
    for model in MODELS:
        found = MODELS[model](paths, Settings(order=order), once)
        conversions, value = slow_credits(model, slow, order)
        assert found.conversions[0] == pytest.approx(conversions, abs=1e-9), model
        assert found.value[0] == pytest.approx(value, abs=1e-7), model
    touched = [sum(p.conversions for p in slow if code in p.codes) for code in range(4)]
    assert paths.led.touched().tolist() == touched


@settings(max_examples=40, deadline=None)
@given(random_touches(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    rows: list[dict[str, Any]], chance: random.Random
) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    one, other = (paths_of(touches_of(each), 30, 4) for each in (rows, shuffled))
    for model in MODELS.values():
        found, again = (model(paths, ONCE, resamples(paths, 20)) for paths in (one, other))
        assert np.array_equal(found.conversions, again.conversions)
        assert np.array_equal(found.value, again.value)


def many_touches(people: int, seed: int = 1) -> pl.DataFrame:
    """Touches of people who convert the likelier the more names they met."""
    chance = np.random.default_rng(seed)
    lengths = chance.geometric(0.4, people)
    person = np.repeat(np.arange(people), lengths)
    last = np.cumsum(lengths) - 1
    conversions = np.zeros(person.size, dtype=np.int64)
    conversions[last] = chance.random(people) < 1 - 0.8**lengths
    is_end = np.zeros(person.size, dtype=bool)
    is_end[last] = True
    code = chance.choice(5, person.size, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    return pl.DataFrame(
        {
            "person": person,
            "start": chance.integers(0, 25 * DAY, person.size),
            "key": np.arange(person.size),
            "code": code,
            "is_direct": code == 0,
            "is_end": is_end,
            "conversions": conversions,
            "value": conversions * chance.lognormal(10, 1, person.size),
        }
    ).cast(dict(TOUCHES))  # type: ignore[arg-type]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_credits_sum_to_the_conversions_and_the_value(model: str, order: int) -> None:
    paths = paths_of(many_touches(30_000), 30, 5)
    counts = resamples(paths, 7)
    found = MODELS[model](paths, Settings(order=order), counts)
    assert abs(found.conversions[0].sum() - paths.conversions.sum()) < 1e-9
    assert found.value[0].sum() == pytest.approx(paths.value.sum(), rel=1e-12)
    assert (found.conversions >= 0).all()
    by_group = np.bincount(paths.group, weights=paths.conversions, minlength=paths.groups)
    assert found.conversions.sum(axis=1) == pytest.approx(counts @ by_group, rel=1e-12)


# paths


def test_the_window_and_the_last_conversion_bound_a_path() -> None:
    def touch(
        day: float, code: int, conversions: int = 0, *, is_end: bool = True
    ) -> dict[str, Any]:
        return {
            "person": 7, "start": int(day * DAY), "key": int(day * 10), "code": code,
            "is_direct": False, "is_end": is_end, "conversions": conversions, "value": 1.0,
        }  # fmt: skip

    rows = [touch(0, 0), touch(10, 1, 1), touch(20, 2), touch(30, 3, 2), touch(31, 4), touch(45, 5)]
    paths = paths_of(touches_of(rows), 20, 6)
    assert np.split(paths.code, paths.first[1:-1])[0].tolist() == [0, 1]
    assert np.split(paths.code, paths.first[1:-1])[1].tolist() == [1, 2, 3]
    assert np.split(paths.code, paths.first[1:-1])[2].tolist() == [4, 5]
    assert paths.conversions.tolist() == [1, 2, 0]
    assert paths.weight.tolist() == [1, 2, 1]
    assert paths.led.age_days.tolist() == [10, 0, 20, 10, 0]
    filtered = [row | {"is_end": row["code"] == 3} for row in rows]
    assert paths_of(touches_of(filtered), 20, 6).code.tolist() == [1, 2, 3]


def test_a_path_keeps_its_latest_touches_only() -> None:
    long = written(("B" + "A" * MOST_TOUCHES, 1))
    assert long.lengths.tolist() == [MOST_TOUCHES]
    assert long.shortened == 1
    assert credited("first_touch", long) == [1.0, 0.0]


def test_more_states_than_can_be_solved_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markov, "MOST_STATES", 3)
    with pytest.raises(QueryError, match=r"order 2 has 4 states here.*lower order"):
        MODELS["markov"](written(("ABC", 1), ("B", 0)), Settings(order=2), np.ones((1, 2)))


@pytest.mark.parametrize("module", [markov, shapley])
def test_what_is_too_large_to_resample_is_computed_once(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = paths_of(many_touches(3_000), 30, 5)
    counts = resamples(paths, 10)
    resampled = module.credit(paths, ONCE, counts)
    monkeypatch.setattr(module, "MOST_RESAMPLED", 4)
    once = module.credit(paths, ONCE, counts)
    assert once.conversions[0] == pytest.approx(resampled.conversions[0])
    assert once.value[0] == pytest.approx(resampled.value[0])
    assert np.isnan(once.conversions[1:]).all()


# intervals


def test_people_of_unequal_groups_are_resampled_as_many_as_there_are() -> None:
    """AllPaths converts once: however they are drawn, there are as many conversions."""
    people = GROUPS + GROUPS // 2
    paths = written(*[("A", 1)] * people)
    counts = resamples(paths, 50)
    assert paths.groups == GROUPS
    found = MODELS["last_touch"](paths, ONCE, counts)
    assert found.conversions[:, 0] == pytest.approx([people] * 51)


@pytest.mark.parametrize(("people", "models"), [(800, tuple(MODELS)), (2_500, ("linear",))])
def test_intervals_cover_what_they_should(
    simulated: Simulated, people: int, models: tuple[str, ...]
) -> None:
    """A percentile interval of 95 % holds the true credit in 93 to 97 % of 300 worlds.

    True is the mean over many people: conversions per person, times the people of a world.
    """
    many = paths_of(many_touches(200_000, seed=0), 30, 5)
    truths = [MODELS[model](many, ONCE, resamples(many, 0)).conversions[0] for model in models]
    hits = np.zeros(len(models))
    for world in range(300):
        paths = paths_of(many_touches(people, seed=world + 1), 30, 5)
        counts = resamples(paths, 200)
        for place, (model, all_of_them) in enumerate(zip(models, truths, strict=True)):
            truth = all_of_them * people / 200_000
            drawn = MODELS[model](paths, ONCE, counts).conversions[1:]
            low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
            hits[place] += np.mean((low <= truth) & (truth <= high)) / 300
    for model, share in zip(models, hits, strict=True):
        assert 0.93 <= simulated(f"attribution: {model}", float(share)) <= 0.97
