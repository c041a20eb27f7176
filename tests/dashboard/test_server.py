"""The process: it listens where asked, says so, and ends when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dashboard import AddressError, serve
from weblog.site import Site
from weblog.store import Store


def test_a_port_in_use_is_said_not_traced(store: Store, site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            AddressError, match=f"127.0.0.1 port {port}: the port is in use"
        ) as error:
            serve(store, site, port=port)
    assert (error.value.port, error.value.exit_code) == (port, 10)


@pytest.mark.parametrize(
    ("host", "port"), [("no.such.host.invalid", 0), ("192.0.2.1", 0), ("127.0.0.1", 70_000)]
)
def test_an_address_that_cannot_be_used_is_said(
    store: Store, site: Site, host: str, port: int
) -> None:
    with pytest.raises(AddressError, match="cannot listen on"):
        serve(store, site, host=host, port=port)


PROGRAM = """
import signal
from weblog.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
"""``weblog``; a test run in the background would hand down an ignored Ctrl+C."""


def test_it_answers_then_says_so_and_stops_at_ctrl_c(store: Store) -> None:
    process = started(store, "--host", "127.0.0.1")
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    finally:
        watchdog.cancel()
        process.kill()
    assert line.startswith("Dashboard on http://127.0.0.1:")
    assert "Traceback" not in errors
    assert process.returncode in {0, 130}


@pytest.mark.parametrize("command", ["dashboard", "serve"])
def test_on_another_address_it_does_not_start_without_a_login(store: Store, command: str) -> None:
    for more, told in (((), "no account to log in by"), (("--no-login",), "without a login")):
        process = started(store, "--host", "0.0.0.0", *more, command=command)  # noqa: S104
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 15
        assert told in errors


def started(store: Store, *options: str, command: str = "dashboard") -> subprocess.Popen[str]:
    words = [sys.executable, "-c", PROGRAM, command, "--store", str(store.folder)]
    return subprocess.Popen(
        [*words, "--port", "0", *(["--no-open"] if command == "dashboard" else []), *options],
        cwd=store.folder.parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
