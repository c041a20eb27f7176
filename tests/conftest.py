"""What holds for every test."""

import os

import pytest
from hypothesis import is_hypothesis_test, settings

# How long an example takes says more about the machine's other work than about the code;
# speed is what benchmarks/ is for.
# In CI the examples are the same each time: a change is not to be blamed for a find of chance.
# Elsewhere, and by `dev.py prove` and `dev.py fuzz`, chance goes on looking.
settings.register_profile("any machine", deadline=None, derandomize="CI" in os.environ)
settings.register_profile("chance", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("WEBLOG_PROFILE", "any machine"))

LONGEST = (
    *("test_random_logs.py", "test_kill.py", "test_overview.py", "test_any_order.py"),
    "test_notebook.py",
)
"""Files begun first, so that no process is left with a long one when the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; count no covered lines while examples are drawn at random.

    Counting doubles the time of a test. The hundredth random example is no new line, and a line
    that only chance reaches is one that wants a test of its own.
    """
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else 9)
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("no_cover")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many random cases were tried, where tests counted them."""
    passed = terminalreporter.getreports("passed")
    properties = [each for report in passed for each in report.user_properties]
    cases = sum(int(count) for name, count in properties if name == "random cases")
    if cases:
        terminalreporter.write_line(f"{cases:,} random cases tried")
