"""Models that think before they speak: what they thought is kept out, and they get room for it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.discussion.replies.reasoning import without_reasoning
from bot.errors import ContextOverflow
from bot.llm.endpoint import Endpoint
from tests.support.endpoint_stand_in import (
    Answer,
    ScriptedEndpoint,
    fails,
    gives,
    model_list,
    overflow,
    says,
    stalls,
    thinks,
)

THOUGHT = "The user wants me to be Aino. Let me consider ladders."
SAID = "Ladders are heavy."
CUT: dict[str, Any] = {"finish_reason": "length"}
# What OpenAI answers in place of an empty answer.
UNFINISHED = (
    "Could not finish the message because max_tokens or model output limit was reached. "
    "Please try again with higher max_tokens."
)


@pytest.fixture
async def endpoint(server: ScriptedEndpoint) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint(server.url, retries=0, timeout=5, reasoning_tokens=1000)
    yield endpoint
    await endpoint.aclose()


async def ask(endpoint: Endpoint, **options: Any):
    return await endpoint.complete("The prompt.\nAino:", **{"temperature": 0.7, "max_tokens": 50} | options)


def limits(server: ScriptedEndpoint) -> list[int]:
    return [request.body["max_tokens"] for request in server.asked]


@pytest.mark.parametrize(
    "answer",
    [
        thinks(THOUGHT, SAID),
        thinks(THOUGHT, SAID, beside="reasoning"),
        Answer("", message={"content": [{"type": "thinking", "thinking": [{"text": THOUGHT}]}, {"text": SAID}]}),
    ],
    ids=["vLLM", "OpenRouter", "Mistral"],
)
async def test_thoughts_beside_the_answer_are_no_part_of_it(
    server: ScriptedEndpoint, endpoint: Endpoint, answer: Answer
) -> None:
    server.enqueue(answer, SAID)
    assert (await ask(endpoint)).text == SAID
    await ask(endpoint)
    assert limits(server) == [50, 1050], "from then on with room to think"


@pytest.mark.parametrize(
    "answer",
    [
        thinks(THOUGHT),
        thinks(THOUGHT, "Ladders a", **CUT),
        says(f"<think>{THOUGHT}", **CUT),
        says(f"<think>{THOUGHT}</think>Ladders a", **CUT),
        says("", usage={"completion_tokens_details": {"reasoning_tokens": 50}}, **CUT),
        says("Ladders a", usage={"completion_tokens_details": {"reasoning_tokens": 48}}, **CUT),
        says(None, **CUT),
        thinks(THOUGHT, "", finish_reason="stop"),
        fails(400, UNFINISHED),
    ],
    ids=["beside", "beside, half", "tag", "tag, half", "usage", "usage, half", "hidden", "stopped", "OpenAI's 400"],
)
async def test_cut_while_thinking_it_is_asked_again_with_room(
    server: ScriptedEndpoint, endpoint: Endpoint, answer: Answer
) -> None:
    server.enqueue(answer, says(f"<think>{THOUGHT}</think>{SAID}"), SAID)
    completion = await ask(endpoint, stop=("\nRavi:",))
    assert (completion.text, completion.finish_reason) == (f"<think>{THOUGHT}</think>{SAID}", "stop")
    await ask(endpoint, stop=("\nRavi:",))
    assert limits(server) == [50, 1050, 1050]
    # A stop string in the middle of a thought would end it.
    assert ["stop" in request.body for request in server.asked] == [True, False, False]
    assert len({request.prompt for request in server.asked}) == 1


async def test_both_calls_are_counted(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    server.enqueue(
        thinks(THOUGHT, usage={"prompt_tokens": 10, "completion_tokens": 50}),
        thinks(THOUGHT, SAID, usage={"prompt_tokens": 10, "completion_tokens": 600}),
    )
    most = endpoint.most(50, prompt=10)
    completion = await ask(endpoint)
    assert (completion.prompt_tokens, completion.completion_tokens, completion.calls) == (20, 650, 2)
    assert most + 10 >= 20 + 650
    assert endpoint.chars_per_token == len("The prompt.\nAino:") / 10
    assert endpoint.most(50, prompt=10) == 1050


async def test_thoughts_that_the_template_begins(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    """Cut before its end, such a thought bears no mark: what the model does is told by its second answer."""
    server.enqueue(
        says(THOUGHT, **CUT),
        says(f"{THOUGHT}</think>{SAID}"),
        says(THOUGHT * 9, **CUT),
        says(f"{THOUGHT}</think>Ladders a", **CUT),
    )
    texts = [without_reasoning((await ask(endpoint)).text) for _ in range(3)]
    assert texts == [SAID, "", "Ladders a"]
    assert limits(server) == [50, 300, 1050, 1050]


async def test_an_answer_that_is_just_too_long_stands(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    server.enqueue(says("Ladders are", **CUT), says("Ladders are heavy. " * 99), says("Ladders", **CUT))
    completion = await ask(endpoint)
    assert (completion.text, completion.finish_reason, completion.calls) == ("Ladders are", "length", 2)
    assert (await ask(endpoint)).text == "Ladders"
    assert limits(server) == [50, 300, 50]


async def test_one_that_shows_nothing_gets_more_room_step_by_step(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    """On a slow machine an answer with all the room takes minutes, so it is not the first that is tried."""
    server.answer = lambda request: says("Ladders are", **CUT)
    assert {(await ask(endpoint)).text for _ in range(4)} == {"Ladders are"}
    assert limits(server) == [50, 300, 1050, 50, 50, 50]


async def test_where_the_server_says_that_nothing_was_thought_the_first_answer_stands(
    server: ScriptedEndpoint, endpoint: Endpoint
) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 50, "completion_tokens_details": {"reasoning_tokens": 0}}
    server.answer = lambda request: says("Ladders are", usage=usage, **CUT)
    assert {(await ask(endpoint)).text for _ in range(2)} == {"Ladders are"}
    assert limits(server) == [50, 50]


@pytest.mark.parametrize(
    ("listed", "answers"),
    [
        ({"supported_parameters": ["max_tokens", "stop", "temperature"]}, 1),
        ({"supported_parameters": ["include_reasoning", "max_tokens", "reasoning"]}, 3),
        ({"supported_parameters": []}, 3),
        ({"supported_parameters": None}, 3),
        ({}, 3),
    ],
    ids=["OpenRouter: does not think", "OpenRouter: may think", "an empty list", "nothing", "others"],
)
async def test_where_the_list_of_models_says_that_it_does_not_think_the_first_answer_stands(
    server: ScriptedEndpoint, endpoint: Endpoint, listed: dict[str, Any], answers: int
) -> None:
    server.models = gives(model_list("model", **listed))
    server.enqueue(*(says("Ladders are", **CUT) for _ in range(answers)))
    assert (await ask(endpoint)).text == "Ladders are"
    assert len(server.asked) == answers
    server.enqueue(thinks(THOUGHT, SAID), thinks(THOUGHT, SAID))
    await ask(endpoint)
    await ask(endpoint)
    assert limits(server)[-2:] == [50, 1050], "what an answer shows counts for more"


async def test_a_server_too_slow_for_a_long_answer_is_asked_for_one_only_once(server: ScriptedEndpoint) -> None:
    endpoint = Endpoint(server.url, retries=2, timeout=0.3, reasoning_tokens=2000)
    try:
        server.enqueue(says("It rains, and", finish_reason="length"), stalls(), says("So", finish_reason="length"))
        assert (await endpoint.complete("Why?", temperature=0.5, max_tokens=50)).text == "It rains, and"
        assert (await endpoint.complete("Why?", temperature=0.5, max_tokens=50)).text == "So"
        assert limits(server) == [50, 550, 50]
    finally:
        await endpoint.aclose()


async def test_there_may_be_no_room_in_the_window(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    server.enqueue(says("Ladders are", **CUT), overflow())
    assert (await ask(endpoint)).text == "Ladders are"
    server.enqueue(thinks(THOUGHT), overflow())
    with pytest.raises(ContextOverflow):
        await ask(endpoint)


async def test_what_is_not_counted_can_be_estimated(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    server.enqueue(thinks(THOUGHT, usage={}), thinks(THOUGHT, SAID, usage={}))
    completion = await ask(endpoint)
    assert (completion.prompt_tokens, completion.completion_tokens) == (None, None)
    assert (completion.uncounted_prompts, completion.uncounted_chars) == (2, 2 * len(THOUGHT) + len(SAID))


async def test_a_model_that_just_speaks_gets_no_room(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    assert endpoint.most(50, prompt=10) == 50 + (10 + 50 + 250) + (10 + 50 + 1000)
    server.enqueue(SAID, says("Ladders are", **CUT))
    await ask(endpoint)
    assert endpoint.most(50, prompt=10) == 50
    assert (await ask(endpoint)).text == "Ladders are"
    assert limits(server) == [50, 50]


async def test_one_that_begins_to_think_later_is_given_room_from_the_next_call_on(
    server: ScriptedEndpoint, endpoint: Endpoint
) -> None:
    server.enqueue(SAID, thinks(THOUGHT), thinks(THOUGHT, SAID))
    assert [(await ask(endpoint)).text for _ in range(3)] == [SAID, "", SAID]
    assert limits(server) == [50, 50, 1050], "never more than was booked"


async def test_one_that_thinks_beyond_its_room_is_left_at_that(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    server.enqueue(thinks(THOUGHT), thinks(THOUGHT), thinks(THOUGHT))
    assert (await ask(endpoint)).text == ""
    assert (await ask(endpoint)).text == ""
    assert limits(server) == [50, 1050, 1050]


async def test_each_model_is_known_by_itself(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    other = endpoint.of_model("other")
    server.enqueue(thinks(THOUGHT, SAID))
    await ask(other)
    assert (endpoint.thinking, other.thinking) == (0, 1000)
    server.enqueue(thinks(THOUGHT, SAID), fails(404))
    await ask(endpoint)
    server.models = gives(model_list("newer"))
    with pytest.raises(Exception, match="404"):
        await ask(endpoint)
    await ask(endpoint)
    assert (server.asked[-1].body["model"], limits(server)[-1]) == ("newer", 50)


async def test_a_small_window_is_for_the_discussion_first(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    server.models = gives(model_list("small", max_model_len=2048))
    server.enqueue(thinks(THOUGHT))
    await ask(endpoint)
    assert limits(server) == [50, 50 + 512]


async def test_without_room_there_is_no_second_call(server: ScriptedEndpoint) -> None:
    endpoint = Endpoint(server.url, retries=0, timeout=5, reasoning_tokens=0)
    server.enqueue(thinks(THOUGHT))
    assert (await ask(endpoint)).text == ""
    assert limits(server) == [50]
    await endpoint.aclose()


async def test_one_that_thinks_is_well(server: ScriptedEndpoint, endpoint: Endpoint) -> None:
    server.enqueue(thinks(THOUGHT), fails(400, UNFINISHED))
    assert await endpoint.is_well()
    assert await endpoint.is_well()
