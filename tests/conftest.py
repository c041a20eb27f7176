"""What holds for every test."""

import os

import pytest
from hypothesis import settings

# How long an example takes says more about the machine's other work than about the code;
# speed is what benchmarks/ is for.
# In CI the examples are the same each time: a change is not to be blamed for a find of chance.
# Elsewhere, and by `dev.py fuzz`, chance goes on looking.
settings.register_profile("any machine", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("any machine")

LONGEST = ("test_kill.py", "test_overview.py", "test_any_order.py", "test_notebook.py")
"""Files begun first, so that no process is left with a long one when the others are done."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; the others keep their order."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else 9)
