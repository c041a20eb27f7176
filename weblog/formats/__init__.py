"""Log formats: LogFormat strings compiled once, the known ones by name, detection."""

from weblog.formats.known import KNOWN, detect_format, format_named, share_fitting
from weblog.formats.log_format import LogFormat, Segment, compile_format

__all__ = [
    "KNOWN",
    "LogFormat",
    "Segment",
    "compile_format",
    "detect_format",
    "format_named",
    "share_fitting",
]
