"""Log formats: LogFormat strings compiled once, the known ones by name, detection."""

from weblog.formats.detect import Detection, detect, detect_format
from weblog.formats.format import Format
from weblog.formats.known import AUTO, KNOWN, NAMED, format_named
from weblog.formats.log_format import LogFormat, Segment, compile_format
from weblog.formats.named import NamedFormat

__all__ = [
    "AUTO",
    "KNOWN",
    "NAMED",
    "Detection",
    "Format",
    "LogFormat",
    "NamedFormat",
    "Segment",
    "compile_format",
    "detect",
    "detect_format",
    "format_named",
]
