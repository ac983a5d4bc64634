"""The journal of the engine's inputs, in files."""

from ivr.adapters.journal.files import JournalFiles
from ivr.adapters.journal.numbers import JournalNumbers

__all__ = ["JournalFiles", "JournalNumbers"]
