"""What goes wrong around a table: permissions, webhooks, the endpoint. Nothing is lost, people are told in words."""

import pytest

from bot.chat.text.sentences import sentence
from bot.sessions.delivery.notices import Paused, SessionClosed
from bot.store.models import Fault, Status
from tests.support.endpoint_stand_in import ScriptedEndpoint, fails
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace, told, words

CLOSED = sentence(SessionClosed())


async def shown_is_stored(place: SimulatedPlace) -> None:
    """Every turn of the record stands in the channel exactly once, in order."""
    record = await place.record()
    assert place.said == [t.text for t in record if t.kind in ("persona", "summary")]


async def test_a_webhook_deleted_in_the_middle(place: SimulatedPlace) -> None:
    await place.type("start", turns=4)
    (first,) = {m.webhook_id for m in place.spoken}
    place.delete_webhooks()
    await place.turn()
    assert len(place.spoken) == 2
    assert place.spoken[1].webhook_id != first
    assert len(place.env.backend.webhooks) == 1
    await place.otto.send(place.channel, "Say more.", reply_to=place.spoken[0])
    place.delete_webhooks()
    await place.turn(5)
    assert place.speakers[2] == place.speakers[0], "a message of the first webhook is still a persona's"
    await shown_is_stored(place)
    assert (await place.session()).status is Status.ENDED


