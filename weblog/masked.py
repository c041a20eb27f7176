"""Text as it may be told: no password of a URL, and nothing that a terminal would obey."""

from __future__ import annotations

import re
from typing import Final

# A path made of a URL has lost one of its slashes.
_PASSWORD: Final = re.compile(r"(\b[a-zA-Z][\w+.-]*:/{1,2}[^/\s:@]*):[^/\s@]*@")


def without_passwords(text: str) -> str:
    """Return a text in which passwords of URLs are stars."""
    return _PASSWORD.sub(r"\1:***@", text)


def tellable(text: str) -> str:
    """Return a text for a terminal: its lines stay, other control characters are made visible."""
    masked = without_passwords(text)
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in masked)
