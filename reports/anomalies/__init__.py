"""Days out of line and lasting changes of daily counts: the pure part of report ``anomalies``."""
