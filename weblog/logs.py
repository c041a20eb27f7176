"""What programs read of a run: one line per event on standard error, as text or as JSON.

Each line has ``time`` (UTC), ``level``, ``event``, ``run`` (the same for all processes of one run)
and ``command``; more fields depend on the event. Neither arguments nor settings are in it: they
may hold passwords. By default only warnings and errors are told; summaries are not events.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from weblog.masked import tellable, without_passwords

Shape = Literal["text", "json"]

FORMAT: Final = "WEBLOG_LOG_FORMAT"
LEVEL: Final = "WEBLOG_LOG_LEVEL"
RUN: Final = "WEBLOG_RUN"
COMMAND: Final = "WEBLOG_COMMAND"
"""Variables that hand the settings on to processes a run starts."""

SHAPES: Final = ("text", "json")
LOG: Final = logging.getLogger("weblog")
_FIELDS: Final = "weblog_fields"
_BROKEN: Final = "weblog_broken"


def event(name: str, level: int = logging.INFO, **fields: object) -> None:
    """Tell an event, with what belongs to it."""
    LOG.log(level, name, extra={_FIELDS: fields})


def failed(error: object) -> None:
    """Tell an error as an event, with the code it leaves with."""
    code = getattr(error, "exit_code", 1)
    kind = type(error).__name__ if isinstance(error, Exception) else "OSError"
    event("failed", logging.ERROR, kind=kind, message=str(error), exit_code=code)


def broke(logger: logging.Logger, kind: str, name: str, reference: str) -> None:
    """Tell that something failed, while its exception is handled, as its reader is told.

    As JSON it is ``KIND_failed`` with the class of the exception and where it was raised: what it
    says is left out, for it may say what was asked for. People who read text see all of it.

    Args:
        logger: whose it is.
        kind: request, page, card or action.
        name: which; never an address, which may name a person.
        reference: the id the reader is shown.
    """
    told = {"event": f"{kind}_failed", kind: name, "ref": reference}
    logger.exception("%s %s failed (ref %s)", kind, name, reference, extra={_BROKEN: told})


def begin(shape: str | None, level: str | None, command: str) -> None:
    """Choose how this run and the processes it starts log; None leaves what the environment says.

    Args:
        shape: ``text`` or ``json``.
        level: of what is told: ``info``, ``warning`` or ``error``.
        command: what is run.
    """
    for name, value in ((FORMAT, shape), (LEVEL, level)):
        if value is not None:
            os.environ[name] = value
    os.environ[RUN] = secrets.token_hex(4)
    os.environ[COMMAND] = command
    set_up()


def set_up() -> None:
    """Log as the environment says; a process that was started by another calls this."""
    is_json = os.environ.get(FORMAT) == "json"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if is_json else _Text())
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, _Json | _Text)]:
        root.removeHandler(old)
    root.addHandler(handler)
    level = os.environ.get(LEVEL, "info" if is_json else "warning").upper()
    root.setLevel(logging.WARNING if level == "INFO" else level)  # libraries tell too much
    for name in ("weblog", "dashboard"):
        logging.getLogger(name).setLevel(level)


def is_json() -> bool:
    """Say whether lines are JSON: then errors are, too."""
    return os.environ.get(FORMAT) == "json"


class _Json(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "run": os.environ.get(RUN, ""),
            "command": os.environ.get(COMMAND, ""),
            "logger": record.name,
            **getattr(record, _FIELDS, {}),
        }
        broken = getattr(record, _BROKEN, None)
        if broken is not None and record.exc_info:
            error = record.exc_info[1]
            where = traceback.extract_tb(error.__traceback__) if error else []
            at = [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in where]
            told |= {**broken, "kind": type(error).__name__, "at": at}
        elif record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return without_passwords(json.dumps(told, ensure_ascii=False, default=str))


class _Text(logging.Formatter):
    """One line for people; a traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, _FIELDS, {})
        more = "".join(f" {name}={value}" for name, value in fields.items())
        line = f"{_time(record)} {record.levelname} {record.name}: {record.getMessage()}{more}"
        printable = tellable(line).replace("\n", "\\n")
        if not record.exc_info:
            return printable
        return f"{printable}\n{self.formatException(record.exc_info)}"


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
