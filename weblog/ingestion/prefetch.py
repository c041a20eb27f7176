"""Let parsing run ahead of writing: :func:`weblog.prefetch.ahead`."""

from weblog.prefetch import ahead

__all__ = ["ahead"]
