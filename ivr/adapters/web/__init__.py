"""The HTTP API: the one door for the command line, the county's programs and, later, screens.

It translates between HTTP and the use cases and decides nothing. The routes are in modules
named after what they show; ``gate`` is what every request passes first; ``doors`` and
``server`` are sockets and uvicorn.
"""

from ivr.adapters.web.app import build_app
from ivr.adapters.web.doors import Doors, only_one, open_doors
from ivr.adapters.web.parts import Parts
from ivr.adapters.web.server import WebServer

__all__ = ["Doors", "Parts", "WebServer", "build_app", "only_one", "open_doors"]
