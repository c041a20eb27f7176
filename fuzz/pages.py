"""What browsers send to the dashboard: addresses, callbacks, views and notes; never a 500."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from weblog.site import Site
from weblog.store import open_store

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

DATA: Final = (date(2025, 1, 1), date(2025, 11, 30))
FAULT: Final = 500
CREATED: Final = 201
HERE: Final = {"Host": "127.0.0.1"}


@cache
def server() -> Flask:
    """Return a dashboard over an empty store."""
    from dashboard import create_app  # noqa: PLC0415  seconds to import, for few targets

    folder = tempfile.mkdtemp(prefix="fuzz-")
    made: Flask = create_app(open_store(Path(folder) / "store", create=True), Site()).server
    return made


def check_state(data: bytes) -> None:
    """The state of a page in its address: filters, and what was left out; written out, the same."""
    from dashboard.view import read  # noqa: PLC0415

    view, dropped = read(data.decode("utf-8", "replace"))
    assert all(each.reason for each in dropped)
    again, rest = read(view.search)
    assert again == view
    assert not rest
    filters = view.filters(DATA)
    assert filters.chosen == view.chosen


def check_view(data: bytes) -> None:
    """A view that is saved: refused with a code, or there, under its name, and gone again."""
    _kept("/api/views", "view", data)


def check_note(data: bytes) -> None:
    """A note on a day: refused with a code, or written down and removed again."""
    _kept("/api/annotations", "annotation", data)


def _kept(address: str, what: str, data: bytes) -> None:
    client = server().test_client()
    answer = client.post(address, data=data, content_type="application/json", headers=HERE)
    _is_no_fault(answer)
    if answer.status_code != CREATED:
        assert answer.json is None or answer.json["error"]["message"]
        return
    assert answer.json is not None
    number = answer.json[what]["id"]
    if what == "view":
        listed = client.get(address, headers=HERE).json
        assert listed is not None
        assert [each["id"] for each in listed["views"]] == [number]
    gone = client.delete(f"{address}/{number}", headers=HERE)
    assert gone.status_code == 200, gone.status_code


def check_callback(data: bytes) -> None:
    """What asks a callback: answered, or refused."""
    client = server().test_client()
    answer = client.post(
        "/_dash-update-component", data=data, content_type="application/json", headers=HERE
    )
    _is_no_fault(answer)


def _is_no_fault(answer: TestResponse) -> None:
    assert answer.status_code < FAULT, answer.text


STATES: Final = (
    b"?from=2025-11-01&to=2025-11-30&segment=VIP&segment=new&compare=year&measure=page_views",
    b"?period=all&view=table&page=%2Fquote%2Fdone&customer=K1&days.trend.by=week&x=1",
    b"?age_band=30-39&sex=F&visitor=%ED%A0%80&campaign=%EB%B3%B4%ED%97%98+2025",
)
VIEWS: Final = (
    b'{"name": "VIP", "path": "/", "search": "?segment=VIP&period=90", "shared": true}',
    '{"name": "보험", "path": "/campaigns", "search": "?x.y=1", "shared": false}'.encode(),
    b'{"name": "a", "path": "/", "search": "?customer=K1"}',
)
NOTES: Final = (
    b'{"start": "2025-11-01", "end": "2025-11-03", "text": "Sale"}',
    '{"start": "2025-11-01", "text": "세일 <b>"}'.encode(),
)


def _asked(outputs: list[str], inputs: dict[str, object], state: dict[str, object]) -> bytes:
    """Return what a page asks a callback with; names are ``id.property``."""
    told = [_named(name) for name in outputs]
    return json.dumps(
        {
            "output": f"..{'...'.join(outputs)}.." if len(outputs) != 1 else outputs[0],
            "outputs": told if len(outputs) != 1 else told[0],
            "changedPropIds": [*inputs][:1],
            "inputs": [{**_named(name), "value": value} for name, value in inputs.items()],
            "state": [{**_named(name), "value": value} for name, value in state.items()],
        }
    ).encode()


def _named(name: str) -> dict[str, str]:
    one, _, what = name.partition(".")
    return {"id": one, "property": what}


_LANGUAGE: Final[dict[str, object]] = {"shell.language": "ko"}
CALLBACKS: Final = (
    _asked(
        ["page.children", "shell.current", "shell.status"],
        {"address.pathname": "/"},
        {**_LANGUAGE, "shell.current": ""},
    ),
    _asked(["overview-more_filters.data"], {"address.search": "?period=all"}, _LANGUAGE),
    _asked(["live_page-more_filters.data"], {"address.search": "?segment=VIP"}, _LANGUAGE),
    _asked(["live_page-now.data"], {"live_page-now.asked": None}, _LANGUAGE),
)
