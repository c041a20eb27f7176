"""Lines to fields, fast where lines are regular, exact where they are not."""

from weblog.parse.lines import Chunk
from weblog.parse.parse import parse_chunk
from weblog.parse.parsed import Parsed
from weblog.parse.reasons import Reason
from weblog.parse.words import Vocabulary

__all__ = ["Chunk", "Parsed", "Reason", "Vocabulary", "parse_chunk"]
