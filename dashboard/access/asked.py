"""A callback is asked as the pages ask it, or not at all.

Dash takes what a browser says for granted: of which inputs and states a request tells, and of
what kind they are. A request written by hand may say anything; what no page of ours sends is
refused here, before it reaches a callback, so that no callback has to expect it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, abort, request

from reports.figures.numbers import LANGUAGES

ENDPOINT: Final = "/_dash-update-component"

MESSAGE: Final = "No page of this dashboard asks like this."


def refuse_misshapen(server: Flask, callbacks: Mapping[str, Any]) -> None:
    """Answer 400 where callbacks, by their output, are asked as no page asks them."""

    @server.before_request
    def check() -> None:
        if request.endpoint == ENDPOINT:
            body = request.get_json(silent=True)
            if not isinstance(body, dict) or not is_well_asked(body, callbacks):
                abort(400, MESSAGE)


def is_well_asked(body: Mapping[str, Any], callbacks: Mapping[str, Any]) -> bool:
    """Say whether a request is one that the declaration of its callback allows."""
    output = body.get("output")
    declared = callbacks.get(output) if isinstance(output, str) else None
    if declared is None:
        return False
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(one, str) for one in changed):
        return False
    outputs = body.get("outputs")
    told = outputs if isinstance(outputs, list) else [outputs]
    names = [f"{one.get('id')}.{one.get('property')}" for one in told if isinstance(one, dict)]
    whole = names[0] if isinstance(outputs, dict) else f"..{'...'.join(names)}.."
    return whole == output and all(
        _fit(body.get(kind, []), declared[kind]) for kind in ("inputs", "state")
    )


def _fit(said: Any, declared: list[dict[str, Any]]) -> bool:
    """Say whether these are the inputs declared, in their order, each of its kind."""
    return (
        isinstance(said, list)
        and len(said) == len(declared)
        and all(_fits(*pair) for pair in zip(said, declared, strict=True))
    )


def _fits(one: Any, declared: Mapping[str, Any]) -> bool:
    if not isinstance(one, dict):
        return False
    if (one.get("id"), one.get("property")) != (declared["id"], declared["property"]):
        return False
    value = one.get("value")
    if declared["property"] == "language":
        return value in LANGUAGES if isinstance(value, str) else False
    if declared["property"] == "pathname":
        return isinstance(value, str) and _is_unicode(value)
    if declared["property"] in {"search", "current"}:
        return value is None or (isinstance(value, str) and _is_unicode(value))
    return True  # what a component asks by itself is checked by what answers it


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
