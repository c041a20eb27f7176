"""Settings of gunicorn for ``weblog serve``; it reads the names of this module.

It is imported by gunicorn's first process, which forks the workers: nothing here may import
polars before the fork (:mod:`dashboard.production`).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

_SAID: dict[str, Any] = json.loads(os.environ.get("WEBLOG_SERVE", "{}"))
_SHARED = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")

bind = [f"fd://{_SAID.get('socket', 0)}"]
workers = int(_SAID.get("workers", 1))
worker_class = "gthread"
threads = 24 if workers == 1 else 8  # or quick pages wait behind slow ones
preload_app = False
timeout = 120  # seconds without a sign of life after which a worker is killed and replaced
graceful_timeout = 30  # seconds for requests that are being answered when it is told to stop
keepalive = 75  # as long as nginx keeps a connection to us
backlog = 512
limit_request_line = 8190
loglevel = "warning"
control_socket_disable = True
proc_name = "weblog-serve"

# What a proxy says is judged by dashboard.access.proxy alone, from the address it comes from.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
header_map = "drop"  # a header with _ in its name could pass for the one with -


def on_starting(_: Any) -> None:
    """Refuse to go on where workers would hang."""
    if "polars" in sys.modules:
        raise RuntimeError("polars was imported before the workers were forked")


def pre_fork(_: Any, worker: Any) -> None:
    """Note a worker that has not read anything yet (:mod:`dashboard.ready`)."""
    _noted(worker).write_text("reading")


def post_fork(_: Any, worker: Any) -> None:
    """Tell a worker its name among the processes."""
    os.environ["WEBLOG_PROCESS"] = str(worker.age)


def child_exit(_: Any, worker: Any) -> None:
    """Wait no longer for a worker that has ended."""
    _noted(worker).unlink(missing_ok=True)


def _noted(worker: Any) -> Path:
    return Path(_SHARED, f"process-{worker.age}")


def post_worker_init(worker: Any) -> None:
    """Say where the dashboard is, once the first worker answers."""
    if worker.age == 1:
        many = f"{workers} processes" if workers > 1 else "1 process"
        print(f"Dashboard on {_SAID['url']}  ({many})", flush=True)  # noqa: T201


def on_exit(_: Any) -> None:
    """Remove what the processes counted together."""
    shutil.rmtree(_SHARED, ignore_errors=True)


def worker_exit(_: Any, __: Any) -> None:
    """End the threads of a worker that has answered its last request."""
    if "dashboard.production" in sys.modules:
        sys.modules["dashboard.production"].end()
