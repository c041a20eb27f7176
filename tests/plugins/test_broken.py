"""A package whose plug-in is broken is named, and stops nothing but what asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from in_process import run_here

from reports.attribution.plugged import plugged_model
from reports.plugged import plugged_report, report_named
from weblog.classify.channel_rules import rule_named
from weblog.formats import format_named
from weblog.formats.plugged import plugged_row
from weblog.plugins import CHANNEL_RULES, FORMATS, MODELS, REPORTS, PluginError

ROOT = Path(__file__).resolve().parents[2]
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, path: pytest.MonkeyPatch) -> Install:
    """Install a package as pip would leave it: a module, and what it declares."""

    def add(group: str, name: str, code: str, package: str = "shaky") -> None:
        module = f"{package}_{name}_module"
        sys.modules.pop(module, None)
        (tmp_path / f"{module}.py").write_text(code)
        about = tmp_path / f"{package}-0.3.dist-info"
        about.mkdir(exist_ok=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.3\n")
        with (about / "entry_points.txt").open("a") as points:
            points.write(f"[{group}]\n{name} = {module}:IT\n")

    path.syspath_prepend(str(tmp_path))
    return add


LINE_FORMAT = """
import polars as pl
from weblog.extending import LineFormat
def read(lines):
    {body}
IT = LineFormat("t", "w", "https://example.com", {fields}, ("a b",), read)
"""
RULE = """
import polars as pl
from weblog.extending import ChannelRule
IT = ChannelRule({channel!r}, "채널", "in words", lambda arrival: {fits})
"""
MODEL = """
import numpy as np
from reports.extending import AttributionModel, Credits, Words
def credit(paths, settings, counts):
    {body}
IT = AttributionModel(Words("Own", "자체"), credit)
"""
REPORT = """
import polars as pl
from reports.extending import *
def it(source, filters=EVERYTHING):
    {body}
COLUMNS = (ColumnSpec("n", pl.Int64(), "count", "n"),)
IT = OwnReport(it, lambda frame, language, theme: {{}}, COLUMNS,
               Words("T", "제목"), Words("Q?", "질문?"), words={words})
