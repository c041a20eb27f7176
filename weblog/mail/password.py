"""The password of the mail server: from the environment, or from a file nobody else can read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from weblog.delivery_errors import MailError
from weblog.errors import shown_path
from weblog.site.smtp import Smtp

PASSWORD: Final = "WEBLOG_SMTP_PASSWORD"  # noqa: S105  a name, not a password
_OTHERS: Final = 0o077


def password_of(smtp: Smtp, folder: str | Path, environment: Mapping[str, str]) -> str | None:
    """Return the password; None where no user logs in.

    Args:
        smtp: the settings.
        folder: where ``site.toml`` lies; ``password_file`` is relative to it.
        environment: of the process. :data:`PASSWORD` comes before the file.

    Raises:
        MailError: there is none, its file cannot be read, or others can read it.
    """
    if smtp.user is None:
        return None
    if environment.get(PASSWORD):
        return environment[PASSWORD]
    if smtp.password_file is None:
        problem = f"user {smtp.user!r} is to log in, and no password is known"
        advice = f"Put it into {PASSWORD}, or name a file of mode 600 as password_file in [smtp]."
        raise MailError(str(smtp.host), problem, advice)
    file = Path(folder) / smtp.password_file
    try:
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & _OTHERS:
            problem = f"password file {shown_path(file)} can be read by others"
            raise MailError(str(smtp.host), problem, f"chmod 600 {shown_path(file)}")
        found = file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"password file {shown_path(file)} cannot be read ({_why(error)})"
        raise MailError(str(smtp.host), problem, "Make it, with mode 600.") from None
    if not found:
        problem = f"password file {shown_path(file)} is empty"
        raise MailError(str(smtp.host), problem, "Write the password into it.")
    return found


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "no reason given") if isinstance(error, OSError) else "no UTF-8"
