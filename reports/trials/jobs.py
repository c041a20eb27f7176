"""What can be asked: each a function of plain values that returns plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reports.trials import rules, settings

JOBS: Final[Mapping[str, Callable[..., dict[str, Any]]]] = {
    "try_rules": rules.try_rules,
    "explain": rules.explain,
    "check_rules": rules.check,
    "deliver": rules.deliver,
    "try_site": settings.try_site,
}
"""By name."""
