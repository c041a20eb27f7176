"""What is said of a named format."""

from __future__ import annotations

from dataclasses import dataclass


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
        aliases: other names, among them those of other tools.
    """

    name: str
    title: str
    writers: str
    source: str
    text: str
    samples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
