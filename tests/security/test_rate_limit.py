"""One member can't flood a table: ten turns a minute, a few edits a message, and a limit to what a prompt quotes."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.commands.steering.actions import TOO_MUCH
from bot.chat.hearing.guest_messages import TOO_MANY
from bot.discussion.model.record import Record, Turn
from bot.discussion.prompts.prompt import GUEST_TEXT_LIMIT
from bot.sessions.rate_limit import EDITS, GUEST_TURNS, is_over_rate
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace, told


async def heard(place: SimulatedPlace) -> list[str]:
    return [turn.text for turn in await place.guests()]


def hushed(place: SimulatedPlace) -> list[str]:
    return [m.content for m in place.history() if any(str(r.emoji) == TOO_MANY for r in m.reactions)]


async def test_the_surplus_is_not_taken_in_and_its_author_is_told_once(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.type("pause")
    sent = [f"Crumb {n}." for n in range(GUEST_TURNS + 3)]
    for text in sent:
        await place.otto.send(place.channel, text)
    assert await heard(place) == sent[:GUEST_TURNS]
    assert hushed(place) == [sent[GUEST_TURNS]]
    await place.lena.send(place.channel, "May I?")
    assert (await heard(place))[-1] == "May I?"
    await place.env.advance_time(61)
    await place.otto.send(place.channel, "Later.")
    assert (await heard(place))[-1] == "Later."


async def test_commands_count_too_and_are_answered_privately(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.type("pause")
    for n in range(GUEST_TURNS):
        await place.otto.slash(place.channel, "roundtable say", text=f"Crumb {n}.")
    shown = len(place.history())
    assert told(await place.otto.slash(place.channel, "roundtable say", text="More!")) == TOO_MUCH
    assert len(place.history()) == shown
    assert len(await heard(place)) == GUEST_TURNS


async def test_a_restart_forgets_no_flood(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    await place.type("pause")
    for n in range(GUEST_TURNS):
        await place.otto.send(place.channel, f"Crumb {n}.")
    for n in range(3):
        place.write_unheard(place.otto, f"Crumb {n} again.")
    await place.restart(parts)
    await place.otto.send(place.channel, "And more.")
    assert len(await heard(place)) == GUEST_TURNS


async def test_a_message_that_is_edited_again_and_again_is_left_out(place: SimulatedPlace) -> None:
    """Each edit makes the draft that had read it void: a table could be kept from ever speaking."""
    await place.type("start")
    await place.type("pause")
    message = await place.otto.send(place.channel, "Crumb.")
    for n in range(EDITS):
        await place.otto.edit(message, f"Crumb {n}.")
    assert await heard(place) == [f"Crumb {EDITS - 1}."]
    run = place.bot.supervisor.find(place.channel.id)
    assert run is not None
    revision = run.record.revision
    for n in range(5):
        await place.otto.edit(message, f"Crumb {n} once more.")
    assert await heard(place) == [""]
    assert run.record.revision == revision + 1


async def test_a_long_message_takes_a_limited_share_of_the_prompt(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    await place.otto.send(place.channel, "crumbs " * 280)
    await place.turn()
    (line,) = [line for line in llm.prompts[-1].splitlines() if "crumbs crumbs" in line]
    assert len(line) <= GUEST_TEXT_LIMIT + 60


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 20_000)), max_size=80))
def test_never_more_than_ten_in_any_minute(messages: list[tuple[int, int]]) -> None:
    """Messages as (member, milliseconds since the one before)."""
    record = Record()
    at = 0
    for author, pause in messages:
        at += pause
        if not is_over_rate(record, author, at << 22):
            record.append(Turn(record.last_seq + 1, "guest", "x", "x", message_id=at << 22, author_id=author))
    assert {t.author_id for t in record} == {author for author, _ in messages}  # the first of each is heard
    minute = timedelta(minutes=1) / timedelta(milliseconds=1)
    for author in (1, 2, 3):
        times = [(t.message_id or 0) >> 22 for t in record if t.author_id == author]
        assert all(later - first >= minute for first, later in zip(times, times[GUEST_TURNS:], strict=False))
