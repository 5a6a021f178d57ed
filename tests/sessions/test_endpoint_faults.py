"""Every way in which an endpoint misbehaves, at a whole session: what members read, and that nothing is lost."""

import pytest

from bot.discussion.prompts.prompt import AGAIN
from bot.store.models import Fault, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import (
    Answer,
    cut,
    fails,
    gives,
    misspells,
    page,
    says,
    stalls,
    trickles,
)
from tests.support.session_house import ended, hurry, open_house, until

SOON = {"retry_after_ms": "5"}  # spares the tests the SDK's own backoff
QUOTA = gives({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}, 429)
HALF = gives('{"choices": [{"message": {"content": "I was just about to s')
FIRST = "A town that lends ladders needs fewer ladders."

PASSING = {
    "429 with Retry-After": fails(429, retry_after="0.01"),
    "429": fails(429, **SOON),
    "500": fails(500, **SOON),
    "502 with HTML": Answer(status=502, body="<html>bad gateway</html>", content_type="text/html", headers={}),
    "lost connection": cut(),
    "half a JSON": HALF,
    "HTML with 200": page(),
    "nothing with 200": gives(""),
    "an error with 200": gives({"error": {"message": "the model crashed"}}),
    "stalled": stalls(),
    "trickling": trickles(),
}
LASTING = {
    "429": (fails(429), "is overloaded (HTTP 429)."),
    "500": (fails(500), "has a fault of its own (HTTP 500)."),
    "502 with HTML": (page(502), "has a fault of its own (HTTP 502)."),
    "401": (fails(401, "bad key"), "refused the key (HTTP 401). Check LLM_API_KEY. It says: bad key"),
    "403": (fails(403, "not from there"), "refused the request (HTTP 403): not from there"),
    "404": (
        fails(404, "gone"),
        "has no model “scripted” (HTTP 404). Check LLM_MODEL and LLM_BASE_URL. It says: gone",
    ),
    "quota": (
        QUOTA,
        "says that the quota is used up (HTTP 429). Check the account's billing. It says: You exceeded your quota",
    ),
    "half a JSON": (HALF, "gave an answer that can't be read. Check LLM_BASE_URL."),
    "HTML with 200": (page(), "gave an answer that can't be read. Check LLM_BASE_URL."),
    "lost connection": (cut(), "can't be reached."),
    "stalled": (stalls(), "took too long to answer."),
    "trickling": (trickles(), "took too long to answer."),
}
USELESS = {
    "no choices": gives({"choices": []}),
    "content null": gives({"choices": [{"finish_reason": "stop", "message": {"content": None}}]}),
    "empty": says(" \n"),
    "only thought": says("<think>What could I say to that? Perhaps nothing.</think>"),
    "endless thought": says("<think>" + "Hm, and then again, " * 500, finish_reason="length"),
    "dots": says("…"),
    "near copy": says(f"Well. {FIRST}"),
    "wrong script": says("Город, который одалживает лестницы, нуждается в них меньше."),
}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.mark.parametrize("answer", PASSING.values(), ids=PASSING)
async def test_a_passing_fault_is_tried_again_and_nobody_notices(store: Store, answer: Answer) -> None:
    async with open_house(store, retries=1, timeout=0.5) as house:
        house.server.enqueue("One.", answer, "Two is the better number.")
        run = await house.start()
        await ended(run)
        assert [t.text for t in run.record.persona_turns()][:2] == ["One.", "Two is the better number."]
        assert house.said("⏸") == house.said("▶") == []
        assert len(house.server.asked) == 4 + 1
        await house.assert_stored(run)


