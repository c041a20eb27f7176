"""Tell an event: append it to a file, post it to a webhook, put it into the outbox as mail."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from reports.alerts.book import Event
from reports.alerts.texts import as_json, sentence, subject
from weblog.delivery_errors import UndeliveredError
from weblog.mail import Mail, Outbox, composed
from weblog.site import Site
from weblog.site.alerts import Alert
from weblog.webhook import hook_of, post

TAIL: Final = 1 << 18
"""Bytes of a file that are searched for an event before it is written once more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The ways out of this machine: the rules, the store's outbox, the environment."""

    site: Site
    store: Path
    environment: Mapping[str, str] = field(repr=False)
    pause: Callable[[float], None] = time.sleep

    def __call__(self, event: Event, rule: Alert, target: str, at: datetime) -> None:
        """Tell ``event`` to one target; come back once it has it.

        Raises:
            WebhookError: the webhook did not take it.
            UndeliveredError: the file cannot be written.
        """
        kind, _, name = target.partition(":")
        if kind == "file":
            append(Path(self.site.folder) / name, event.id, as_json(event, rule, self.site))
        elif kind == "webhook":
            hook = next(each for each in self.site.webhooks if each.webhook == name)
            body = as_json(event, rule, self.site)
            post(hook_of(hook, self.environment), body, event.id, at, self.pause)
        else:
            text = f"{sentence(event, rule, rule.language)}\n\n{event.id}\n"
            mail = Mail(subject(event, rule, self.site), text)
            sender = str(self.site.smtp.sender)
            message = composed(mail, sender, rule.mail, event.id, datetime.fromisoformat(event.at))
            Outbox(self.store).put(event.id, message, at)


def append(file: Path, number: str, line: bytes) -> None:
    """Append a line to a file, unless its end has a line of that number already.

    Raises:
        UndeliveredError: the file cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        with os.fdopen(descriptor, "rb+", buffering=0) as handle:
            size = handle.seek(0, os.SEEK_END)
            handle.seek(max(size - TAIL, 0))
            tail = handle.read(TAIL)
            if f'"id": "{number}"'.encode() in tail and tail.endswith(b"\n"):
                return
            # What a killed run wrote of a line stays a line of its own.
            start = b"" if not tail or tail.endswith(b"\n") else b"\n"
            handle.write(start + line + b"\n")
            os.fsync(handle.fileno())
    except OSError as error:
        raise UndeliveredError([f"{file}: {error.strerror}"]) from None
