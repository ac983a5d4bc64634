"""The database: callbacks, the outbox and finished calls, on SQLite or PostgreSQL.

Implements :class:`ivr.application.ports.store.Store` with SQLAlchemy Core. It decides nothing: no
rule of the domain is repeated in SQL, and no time is taken from the database.
"""

from ivr.adapters.store.backup import (
    Contents,
    Progress,
    Restored,
    create_backup,
    restore_backup,
    verify_backup,
)
from ivr.adapters.store.history import StoredHistory
from ivr.adapters.store.lasting import LastingStore, lasting_store
from ivr.adapters.store.opening import open_store
from ivr.adapters.store.store import SqlStore
from ivr.adapters.store.visiting import VisitedStore

__all__ = [
    "Contents",
    "LastingStore",
    "Progress",
    "Restored",
    "SqlStore",
    "StoredHistory",
    "VisitedStore",
    "create_backup",
    "lasting_store",
    "open_store",
    "restore_backup",
    "verify_backup",
]
