"""Lists of robots, search engines, social sites and spammers; README.md says where from."""

from __future__ import annotations

from importlib.resources import files


def read_list(name: str) -> list[str]:
    """Return the lines of a list in this folder, without comments (``#``) and empty lines.

    Lines keep their blanks: in a regular expression they count.
    """
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]
