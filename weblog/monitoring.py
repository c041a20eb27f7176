"""What a follower tells those who watch machines: metrics for Prometheus, and a health check.

An HTTP server of its own, in a thread of the follower's process: ``/metrics`` in the text formats
of Prometheus and OpenMetrics, ``/health`` for probes. Nothing in it is personal; it listens on
loopback unless it is told otherwise.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from weblog.errors import AddressError
from weblog.following import Following, followed_as, following

if TYPE_CHECKING:
    from weblog.ingestion.follow import Follower

STUCK_S: Final = 300.0
"""A follower that has not looked for so long does not work: a round takes seconds."""

_LINES: Final = (
    ("lines", "Lines read since this process began."),
    ("hits", "Lines that became hits."),
    ("rejects", "Lines that could not be parsed, kept verbatim."),
    ("skipped", "Empty lines, and those that a rule of the site leaves out."),
    ("rounds", "Rounds that read something."),
)


@dataclass(frozen=True, eq=False)
class FollowerMetrics(Collector):
    """Metrics of a follower, made when they are asked for.

    ``weblog_follow_lines_total``, ``_hits_total``, ``_rejects_total``, ``_skipped_total`` and
    ``_rounds_total`` count since the process began (lines = hits + rejects + skipped);
    ``weblog_follow_behind_bytes`` and ``_behind_seconds`` tell how far it is behind the logs,
    ``_logs`` how many there are, ``_problems`` how many things keep it from reading, and
    ``_looked_timestamp_seconds`` when it last looked.
    """

    follower: Follower

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names depend on no state, and are not checked beforehand."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        done = self.follower.done
        for name, meaning in _LINES:
            yield CounterMetricFamily(f"weblog_follow_{name}", meaning, getattr(done, name))
        own = own_following(self.follower)
        if own is None:
            return
        problems = len(own.problems)
        for name, meaning, value in (
            ("behind_bytes", "Bytes of the logs that are not read yet.", own.bytes_behind),
            ("behind_seconds", "Age of what is not read, of the oldest.", own.seconds_behind),
            ("logs", "Files that are followed.", len(own.logs)),
            ("problems", "Things that keep it from reading, such as absent files.", problems),
            (
                "looked_timestamp_seconds",
                "When it last looked at the logs.",
                own.looked_at.timestamp(),
            ),
        ):
            yield GaugeMetricFamily(f"weblog_follow_{name}", meaning, value)


def own_following(follower: Follower) -> Following | None:
    """Return what a follower has told of itself; None before its first round is over."""
    given = followed_as(follower.given)
    return next((one for one in following(follower.store) if one.given == given), None)


def health(follower: Follower, began: float, now: float) -> tuple[bool, dict[str, Any]]:
    """Say whether a follower that ``began`` then works now, and what it has to tell.

    It does not where it last looked more than :data:`STUCK_S` ago. A log that is absent, or is
    behind, is no reason to start the process again: metrics tell of these.
    """
    own = own_following(follower)
    if own is None or own.looked_at.timestamp() < began:  # what it told before it began anew
        is_well = now - began < STUCK_S
        return is_well, {"status": "starting" if is_well else "stuck"}
    ago = max(now - own.looked_at.timestamp(), 0.0)
    told = {
        "looked_seconds_ago": round(ago, 1),
        "bytes_behind": own.bytes_behind,
        "seconds_behind": round(own.seconds_behind, 1),
        "problems": list(own.problems),
    }
    return ago < STUCK_S, {"status": "ok" if ago < STUCK_S else "stuck", **told}


@contextmanager
def monitored(follower: Follower, address: str) -> Iterator[str]:
    """Serve metrics and health at ``host:port`` while the block lasts; yield the address.

    Port 0 takes any free one.

    Raises:
        AddressError: it cannot listen there.
    """
    host, port = parsed(address)
    registry = CollectorRegistry()
    registry.register(FollowerMetrics(follower))
    for standard in (ProcessCollector, PlatformCollector):
        standard(registry=registry)
    try:
        server = make_server(host, port, _app(follower, registry), _server(host), _Silent)
    except OSError as error:
        problem = f"cannot listen ({error.strerror or error})"
        raise AddressError(host, port, problem, "Choose another --metrics HOST:PORT.") from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    shown = f"[{host}]" if ":" in host else host
    try:
        yield f"http://{shown}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def parsed(address: str) -> tuple[str, int]:
    """Return host and port of ``host:port``, ``[v6]:port`` or ``port`` alone (loopback).

    Raises:
        AddressError: it is none of these.
    """
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
    if not port.isascii() or not port.isdigit() or int(port) >= 1 << 16:
        problem = f"{address!r} is no address"
        raise AddressError(host, 0, problem, "Expected HOST:PORT such as 127.0.0.1:9105.")
    return host, int(port)


def _app(follower: Follower, registry: CollectorRegistry) -> Callable[..., Iterable[bytes]]:
    metrics, began = make_wsgi_app(registry), time.time()

    def app(asked: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        path = asked.get("PATH_INFO", "")
        if path == "/metrics":
            answer: Iterable[bytes] = metrics(asked, start)
            return answer
        status, body = "404 Not Found", b'{"error": "there are /metrics and /health"}\n'
        if path == "/health":
            is_well, told = health(follower, began, time.time())
            status = "200 OK" if is_well else "503 Service Unavailable"
            body = json.dumps(told, ensure_ascii=False).encode() + b"\n"
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body))),
                       ("Cache-Control", "no-store")])  # fmt: skip
        return [body]

    return app


def _server(host: str) -> type[WSGIServer]:
    if ":" not in host:
        return WSGIServer

    class OverSix(WSGIServer):
        address_family = socket.AF_INET6

    return OverSix


class _Silent(WSGIRequestHandler):
    """Writes no line per request: a probe comes every few seconds."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""
