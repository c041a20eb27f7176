"""The recorded ends of all faults, for docs/faults.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from faults.table import FAULTS

_LONG: Final = re.compile(r"(\S)\1{20,}")
"""A name made long on purpose: its beginning is enough."""
_SHOWN = 220
"""Characters shown of what was said."""


def table(file: Path) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the head and the rows: every fault, the commands that meet it, and what was seen."""
    seen = json.loads(file.read_text("utf-8"))
    rows = []
    for fault in FAULTS:
        came = seen.get(fault.name, {"code": "", "said": "not run"})
        steps = [f"`{_cell(step)}`" for step in (fault.broken, fault.command) if step != "true"]
        expected = " or ".join(map(str, (fault.code, *fault.also)))
        said = _cell(_LONG.sub(r"\1\1\1…", str(came["said"])))[:_SHOWN]
        rows.append((fault.what, "<br>".join(steps), expected, f"{came['code']}: {said}"))
    return ("fault", "commands", "exit code", "seen"), rows


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
