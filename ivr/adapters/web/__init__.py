"""The HTTP API: the one door for the command line, the county's programs and, later, screens.

It translates between HTTP and the use cases and decides nothing. The routes are in modules
named after what they show; ``gate`` is what every request passes first; ``app`` puts them
together; ``doors`` and ``server`` are sockets and uvicorn. Nothing is re-exported here: who only
needs the doors does not wait for the API.
"""
