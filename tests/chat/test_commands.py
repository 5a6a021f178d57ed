"""What people type while a table is open: every answer is private, and what concerns the table is said in it."""

import re
from datetime import UTC, datetime

import pytest

from bot.chat.text.sentences import sentence
from bot.discussion.model.dials import Dials
from bot.discussion.model.steerings import FloorGiven, Muted, SeatAdded, SeatRemoved, TurnSkipped
from bot.sessions.delivery.notices import SessionClosed
from bot.store.models import Status
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import FULL_NAMES
from tests.support.simulated_place import PACE, SimulatedPlace, words

NO_TABLE = "There is no table in this channel. `/roundtable start` opens one."

CLOSED = sentence(SessionClosed())

NOT_YOURS = re.compile(
    r"Only <@(\d+)>, who convened this table, or members with \*\*Manage Messages\*\* can do that\. "
    r"You can chime in: .*"
)
CONVENERS = [
    ("stop", {}),
    ("pause", {}),
    ("resume", {}),
    ("skip", {}),
    ("ask", {}),
    ("wrapup", {}),
    ("floor", {"persona": "Bo"}),
    ("turns", {"turns": 5}),
    ("seat add", {"persona": "Bo"}),
    ("seat remove", {"persona": "Bo"}),
    ("seat mute", {"persona": "Bo"}),
    ("seat mute", {"persona": "Bo", "muted": False}),
]
NEEDS_A_RUNNING_TABLE = [c for c in CONVENERS if c[0] not in ("stop", "pause", "resume")]


async def test_without_a_table_everything_says_how_to_open_one(place: SimulatedPlace) -> None:
    for command, options in [*CONVENERS, ("status", {}), ("say", {"text": "Hello?"})]:
        assert await place.type(command, **options) == NO_TABLE, command
    assert place.history() == []


async def test_only_the_convener_and_moderators_steer(place: SimulatedPlace) -> None:
    await place.type("start")
    before = [m.content for m in place.history()]
    for command, options in CONVENERS:
        refused = NOT_YOURS.fullmatch(await place.type(command, by=place.otto, **options))
        assert refused is not None, command
        assert int(refused[1]) == place.mira.id
    assert [m.content for m in place.history()] == before
    assert await place.type("pause", by=place.ada) == "Paused. `/roundtable resume` goes on."
    assert await place.type("stop", by=place.ada) == "The table is closed."
    assert (await place.session()).status is Status.ENDED


