"""FastAGI: Asterisk's dialplan asks this program to talk with a caller.

A small server of our own, for the callers whom Asterisk serves while the service is away. It knows
the protocol; what is talked about is in :mod:`ivr.application.fallback_requests`.
"""

from ivr.adapters.agi.server import AgiServer, Playlist, open_agi

__all__ = ["AgiServer", "Playlist", "open_agi"]
