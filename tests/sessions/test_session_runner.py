"""A session's loop with a real store and a real HTTP endpoint: what is said, shown, stored and sent to the model."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.discussion.model.steerings import Compaction, FloorGiven, QuestionPut
from bot.discussion.prompts.prompt import AGAIN
from bot.sessions.guest_turns import Heard
from bot.store.models import PostKind, PostStatus, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import (
    MODEL,
    OVERFLOWS,
    Answer,
    Request,
    ScriptedEndpoint,
    fails,
    gives,
    held,
    model_list,
    overflow,
    says,
    stalls,
)
from tests.support.session_house import until
from tests.support.session_table import NAMES, SessionTable, open_table

NOTE = "\n(A note from the moderator to "


# --- from beginning to end ---


async def test_ten_turns_a_summary_and_the_minutes(table: SessionTable) -> None:
    await table.run.take_turns()
    assert table.run.status is Status.ENDED
    assert len(table.spoken) == 10
    assert {t.speaker for t in table.spoken} == NAMES
    assert [t.kind for t in table.run.record][-1] == "summary"
    assert len(table.server.asked) == 11
    await table.assert_stored()

    posts = await table.store.posts.of_session(table.run.stored.id)
    assert {p.status for p in posts} == {PostStatus.POSTED}
    assert posts[-1].kind is PostKind.MINUTES
    minutes = table.stage.sends[-1].attachment or ""
    assert minutes.startswith("# Minutes: A tool library")
    assert "## Lend tools?" in minutes
    assert minutes.index("## Summary") < minutes.index(table.spoken[0].text)
    assert all(t.text in minutes for t in table.spoken)
    again = await table.store.session(table.run.stored.id)
    assert again is not None
    assert again.status is Status.ENDED


async def test_what_a_turn_cost_is_stored(table: SessionTable) -> None:
    usage = {"prompt_tokens": 900, "completion_tokens": 12, "prompt_tokens_details": {"cached_tokens": 800}}
    table.server.enqueue(says("Lend them all.", finish_reason="stop", usage=usage))
    await table.run.take_turns()
    cost = next(t.usage for t in await table.stored_turns() if t.kind == "persona")
    assert cost is not None
    assert (cost.finish_reason, cost.prompt_tokens, cost.cached_tokens, cost.completion_tokens) == (
        "stop",
        900,
        800,
        12,
    )


async def test_creativity_limit_and_stop_strings_go_with_each_call(table: SessionTable) -> None:
    await table.run.take_turns()
    creativity = {p.name: p.creativity for p in table.run.session.cast}
    for request, turn in zip(table.server.asked, table.spoken, strict=False):
        assert request.body["temperature"] == creativity[turn.speaker]
        assert request.body["max_tokens"] == 60
        assert set(request.body["stop"]) == {f"\n{name}:" for name in (NAMES | {"Moderator"}) - {turn.speaker}}
    assert table.server.asked[-1].body["max_tokens"] == 120


async def test_a_session_taken_up_by_another_process_goes_on_as_it_would_have(
    store: Store, server: ScriptedEndpoint
) -> None:
    async with open_table(store, server) as whole:
        await whole.run.take_turns()
    async with open_table(store, server) as first:
        await first.speak(4)
        stored = first.run.stored
    async with open_table(store, server, stored=stored, place=first.place) as second:
        assert len(second.spoken) == 4
        await second.resume()
        assert [(t.speaker, t.question) for t in second.spoken] == [(t.speaker, t.question) for t in whole.spoken]
        await second.assert_stored()


# --- useless answers ---


async def test_a_near_copy_is_asked_again_once(table: SessionTable) -> None:
    first, other = "A town that lends ladders needs fewer ladders.", "Ladders are heavy, so somebody must carry them."
    table.server.enqueue(first, f"Well, {first}", other)
    await table.run.take_turns()
    assert [t.text for t in table.spoken[:2]] == [first, other]
    assert AGAIN in table.server.prompts[2]
    assert not any(AGAIN in prompt for n, prompt in enumerate(table.server.prompts) if n != 2)
    assert len(table.server.asked) == 12
    head = table.server.prompts[1].partition(NOTE)[0]
    assert table.server.prompts[2].startswith(head + NOTE)


async def test_a_second_near_copy_is_a_pass_that_nobody_sees(table: SessionTable) -> None:
    first = "A town that lends ladders needs fewer ladders."
    table.server.enqueue(first, first, f"Yes: {first}")
    await table.run.take_turns()
    passed = table.spoken[1]
    assert passed.is_pass
    assert "repeated" in passed.flags
    assert passed.raw == f"Yes: {first}"
    assert passed.usage is not None
    assert passed.usage.prompt_tokens == sum(round(len(p) / 4.0) for p in table.server.prompts[1:3])
    assert table.place.texts.count(first) == 1
    assert len(table.spoken) == 10
    await table.assert_stored()


async def test_of_two_answers_of_little_use_what_is_new_in_the_better_one_is_said(table: SessionTable) -> None:
    first = "A town that lends ladders needs fewer ladders."
    table.server.enqueue(first, f"Nobody knows. {first}", first)
    await table.run.take_turns()
    turn = table.spoken[1]
    assert (turn.text, turn.raw) == ("Nobody knows.", f"Nobody knows. {first}")
    assert {"trimmed:repeated", "repeated", "asked_again:repeated"} <= set(turn.flags)
    assert turn.usage is not None
    assert turn.usage.prompt_tokens == sum(round(len(p) / 4.0) for p in table.server.prompts[1:3])


async def test_what_was_said_before_goes_and_nobody_is_asked_again(table: SessionTable) -> None:
    first, new = "A town that lends ladders needs fewer ladders.", "Nobody has counted the ladders in the tower yet."
    table.server.enqueue(first, f"{first} {new}")
    await table.run.take_turns()
    assert [t.text for t in table.spoken[:2]] == [first, new]
    assert len(table.server.asked) == 11
    assert table.place.texts.count(new) == 1
    await table.assert_stored()


async def test_three_passes_pause_the_session(table: SessionTable) -> None:
    table.server.enqueue(*[""] * 6)
    await table.run.take_turns()
    assert table.run.status is Status.PAUSED
    assert len(table.spoken) == 3
    assert len(table.server.asked) == 6
    assert "3 turns in a row came to nothing" in table.place.texts[-1]
    assert "/roundtable resume" in table.place.texts[-1]
    await table.resume()
    assert table.run.status is Status.ENDED
    assert len(table.spoken) == 10


async def test_two_passes_do_not(table: SessionTable) -> None:
    table.server.enqueue(*[""] * 4, "At last.", *[""] * 4)
    await table.run.take_turns()
    assert table.run.status is Status.ENDED
    assert [t.is_pass for t in table.spoken[:5]] == [True, True, False, True, True]


# --- the other side ---


async def test_who_was_asked_to_argue_the_other_side_is_stored(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, turns=7, dissent_every=1, topic_every=1000) as table:
        await table.run.take_turns()
        asked = [t for t in table.spoken if "dissent" in t.flags]
        assert len(asked) == len({t.speaker for t in asked}) > 1
        told = [p for p in server.prompts if "This time argue the other side" in p]
        assert [p.rpartition("\n")[2] for p in told] == [f"{t.speaker}:" for t in asked]
        await table.assert_stored()


# --- a broken endpoint ---


async def test_an_endpoint_that_is_down_pauses_and_resuming_goes_on(table: SessionTable) -> None:
    await table.speak(3)
    before = table.run.record.turns[:]
    await table.server.go_down()
    await table.resume()
    assert table.run.status is Status.PAUSED
    assert table.run.reason is not None
    assert table.run.reason == f"The LLM endpoint at {table.server.host} can't be reached."
    assert table.run.reason in table.place.texts[-1]
    assert "Nothing is lost" in table.place.texts[-1]
    assert table.run.record.turns == before
    await table.server.come_up()
    await table.resume()
    assert table.run.status is Status.ENDED
    assert table.run.record.turns[: len(before)] == before
    assert len(table.spoken) == 10
    await table.assert_stored()


@pytest.mark.parametrize("answer", [fails(401), fails(429), fails(500), gives("<html>")], ids=lambda a: str(a.status))
async def test_every_fault_of_the_endpoint_pauses_with_a_sentence(table: SessionTable, answer: Answer) -> None:
    table.server.enqueue("One.", answer)
    await table.run.take_turns()
    assert table.run.status is Status.PAUSED
    assert table.run.reason is not None
    assert table.run.reason.startswith(f"The LLM endpoint at {table.server.host} ")
    assert len(table.spoken) == 1
    again = await table.store.session(table.run.stored.id)
    assert again is not None
    assert (again.status, again.reason) == (Status.PAUSED, table.run.reason)


# --- the context window ---


@pytest.mark.parametrize("wording", OVERFLOWS)
async def test_an_overflow_compacts_and_asks_again_once(table: SessionTable, wording: str) -> None:
    await table.speak(6)
    asked = len(table.server.asked)
    table.server.enqueue(overflow(wording))
    await table.resume()
    assert table.run.status is Status.ENDED
    compactions = [t for t in table.run.record if isinstance(t.steering, Compaction)]
    assert len(compactions) == 1
    assert len(table.server.prompts[asked + 1]) < len(table.server.prompts[asked])
    assert "(Earlier in the discussion on “Lend tools?” spoke " in table.server.prompts[asked + 1]
    assert len(table.spoken) == 10
    await table.assert_stored()


async def test_a_second_overflow_pauses(table: SessionTable) -> None:
    await table.speak(6)
    asked = len(table.server.asked)
    table.server.enqueue(overflow(), overflow())
    await table.resume()
    assert table.run.status is Status.PAUSED
    assert "context window" in (table.run.reason or "")
    assert len(table.server.asked) == asked + 2
    await table.resume()
    assert table.run.status is Status.ENDED


@pytest.mark.parametrize("ratio", [4.2, 3.0, 2.2])
async def test_prompts_stay_under_the_servers_window(store: Store, server: ScriptedEndpoint, ratio: float) -> None:
    window, overflows = round(3650 / ratio) + 184, list[int]()
    server.models = gives(model_list(MODEL, max_model_len=window))
    server.chars_per_token = ratio

    def answer(request: Request) -> Answer:
        if len(request.prompt) / ratio + request.body["max_tokens"] > window:
            overflows.append(len(server.asked))
            return overflow()
        return Answer()

    server.answer = answer
    async with open_table(store, server, turns=40) as table:
        await table.run.take_turns()
        assert table.run.status is Status.ENDED, table.run.reason
        compactions = [t for t in table.run.record if isinstance(t.steering, Compaction)]
        assert len(table.spoken) == 40
        await table.assert_stored()
    assert len(compactions) >= 2
    # Only the very first prompts, before the server has said how it counts, can be too long.
    assert overflows in ([], [1])


async def test_cards_that_do_not_fit_are_told(store: Store, server: ScriptedEndpoint) -> None:
    server.models = gives(model_list(MODEL, max_model_len=256))
    server.answer = lambda request: overflow()
    async with open_table(store, server) as table:
        await table.run.take_turns()
        assert table.run.status is Status.PAUSED
        assert "do not fit into the model's context window of 256 tokens" in (table.run.reason or "")
        assert not table.server.asked


async def test_answers_that_leave_no_room_for_a_prompt_are_told_with_the_setting(
    store: Store, server: ScriptedEndpoint
) -> None:
    server.models = gives(model_list(MODEL, max_model_len=1024))
    async with open_table(store, server, max_tokens=500) as table:
        await table.run.take_turns()
        assert table.run.status is Status.PAUSED
        assert (
            "beside answers of 500 tokens (the summary: 1,000). Seat fewer personas, lower LLM_MAX_TOKENS, or load"
            in (table.run.reason or "")
        )
        assert not table.server.asked


# --- composing while the last turn is read ---


@asynccontextmanager
async def resting_table(store: Store, server: ScriptedEndpoint) -> AsyncIterator[SessionTable]:
    """A table whose first turn is being read; the second has been asked for and waits out the pause."""
    async with open_table(store, server, pace=600, turns=4) as table:
        loop = asyncio.create_task(table.run.take_turns())
        await server.until_asked(2)
        yield table
        await table.run.pause()
        await loop


async def test_the_next_turn_is_composed_while_the_last_one_is_read(store: Store, server: ScriptedEndpoint) -> None:
    server.enqueue("One.", "Two.")
    async with resting_table(store, server) as table:
        assert [t.text for t in table.spoken] == ["One."]
        assert "One.\n" in server.prompts[1]
        assert [m.content for m in table.place.messages if m.by_webhook] == ["One."]


async def test_what_was_composed_ahead_is_shown_when_the_pause_is_over(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, pace=0.02, pace_most=0.02, turns=4) as table:
        await table.run.take_turns()
        assert len(server.asked) == 4 + 1, "no turn was asked for twice"
        await table.assert_stored()


async def test_a_guest_who_speaks_during_the_pause_is_heard_by_the_next_turn(
    store: Store, server: ScriptedEndpoint
) -> None:
    server.enqueue("One.", "Too early.", "Two.")
    async with resting_table(store, server) as table:
        assert await table.run.hear(table.place.guest("What about the ice?")) is Heard.TAKEN
        await until(lambda: len(server.asked) == 3)
        assert [t.text for t in table.spoken] == ["One."]
        assert '(guest): "What about the ice?"\n' in server.prompts[2]


async def test_a_question_put_during_the_pause_replaces_the_draft(store: Store, server: ScriptedEndpoint) -> None:
    server.enqueue("One.", "Too early.", "Two.")
    async with resting_table(store, server) as table:
        await table.run.steer(QuestionPut(question="Who sweeps?"), "Who sweeps?")
        await until(lambda: len(table.spoken) == 2)
        assert [t.text for t in table.spoken] == ["One.", "Two."]
        assert "The question on the table is: Who sweeps?" in server.prompts[2]


async def test_what_was_deleted_during_the_pause_is_not_in_what_comes_next(
    store: Store, server: ScriptedEndpoint
) -> None:
    async with resting_table(store, server) as table:
        message = table.place.guest("My address is 5 Mill Lane.")
        assert await table.run.hear(message) is Heard.TAKEN
        await until(lambda: "5 Mill Lane" in server.prompts[-1])
        assert await table.run.guest_changed(message.id, "")
        await until(lambda: "5 Mill Lane" not in server.prompts[-1])
        assert [t.text for t in table.run.record if t.kind == "guest"] == [""]


async def test_a_stop_during_the_pause_shows_no_draft(store: Store, server: ScriptedEndpoint) -> None:
    server.enqueue("One.", "Never shown.")
    async with resting_table(store, server) as table:
        await table.run.close()
        assert [t.text for t in await table.stored_turns() if t.kind == "persona"] == ["One."]
        assert not [m for m in table.place.messages if "Never shown." in m.content]


# --- the prefix ---


def head(prompt: str) -> str:
    """Preamble and transcript: everything before the note to the speaker."""
    return prompt[: prompt.rindex(NOTE)]


async def test_each_prompt_extends_the_one_before_it(store: Store, server: ScriptedEndpoint) -> None:
    changed_at: set[int] = set()
    async with open_table(store, server, turns=30) as table:
        guests = {n: table.place.guest(f"Guest remark {n}: and now?") for n in (2, 9, 14, 20)}

        async def meanwhile(count: int) -> None:
            if count in guests:
                await table.run.hear(guests[count])
            elif count == 17:
                changed_at.add(len(server.asked) + 1)
                await table.run.guest_changed(guests[9].id, "Something else.")
            elif count == 24:
                changed_at.add(len(server.asked) + 1)
                await table.run.guest_changed(guests[14].id, "")
            elif count == 26:
                await table.run.steer(QuestionPut(question="And bicycles?"), "And bicycles?")

        for count in range(30):
            await table.speak(count + 1)
            await meanwhile(count)
            await table.run.resume()
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
        assert len(table.spoken) == 30
    assert len(server.prompts) > 60
    cuts = 0
    # `prompt` asserts that there is exactly one message and that it is a user's.
    for number, (before, after) in enumerate(zip(server.prompts, server.prompts[1:], strict=False), 1):
        if number + 1 in changed_at:
            cuts += not after.startswith(head(before))
            continue
        assert after.startswith(head(before)), number + 1
    assert cuts == 2


# --- steering, pausing, stopping ---


async def test_a_pause_interrupts_the_call_in_flight(table: SessionTable) -> None:
    table.server.enqueue("One.", stalls())
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(2)
    await table.run.pause()
    await loop
    await asyncio.wait_for(table.server.disconnected.wait(), 5)
    assert len(table.spoken) == 1
    assert table.stage.reports[-1].status is Status.PAUSED
    await table.resume()
    assert len(table.spoken) == 10


async def test_steering_drops_a_draft_that_did_not_know_of_it(table: SessionTable) -> None:
    gate = asyncio.Event()
    table.server.enqueue("One.", held(gate, "Never shown."))
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(2)
    chosen = next(iter(NAMES - {table.stage.composed[-1]}))
    await table.run.steer(FloorGiven(name=chosen), "")
    gate.set()
    await loop
    assert table.spoken[1].speaker == chosen
    assert "Never shown." not in table.place.texts
    assert len(table.spoken) == 10


async def test_ending_it_in_the_middle_hands_out_the_minutes(table: SessionTable) -> None:
    table.server.enqueue("One.", stalls())
    loop = asyncio.create_task(table.run.take_turns())
    await table.server.until_asked(2)
    await table.run.close()
    await loop
    posts = await table.store.posts.of_session(table.run.stored.id, PostKind.MINUTES)
    assert [p.status for p in posts] == [PostStatus.POSTED]
    assert "One." in (table.stage.sends[-1].attachment or "")
    assert table.run.status is Status.ENDED


@pytest.mark.parametrize("steps", range(4))
async def test_whoever_is_cancelled_while_a_turn_is_stored_leaves_record_and_database_alike(
    table: SessionTable, steps: int
) -> None:
    """A guest gives up the call of a model, and with it the compaction that it has begun with."""
    storing = asyncio.create_task(table.run._log.steer(FloorGiven(name="Ravi"), ""))
    for _ in range(steps):
        await asyncio.sleep(0)
    storing.cancel()
    await asyncio.gather(storing, return_exceptions=True)
    await table.run.steer(FloorGiven(name="Mira"), "")
    assert await table.stored_turns() == table.run.record.turns


async def test_a_cancelled_loop_leaves_record_and_database_alike(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, turns=200) as table:
        for count in range(1, 9):
            loop = asyncio.create_task(table.run.take_turns())
            await server.until_asked(len(server.asked) + count)
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)
            await table.run._outbox.deliver()
            await table.assert_stored()
