"""Asterisk's manager interface (AMI): what ARI has nothing for, which is the fallback queue."""

from __future__ import annotations

from ivr.adapters.ami.connection import AmiAddress
from ivr.adapters.ami.standby import AmiStandby

__all__ = ["AmiAddress", "AmiStandby"]
