"""What the audience made of a turn: which reactions say so, and that the next speaker is told once, in one clause."""

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.reactions import says
from bot.discussion.model.steerings import AudienceReacted, Compaction, FloorGiven, QuestionPut, TurnSkipped
from bot.discussion.moderation.audience import clause, to_be_noted, waiting
from bot.discussion.moderation.moderator import still_fits
from bot.discussion.moderation.steps import Choose, Speak
from bot.discussion.prompts.prompt import build_prompt, transcript
from tests.support.recorded_table import AINO, MIRA, RAVI, RecordedTable, table_of


@pytest.mark.parametrize(
    ("emoji", "says_so"),
    [
        *((liked, True) for liked in ("👍", "👍🏽", "❤️", "❤", "❤️‍🔥", "🔥", "👏🏿", "💯", "😂", "🎉", "✔️", "⬆️")),
        *((disliked, False) for disliked in ("👎", "👎🏻", "🙅‍♀️", "🤦🏾‍♂️", "❌", "✖️", "🥱", "🤮")),
        *((nothing, None) for nothing in ("🤔", "😮", "😢", "👋", "👀", "🇫🇮", "1️⃣", "🤷‍♂️", "⏳", "", "like")),
    ],
)
def test_an_emoji_says_one_thing_whatever_it_looks_like(emoji: str, says_so: bool | None):
    assert says(emoji) is says_so


def test_a_servers_own_emoji_says_what_it_is_called_if_that_is_plain():
    assert [says(name, is_custom=True) for name in ("Thumbs_Up", "upvote~1", "plus_one")] == [True] * 3
    assert [says(name, is_custom=True) for name in ("downvote", "ThumbsDown")] == [False] * 2
    assert [says(name, is_custom=True) for name in ("bread", "likeness", "👍", "")] == [None] * 4


def spoken() -> RecordedTable:
    """Four have spoken: turns 2 to 5."""
    table = RecordedTable(dials=Dials(turns=50, dissent_every=0, ask_every=1000, topic_every=1000))
    table.steer(QuestionPut(question="Who bakes?"))
    table.say("Aino", 'She said "rye", and rye it is:\nnobody else here\n has ever kept a sourdough alive for a year.')
    for name in ("Ravi", "Mira", "Tomás"):
        table.say(name)
    return table


def noted(table: RecordedTable, counts: dict[int, tuple[int, int]]) -> AudienceReacted | None:
    """What is noted, and stands in the record then."""
    reacted = to_be_noted(table.record, counts)
    if reacted:
        table.steer(reacted)
    return reacted


def tails(table: RecordedTable) -> list[str]:
    """What each of the next speakers would be told, and how the turn after that begins."""
    found: list[str] = []
    for _ in range(2):
        step = table.step
        assert isinstance(step, Speak)
        found.append(build_prompt(table.session, table.record, step.persona, step.cue).tail)
        table.take(step)
    return found


def test_the_next_speaker_is_told_once_and_the_transcript_never():
    table = spoken()
    before = transcript(table.session, table.record)
    assert noted(table, {2: (3, 0)}) == AudienceReacted(seq=2, liked=3, disliked=0)
    assert transcript(table.session, table.record) == before
    told, later = tails(table)
    words = "She said 'rye', and rye it is: nobody else here has ever kept a sourdough alive…"
    assert told.count(f'The audience liked Aino\'s point "{words}".') == 1
    assert told.count("audience") == 1
    assert "audience" not in later
    assert noted(table, {2: (9, 4)}) is None, "whoever reacts later is not told of again"


@pytest.mark.parametrize(
    ("count", "says_so"),
    [
        ((1, 0), "Somebody in the audience liked"),
        ((0, 1), "Somebody in the audience did not like"),
        ((2, 1), "The audience liked"),
        ((1, 2), "The audience did not like"),
        ((1, 1), "The audience is divided over"),
        ((5, 3), "The audience is divided over"),
    ],
)
def test_what_people_made_of_it_is_told_as_it_is(count: tuple[int, int], says_so: str):
    table = spoken()
    noted(table, {3: count})
    assert clause(table.record, MIRA) == f'{says_so} Ravi\'s point "Point 3 of Ravi.".'
    assert clause(table.record, RAVI) == f'{says_so} your point "Point 3 of Ravi.".'


def test_one_turn_at_a_time_that_with_most_people_first():
    table = spoken()
    counts = {2: (1, 0), 3: (1, 2), 4: (1, 0), 5: (0, 0)}
    seen: list[int] = []
    for _ in range(5):
        reacted = noted(table, counts)
        assert noted(table, counts) is None, "one waits to be told"
        seen += [reacted.seq] if reacted else []
        table.say("Tomás")
    assert seen == [3, 4, 2]


def test_only_what_stands_in_prompts_is_told_of():
    table = spoken()
    table.say("Mira", "")
    table.guest("Hear, hear!")
    everything: dict[int, tuple[int, int]] = dict.fromkeys(range(-1, 12), (1, 0))
    table.record.amend(5, withheld=True)
    table.steer(Compaction(upto=3, gist="They spoke of rye."))
    assert noted(table, everything) == AudienceReacted(seq=4, liked=1, disliked=0)
    # A person takes the turn out before anybody was told.
    table.record.amend(4, withheld=True)
    assert clause(table.record, AINO) is None
    assert waiting(table.record) is None
    assert noted(table, everything) is None


def test_what_is_noted_changes_nothing_else():
    table = spoken()
    before = table.step
    assert isinstance(before, Speak)
    heard, revision = table.record.last_seq, table.record.revision
    noted(table, {2: (1, 0)})
    assert still_fits(table.session, table.record, heard=heard, revision=revision)
    after = table.step
    assert isinstance(after, Speak)
    assert (after.persona, after.cue.turns_left) == (before.persona, before.cue.turns_left)
    # Whoever is skipped was not told; whoever speaks instead is.
    table.steer(TurnSkipped(name=after.persona.name), FloorGiven(name="Mira"))
    step = table.step
    assert isinstance(step, Speak)
    assert step.persona.name == "Mira"
    assert step.cue.audience == after.cue.audience


def test_the_models_choice_stands_when_something_is_noted_behind_it():
    table = table_of("Ada", "Ben", "Cal", floor="moderator")
    table.say("Ada")
    assert isinstance(table.step, Choose)
    table.take(table.step)
    noted(table, {2: (1, 0)})
    assert isinstance(table.step, Speak)
