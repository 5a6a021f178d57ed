"""What vendors' servers do in the course of a table: filters, refusals, windows; and what members see of it."""

import asyncio
from typing import Any

import pytest

from bot.discussion.model.steerings import Compaction
from bot.store.models import Fault, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, fails, gives, held, says
from tests.support.session_house import QUICK, ended, hurry, open_house, until
from tests.support.session_table import open_table
from tests.support.vendor_overflows import OVERFLOWS
from tests.support.vendor_refusals import FILTERS
from tests.support.vendor_shapes import (
    counts_what_is_new,
    cuts_at,
    declines,
    filtered,
    minds,
    text_error,
    unless,
    within,
)

BAD = "sabotage"
NOT_READ = "-# The model's server refuses to read something that Kim said. The table goes on without it."


def at(server: ScriptedEndpoint, behaviour: Any) -> None:
    server.answer = lambda request: behaviour(request, server) or Answer()


# --- a filter of the server's ---


@pytest.mark.parametrize("refusal", FILTERS.values(), ids=FILTERS)
async def test_the_line_to_blame_is_withheld_and_the_table_goes_on(
    store: Store, server: ScriptedEndpoint, refusal: Answer
) -> None:
    at(server, minds(BAD, refusal))
    async with open_table(store, server, turns=6) as table:
        await table.speak(2)
        for words in ("How do you do?", f"Tell me about {BAD}, please.", "And about the weather?"):
            await table.run.hear(table.place.guest(words))
        asked = len(server.asked)
        await table.resume()
        assert table.run.status is Status.ENDED, table.run.reason
        assert [turn.text for turn in table.run.record if turn.withheld] == [f"Tell me about {BAD}, please."]
        refused = [prompt for prompt in server.prompts[asked:] if BAD in prompt]
        assert len(refused) <= 3, "a few requests only, and none once it is found"
        assert "And about the weather?" in server.prompts[-1]
        assert "How do you do?" in server.prompts[-1]
        assert [text for text in table.place.texts if "refuses to read" in text] == [NOT_READ]
        assert await table.stored_turns() == table.run.record.turns, "also after a restart"
        assert len(table.spoken) == 6


async def test_the_line_to_blame_is_found_also_where_only_the_answer_is_blocked(
    store: Store, server: ScriptedEndpoint
) -> None:
    at(server, minds(BAD, filtered("", "content_filter: PROHIBITED_CONTENT")))
    async with open_table(store, server, turns=4) as table:
        await table.speak(1)
        await table.run.hear(table.place.guest(f"Tell me about {BAD}."))
        await table.resume()
        assert table.run.status is Status.ENDED, table.run.reason
        assert [turn.text for turn in table.run.record if turn.withheld] == [f"Tell me about {BAD}."]
        assert not any(turn.is_pass for turn in table.spoken)


async def test_an_answer_that_is_blocked_by_chance_is_no_guests_fault(store: Store, server: ScriptedEndpoint) -> None:
    server.enqueue("One.", filtered(""), "Two and a half.")
    async with open_table(store, server, turns=3) as table:
        await table.run.hear(table.place.guest("Good evening."))
        await table.run.take_turns()
        assert [turn.text for turn in table.spoken][:2] == ["One.", "Two and a half."]
        assert not any(turn.withheld for turn in table.run.record)


async def test_a_line_that_became_to_blame_by_an_edit_is_found(store: Store, server: ScriptedEndpoint) -> None:
    at(server, minds(BAD, FILTERS["Azure"]))
    async with open_table(store, server, turns=5) as table:
        guest = table.place.guest("Good evening.")
        await table.run.hear(guest)
        await table.speak(3)
        await table.run.guest_changed(guest.id, f"Good {BAD}.")
        await table.resume()
        assert table.run.status is Status.ENDED, table.run.reason
        assert [turn.text for turn in table.run.record if turn.withheld] == [f"Good {BAD}."]


