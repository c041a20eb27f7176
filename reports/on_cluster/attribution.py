"""``attribution`` on a cluster: journeys are put together by person, and summed up.

A person can be several visitors, and a visitor several people. So each task first reads the
sessions of its part of the visitors, as touches, and hands them on by person: those of the lowest
hashes are one bucket, and so on. Where all touches of a person are, paths are made of them, and
what each model needs to know is summed up. A bucket tells how many people it has; so everybody's
number among all people is known afterwards, and with it the group that is resampled together:
intervals come from the same resamples as on one machine.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

import numpy as np
import polars as pl

from reports.answers.attribution import BOOTSTRAP, WINDOW_DAYS, answered, asking
from reports.ask import Asked
from reports.attribution.credited import Credited, JourneyQuestion
from reports.attribution.credits import Settings, Summing, resampled
from reports.attribution.models import COMPARED_WITH, MODELS
from reports.attribution.paths import GROUPS, TOUCHES, Floats, paths_of
from reports.attribution.tallies import Sums, added_up
from reports.on_cluster.parts import ByParts, Part, parted
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.touches import (
    check_dimension,
    check_goal,
    coded,
    count_split,
    first_day,
    goals_of,
    name_counts,
    ranked_names,
    touches_of,
)
from sessionize.on_cluster import packed, unpacked
from weblog.cluster.session import Cluster
from weblog.errors import QueryError, UsageError
from weblog.store import Snapshot, Store

BUCKET_TOUCHES: Final = 5_000_000
"""Sessions of a bucket of people: a task takes about a hundred bytes of memory for each."""

_HASHES: Final = 1 << 64


@dataclass(frozen=True, slots=True)
class PeopleSums:
    """What a bucket of people comes to.

    Attributes:
        people: how many have a path.
        split, led, shortened, conversions, touched: as of :class:`Credited`.
        sums: of each model, by its name.
        refused: why a model cannot sum them up.
    """

    people: int
    split: int
    led: int
    shortened: int
    conversions: float
    touched: Floats
    sums: Mapping[str, Sums]
    refused: QueryError | None = None


@dataclass(frozen=True, slots=True)
class OnCluster(ByParts):
    """Sums up on a cluster (:class:`reports.attribution.credited.Crediting`).

    ``bucket_touches`` is a size, for tests.
    """

    bucket_touches: int = BUCKET_TOUCHES

    def credited(self, asked: Asked, question: JourneyQuestion) -> Credited:
        """Return what each model credits; ``asked`` is :meth:`sized`.

        Raises:
            ClusterError: a job failed for good.
            UnknownNameError: no such dimension, or nobody reached the goal.
            QueryError: a model has too many states.
            UsageError: a model of another package, which no cluster knows to sum up.
        """
        models = _summing(question.models)
        check_dimension(question.by)
        if question.goal is not None:
            known = self.told(tell_goals, asked, "goals")
            check_goal(question.goal, sorted(set().union(*known)))
        if asked.query.current is None or not asked.session_count:
            return Credited()
        since = first_day(asked, question.window_days)
        task = partial(count_touches, question.by, since)
        counts = self.told(task, asked, "what touches are called")
        names, has_other = ranked_names(pl.concat(counts), question.limit)
        buckets = max(2, self.cluster.slots, -(-_touches(counts) // self.bucket_touches))
        parts = parted(self.cluster, asked, self.part_rows)
        found = self.cluster.gathered(
            partial(read_touches, question.by, since, question.goal, names, buckets, parts),
            parts.parts,
            partial(sum_journeys, question.window_days, len(names), models, question.settings),
            buckets,
            "journeys of people",
        )
        buckets_told = [pickle.loads(payload) for _, payload in found]  # noqa: S301  as above
        whole = concluded(buckets_told, question, len(names))
        return replace(whole, names=names, has_other=has_other, since=since)


def attribution(
    cluster: Cluster,
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    models: tuple[str, ...] = (),
    by: str = "channel",
    window_days: int = WINDOW_DAYS,
    goal: str | None = None,
    half_life_days: float = 7.0,
    order: int = 1,
    bootstrap: int = BOOTSTRAP,
    limit: int | None = 20,
) -> Report:
    """Answer :func:`reports.attribution` by a cluster: the same rows, by the same resamples.

    Counts are equal; what is reckoned from them is to ten digits, since fractions come out
    otherwise in the last digits where they are added in another order.

    Raises:
        ClusterError: a job failed for good.
        UsageError: a model of another package is asked for.
        UnknownNameError, QueryError, StoreError: as there.
    """
    question = asking(models, by, window_days, goal, half_life_days, order, bootstrap, limit)
    return answered(source, filters, question, OnCluster(cluster))


def concluded(buckets: Sequence[PeopleSums], question: JourneyQuestion, players: int) -> Credited:
    """Return what models credit, from the sums of all buckets of people in their order.

    Raises:
        QueryError: a model has too many states.
    """
    refused = next((each.refused for each in buckets if each.refused is not None), None)
    if refused is not None:
        raise refused
    people = sum(each.people for each in buckets)
    befores = np.cumsum([0, *(each.people for each in buckets)])[:-1].tolist()
    split = sum(each.split for each in buckets)
    shortened = sum(each.shortened for each in buckets)
    conversions = sum(each.conversions for each in buckets)
    if not conversions:
        return Credited(split=split, shortened=shortened)
    groups = min(people, GROUPS)
    counts = resampled(people, groups, question.bootstrap)
    models, given = _summing(question.models), {}
    for name in dict.fromkeys([*models, COMPARED_WITH]):
        parts = [
            (before, each.sums[name])
            for before, each in zip(befores, buckets, strict=True)
            if each.people
        ]
        sums = added_up(parts, groups)
        given[name] = MODELS[name].credited(sums, question.settings, players, counts)
    return Credited(
        split=split,
        shortened=shortened,
        led=sum(each.led for each in buckets),
        conversions=conversions,
        touched=np.sum([each.touched for each in buckets], axis=0),
        given={name: given[name] for name in models},
        last=given[COMPARED_WITH],
    )


def _summing(models: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names of models.

    Raises:
        UsageError: one of them is no model of ours.
    """
    for name, model in models.items():
        if not isinstance(model, Summing):
            raise UsageError(
                f"model {name} is a package's own, which runs on one machine; --engine spark "
                f"knows: {', '.join(MODELS)}"
            )
    return tuple(models)


