"""How members react to personas' messages, in the database: counted, taken back, handed out, and gone with the rest."""

from bot.discussion.model.erasure import Member
from bot.discussion.model.record import Turn
from bot.sessions.privacy.session_erasure import erase_member
from bot.store.models import Post, PostKind, StoredSession
from bot.store.store import Store
from tests.support.samples import GUILD, PLACE, stored_session

KIM, LEE = 7_777_777_777_777, 8
ONE, TWO = 2**62 + 1, 2**62 + 2
"""The messages that show turn 3; TWO goes on with it."""


async def react(store: Store, session_id: int, message: int, member: int, *emoji: str) -> None:
    for each in emoji:
        await store.reactions.add(session_id, message, member, each, turn_seq=3, liked=each != "👎")


async def test_a_member_counts_once_a_turn_and_side(store: Store, kept: StoredSession) -> None:
    other = await store.add_session(stored_session(place_id=5), [])
    await react(store, kept.id, ONE, KIM, "👍", "❤️", "👍", "👎")
    await react(store, kept.id, TWO, KIM, "👍")
    await react(store, kept.id, TWO, LEE, "👍")
    await react(store, other.id, 9, LEE, "👎")
    assert await store.reactions.counts(kept.id) == {3: (2, 1)}
    assert await store.reactions.counts(other.id) == {3: (0, 1)}


async def test_who_takes_back_one_of_several_is_still_counted(store: Store, kept: StoredSession) -> None:
    await react(store, kept.id, ONE, KIM, "👍", "❤️")
    await react(store, kept.id, ONE, LEE, "👍", "👎")
    await react(store, kept.id, TWO, LEE, "🔥")
    await store.reactions.remove(kept.id, ONE, member_id=KIM, emoji="👍")
    await store.reactions.remove(kept.id, ONE, member_id=KIM, emoji="🔥")
    assert await store.reactions.counts(kept.id) == {3: (2, 1)}
    await store.reactions.remove(kept.id, ONE, member_id=KIM, emoji="❤️")
    await store.reactions.remove(kept.id, ONE, emoji="👎")
    assert await store.reactions.counts(kept.id) == {3: (1, 0)}
    await store.reactions.remove(kept.id, TWO)
    await store.reactions.remove(kept.id + 1, ONE)
    assert await store.reactions.counts(kept.id) == {3: (1, 0)}
    await store.reactions.remove(kept.id, ONE)
    assert await store.reactions.counts(kept.id) == {}


async def test_a_members_are_theirs_to_have_and_to_have_forgotten(store: Store, kept: StoredSession) -> None:
    abroad = await store.add_session(stored_session(place_id=6, guild_id=9), [])
    await react(store, kept.id, ONE, KIM, "👍", "👎")
    await react(store, kept.id, ONE, LEE, "👍")
    await react(store, abroad.id, TWO, KIM, "👍")
    member = Member(KIM, ("Kim",))
    assert (await store.member_data.about(GUILD, KIM)).reactions == 2
    told = (await store.member_data.export(GUILD, member))["reactions"]
    assert [(r["discussion"], r["message_id"], r["emoji"]) for r in told] == [
        (kept.id, str(ONE), "👍"),
        (kept.id, str(ONE), "👎"),
    ]
    assert await store.member_data.sessions_with(GUILD, member) == [kept.id]
    await erase_member(store, kept, await store.record(kept.id), member, 0)
    assert await store.reactions.counts(kept.id) == {3: (1, 0)}
    assert (await store.member_data.about(GUILD, KIM)).reactions == 0
    assert await store.reactions.counts(abroad.id) == {3: (1, 0)}


async def test_they_go_with_the_message_the_place_and_the_server(store: Store, kept: StoredSession) -> None:
    shown = [Post(PostKind.TURN, text, username="Aino", turn_seq=1) for text in ("Point one.", "And two.")]
    added = await store.add_turn(kept.id, PLACE, Turn(1, "persona", "Aino", "Point one. And two."), shown)
    assert added.sending is not None
    then = await store.posts.bind_and_take(added.sending.id, ONE, PLACE, 0)
    assert then.sending is not None
    assert await store.posts.bind(then.sending.id, TWO)
    for message in (ONE, TWO):
        await react(store, kept.id, message, KIM, "👍")
    await react(store, kept.id, TWO, LEE, "👍")
    await store.posts.message_gone(TWO)
    assert await store.reactions.counts(kept.id) == {3: (1, 0)}
    await store.member_data.forget_place(PLACE)
    assert await store.reactions.counts(kept.id) == {}
    await react(store, kept.id, ONE, KIM, "👍")
    await store.expiry.delete_server(GUILD)
    assert await store.reactions.counts(kept.id) == {}
