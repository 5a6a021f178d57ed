"""The driver as the store needs it: one trip to its thread for a statement instead of four, and none to begin.

SQLAlchemy has aiosqlite make a cursor, execute, fetch and close in turn, each a trip to the connection's thread and
back. Rows are few here and fetched at once anyway. A transaction begins on the trip of its first statement.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import EMPTY_DICT, await_only

# A plain BEGIN takes the write lock too late: a transaction that has read then fails with "database is locked".
_BEGIN: Final = "BEGIN IMMEDIATE"


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """A statement's outcome; `_cursor` is sqlite3's own, closed but still telling what came of it."""

    __slots__ = ()

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection
        self._rows = deque()
        self._soft_closed_memoized = EMPTY_DICT

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        self._run(lambda cursor: cursor.execute(operation, parameters or ()))

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        self._run(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    def _run(self, do: Callable[[sqlite3.Cursor], Any]) -> None:
        connection: Any = self._connection
        adapted: Any = self._adapt_connection
        begins, adapted.begins = adapted.begins, False

        def there() -> tuple[sqlite3.Cursor, list[Any]]:
            cursor = connection._conn.cursor()
            try:
                if begins:
                    cursor.execute(_BEGIN)
                do(cursor)
                return cursor, cursor.fetchall() if cursor.description else []
            finally:
                cursor.close()

        try:
            self._cursor, rows = await_only(connection._execute(there))
            self._rows = deque(rows)
        except Exception as error:  # noqa: BLE001 (translated and raised)
            adapted._handle_exception(error)

    async def _async_soft_close(self) -> None: ...

    def close(self) -> None:
        self._rows.clear()


class _Connection(AsyncAdapt_aiosqlite_connection):
    """`begins`: the next statement begins a transaction."""

    __slots__ = ("begins",)

    _cursor_cls = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.begins = False

    def commit(self) -> None:
        self.begins = False
        if self._connection.in_transaction:
            super().commit()

    def rollback(self) -> None:
        self.begins = False
        # Handed back to the pool it is rolled back, nearly always with nothing to do.
        if self._connection.in_transaction:
            super().rollback()


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """For `create_async_engine(…, module=Driver())`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> _Connection:
        return _Connection(self, super().connect(*arg, **kw)._connection)
