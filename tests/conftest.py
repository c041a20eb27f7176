"""What holds for every test."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import is_hypothesis_test, settings
from places import bucket, module_bucket, place, s3_endpoint, s3_environment  # noqa: F401
from shared import share
from simulated import Simulated
from workers import watch
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from weblog import logs

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes says more about the machine's other work than about the code;
# speed is what benchmarks/ is for.
# In CI the examples are the same each time: a change is not to be blamed for a find of chance.
# Elsewhere, and by `dev.py prove` and `dev.py fuzz`, chance goes on looking.
settings.register_profile(
    "any machine", deadline=None, max_examples=50, derandomize="CI" in os.environ
)
settings.register_profile("chance", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("WEBLOG_PROFILE", "any machine"))

LONGEST = (
    *("test_random_logs.py", "test_kill.py", "test_exactly_once.py", "test_touched.py"),
    *("test_every_page.py", "test_spark.py", "test_poisoned.py", "test_overview.py"),
    *("test_store.py", "test_pages.py", "test_keyboard.py", "test_doctor.py", "test_mart.py"),
    *("test_follow.py", "test_two_at_once.py", "test_any_order.py", "test_selection.py"),
    *("test_update.py", "test_robots.py", "test_docs.py", "test_notebook.py"),
    *("test_hostile_lines.py", "test_replay.py", "test_explain.py", "test_w3c.py"),
    *("test_reconciliation.py", "test_erase.py", "test_erase_killed.py"),
)
"""Files begun first, so that no process is left with a long one when the others are done."""

SHARED_OUT = (
    *("test_random_logs.py", "test_kill.py", "test_exactly_once.py", "test_selection.py"),
    "test_touched.py",
)
"""Files of which each test goes to whichever process is free; they share no dear fixture."""

UNCOUNTED = (
    *("test_kill.py", "test_erase_killed.py", "test_two_at_once.py", "test_exactly_once.py"),
    *("test_docs.py", "test_notebook.py", "test_random_logs.py"),
    "test_notebook_mailing_and_model.py",
)
"""Files that run again and again what other tests run once: covered lines are not counted there."""


class ByFile(LoadFileScheduling):
    """Has the tests of a file run in one process, for what they share; but for the longest."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return nodeid if file.endswith(SHARED_OUT) else file

    def remove_node(self, node: WorkerController) -> str | None:
        """Leave out the test a process died of: given to the others, it would kill each."""
        left = {scope: unit for scope, unit in self.assigned_work[node].items()
                if False in unit.values()}  # fmt: skip
        self.assigned_work[node] = left
        if not left:
            return super().remove_node(node)
        unit = next(iter(left.values()))
        died_of: str = next(test for test, done in unit.items() if not done)
        unit[died_of] = True
        super().remove_node(node)
        return died_of

    def _reschedule(self, node: WorkerController) -> None:
        """Leave no process with one test: it begins it when it knows the next, or that none is."""
        if node.shutting_down:
            return
        super()._reschedule(node)
        while self.workqueue and self._pending_of(self.assigned_work[node]) < 2:
            self._assign_work_unit(node)
        if not self.workqueue and not node.shutting_down:
            node.shutdown()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; count no covered lines where the same is run many times.

    Counting doubles the time of a test, and of the processes it starts. The hundredth random
    example is no new line, and a line that only chance reaches wants a test of its own.
    """
    last = len(LONGEST)
    turns = {name: turn for turn, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turns.get(item.path.name, last))
    for item in items:
        if "simulated" in getattr(item, "fixturenames", ()):
            item.add_marker("simulation")
        if is_hypothesis_test(getattr(item, "obj", None)) or item.path.name in UNCOUNTED:
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Have the processes that a test starts count no covered lines where it does not itself."""
    is_uncounted = item.get_closest_marker("no_cover") is not None
    counting = [name for name in os.environ if name.startswith("COVERAGE_") and is_uncounted]
    kept = {name: os.environ.pop(name) for name in counting}
    try:
        return (yield)
    finally:
        os.environ.update(kept)


class FailuresAtOnce:
    """Shows a failure when it happens: of a run that is cut short the closing list is not seen."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self.terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.terminal.write_line(f"\n{report.nodeid} ({report.when}):\n{report.longreprtext}")


class LongestFiles:
    """Lists, beside pytest's longest tests, which files of them take longest, in seconds."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self.terminal = terminal
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid.partition("::")[0]] += report.duration

    def pytest_terminal_summary(self) -> None:
        self.terminal.section("longest files")
        for name, seconds in self.seconds.most_common(60):
            self.terminal.write_line(f"{seconds:8.1f} s  {name}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    share(config)
    watch(config)
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None or hasattr(config, "workerinput"):
        return
    if "CI" in os.environ:
        config.pluginmanager.register(FailuresAtOnce(terminal))
    if config.getoption("durations"):
        config.pluginmanager.register(LongestFiles(terminal))


FIGURE = "simulated: "


@pytest.fixture
def simulated(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Simulated:
    """Note figures for the list at the end of the run; run these alone by ``-m simulation``."""
    case = getattr(request.node, "callspec", None)

    def note(name: str, value: float) -> float:
        record_property(FIGURE + name + (f" [{case.id}]" if case else ""), float(value))
        return float(value)

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many random cases were tried, and what simulations found."""
    passed = terminalreporter.getreports("passed")
    properties = [each for report in passed for each in report.user_properties]
    cases = sum(int(count) for name, count in properties if name == "random cases")
    if cases:
        terminalreporter.write_line(f"{cases:,} random cases tried")
    found = {name.removeprefix(FIGURE): value for name, value in properties if FIGURE in name}
    for name in sorted(found):
        terminalreporter.write_line(f"{FIGURE}{name}: {float(found[name]):.3f}")


# a browser

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of a process: Playwright cannot be started twice."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, (
        "The browser tests need Chromium: install Debian's package `chromium`, or name a program "
        "in the environment variable CHROMIUM."
    )
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Take back what a command that ran in this process chose for those it starts."""
    names = (logs.FORMAT, logs.LEVEL, logs.RUN, logs.COMMAND)
    before = {name: os.environ.get(name) for name in names}
    yield
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