async def test_a_webhook_deleted_while_the_bot_was_away(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start", turns=3)
    place.delete_webhooks()
    await place.restart(parts)
    await place.turn(4)
    await shown_is_stored(place)
    assert (await place.session()).status is Status.ENDED


@pytest.mark.parametrize(
    ("denied", "sentence"),
    [
        (["manage_webhooks"], "I am missing **Manage Webhooks** in this channel. Please have an admin grant it to me"),
        (
            ["manage_webhooks", "read_message_history", "attach_files"],
            "I am missing **Read Message History**, **Manage Webhooks** and **Attach Files** in this channel. "
            "Please have an admin grant them to me",
        ),
        (["embed_links"], "I am missing **Embed Links** in this channel. Please have an admin grant it to me"),
    ],
)
async def test_what_is_missing_at_start_is_named(place: SimulatedPlace, denied: list[str], sentence: str) -> None:
    place.deny(*denied)
    assert await place.type("start") == f"{sentence}, then try again."
    assert place.history() == []
    place.deny()
    assert (await place.type("start")).startswith("The table is open.")


async def test_manage_webhooks_lost_and_the_webhook_too(place: SimulatedPlace) -> None:
    await place.type("start", turns=4)
    place.deny("manage_webhooks")
    place.delete_webhooks()
    await place.turn()
    session = await place.session()
    missing = "I am missing **Manage Webhooks** in this channel. Please have an admin grant it to me."
    assert (session.status, session.reason) == (Status.PAUSED, missing)
    assert place.said_by_bot[-1] == sentence(Paused(missing, Fault.PLACE))
    assert missing in words(place.panel)
    assert len(place.spoken) == 1

    await place.type("resume")
    assert (await place.session()).status is Status.PAUSED, "nothing has changed yet"
    place.deny()
    assert await place.type("resume") == "Resumed."
    await place.turn(5)
    await shown_is_stored(place)
    assert (await place.session()).status is Status.ENDED
    assert place.said_by_bot[-1] == CLOSED


async def test_the_convener_is_written_to_where_the_bot_can_not_speak(place: SimulatedPlace) -> None:
    await place.type("start", turns=3)
    place.deny("manage_webhooks", "send_messages")
    place.delete_webhooks()
    await place.turn()
    (letter,) = place.mira.user.dm_channel.history()
    assert letter.content.startswith(f"About the table in <#{place.channel.id}>: ⏸ The table is paused. I am missing ")
    assert "**Manage Webhooks**" in letter.content
    place.deny()
    await place.type("resume")
    await place.turn(5)
    await shown_is_stored(place)


async def test_an_endpoint_that_is_down_for_a_while(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start", turns=4)
    await llm.go_down()
    await place.otto.send(place.channel, "Is it dark in here?")
    await place.turn()
    session = await place.session()
    assert session.status is Status.PAUSED
    assert session.reason
    assert place.said_by_bot[-1] == sentence(Paused(session.reason, Fault.ENDPOINT))
    assert session.reason in await place.type("status")
    assert len(place.spoken) == 1
    await llm.come_up()
    await place.type("resume")
    await place.turn(5)
    assert any("Is it dark in here?" in prompt for prompt in llm.prompts)
    await shown_is_stored(place)
    assert len(place.said) == 5
    assert (await place.session()).status is Status.ENDED


async def test_a_table_goes_on_by_itself_when_the_endpoint_is_back(
    place: SimulatedPlace, llm: ScriptedEndpoint
) -> None:
    await place.type("start", turns=4)
    await llm.go_down()
    await place.turn()
    assert (await place.session()).status is Status.PAUSED
    await place.turn(2)  # the endpoint is asked meanwhile
    assert (await place.session()).status is Status.PAUSED
    await llm.come_up()
    await place.turn(40)
    assert place.said_by_bot.count("▶ The table goes on: the model answers again.") == 1
    assert sum(text.startswith("⏸") for text in place.said_by_bot) == 1
    await shown_is_stored(place)
    assert (await place.session()).status is Status.ENDED


async def test_a_table_goes_on_by_itself_when_it_may_speak_again(place: SimulatedPlace) -> None:
    await place.type("start", turns=3)
    place.deny("manage_webhooks", "send_messages")
    place.delete_webhooks()
    await place.turn(3)
    assert (await place.session()).status is Status.PAUSED
    place.deny()
    await place.turn(20)
    assert len(place.mira.user.dm_channel.history()) == 1
    assert place.said_by_bot.count("▶ The table goes on: I can post here again.") == 1
    await shown_is_stored(place)
    assert (await place.session()).status is Status.ENDED


async def test_status_tells_the_tokens_used(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start", turns=4)
    assert "Tokens used: " in (await place.type("status"))
    assert " of 500,000." in (await place.type("status"))


async def test_an_endpoint_that_is_down_from_the_first(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await llm.go_down()
    assert (await place.type("start")).startswith("The table is open.")
    assert (await place.session()).status is Status.PAUSED
    assert place.said_by_bot[-1].startswith("⏸ The table is paused. ")
    assert await place.type("stop", summary=True) == "The table is closed."
    assert place.spoken == []
    assert place.said_by_bot[-1] == CLOSED


async def test_a_key_that_is_refused_is_named(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    llm.enqueue(fails(401, "no such key"))
    await place.turn()
    assert (await place.session()).status is Status.PAUSED
    assert "refused the key (HTTP 401). Check LLM_API_KEY." in place.said_by_bot[-1]
    await place.type("resume")
    assert len(place.spoken) == 2


async def test_three_turns_that_come_to_nothing_pause_the_table(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start", turns=8)
    llm.enqueue(*[" "] * 6)
    await place.turn(4)
    assert (await place.session()).status is Status.PAUSED
    assert "3 turns in a row came to nothing" in place.said_by_bot[-1]
    await place.type("resume")
    await place.turn()
    assert len(place.spoken) >= 2


async def test_a_channel_that_is_deleted_ends_the_table(place: SimulatedPlace) -> None:
    await place.type("start")
    stored = await place.session()
    place.env.backend.delete_channel(place.channel.id)
    await place.turn(2)
    session = await place.store.session(stored.id)
    assert session is not None
    assert session.status is Status.ENDED
    assert len((await place.store.record(stored.id)).persona_turns()) == 1


async def test_a_webhook_that_somebody_moved(place: SimulatedPlace) -> None:
    elsewhere = place.guild.create_text_channel("elsewhere")
    await place.type("start", turns=3)
    place.env.backend.edit_webhook(place.spoken[0].webhook_id or 0, {"channel_id": elsewhere.id})
    await place.turn(4)
    assert elsewhere.history() == []
    await shown_is_stored(place)
    assert (await place.session()).status is Status.ENDED


async def test_a_turn_that_a_filter_withholds(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    llm.enqueue("Quite so.", "Something that no filter lets pass.")
    await place.type("start", turns=3)
    place.env.inject_error("POST", "/webhooks/*", status=400, code=200000, message="Message was blocked by AutoMod")
    await place.turn()
    assert len(place.spoken) == 1
    assert [t.withheld for t in (await place.record()).persona_turns()] == [False, True]
    await place.turn(3)
    assert "no filter" not in llm.prompts[-1]
    assert (await place.session()).status is Status.ENDED
    assert b"no filter" not in await place.history()[-1].attachments[0].read()


async def test_a_persona_message_that_was_deleted_is_not_sent_again(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start", turns=2)
    await place.ada.delete(place.spoken[0])
    await place.restart(parts)
    await place.turn(2)
    texts = [t.text for t in await place.record() if t.kind == "persona"]
    assert [m.content for m in place.spoken] == texts[1:]


async def test_stopping_a_table_that_can_not_speak(place: SimulatedPlace) -> None:
    await place.type("start", turns=3)
    place.deny("manage_webhooks", "send_messages")
    place.delete_webhooks()
    await place.turn()
    assert await place.type("stop") == "The table is closed."
    assert (await place.session()).status is Status.ENDED
    place.deny()
    await place.type("start", turns=1)
    await place.turn(2)
    assert place.said_by_bot[-1] == CLOSED
    assert place.said_by_bot.count(CLOSED) == 2, "the minutes of the first table came late, but came"


async def test_minutes_that_could_not_be_shown_come_later(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    place.deny("send_messages", "manage_webhooks")
    place.delete_webhooks()
    await place.turn()
    await place.type("stop")
    await place.restart(parts)
    assert (await place.session()).status is Status.ENDED, "what is over stays over"
    assert CLOSED not in place.said_by_bot
    place.deny()
    await place.restart(parts)
    assert place.said_by_bot[-1] == CLOSED
    assert (await place.session()).status is Status.ENDED


async def test_status_says_when_discord_does_not_answer(place: SimulatedPlace) -> None:
    await place.type("start")
    place.env.inject_error("POST", "/webhooks/*/simcord_webhook_*", status=503, times=1)
    place.env.inject_error("GET", "/channels/*/messages", status=503, times=None)
    await place.turn(2)
    assert (await place.type("status")).startswith("**Waiting for Discord.**")
    place.env.backend.faults.clear()
    await place.turn(3)
    assert (await place.type("status")).startswith("**The table is open.**")
    await shown_is_stored(place)


@pytest.mark.logs_errors
async def test_a_fault_of_ours_in_the_middle_pauses_with_an_id(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await place.type("start", turns=3)

    def broken(*_: object) -> None:
        raise RuntimeError("the drawer is stuck")

    with monkeypatch.context() as patch:
        patch.setattr("bot.sessions.turn_loop.next_step", broken)
        await place.turn()
    session = await place.session()
    assert session.status is Status.PAUSED
    error_id = (session.reason or "").partition("(error ")[2][:6]
    assert error_id
    assert any(error_id in r.getMessage() and r.exc_info for r in caplog.records)
    assert "drawer" not in place.said_by_bot[-1]
    await place.type("resume")
    await place.turn(4)
    await shown_is_stored(place)
    assert (await place.session()).status is Status.ENDED


async def test_a_table_can_be_stopped_while_discord_does_not_answer(place: SimulatedPlace) -> None:
    await place.type("start")
    place.env.inject_error("POST", "/webhooks/*/simcord_webhook_*", status=503, times=None)
    await place.turn()
    stopping = await place.mira.slash(place.channel, "roundtable stop")
    await place.turn()
    assert told(stopping) == "The table is closed."
    assert (await place.session()).status is Status.ENDED
    place.env.backend.faults.clear()
    await place.turn(12)
    await shown_is_stored(place)
    assert place.said_by_bot[-1] == CLOSED
