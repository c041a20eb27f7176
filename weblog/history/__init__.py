"""Days as another tool counted them: kept beside the store, never added to what it counts."""

from weblog.history.export import MEASURES as MEASURES
from weblog.history.export import Export as Export
from weblog.history.kept import Histories as Histories
from weblog.history.kept import HistoryLoad as HistoryLoad
from weblog.history.recognised import read_export as read_export
