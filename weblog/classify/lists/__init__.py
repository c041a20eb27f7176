"""Lists of robots, search engines, social sites and spammers; README.md says where from."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


def read_list(name: str) -> list[str]:
    """Return the lines of a list in this folder, without comments (``#``) and empty lines.

    Lines keep their blanks: in a regular expression they count.
    """
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]


@cache
def list_version(name: str) -> str:
    """Return the version of a list taken from elsewhere, as ``sources.toml`` has it."""
    text = files(__package__).joinpath("sources.toml").read_text(encoding="utf-8")
    return next(str(row["version"]) for row in tomllib.loads(text)["list"] if row["file"] == name)
