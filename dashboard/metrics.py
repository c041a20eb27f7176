"""What a dashboard tells those who watch machines: ``/_metrics`` for Prometheus, and ``/health``.

``weblog_dashboard_requests_total``, ``weblog_dashboard_request_seconds`` and
``weblog_dashboard_errors_total`` count what was answered, how fast, and what failed;
``weblog_dashboard_answers_total`` whether an answer was kept or had to be worked out. Of the store:
``weblog_store_age_seconds`` since its newest rows were written. Several processes tell one sum.
Nothing in it is personal; it is for this machine and for admins.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, abort, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dashboard.access.roles import NOBODY, least
from dashboard.ask import ANSWERS
from dashboard.security import is_loopback
from weblog.errors import WeblogError
from weblog.store import Store

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Folder in which the processes of ``weblog serve`` keep their counts."""

OWN: Final = CollectorRegistry()
"""Of this process."""

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "X-Forwarded-Host")
"""Headers of which one tells that a proxy hands on what somebody else asked."""

REQUESTS: Final = Counter(
    "weblog_dashboard_requests", "Requests answered.", ("site", "address", "status"), registry=OWN
)
SECONDS: Final = Histogram(
    "weblog_dashboard_request_seconds",
    "Seconds an answer took.",
    ("site", "address"),
    buckets=_SECONDS,
    registry=OWN,
)
ERRORS: Final = Counter(
    "weblog_dashboard_errors", "Pages, cards and requests that failed.", registry=OWN
)
ASKED: Final = Counter(
    "weblog_dashboard_answers", "Answers to pages, kept or worked out.", ("kept",), registry=OWN
)


class _CountErrors(logging.Filter):
    """Counts what is logged as an error, and leaves it as it is."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            ERRORS.inc()
        return True


@dataclass(frozen=True, eq=False)
class StoreMetrics(Collector):
    """The age of stores, by the key of their site, looked up when it is asked for."""

    stores: Sequence[tuple[str, Store]]

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names depend on no state."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the ages as they are now; a store that cannot be read has none."""
        age = GaugeMetricFamily(
            "weblog_store_age_seconds",
            "Seconds since sessions were last made of new hits.",
            labels=("site",),
        )
        readable = GaugeMetricFamily(
            "weblog_store_readable", "1 where the store can be read.", labels=("site",)
        )
        for site, store in self.stores:
            try:
                written = store.snapshot().written_at("sessions")
            except WeblogError:
                readable.add_metric([site], 0.0)
                continue
            readable.add_metric([site], 1.0)
            if written is not None:
                age.add_metric([site], max(time.time() - written.timestamp(), 0.0))
        yield age
        yield readable


def watch(server: Flask, site: str = "") -> None:
    """Count the requests a server answers, and how long they take."""
    log = logging.getLogger("dashboard")
    if not any(isinstance(each, _CountErrors) for each in log.filters):
        log.addFilter(_CountErrors())
    ANSWERS.told = lambda kept: ASKED.labels("yes" if kept else "no").inc()

    @server.before_request
    def began() -> None:
        g.began = time.perf_counter()

    @server.after_request
    def answered(response: Response) -> Response:
        # The rule, not the address: strangers ask for any number of these.
        rule = request.url_rule.rule if request.url_rule else "none"
        REQUESTS.labels(site, rule, str(response.status_code)).inc()
        if "began" in g:
            SECONDS.labels(site, rule).observe(time.perf_counter() - g.began)
        return response


def add_metrics(server: Flask, stores: Sequence[tuple[str, Store]]) -> None:
    """Add ``/_metrics`` and ``/health``; ``stores`` by the key of their site."""

    @server.get("/_metrics", endpoint="metrics")
    @least(NOBODY)
    def metrics() -> Response:
        who = g.get("reader")
        is_admin = who is not None and who.sees("admin")
        if not is_admin and not _is_here():
            abort(403)
        return Response(generate_latest(_registry(stores)), content_type=CONTENT_TYPE_LATEST)

    @server.get("/health", endpoint="ready")
    @least(NOBODY)
    def ready() -> tuple[Any, int]:
        try:
            for _, store in stores:
                store.snapshot().delta("sessions")
        except WeblogError:
            return jsonify(status="the store cannot be read"), 503
        return jsonify(status="ok"), 200


def _is_here() -> bool:
    """Say whether a request comes from this machine itself, and not through a proxy on it."""
    is_handed_on = any(name in request.headers for name in _FORWARDED)
    return not is_handed_on and is_loopback(request.environ.get("REMOTE_ADDR", ""))


def _registry(stores: Sequence[tuple[str, Store]]) -> CollectorRegistry:
    """Return what is told now: of all processes where there are several."""
    registry = CollectorRegistry()
    registry.register(StoreMetrics(stores))
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Counted())
    return registry


class _Counted(Collector):
    """What this process counted."""

    def collect(self) -> Iterable[Metric]:
        """Return it as it is now."""
        return OWN.collect()
