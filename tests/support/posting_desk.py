"""A session that only posts: a store, an outbox and a place that does as the script says."""

from dataclasses import dataclass, field

from bot.discussion.model.record import Turn
from bot.sessions.delivery.outbox import Outbox
from bot.store.models import Post, PostKind, PostStatus, StoredSession
from bot.store.store import Store
from tests.support.memory_place import MemoryPlace, ScriptedStage, Sending
from tests.support.samples import stored_session


@dataclass
class Desk:
    """A session with its place, its stage and its outbox."""

    store: Store
    stored: StoredSession
    place: MemoryPlace
    stage: ScriptedStage
    outbox: Outbox
    withheld: list[int] = field(default_factory=list[int])

    async def write(self, *chunks: str, speaker: str = "Aino") -> int:
        """A turn with a post for each chunk is in the database. Out: its number."""
        seq = (await self.store.record(self.stored.id)).last_seq + 1
        turn = Turn(seq, "persona", speaker, " ".join(chunks))
        posts = [Post(PostKind.TURN, chunk, username=speaker, turn_seq=seq) for chunk in chunks]
        await self.store.add_turn(self.stored.id, self.stored.place_id, turn, posts, after_id=self.outbox.latest)
        return seq

    async def say(self, *chunks: str, speaker: str = "Aino") -> int:
        """The same, delivered."""
        seq = await self.write(*chunks, speaker=speaker)
        await self.outbox.deliver()
        await self.stage.settle()
        return seq

    async def posts(self) -> list[Post]:
        return await self.store.posts.of_session(self.stored.id)

    async def statuses(self) -> list[PostStatus]:
        return [p.status for p in await self.posts()]

    async def assert_shown(self, *texts: str) -> None:
        """Exactly these are in the place, and the database knows which message shows which post."""
        assert self.place.texts == list(texts)
        posted = [p for p in await self.posts() if p.status is PostStatus.POSTED]
        assert [p.message_id for p in posted] == [m.id for m in self.place.messages]

    async def after_a_crash(self, *script: Sending) -> "Desk":
        """A new process on the same database and place."""
        desk = await open_desk(self.store, *script, place=self.place, stored=self.stored)
        await desk.outbox.recover()
        return desk


async def open_desk(
    store: Store, *script: Sending, place: MemoryPlace | None = None, stored: StoredSession | None = None
) -> Desk:
    stored = stored or await store.add_session(stored_session(), [])
    place = place or MemoryPlace()
    stage = ScriptedStage(place, *script)
    withheld: list[int] = []

    async def on_withheld(seq: int, is_withheld: bool) -> None:
        withheld.append(seq) if is_withheld else withheld.remove(seq)

    outbox = Outbox(
        store,
        stage,
        session_id=stored.id,
        place_id=stored.place_id,
        latest=await store.latest_id(stored.id),
        on_withheld=on_withheld,
    )
    stage.on_event = outbox.seen
    return Desk(store, stored, place, stage, outbox, withheld)
