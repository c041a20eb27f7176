"""Compile the parser's inner loop, ``weblog/parse/native.c``, when the package is built.

With the machine's C compiler, and where it has none with the one that ``ziglang`` brings as a
Python package: a machine with Python, and no more, gets the fast parser too. Where neither
works the package is built without, and parses the same, several times slower.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("weblog", "parse", "native.c")
BUILT = SOURCE.with_name("_native.so")
FLAGS = ("-std=c11", "-O3", "-shared", "-fPIC")
PLATFORMS = ("linux", "darwin")


class CompileHook(BuildHookInterface[Any]):
    """The hook hatchling calls."""

    def dependencies(self) -> list[str]:
        """Return what building needs: a compiler from the registry where there is none."""
        return ["ziglang>=0.13"] if sys.platform in PLATFORMS and not system_compiler() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, and put what comes of it into the wheel."""
        if self.target_name != "wheel" or sys.platform not in PLATFORMS:
            return
        compiler = system_compiler() or [sys.executable, "-m", "ziglang", "cc"]
        built = Path(self.root, BUILT)
        problem = compiled([*compiler, *FLAGS], Path(self.root, SOURCE), built)
        if problem:
            self.app.display_warning(
                f"{SOURCE} could not be compiled, parsing will be slower: {problem}"
            )
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
        build_data["pure_python"] = False
        build_data["force_include"][str(built)] = BUILT.as_posix()


def system_compiler() -> list[str] | None:
    """Return the words that start the machine's C compiler, None where it has none."""
    named = os.environ.get("CC", "").split()
    for words in filter(None, (named, ["cc"], ["gcc"], ["clang"])):
        if shutil.which(words[0]):
            return list(words)
    return None


def compiled(command: list[str], source: Path, built: Path) -> str | None:
    """Compile ``source``, and return what went wrong.

    A library that a running program has open is replaced, never written into.
    """
    fresh = built.with_suffix(f".{os.getpid()}.so")
    try:
        done = subprocess.run(
            [*command, "-o", fresh, source], capture_output=True, text=True, check=False
        )
    except OSError as error:
        return str(error)
    if done.returncode:
        fresh.unlink(missing_ok=True)
        return done.stderr.strip() or f"the compiler ended with {done.returncode}"
    fresh.replace(built)
    return None
