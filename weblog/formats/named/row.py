"""What is said of a named format, and what rows share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AGENT: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
"""A usual browser, for samples."""


@dataclass(frozen=True, slots=True)
class NamedFormat:
    """One row of the registry.

    Attributes:
        name: what people type, such as ``aws_alb``.
        title: what it is, in a few words.
        writers: who writes it.
        source: link to the documentation the row was made from.
        text: the format, as :func:`weblog.formats.format_named` reads it.
        samples: one or two whole lines of it.
        aliases: other names, among them those of other tools; case and ``-`` for ``_`` do not
            matter.
        telling: a regular expression that only lines of this format match, where its text
            also fits lines of others.
        refines: the name of a usual format that fits its lines too, and tells less.
    """

    name: str
    title: str
    writers: str
    source: str
    text: str
    samples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    telling: str = ""
    refines: str = ""
