"""Which site is this? Search engines, social sites, shops, videos, mail, AI assistants, spammers.

Lists, and where they come from: ``lists/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from weblog.classify.lists import read_list

TYPES = ("search", "social", "video", "shopping", "ai", "email", "spam", "other")


@dataclass(frozen=True, slots=True)
class Source:
    """One known site: what it is, its name in lower case, and how it passes search words on."""

    type: str
    name: str
    parameters: tuple[str, ...] = ()
    charsets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """Known sites by host, by host pattern (``google.{}``), by host and path, and by name."""

    below: Mapping[str, Source]
    exact: Mapping[str, Source]
    patterns: Mapping[str, Source]
    pages: Mapping[str, tuple[tuple[str, Source], ...]]
    names: Mapping[str, Source]

    def of_host(self, host: str) -> Source | None:
        """Return the source a host (lower case, without port) or an Android app's id belongs to."""
        labels = host.split(".")
        bare = host.removeprefix("www.").removeprefix("m.")
        found = self.below.get(host) or self.exact.get(host) or self.exact.get(bare)
        if found is not None:
            return found
        # What lies below a known site comes before a pattern: mail.google.com is no google.{}.
        tails = [".".join(labels[at:]) for at in range(1, len(labels) - 1)]
        found = next((self.below[tail] for tail in tails if tail in self.below), None)
        forms = (form for form in _patterns(labels) if form in self.patterns)
        return found or next((self.patterns[form] for form in forms), None)

    def pages_of(self, host: str) -> tuple[tuple[str, Source], ...]:
        """Return the starts of paths that make pages of ``host`` another source than the host."""
        forms = _patterns(host.split("."))
        return next((self.pages[form] for form in forms if form in self.pages), ())

    def of_name(self, name: str) -> Source | None:
        """Return the source a campaign parameter names: ``naver``, ``m.facebook.com``."""
        plain = name.strip().lower()
        return self.names.get(plain) or (self.of_host(plain) if "." in plain else None)


_COUNTRY = re.compile(r"[a-z]{2}")


def _patterns(labels: list[str]) -> Iterator[str]:
    """Give the forms a host takes in the lists: without www or m, ``{}`` for the country."""
    if labels[0] in ("www", "m") and len(labels) > 2:
        yield from _patterns(labels[1:])
    yield ".".join(labels)
    if _COUNTRY.fullmatch(labels[-1]):
        short = labels[:-2] if len(labels) > 2 and labels[-2] in ("co", "com") else labels[:-1]
        yield ".".join([*short, "{}"])
    if len(labels) > 2:
        yield ".".join(["{}", *labels[1:]])


def _entries() -> Iterator[tuple[Source, list[str]]]:
    """Give the sources of all lists with their hosts, the weightiest list first."""
    for line in read_list("own-sources.txt"):
        kind, name, hosts, *more = line.split("|")
        yield _source(kind, name, more), hosts.split()
    for kind, file in (("ai", "ai-assistants.txt"), ("social", "socials.txt")):
        for line in read_list(file):
            name, hosts = line.split("|")
            yield _source(kind, name, []), hosts.split()
    for line in read_list("search-engines.txt"):
        name, hosts, *more = line.split("|")
        yield _source("search", name, more), hosts.split()
    for line in read_list("referrer-spam.txt"):
        for host in line.split():
            yield Source("spam", host), [host]


def _source(kind: str, name: str, more: list[str]) -> Source:
    parameters, charsets = (*more, "", "")[:2]
    return Source(kind, name.lower(), tuple(parameters.split()), tuple(charsets.split()))


@lru_cache(maxsize=1)
def known_sources() -> Sources:
    """Return all lists as one, read once per process; of two entries for a host the first holds."""
    below: dict[str, Source] = {}
    exact: dict[str, Source] = {}
    patterns: dict[str, Source] = {}
    pages: dict[str, tuple[tuple[str, Source], ...]] = {}
    names: dict[str, Source] = {}
    for source, hosts in _entries():
        if source.type not in ("spam", "other"):
            names.setdefault(source.name, source)
        for host in hosts:
            if "/" in host:
                form, _, path = host.partition("/")
                pages[form] = (*pages.get(form, ()), (f"/{path}", source))
            elif "{}" in host:
                patterns.setdefault(host, source)
            elif host.startswith("=") or source.type == "search":
                exact.setdefault(host.removeprefix("="), source)
            else:
                below.setdefault(host, source)
    return Sources(below, exact, patterns, pages, names)


def source_types(names: pl.Series) -> pl.Series:
    """Return the type of site each campaign source names, null if it is no known one.

    Sources are what links carry in ``utm_source`` and its like: a name
    (``naver``, ``Google Shopping``) or a host (``m.facebook.com``).
    """
    known = known_sources()
    found = [None if name is None else known.of_name(name) for name in names.to_list()]
    types = [source.type if source else None for source in found]
    return pl.Series("source_type", types, dtype=pl.String)
