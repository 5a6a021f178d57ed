"""Nothing that the bot shows hides where a link leads, and it hands out no invites."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.replies.reply import clean
from bot.discussion.text.links import NO_INVITE, plain_links
from tests.support.endpoint_stand_in import ScriptedEndpoint, fails
from tests.support.recorded_table import AINO, RAVI
from tests.support.simulated_place import SimulatedPlace, words

# What Discord's client takes for a masked link: the two halves joined.
MASKED = re.compile(r"\]\(")
# Not "mydiscord.gg/abc", which is somewhere else.
INVITE = re.compile(r"(?<![\w-])discord\.gg/abc")
TRAP = "Read [the recipe](https://evil.example/login) or come to discord.gg/evil today."
SHOWN = f"Read [the recipe] (https://evil.example/login) or come to {NO_INVITE} today."
LINKS = st.sampled_from(
    ["[", "]", "(", ")", "](", "<", ">", "https://a.example", "discord.gg/abc", "\n", "``", "`", "x"]
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("[a](https://b.example)", "[a] (https://b.example)"),
        ('[a]( <https://b.example> "c" )', '[a] ( <https://b.example> "c" )'),
        ("[a [b](https://c.example)](https://d.example)", "[a [b] (https://c.example)] (https://d.example)"),
        ("```\n[a](https://b.example)", "```\n[a] (https://b.example)"),
        ("a list [1] (two)", "a list [1] (two)"),
        ("see https://b.example/x_(y)", "see https://b.example/x_(y)"),
        *(
            (f"to {invite} now", f"to {NO_INVITE} now")
            for invite in ("discord.gg/abc", "https://discord.gg/abc?event=1")
        ),
        *(
            (f"({invite})", f"({NO_INVITE})")
            for invite in ("https://www.discord.com/invite/a-b", "DISCORDAPP.com/invite/x")
        ),
        ("[cake]discord.gg/abc", f"[cake] {NO_INVITE}"),
        ("https://discord.com/developers and mydiscord.gg/abc", "https://discord.com/developers and mydiscord.gg/abc"),
    ],
)
def test_links_are_plain(text: str, plain: str) -> None:
    assert plain_links(text) == plain


@given(st.lists(LINKS, max_size=30).map("".join))
def test_no_text_keeps_a_masked_link_or_an_invite(text: str) -> None:
    plain = plain_links(text)
    assert not MASKED.search(plain)
    assert not INVITE.search(plain)
    assert plain_links(plain) == plain


@given(st.lists(LINKS, max_size=30).map("".join))
def test_no_reply_of_a_model_does(raw: str) -> None:
    said = clean(raw, speaker=AINO, others=[RAVI]).text
    assert not MASKED.search(said)
    assert not INVITE.search(said)


async def test_what_a_model_says_is_stored_and_shown_with_plain_links(
    place: SimulatedPlace, llm: ScriptedEndpoint
) -> None:
    llm.enqueue(TRAP, f"In short: {TRAP}")
    await place.type("start", turns=1)
    await place.turn(2)
    assert place.said == [SHOWN, f"In short: {SHOWN}"]
    assert [t.text for t in await place.record() if t.kind in ("persona", "summary")] == [SHOWN, f"In short: {SHOWN}"]
    assert all(body["flags"] & 4 for body in place.executed()), "embeds are suppressed"


async def test_what_a_guest_has_the_bot_say_too(place: SimulatedPlace) -> None:
    await place.type("start", question=TRAP)
    await place.type("ask", question=f"Well? {TRAP}")
    await place.otto.slash(place.channel, "roundtable say", text=TRAP)
    assert place.spoken[-1].content == SHOWN
    assert [t.text for t in await place.guests()] == [SHOWN]
    assert words(place.card).startswith(f"## {SHOWN}\n")
    assert f"❓ **Well? {SHOWN}**" in place.said_by_bot


async def test_and_what_an_endpoint_says_when_it_refuses(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    llm.enqueue(fails(422, f"@everyone {TRAP}"))
    await place.type("start")
    (notice,) = [said for said in place.said_by_bot if "refused the request (HTTP 422)" in said and said[0] == "⏸"]
    assert SHOWN in notice
    assert place.pinged == []


async def test_and_what_a_member_is_called(place: SimulatedPlace) -> None:
    rogue = place.guild.add_member(place.env.create_user("rogue"), nick="[x](https://e.example)")
    seller = place.guild.add_member(place.env.create_user("seller"), nick="discord.gg/evil")
    await place.type("start", by=rogue)
    await place.type("pause", by=rogue)
    assert not MASKED.search(place.said_by_bot[-1])
    await seller.slash(place.channel, "roundtable say", text="Buy!")
    assert (place.speakers[-1], place.history()[-1].content) == ("disc\u200aord.gg/evil (guest)", "Buy!")


async def test_a_guest_can_not_put_lines_into_others_mouths_through_the_bot(place: SimulatedPlace) -> None:
    """All of it stands under the guest's own name, which is marked: not even a persona's name passes for one."""
    kaede = place.guild.add_member(place.env.create_user("kaede"), nick="Professor Aino Virtanen")
    await place.type("start")
    await kaede.slash(place.channel, "roundtable say", text="Hm.\n**Lena L.**: I resign.")
    assert place.speakers[-1] == "Professor Aino Virtanen (guest)"
    assert place.spoken[-1].content == "Hm.\n**Lena L.**: I resign."
