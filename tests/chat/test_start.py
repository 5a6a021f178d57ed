"""Opening a table: its options, what is refused in words, where it may stand."""

import re
from typing import Any, get_args

import pytest
import simcord
from discord.app_commands import Choice, Command

from bot.chat.commands.answering.suggestions import complete_list, matching
from bot.chat.commands.opening.ordered_table import ordered, questions_in
from bot.chat.commands.roundtable_commands import RoundtableCommands
from bot.chat.rules.table_choices import EVERYONE, NOBODY, TableChoices
from bot.discussion.model.dials import Dials, TurnOrder
from bot.errors import UserError
from bot.library.catalogue import Catalogue
from bot.store.models import Status
from bot.store.server_settings import ServerSettings
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import CAST, CATALOGUE, TASKS
from tests.support.simulated_place import SimulatedPlace, honour_thread_id, words


async def test_the_options_are_what_is_discussed(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    answer = await place.type("start", question="  Rye\nor wheat? ", task="boats", personas="bo, Ravi Menon", turns=4)
    assert answer == "The table is open.\n4 turns on one question, then a summary."
    session = (await place.session()).session
    assert (session.task.name, session.task.questions) == ("boats", ("Rye or wheat?",))
    assert [p.name for p in session.cast] == ["Bo", "Ravi"]
    assert session.dials.turns == 4
    assert "Bo · Ravi" in words(place.card)
    assert "A harbour." in llm.prompts[0]
    assert "Aino" not in llm.prompts[0]


def test_a_format_comes_from_whoever_says_it_first() -> None:
    """The convener, the task, the server, the host."""
    bread, boats = TASKS
    council = boats.model_copy(update={"format": "council", "options": ("Sail", "Row")})
    catalogue = Catalogue(CAST, (bread, council))

    def made(host: str = "roundtable", server: str | None = None, **said: Any) -> tuple[str, tuple[str, ...], int]:
        table = ordered(TableChoices(**said), catalogue, ServerSettings(format=server), Dials(format=host))
        return table.dials.format, table.task.options, len(table.task.questions)

    assert made() == ("roundtable", (), 3)
    assert made(host="council") == ("council", (), 1)
    assert made(host="council", server="roundtable") == ("roundtable", (), 3)
    assert made(server="roundtable", task="boats") == ("council", ("Sail", "Row"), 1)
    assert made(format="roundtable", task="boats") == ("roundtable", (), 1)
    assert made(task="boats", options=("Swim", "Fly")) == ("council", ("Swim", "Fly"), 1)
    # They belong to the questions of the task.
    assert made(task="boats", questions=("Where to?",)) == ("council", (), 1)
    assert made(format="council", questions=("Where to?",), options=("a", "b")) == ("council", ("a", "b"), 1)
    assert made(format="council", options=("a", "b")) == ("council", ("a", "b"), 1)


async def test_a_table_of_another_format_says_so(place: SimulatedPlace) -> None:
    answer = await place.type("start", format="council", options=" a *park* |the library", turns=4)
    assert answer.startswith(
        "The table is open.\nA council is about one question, here the first; the other 2 are left out.\n4 turns on one"
    )
    session = (await place.session()).session
    assert (session.dials.format, session.task.options) == ("council", ("a *park*", "the library"))
    assert session.task.questions == ("Who bakes?",)
    card = words(place.card)
    assert "## Council: bread" in card
    assert r"What there is to choose from: a \*park\* · the library" in card
    assert "Council: Private positions first" in card
    for refused in (await place.type("ask"), await place.type("ask", question="Why?")):
        assert refused.startswith("A council is about one question. Open another table for another one.")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"format": "council", "options": "yes"}, "This is one option alone. Name 2 to 10."),
        ({"format": "council", "options": "yes||no"}, "One of the options is empty. Write something, or take it out."),
        ({"format": "council", "options": "|".join("abcdefghijk")}, "These are 11 options. Name up to 10."),
        ({"format": "council", "options": "yes|no|Yes"}, "The option “Yes” stands there twice. Take one of them out."),
        ({"format": "council", "options": "x" * 101 + "|no"}, "has 101 characters. Keep it to 100."),
        (
            {"options": "yes|no"},
            "A round table takes no options. Leave them out, or choose a format that does: coun",
        ),
    ],
)
async def test_options_nobody_can_choose_between(place: SimulatedPlace, options: dict[str, Any], sentence: str) -> None:
    assert sentence in await place.type("start", **options)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"personas": "Aino, Rafi"}, "There is no persona called “Rafi”. Did you mean “Ravi”?"),
        ({"personas": "Nobody"}, "There is no persona called “Nobody”. There are: Aino, Ravi, Bo."),
        ({"task": "boat"}, "There is no task called “boat”. Did you mean “boats”?"),
        ({"task": "zeppelins"}, "There is no task called “zeppelins”. There are: bread, boats."),
    ],
)
async def test_an_unknown_name_gets_a_hint(place: SimulatedPlace, options: dict[str, Any], sentence: str) -> None:
    assert await place.type("start", **options) == sentence
    assert place.history() == []


