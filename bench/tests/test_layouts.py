"""Layouts as they reach a server: which messages, in which order, and what of them was there before."""

from itertools import pairwise
from pathlib import Path

import pytest

from bench.quality.dialogue import Chat, Talk, hold
from bench.quality.layouts import COLUMNS, file_of, framed, summary, write
from bench.quality.talks import table
from bench.quality.transcripts import read_transcript
from bench.quality.wordings import VARIANTS, Flat, preamble, quoted, unquoted
from bench.tests.small_endpoint import SmallEndpoint, serving
from bench.tests.small_session import AINO, CAST, QUESTIONS, SESSION
from bot.discussion.model.record import Record
from bot.discussion.prompts import prompt
from bot.discussion.prompts.prompt import AGAIN, DISSENT, WRAP_UP, Cue, build_prompt


async def held(variant: str, *answers: str) -> tuple[Talk, list[list[dict[str, str]]]]:
    """A discussion in this layout, and the messages of each request."""
    server = SmallEndpoint(*answers)
    async with serving(server.answer) as url:
        chat = Chat(url)
        talk = await hold(SESSION, chat, VARIANTS[variant](), max_tokens=32)
        await chat.aclose()
    return talk, server.asked


@pytest.mark.parametrize("variant", VARIANTS)
async def test_every_variant_holds_a_whole_discussion(variant: str) -> None:
    talk, asked = await held(variant)
    assert len(talk.record.persona_turns()) == len(asked) == 6
    for messages in asked:
        assert [m["role"] for m in messages] == ["user", "assistant"] * (len(messages) // 2) + ["user"]


async def test_cues_are_only_ever_added_to() -> None:
    talk, asked = await held("cues")
    for earlier, later in pairwise(asked):
        assert later[: len(earlier)] == earlier
    first = talk.record.persona_turns()[0]
    assert asked[-1][1] == {"role": "assistant", "content": f"{first.speaker}: {first.text}"}


async def test_the_product_s_own_layout_is_the_product_s() -> None:
    record, cue = Record(), Cue(QUESTIONS[0], turns_left=3)
    (message,) = Flat()(SESSION, record, AINO, cue)
    assert message["content"] == build_prompt(SESSION, record, AINO, cue).text


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_wording_leaves_out_nothing_that_the_moderator_tells(variant: str) -> None:
    cue = Cue(QUESTIONS[0], turns_left=3, wrap_up=True, answer_to="Ravi", dissent=True)
    *_, message = VARIANTS[variant]()(SESSION, Record(), AINO, cue)
    for told in (QUESTIONS[0], "Ravi has just spoken to you", "3 turns are left", WRAP_UP, DISSENT.format(name="Aino")):
        assert told in message["content"]


def test_other_cards_stand_where_the_product_s_do() -> None:
    own, quoting = prompt.preamble(SESSION), preamble(SESSION, quoted)
    for persona in CAST:
        assert f"({persona.name})\n\n{prompt.card(persona)}" in own
        own = own.replace(prompt.card(persona), quoted(persona))
    assert quoting == own


async def test_a_useless_answer_is_asked_for_once_more() -> None:
    talk, asked = await held("product", "", "Good evening to all of you.", "", "…")
    first, second = talk.record.persona_turns()[:2]
    assert (first.text, len(talk.calls[first.seq])) == ("Good evening to all of you.", 2)
    assert (second.text, second.flags) == ("", ("empty",))
    assert [AGAIN in messages[-1]["content"] for messages in asked[:4]] == [False, True, False, True]


async def test_without_guards_each_turn_is_one_call() -> None:
    server = SmallEndpoint(*["Good evening to all of you here."] * 6)
    async with serving(server.answer) as url:
        chat = Chat(url)
        talk = await hold(SESSION, chat, Flat(), max_tokens=32, guarded=False)
        await chat.aclose()
    assert [turn.text for turn in talk.record.persona_turns()] == ["Good evening to all of you here."] * 6
    assert len(server.asked) == 6


def test_a_card_that_only_loses_its_beginning() -> None:
    card = AINO.model_copy(update={"prompt": "You are Professor Aino Virtanen, 61. You count your floes yourself."})
    assert unquoted(card) == "Professor Aino Virtanen, 61. You count your floes yourself."


async def test_what_was_held_is_kept_and_summed_up(tmp_path: Path) -> None:
    files = []
    for seed in (1, 2):
        talk, _ = await held("product", "How many floes are there?")
        files.append(file_of(tmp_path, "product", seed))
        write(files[-1], talk)
    assert [file.name for file in files] == ["product-1.jsonl", "product-2.jsonl"]
    assert [p.name for p in read_transcript(files[0]).cast] == ["Aino", "Ravi", "Mira", "Tomás"]
    row = summary(files, [framed(SESSION, "product")] * 2)
    assert (row["talks"], row["passes"], row["recital"]) == (2, 0.0, 0.0)
    assert row["told_by_chance"] is not None
    assert table({"product": row}, COLUMNS).splitlines()[1].startswith("product")
