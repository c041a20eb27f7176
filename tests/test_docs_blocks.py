"""Every block of the documentation is run or checked, by what it is for; so is what it names."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import click
import pytest
import yaml
from doc_pages import PAGES, ROOT, blocks, commands_named, fences, page_id

import weblog
from dashboard.access.oidc.settings import load_settings
from dashboard.site_list import load_sites
from reports.audience.load_rules import load_rules
from weblog.cli import COMMANDS
from weblog.cli import weblog as command_line
from weblog.errors import WeblogError
from weblog.plugins import KINDS

ELSEWHERE = {"python", "sh", "console"}
"""Languages that tests/test_docs.py and tests/test_tutorial.py run."""

BY_HAND = {"apache", "caddyfile", "haproxy"}
"""Configuration of servers; docs/how-to/log-format.md says with which versions it was tried, and
tests/test_log_format_guide.py reads the lines these wrote."""

CHECKED = {"text", "toml", "ini", "cron", "json", "yaml", "xml", "nginx", "py"}
UNIT_SECTIONS = {"Unit", "Service", "Timer", "Install"}
CRON = re.compile(r"(?:[\d*/,-]+\s+){5}\S")


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


def test_every_block_says_what_it_is() -> None:
    unknown = {
        (page_id(page), language)
        for page in PAGES
        for language, _ in fences(page)
        if language not in ELSEWHERE | BY_HAND | CHECKED
    }
    assert unknown == set()


# what is named is there


def problem(words: list[str]) -> str | None:
    """Say what is wrong with a command of ours, as words, without running it."""
    context = click.Context(command_line)
    name, rest = words[0].rstrip(".,:"), words[1:]
    if rest and re.match(r"\d+\.\d", rest[0]):
        return None  # a list of ours and its version: weblog bots 0.1.0
    if name not in COMMANDS:
        return f"there is no command {name!r}"
    command = command_line.get_command(context, name)
    if isinstance(command, click.Group) and rest and re.fullmatch("[a-z]+", rest[0]):
        sub = command.get_command(context, rest[0])
        if sub is None:
            return f"{name} has no {rest[0]!r}"
        command, rest = sub, rest[1:]
    assert command is not None
    known = {opt for param in command.params for opt in (*param.opts, *param.secondary_opts)}
    given = {word.split("=")[0].rstrip(".,:;)'") for word in rest if re.match("--[a-z]", word)}
    unknown = sorted(given - known - {"--help"})
    return f"{name} knows no {', '.join(unknown)}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_and_options_that_are_named_exist(page: Path) -> None:
    wrong = [found for words in commands_named(page) if (found := problem(words))]
    assert wrong == []


def test_what_is_wrong_with_a_command_is_seen() -> None:
    assert problem(["reprot"]) == "there is no command 'reprot'"
    assert problem(["rules", "lsit"]) == "rules has no 'lsit'"
    assert problem(["report", "channels", "--langauge", "ko"]) == "report knows no --langauge"


# configuration is read by what reads it


def accepts(text: str, folder: Path) -> list[str]:
    """Return why none of our readers takes a TOML file, nothing if one does."""
    told = tomllib.loads(text)
    if "project" in told:  # of a package that adds something: its groups are ours
        groups = set(told["project"]["entry-points"])
        return sorted(groups - set(KINDS)) if groups else ["no entry point"]
    file = folder / "some.toml"
    file.write_text(text, "utf-8")
    for store in re.findall(r'^store = "(.+)"', text, re.MULTILINE):
        weblog.open_store(folder / store, create=True)
    for rules in re.findall(r'^rules = "(.+)"', text, re.MULTILINE):
        (folder / rules).touch()
    (folder / "oidc-secret").touch(mode=0o600)
    (folder / "oidc-secret").write_text("secret", "utf-8")
    refused = []
    for read in (weblog.load_site, load_rules, load_sites, load_settings):
        try:
            read(file)
        except WeblogError as error:
            refused.append(str(error))
        else:
            return []
    return refused


@pytest.mark.parametrize("page", pages_with("toml"), ids=page_id)
def test_toml_is_taken_by_what_it_is_for(page: Path, tmp_path: Path) -> None:
    for text in blocks(page, "toml"):
        assert accepts(text, tmp_path) == [], text


@pytest.mark.parametrize("page", pages_with("ini"), ids=page_id)
def test_units_have_sections_and_settings(page: Path) -> None:
    for text in blocks(page, "ini"):
        if "provider = " in text:  # oauth2-proxy's file is TOML
            tomllib.loads(text)
            continue
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[method-assign, assignment]
        unit.read_string(text)
        assert set(unit.sections()) <= UNIT_SECTIONS, text
        settings = [name for section in unit.sections() for name in unit[section]]
        assert all(re.fullmatch("[A-Z][A-Za-z]+", name) for name in settings), settings
        assert "ExecStart" in settings or "OnCalendar" in settings


@pytest.mark.parametrize("page", pages_with("cron"), ids=page_id)
def test_lines_of_cron_have_their_fields(page: Path) -> None:
    for line in "\n".join(blocks(page, "cron")).splitlines():
        assert CRON.match(line) or re.match("[A-Z_]+=", line), line


@pytest.mark.parametrize("page", pages_with("nginx"), ids=page_id)
def test_nginx_statements_end(page: Path) -> None:
    for text in blocks(page, "nginx"):
        bare = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "_", text)
        assert bare.count("{") == bare.count("}")
        statements = re.split(r"[;{}]", bare)
        assert [each for each in statements if "\n" in each.strip() and "_" not in each] == []
        assert statements[-1].strip() == ""


def test_other_configuration_can_be_read() -> None:
    for page in PAGES:
        for text in blocks(page, "json"):
            json.loads(text)
        for text in blocks(page, "yaml"):
            assert isinstance(yaml.safe_load(text), dict)
        for text in blocks(page, "xml"):
            ET.fromstring(text)  # noqa: S314  our own page
        for text in blocks(page, "py"):
            compile(text, page_id(page), "exec")


# English and Korean


def test_pages_in_two_languages_name_each_other() -> None:
    docs = ROOT / "docs"
    for korean in (docs / "ko").glob("*.md"):
        head = "\n".join(korean.read_text("utf-8").splitlines()[:5])
        twins = re.findall(r"\(\.\./([\w/-]+\.md)\)", head)
        assert twins, f"{korean.name} does not say where its English is"
        for twin in twins:
            head = "\n".join((docs / twin).read_text("utf-8").splitlines()[:8])
            assert f"(ko/{korean.name})" in head, f"{twin} does not say where its Korean is"