"""
OWN_WORDS = '{"n": ColumnWords("N", "수", "수")}'


@pytest.mark.parametrize(
    ("group", "load", "code", "told"),
    [
        (FORMATS, format_named, "import nowhere_to_be_found", "ModuleNotFoundError: No module"),
        (FORMATS, format_named, "IT = 3", "of type int, expected NamedFormat or LineFormat"),
        (FORMATS, format_named, "def (", "SyntaxError"),
        (FORMATS, format_named, "THAT = 3", "AttributeError"),
        (FORMATS, plugged_row, LINE_FORMAT.format(fields=("when",), body="return 1"),
         "no field is called 'when'"),
        (FORMATS, plugged_row, LINE_FORMAT.format(fields=("time", "target"), body="return 1"),
         "read gives int, expected a DataFrame"),
        (FORMATS, plugged_row, LINE_FORMAT.format(
            fields=("time", "target"), body="return pl.DataFrame({'time': lines})"),
         "read gives columns time String; expected String for: time, target"),
        (FORMATS, plugged_row, LINE_FORMAT.format(
            fields=("time", "target"),
            body="return pl.DataFrame({'time': [None], 'target': [None]}, "
                 "schema=dict.fromkeys(('time', 'target'), pl.String))"),
         "does not read its own samples"),
        (FORMATS, plugged_row, LINE_FORMAT.format(fields=("time", "target"), body="return {}['x']"),
         "KeyError: 'x' at shaky_mine_module.py:5"),
        (CHANNEL_RULES, rule_named, RULE.format(channel="", fits="pl.lit(True)"),
         "expected a channel, its Korean name"),
        (CHANNEL_RULES, rule_named, RULE.format(channel="C", fits="True"),
         "fits gives bool, expected an expression"),
        (CHANNEL_RULES, rule_named, RULE.format(channel="C", fits="arrival.medium"),
         "fits gives String, expected true or false"),
        (CHANNEL_RULES, rule_named, RULE.format(channel="C", fits="pl.col('nothing') == 1"),
         "its expression cannot be computed"),
        (CHANNEL_RULES, rule_named, RULE.format(channel="C", fits="arrival.nothing"),
         "AttributeError"),
        (MODELS, plugged_model, "IT = print", "expected AttributionModel"),
        (REPORTS, plugged_report, REPORT.format(words="{}", body="pass"), "expected words for"),
        (REPORTS, plugged_report, REPORT.format(words=OWN_WORDS, body="pass").replace(
            "it(source, filters", "it(store, filters"), "expected source, filters"),
    ],
)  # fmt: skip
def test_the_error_names_the_package_and_what_is_wrong(
    install: Install, group: str, load: Callable[[str], object], code: str, told: str
) -> None:
    install(group, "mine", code)
    with pytest.raises(PluginError) as error:
        load("mine")
    assert str(error.value).startswith("package shaky 0.3: its ")
    assert "'mine' cannot be used" in str(error.value)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 1", "it gives int, expected Credits"),
        ("one = np.zeros((1, 1)); return Credits(one, one)", "of shape (1, 1), expected"),
        ("none = np.zeros((len(counts), paths.players)); return Credits(none, none)",
         "does not sum to the conversions: 0 of 60"),
        ("below = np.full((len(counts), paths.players), -1.0); return Credits(below, below)",
         "credits conversions below 0"),
        ("raise ZeroDivisionError", "ZeroDivisionError at shaky_mine_module.py:5"),
    ],
)  # fmt: skip
def test_a_model_is_held_to_what_models_promise(
    install: Install, path: pytest.MonkeyPatch, company: Path, body: str, told: str
) -> None:
    install(MODELS, "mine", MODEL.format(body=body))
    path.chdir(company)
    done = run_here("report", "attribution", "--model", "mine", "--bootstrap", "2")
    assert done.returncode == PluginError.exit_code
    assert told in done.stderr


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 1", "it gives int, expected a Report"),
        ("return ask(source, filters).answer('other', pl.DataFrame())", "calls itself 'other'"),
        ("return ask(source, filters).answer('mine', pl.DataFrame({'n': ['x'], 'm': [1]}))",
         "n is String, not Int64, m is not declared"),
    ],
)  # fmt: skip
def test_a_report_is_held_to_its_columns(
    install: Install, path: pytest.MonkeyPatch, company: Path, body: str, told: str
) -> None:
    install(REPORTS, "mine", REPORT.format(words=OWN_WORDS, body=body))
    path.chdir(company)
    done = run_here("report", "mine")
    assert done.returncode == PluginError.exit_code
    assert told in done.stderr


def test_what_is_built_in_keeps_its_name(install: Install) -> None:
    install(REPORTS, "summary", "raise SystemError('never imported')")
    assert report_named("summary").function.__module__ == "reports.answers.summary"
    listed = run_here("plugins", "--output", "csv").stdout
    assert "'summary' is built in, and that is what the name means" in listed


def test_two_packages_of_one_name_are_both_named(install: Install) -> None:
    install(FORMATS, "mine", "IT = 1")
    install(FORMATS, "mine", "IT = 2", package="other")
    with pytest.raises(
        PluginError, match=r"several packages have that name: other 0\.3, shaky 0\.3"
    ):
        format_named("mine")


def test_nothing_else_is_taken_down(install: Install, tmp_path: Path, company: Path) -> None:
    for group in (FORMATS, CHANNEL_RULES, MODELS, REPORTS):
        install(group, "mine", "raise RuntimeError('broken')", package=group.partition(".")[2])
    script = (
        "from weblog.cli import main\n"
        "for words in (['formats', '--output', 'csv'], ['report', '--list', '--output', 'csv'],\n"
        "              ['report', 'channels'], ['status']):\n"
        "    try: main(words)\n"
        "    except SystemExit as end: assert not end.code, words\n"
        "from dashboard.pages import PAGES\n"
        "print('pages', len(PAGES), '/own/mine' in PAGES)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=company,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "mine,cannot be used: RuntimeError: broken" in done.stdout
    assert "False" in done.stdout.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert "package reports 0.3: its report 'mine' is left out: RuntimeError" in done.stderr


def test_help_imports_no_plug_in_and_lists_no_package(install: Install, tmp_path: Path) -> None:
    install(REPORTS, "mine", "raise RuntimeError('broken')")
    script = (
        "import sys\nfrom weblog.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "assert not {'polars', 'importlib.metadata', 'shaky_mine_module'} & {*sys.modules}\n"
    )
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True,
                   env={**os.environ, "PYTHONPATH": path})  # fmt: skip


def test_a_format_whose_package_is_gone_says_so(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("x\n")
    done = run_here("ingest", log, "--format", "plugin:gone", "--store", tmp_path / "S")
    assert done.returncode == 5
    assert "no installed package adds that format. Install the package it came from" in done.stderr
