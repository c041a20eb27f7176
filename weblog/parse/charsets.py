"""What the bytes of a field are written in: UTF-8, Korean CP949, or Latin-1.

Servers write what browsers sent. Korean sites, and links to them, used EUC-KR (of which CP949
is the superset) long after others had gone over to UTF-8.
"""

from __future__ import annotations

import re
from typing import Final

_LETTER: Final = re.compile(rb"[^\x00-\x7f].", re.DOTALL)
_SYLLABLE: Final = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")
"""A syllable of KS X 1001: the 2,350 that nearly all Korean text is made of."""

MOSTLY: Final = 0.5
"""Share of such syllables among the letters that are not ASCII, from which text is Korean."""


def korean(raw: bytes) -> str | None:
    r"""Return bytes as Korean text, or None where they are none.

    Much of Latin-1 is CP949 by its bytes too (``\xc4h`` of "Ähnlich" is a syllable nobody
    writes): text is Korean only where most of it is syllables in use.

    >>> korean(b"\xbf\xac\xb1\xdd"), korean(b"\xc4hnlich"), korean(b"caf\xe9")
    ('연금', None, None)
    """
    try:
        text = raw.decode("cp949")
    except UnicodeDecodeError:
        return None
    letters = _LETTER.findall(raw)
    syllables = [letter for letter in letters if _SYLLABLE.fullmatch(letter)]
    return text if syllables and len(syllables) >= len(letters) * MOSTLY else None


def decoded_field(raw: bytes) -> str:
    r"""Return the text of a field. No byte is lost: what is neither is Latin-1, byte by byte.

    >>> decoded_field("연금".encode()), decoded_field("연금".encode("cp949"))
    ('연금', '연금')
    >>> decoded_field(b"caf\xe9"), decoded_field(b"\xff")
    ('café', 'ÿ')
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return korean(raw) or raw.decode("latin-1")
