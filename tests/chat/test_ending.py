"""What one reads further on the opening card, and what can be pressed below a table that is closed."""

from simcord import InteractionResult

from bot.discussion.model.task import Task
from bot.library.catalogue import Catalogue
from bot.store.models import Post, PostKind, PostStatus
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import CAST, Parts
from tests.support.simulated_place import SimulatedPlace, told, words

SIGNED = "✅ Bread is good.\n\n⚖️ Bo says rye, Ravi wheat.\n\n❓ Who pays?"


def private(result: InteractionResult) -> list[str]:
    answers = [*filter(None, [result.response]), *result.followups]
    assert all(answer.ephemeral for answer in answers)
    return [answer.content for answer in answers]


async def test_the_card_has_more_to_read(place: SimulatedPlace, parts: Parts) -> None:
    long = Task(name="history", context="Flour is old. " * 200, questions=("Why?",))
    parts.catalogue = Catalogue(CAST, (long,))
    await place.restart(parts)
    await place.type("start")
    card = place.card
    first, *more = private(await place.otto.click(card, label="Read the setting"))
    assert first.startswith("Flour is old.")
    assert more, "a long setting comes in pieces"
    assert "this server" in told(await place.otto.click(card, label="Privacy"))
    met = await place.otto.select(card, ["Bo"])
    assert told(met).splitlines() == ["## Bo Lindqvist", "Bo at the table."]
    assert met.response is not None
    form = await place.otto.click(met.response, label="Ask Bo")
    await place.fill_in(form, "both rye and oats?", by=place.otto)
    assert (await place.guests())[-1].text == "Bo, both rye and oats?"
    await place.type("stop")
    met = await place.otto.select(card, ["Aino"])
    assert "Aino at the table." in told(met), "also when the table is closed"


async def test_what_can_be_done_below_a_closed_table(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    llm.enqueue("I bake at dawn.", SIGNED)
    await place.type("start", turns=1, personas="Bo, Ravi")
    await place.turn(2)
    summary = words(place.cards[-1]).splitlines()
    assert [line for line in summary if line.startswith("**")] == [
        "**✅ Agreed**",
        "**⚖️ Still disputed**",
        "**❓ Open question**",
    ]
    closing = place.history()[-1]
    assert f"/{place.channel.id}/{place.card.id}" in str(closing.components), "the way back to its start"
    minutes = await place.otto.click(closing, label="Minutes")
    (handed_out,) = minutes.followups or [*filter(None, [minutes.response])]
    assert handed_out.attachments
    assert told(await place.otto.click(closing, label="Keep going (+6)")).startswith(f"Only <@{place.mira.id}>")

    form = await place.otto.click(closing, label="Same table, new question")
    said = await place.fill_in(form, " Rye or wheat? \nOr oats?", by=place.otto)
    assert said.splitlines() == [
        "The table is open again, with your questions.",
        "1 turn will cover 1 of the 2 questions, then comes a summary.",
    ]
    session = (await place.session()).session
    assert (session.task.name, session.task.questions, session.dials.turns) == (
        "bread",
        ("Rye or wheat?", "Or oats?"),
        1,
    )
    assert [persona.name for persona in session.cast] == ["Bo", "Ravi"]


async def test_what_a_closed_table_has_left_over_is_shown_as_its_own_at_the_next(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.type("stop")
    first = await place.session()
    left = [
        Post(PostKind.PANEL),
        Post(PostKind.VOTE, turn_seq=99),
        Post(PostKind.SUMMARY, "Rye it is.", username="Bo"),
        Post(PostKind.MINUTES, "Closed at last.", attachment="# Rye"),
    ]
    ids = [await place.store.posts.add(first.id, place.channel.id, post) for post in left]
    await place.type("start")
    await place.env.settle()
    shown = [post.status for post_id in ids if (post := await place.store.posts.post(post_id))]
    assert shown == [PostStatus.REFUSED, PostStatus.REFUSED, PostStatus.POSTED, PostStatus.POSTED]
    (closing,) = [message for message in place.history() if message.content == "Closed at last."]
    assert f":{first.id}'" in str(closing.components), "its buttons are those of its own table"
    (summary,) = [card for card in place.cards if "Rye it is." in words(card)]
    assert "minute" not in words(summary), "how long the next one takes is none of its"


async def test_a_closed_table_goes_on_for_who_may_where_it_may(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start", turns=1, personas="Bo, Ravi")
    await place.turn(3)
    closing = place.history()[-1]
    instead = "You can open one of your own: `/roundtable start`."
    assert (await place.type("resume", by=place.otto)).endswith(instead), "nobody chimes in at a closed table"
    bakers = place.guild.create_role("bakers")
    await place.store.servers.change(place.guild.id, opener_role_id=bakers.id, channels=(1,))
    assert (await place.type("resume", by=place.otto)).endswith("You can read what was said: `/roundtable minutes`.")
    assert (await place.type("resume")).startswith("The channels where this server has its tables")
    refused = told(await place.otto.click(closing, label="Same table, new question"))
    assert refused.startswith("Only members with the role"), "before anything is written"
    await place.store.servers.change(place.guild.id, opener_role_id=None, channels=None, most_tables=1)
    await place.restart(parts)
    there = place.elsewhere(place.guild.create_text_channel("there"))
    form = await place.otto.click(closing, label="Same table, new question")
    await there.type("start")
    taken = "There is one open table on this server, as many as it has set itself."
    assert (await place.type("resume")).startswith(taken)
    assert (answer := await place.fill_in(form, "Rye?", by=place.otto)).startswith(taken)
    assert answer.endswith("You wrote:\n>>> Rye?")
    await there.type("stop")
    assert (await place.type("resume")).startswith("The table goes on: 6 more turns")
    assert place.panel.id in [message.id for message in place.history()[-2:]], "the panel follows it"
    assert await place.type("resume") == "The table is not paused."
    await place.type("stop")
    await place.type("start", question="Wheat?", by=place.otto)
    assert told(await place.mira.click(closing, label="Keep going (+6)")).startswith("There is a table in this channel")
    await place.type("stop", by=place.otto)
    assert told(await place.mira.click(closing, label="Keep going (+6)")).startswith("Another table has stood here")
