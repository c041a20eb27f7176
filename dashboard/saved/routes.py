"""The addresses by which the browser saves views and notes, and is told of views."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import Flask, Response, abort, request

from dashboard.access.roles import least, reader
from dashboard.language import chosen_language
from dashboard.pages import PAGES
from dashboard.rooted import rooted
from dashboard.saved.views import SavedView, SavedViews, may_change, may_open
from dashboard.words import word
from weblog.annotations import Annotations
from weblog.errors import UnknownNameError
from weblog.record_book import WrittenError
from weblog.store import Store

VIEWS: Final = "/api/views"
NOTES: Final = "/api/annotations"

F = TypeVar("F", bound=Callable[..., Response])


class _RefusedError(Exception):
    """What was asked for cannot be; ``code`` is why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code


def add_saved(server: Flask, store: Store) -> None:
    """Answer requests for views and notes, kept in the store's folder."""
    _add_views(server, SavedViews(store.folder))
    _add_notes(server, Annotations(store.folder))


def _add_views(server: Flask, views: SavedViews) -> None:
    @server.get(VIEWS, endpoint="views")
    @least("viewer")
    @_told
    def listed() -> Response:
        return _json({"views": [_view(one) for one in views.of(reader())]})

    @server.post(VIEWS, endpoint="save_view")
    @least("viewer")
    @_told
    def saved() -> Response:
        body, who = _body(), reader()
        path, shared = _text(body, "path"), _flag(body, "shared")
        if shared and not who.sees("marketer"):
            raise _RefusedError(403, "role")
        if path in PAGES and not who.sees(PAGES[path].role):
            raise _RefusedError(403, "role")
        made = views.save(
            _text(body, "name"), who.name, path, _text(body, "search"), shared=shared, at=_now()
        )
        return _json({"view": _view(made)}, 201)

    @server.patch(f"{VIEWS}/<number>", endpoint="change_view")
    @least("viewer")
    @_told
    def changed(number: str) -> Response:
        _own(views, number)
        body = _body()
        name = _text(body, "name") if "name" in body else None
        shared = _flag(body, "shared") if "shared" in body else None
        if shared and not reader().sees("marketer"):
            raise _RefusedError(403, "role")
        return _json({"view": _view(views.change(number, name=name, shared=shared, at=_now()))})

    @server.delete(f"{VIEWS}/<number>", endpoint="delete_view")
    @least("viewer")
    @_told
    def deleted(number: str) -> Response:
        _own(views, number)
        return _json({"view": _view(views.delete(number))})


def _add_notes(server: Flask, notes: Annotations) -> None:
    @server.post(NOTES, endpoint="add_annotation")
    @least("marketer")
    @_told
    def added() -> Response:
        body = _body()
        start, end = _day(body, "start"), _day(body, "end")
        if start is None:
            raise _RefusedError(400, "request")
        made = notes.add(start, end, _text(body, "text"), reader().name, _now())
        return _json({"annotation": {"id": made.id}}, 201)

    @server.delete(f"{NOTES}/<number>", endpoint="remove_annotation")
    @least("marketer")
    @_told
    def removed(number: str) -> Response:
        if not may_change(reader(), notes.get(number).author):
            raise _RefusedError(403, "role")
        return _json({"annotation": {"id": notes.remove(number).id}})


def _told(function: F) -> F:
    """Let a view say in the reader's language why it refuses."""

    @wraps(function)
    def answered(*given: Any, **named: Any) -> Response:
        try:
            return function(*given, **named)
        except WrittenError as error:
            return _refused(400, error.code, most=error.most)
        except UnknownNameError as error:
            return _refused(400 if error.kind == "page" else 404, "unknown")
        except _RefusedError as error:
            return _refused(error.status, error.code)

    return cast("F", answered)


def _own(views: SavedViews, number: str) -> SavedView:
    """Return a view the reader may change; one they may not open is none at all."""
    found = views.get(number)
    if not may_open(reader(), found):
        raise UnknownNameError("saved view", number, [])
    if not may_change(reader(), found.owner):
        raise _RefusedError(403, "role")
    return found


def _view(view: SavedView) -> dict[str, Any]:
    who = reader()
    return {
        "id": view.id,
        "name": view.name,
        "owner": view.owner,
        "own": view.owner == who.name,
        "may": may_change(who, view.owner),
        "shared": view.shared,
        "path": rooted(view.path),
        "page": word(PAGES[view.path].name, chosen_language(request)),
        "search": view.search,
    }


def _body() -> dict[str, Any]:
    """Return what was sent; only JSON: forms of other sites cannot send it unasked."""
    if not request.is_json:
        abort(415)
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise _RefusedError(400, "request")
    return found


def _text(body: dict[str, Any], name: str) -> str:
    found = body.get(name, "")
    if not isinstance(found, str):
        raise _RefusedError(400, "request")
    return found


def _flag(body: dict[str, Any], name: str) -> bool:
    found = body.get(name, False)
    if not isinstance(found, bool):
        raise _RefusedError(400, "request")
    return found


def _day(body: dict[str, Any], name: str) -> date | None:
    said = _text(body, name)
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise _RefusedError(400, "request") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _refused(status: int, code: str, **places: object) -> Response:
    message = word(f"kept_{code}", chosen_language(request), **places)
    return _json({"error": {"code": code, "message": message}}, status)


def _json(body: dict[str, Any], status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, mimetype="application/json")
