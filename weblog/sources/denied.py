"""What is said of a log that the system does not let one read."""

from __future__ import annotations

import errno
from typing import Final

from weblog.errors import SourceError
from weblog.machine_error import MORE_FILES

_RIGHTS: Final = (
    "Run it as a user who may read it (on Debian members of the group adm may read /var/log), "
    "or read a copy."
)
_DISK: Final = "The disk, or the way to it, fails: look into the system's log."

ADVICE: Final = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.ENOENT: "Check the path.",
    errno.EISDIR: "Name the files in it.",
    errno.ELOOP: "Links lead round in a circle: check the path.",
    errno.ENAMETOOLONG: "Check the path.",
    errno.EMFILE: MORE_FILES,
    errno.EIO: _DISK,
    errno.ESTALE: _DISK,
}
"""What to do, by what the system says."""


def denied(shown: str, error: OSError, what: str = "") -> SourceError:
    """Return the error that tells why a log cannot be read, and what to do.

    Args:
        shown: the log, as people call it.
        error: what the system said.
        what: cannot be read, if it is not the log itself.
    """
    problem = f"{what} cannot be read ({error.strerror or error})".strip()
    return SourceError(shown, problem, ADVICE.get(error.errno or 0, ""))
