"""Use cases and the dispatcher: what the service does, in terms of ports.

Knows the domain and Protocols (:mod:`ivr.application.ports`), never an adapter.
"""