def _touches(counts: Sequence[pl.DataFrame]) -> int:
    return sum(int(each["n"].sum()) for each in counts)


# what runs on the executors


def tell_goals(asked: Part, part: int) -> Iterator[bytes]:
    """Tell which goals a part of the visitors reached."""
    yield pickle.dumps(goals_of(asked.asked(part).snapshot))


def count_touches(by: str, since: date, asked: Part, part: int) -> Iterator[bytes]:
    """Tell how many sessions of a part of the visitors bear which name."""
    yield pickle.dumps(name_counts(touches_of(asked.asked(part), by, since, None)))


def read_touches(  # noqa: PLR0917  what a partial of it is given
    by: str,
    since: date,
    goal: str | None,
    names: tuple[str | None, ...],
    buckets: int,
    asked: Part,
    part: int,
) -> Iterator[tuple[int, bytes]]:
    """Hand on the touches of a part of the visitors by bucket of people."""
    touches = coded(touches_of(asked.asked(part), by, since, goal), names)
    width = pl.lit(-(-_HASHES // buckets), dtype=pl.UInt64)
    handed = touches.select(
        *TOUCHES.names(), "is_split", (pl.col("person") // width).cast(pl.Int64).alias("bucket")
    )
    of_bucket = handed.partition_by("bucket", as_dict=True, include_key=False)
    for (bucket,), rows in sorted(of_bucket.items()):
        yield bucket, packed(rows)


def sum_journeys(
    window_days: int,
    players: int,
    models: tuple[str, ...],
    settings: Settings,
    told: Sequence[bytes],
) -> bytes:
    """Return what a bucket of people comes to, of all that was handed on of them."""
    touches = unpacked(told)
    paths = paths_of(touches.select(TOUCHES.names()), window_days, players)
    sums, refused = {}, None
    try:
        for name in dict.fromkeys([*models, COMPARED_WITH] if paths.people else []):
            sums[name] = MODELS[name].summed(paths, settings)
    except QueryError as error:  # told there: a task that fails is tried again
        refused = error
    found = PeopleSums(
        people=paths.people,
        split=count_split(touches),
        led=int(np.count_nonzero(paths.conversions)),
        shortened=paths.shortened,
        conversions=float(paths.conversions.sum()),
        touched=paths.led.touched(),
        sums=sums,
        refused=refused,
    )
    return pickle.dumps(found)
