"""The journal of the engine's inputs, in files."""

from ivr.adapters.journal.files import JournalFiles

__all__ = ["JournalFiles"]
