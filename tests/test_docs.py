"""The documentation is run, and is complete: code blocks, commands, settings, tables, links."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest
from doc_pages import KOREAN, PAGES, ROOT, blocks, page_id, prose, shell_lines
from in_process import run_here

import sample_logs
import sessionize
import weblog
from reports.mart import VIEWS
from reports.measures import MEASURES
from reports.registry import REPORTS
from weblog.cli import COMMANDS
from weblog.cli import weblog as command_line
from weblog.schema import TABLES

TUTORIALS = {ROOT / "docs" / "tutorial.md", ROOT / "docs" / "ko" / "tutorial.md"}
RUN = [page for page in PAGES if page.parent != ROOT / "sample_logs" and page not in TUTORIALS]
"""Pages whose code is run; that of the sample company has a folder it cannot have here, the
tutorial's is typed by tests/test_tutorial.py."""

FROM_NOTHING = ("README.md", "README.ko.md")
"""Pages that begin without rules and without a store."""

NOT_HERE = {
    "python3 -m venv ~/weblog && ~/weblog/bin/pip install . && export PATH=~/weblog/bin:$PATH",
    "weblog ingest /var/log/nginx/access.log*",
    "weblog ingest --follow /var/log/nginx/access.log",
    "weblog ingest /var/log/nginx 'archive/**/*.zst'",
    "lz4cat access.log.lz4 | weblog ingest -",
    "ssh web1 cat /var/log/nginx/access.log | weblog ingest -",
    "weblog ingest timed.log --format '%h %l %u %t \"%r\" %>s %b %D'",
}
"""Lines that need what this folder has not: another machine, another log, the network."""


EXPORTS = {"google-ads.csv": "google_en.csv", "naver.csv": "naver.csv"}
"""Exports of ad systems that pages load, and which of the tests' they are."""

HISTORY = ROOT / "tests" / "weblog" / "history" / "data"
"""Files of other tools that a page loads."""


RUN_IN_ENGLISH = {line for page in RUN if page not in KOREAN for line in shell_lines(page)}


def with_blocks(*languages: str) -> list[Path]:
    return [page for page in RUN if any(blocks(page, language) for language in languages)]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the company's rules, its tables, some of its logs, and a store of them."""
    folder = tmp_path_factory.mktemp("company")
    data = sample_logs.data_folder()
    for file in (*data.glob("*.toml"), *data.glob("*.csv"), *data.glob("web1/access.log")):
        shutil.copy(file, folder)
    shutil.copy(data / "web1" / "access.log.1.gz", folder)
    site = weblog.load_site(folder / "site.toml")
    store = weblog.open_store(folder / "weblog-store", create=True)
    logs = sorted(folder.glob("access.log*"))
    assert weblog.ingest(store, logs, site, publish=False).errors == ()
    sessionize.load_tables(store, site)
    sessionize.update(store, site)
    return folder


