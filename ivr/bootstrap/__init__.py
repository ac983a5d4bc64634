"""Puts the program together. The only package that names concrete adapters.

A module for each command that has something to put together; it imports what that needs and no
more, because callers wait for a start. The service is ``serving``: ``core``, ``calls``,
``caseworkers`` and ``web`` are its parts, made of what is ``given``, and ``mail`` is where that is
set up. ``running`` is how what runs long is run.

Plain arguments, no container, no work at import. A command imports the module it needs; nothing is
re-exported here.
"""