async def test_a_paused_table_can_not_be_steered(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.type("pause")
    for command, options in NEEDS_A_RUNNING_TABLE:
        answer = await place.type(command, **options)
        assert answer == "The table is paused. `/roundtable resume` goes on.", command


async def test_pause_and_resume(place: SimulatedPlace) -> None:
    await place.type("start")
    assert await place.type("resume") == "The table is not paused."
    assert await place.type("pause") == "Paused. `/roundtable resume` goes on."
    assert place.said_by_bot[-1] == "-# ⏸ mira paused the table."
    assert await place.type("pause") == "The table is paused already. `/roundtable resume` goes on."
    await place.turn(3)
    assert len(place.spoken) == 1
    assert (await place.session()).status is Status.PAUSED
    assert await place.type("resume") == "Resumed."
    assert "-# ▶ mira resumed the table." in place.said_by_bot
    await place.turn()
    assert len(place.spoken) >= 2
    assert (await place.session()).status is Status.RUNNING


async def test_what_is_said_during_a_pause_is_heard_after_it(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    await place.type("pause")
    await place.otto.send(place.channel, "I bought a mill meanwhile.")
    await place.type("resume")
    await place.turn()
    assert "I bought a mill meanwhile." in llm.prompts[-1]


async def test_stop_ends_at_once_and_hands_out_the_minutes(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.turn()
    assert await place.type("stop") == "The table is closed."
    assert place.said_by_bot[-2:] == ["-# ⏹ mira ended the table.", CLOSED]
    assert place.history()[-1].attachments[0].filename == f"bread-{datetime.now(UTC):%Y-%m-%d}.md"
    await place.turn(2)
    assert len(place.spoken) == 2
    assert (await place.session()).status is Status.ENDED
    assert await place.type("stop") == NO_TABLE


async def test_stop_with_a_summary(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.turn()
    assert await place.type("stop", summary=True) == "The table closes with a summary."
    await place.turn()
    assert (len(place.spoken), len(place.summaries)) == (2, 1)
    assert place.said_by_bot[-2] == "-# ⏹ mira asks for the summary."
    assert place.said_by_bot[-1] == CLOSED
    assert (await place.session()).status is Status.ENDED


async def test_a_paused_table_can_be_stopped_with_a_summary(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.type("pause")
    assert await place.type("stop", summary=True) == "The table closes with a summary."
    await place.turn()
    assert place.summaries
    assert (await place.session()).status is Status.ENDED


async def test_status_is_for_everyone(place: SimulatedPlace) -> None:
    await place.type("start")
    lines = (await place.type("status", by=place.otto)).splitlines()
    spent = (await place.store.spending.of_session((await place.session()).id)).tokens
    assert lines == [
        "**The table is open.**",
        "Question 1 of 3: Who bakes?",
        "Turn 1 of 10. At the table: Aino, Ravi, Bo.",
        f"Tokens used: {spent:,} of 500,000.",
        f"Convened by <@{place.mira.id}>.",
    ]
    await place.type("pause")
    assert (await place.type("status", by=place.otto)).startswith("**The table is paused.**")


async def test_skip_passes_over_the_next_speaker(place: SimulatedPlace) -> None:
    await place.type("start")
    skipped = (await place.type("skip")).removesuffix(" is skipped this time.")
    assert f"-# mira skips {skipped} this time." in place.said_by_bot
    await place.turn()
    assert place.speakers[1] not in (skipped, place.speakers[0])
    steering = [s for _, s in (await place.record()).steerings() if isinstance(s, TurnSkipped)]
    assert [FULL_NAMES[s.name] for s in steering] == [skipped]


async def test_skip_also_works_when_a_new_question_comes_first(place: SimulatedPlace) -> None:
    place.bot.settings = place.bot.settings.model_copy(
        update={"discussion": Dials(pace=PACE, topic_every=1, topic_least=1)}
    )
    await place.type("start")
    assert (await place.type("skip")).endswith(" is skipped this time.")
    await place.turn()
    assert place.said_by_bot.count("❓ **Who pays?**") == 1
    assert f"-# mira skips {place.speakers[1]} this time." not in place.said_by_bot


async def test_skip_when_nobody_is_left_to_speak(place: SimulatedPlace) -> None:
    await place.type("start", turns=1)
    assert await place.type("skip") == "Nobody is about to speak: the table comes to its end."


async def test_ask_puts_a_question(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start")
    assert await place.type("ask") == "On the table now: Who pays?"
    assert await place.type("ask", question=" Who\nsweeps? ") == "On the table now: Who sweeps?"
    assert place.said_by_bot[-2:] == ["❓ **Who pays?**", "❓ **Who sweeps?**"]
    await place.turn()
    assert "The question on the table is: Who sweeps?" in llm.prompts[-1].rpartition("A note from the moderator")[2]
    assert "question 4 of 4" in words(place.panel)


async def test_ask_when_there_is_nothing_left_to_ask(place: SimulatedPlace) -> None:
    await place.type("start", question="Rye or wheat?")
    assert await place.type("ask") == "There is no other question on the agenda. Put one of your own."


async def test_the_floor_goes_to_whom_it_is_given(place: SimulatedPlace) -> None:
    await place.type("start")
    for name, full_name in [("aino", "Professor Aino Virtanen"), ("Bo", "Bo Lindqvist"), ("RAVI", "Ravi Menon")]:
        assert await place.type("floor", persona=name) == f"{full_name} speaks next."
        assert f"-# mira gives the floor to {full_name}." in place.said_by_bot
        await place.turn()
        assert full_name in place.speakers[-2:]
    given = [s.name for _, s in (await place.record()).steerings() if isinstance(s, FloorGiven)]
    assert given == ["Aino", "Bo", "Ravi"]
    assert await place.type("floor", persona="Zoe") == ("“Zoe” does not sit at this table. At it are Aino, Ravi, Bo.")


async def test_wrapup_leaves_three_turns_and_the_summary(place: SimulatedPlace) -> None:
    await place.type("start")
    assert await place.type("wrapup") == "3 more turns, then the summary."
    assert "-# mira asks the table to wrap up." in place.said_by_bot
    assert await place.type("wrapup") == "The table is wrapping up already."
    await place.turn(5)
    assert len(place.said) == 1 + 3 + 1
    assert (await place.session()).status is Status.ENDED


async def test_turns_can_be_changed(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.turn()
    assert await place.type("turns", turns=2) == (
        "2 turns have been taken already: name 3 or more. "
        "`/roundtable wrapup` leaves the closing turns only, and `/roundtable stop` ends the table."
    )
    assert await place.type("turns", turns=3) == "1 turn is left."
    assert "-# mira sets the discussion to 3 turns." in place.said_by_bot
    assert await place.type("turns", turns=5) == "3 turns are left."
    await place.turn(4)
    assert len(place.said) == 5 + 1
    assert (await place.session()).status is Status.ENDED


async def test_seats_come_and_go(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start", personas="Aino, Bo")
    assert await place.type("seat add", persona="Bo") == "Bo Lindqvist sits at this table already."
    assert await place.type("seat add", persona="Zoe") == "There is no persona called “Zoe”. There are: Aino, Ravi, Bo."
    assert await place.type("seat add", persona="Ravi") == "Ravi Menon has a seat."
    assert "-# Ravi Menon joins the table." in place.said_by_bot
    assert await place.type("seat remove", persona="Aino") == "Professor Aino Virtanen has left."
    assert "-# Professor Aino Virtanen leaves the table." in place.said_by_bot
    await place.turn(4)
    assert set(place.speakers[-4:]) == {"Ravi Menon", "Bo Lindqvist"}
    assert "Moderator: Ravi Menon joins the table. Ravi Menon" in llm.prompts[-1]
    await place.type("seat remove", persona="Ravi")
    assert await place.type("seat remove", persona="Bo") == (
        "Bo Lindqvist is the only one left to speak. `/roundtable stop` ends the table."
    )
    kinds = [type(s) for _, s in (await place.record()).steerings() if isinstance(s, SeatAdded | SeatRemoved)]
    assert kinds == [SeatAdded, SeatRemoved, SeatRemoved]


async def test_a_muted_persona_only_listens(place: SimulatedPlace) -> None:
    await place.type("start", personas="Aino, Bo, Ravi")
    assert await place.type("seat mute", persona="Bo") == "Bo Lindqvist only listens now."
    assert "-# mira asks Bo Lindqvist only to listen." in place.said_by_bot
    assert await place.type("seat mute", persona="Bo") == "Bo Lindqvist only listens already."
    await place.otto.send(place.channel, "Bo, what do you say?")
    await place.turn(3)
    assert "Bo Lindqvist" not in place.speakers[1:]
    assert await place.type("floor", persona="Bo") == (
        "Bo Lindqvist only listens. `/roundtable seat mute` with `muted:False` lets a persona speak again."
    )
    await place.type("seat mute", persona="Aino")
    assert await place.type("seat mute", persona="Ravi") == (
        "Ravi Menon is the only one left to speak. `/roundtable stop` ends the table."
    )
    assert await place.type("seat mute", persona="Bo", muted=False) == "Bo Lindqvist may speak again."
    assert await place.type("seat mute", persona="Bo", muted=False) == "Bo Lindqvist may speak already."
    await place.turn(2)
    assert "Bo Lindqvist" in place.speakers[-2:]
    assert len([s for _, s in (await place.record()).steerings() if isinstance(s, Muted)]) == 3


async def test_a_name_with_markdown_stays_a_name(place: SimulatedPlace) -> None:
    star = place.guild.add_member(place.env.create_user("star"), nick="**boss** _x_")
    await place.type("start", by=star)
    await place.type("pause", by=star)
    assert place.said_by_bot[-1] == r"-# ⏸ \*\*boss\*\* \_x\_ paused the table."


@pytest.mark.logs_errors
async def test_our_own_fault_is_answered_with_an_id_that_is_in_the_log(
    place: SimulatedPlace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.type("start")

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the drawer is stuck")

    monkeypatch.setattr(place.bot.supervisor, "pause", broken)
    answer = await place.type("pause")
    found = re.fullmatch(r"Something went wrong here, sorry\. Tell the host this id: ([0-9a-f]{6})\.", answer)
    assert found is not None
    logged = [r for r in caplog.records if found[1] in r.getMessage()]
    assert [str(r.exc_info[1]) for r in logged if r.exc_info] == ["the drawer is stuck"]
    assert "drawer" not in answer
    place.bot.settings = place.bot.settings.model_copy(
        update={"host_contact": "a_b@example.org", "privacy_url": "https://example.org/p"}
    )
    assert r"Tell the host (a\_b@example.org; privacy policy: <https://example.org/p>) this id: " in await place.type(
        "pause"
    )
