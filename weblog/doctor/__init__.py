"""Check every promise on a store: what is wrong, and what to do."""

from weblog.doctor.examine import examine
from weblog.doctor.finding import Finding

__all__ = ["Finding", "examine"]
