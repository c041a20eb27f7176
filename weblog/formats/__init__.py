"""Log formats: LogFormat strings compiled once, the known ones by name, detection."""

from weblog.formats.format import Format
from weblog.formats.known import KNOWN, detect_format, format_named
from weblog.formats.log_format import LogFormat, Segment, compile_format

__all__ = [
    "KNOWN",
    "Format",
    "LogFormat",
    "Segment",
    "compile_format",
    "detect_format",
    "format_named",
]
