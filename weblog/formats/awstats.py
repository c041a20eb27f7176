r"""AWStats' way to write a format: ``awstats:LOGFORMAT``, and maybe ``||SEPARATOR``.

Such as ``awstats:%host %other %logname %time1 %methodurl %code %bytesd %refererquot %uaquot``, or
one of its numbers: ``awstats:1`` is combined, ``awstats:4`` common. Its tags mean what its
documentation says: https://www.awstats.org/docs/awstats_config.html#LogFormat
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from weblog.errors import FormatError
from weblog.formats.log_format import LogFormat, compile_parts
from weblog.formats.parts import Directive, Part, merged, time_of
from weblog.formats.times import KINDS, TimeKind, split_zone, strftime

NUMBERS: Final = {
    "1": "%host %other %logname %time1 %methodurl %code %bytesd %refererquot %uaquot",
    "4": "%host %other %logname %time1 %methodurl %code %bytesd",
}
"""Its predefined formats (2 is IIS's: that says itself what it is, as W3C logs do)."""

FIELDS: Final = {
    "host": "client",
    "logname": "user",
    "method": "method",
    "url": "target",
    "query": "query",
    "code": "status",
    "bytesd": "bytes",
    "referer": "referrer",
    "ua": "user_agent",
    "virtualname": "host",
}
"""What its tags fill; any other is read and dropped."""

_QUOTED: Final = {
    "lognamequot": "user",
    "methodurl": "request",
    "methodurlnoprot": "request",
    "refererquot": "referrer",
    "uaquot": "user_agent",
    "otherquot": None,
}
_TIMES: Final[dict[str, TimeKind]] = {
    "time2": KINDS["iso_local"],
    "time3": strftime("%b %e %H:%M:%S %Y"),
    "time4": KINDS["epoch"],
    "time5": KINDS["iso_any"],
    "time6": strftime("%d/%m/%Y, %H:%M:%S"),
}
_TAG: Final = re.compile(r"%([a-z_]+\d*)")


@lru_cache(maxsize=64)
def compile_awstats(text: str) -> LogFormat:
    """Compile what stands behind ``awstats:``.

    Raises:
        FormatError: a number of another family, no time or no request.
    """
    written, zone = split_zone(text)
    tags, _, separator = written.partition("||")
    tags = NUMBERS.get(tags, tags)
    if "%" not in tags:
        advice = "1 and 4 are known, and its %tags. Logs of IIS (2) tell themselves what they are."
        raise FormatError(f"awstats:{text}", "no such format of AWStats", advice)
    if separator:
        tags = tags.replace(" ", separator.replace("\\t", "\t").replace("\\", ""))
    parts: list[Part] = []
    reached = 0
    for found in _TAG.finditer(tags):
        parts += [tags[reached : found.start()], *_parts(found[1])]
        reached = found.end()
    return compile_parts(f"awstats:{text}", merged([*parts, tags[reached:]]), zone)


def _parts(tag: str) -> list[Part]:
    written = f"%{tag}"
    if tag == "time1":
        return ["[", time_of(written, KINDS["clf_any"]), "]"]
    if tag in _TIMES:
        return [time_of(written, _TIMES[tag])]
    if tag in _QUOTED:
        return ['"', Directive(written, _QUOTED[tag]), '"']
    if tag == "uabracket":
        return ["[", Directive(written, "user_agent"), "]"]
    return [Directive(written, FIELDS.get(tag))]
