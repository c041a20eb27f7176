"""What is written as a rule or a setting is text and a condition, and nothing else."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import duckdb
import pytest

from dashboard.app import Application
from dashboard.aside import Aside, BusyError, StoppedError
from reports.audience import lots
from weblog.store import Store

Ask = Callable[..., dict[str, Any]]

CONDITIONS = (
    "customer_id IN (SELECT * FROM read_csv('/etc/passwd'))",
    "EXISTS (SELECT * FROM read_text('/etc/passwd'))",
    "read_csv('/etc/passwd') = 'x'",
    "(SELECT content FROM read_blob('/etc/passwd')) IS NOT NULL",
    "TRUE; DROP TABLE customers",
    "TRUE; COPY customers TO '/tmp/stolen.csv'",
    "TRUE UNION SELECT * FROM customers",
    "getenv('HOME') <> ''",
    "ATTACH 'x.db'",
    "customer_id = (SELECT customer_id FROM customers LIMIT 1)",
    "CURRENT_DATE > DATE '2020-01-01'",
    "RANDOM() > 0.5",
    " AND ".join(["has_bought"] * 20_000),
    "(" * 50_000 + "TRUE" + ")" * 50_000,
    "CASE WHEN TRUE THEN " * 2_000 + "TRUE" + " END" * 2_000,
)


def rule(name: str, when: str) -> str:
    return f"[[rules]]\nrule = '''{name}'''\nlist = 'L'\nwhen = '''{when}'''\n"


def state_of(store: Store) -> dict[str, int]:
    return dict(store.head().versions)


@pytest.mark.parametrize("number", range(len(CONDITIONS)))
def test_a_condition_reads_no_file_and_changes_nothing(ask: Ask, store: Store, number: int) -> None:
    before = state_of(store)
    given = {"text": rule("x", CONDITIONS[number]), "day": "2025-12-01", "customer": "H1"}
    for name in ("trial", "explain") if number < 3 else ("trial",):
        shown = ask(name, given)
        assert shown["state"] == "refused", shown
        assert "root:" not in str(shown)
    assert state_of(store) == before


def test_hostile_names_come_back_as_text_and_nothing_more(ask: Ask) -> None:
    nasty = "<img src=x onerror=window.hacked=1>"
    text = rule(nasty, "age > 20") + "offer = '<script>alert(1)</script>'\n"
    shown = ask("trial", {"text": text, "day": "2025-12-01"})
    assert shown["lists"][0]["rules"][0]["name"] == nasty


def test_texts_that_are_none_or_too_long_are_refused(ask: Ask) -> None:
    assert ask("trial", {"text": "x" * 200_001})["state"] == "refused"
    assert ask("trial", {"text": "\ud800"})["state"] == "refused"
    many = "".join(rule(f"r{number}", f"age > {number}") for number in range(201))
    assert "at most 200 rules" in ask("trial", {"text": many})["problem"]
    for given in (None, [], "x", {"text": 1}, {"day": {}}, {"day": "soon"}, {"lift": "soon"}):
        assert ask("trial", given)["state"] in {"refused", "ready"}
    assert ask("trial", {"lift": "soon"})["state"] == "refused"


def test_lots_are_drawn_where_no_file_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conditions never reach DuckDB; what it draws lots with can read nothing all the same."""
    import polars as pl

    opened: list[Any] = []
    connect = duckdb.connect

    def watched(*given: Any, **named: Any) -> Any:
        opened.append(connect(*given, **named))
        with pytest.raises(duckdb.PermissionException):
            opened[-1].sql("select * from read_text('/etc/passwd')")
        return opened[-1]

    monkeypatch.setattr(duckdb, "connect", watched)
    drawn = lots.lots(pl.Series(["a'; select 1; --"]), "L'", "'")
    told = sha256("\n".join(["'", "L'", "a'; select 1; --"]).encode()).hexdigest()
    assert (drawn.to_list(), len(opened)) == ([told], 1)


def question(store: Store, app: Application, text: str) -> dict[str, Any]:
    return {
        "text": text, "store": str(store.folder), "site": app.desk.site,
        "day": app.desk.today(),
    }  # fmt: skip


def test_a_trial_that_ends_its_process_ends_nothing_else(app: Application, store: Store) -> None:
    """A process that was halted answers nothing: until it is killed, or the time is over."""
    aside = Aside()
    given = question(store, app, rule("x", "age > 20"))

    def halted() -> int:
        assert "answer" in aside.ask("check_rules", **given)
        child = aside._free.get_nowait()
        aside._free.put(child)
        assert child.process is not None
        os.kill(child.process.pid, signal.SIGSTOP)
        return child.process.pid

    killer = threading.Timer(0.3, os.kill, (halted(), signal.SIGKILL))
    killer.start()
    with pytest.raises(StoppedError, match="died"):
        aside.ask("check_rules", **given)
    halted()
    with pytest.raises(StoppedError, match="time"):
        aside.ask("check_rules", 0.2, **given)
    os.kill(halted(), signal.SIGKILL)  # one that ended while nobody asked
    time.sleep(0.1)
    assert "answer" in aside.ask("check_rules", **given)
    aside.end()


def test_who_comes_when_all_are_busy_is_told_at_once(app: Application) -> None:
    aside = Aside()
    held = [aside._free.get_nowait() for _ in range(aside._free.qsize())]
    with pytest.raises(BusyError):
        aside.ask("check_rules", text="")
    for child in held:
        aside._free.put(child)
    assert app.desk.aside is not aside


def test_a_text_that_grows_without_end_ends_its_own_process(
    app: Application, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each REPLACE makes a text 600 times as long: five of them are more than any memory."""
    monkeypatch.setenv("WEBLOG_TRIAL_MEMORY", str(1 << 30))
    aside = Aside()
    when = "customer_id"
    for _ in range(5):
        when = f"REPLACE({when}, 'x', '{'x' * 600}')"
    with pytest.raises(StoppedError, match="died"):
        aside.ask("check_rules", **question(store, app, rule("x", f"LENGTH({when}) > 1")))
    assert "answer" in aside.ask("check_rules", **question(store, app, rule("x", "age > 1")))
    aside.end()
