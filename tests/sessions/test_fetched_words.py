"""Guests' messages whose words have to be fetched: in order, once, and nobody is quoted with what they took back."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bot.sessions.delivery.stage import GuestMessage, OutcomeUnknown
from bot.sessions.guest_turns import Heard
from tests.support.session_table import SessionTable


@dataclass
class Fetching:
    """Words on their way: `arrive()` lets them come."""

    words: str | None
    asked: int = 0
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _here: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> str | None:
        self.asked += 1
        self._asked.set()
        await self._here.wait()
        return self.words

    async def until_asked(self) -> None:
        await self._asked.wait()

    def arrive(self) -> "Fetching":
        self._here.set()
        return self


def pasted(table: SessionTable, fetching: Fetching, text: str = "[file]") -> GuestMessage:
    return replace(table.place.guest(text), fetch=fetching)


async def said(table: SessionTable) -> list[str]:
    """What guests have said, stored and in the record alike."""
    stored = [turn.text for turn in await table.stored_turns() if turn.kind == "guest"]
    assert stored == [turn.text for turn in table.run.record if turn.kind == "guest"]
    return stored


async def test_what_was_fetched_is_what_was_said(table: SessionTable) -> None:
    message = pasted(table, Fetching("Ravi, here is the whole of it.").arrive())
    assert await table.run.hear(message) is Heard.TAKEN
    assert await said(table) == ["Ravi, here is the whole of it."]
    assert [turn.addressed for turn in table.run.record if turn.kind == "guest"] == ["Ravi"]


async def test_words_that_can_not_be_had_are_named(table: SessionTable) -> None:
    assert await table.run.hear(pasted(table, Fetching(None).arrive(), "See this [file]")) is Heard.TAKEN
    assert await said(table) == ["See this [file]"]


async def test_words_that_are_not_for_the_table_are_no_turn(table: SessionTable) -> None:
    assert await table.run.hear(pasted(table, Fetching("").arrive())) is Heard.IGNORED
    assert await said(table) == []


async def test_who_speaks_meanwhile_comes_after_it(table: SessionTable) -> None:
    """Else the process could end with the later one stored, and the earlier one would never be looked for."""
    fetching = Fetching("First.")
    first = asyncio.create_task(table.run.hear(pasted(table, fetching)))
    await fetching.until_asked()
    second = asyncio.create_task(table.run.hear(table.place.guest("Second.")))
    await asyncio.sleep(0)
    assert await said(table) == []
    fetching.arrive()
    assert [await first, await second] == [Heard.TAKEN, Heard.TAKEN]
    assert await said(table) == ["First.", "Second."]


async def test_the_table_talks_on_meanwhile(table: SessionTable) -> None:
    fetching = Fetching("At last.")
    hearing = asyncio.create_task(table.run.hear(pasted(table, fetching)))
    await fetching.until_asked()
    await table.run.take_turns()
    assert len(table.spoken) == 10
    fetching.arrive()
    await hearing
    assert await said(table) == ["At last."]


@pytest.mark.parametrize(("becomes", "stored"), [("", [""]), ("Something else.", ["Something else."])])
async def test_what_becomes_of_it_meanwhile_counts(table: SessionTable, becomes: str, stored: list[str]) -> None:
    fetching = Fetching("My address is Mill Lane 4.")
    message = pasted(table, fetching)
    hearing = asyncio.create_task(table.run.hear(message))
    await fetching.until_asked()
    assert table.run.has_heard(message.id), "it is about to be a turn"
    changing = asyncio.create_task(table.run.guest_changed(message.id, becomes))
    await asyncio.sleep(0)
    fetching.arrive()
    await hearing
    assert await changing
    assert await said(table) == stored


async def test_what_was_deleted_before_it_was_read_up_is_no_turn(table: SessionTable) -> None:
    """A history is read, then one message after the other is taken in."""
    fetching = Fetching("First.")
    first, second = pasted(table, fetching), table.place.guest("I live at Mill Lane 4.")
    hearing = asyncio.create_task(table.run.hear(first))
    await fetching.until_asked()
    assert not await table.run.guest_changed(second.id, "")
    fetching.arrive()
    await hearing
    assert await table.run.hear(second) is Heard.IGNORED
    assert await said(table) == ["First."]


async def test_nothing_is_fetched_twice_nor_for_a_member_who_writes_too_much(table: SessionTable) -> None:
    fetching = Fetching("Once.").arrive()
    message = pasted(table, fetching)
    assert [await table.run.hear(message), await table.run.hear(message)] == [Heard.TAKEN, Heard.IGNORED]
    assert fetching.asked == 1
    for number in range(9):
        await table.run.hear(table.place.guest(f"Crumb {number}."))
    assert await table.run.hear(pasted(table, fetching)) is Heard.FLOODED
    assert fetching.asked == 1


async def test_what_was_missed_is_fetched_in_its_order(table: SessionTable) -> None:
    table.run.mark_gap()
    for fetch in (Fetching("First.").arrive(), None):
        message = table.place.guest("Second.")
        table.place.guests[-1] = replace(message, fetch=fetch)
    await table.run.catch_up()
    assert await said(table) == ["First.", "Second."]


@pytest.mark.parametrize("may", [True, False])
async def test_whether_somebody_may_chime_in_is_asked_until_that_is_told(table: SessionTable, may: bool) -> None:
    """An outage lets nobody in, and leaves nobody out."""
    answers = [OutcomeUnknown("503"), OutcomeUnknown("no answer"), may]

    async def ask() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, OutcomeUnknown):
            raise answer
        return answer

    message = replace(table.place.guest("Is rye better?"), ask_welcome=ask)
    table.place.guests[-1] = message
    assert await table.run.hear(message) is (Heard.TAKEN if may else Heard.IGNORED)
    assert await said(table) == (["Is rye better?"] if may else [])
    assert answers == []
