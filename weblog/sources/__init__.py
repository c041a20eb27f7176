"""Log sources: open, recognise by content, read as chunks of whole lines."""

from weblog.sources.chunks import CHUNK_BYTES, Reader
from weblog.sources.expand import Expanded, expand
from weblog.sources.identity import Head, KnownSource, digest, new_identity, recognised
from weblog.sources.open import STDIN, Source, open_source

__all__ = [
    "CHUNK_BYTES",
    "STDIN",
    "Expanded",
    "Head",
    "KnownSource",
    "Reader",
    "Source",
    "digest",
    "expand",
    "new_identity",
    "open_source",
    "recognised",
]
