"""When a login ends, and how often a password may be tried."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from clock import Clock

from dashboard.access import Accounts
from dashboard.access.folder import open_folder
from dashboard.access.limits import ADDRESS, HERE, NAME, Limits
from dashboard.access.sessions import Sessions

ROOT = Path(__file__).parents[3]


@pytest.fixture
def accounts(folder: Path, clock: Clock) -> Accounts:
    made = Accounts(open_folder(folder), clock)
    made.add("kim", "viewer", None)
    return made


def test_a_session_ends_when_it_is_not_used(accounts: Accounts, clock: Clock) -> None:
    sessions = Sessions(accounts, idle_s=600, longest_s=3600)
    secret = sessions.begin("kim")
    for _ in range(5):
        clock.now += 590
        assert sessions.find(secret) == ("kim", "viewer")
    clock.now += 601
    assert sessions.find(secret) is None
    clock.now -= 601
    assert sessions.find(secret) is None, "it does not come back"


def test_a_session_ends_however_much_it_is_used(accounts: Accounts, clock: Clock) -> None:
    sessions = Sessions(accounts, idle_s=600, longest_s=3600)
    secret = sessions.begin("kim")
    for _ in range(7):
        clock.now += 500
        assert sessions.find(secret) is not None
    clock.now += 101
    assert sessions.find(secret) is None


def test_a_token_does_not_end_and_is_no_session(accounts: Accounts, clock: Clock) -> None:
    sessions = Sessions(accounts)
    token = accounts.make_token("kim")
    clock.now += 400 * 86_400
    assert sessions.find(token) is None
    assert sessions.find(token, "token") == ("kim", "viewer")
    accounts.lock("kim")
    assert sessions.find(token, "token") is None


@pytest.mark.parametrize("secret", ["", "x", "0" * 10_000, "\0", "' or 1=1 --", "\ud800"])
def test_what_is_no_secret_finds_no_session(accounts: Accounts, secret: str) -> None:
    Sessions(accounts).begin("kim")
    assert Sessions(accounts).find(secret) is None


def test_a_guesser_waits_and_the_person_elsewhere_does_not(
    accounts: Accounts, clock: Clock
) -> None:
    limits = Limits(accounts)
    for _ in range(HERE.failures):
        assert limits.begin("kim", "192.0.2.1")[0] == 0
        clock.now += 1
    assert limits.begin("KIM", "192.0.2.1")[0] == HERE.seconds - HERE.failures
    assert limits.begin("kim", "192.0.2.2")[0] == 0
    assert limits.begin("lee", "192.0.2.1")[0] == 0
    clock.now += HERE.seconds - HERE.failures
    assert limits.begin("kim", "192.0.2.1")[0] == 0
    assert limits.begin("kim", "192.0.2.1")[0] == 1, "the next is free a second later"


def test_an_address_waits_whatever_names_it_tries(accounts: Accounts) -> None:
    limits = Limits(accounts)
    for number in range(ADDRESS.failures):
        assert limits.begin(f"name{number}", "192.0.2.1")[0] == 0
    assert limits.begin("other", "192.0.2.1")[0] == ADDRESS.seconds
    assert limits.begin("other", "192.0.2.2")[0] == 0


def test_a_name_waits_wherever_it_is_tried(accounts: Accounts) -> None:
    limits = Limits(accounts)
    for number in range(NAME.failures):
        assert limits.begin("kim", f"192.0.2.{number}")[0] == 0
    assert limits.begin("kim", "198.51.100.1")[0] == NAME.seconds


def test_addresses_of_one_line_count_together(accounts: Accounts) -> None:
    limits = Limits(accounts)
    for number in range(HERE.failures):
        assert limits.begin("kim", f"2001:db8::{number}")[0] == 0
    assert limits.begin("kim", "2001:db8::ffff")[0] > 0
    assert limits.begin("kim", "2001:db8:0:1::1")[0] == 0
    for _ in range(HERE.failures - 1):
        limits.begin("lee", "::ffff:192.0.2.1")
    limits.begin("lee", "192.0.2.1")
    assert limits.begin("lee", "192.0.2.1")[0] > 0


def test_who_succeeds_begins_anew(accounts: Accounts) -> None:
    limits = Limits(accounts)
    for _ in range(20 * HERE.failures):
        wait, counted = limits.begin("kim", "192.0.2.1")
        assert wait == 0
        limits.succeeded("kim", "192.0.2.1", counted)


def test_many_at_once_do_not_slip_through(accounts: Accounts) -> None:
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: Limits(accounts).begin("kim", "192.0.2.1")[0], range(64)))
    assert waits.count(0) == HERE.failures


TRY = """
import sys
from pathlib import Path
from dashboard.access.accounts import Accounts
from dashboard.access.limits import Limits
limits = Limits(Accounts.of(Path(sys.argv[1])))
print(sum(limits.begin("kim", "192.0.2.1")[0] == 0 for _ in range(20)))
"""


def test_the_processes_of_a_machine_count_together(folder: Path) -> None:
    Accounts.of(folder)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", TRY, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    free = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(free) == HERE.failures
