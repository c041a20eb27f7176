"""The parser's inner loop is compiled where that works; elsewhere the build says so and goes on."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Generic, TypeVar

import pytest

from weblog.parse import library

ROOT = Path(__file__).parents[2]
T = TypeVar("T")


class Hook(Generic[T]):
    """What the hook uses of hatchling's interface, which is there only while a package is built."""

    def __init__(self, root: Path, target_name: str, warnings: list[str]) -> None:
        self.root, self.target_name = str(root), target_name
        self.app = SimpleNamespace(display_warning=warnings.append)


def hook_module() -> ModuleType:
    """``hatch_build.py``, which lies beside the package and is no part of it."""
    interface = ModuleType("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = Hook  # type: ignore[attr-defined]
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, interface.__name__, interface)
        spec.loader.exec_module(module)
    return module


hatch_build = hook_module()
SYSTEM: list[str] = hatch_build.system_compiler() or []


def command(script: Path, text: str) -> list[str]:
    """A compiler that does what a program in Python does."""
    script.write_text(f"import sys\n{text}\n", "utf-8")
    return [sys.executable, str(script)]


def source(folder: Path) -> Path:
    """A folder like the repository, with the source alone."""
    copy: Path = folder / hatch_build.SOURCE
    copy.parent.mkdir(parents=True)
    copy.write_bytes((ROOT / hatch_build.SOURCE).read_bytes())
    return copy


def built_by_hook(
    folder: Path, monkeypatch: pytest.MonkeyPatch, compiler: str, target: str = "wheel"
) -> tuple[dict[str, Any], list[str]]:
    """Run the hook as hatchling does; return what it asks of the wheel, and its warnings."""
    monkeypatch.setenv("CC", compiler)
    warnings: list[str] = []
    hook = hatch_build.CompileHook(folder, target, warnings)
    data: dict[str, Any] = {"force_include": {}, "pure_python": True}
    hook.initialize("standard", data)
    return data, warnings


def test_the_systems_compiler_compiles_it_without_a_warning(tmp_path: Path) -> None:
    built = tmp_path / "_native.so"
    strict = [*SYSTEM, *hatch_build.FLAGS, "-Wall", "-Wextra", "-Werror"]
    assert hatch_build.compiled(strict, source(tmp_path), built) is None
    assert library.loaded(built).weblog_count_lines(b"a\nb", 3) == 2
    assert [path.name for path in tmp_path.glob("*.so")] == ["_native.so"]


def test_a_compiler_that_fails_says_why_and_leaves_what_was_there(tmp_path: Path) -> None:
    path, built = source(tmp_path), tmp_path / "_native.so"
    built.write_text("of before", "utf-8")
    broken = "open(sys.argv[-2], 'w').write('half'); sys.exit('no room on the disk')"
    commands = {
        "no room on the disk": command(tmp_path / "full.py", broken),
        "the compiler ended with 3": command(tmp_path / "silent.py", "sys.exit(3)"),
        "No such file": [str(tmp_path / "no-compiler")],
    }
    for reason, compiler in commands.items():
        problem = hatch_build.compiled(compiler, path, built)
        assert problem is not None
        assert reason in problem
        assert [path.name for path in tmp_path.glob("*.so")] == ["_native.so"]
        assert built.read_text("utf-8") == "of before"


def test_a_library_in_use_is_replaced_and_not_written_into(tmp_path: Path) -> None:
    built = tmp_path / "_native.so"
    path = source(tmp_path)
    assert hatch_build.compiled([*SYSTEM, *hatch_build.FLAGS], path, built) is None
    with built.open("rb") as in_use:
        before = in_use.read()
        assert hatch_build.compiled([*SYSTEM, "-O0", "-shared", "-fPIC"], path, built) is None
        in_use.seek(0)
        assert in_use.read() == before
        assert os.fstat(in_use.fileno()).st_ino != built.stat().st_ino
    assert built.read_bytes() != before


def test_the_hook_puts_the_library_into_a_wheel_of_this_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(tmp_path)
    data, warnings = built_by_hook(tmp_path, monkeypatch, " ".join(SYSTEM))
    assert warnings == []
    built = tmp_path / hatch_build.BUILT
    assert data["force_include"] == {str(built): "weblog/parse/_native.so"}
    assert data["pure_python"] is False
    assert data["tag"].startswith("py3-none-")
    assert library.loaded(built).weblog_interface() == library.INTERFACE


def test_without_a_compiler_that_works_the_wheel_is_pure_python_and_the_hook_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(tmp_path)
    broken = command(tmp_path / "broken.py", "sys.exit('cannot find stdint.h')")
    data, warnings = built_by_hook(tmp_path, monkeypatch, " ".join(broken))
    assert data == {"force_include": {}, "pure_python": True}
    assert len(warnings) == 1
    assert "cannot find stdint.h" in warnings[0]
    assert "slower" in warnings[0]
    assert not (tmp_path / hatch_build.BUILT).exists()


def test_a_source_distribution_is_not_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source(tmp_path)
    data, warnings = built_by_hook(tmp_path, monkeypatch, " ".join(SYSTEM), target="sdist")
    assert (data, warnings) == ({"force_include": {}, "pure_python": True}, [])
    assert not (tmp_path / hatch_build.BUILT).exists()


def test_the_compiler_named_by_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", f"{sys.executable} -m compiler")
    assert hatch_build.system_compiler() == [sys.executable, "-m", "compiler"]
    monkeypatch.setenv("CC", "no-such-compiler")
    assert hatch_build.system_compiler() in (["cc"], ["gcc"], ["clang"])
    monkeypatch.setenv("PATH", "")
    assert hatch_build.system_compiler() is None


def test_the_library_that_is_installed_was_built_of_these_sources() -> None:
    assert library.is_compiled()
    done = subprocess.run(
        [sys.executable, "-m", "weblog", "--version"], capture_output=True, text=True, check=True
    )
    assert "parser: compiled" in done.stdout