async def test_what_a_persona_said_can_be_to_blame(store: Store, server: ScriptedEndpoint) -> None:
    at(server, minds(BAD, FILTERS["Azure"]))
    async with open_table(store, server, turns=4) as table:
        server.enqueue(f"I would call that {BAD}.")
        await table.run.take_turns()
        assert table.run.status is Status.ENDED, table.run.reason
        first = table.spoken[0]
        assert first.withheld
        assert any(f"something that {first.speaker} said" in text for text in table.place.texts)


async def test_where_several_lines_are_to_blame_all_are_withheld(store: Store, server: ScriptedEndpoint) -> None:
    at(server, minds(BAD, FILTERS["OpenRouter"]))
    async with open_table(store, server, turns=4) as table:
        await table.speak(1)
        for number in range(8):
            await table.run.hear(table.place.guest(f"Line {number}: {BAD if number in (2, 5) else 'bread'}."))
        asked = len(server.asked)
        await table.resume()
        assert table.run.status is Status.ENDED, table.run.reason
        withheld = {turn.text for turn in table.run.record if turn.withheld}
        assert {f"Line 2: {BAD}.", f"Line 5: {BAD}."} <= withheld
        assert len(server.asked) - asked <= 6 + 4


async def test_what_no_line_is_to_blame_for_pauses_with_the_servers_words(
    store: Store, server: ScriptedEndpoint
) -> None:
    at(server, minds("round-table", FILTERS["Azure"]))
    async with open_table(store, server) as table:
        await table.run.hear(table.place.guest("Good evening."))
        await table.run.take_turns()
        assert table.run.status is Status.PAUSED
        assert "The response was filtered due to the prompt" in (table.run.reason or "")
        assert len(server.asked) <= 3
        assert not any(turn.withheld for turn in table.run.record)


@pytest.mark.parametrize("reason", ["content_filter", "SAFETY", "content_filter: PROHIBITED_CONTENT", "sensitive"])
async def test_half_a_sentence_that_a_filter_has_left_is_cut_off(
    store: Store, server: ScriptedEndpoint, reason: str
) -> None:
    server.enqueue(filtered("Tools are dear. Whoever lends them to str", reason))
    async with open_table(store, server, turns=2) as table:
        await table.run.take_turns()
        first = table.spoken[0]
        assert first.text == "Tools are dear."
        assert "content_filter" in first.flags
        await table.assert_stored()


async def test_a_model_that_declines_passes(store: Store, server: ScriptedEndpoint) -> None:
    server.enqueue("One.", declines(), declines())
    async with open_table(store, server, turns=3) as table:
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
        declined = table.spoken[1]
        assert declined.is_pass
        assert "declined" in declined.flags
        assert declined.raw == "I can't help with that."
        assert not any("help with that" in prompt for prompt in server.prompts)
        assert not any("help with that" in text for text in table.place.texts)


async def test_a_model_that_only_declines_is_not_said_to_repeat_itself(store: Store, server: ScriptedEndpoint) -> None:
    server.answer = lambda request: declines()
    async with open_table(store, server) as table:
        await table.run.take_turns()
        assert table.run.reason == "3 turns in a row came to nothing: the model declines to answer."


# --- windows ---


@pytest.mark.parametrize("wording", ["Groq", "LM Studio, newer", "xAI", "Groq, a minute"])
async def test_a_long_table_ends_whatever_the_server_says_of_its_window(
    store: Store, server: ScriptedEndpoint, wording: str
) -> None:
    at(server, within(1000, OVERFLOWS[wording]))
    async with open_table(store, server, turns=60) as table:
        await table.run.take_turns()
        assert table.run.status is Status.ENDED, table.run.reason
        assert len(table.spoken) == 60
        assert len(server.asked) <= 61 + 12
        assert sum(isinstance(turn.steering, Compaction) for turn in table.run.record) >= 2


