"""Messages that carry their words otherwise, or none at all."""

import asyncio
import re
from typing import Any

import pytest
from simcord import MemberActor
from simcord.backend.models import MessageSticker, Poll, PollAnswer

from bot.chat.hearing import pasted_text
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace

PNG = ("loaf.png", b"\x89PNG\r\n\x1a\n")
WAVE = MessageSticker(id=71, name="Wave", format_type=1, guild_id=1)
VOICE = 1 << 13
GIF = "https://tenor.com/view/bread-loaf-gif-12345"
EMOJI = "https://cdn.discordapp.com/emojis/123456789012345678.webp?size=48&name=bread"
LONG = "Rye keeps longer. " * 150  # 2,700 characters: more than a message holds


async def heard(place: SimulatedPlace) -> list[str]:
    return [turn.text for turn in await place.guests()]


async def post(place: SimulatedPlace, who: MemberActor, text: str = "", **parts: Any) -> None:
    """A message of which simcord's members know only the text."""
    place.env.backend.create_message(place.channel.id, who.id, text, **parts)
    await place.env.settle()


def poll(question: str, *answers: str) -> Poll:
    return Poll(question, [PollAnswer(n, text) for n, text in enumerate(answers, 1)], "2031-01-01T00:00:00+00:00")


# --- texts that come as a file ---


