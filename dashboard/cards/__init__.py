"""What each card shows: functions from a report's rows to the data of a component.

They choose words and format numbers; they count nothing.
"""

from __future__ import annotations
