"""docs/tutorial.md is followed to the letter, block by block, in an empty home folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "tests" / "weblog" / "formats" / "samples"
PAGE, KOREAN = (ROOT / "docs" / name for name in ("tutorial.md", "ko/tutorial.md"))
INSTALLS = re.compile(r"^python3 -m venv ~/weblog && ~/weblog/bin/pip install \. && .*$")
"""What `python3 dev.py demo` and every set-up do; here the environment of the tests stands in."""
DASHBOARD = "weblog dashboard"


def blocks(page: Path) -> list[tuple[str, str]]:
    text = page.read_text("utf-8")
    return re.findall(r"^```(sh|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(language: str, block: str) -> str:
    """Return what is typed, and not what is answered."""
    if language == "sh":
        return block
    return "\n".join(line[2:] for line in block.splitlines() if line.startswith("$ "))


class Reader:
    """Somebody at a terminal: what they type goes on in the folder they were in."""

    def __init__(self, home: Path) -> None:
        self.home, self.folder = home, home
        (home / "weblog").mkdir(parents=True)
        (home / "weblog" / "bin").symlink_to(Path(sys.executable).parent)
        (home / "weblog-insight").symlink_to(ROOT)
        logs = home / "var" / "log" / "nginx"
        logs.mkdir(parents=True)
        shutil.copy(SAMPLES / "combined.log", logs / "access.log")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WEBLOG")}
        path = f"{home}/weblog/bin:{os.environ['PATH']}"
        self.environment = {**kept, "HOME": str(home), "PATH": path}

    def types(self, text: str) -> str:
        text = text.replace("/var/log/nginx", str(self.home / "var" / "log" / "nginx"))
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", f'{text}\npwd > "$HOME/where"'],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}"
        self.folder = Path((self.home / "where").read_text("utf-8").strip())
        return done.stdout

    def opens_the_dashboard(self) -> bytes:
        words = [*DASHBOARD.split(), "--port", "0", "--no-open"]
        # A test run in the background would hand down an ignored Ctrl+C.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen(
            words, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        signal.signal(signal.SIGINT, before)
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = re.match(r"Dashboard on (http://127\.0\.0\.1:\d+/)", said)
            assert found is not None, said
            with urllib.request.urlopen(found[1], timeout=60) as answer:  # noqa: S310
                page: bytes = answer.read()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
        assert process.returncode == 0
        return page


def test_the_tutorial_works_as_it_stands(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "home")
    opened = b""
    installed = 0
    for language, block in blocks(PAGE):
        typed = commands(language, block)
        if INSTALLS.match(typed):
            assert typed in (ROOT / "README.md").read_text("utf-8")
            installed += 1
        elif typed.strip() == DASHBOARD:
            opened = reader.opens_the_dashboard()
        else:
            answer = reader.types(typed).splitlines()
            shown = [] if language == "sh" else block.splitlines()
            expected = [line for line in shown if not line.startswith("$ ")]
            assert [line for line in expected if line not in answer] == [], "\n".join(answer)
    assert installed == 1
    assert b"<html" in opened
    assert (reader.folder / "weblog-store").is_dir()


def test_both_languages_say_the_same_commands_and_answers() -> None:
    english, korean = (
        [(language, re.sub(r" +#.*", "", block)) for language, block in blocks(page)]
        for page in (PAGE, KOREAN)
    )
    assert korean == english
