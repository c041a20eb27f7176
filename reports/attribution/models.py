"""Every model there is: a new one is a file beside this one, and a row here."""

from __future__ import annotations

from typing import Final

from reports.attribution import (
    first_touch,
    last_non_direct,
    last_touch,
    linear,
    markov,
    position_based,
    shapley,
    time_decay,
)
from reports.attribution.credits import Summing, by_touch

MODELS: Final[dict[str, Summing]] = {
    "last_touch": by_touch(last_touch.shares),
    "last_non_direct": by_touch(last_non_direct.shares),
    "first_touch": by_touch(first_touch.shares),
    "linear": by_touch(linear.shares),
    "position_based": by_touch(position_based.shares),
    "time_decay": by_touch(time_decay.shares),
    "markov": markov.credit,
    "shapley": shapley.credit,
}
"""The models by name, in the order reports show them."""

COMPARED_WITH: Final = "last_touch"
"""The model the others are compared with: what most tools show."""