@pytest.fixture
def workplace(
    request: pytest.FixtureRequest,
    company: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The folder a page's code runs in: the company's, as far as the page expects it."""
    page = request.node.callspec.params["page"]
    folder = tmp_path / "workplace"
    code = "\n".join(blocks(page, "python"))
    starts_anew = page_id(page) in FROM_NOTHING
    ignored = ["weblog-store"] if starts_anew or "create=True" in code else []
    shutil.copytree(company, folder, ignore=shutil.ignore_patterns(*ignored))
    for name, export in EXPORTS.items():
        shutil.copy(ROOT / "tests" / "sessionize" / "ad_costs" / "data" / export, folder / name)
    for export in HISTORY.iterdir():
        shutil.copy(export, folder)
    monkeypatch.chdir(folder)
    return folder


# code runs


@pytest.mark.parametrize("page", with_blocks("python"), ids=page_id)
def test_python_runs_from_top_to_bottom(page: Path, workplace: Path) -> None:
    script = workplace / "page.py"
    script.write_text("\n".join(blocks(page, "python")), "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", with_blocks("sh", "console"), ids=page_id)
def test_commands_run(page: Path, workplace: Path) -> None:
    if page_id(page) in FROM_NOTHING:
        (workplace / "site.toml").unlink()
    for line in shell_lines(page):
        if line in NOT_HERE or is_known_elsewhere(line):
            continue
        if page in KOREAN and line in RUN_IN_ENGLISH:
            continue
        assert line.startswith("weblog "), f"this test does not know how to run: {line}"
        code, said = ran(line)
        assert code == 0, f"{line}\n{said}"


def ran(line: str) -> tuple[int, str]:
    """Run one line, in this process where it asks nothing of a shell: a second faster."""
    expanded = re.sub("'[^']*'", "", line)
    bare = re.sub('"[^"]*"', "", expanded)
    if not re.search(r"[$`]", expanded) and not re.search(r"[|<>*?&;~#]", bare):
        done = run_here(*shlex.split(line)[1:])
        return done.returncode, done.stderr
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return shell.returncode, shell.stderr


def is_known_elsewhere(line: str) -> bool:
    """Say whether a command is not run here, but names what there is."""
    words = [word for word in shlex.split(line) if not re.match("[A-Z_]+=", word)]
    if words[:2] in (["python3", "dev.py"], ["python", "dev.py"]):
        assert words[2] in developer_commands(), line
        return True
    if words[:2] in (["weblog", "dashboard"], ["weblog", "serve"]) or words == ["weblog", "demo"]:
        known = help_of(words[1])  # they would go on for ever
        assert [word for word in words if word.startswith("--") and word not in known] == []
        return True
    if words[:2] in (["python3", "-m"], ["python", "-m"]):
        assert importlib.util.find_spec(words[2]) is not None, line
        return True
    return False


def test_commands_not_run_stand_on_some_page() -> None:
    assert NOT_HERE - {line for page in RUN for line in shell_lines(page)} == set()


def developer_commands() -> set[str]:
    shown = subprocess.run(
        [sys.executable, ROOT / "dev.py", "--help"], capture_output=True, text=True, check=True
    ).stdout
    return set(re.findall(r"^    (\w+) ", shown, re.MULTILINE))


def test_developer_commands_are_documented() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert set(re.findall(r"python3 dev\.py (\w+)", page)) == developer_commands()


# what is generated is up to date


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_parts_are_what_the_code_says(generate: ModuleType) -> None:
    for page, text in generate.pages().items():
        assert page.read_text("utf-8") == text, f"run `python dev.py docs`: {page_id(page)}"


# everything is documented


def docs_page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def help_of(command: str) -> str:
    return run_here(command, "--help").stdout


def test_every_command_has_its_section_and_its_help() -> None:
    page = docs_page("command-line.md")
    assert re.findall(r"^## ([a-z]+)$", page, re.MULTILINE) == list(COMMANDS)
    for command in COMMANDS:
        assert f"Usage: weblog {command} [OPTIONS]" in page


def test_every_option_of_every_command_is_documented() -> None:
    page = docs_page("command-line.md")
    context = click.Context(command_line)
    waiting = [((name,), command_line.get_command(context, name)) for name in COMMANDS]
    missing = []
    while waiting:
        path, command = waiting.pop()
        assert command is not None
        if isinstance(command, click.Group):
            waiting += [((*path, name), each) for name, each in command.commands.items()]
        usage = f"Usage: weblog {' '.join(path)} "
        text = page.partition(usage)[2].partition("```")[0]
        options = [each for each in command.params if isinstance(each, click.Option)]
        missing += [
            (*path, option.opts[0])
            for option in options
            if not option.hidden and not any(name in text for name in option.opts)
        ]
        missing += [path] if not text else []
    assert missing == []


def test_every_environment_variable_is_documented() -> None:
    page = docs_page("command-line.md")
    context = click.Context(command_line)
    commands = [command_line.get_command(context, name) for name in COMMANDS]
    names = {
        option.envvar
        for command in commands
        if command is not None
        for option in command.params
        if isinstance(option.envvar, str)
    }
    assert names != set()
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_every_report_is_documented() -> None:
    page, commands = docs_page("reports.md"), docs_page("command-line.md")
    for name, report in REPORTS.items():
        assert f"\n## {name}\n" in page
        assert f"[`{name}`](reports.md#{name})" in commands
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for column in report.columns:
            assert f"`{column.name}`" in section


def test_every_measure_is_documented() -> None:
    section = docs_page("reports.md").split("\n## Measures\n")[1].split("\n## ")[0]
    named = re.findall(r"^\| `(\w+)` \| \w+ \| .+ \|$", section, re.MULTILINE)
    assert named == list(MEASURES)


def test_every_view_of_the_data_mart_and_its_columns_are_documented() -> None:
    page = docs_page("data-mart.md")
    for view in VIEWS.values():
        section = page.split(f"\n### {view.name}\n")[1].split("\n### ")[0]
        assert [c.name for c in view.columns if f"| `{c.name}` |" not in section] == []


def test_every_table_and_column_is_documented() -> None:
    page = docs_page("store.md")
    for table in TABLES.values():
        section = page.split(f"\n### {table.name}\n")[1].split("\n### ")[0]
        for column in table.columns:
            assert f"| `{column.name}` |" in section


def test_every_setting_is_documented(generate: ModuleType) -> None:
    page = docs_page("site-rules.md")
    for section in ("top", *generate.sections()):
        part = page.split(f"<!-- generated: settings {section} -->")[1].split("<!-- end -->")[0]
        for name in generate.section_fields(section):
            row = re.search(rf"^\| `{name}` \|.*\| ([^|]+) \|$", part, re.MULTILINE)
            assert row is not None, f"{section}.{name} has no meaning"


def test_every_page_of_documentation_is_in_the_contents() -> None:
    docs = ROOT / "docs"
    english = docs_page("index.md")
    for page in docs.rglob("*.md"):
        folder = page.parent.relative_to(docs)
        own = docs / folder / "index.md"
        contents, name = (
            (own.read_text("utf-8"), page.name)
            if own.exists()
            else (english, (folder / page.name).as_posix())
        )
        assert page.name == "index.md" or f"({name})" in contents, page_id(page)


# links


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual hosts of repositories make them."""
    text = prose(page)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    text = prose(page)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if re.match(r"https?:", link):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(link)
    assert broken == []