async def test_a_long_paste_is_what_its_author_said(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    await place.otto.send(place.channel, "", attachments=[("message.txt", LONG.encode())])
    assert await heard(place) == [LONG.strip()]
    await place.turn()
    (line,) = [line for line in llm.prompts[-1].splitlines() if line.startswith("Otto the Miller (guest): ")]
    assert 900 < len(line) < 1030, "a prompt quotes its beginning"
    await place.type("stop")
    assert LONG.strip().encode() in await place.history()[-1].attachments[0].read()


async def test_texts_beside_words_and_pictures(place: SimulatedPlace) -> None:
    await place.type("start")
    files = [("notes.md", b"\xef\xbb\xbf# Rye\r\nkeeps"), PNG, ("more.txt", "für immer\u200b".encode())]
    await place.otto.send(place.channel, "Read this:", attachments=files)
    assert await heard(place) == ["Read this: [image]\n# Rye\r\nkeeps\nfür immer"]


@pytest.mark.parametrize(
    "file",
    [
        ("message.txt", b"x" * 20_001),  # too long
        ("message.txt", "für immer".encode("latin-1")),  # not UTF-8
        ("message.txt", "immer".encode("utf-16-le")),
        ("recipe.pdf", b"words"),  # no text
        ("bake.py", b"print()"),
        ("data.csv", b"a,b"),
    ],
)
async def test_a_file_that_is_no_text_of_that_kind_is_named(place: SimulatedPlace, file: tuple[str, bytes]) -> None:
    await place.type("start")
    await place.otto.send(place.channel, "Read this:", attachments=[file])
    assert await heard(place) == ["Read this: [file]"]


async def test_files_that_are_too_long_together(place: SimulatedPlace) -> None:
    await place.type("start")
    files = [("a.txt", b"a" * 12_000), ("b.txt", b"b" * 12_000), ("c.txt", b"c" * 8_000)]
    await place.otto.send(place.channel, "", attachments=files)
    assert await heard(place) == ["[file]\n" + "a" * 12_000 + "\n" + "c" * 8_000]


async def test_a_long_message_that_is_not_for_the_table(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.otto.send(place.channel, "", attachments=[("message.txt", f"// {LONG}".encode())])
    await place.otto.send(place.channel, "", attachments=[("message.txt", f"/roundtable say {LONG}".encode())])
    await place.otto.send(place.channel, "// see this", attachments=[("message.txt", LONG.encode())])
    await place.otto.send(place.channel, "", attachments=[("message.txt", b" \n")])
    assert await heard(place) == []


async def test_mentions_in_a_file_are_no_numbers(place: SimulatedPlace) -> None:
    await place.type("start")
    unknown = 123456789012345678
    text = f"Ask {place.lena.mention} or <@!{unknown}>, <@&{unknown}> in {place.channel.mention} or <#{unknown}>."
    await place.otto.send(place.channel, "@here!", attachments=[("message.txt", f"{text} @everyone".encode())])
    (said,) = await heard(place)
    # Without the intent for it the bot knows few members by their id.
    said = re.sub(r"@(?:Lena L\.|someone)", "@L", said)
    assert said == "@\u200bhere!\nAsk @L or @L, @some-role in #general or #some-channel. @\u200beveryone"


async def test_a_file_that_can_not_be_had_is_named(place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    await place.type("start")
    monkeypatch.setattr(place.env.backend.cdn, "get", lambda url: None)
    await place.otto.send(place.channel, "", attachments=[("message.txt", LONG.encode())])
    await place.otto.send(place.channel, "After.")
    assert await heard(place) == ["[file]", "After."]


async def test_a_file_that_does_not_come_is_not_waited_for(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(url: str) -> bytes:
        return await asyncio.get_running_loop().create_future()

    await place.type("start")
    monkeypatch.setattr(place.bot.http, "get_from_cdn", never)
    monkeypatch.setattr(pasted_text, "TIMEOUT", 0.0)  # the clock of this Discord stands still
    await place.otto.send(place.channel, "Read this:", attachments=[("message.txt", LONG.encode())])
    assert await heard(place) == ["Read this: [file]"]


async def test_what_was_pasted_while_the_bot_was_away(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    files = place.env.backend.store_attachments(place.channel.id, [("message.txt", LONG.encode())])
    place.write_unheard(place.otto, "Before.")
    listening, place.env.backend.subscribers = place.env.backend.subscribers, []
    place.env.backend.create_message(place.channel.id, place.lena.id, "", attachments=files)
    place.env.backend.subscribers = listening
    place.write_unheard(place.otto, "After.")
    await place.restart(parts)
    assert await heard(place) == ["Before.", LONG.strip(), "After."]


async def test_taking_a_paste_back(place: SimulatedPlace) -> None:
    await place.type("start")
    file = ("message.txt", LONG.encode())
    deleted = await place.otto.send(place.channel, "", attachments=[file])
    edited = await place.otto.send(place.channel, "Mine:", attachments=[file])
    await place.otto.delete(deleted)
    await place.otto.edit(edited, "Hers:")
    assert await heard(place) == ["", f"Hers:\n{LONG.strip()}"]
    await place.otto.edit(edited, "// never mind")
    assert await heard(place) == ["", ""]


# --- what is words, and what only accompanies them ---


async def test_a_poll_is_its_question(place: SimulatedPlace) -> None:
    await place.type("start")
    await post(place, place.otto, poll=poll("Rye or wheat, Ravi?", "rye", "wheat"))
    await post(place, place.otto, "Vote!", poll=poll("More?\nNow?"))
    turns = await place.guests()
    assert [turn.text for turn in turns] == ["[poll: Rye or wheat, Ravi? (rye / wheat)]", "Vote! [poll: More? Now?]"]
    assert turns[0].addressed == "Ravi"


async def test_a_forward_is_what_it_shows_unless_it_was_said_here(place: SimulatedPlace) -> None:
    await place.type("start")
    elsewhere = place.guild.create_text_channel("elsewhere")
    said = await place.lena.send(elsewhere, f"Rye is best, says {place.otto.mention}.")
    here = await place.lena.send(place.channel, "Said here.")
    picture = await place.lena.send(elsewhere, "", attachments=[PNG])
    for message in (said, here, picture, place.spoken[0]):
        await place.otto.forward(message, place.channel)
    texts = await heard(place)
    assert texts[0] == "Said here."
    assert [text.replace("Otto the Miller", "someone") for text in texts[1:]] == [
        "[forwarded: “Rye is best, says @someone.”]"
    ]
    assert [turn.addressed for turn in await place.guests()] == [None, None]


async def test_stickers_are_named_beside_words(place: SimulatedPlace) -> None:
    await place.type("start")
    await post(place, place.otto, "Hello!", stickers=[WAVE])
    assert await heard(place) == ["Hello! [sticker: Wave]"]


async def test_what_has_no_words_is_no_turn(place: SimulatedPlace) -> None:
    await place.type("start")
    voice = place.env.backend.store_attachments(place.channel.id, [("voice-message.ogg", b"OggS")])
    await post(place, place.otto, stickers=[WAVE])
    await post(place, place.otto, attachments=voice, flags=VOICE)
    await post(place, place.otto, embeds=[{"title": "A loaf", "type": "rich"}])
    await place.otto.send(place.channel, "", attachments=[PNG])
    for gifs in (GIF, f"{GIF}\n{GIF}", f"<{GIF}>", EMOJI, f"[bread]({EMOJI})", f"{EMOJI} {GIF}"):
        await place.otto.send(place.channel, gifs)
    for blank in ("\u3164", "\u2800 \u2800"):
        await place.otto.send(place.channel, blank)
    await place.otto.send(place.channel, "\u200b\u2060")
    assert await heard(place) == []
    await place.otto.send(place.channel, f"See {GIF}")
    await place.otto.send(place.channel, f"[Rye is best]({GIF})")
    await place.otto.send(place.channel, "https://example.org/rye")
    assert len(await heard(place)) == 3