@pytest.mark.parametrize(("answer", "sentence"), LASTING.values(), ids=LASTING)
async def test_a_lasting_fault_pauses_and_the_table_goes_on_by_itself(
    store: Store, answer: Answer, sentence: str
) -> None:
    async with open_house(store, timeout=0.3) as house:
        house.server.enqueue("One.")
        house.server.answer = lambda request: answer
        run = await house.start()
        await until(lambda: bool(house.said("⏸")))
        assert house.said("⏸") == [
            f"⏸ The table is paused. The LLM endpoint at {house.server.host} {sentence}\n"
            "Nothing is lost: it goes on by itself once the model answers again, "
            "and `/roundtable resume` tries at once."
        ]
        stored = await store.session(run.stored.id)
        assert stored is not None
        assert (stored.status, stored.fault) == (Status.PAUSED, Fault.ENDPOINT)
        await house.server.until_asked(3)  # it has been asked for once more in vain
        assert house.said("▶") == []
        house.server.answer = None
        await ended(run)
        assert house.said("▶") == ["▶ The table goes on: the model answers again."]
        assert len(house.said("⏸")) == 1
        assert len(run.record.persona_turns()) == 3
        await house.assert_stored(run)


async def test_nobody_home_and_back_again(store: Store) -> None:
    async with open_house(store) as house:
        await house.server.go_down()
        run = await house.start()
        await until(lambda: bool(house.said("⏸")))
        assert f"The LLM endpoint at {house.server.host} can't be reached." in house.said("⏸")[0]
        await house.server.come_up()
        await ended(run)
        assert house.said("▶") == ["▶ The table goes on: the model answers again."]
        await house.assert_stored(run)


@pytest.mark.parametrize("answer", USELESS.values(), ids=USELESS)
async def test_an_answer_of_no_use_is_asked_for_once_more(store: Store, answer: Answer) -> None:
    async with open_house(store) as house:
        house.server.enqueue(FIRST, answer, "Somebody has to carry them.")
        run = await house.start()
        await ended(run)
        assert [t.text for t in run.record.persona_turns()][:2] == [FIRST, "Somebody has to carry them."]
        assert [AGAIN in prompt for prompt in house.server.prompts] == [n == 2 for n in range(5)]
        assert house.said("⏸") == []
        await house.assert_stored(run)


@pytest.mark.parametrize("answer", USELESS.values(), ids=USELESS)
async def test_twice_of_no_use_is_a_pass(store: Store, answer: Answer) -> None:
    async with open_house(store) as house:
        house.server.enqueue(FIRST, answer, answer)
        run = await house.start()
        await ended(run)
        assert [t.is_pass for t in run.record.persona_turns()] == [False, True, False]
        assert house.said("⏸") == []
        await house.assert_stored(run)


async def test_a_script_that_a_guest_brought_in_is_welcome(store: Store) -> None:
    answer = "Я тоже так думаю."
    async with open_house(store) as house:
        house.server.enqueue("One.", answer)
        run = await house.start()
        await run.hear(house.place.guest("Что вы думаете о лестницах?"))
        await ended(run)
        assert run.record.persona_turns()[1].text == answer


async def test_endless_repetition_is_shown_once(store: Store) -> None:
    async with open_house(store) as house:
        house.server.enqueue(says("Ladders are heavy things. " * 2000, finish_reason="length"))
        run = await house.start()
        await ended(run)
        turn = run.record.persona_turns()[0]
        assert turn.text == "Ladders are heavy things."
        assert "loop" in turn.flags
        await house.assert_stored(run)


async def test_a_flood_of_text_is_cut_at_a_sentence(store: Store) -> None:
    text = " ".join(f"Ladder number {n} is heavier than the one before it." for n in range(4000))
    assert len(text) > 200_000
    async with open_house(store) as house:
        house.server.enqueue(text)
        run = await house.start()
        await ended(run)
        turn = run.record.persona_turns()[0]
        assert 5900 < len(turn.text) <= 6000
        assert text.startswith(turn.text)
        assert turn.text.endswith("before it.")
        assert len(turn.raw or "") == 24_000
        await house.assert_stored(run)


async def test_broken_characters_are_replaced(store: Store) -> None:
    async with open_house(store) as house:
        half = gives(r'{"choices": [{"message": {"content": "So \ud83d there."}}]}')
        house.server.enqueue(misspells("Lend them all"), half)
        run = await house.start()
        await ended(run)
        assert [t.text for t in run.record.persona_turns()][:2] == ["Lend them all\ufffd", "So \ufffd there."]
        await house.assert_stored(run)
