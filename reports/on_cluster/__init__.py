"""Heavy reports on a cluster: executors sum up parts of the visitors, this process concludes.

Each task reads its part and sums it up by the functions that one machine runs; what follows from
the sums (ranks, shares, intervals, what is beyond chance) is reckoned from them here, once. So
this process reads no session, and its memory follows the answer, not the hits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from reports.on_cluster.attribution import attribution
from reports.on_cluster.paths import flows, paths
from reports.on_cluster.preference import preference
from reports.result import Report
from weblog.errors import UsageError

REPORTS: Final[Mapping[str, Callable[..., Report]]] = {
    "paths": paths,
    "flows": flows,
    "attribution": attribution,
    "preference": preference,
}
"""Reports that are answered by a cluster, too."""


def check_known(names: Sequence[str]) -> None:
    """Refuse reports that run on one machine only.

    Raises:
        UsageError: there is one among ``names``.
    """
    for name in names:
        if name not in REPORTS:
            raise UsageError(
                f"report {name} runs on one machine; --engine spark knows: {', '.join(REPORTS)}"
            )
