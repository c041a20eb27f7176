"""A message as mail programs want it: plain text, the same as HTML with pictures, attachments.

Its parts (RFC 2046, RFC 2387)::

    multipart/mixed              only with attachments
      multipart/alternative
        text/plain
        multipart/related        only with pictures
          text/html
          image/png ...          inline, named by Content-ID
      application/pdf ...

Pure: the day and the id are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final

_POLICY: Final = SMTP.clone(max_line_length=76)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the HTML, which names it ``cid:`` and its ``cid``."""

    cid: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the text: its ``kind`` is a media type such as ``application/pdf``."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be told. ``html`` is empty where there is plain text only."""

    subject: str
    plain: str
    html: str = ""
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def composed(
    mail: Mail, sender: str, recipients: Sequence[str], number: str, at: datetime
) -> EmailMessage:
    """Return the message.

    Args:
        mail: what it says.
        sender: an address, with or without a name.
        recipients: addresses, with or without names.
        number: the message's id, which is all that its Message-ID is made of beside the sender's
            domain: sent again, it is the same message, and the reader's server can tell.
        at: when it was written.
    """
    message = EmailMessage(_POLICY)
    message["From"] = _mailbox(sender)
    message["To"] = [_mailbox(each) for each in recipients]
    message["Subject"] = " ".join(mail.subject.split())  # a header is one line
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{number}@{address_of(sender).rpartition('@')[2]}>"
    # So that no holiday responder answers (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Weblog-Id"] = number
    message.set_content(mail.plain, cte="base64")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="base64")
        *_, html = message.iter_parts()
        assert isinstance(html, EmailMessage)  # noqa: S101  the part just added
        for picture in mail.pictures:
            html.add_related(
                picture.png,
                "image",
                "png",
                cid=f"<{picture.cid}>",
                filename=f"{picture.cid.partition('@')[0]}.png",
                disposition="inline",
            )
    for file in mail.attachments:
        main, _, sub = file.kind.partition("/")
        message.add_attachment(file.content, main, sub, filename=file.name)
    return message


def address_of(mailbox: str) -> str:
    """Return the address alone.

    >>> address_of("Weblog <weblog@example.com>")
    'weblog@example.com'
    """
    return parseaddr(mailbox)[1]


def _mailbox(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(name, addr_spec=address)
