"""Target lists as files: what ``weblog target`` makes, and the record of how it came about."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import polars as pl
from flask import Flask, Response, abort, request

from dashboard.access.gate import plain
from dashboard.access.roles import least, reader
from dashboard.aside import BusyError, StoppedError
from dashboard.desk.desk import Desk, day_of, text_of
from dashboard.desk.rules_desk import rows_of_lists
from dashboard.language import chosen_language
from dashboard.words import word
from reports.audience.audit import as_json
from reports.audience.list_file import PERSONAL
from weblog.errors import WeblogError

SECONDS: Final = 300.0
"""How long making a list may take."""

KINDS: Final = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}

CHANNELS: Final = ("email", "sms")

_UNSAFE: Final = re.compile(r"[^\w.-]+")


def add_target_files(server: Flask, desk: Desk) -> None:
    """Answer ``POST /targets/file`` with a list, and ``/targets/audit/RUN.json`` with its record.

    The list is made by the saved rules, which must be those the reader looked at, is recorded in
    the store as the command line records it, and in the log of who did what.
    """

    @server.post("/targets/file")
    @least("marketer")
    def target_file() -> Response:
        language = chosen_language(request)
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            abort(400)
        try:
            return _made(desk, given, language)
        except BusyError:
            return _told(word("busy", language), 503)
        except StoppedError as error:
            return _told(word(f"stopped_{error}", language), 422)
        except WeblogError as error:
            return _told(str(error), 422)

    @server.get("/targets/audit/<run>.json")
    @least("marketer")
    def target_audit(run: str) -> Response:
        rows = rows_of_lists(desk.store).filter(pl.col("run") == run).to_dicts()
        if not rows:
            abort(404)
        answer = Response(as_json(rows[0]), mimetype="application/json")
        name = f"{rows[0]['file']}.audit.json"
        answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        return answer


def _made(desk: Desk, given: dict[str, Any], language: str) -> Response:
    path, audit = desk.rules_file, desk.door.audit
    if path is None:
        return _told(word("no_rules_file", language), 422)
    if audit is None:  # what cannot be recorded is not done
        return _told(word("no_audit", language), 422)
    name, day = text_of(given, "name", 200), day_of(given, desk)
    ending, channel = text_of(given, "format", 10), text_of(given, "channel", 10)
    columns = given.get("columns") or []
    if ending not in KINDS or (channel and channel not in CHANNELS):
        abort(400)
    if not isinstance(columns, list) or not all(isinstance(each, str) for each in columns):
        abort(400)
    if not reader().sees("analyst") and set(columns) & set(PERSONAL):
        abort(403)
    audit.record("target_list", reader=reader(), detail=f"{name} of {day}, {ending}")
    with tempfile.TemporaryDirectory() as folder:  # its owner's alone
        file = Path(folder) / f"{_UNSAFE.sub('-', name).strip('.-')[:80] or 'list'}.{ending}"
        found = desk.aside.ask(
            "deliver",
            SECONDS,
            rules=str(path),
            expected=text_of(given, "sha256", 64),
            store=str(desk.store.folder),
            site=desk.site,
            name=name,
            day=day,
            today=desk.today(),
            now=desk.now(),
            channel=channel or None,
            columns=tuple(columns),
            file=str(file),
            replace=given.get("replace") is True,
        )
        if "answer" not in found:
            faults = [": ".join(fault) for fault in found.get("faults", [])]
            return _told(found.get("refused") or "; ".join(faults), 422)
        content, beside = file.read_bytes(), Path(f"{file}.audit.json").read_text("utf-8")
    counts = found["answer"]["counts"]
    places = {"written": f"{counts['written']:,}", "held": f"{counts['held_out']:,}"}
    said = word("exported", language, file=file.name, **places)
    answer = Response(content, content_type=KINDS[ending])
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    # Headers are Latin-1: what is not, is percent-encoded.
    answer.headers["X-Weblog-Told"] = quote(said)
    answer.headers["X-Weblog-File"] = quote(file.name)
    answer.headers["X-Weblog-Run"] = quote(str(json.loads(beside)["run"]))
    return answer


def _told(problem: str, status: int) -> Response:
    return plain({"error": {"code": "refused", "message": problem}}, status)
