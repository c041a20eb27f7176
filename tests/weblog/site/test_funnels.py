"""Funnels and site search in ``site.toml``: what is refused, and in which words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from weblog.errors import SiteError, UsageError
from weblog.site import load_site
from weblog.site.funnels import FunnelStep, step_of, window_of
from weblog.site.rules import Site

GOALS = '[[goals]]\ngoal = "quote"\npaths = ["/quote"]\n'


def faults(folder: Path, text: str) -> str:
    file = folder / "site.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SiteError) as caught:
        load_site(file)
    return str(caught.value)


def funnel(steps: str, more: str = "") -> str:
    return f'{GOALS}[[funnels]]\nfunnel = "f"\nsteps = [{steps}]\n{more}'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (funnel('{goal = "quote"}'), "funnels[1].steps: expected 2 to 12 steps"),
        (funnel('{paths = ["/a"]}, {}'), "funnels[1].steps[2]: expected one of paths, event"),
        (
            funnel('{paths = ["/a"]}, {goal = "quote", event = "x"}'),
            "given: event and goal",
        ),
        (
            funnel('{paths = ["a"]}, {goal = "quote"}'),
            "funnels[1].steps[1].paths[1] is 'a': expected a path that starts with /",
        ),
        (
            funnel('{paths = ["/a"]}, {goal = "qoute"}'),
            "funnel 'f', step 2: no goal is called 'qoute'. Did you mean 'quote'? There are: quote",
        ),
        (
            funnel('{event = "call"}, {goal = "quote"}'),
            "funnel 'f', step 1: no event is called 'call'. There are: none",
        ),
        (
            funnel('{paths = ["/a"]}, {goal = "quote"}', 'within = "a week"'),
            'funnels[1].within is \'a week\': expected "session", or days such as "7 days"',
        ),
        (
            funnel('{paths = ["/a"]}, {goal = "quote"}', 'within = "400 days"'),
            "(1 to 366)",
        ),
        (
            funnel('{paths = ["/a"]}, {goal = "quote"}', 'within = "2 days"\nstrict = true'),
            'strict funnels are expected to have within = "session"',
        ),
        (
            funnel('{paths = ["/a"]}, {goal = "quote"}')
            + '[[funnels]]\nfunnel = "f"\nsteps = [{paths = ["/b"]}, {goal = "quote"}]',
            "expected each funnel once; defined twice: 'f'",
        ),
        (funnel('{path = ["/a"]}, {goal = "quote"}'), "Did you mean 'paths'"),
        ("[site_search]\nparameters = []", "expected at least one parameter"),
        ("[site_search]\nleast_visitors = 0", "expected a number of at least 1"),
        ('[site_search]\npaths = ["search"]', "expected a path that starts with /"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, fault: str) -> None:
    assert fault in faults(tmp_path, text)


def test_a_wrong_goal_does_not_hide_behind_the_funnel_that_names_it(tmp_path: Path) -> None:
    text = funnel('{paths = ["/a"]}, {goal = "quote"}').replace('"/quote"', '"quote"')
    said = faults(tmp_path, text)
    assert "1 fault" in said
    assert "goals[1].paths[1] is 'quote'" in said


def test_a_funnel_as_written(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(
        funnel('{name = "Start", paths = ["/a", "/b/*"]}, {goal = "quote"}', 'within = "1 day"')
    )
    (found,) = load_site(tmp_path / "site.toml").funnels
    assert [step.title for step in found.steps] == ["Start", "goal=quote"]
    assert found.steps[0].said == "page=/a,/b/*"
    assert window_of(found.within) == timedelta(days=1)
    assert window_of("session") is None
    assert Site().funnels == ()


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("page=/a", FunnelStep(paths=("/a",))),
        ("page=/a,/b", FunnelStep(paths=("/a", "/b"))),
        ("Quote done: goal=quote", FunnelStep(name="Quote done", goal="quote")),
        ("event=a=b", FunnelStep(event="a=b")),
        ("category=my contracts", FunnelStep(category="my contracts")),
        ("product=loans", FunnelStep(product="loans")),
    ],
)
def test_steps_as_people_type_them(text: str, step: FunnelStep) -> None:
    assert step_of(text) == step


@pytest.mark.parametrize("text", ["", "goal", "goal=", "paths=/a", "page=a", "page=re:("])
def test_what_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no step: expected"):
        step_of(text)
