"""What packages that extend the toolkit import for formats and channels; docs/extending.md.

An entry point of group ``weblog.formats`` is a :class:`NamedFormat` (whose text is written as
any, ``json:``, ``regex:``, a LogFormat ...) or a :class:`LineFormat`; one of group
``weblog.channel_rules`` a :class:`ChannelRule`. Names here change only with a new major version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weblog.formats.named import NamedFormat

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Arrival", "ChannelRule", "LineFormat", "NamedFormat"]


@dataclass(frozen=True, slots=True)
class LineFormat:
    """A log format that is read by a function, for what no text of a format can say.

    ``read`` is given lines as text (without line ends, none of them blank) and returns a frame
    with a row for each, in their order, and a String column for each of ``fields``; a line that
    is not of the format has null in all of them. It must look at each line by itself and depend
    on nothing else: it runs in several threads and processes, on chunks cut anywhere between
    lines. Times, numbers and requests are made of the text afterwards, as of other formats.

    Attributes:
        title: what it is, in a few words.
        writers: who writes it.
        source: link to its documentation.
        fields: what it can fill of a hit (docs/formats.md lists the names).
        samples: one or more whole lines of it; they are read when it is loaded.
        read: what reads lines.
        time_format: of the times, as strftime writes; None where they tell it themselves.
        zone: of times that say none; None: UTC.
    """

    title: str
    writers: str
    source: str
    fields: tuple[str, ...]
    samples: tuple[str, ...]
    read: Callable[[pl.Series], pl.DataFrame]
    time_format: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of how a visit came: columns of text, in small letters, never null.

    ``site_kind`` is search, social, video, shopping, email, ai, or empty: what kind of site the
    source is.
    """

    source: pl.Expr
    medium: pl.Expr
    campaign: pl.Expr
    site_kind: pl.Expr


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """A rule that gives visits a channel before the built-in rules are asked.

    It applies where ``channel_rules`` of ``site.toml`` names it: rules that are merely installed
    change no figure. Of several, the first that fits wins.

    Attributes:
        channel: what the channel is called: a new one, or a built-in one.
        korean: its Korean name.
        in_words: what it asks, as ``weblog explain`` says it.
        fits: makes of an arrival the expression that is true where the rule fits.
    """

    channel: str
    korean: str
    in_words: str
    fits: Callable[[Arrival], pl.Expr]
