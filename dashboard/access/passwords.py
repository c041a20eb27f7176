"""Passwords: which are refused, how they are kept, and how they are compared.

They are kept as argon2id hashes with the parameters of RFC 9106's second recommendation (64 MiB,
3 passes), those of argon2-cffi's default. What is refused follows NIST SP 800-63B: a length, and
what is easily guessed; no rule about digits and signs, and no expiry.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.access.errors import PasswordError

SHORTEST: Final = 12
LONGEST: Final = 256
"""Characters; a longer one would only cost time."""

GUESSES: Final = 10**10
"""So many guesses a password must withstand, as zxcvbn counts them. It tries the commonest
passwords, names, words, dates, keyboard walks, repeats, and their usual disguises."""

_READ: Final = 72
"""Characters zxcvbn looks at: its time grows faster than the length."""

HASHER: Final = PasswordHasher()

_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Each comparison takes 64 MiB: many logins at once wait instead of filling the memory."""


def normalised(password: str) -> str:
    """Return the password in one of the spellings that look alike (Hangul, accents, widths)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, about: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, too long, or easily guessed.

    Args:
        password: as typed.
        about: what a guesser knows: the account's name, the site's.

    Raises:
        PasswordError: it is refused.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415  word lists of a megabyte, seldom needed

    text = normalised(password)
    if len(text) < SHORTEST:
        raise PasswordError(
            f"the password has {len(text)} characters, fewer than {SHORTEST}",
            "Take a few words that do not belong together.",
        )
    if len(text) > LONGEST:
        raise PasswordError(f"the password has more than {LONGEST} characters")
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise PasswordError("the password has control characters in it")
    known = [part for text_about in about for part in (text_about, *text_about.split())]
    found = zxcvbn(text[:_READ], user_inputs=[*known, "weblog", "dashboard", "insight"])
    if found["guesses"] < GUESSES:
        raise PasswordError(
            "the password is among those that are tried first: a common one, a name, a date, "
            "a row of keys, or one of these with a few signs added",
            "Take a few words that do not belong together.",
        )


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    with _AT_ONCE:
        return HASHER.hash(normalised(password))


def agrees(kept: str | None, password: str) -> bool:
    """Say whether a password is the one kept; with none kept it takes as long, and is not."""
    if len(password) > 4 * LONGEST:
        return False
    with _AT_ONCE:
        try:
            HASHER.verify(kept or _nobodys(), normalised(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Say whether a password should be hashed anew, for parameters have changed."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return HASHER.hash("of nobody")
