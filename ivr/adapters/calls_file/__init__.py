"""Finished calls in a CSV file: what a year was like, to be kept, passed on and counted anew.

It knows the file's format and nothing of what is counted. No caller and no agent is named in it.
"""

from ivr.adapters.calls_file.reading import CallsFile
from ivr.adapters.calls_file.writing import CallsFileWriter, new_calls_file

__all__ = ["CallsFile", "CallsFileWriter", "new_calls_file"]
