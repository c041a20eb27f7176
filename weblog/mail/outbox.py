"""Mail on its way: written down before it is sent, kept until a server has taken it.

Folder ``outbox`` of the store, for its owner's eyes only. A message is two files: ``ID.eml``, as
it goes over the wire, and ``ID.json``, to whom it is still to go; the second makes it count.
``sent.json`` remembers the ids of the last messages that are gone, so that none is put twice.

*Exactly once as far as SMTP allows*: a process that dies between the server's "250 OK" and the
note here cannot know that the message is gone, so the next run sends it again, byte for byte the
same, Message-ID and all, and a reader's server that looks at it can tell. In all other cases a
recipient gets it once. Those a server refuses for ever are not tried again, and are told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from weblog.delivery_errors import MailError
from weblog.errors import StoreError, shown_path
from weblog.mail.message import address_of
from weblog.store.layout import write_atomically
from weblog.store.lock import lock

FOLDER: Final = "outbox"
SENT: Final = "sent.json"
REMEMBERED: Final = 1_000
FOR_EVER: Final = 500
"""Replies from here on are final (RFC 5321, 4.2.1)."""

Send = Callable[[bytes, Sequence[str]], Mapping[str, tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message that waits: ``to`` are addresses still to be served, ``refused`` those given up.

    ``written`` is ISO 8601, UTC; ``error`` says why the last try failed.
    """

    id: str
    to: tuple[str, ...]
    subject: str
    written: str
    tries: int = 0
    error: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run sent: ids that are gone, envelopes that wait, addresses refused for ever."""

    gone: tuple[str, ...]
    waiting: tuple[Envelope, ...]
    refused: Mapping[str, str]


class Outbox:
    """The messages of one store that are still to be sent."""

    def __init__(self, store: Path) -> None:
        self.folder = store / FOLDER

    def put(self, number: str, message: EmailMessage, at: datetime) -> bool:
        """Write a message down; False if it was put before, whether it has gone or waits.

        Raises:
            LockedError: another run is sending for minutes.
        """
        with self._alone("write mail"):
            if self.has(number):
                return False
            write_atomically(self.folder / f"{number}.eml", message.as_string(), mode=0o600)
            to = tuple(address_of(str(each)) for each in message["To"].addresses)
            written = at.isoformat(timespec="seconds")
            self._write(Envelope(number, to, str(message["Subject"]), written))
            return True

    def has(self, number: str) -> bool:
        """Say whether a message was put before: it waits, or has gone."""
        return number in self._gone() or (self.folder / f"{number}.json").exists()

    def waiting(self) -> list[Envelope]:
        """Return what is still to be sent, oldest first.

        Raises:
            StoreError: an envelope is damaged.
        """
        found = [_read(file) for file in self.folder.glob("*.json") if file.name != SENT]
        return sorted(found, key=lambda each: (each.written, each.id))

    def send(self, send: Send, at: datetime) -> Sent:
        """Send all that waits, one by one; what fails stays, with the reason.

        Raises:
            LockedError: another run is sending for minutes.
        """
        with self._alone("send mail"):
            gone: list[str] = []
            kept: list[Envelope] = []
            refused: dict[str, str] = {}
            already = self._gone()
            for envelope in self.waiting():
                if envelope.id not in already:
                    envelope = self._tried(envelope, send)  # noqa: PLW2901
                    if envelope.to:
                        self._write(envelope)
                        kept.append(envelope)
                        continue
                    already = self._note(envelope.id, at)
                    refused.update(envelope.refused)
                    gone.append(envelope.id)
                self._remove(envelope.id)
            self._tidy()
            return Sent(tuple(gone), tuple(kept), refused)

    def forget(self, number: str) -> None:
        """Let a message that has gone be put again."""
        with self._alone("write mail"):
            left = {each: at for each, at in self._gone().items() if each != number}
            write_atomically(self.folder / SENT, json.dumps(left, indent=1), mode=0o600)

    def _tried(self, envelope: Envelope, send: Send) -> Envelope:
        """Return the envelope after one try: with whom it is still to go to."""
        tries = envelope.tries + 1
        try:
            message = (self.folder / f"{envelope.id}.eml").read_bytes()
            answers = send(message, envelope.to)
        except (MailError, OSError) as error:
            return replace(envelope, tries=tries, error=str(error))
        refused = {to: f"{code} {said}" for to, (code, said) in answers.items()}
        for_ever = {to: refused[to] for to, (code, _) in answers.items() if code >= FOR_EVER}
        later = tuple(to for to in envelope.to if to in refused and to not in for_ever)
        problem = "; ".join(f"{to}: {refused[to]}" for to in later)
        return replace(
            envelope,
            to=later,
            tries=tries,
            error=problem,
            refused={**envelope.refused, **for_ever},
        )

    def _write(self, envelope: Envelope) -> None:
        told = json.dumps(asdict(envelope), ensure_ascii=False, indent=1)
        write_atomically(self.folder / f"{envelope.id}.json", told, mode=0o600)

    def _remove(self, number: str) -> None:
        for kind in ("json", "eml"):
            (self.folder / f"{number}.{kind}").unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Remove what killed runs left: messages without an envelope, files half written."""
        for file in self.folder.glob("*.eml"):
            if not file.with_suffix(".json").exists():
                file.unlink()
        for file in self.folder.glob(".new-*"):
            file.unlink()

    def _gone(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads((self.folder / SENT).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise _damaged(self.folder / SENT, error) from None
        return found

    def _note(self, number: str, at: datetime) -> dict[str, str]:
        """Remember that a message is gone; return all that is remembered, newest last."""
        gone = {**self._gone(), number: at.isoformat(timespec="seconds")}
        gone = dict(list(gone.items())[-REMEMBERED:])
        write_atomically(self.folder / SENT, json.dumps(gone, indent=1), mode=0o600)
        return gone

    @contextmanager
    def _alone(self, purpose: str) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with lock(self.folder, purpose, exclusive=True):
            yield


def _read(file: Path) -> Envelope:
    try:
        told: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return Envelope(**{**told, "to": tuple(told["to"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(file, error) from None


def _damaged(file: Path, error: Exception) -> StoreError:
    store = shown_path(file.parent.parent)
    return StoreError(store, f"{FOLDER}/{file.name} is damaged ({error})", "Remove that file.")