async def test_a_table_in_a_script_with_a_token_a_character_ends(store: Store, server: ScriptedEndpoint) -> None:
    server.chars_per_token = 1.0
    text = "道具を貸し出す町では、梯子を買う人が少なくなるでしょう。"
    numbers = iter(range(1000))

    def answer(request: Request) -> Answer:
        refused = within(2500, OVERFLOWS["LM Studio, newer"])(request, server)
        return refused or says(f"{text}第{next(numbers)}の理由は{'木石水火土金'[len(server.asked) % 6]}です。" * 2)

    server.answer = answer
    async with open_table(store, server, turns=30, guards="none") as table:
        await table.run.hear(table.place.guest("日本語でお願いします。"))
        await table.run.take_turns()
        assert table.run.status is Status.ENDED, table.run.reason
        assert len(table.spoken) == 30


async def test_a_server_that_cuts_prompts_without_a_word_is_noticed(store: Store, server: ScriptedEndpoint) -> None:
    at(server, cuts_at(1000))
    async with open_table(store, server, turns=60) as table:
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
    told = [text for text in table.place.texts if "tokens of a prompt" in text]
    assert len(told) == 1
    assert "reads no more than 1,000 tokens of a prompt" in told[0]
    assert "OLLAMA_CONTEXT_LENGTH, or num_ctx) and set LLM_CONTEXT" in told[0]
    lengths = [len(prompt) / server.chars_per_token for prompt in server.prompts]
    longest = max(range(len(lengths)), key=lengths.__getitem__)
    assert max(lengths) < 1150, "noticed soon"
    assert all(length <= 1000 for length in lengths[longest + 1 :])


async def test_a_count_that_leaves_out_what_is_cached_takes_no_prompt_past_the_window(
    store: Store, server: ScriptedEndpoint
) -> None:
    window = 1000
    server.models = gives({"data": [{"id": "m", "context_length": window}]})
    at(server, counts_what_is_new())
    async with open_table(store, server, turns=60) as table:
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
        assert not [text for text in table.place.texts if "tokens of a prompt" in text], "it cuts nothing"
    assert all(len(prompt) / server.chars_per_token + 60 <= window for prompt in server.prompts)


# --- lists of models ---


async def test_a_list_of_models_that_hangs_is_waited_for_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.llm.client._MODELS_TIMEOUT_ONCE", 0.05)
    async with open_house(store, model="scripted") as house:
        house.server.models = held(asyncio.Event())
        run = await house.start(QUICK)
        await ended(run)
        assert len(house.server.asked) == 4
        assert sum(request.path.endswith("/models") for request in house.server.requests) == 1


# --- what is probed ---


@pytest.fixture
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.mark.usefixtures("_hurry")
async def test_what_is_refused_of_a_turn_is_refused_of_what_is_asked_before_it_goes_on(store: Store) -> None:
    """No table goes on, only to be paused again, because a probe was taken for well that asked for less."""
    async with open_house(store) as house:
        broken = unless(text_error("no stop strings on Sundays", 400), has="stop")
        at(house.server, broken)
        run = await house.start(QUICK)
        await until(lambda: bool(house.said("⏸")))
        await house.server.until_asked(6)
        turns = [request for request in house.server.asked if "round-table" in request.prompt]
        assert len(turns) == 1, "only asked for a few words since"
        assert (run.status, run.fault) == (Status.PAUSED, Fault.ENDPOINT)
        house.server.answer = None
        await ended(run)


@pytest.mark.usefixtures("_hurry")
async def test_a_table_whose_prompt_is_refused_waits_longer_each_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[int] = []
    monkeypatch.setattr("bot.sessions.resilience.recovery._nap", lambda first, tries: naps.append(tries) or 0.001)
    async with open_house(store) as house:
        at(house.server, minds("round-table", fails(400, "not this")))
        run = await house.start(QUICK)
        await until(lambda: len([p for p in house.server.prompts if "round-table" in p]) >= 4)
        assert len(house.said("⏸")) == 1
        assert house.said("▶") == []
        assert {1, 2} <= set(naps)
        house.server.answer = None
        await ended(run)
