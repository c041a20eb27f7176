"""The soak: a log written, rotated and followed for minutes, its reader killed again and again.

``python3 dev.py soak --minutes 10`` (docs/testing.md). Three parts, each a process of its own:
:mod:`soak.writer` writes and rotates, `weblog ingest --follow` reads, :mod:`soak.run` kills,
measures, and counts in the end.
"""
