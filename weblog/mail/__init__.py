"""Mail: what a message is, how it is sent, and where it waits when it cannot be."""

from weblog.mail.message import Attachment, Mail, Picture, composed
from weblog.mail.outbox import Outbox, Sent
from weblog.mail.password import PASSWORD, password_of
from weblog.mail.server import Server, server_of

__all__ = [
    "PASSWORD",
    "Attachment",
    "Mail",
    "Outbox",
    "Picture",
    "Sent",
    "Server",
    "composed",
    "password_of",
    "server_of",
]
