"""Puts the program together. The only package that names concrete adapters.

A module for each thing that is put together; it imports what that thing needs and no more, because
callers wait for a start: ``serving`` (the service: ``core``, ``calls``, ``caseworkers`` and ``web``
are its parts, made of what is ``given``), ``standing_by``, ``backing_up``, ``replaying``,
``examining`` and ``caseworker_inbox``. ``running`` is how what runs long is run.

Plain arguments, no container, no work at import. A command imports the module it needs; nothing is
re-exported here.
"""
