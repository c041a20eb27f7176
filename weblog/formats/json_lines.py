"""JSON lines: every line a JSON object, and a map that says where in it each field stands.

``json:caddy`` is a map of our own (:mod:`weblog.formats.named.json_maps`),
``json:{"client": ["real_ip", "remote_addr"], "time": "ts", "target": "request.uri"}`` one of the
user's: each field with a path, or several of which the first that holds something wins. Beside
fields it may say ``time_format`` and ``zone`` (:class:`weblog.formats.mapping.TimeRule`), and
``like``, a map of ours that it adds to.

A path is written ``request.headers.User-Agent[0]``; a key with dots or brackets in it stands in
single quotes: ``'user_agent.original'``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from weblog.errors import FormatError, did_you_mean
from weblog.formats.mapping import (
    FIELDS,
    TimeRule,
    check_fields,
    read_spec,
    time_rule,
    written_spec,
)
from weblog.formats.named.json_maps import MAPS
from weblog.formats.times import split_zone

PREFIX: Final = "json"
_STEP: Final = re.compile(r"(?:^|\.)(?:'([^']+)'|([^.\[\]']+))|\[(\d{1,4})\]")
_RULES: Final = ("like", "time_format", "zone")
_REQUESTS: Final = ("request", "target", "url")
_NEEDED: Final[tuple[str, ...]] = ("status", "client")

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """Where each field stands in a line's object.

    ``paths`` holds each field with its paths, of which the first that holds something wins;
    ``like`` is the name of the map of ours that it is or adds to.
    """

    text: str
    paths: tuple[tuple[str, tuple[Path, ...]], ...]
    times: TimeRule
    like: str = ""

    @property
    def fields(self) -> tuple[str | None, ...]:
        """The fields it fills."""
        return tuple(name for name, _ in self.paths)

    def fit(self, lines: Sequence[bytes]) -> float:
        """Return the share of ``lines`` that are objects with time, request, status and client."""
        fitting = sum(1 for line in lines if self._fits(line))
        return fitting / len(lines) if lines else 0.0

    def _fits(self, line: bytes) -> bool:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return False
        if not isinstance(found, dict):
            return False
        paths = dict(self.paths)
        needed = [name for name in _NEEDED if name in paths]
        needed += ["time"] if "time" in paths else ["date", "clock"]
        requests = [name for name in _REQUESTS if name in paths]
        return any(_has(found, paths[name]) for name in requests) and all(
            _has(found, paths[name]) for name in needed
        )


@lru_cache(maxsize=64)
def compile_json(text: str) -> JsonFormat:
    """Compile what stands behind ``json:``, the name of a map or a JSON object.

    Raises:
        FormatError: no such map, a field or a path that is none, no time, or no request.
    """
    spec = _spec(text)
    whole = f"{PREFIX}:{text}"
    base = spec.get("like")
    maps = {**(_map(base, whole) if base is not None else {}), **spec}
    fields = {name: where for name, where in maps.items() if name not in _RULES}
    check_fields(fields, whole)
    paths = tuple((name, _paths(where, whole)) for name, where in fields.items())
    shown = f"{PREFIX}:{base}" if list(spec) == ["like"] else written_spec(PREFIX, spec)
    return JsonFormat(shown, paths, time_rule(maps, whole), str(base or ""))


def _spec(text: str) -> dict[str, Any]:
    name, zone = split_zone(text)
    if zone is not None:
        return {**_spec(name), "zone": zone}
    if re.fullmatch(r"[a-z0-9_]+", text):
        return {"like": text}
    named = [key for key in _keys(text) if key.startswith(("cookie:", "header:"))]
    return read_spec(PREFIX, text, [*_RULES, *FIELDS, *named])


def _keys(text: str) -> list[str]:
    try:
        spec = json.loads(text)
    except ValueError:
        return []
    return list(spec) if isinstance(spec, dict) else []


def _map(name: object, whole: str) -> Mapping[str, Any]:
    if name not in MAPS:
        advice = f"{did_you_mean(str(name), list(MAPS))} Known: {', '.join(MAPS)}.".strip()
        raise FormatError(whole, f"no map of JSON fields is called {name!r}", advice)
    return MAPS[str(name)]


def _paths(where: object, whole: str) -> tuple[Path, ...]:
    several = where if isinstance(where, list) else [where]
    texts = [each for each in several if isinstance(each, str)]
    if not texts or len(texts) < len(several):
        raise FormatError(whole, f"{where!r} is no path and no list of paths")
    return tuple(_path(each, whole) for each in texts)


def _path(text: str, whole: str) -> Path:
    steps: list[str | int] = []
    end = 0
    for step in _STEP.finditer(text):
        if step.start() != end:
            break
        steps.append(int(step[3]) if step[3] else step[1] or step[2])
        end = step.end()
    if not steps or end != len(text):
        advice = "One is request.headers.User-Agent[0]; keys with dots stand in single quotes."
        raise FormatError(whole, f"{text!r} is no path", advice)
    return tuple(steps)


def _has(found: object, paths: Sequence[Path]) -> bool:
    return any(_at(found, path) is not None for path in paths)


def _at(found: object, path: Path) -> object:
    for step in path:
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return None
    return None if isinstance(found, (dict, list)) else found
