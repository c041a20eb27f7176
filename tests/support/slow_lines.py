"""A slow, obvious reader of common and combined lines: byte by byte, with nothing of weblog.parse.

A layout is a list of fields and of the text between them. Each kind of field is a generator of the
places where it may end, the likeliest first; a line is read by trying them in turn until the last
field ends where the line does. No regular expression, no columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

LONGEST = 64 * 1024
MANY_QUOTES = 40
DIGITS = b"0123456789"
WHITE = b" \t\n\r\x0b\x0c"
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

Ends = Callable[[bytes, int, bool], Iterator[int]]


@dataclass(frozen=True)
class Field:
    """A field: the column it fills (None: none), and the places where it may end."""

    name: str | None
    ends: Ends


@dataclass
class Read:
    """What a log holds: every line's number, offset, length with its end, and fate."""

    rows: list[dict[str, object]] = field(default_factory=list)
    rejects: list[dict[str, object]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    blank: int = 0


# where a field may end


def word(line: bytes, start: int, strict: bool) -> Iterator[int]:
    """No blanks; ends at one, or with the line."""
    end = start
    while end < len(line) and line[end] != ord(" "):
        end += 1
    if end > start:
        yield end


def short_word(line: bytes, start: int, strict: bool) -> Iterator[int]:
    """No blanks; ends anywhere: the first place where the rest fits."""
    for end in range(start + 1, len(line) + 1):
        if line[end - 1] == ord(" "):
            return
        yield end


def port(line: bytes, start: int, strict: bool) -> Iterator[int]:
    """No blanks and no colon: the one before it is the last, whatever the host looks like."""
    end = start
    while end < len(line) and line[end] not in b" :":
        end += 1
    if end > start:
        yield end


def addresses(line: bytes, start: int, strict: bool) -> Iterator[int]:
    """An address, or several with commas between, each maybe with a blank behind it."""
    end = start
    while True:
        first = end
        while end < len(line) and line[end] not in b" ,":
            end += 1
        if end == first:
            return
        then = end + 1
        if line[end : end + 1] != b",":
            break
        if line[then : then + 1] == b" ":
            then += 1
        if then >= len(line) or line[then] in b" ,":
            break
        end = then
    yield end


def user(line: bytes, start: int, strict: bool) -> Iterator[int]:
    """A word; else a name with blanks, that does not begin like a missing one."""
    if strict:
        yield from word(line, start, strict)
        return
    if line[start : start + 1] == b"-":
        yield start + 1
    if line[start : start + 2] != b"- ":
        yield from range(start + 1, len(line) + 1)


def quoted(line: bytes, start: int, strict: bool) -> Iterator[int]:
    """Text between quotes: to the first quote no backslash stands before; else to any."""
    if not strict:
        yield from range(start, len(line) + 1)
        return
    end = start
    while end < len(line) and line[end] != ord('"'):
        end += 2 if line[end] == ord("\\") else 1
    if end <= len(line):
        yield end


def status(line: bytes, start: int, strict: bool) -> Iterator[int]:
    yield from number(line, start, 3, 3)


def size(line: bytes, start: int, strict: bool) -> Iterator[int]:
    yield from number(line, start, 1, 18)


def duration(line: bytes, start: int, strict: bool) -> Iterator[int]:
    if line[start : start + 1] == b"-":
        yield from number(line, start + 1, 1, 18)
    yield from number(line, start, 1, 18)


def number(line: bytes, start: int, least: int, most: int) -> Iterator[int]:
    """Digits, or ``-``."""
    end = start
    while end < len(line) and end - start < most and line[end] in DIGITS:
        end += 1
    if end - start >= least:
        yield end
    if line[start : start + 1] == b"-":
        yield start + 1


def time(line: bytes, start: int, strict: bool) -> Iterator[int]:
    """``17/May/2015:10:05:03 +0900``, maybe with a fraction of the second."""
    end = start
    for sign in "99/Aaa/9999:99:99:99":
        byte = line[end : end + 1]
        if not fits(byte, sign):
            return
        end += 1
    if line[end : end + 1] in (b".", b","):
        digits = end + 1
        while digits < len(line) and digits - end <= 9 and line[digits] in DIGITS:
            digits += 1
        end = digits if digits > end + 1 else end
    zone = line[end : end + 6]
    if len(zone) == 6 and zone[:2] in (b" +", b" -") and all(byte in DIGITS for byte in zone[2:]):
        yield end + 6


def fits(byte: bytes, sign: str) -> bool:
    if sign == "9":
        return byte != b"" and byte in DIGITS
    if sign == "A":
        return b"A" <= byte <= b"Z"
    if sign == "a":
        return b"a" <= byte <= b"z"
    return byte == sign.encode()


Layout = tuple[Field | bytes, ...]
CLIENT, IDENT, USER = Field("client", addresses), Field(None, word), Field("user", user)
COMMON: Layout = (
    CLIENT, b" ", IDENT, b" ", USER, b" [", Field("time", time), b'] "', Field("request", quoted),
    b'" ', Field("status", status), b" ", Field("bytes", size),
)  # fmt: skip
COMBINED: Layout = (
    *COMMON, b' "', Field("referrer", quoted), b'" "', Field("user_agent", quoted), b'"',
)  # fmt: skip
HOST = Field("host", word)
LAYOUTS: dict[str, Layout] = {
    "combined": COMBINED,
    "common": COMMON,
    "vhost_combined": (Field("host", short_word), b":", Field(None, port), b" ", *COMBINED),
    "vhost_common": (HOST, b" ", *COMMON),
    "combined_host": (HOST, b" ", *COMBINED),
    "combined_duration": (*COMBINED, b" ", Field("duration_us", duration)),
    "combined_forwarded": (*COMBINED, b' "', Field("header:x-forwarded-for", quoted), b'"'),
    "combined_cookie": (*COMBINED, b' "', Field("header:cookie", quoted), b'"'),
}


def read(data: bytes, layout: Layout, offset: int = 0, first_line: int = 1) -> Read:
    """Read every line of ``data``."""
    found = Read()
    start, number = 0, first_line
    while start < len(data):
        end = data.find(b"\n", start)
        then = end + 1 if end >= 0 else len(data)
        end = end if end >= 0 else len(data)
        length = end - start - (1 if end > start and data[end - 1] == ord("\r") else 0)
        raw = data[start : start + length]
        line = raw
        if start == 0 and offset == 0 and raw.startswith(b"\xef\xbb\xbf"):
            line = raw[3:]
        found.spans.append((start + offset, then - start))
        place = {"line": number, "offset": start + offset}
        if all(byte in WHITE for byte in line):
            found.blank += 1
        else:
            row, reason = read_line(line, layout)
            if row is None:
                shown = {"length": length, "reason": reason, "raw": raw[:LONGEST]}
                found.rejects.append({**place, **shown})
            else:
                found.rows.append({**place, **row})
        start, number = then, number + 1
    return found


def read_line(line: bytes, layout: Layout) -> tuple[dict[str, object] | None, str]:
    """Return the fields of a line, or None and why not."""
    if len(line) > LONGEST:
        return None, "too_long"
    raw = matched(line, layout, strict=True)
    if raw is None and line.count(b'"') <= MANY_QUOTES:
        raw = matched(line, layout, strict=False)
    if raw is None:
        return None, reason(line)
    instant = instant_of(raw.pop("time"))
    if instant is None:
        return None, "bad_time"
    return {"ts": instant, **{name: value_of(name, text) for name, text in raw.items()}}, ""


def matched(line: bytes, layout: Layout, *, strict: bool) -> dict[str, bytes] | None:
    """Return the bytes of each field, in the first way in which all fit."""
    hopeless: set[tuple[int, int]] = set()

    def ways(i: int, start: int) -> list[bytes] | None:
        if i == len(layout):
            return [] if start == len(line) else None
        if (i, start) in hopeless:
            return None
        part = layout[i]
        if isinstance(part, bytes):
            if line[start : start + len(part)] == part:
                rest = ways(i + 1, start + len(part))
                if rest is not None:
                    return rest
        else:
            text = layout[i + 1] if i + 1 < len(layout) else b""
            assert isinstance(text, bytes)
            for end in part.ends(line, start, strict):
                if line[end : end + len(text)] == text:  # else the next part would say no
                    rest = ways(i + 1, end)
                    if rest is not None:
                        return [line[start:end], *rest]
        hopeless.add((i, start))
        return None

    found = ways(0, 0)
    if found is None:
        return None
    names = [part.name for part in layout if isinstance(part, Field)]
    return {name: raw for name, raw in zip(names, found, strict=True) if name}


def reason(line: bytes) -> str:
    """Say why no layout fits."""
    if begins_well(line) and line.count(b'"') % 2 == 1:
        return "cut_off"
    controls = sum(1 for byte in line if byte < 9 or 13 < byte < 32)
    return "binary" if controls * 20 > len(line) else "not_the_format"


def begins_well(line: bytes) -> bool:
    """Say whether a word, a blank, anything, a time in brackets and a quote begin the line."""
    end = 0
    while end < len(line) and line[end] not in WHITE:
        end += 1
    if end == 0 or line[end : end + 1] != b" ":
        return False
    places = [place for place in range(end + 1, len(line)) if line[place] == ord("[")]
    return any(
        line[close : close + 3] == b'] "'
        for place in places
        for close in time(line, place + 1, True)
        if b"." not in line[place:close] and b"," not in line[place:close]
    )


# what the bytes mean


def value_of(name: str, raw: bytes) -> object:
    """Return a field's value; ``-`` is None."""
    text = text_of(raw)
    if text == "-":
        return None
    if name == "status":
        return int(text) if int(text) >= 100 else None
    if name == "bytes":
        return int(text)
    if name == "duration_us":
        ms = round(int(text) / 1000)
        return ms if text[0] != "-" and ms < 2**31 else None
    return text


def text_of(raw: bytes) -> str:
    """Undo escapes, then read UTF-8, else Korean, else Latin-1."""
    plain = {ord(a): ord(b) for a, b in zip('"\\nrtvbf', '"\\\n\r\t\v\b\f', strict=True)}
    out = bytearray()
    at = 0
    while at < len(raw):
        then = raw[at + 1] if at + 1 < len(raw) else None
        if raw[at] == ord("\\") and then in plain:
            out.append(plain[then])
            at += 2
        elif raw[at] == ord("\\") and then == ord("x") and is_hex(raw[at + 2 : at + 4]):
            out.append(int(raw[at + 2 : at + 4], 16))
            at += 4
        else:
            out.append(raw[at])
            at += 1
    for attempt in (utf8, korean):
        text = attempt(bytes(out))
        if text is not None:
            return text
    return "".join(map(chr, out))


def is_hex(two: bytes) -> bool:
    return len(two) == 2 and all(byte in b"0123456789abcdefABCDEF" for byte in two)


def utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def korean(raw: bytes) -> str | None:
    """Return Korean text if at least half of what is no ASCII are syllables in use."""
    try:
        text = raw.decode("cp949")
    except UnicodeDecodeError:
        return None
    foreign = common = at = 0
    while at < len(raw):
        if raw[at] < 0x80:
            at += 1
            continue
        foreign += 1
        common += 0xB0 <= raw[at] <= 0xC8 and at + 1 < len(raw) and 0xA1 <= raw[at + 1] <= 0xFE
        at += 2
    return text if common and common * 2 >= foreign else None


def instant_of(raw: bytes) -> datetime | None:
    """Return the instant of a time between 1990 and 2199, else None."""
    text = raw.decode()
    local, zone = text.rsplit(" ", 1)
    day, month, year = int(local[:2]), local[3:6], int(local[7:11])
    hour, minute, second = int(local[12:14]), int(local[15:17]), int(local[18:20])
    micros = int(local[21:].ljust(6, "0")[:6]) if len(local) > 20 else 0
    hours, minutes = int(zone[1:3]), int(zone[3:5])
    if month not in MONTHS or minutes > 59 or hours > 23 or second > 60:
        return None
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    try:
        instant = datetime(
            year, MONTHS.index(month) + 1, day, hour, minute, min(second, 59), micros,
            tzinfo=timezone(offset),
        ).astimezone(UTC)  # fmt: skip
    except (ValueError, OverflowError):
        return None
    instant += timedelta(seconds=second // 60)
    return instant if 1990 <= instant.year <= 2199 else None