async def test_a_question_alone_is_a_table_of_its_own(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start", question="Should a town have a cat-curfew?", language="Suomi", turns=2)
    session = (await place.session()).session
    assert (session.task.context, session.task.questions) == ("", ("Should a town have a cat-curfew?",))
    assert session.task.language == "Suomi"
    assert words(place.card).startswith("## Should a town have a cat-curfew?\n")
    assert place.said_by_bot == [], "the question is not told twice"
    assert "bakery" not in llm.prompts[0]


async def test_a_brief_is_the_context_and_only_discords_own_files_are_fetched(
    place: SimulatedPlace, llm: ScriptedEndpoint
) -> None:
    place.bot.file_hosts = frozenset({"cdn.simcord.invalid"})
    brief = ("cats.md", b"# Cats\n\nThey [hunt](https://a.example) at night, discord.gg/cats.")
    assert await place.type("start", brief=brief) == (
        "Say what is to be discussed about the brief: with a `question`, or a `task` that has questions."
    )
    for file, sentence in (
        (("big.txt", b"x" * 200_001), "big.txt has 201 kB; I take up to 200 kB. Attach a smaller one."),
        (("cats.exe", b"MZ"), "cats.exe: is neither text nor Markdown nor a PDF."),
    ):
        assert (await place.type("start", question="Why?", brief=file)).startswith(sentence)
    place.bot.file_hosts = type(place.bot).file_hosts
    answer = await place.type("start", question="Why?", brief=brief)
    assert answer == "cats.md does not lie at Discord, and I fetch nothing from elsewhere. Attach it as a file."
    assert place.history() == []
    place.bot.file_hosts = frozenset({"cdn.simcord.invalid"})
    await place.type("start", question="Curfew? | Bells?", task="boats", brief=brief)
    task = (await place.session()).session.task
    assert (task.name, task.questions) == ("boats", ("Curfew?", "Bells?"))
    assert "They [hunt] (https://a.example) at night, (no invites)." in llm.prompts[0]
    assert "harbour" not in llm.prompts[0]


@pytest.mark.parametrize(
    ("denied", "whose", "sentence"),
    [
        ("create_public_threads", "bot", "I am missing **Create Public Threads** in this channel."),
        ("send_messages_in_threads", "bot", "I am missing **Send Messages in Threads** in this channel."),
        ("create_public_threads", "mira", "You may not open threads in this channel, so I can't do that for you."),
        ("send_messages_in_threads", "mira", "You may not write in this channel, so I can't do that for you here."),
    ],
)
async def test_a_new_thread_needs_permissions_of_its_own(
    place: SimulatedPlace, denied: str, whose: str, sentence: str
) -> None:
    place.deny(denied) if whose == "bot" else place.forbid(place.mira, denied)
    assert (await place.type("start", question="Why?", thread=True)).startswith(sentence)
    assert place.history() == []


async def test_a_table_in_a_new_thread(place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    honour_thread_id(monkeypatch)
    answer = await place.type("start", question="Rye or wheat? " + "x" * 100, thread=True, turns=1)
    (thread,) = [c for c in place.env.backend.channels.values() if c.parent_id == place.channel.id]
    assert answer.startswith(f"The table is open in <#{thread.id}>.")
    assert (thread.name or "").startswith("Rye or wheat?")
    assert len(thread.name or "") <= 100
    there = place.elsewhere_thread(thread)
    await there.turn(2)
    assert (await there.session()).status is Status.ENDED
    assert (len(there.spoken), len(there.summaries)) == (1, 1)
    # The line by which the channel tells of the thread shows nothing of the table in the channel.
    await place.type("start", turns=1)
    assert (await place.session()).place_id == place.channel.id
    assert place.card
    assert await there.type("start", thread=True) == (
        "A thread has no threads of its own. Open the table in it itself, or in a thread of a text channel."
    )


@pytest.mark.parametrize(
    ("typed", "questions"),
    [
        ("", ()),
        ("  Rye\nor wheat? ", ("Rye or wheat?",)),
        ("Rye? | Wheat?|Rye?", ("Rye?", "Wheat?")),
        ("| |", ()),
        ("1. Rye? | 2. Wheat?", ("Rye?", "Wheat?")),
        ("1984: still relevant?", ("1984: still relevant?",)),
    ],
)
def test_several_questions_are_parted(typed: str, questions: tuple[str, ...]) -> None:
    assert questions_in(typed) == questions


def test_questions_one_a_line() -> None:
    assert questions_in("- Rye?\n- Wheat?\n\nWho\tbakes?", are_lines=True) == ("Rye?", "Wheat?", "Who bakes?")
    with pytest.raises(UserError, match="has 301 characters; it may have 300"):
        questions_in("x" * 301)
    with pytest.raises(UserError, match="These are 21 questions; a table can take 20"):
        questions_in("|".join(f"Why {n}?" for n in range(21)))


def test_what_a_server_has_set_holds_where_nothing_is_said() -> None:
    """Its task is for whoever brings no question."""
    server = ServerSettings(task="boats", cast="Bo, Ravi", turns=7, pace=20, language="Suomi", chimers=5)

    def table(server: ServerSettings = server, **said: Any) -> tuple[Any, ...]:
        made = ordered(TableChoices(**said), CATALOGUE, server, Dials(turns=9, pace=5))
        names = [persona.name for persona in made.cast]
        return made.task.name, names, made.dials.turns, made.dials.pace, made.task.language, made.chimers

    everyone = ["Aino", "Ravi", "Bo"]
    assert table() == ("boats", ["Bo", "Ravi"], 7, 20, "Suomi", 5)
    assert table(questions=("Why?",)) == ("Why?", ["Bo", "Ravi"], 7, 20, "Suomi", 5)
    assert table(task="bread", personas="everyone", turns=3, language="Dansk", chimers=EVERYONE) == (
        *("bread", everyone, 3, 20, "Dansk", None),
    )
    assert table(ServerSettings()) == ("bread", everyone, 9, 5, "", None)
    assert table(ServerSettings(), chimers=NOBODY)[-1] == 0
    with pytest.raises(
        UserError, match=r"no task called “gone”.*It is this server's default: `/roundtable settings task"
    ):
        table(ServerSettings(task="gone"))


async def test_a_limit_of_time_that_ends_the_table_early_is_named(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place.bot.supervisor, "expected_turns", lambda session: 98)
    place.bot.settings = place.bot.settings.model_copy(update={"limit_session_minutes": 50})
    assert (await place.type("start", turns=200)).splitlines()[2] == (
        "200 turns take more than the 50 minutes that a table may last here: expect about 98, then the summary. "
        "Whoever hosts me can change that (LIMIT_SESSION_MINUTES)."
    )


async def test_a_limit_that_leaves_no_tokens_for_the_votes_of_a_format_is_named(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for expected, told in (
        (8, "20 turns take more than the 500,000 tokens that a table may use here: expect about 8, then the summary, "
         "with few of the personas' votes. Whoever hosts me can change that (LIMIT_SESSION_TOKENS)."),
        (20, "20 turns and the personas' votes behind them take more than the 500,000 tokens that a table may use "
         "here: expect that some of them will not vote. Whoever hosts me can change that (LIMIT_SESSION_TOKENS)."),
    ):  # fmt: skip
        monkeypatch.setattr(place.bot.supervisor, "expected_turns", lambda session, expected=expected: expected)
        answer = await place.type("start", turns=20, format="council")
        assert told in answer.splitlines()
        await place.type("stop")


async def test_a_blank_question_is_none(place: SimulatedPlace) -> None:
    await place.type("start", question="   ")
    assert (await place.session()).session.task.questions == ("Who bakes?", "Who pays?", "Who eats?")


async def test_one_table_per_channel(place: SimulatedPlace) -> None:
    await place.type("start", turns=1)
    taken = "There is a table in this channel already."
    assert await place.type("start") == f"{taken} `/roundtable stop` ends it."
    assert await place.type("start", by=place.otto) == (
        f"{taken} You can chime in there, look at earlier ones with `/roundtable history`, or open yours in a thread "
        "or in another channel."
    )
    await place.turn(2)
    assert (await place.session()).status is Status.ENDED
    assert (await place.type("start", by=place.otto)).startswith("The table is open.")


async def test_the_answer_says_how_many_questions_are_covered(place: SimulatedPlace) -> None:
    lines = (await place.type("start", turns=200)).splitlines()
    assert lines[:2] == ["The table is open.", "200 turns will cover all 3 questions, then comes a summary."]
    assert re.fullmatch(
        r"200 turns take more than the 500,000 tokens that a table may use here: expect about 1\d\d, "
        r"then the summary\. Whoever hosts me can change that \(LIMIT_SESSION_TOKENS\)\.",
        lines[2],
    )
    await place.type("stop")
    assert (await place.type("start", turns=1)).splitlines()[1] == (
        "1 turn will cover 1 of the 3 questions, then comes a summary."
    )


async def test_a_table_in_a_thread(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch, llm: ScriptedEndpoint
) -> None:
    honour_thread_id(monkeypatch)
    thread = place.make_thread("about bread")
    await thread.type("start", turns=2)
    await thread.otto.send(thread.channel, "The pigeons!", reply_to=thread.spoken[0])
    await thread.turn(3)
    assert len(thread.said) == 3
    assert thread.speakers[0] == thread.speakers[1]
    assert "The pigeons!" in llm.prompts[-1]
    assert thread.history()[-1].attachments
    assert place.spoken == []
    assert len(thread.env.backend.webhooks) == 1


async def test_a_table_in_a_forums_post(place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    honour_thread_id(monkeypatch)
    post = place.elsewhere(place.guild.create_forum_channel("ideas")).make_thread("a second oven")
    await post.type("start", turns=1)
    await post.turn(2)
    assert len(post.said) == 2
    assert (await post.session()).status is Status.ENDED


async def test_a_table_of_one(place: SimulatedPlace) -> None:
    await place.type("start", personas="Bo, bo ,BO", turns=2)
    await place.turn(3)
    assert place.speakers == ["Bo Lindqvist"] * 2
    assert place.summaries
    assert (await place.session()).status is Status.ENDED


async def test_a_thread_needs_its_own_permission(place: SimulatedPlace) -> None:
    thread = place.make_thread("about bread")
    place.deny("send_messages_in_threads")
    assert (await thread.type("start")).startswith("I am missing **Send Messages in Threads** in this channel.")


async def test_a_channel_and_its_thread_share_one_webhook(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    honour_thread_id(monkeypatch)
    thread = place.make_thread("about bread")
    await place.type("start", turns=1)
    await thread.type("start", turns=1)
    await place.turn(2)
    assert (len(place.said), len(thread.said)) == (2, 2)
    assert len(place.env.backend.webhooks) == 1


async def test_a_webhook_of_ours_that_is_there_already_is_taken(place: SimulatedPlace) -> None:
    hook = place.guild.create_webhook(place.channel, "Roundtable")
    await place.type("start", turns=1)
    assert {m.webhook_id for m in place.spoken} == {hook.id}


@pytest.mark.parametrize(
    ("floor", "said"),
    [
        ("natural", None),
        ("round_robin", "one after the other, in seating order"),
        ("random", "by lot, but never the same twice in a row"),
        ("moderator", "whom the model chooses, each time"),
    ],
)
async def test_the_floor_is_chosen_and_the_card_tells_one_that_is_not_the_usual(
    place: SimulatedPlace, floor: str, said: str | None
) -> None:
    await place.type("start", floor=floor, turns=3)
    assert (await place.session()).session.dials.floor == floor
    assert (f"**Who speaks next:** {said}." in words(place.card)) is (said is not None)


def test_each_floor_that_is_offered_says_what_it_does() -> None:
    start = next(command for command in RoundtableCommands().commands if command.name == "start")
    assert isinstance(start, Command)
    floor = start.get_parameter("floor")
    assert floor
    offered = {choice.value: choice.name for choice in floor.choices}
    assert set(offered) == set(get_args(TurnOrder))
    assert offered["round_robin"] == "round robin: one after the other, in seating order"
    assert all(len(name) <= 100 for name in offered.values())  # as long as Discord lets a choice's name be


async def test_a_round_robin_goes_round_and_still_answers_guests(place: SimulatedPlace) -> None:
    await place.type("start", floor="round_robin", turns=6)
    await place.turn(1)
    await place.otto.send(place.channel, "Aino, is rye better?")
    await place.turn(3)
    names = [name.split()[-1] for name in place.speakers[:5]]
    assert names == ["Virtanen", "Menon", "Virtanen", "Menon", "Lindqvist"]


async def test_at_a_moderators_table_the_model_chooses_and_the_channel_does_not_see_it(
    place: SimulatedPlace, llm: ScriptedEndpoint
) -> None:
    llm.enqueue("Bo", llm.sentence(), "Ravi", llm.sentence())
    await place.type("start", floor="moderator", turns=2)
    await place.turn(2)
    assert place.speakers[:2] == ["Bo Lindqvist", "Ravi Menon"]
    assert not any(text in ("Bo", "Ravi") for text in place.said_by_bot)


@pytest.mark.parametrize("kind", ["news", "voice"])
async def test_a_table_where_people_can_write(place: SimulatedPlace, kind: str) -> None:
    create = {"news": place.guild.create_news_channel, "voice": place.guild.create_voice_channel}[kind]
    there = place.elsewhere(create("elsewhere"))
    await there.type("start", turns=1)
    assert len(there.spoken) == 1


async def test_suggestions_for_a_task(place: SimulatedPlace) -> None:
    offered = await place.mira.autocomplete(place.channel, "roundtable start", "task", "BOA")
    assert [c["value"] for c in offered] == ["boats"]


async def test_suggestions_complete_the_last_persona(place: SimulatedPlace) -> None:
    async def offered(typed: str) -> list[str]:
        found = await place.mira.autocomplete(place.channel, "roundtable start", "personas", typed)
        return [c["value"] for c in found]

    assert await offered("") == ["everyone", "Aino", "Ravi", "Bo"]
    assert await offered("Bo, a") == ["Bo, Aino"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["Kaede", "Otto", "Zoë"]),
        ("  ", ["Kaede", "Otto", "Zoë"]),
        (",", ["Kaede", "Otto", "Zoë"]),
        ("Ka", ["Kaede"]),
        ("Kaede", ["Kaede", "Kaede, Otto", "Kaede, Zoë"]),
        ("Kaede, Ot", ["Kaede, Otto"]),
        ("Kaede,", ["Kaede, Otto", "Kaede, Zoë"]),
        ("Kaede, Otto", ["Kaede, Otto", "Kaede, Otto, Zoë"]),
        ("kaede; o", ["kaede, Otto"]),
        ("Kaede、OT", ["Kaede, Otto"]),
        ("zoe", ["Zoë", "Zoë, Kaede", "Zoë, Otto"]),
        ("Zoe, k", ["Zoe, Kaede"]),
        ("Zoe,", ["Zoe, Kaede", "Zoe, Otto"]),
        ("Kaede, zz", []),
    ],
)
def test_suggestions_complete_the_last_of_a_list(typed: str, offered: list[str]) -> None:
    assert [choice.value for choice in complete_list(typed, ["Kaede", "Otto", "Zoë"])] == offered


def test_suggestions_stay_within_discords_limits() -> None:
    names = [f"Persona {n}" for n in range(60)]
    assert len(complete_list("", names, first=[Choice(name="everyone", value="everyone")])) == 25
    assert len(complete_list("Persona 1", names)) == 25
    assert len(matching("", names)) == 25
    assert all(len(c.value) <= 100 for c in complete_list(", ".join(names[:9]) + ", P", names))


async def test_suggestions_for_the_seats(place: SimulatedPlace) -> None:
    await place.type("start", personas="Aino, Bo")

    async def offered(command: str, typed: str = "") -> list[str]:
        found = await place.mira.autocomplete(place.channel, f"roundtable {command}", "persona", typed)
        return [c["value"] for c in found]

    for command in ("floor", "seat remove", "seat mute"):
        assert await offered(command) == ["Aino", "Bo"]
    assert await offered("seat add") == ["Ravi"]
    assert await offered("floor", "in") == ["Aino"]


async def test_the_commands_are_for_servers_only(place: SimulatedPlace) -> None:
    assert "roundtable start" not in place.mira.user.available_commands()
    with pytest.raises(simcord.SetupError):
        await place.mira.user.slash("roundtable start")


@pytest.mark.parametrize("message_content", [False], indirect=True)
async def test_without_message_content_start_says_so(place: SimulatedPlace) -> None:
    answer = await place.type("start")
    assert "I can't read ordinary messages on this server." in answer
    assert "`/roundtable say`" in answer
    assert "`/roundtable say`" in words(place.card)
