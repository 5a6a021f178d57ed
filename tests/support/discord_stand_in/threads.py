"""What people do with threads, and who may see the private ones."""

from __future__ import annotations

from . import wire
from .records import JSON, NEWS_CHANNEL, NEWS_THREAD, PRIVATE_THREAD, PUBLIC_THREAD, Channel
from .servers import Servers

ChannelLike = Channel | int | str


class Threads(Servers):
    """The state with the verbs for its threads."""

    def add_thread(
        self, parent: ChannelLike, name: str, *, archived: bool = False, locked: bool = False, private: bool = False
    ) -> Channel:
        above = self.channel(parent)
        kind = PRIVATE_THREAD if private else NEWS_THREAD if above.kind == NEWS_CHANNEL else PUBLIC_THREAD
        thread = Channel(self.new_id(), name, above, archived=archived, locked=locked, kind=kind)
        self.channels[thread.id] = thread
        self.changed(thread, "CREATE")
        return thread

    def set_thread(self, thread: ChannelLike, *, archived: bool | None = None, locked: bool | None = None) -> Channel:
        record = self.channel(thread)
        record.archived = record.archived if archived is None else archived
        record.locked = record.locked if locked is None else locked
        self.changed(record)
        return record

    def invite_to_thread(self, thread: ChannelLike) -> None:
        """Somebody mentions the bot in a private thread: it is told of itself, and of the thread.

        https://discord.com/developers/docs/topics/threads#gaining-access-to-private-threads
        """
        record = self.channel(thread)
        record.joined.add(self.bot.id)
        who = wire.thread_member(self, record) | {"member": wire.member(self.bot), "presence": None}
        self.emit("THREAD_MEMBERS_UPDATE", self._members_of(record) | {"added_members": [who]})
        self.emit("THREAD_CREATE", wire.channel(self, record))

    def remove_from_thread(self, thread: ChannelLike, *, as_deleted: bool = False) -> None:
        """Somebody takes the bot out of a private thread.

        It is told of that: https://discord.com/developers/docs/topics/threads#syncing-for-the-current-user. Whether it
        is also told that the thread is gone is said nowhere: `as_deleted` is that reading.
        """
        record = self.channel(thread)
        record.joined.discard(self.bot.id)
        if as_deleted:
            self.emit("THREAD_DELETE", wire.channel(self, record))
        gone = {"removed_member_ids": [str(self.bot.id)]}
        self.emit("THREAD_MEMBERS_UPDATE", self._members_of(record) | gone)

    def _members_of(self, thread: Channel) -> JSON:
        return {"id": str(thread.id), "guild_id": wire.guild_of(self, thread), "member_count": 1}
