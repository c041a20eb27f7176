"""Send one message by SMTP, and say what went wrong: what, where, what to do."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from weblog.delivery_errors import MailError
from weblog.mail.message import address_of
from weblog.mail.password import password_of
from weblog.site.rules import Site
from weblog.site.smtp import Smtp

Refused = Mapping[str, tuple[int, str]]
"""Address to the server's code and words: 500 and more is for ever, 400 and more for now."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and how to log in."""

    smtp: Smtp
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    @property
    def name(self) -> str:
        """Where it is, as people type it."""
        return f"{self.smtp.host}:{self.smtp.chosen_port}"

    def send(self, message: bytes, recipients: Sequence[str]) -> Refused:
        """Send a message to some addresses; return those the server refused.

        Raises:
            MailError: nobody got it.
        """
        with self._told(), self._connected() as connection:
            try:
                sender = address_of(self.smtp.sender or "")
                refused = connection.sendmail(sender, list(recipients), message)
            except smtplib.SMTPRecipientsRefused as error:
                refused = error.recipients
            return {to: (code, _words(said)) for to, (code, said) in refused.items()}

    def greet(self) -> None:
        """Connect, log in, and say goodbye: all that can be tried without a message.

        Raises:
            MailError: it is not possible.
        """
        with self._told(), self._connected() as connection:
            connection.noop()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        smtp = self.smtp
        host, port, seconds = str(smtp.host), smtp.chosen_port, smtp.timeout_seconds
        if smtp.tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=seconds, context=self._context()
            )
        else:
            connection = smtplib.SMTP(host, port, timeout=seconds)
        try:
            if smtp.tls == "starttls":
                connection.starttls(context=self._context())
            if smtp.user is not None:
                connection.login(smtp.user, self.password or "")
            yield connection
        finally:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what can go wrong into what people can mend; no message has the password."""
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(self.name, *self._explained(error)) from None

    def _explained(self, error: Exception) -> tuple[str, str]:
        if isinstance(error.__context__, TimeoutError):  # smtplib calls it a broken connection
            error = error.__context__
        for kinds, problem, advice in _EXPLAINED:
            if isinstance(error, kinds):
                return problem.format(error=_said(error), **self._facts()), advice
        if isinstance(error, FileNotFoundError):
            return f"ca_file {self.ca_file} is not there", "Mend ca_file in [smtp] of site.toml."
        return f"it failed: {_said(error)}", "See [smtp] in site.toml."

    def _facts(self) -> dict[str, object]:
        return {"user": self.smtp.user, "seconds": f"{self.smtp.timeout_seconds:g}",
                "sender": self.smtp.sender}  # fmt: skip


_EXPLAINED: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (ConnectionRefusedError, "nobody listens there (connection refused)",
     "Is the server running, and are host and port in [smtp] of site.toml right?"),
    (socket.gaierror, "no such host is known", "Mend host in [smtp] of site.toml."),
    (TimeoutError, "no answer within {seconds} s",
     "Does a firewall keep port 25, 465 or 587? timeout_seconds in [smtp] waits longer."),
    (ssl.SSLCertVerificationError, "its certificate is not trusted: {error}",
     "host in [smtp] must be the certificate's name; ca_file names a CA of your own."),
    (ssl.SSLError, "TLS failed: {error}",
     'tls = "tls" is for port 465, "starttls" for 587 and 25.'),
    (smtplib.SMTPNotSupportedError, "it does not offer what is asked: {error}",
     'Where it has no STARTTLS, use another port, or tls = "none" on a network of your own.'),
    (smtplib.SMTPAuthenticationError, "it does not accept user {user!r} with this password",
     "Mend user in [smtp] of site.toml, WEBLOG_SMTP_PASSWORD, or password_file."),
    (smtplib.SMTPSenderRefused, "it refuses the sender {sender!r}: {error}",
     "Mend sender in [smtp] of site.toml, or log in with user."),
    (smtplib.SMTPDataError, "it refuses the message: {error}", "Its words say why."),
    (smtplib.SMTPServerDisconnected, "it hung up: {error}",
     'With tls = "starttls" or "none" on a port that wants tls = "tls", servers do.'),
)  # fmt: skip
"""What smtplib and the network raise, special kinds first; what it means; what to do."""


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return str(error)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "backslashreplace") if isinstance(said, bytes) else said
    return "".join(c if c.isprintable() else " " for c in text)[:300]


def server_of(site: Site, environment: Mapping[str, str]) -> Server:
    """Return the site's mail server.

    Raises:
        MailError: the site names none, or its password is not to be had.
    """
    if site.smtp.host is None:
        advice = 'Write [smtp] in site.toml: host = "mail.example.com", sender = "...".'
        raise MailError("", "the site names no mail server", advice)
    ca_file = str(Path(site.folder) / site.smtp.ca_file) if site.smtp.ca_file else None
    return Server(site.smtp, password_of(site.smtp, site.folder, environment), ca_file)
