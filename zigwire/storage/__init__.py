"""The database and what is kept in it."""

from zigwire.storage.database import Database
from zigwire.storage.errors import StorageError

__all__ = ["Database", "StorageError"]
