"""A table that has ended goes on: for so many more turns, with what was said while it was closed left out."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member
from bot.discussion.model.steerings import TurnsChanged
from bot.errors import Remedy, UserError
from bot.sessions import steering
from bot.sessions.composing.limits import Limits
from bot.store.models import PostKind, Status, StoredSession
from bot.store.schema import now
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.killed_store import Killed, KilledStore
from tests.support.samples import PLACE
from tests.support.session_house import HERE, QUICK, SessionHouse, ended, open_house
from tests.support.session_table import open_table


async def closed_table(house: SessionHouse, dials: Dials = QUICK) -> StoredSession:
    """A table that has come to its end."""
    run = await house.start(dials)
    await ended(run)
    stored = await house.store.session(run.id)
    assert stored is not None
    assert stored.status is Status.ENDED
    return stored


async def test_a_table_goes_on_after_its_summary_and_ends_with_another(store: Store) -> None:
    async with open_house(store) as house:
        closed = await closed_table(house)
        while_closed = house.place.guest("Is nobody here?")
        run = await house.supervisor.reopen(PLACE, closed.id, 2, at=house.place.new_id(), by="Mira")
        assert run.id == closed.id
        assert run.stored.ended_at is None, "its minutes last until it ends again"
        assert (await store.session(closed.id) or closed).listen_from > while_closed.id
        await ended(run)
        kinds = [t.kind for t in run.record if t.kind != "moderator"]
        assert kinds == ["persona"] * 3 + ["summary"] + ["persona"] * 2 + ["summary"]
        await house.assert_stored(run)
        assert house.said("Mira has") == ["Mira has the table go on for two more turns."]
        first, second = await store.posts.of_session(run.id, PostKind.MINUTES)
        assert (first.status, second.status) == ("posted", "posted")
        attachments = [post.attachment or "" for post in house.stages[-1].sends if post.kind is PostKind.MINUTES]
        assert len(attachments) == 1
        assert all(t.text in attachments[0] for t in run.record if t.kind != "moderator")
        # What the model reads: the summary, and that it was not the end.
        assert f"{run.record.turns[4].text}\nModerator: The discussion goes on.\n" in house.server.prompts[-1]
        # A restart reads nothing up that was said while it was closed.
        house.again()
        run = await house.supervisor.reopen(PLACE, closed.id, 1, at=house.place.new_id())
        heard = house.place.guest("Back again!")
        await run.hear(heard)
        run.mark_gap()
        await run.catch_up()
        await ended(run)
        assert [t.text for t in run.record if t.kind == "guest"] in ([], ["Back again!"])
        assert house.said("The table goes on for") == ["The table goes on for one more turn."]
        assert len([t for t in run.record if t.kind == "summary"]) == 3


async def test_what_keeps_a_table_from_going_on(store: Store) -> None:
    async with open_house(store) as house:
        closed = await closed_table(house)

        async def refused(session_id: int = closed.id, more: int = 6) -> tuple[str, Remedy | None]:
            with pytest.raises(UserError) as error:
                await house.supervisor.reopen(PLACE, session_id, more, at=house.place.new_id())
            return str(error.value), error.value.remedy

        assert await refused(99) == ("That table is not kept any more.", Remedy.OPEN)
        assert (await refused(more=0))[0] == "A table can go on for 1 to 200 more turns, not 0."
        assert (await refused(more=201))[0] == "A table can go on for 1 to 200 more turns, not 201."
        later = await house.start(Dials(pace=0, turns=4))
        assert await refused() == ("There is a table in this channel already.", Remedy.STOP)
        assert await refused(later.id) == ("There is a table in this channel already.", Remedy.STOP)
        await ended(later)
        assert await refused() == (
            "Another table has stood here since then: only the last one can go on.",
            Remedy.OPEN,
        )
        closed = later.stored
        await house.supervisor.forget(
            HERE.guild_id, Member(HERE.convener_id, ("Kim",)), listen_from=house.place.new_id()
        )
        assert await refused(later.id) == (
            "Whoever convened that table is forgotten here, so nobody could steer it.",
            Remedy.OPEN,
        )
        assert (await store.session(later.id) or closed).status is Status.ENDED


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(session_tokens=1), "A table may use 1 tokens and this one has used"),
        (Limits(session_minutes=1), "A table may last 1 minute."),
        (Limits(sessions=1), "There are 1 open tables on this server"),
    ],
)
async def test_a_limit_that_would_end_it_at_once_is_told_before(
    store: Store, monkeypatch: pytest.MonkeyPatch, limits: Limits, says: str
) -> None:
    async with open_house(store) as house:
        closed = await closed_table(house)
        house.limits = limits
        house.again()
        if limits.sessions == 1:
            await house.start(Dials(pace=60), where=replace(HERE, place_id=PLACE + 1))
        monkeypatch.setattr("bot.sessions.reopening.now", lambda: now() + timedelta(minutes=2))
        with pytest.raises(UserError) as error:
            await house.supervisor.reopen(PLACE, closed.id, at=house.place.new_id())
        assert str(error.value).startswith(says)


@pytest.mark.parametrize("transactions", [3, 4, 5, 6, 7])
async def test_killed_meanwhile_it_has_ended_or_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    async with open_house(store) as house:
        closed = await closed_table(house)
        with monkeypatch.context() as patch, suppress(Killed):
            KilledStore(store, patch, transactions)
            run = await house.supervisor.reopen(PLACE, closed.id, 2, at=house.place.new_id(), by="Mira")
            run.abandon()
        for task in house.supervisor._tasks.values():
            task.cancel()
        stored = await store.session(closed.id)
        assert stored is not None
        went_on = stored.status is Status.RUNNING
        record = await store.record(closed.id)
        assert any(isinstance(s, TurnsChanged) for _, s in record.steerings()) == went_on
        house.again()
        await house.supervisor.resume_all()
        if went_on:
            run = house.supervisor.open_at(PLACE)
            await ended(run)
            record = run.record
        assert len(record.persona_turns()) == (5 if went_on else 3)
        assert len(house.said("Mira has")) == went_on


async def test_turns_can_be_changed_in_both_directions_also_once_the_summary_was_asked_for(
    store: Store, server: ScriptedEndpoint
) -> None:
    async with open_table(store, server, turns=10) as table:
        await table.speak(2)

        async def refused(turns: int) -> str:
            with pytest.raises(UserError) as error:
                await steering.change_turns(table.run, turns, by="Mira")
            assert error.value.remedy is Remedy.SOONER
            return str(error.value)

        assert await refused(10) == "There are 10 already. Name more, or fewer."
        assert await refused(2) == "2 turns have been taken already: name 3 or more."
        assert await refused(1) == "2 turns have been taken already: name 3 or more."
        assert await steering.change_turns(table.run, 12, by="Mira") == 10
        assert await steering.change_turns(table.run, 4, by="Mira") == 2
        await table.run.steer(TurnsChanged(turns=2), "")  # the summary is next
        assert await refused(2) == "2 turns have been taken already: name 3 or more."
        assert await steering.change_turns(table.run, 3, by="Mira") == 1
        await table.resume()
        assert [t.kind for t in table.run.record if t.kind != "moderator"] == ["persona"] * 3 + ["summary"]
