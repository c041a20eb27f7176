"""What must hold of the repository itself: every file under version control."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import weblog

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("weblog", "sessionize", "reports", "dashboard", "sample_logs")
MB = 1_000_000


def tracked(*patterns: str) -> list[Path]:
    """Return the files under version control, those that match ``patterns`` only."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--", *patterns],
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_with(pattern: str, paths: list[Path]) -> Iterator[str]:
    """Yield ``file:line: text`` for each line of text files that ``pattern`` is found in."""
    for path in paths:
        data = path.read_bytes()
        if b"\0" in data or path.suffix in {".gz", ".png"}:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            if re.search(pattern, line):
                yield f"{name_of(path)}:{number}: {line.strip()[:120]}"


def modules() -> list[Path]:
    return tracked("*.py")


def packaged() -> list[Path]:
    return [path for path in modules() if path.relative_to(ROOT).parts[0] in PACKAGES]


# what must not be in the tree


def test_no_file_names_a_package_registry() -> None:
    hosts = r"[p]ypi\.|[p]ythonhosted|[n]pmjs\.|[r]egistry\.n|[d]eb\.debian|[j]sdelivr|[u]npkg\."
    assert list(lines_with(hosts, tracked())) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    elsewhere = [path for path in tracked() if not name_of(path).startswith("sample_logs/data/")]
    assert list(lines_with(r"(?<![\w.%-])/(work|root|farm)/", elsewhere)) == []
    product = [path for path in elsewhere if not name_of(path).startswith("tests/")]
    assert list(lines_with(r"(?<![\w.%-])/(tmp|home)/", product)) == []


def test_no_file_is_large() -> None:
    assert [name_of(path) for path in tracked() if path.stat().st_size > 6 * MB] == []


def test_sample_company_is_small() -> None:
    assert sum(path.stat().st_size for path in tracked("sample_logs/data")) < 6 * MB


def test_modules_are_short() -> None:
    long = [name_of(path) for path in packaged() if path.read_bytes().count(b"\n") > 400]
    assert long == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    names = r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)"
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in tracked("tests/*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and re.fullmatch(names, ast.unparse(node))
    ]
    assert found == []


def test_no_table_is_driven_row_by_row() -> None:
    names = {"map_elements", "map_rows", "iter_rows", "iterrows", "itertuples"}
    found = [
        f"{name_of(path)}:{node.lineno}: {node.attr}"
        for path in packaged()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in names
    ]
    assert found == []


def test_every_exception_to_a_rule_names_the_rule() -> None:
    nameless = r"#\s*noqa(?!: [A-Z]+\d+)|#\s*type: ignore(?!\[[a-z-]+)|#\s*ruff: noqa"
    own = Path(__file__)
    assert list(lines_with(nameless, [path for path in modules() if path != own])) == []


# what belongs together


def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return found


def test_version_is_the_same_everywhere() -> None:
    declared = project()["project"]
    assert isinstance(declared, dict)
    assert declared["version"] == weblog.__version__
    assert f"## [{weblog.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_package_has_its_readme_and_licence() -> None:
    declared = project()["project"]
    assert isinstance(declared, dict)
    for name in (declared["readme"], *declared["license-files"]):
        assert (ROOT / name).stat().st_size > 100, name


def sh_blocks(page: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_readme_begins_with_two_lines_to_copy(page: str) -> None:
    assert sh_blocks(page)[:2] == ["python3 dev.py demo", "python3 dev.py test"]


def test_ci_runs_the_readmes_command_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    commands = [line for line in script.splitlines() if line and not line.startswith("#")]
    assert commands == [
        "set -euo pipefail",
        'cd "$(dirname "$0")/.."',
        sh_blocks("README.md")[1],
    ]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


# pinned versions


def pins() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_are_names_and_exact_versions() -> None:
    assert [line for line in pins() if not re.fullmatch(r"[\w.-]+==[\w.+!]+", line)] == []


def test_pinned_versions_run_on_the_oldest_python() -> None:
    """Debian 12 brings 3.11.2: what wants 3.11.5 is not found there, and nothing installs."""
    oldest = str(project()["project"]["requires-python"]).removeprefix(">=") + ".0"
    found = {canonical(each.name): each for each in distributions()}
    looked_at = [found[name] for pin in pins() if (name := canonical(pin.split("==")[0])) in found]
    assert len(looked_at) > 100
    said = {each.name: each.metadata for each in looked_at if "Requires-Python" in each.metadata}
    needs = {name: SpecifierSet(about["Requires-Python"]) for name, about in said.items()}
    assert [name for name, versions in needs.items() if oldest not in versions] == []


def test_every_dependency_is_pinned() -> None:
    declared = project()["project"]
    assert isinstance(declared, dict)
    optional = [each for extra in declared["optional-dependencies"].values() for each in extra]
    wanted = {
        canonical(re.split(r"[\[<>=!~; ]", each)[0])
        for each in (*declared["dependencies"], *optional)
    }
    pinned = {canonical(line.split("==")[0]) for line in pins()}
    assert wanted - pinned == {"weblog-insight"}  # the extra "dev" names the package itself
