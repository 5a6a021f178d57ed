"""Personas and tasks made on Discord: from the form to the table, and what is refused on the way."""

import json
from io import BytesIO
from typing import Any

import discord
import pytest
from PIL import Image
from simcord import InteractionResult, MemberActor

from bot.chat.posting.avatars import EMOJIS
from bot.discussion.model.task import DEFAULT_DISCUSS
from bot.sessions.composing.limits import Limits
from bot.store.schema import now
from tests.support.character_cards import card as character_card
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace, told

EDDA = {
    "name": "Edda",
    "full_name": "Edda the Ferrywoman",
    "prompt": "You are a ferrywoman who trusts no bridge.",
    "intro": "She rows.",
    "creativity": "0,9",
}
FERRY = {"name": "Ferry", "context": "A river.", "questions": "1. Row?\n2. Build?", "discuss": "", "summarize": ""}


@pytest.fixture
def admin(place: SimulatedPlace) -> MemberActor:
    may = place.guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    return place.guild.add_member(place.env.create_user("nia"), roles=[may])


def picture(size: tuple[int, int] = (300, 200), colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def seen(result: InteractionResult) -> str:
    """All text of the card that only whoever asked sees."""
    (card,) = result.followups or [*filter(None, [result.response])]
    assert card.ephemeral
    return card.content or texts(card.components)


def texts(components: Any) -> str:
    found: list[str] = []
    for part in components:
        found += [part["content"]] if "content" in part else []
        inner = [*part.get("components", []), *filter(None, [part.get("accessory")])]
        found += filter(None, [texts(inner)])
    return "\n".join(found)


def card(result: InteractionResult) -> discord.Message:
    (shown,) = result.followups or [*filter(None, [result.response])]
    return shown.message


def labels(result: InteractionResult) -> list[str]:
    """The buttons of a card."""
    (shown,) = result.followups or [*filter(None, [result.response])]
    rows = [part for box in shown.components for part in box["components"] if part["type"] == 1]
    return [button["label"] for row in rows for button in row["components"] if "label" in button]


def emojis(place: SimulatedPlace) -> list[str]:
    return sorted(emoji.name for emoji in place.env.backend.application_emojis.values())


async def test_a_persona_is_made_heard_saved_seated_changed_and_deleted(
    place: SimulatedPlace, admin: MemberActor, llm: ScriptedEndpoint, parts: Parts
) -> None:
    guild = place.guild.id
    form = await admin.slash(place.channel, "persona create", picture=("me.png", picture()))
    drawn = await admin.submit_modal(form, EDDA | {"name": "Discord Edda", "creativity": "hot"})
    told_wrong = seen(drawn)
    assert "can't be saved yet" in told_wrong
    assert "Discord refuses in a name" in told_wrong
    assert "Write a number from 0.0 (dry) to 1.0 (wild)" in told_wrong
    # Mended and saved by another process: what was written is kept.
    await place.restart(parts)
    again = await admin.click(card(drawn), label="Change")
    assert again.modal is not None
    assert EDDA["prompt"] in json.dumps(again.modal, ensure_ascii=False)
    drawn = await admin.submit_modal(again, EDDA)
    assert "Edda the Ferrywoman" in seen(drawn)
    assert "creativity 0.9" in seen(drawn)
    assert [file.filename for file in card(drawn).attachments] == ["face.png"]
    llm.enqueue("I row, and I count the planks of every bridge.")
    assert told(await admin.click(card(drawn), label="Hear a test line")) == (
        "**Edda the Ferrywoman**: I row, and I count the planks of every bridge."
    )
    assert EDDA["prompt"].removeprefix("You are ") in llm.prompts[-1]
    used = await place.store.spending.on_day(guild, now().date())
    assert used.server.tokens > 0
    saved = await admin.click(card(drawn), label="Save")
    assert "Saved." in seen(saved)
    (made,) = await place.store.own_personas.of(guild)
    assert (made.thing.name, made.thing.creativity, made.made_by) == ("Edda", 0.9, admin.id)
    assert await place.store.pictures.in_use() == [(made.thing.avatar or "").removeprefix("picture:")]
    assert len(emojis(place)) == 1

    # She sits where she is named, and not where nobody is.
    assert (await place.type("start", personas="Aino, Ravi")).startswith("The table is open.")
    steering = (await place.steer()).response
    assert steering is not None
    await place.mira.select(steering, ["Aino", "Edda"])
    await place.turn(2)
    assert "Edda the Ferrywoman" in place.speakers
    (face,) = place.env.backend.application_emojis.values()
    assert {b["avatar_url"] for b in place.executed() if b["username"] == "Edda the Ferrywoman"} == {
        f"https://cdn.discordapp.com/emojis/{face.id}.png"
    }
    assert f"sits at the table in <#{place.channel.id}>" in told(
        await admin.slash(place.channel, "persona delete", name="edda")
    )
    page = card(await place.otto.slash(place.channel, "roundtable minutes")).attachments[1]
    assert (await page.read()).count(b"data:image/png;base64,") == 1
    await place.restart(parts)
    assert emojis(place) == [face.name]
    await place.type("stop")
    await place.type("start")
    assert "Edda" not in [p.name for p in (await place.session()).session.cast]
    await place.type("stop")

    # Changed, then given out, brought back under another name, and deleted.
    form = await admin.slash(place.channel, "persona edit", name="Edda", picture=("me.png", picture((90, 400), "blue")))
    drawn = await admin.submit_modal(form, EDDA | {"intro": "She rows [here](https://example.org)."})
    assert "Saved." in seen(await admin.click(card(drawn), label="Save"))
    (made,) = await place.store.own_personas.of(guild)
    assert made.thing.intro == "She rows [here] (https://example.org)."
    given = await admin.slash(place.channel, "persona export", name="Edda the Ferrywoman")
    files = {file.filename: place.env.backend.cdn.get(file.url) or b"" for file in card(given).attachments}
    assert list(files) == ["edda.json", "edda.png"]
    assert json.loads(files["edda.json"])["prompt"] == EDDA["prompt"]
    assert "is a name of Edda the Ferrywoman here already" in seen(
        await admin.slash(place.channel, "persona import", file=("edda.png", files["edda.png"]))
    )
    place.show_makers_commands_to(place.mira)
    shown = await place.mira.slash(place.channel, "persona show", name="Edda")
    assert "She rows" in seen(shown)
    assert labels(shown) == []
    shown = await admin.slash(place.channel, "persona show", name="Edda")
    assert labels(shown) == ["Edit", "Export", "Delete…"]
    assert f"**Edda the Ferrywoman** · by <@{admin.id}>" in seen(await place.mira.slash(place.channel, "persona list"))
    await place.type("settings", by=admin, cast="Edda, Aino")
    asked = await admin.click(card(shown), label="Delete…")
    assert "Delete Edda?" in seen(asked)
    gone = await admin.click(card(asked), label="Delete")
    assert seen(gone) == "Edda is deleted. It is no default of this server's tables any more."
    assert (await place.store.servers.of(guild)).cast == "Aino"
    assert await place.store.own_personas.of(guild) == []
    # The tables that she sat at still know her first face, the import that was not saved her second.
    assert len(await place.store.pictures.in_use()) == 2
    back = await admin.slash(place.channel, "persona import", file=("edda.png", files["edda.png"]))
    assert "Saved." in seen(await admin.click(card(back), label="Save"))
    assert len(emojis(place)) == 2
    assert "made no persona" not in seen(await place.mira.slash(place.channel, "persona list"))
    assert await place.mira.autocomplete(place.channel, "persona show", "name", "ed") == [
        {"name": "Edda", "value": "Edda"}
    ]


async def test_what_is_brought_along_is_kept_whole_and_gets_a_name(place: SimulatedPlace, admin: MemberActor) -> None:
    long = "{{char}} rows. " * 600
    brought = json.dumps(character_card(2, name="🦊 of <b>", description=long)).encode()
    drawn = await admin.slash(place.channel, "persona import", file=("fox.json", brought))
    assert "'🦊 of <b>' " not in seen(drawn)
    assert "holds “<”, which Discord may read as a mark." in seen(drawn)
    brought = json.dumps(character_card(2, name="🦊", description=long)).encode()
    drawn = await admin.slash(place.channel, "persona import", file=("fox.json", brought))
    assert "**Name**: '🦊' holds no letter or digit" in seen(drawn)
    assert labels(drawn) == ["Change", "Discard"]

    async def change(**written: str) -> str:
        form = await admin.click(card(drawn), label="Change")
        assert form.modal is not None
        fields = [item["component"] for item in form.modal["components"]]
        assert all(len(field.get("value") or "") <= field["max_length"] for field in fields)
        shown = {field["custom_id"]: field.get("value") or "" for field in fields}
        return seen(await admin.submit_modal(form, shown | written))

    told_long = await change(name="Fox", full_name="")
    assert "characters of its card. Leave those as they are, and the rest is kept, too." in told_long
    await admin.click(card(drawn), label="Save")
    (made,) = await place.store.own_personas.of(place.guild.id)
    assert made.thing.prompt.startswith("Fox rows. Fox rows.")
    assert made.thing.prompt.endswith("Somebody: Honey?\nFox: Not yet.")
    drawn = await admin.submit_modal(
        await admin.slash(place.channel, "persona edit", name="Fox"), EDDA | {"prompt": "{{char}} {{time}}"}
    )
    assert "**Card**: holds the macro {{time}}. Write in words what should stand there" in seen(drawn)
    assert "A form shows" not in await change(prompt="{{char}} swims.")
    assert "Edda swims." in seen(await admin.click(card(drawn), label="Save"))


async def test_a_task_is_made_discussed_changed_and_brought_along(place: SimulatedPlace, admin: MemberActor) -> None:
    form = await admin.slash(place.channel, "task create")
    drawn = await admin.submit_modal(form, FERRY | {"questions": "x" * 301, "name": "bread"})
    assert "has 301 characters" in seen(drawn)
    drawn = await admin.submit_modal(await admin.click(card(drawn), label="Change"), FERRY | {"name": "bread"})
    assert "There is a task called “bread” here already." in seen(drawn)
    drawn = await admin.submit_modal(await admin.click(card(drawn), label="Change"), FERRY)
    assert "1. Row?\n2. Build?" in seen(drawn)
    assert labels(drawn) == ["Save", "Change", "Discard"]
    assert "`/roundtable start task:Ferry` opens a table on it." in seen(await admin.click(card(drawn), label="Save"))
    (made,) = await place.store.own_tasks.of(place.guild.id)
    assert (made.thing.questions, made.thing.discuss) == (("Row?", "Build?"), DEFAULT_DISCUSS)
    assert (await place.type("start", task="ferry")).startswith("The table is open.")
    assert (await place.session()).session.task == made.thing
    form = await admin.slash(place.channel, "task edit", name="Ferry")
    drawn = await admin.submit_modal(form, FERRY | {"name": "Crossing"})
    assert "Saved." in seen(await admin.click(card(drawn), label="Save"))
    given = await admin.slash(place.channel, "task export", name="Crossing")
    (file,) = card(given).attachments
    asked = await admin.slash(place.channel, "task delete", name="Crossing")
    assert labels(asked) == ["Delete", "Keep"]
    assert "Row?" in seen(await admin.click(card(asked), label="Keep"))
    assert seen(
        await admin.click(card(await admin.slash(place.channel, "task delete", name="Crossing")), label="Delete")
    )
    data = place.env.backend.cdn.get(file.url) or b""
    back = await admin.slash(place.channel, "task import", file=(file.filename, data))
    assert seen(await admin.click(card(back), label="Discard")) == "Discarded; nothing was saved."
    place.show_makers_commands_to(place.mira)
    assert "This server has made no task yet" in seen(await place.mira.slash(place.channel, "task list"))
    assert "comes with me" in told(await admin.slash(place.channel, "task edit", name="boats"))
    assert (await place.session()).session.task == made.thing


async def test_a_task_that_is_made_here_puts_a_question_by_itself(place: SimulatedPlace, admin: MemberActor) -> None:
    """Five fields fill a form: when that is comes with the command, and stays while the rest is changed."""
    refused = told(await admin.slash(place.channel, "task create", starter="at *nine*"))
    assert refused == r"“at \*nine\*” does not say when. Write daily 09:00, or weekly Monday 09:00. Or write never."
    form = await admin.slash(place.channel, "task create", starter="every mon 9:00")
    drawn = await admin.submit_modal(form, FERRY)
    assert "**Format**\nOpen table" in seen(drawn)
    assert "**A question by itself**\nweekly Monday 09:00" in seen(drawn)
    await admin.click(card(drawn), label="Save")

    async def change(**options: str) -> tuple[str, str]:
        drawn = await admin.submit_modal(await admin.slash(place.channel, "task edit", name="Ferry", **options), FERRY)
        await admin.click(card(drawn), label="Save")
        (made,) = await place.store.own_tasks.of(place.guild.id)
        return made.thing.format, made.thing.starter

    assert await change() == ("open", "weekly Monday 09:00")
    assert (await place.type("start", task="ferry")).startswith("The table is open.")
    assert (await place.session()).session.task.starter == "weekly Monday 09:00"
    assert await change(starter="Daily at 21:30") == ("open", "daily 21:30")
    assert await change(starter="Never") == ("open", "")


async def test_a_line_is_not_to_be_had_and_the_persona_is_saved_all_the_same(
    place: SimulatedPlace, admin: MemberActor, llm: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = await admin.submit_modal(await admin.slash(place.channel, "persona create"), EDDA)
    assert [file.filename for file in card(drawn).attachments] == []
    for answer in ("She says nothing of use.", "Edda: I row."):
        llm.enqueue(answer)
        assert told(await admin.click(card(drawn), label="Hear a test line")).startswith("**Edda the Ferrywoman**: ")
    await llm.go_down()
    heard = told(await admin.click(card(drawn), label="Hear a test line"))
    assert heard.startswith("No line came of it: ")
    assert heard.endswith("It can be saved all the same.")
    assert "3 lines within a minute" in told(await admin.click(card(drawn), label="Hear a test line"))
    monkeypatch.setattr(place.bot.workshop.trial, "_limits", Limits(day_tokens=10))
    place.bot.workshop.lines._asked.clear()
    assert "This server may use 10 tokens a day" in told(await admin.click(card(drawn), label="Hear a test line"))
    for number in range(EMOJIS):
        place.bot.avatars._emojis[f"other_{number}"] = number
    form = await admin.slash(place.channel, "persona create", picture=("me.png", picture()))
    full = await admin.submit_modal(form, EDDA | {"name": "Ida", "full_name": ""})
    assert "Discord takes no further picture of mine" in seen(full)
    assert "Saved." in seen(await admin.click(card(full), label="Save"))
    assert emojis(place) == []
    assert "Saved." in seen(await admin.click(card(drawn), label="Save"))
    names = [made.thing.full_name for made in await place.store.own_personas.of(place.guild.id)]
    assert names == ["Ida", "Edda the Ferrywoman"]
