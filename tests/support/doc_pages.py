"""The pages of the documentation, their code blocks, and the commands they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [
        *(page for page in ROOT.glob("*.md")),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("sample_logs/*.md"),
    ]
)
KOREAN = [page for page in PAGES if page.parent.name == "ko"]
_FENCE = re.compile(r"^```(\S*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"(?:^|[\s;(`])(?:/opt/weblog/bin/)?weblog (?P<words>[a-z][^`]*)")


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def fences(page: Path) -> list[tuple[str, str]]:
    """Return the language and the text of every code block."""
    return _FENCE.findall(page.read_text("utf-8"))


def blocks(page: Path, language: str) -> list[str]:
    return [text for said, text in fences(page) if said == language]


def prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text("utf-8"))


def shell_lines(page: Path) -> list[str]:
    """Return the commands of a page, without comments behind them."""
    text = "\n".join(blocks(page, "sh")).replace("\\\n", " ")
    lines = [re.sub(r"\s{2,}#.*$", "", line).strip() for line in text.splitlines()]
    shown = [line[2:] for block in blocks(page, "console") for line in block.splitlines()
             if line.startswith("$ ")]  # fmt: skip
    return [line for line in [*lines, *shown] if line and not line.startswith("#")]


def commands_named(page: Path) -> list[list[str]]:
    """Return every command of ours that a page names: in blocks of any kind, and in its text."""
    lines = [
        re.sub(r"\s{2,}#.*$", "", line)
        for language, text in fences(page)
        if language != "python" and not text.startswith("Usage: ")
        for line in text.replace("\\\n", " ").splitlines()
    ]
    spans = re.findall(r"`(weblog [^`]+)`", prose(page).replace("\n", " "))
    found = (_NAMED.search(line) for line in [*lines, *spans])
    return [_words(each["words"]) for each in found if each]


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quote that is closed on another line
        return text.split()
