"""The compiled part of the parser, ``native.c``, where the installed package has it.

It is built with the package (``hatch_build.py``). Without it everything works the same, several
times slower, which ``weblog --version`` tells.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("_native.so")

INTERFACE: Final = 10
"""As in ``native.c``: one that was built of other sources would be called wrongly."""

_P, _I, _U, _N = ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint32, ctypes.c_int32

_FUNCTIONS: Final[dict[str, tuple[type | None, list[type]]]] = {
    "weblog_interface": (_I, []),
    "weblog_words_new": (_P, [ctypes.c_uint64]),
    "weblog_words_free": (None, [_P]),
    "weblog_words_count": (ctypes.c_uint64, [_P]),
    "weblog_words_size": (ctypes.c_uint64, [_P]),
    "weblog_words_texts": (_P, [_P]),
    "weblog_words_numbers": (_I, [_P, ctypes.c_char_p, _P, _I, _P]),
    "weblog_count_lines": (_I, [ctypes.c_char_p, _I]),
    "weblog_find_lines": (_I, [ctypes.c_char_p, _I, _I, _P, _P, _P]),
    "weblog_split_lines": (_I, [ctypes.c_char_p, _I, _P, _P, _P, ctypes.c_int32, _P, _P]),
    "weblog_number_integers": (_I, [_P, _I, _P, _P, ctypes.c_uint64]),
    "weblog_join_texts": (None, [ctypes.c_char_p, _P, _P, _I, _P]),
    "weblog_count_runs": (_I, [_P, ctypes.c_int32, _P, _I, _U, _P, _P]),
    "weblog_sum_crossed": (_I, [_P, _I, _P, _U, _U, _P, _P, _P, _P]),
    "weblog_count_readers": (_I, [_P, _I, _P, _P, _P, _U, _P, _P, _P, _P]),
    "weblog_count_bins": (_I, [_P, _P, _I, _P, _U, _U, _U, _P]),
    "weblog_hold_bins": (_I, [_P, _P, _I, _P, _U, _U, _U, _P, _P, _P, _P]),
    "weblog_middles": (None, [_P, _P, _P, _P, _I, _P]),
    "weblog_sum_looks": (_I, [_P, _P, _P, _I, _P, _U, _U, _P, _P, _P, _I, _P]),
    "weblog_put_together": (_I, [_P, _I, _U, _P, _P]),
    "weblog_sum_tastes": (_I, [_P, _P, _P, _I, _P, _P, _I, _U, _U, _P, _P]),
    "weblog_sum_viewers": (_I, [_P, _P, _U, _P]),
    "weblog_tallies_new": (_P, [_U, _U]),
    "weblog_tallies_free": (None, [_P]),
    "weblog_tallies_count": (_I, [_P]),
    "weblog_tallies_read": (None, [_P, _P]),
    "weblog_count_walks": (_I, [_P, _P]),
    "weblog_count_neighbours": (_I, [_P, _P, _I, _P, _I, _P, _I, _I, _N, _P]),
    "weblog_find_paths": (_I, [_P, _P, _P, _P, _I, _I, _I, _P, _P, _P, _P]),
    "weblog_lay_paths": (None, [_P, _P, _I, _P, _P, _P]),
    "weblog_count_steps": (_I, [_P, _P, _I, _I, _P, _P, _I, _P, _P, _I, _P]),
    "weblog_unquote": (_I, [ctypes.c_char_p, _I, ctypes.c_int32, _P, _P]),
}


@cache
def is_compiled() -> bool:
    """Whether the compiled part is here, of these sources and for this machine."""
    try:
        library()
    except OSError:
        return False
    return True


@cache
def library() -> ctypes.CDLL:
    """Return the compiled part; calling it lets go of Python's lock.

    Raises:
        OSError: it is not here, not for this machine, or not of these sources.
    """
    return loaded(FILE)


def loaded(file: Path) -> ctypes.CDLL:
    """Return the library in ``file``.

    Raises:
        OSError: it is not here, not for this machine, or not of these sources.
    """
    found = ctypes.CDLL(str(file))
    try:
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(found, name)
            function.restype, function.argtypes = result, arguments
    except AttributeError as error:
        raise OSError(f"{file} was built of other sources: {error}") from error
    if found.weblog_interface() != INTERFACE:
        raise OSError(f"{file} was built of other sources")
    return found
