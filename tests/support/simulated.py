"""Figures that simulations find, such as how often an interval holds the truth."""

from collections.abc import Callable

Simulated = Callable[[str, float], float]
"""Note a figure under a name, for the list at the end of the run; return it."""
