"""A connection of asyncpg's that is closed at once. Imported where PostgreSQL is used: the driver is an extra."""

import asyncpg


class AbruptConnection(asyncpg.Connection):
    """Is only closed outside of any transaction, when there is nothing to lose."""

    async def close(self, *, timeout: float | None = None) -> None:
        """Drop the connection. The driver's own way waits for the server's answer: for `command_timeout` seconds a
        connection where the server does not answer any more."""
        self.terminate()
