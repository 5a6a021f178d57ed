"""A position that a person has taken out, whenever that is: nobody reads it any more, and the votes stay."""

from collections.abc import Callable

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.memory import Memory
from bot.discussion.model.poll_words import asides
from bot.discussion.model.polls import Poll, polls
from bot.discussion.model.positions import positions
from bot.discussion.model.record import TAKEN_OUT
from bot.discussion.model.removal import positions_told_in, removal
from bot.discussion.model.steerings import PollClosed, PollOpened, PositionsRevealed, TurnsChanged
from bot.discussion.moderation.steps import Close, ClosePoll, Gather, Say, Speak, Step, Summarise
from bot.discussion.prompts.compaction import compaction
from bot.discussion.prompts.private_prompts import ballot_prompt
from bot.discussion.prompts.prompt import transcript
from bot.discussion.replies.stated import left_out
from bot.minutes.as_html import as_html
from bot.minutes.as_jsonl import as_jsonl
from bot.minutes.as_markdown import as_markdown
from tests.support.recorded_minutes import minutes_of
from tests.support.recorded_table import AINO, CAST, RecordedTable

VILE = "vile"


def proposing(*, vile: str = "Aino", others: str = "kind", options: tuple[str, ...] = ()) -> RecordedTable:
    """A council at which everybody has written something down, one something vile, and all of it was shown."""
    table = RecordedTable(options=options, dials=Dials(format="council", turns=2))
    while not (table.record.turns and isinstance(table.record.turns[-1].steering, PositionsRevealed)):
        step = table.step
        if isinstance(step, Gather):
            name = step.among[0].name
            table.answer(step, name, f"Be {VILE if name == vile else others}, says {name}.", 0 if options else None)
        else:
            table.take(step)
    return table


def go_on(table: RecordedTable, until: Callable[[Step], bool]) -> Step:
    while not until(step := table.step):
        if isinstance(step, Gather):
            ranking = list(range(len(step.options)))
            table.answer(step, step.among[0].name, "A", *ranking[: None if step.ranked else 1])
        else:
            table.take(step)
    return step


def take_out(table: RecordedTable, *names: str) -> None:
    seqs = [each.seq for each in positions(table.record) if each.name in names]
    for turn in removal(table.session, table.record, seqs).turns:
        table.record.put(turn)


def last_poll(table: RecordedTable) -> Poll:
    return polls(table.record)[-1]


def is_ballot(step: Step) -> bool:
    return isinstance(step, Gather) and step.kind == "ballot"


POINTS: list[Callable[[Step], bool]] = [
    lambda step: isinstance(step, Speak),
    lambda step: isinstance(step, Say) and isinstance(step.steering, PollOpened),
    is_ballot,
    lambda step: isinstance(step, ClosePoll),
    lambda step: isinstance(step, Speak) and bool(step.cue.flag),
    lambda step: isinstance(step, Summarise),
    lambda step: False,
]


@pytest.mark.parametrize("options", [(), ("yes", "no")])
@pytest.mark.parametrize("point", range(len(POINTS)))
def test_whenever_it_is_taken_out_nobody_reads_it_any_more(point: int, options: tuple[str, ...]) -> None:
    table = proposing(options=options)
    go_on(table, lambda step: POINTS[point](step) or isinstance(step, Close))
    take_out(table, "Aino")
    table.play()
    assert not [turn for turn in table.record if turn.kind != "position" and VILE in turn.text]
    assert VILE not in transcript(table.session, table.record)
    assert not [poll for poll in polls(table.record) if VILE in "".join(poll.options)]
    memory = Memory.of(table.session, table.record)
    assert memory is not None
    assert VILE not in memory.text
    minutes = minutes_of(table)
    for told in (as_markdown(minutes), as_jsonl(minutes), as_html(minutes, {})):
        assert VILE not in told
        assert "taken out" in told
    assert f"Aino{' (yes)' if options else ''}: {TAKEN_OUT}" in transcript(table.session, table.record)
    taken = next(each for each in positions(table.record) if each.name == "Aino")
    assert (taken.is_removed, taken.choice) == (True, 0 if options else None)
    assert table.record.turns[taken.seq - 1].text.startswith("Be vile"), "in the record, for whoever hosts the bot"


def test_what_was_taken_out_before_the_vote_is_not_voted_on() -> None:
    table = proposing()
    take_out(table, "Aino")
    go_on(table, is_ballot)
    assert sorted(last_poll(table).opened.by) == sorted(persona.name for persona in CAST if persona is not AINO)


def test_where_fewer_than_two_proposals_are_left_there_is_no_vote() -> None:
    table = proposing()
    take_out(table, *(persona.name for persona in CAST[1:]))
    table.play()
    assert polls(table.record) == []
    assert table.record.turns[-1].kind == "summary"


def test_where_nothing_is_left_the_table_is_told_that_it_was_taken_out() -> None:
    table = proposing()
    take_out(table, *(persona.name for persona in CAST))
    assert transcript(table.session, table.record).count(TAKEN_OUT) == len(CAST)


def test_an_option_of_an_open_vote_keeps_its_letter_and_its_votes() -> None:
    table = proposing()
    go_on(table, is_ballot)
    step = table.step
    assert isinstance(step, Gather)
    table.answer(step, step.among[0].name, "A", *range(len(step.options)))
    before = last_poll(table)
    take_out(table, "Aino")
    after = last_poll(table)
    at = before.opened.by.index("Aino")
    assert after.options == (*before.options[:at], TAKEN_OUT, *before.options[at + 1 :])
    assert (after.opened.by, after.ballots, after.points) == (before.opened.by, before.ballots, before.points)
    asked = table.step
    assert isinstance(asked, Gather)
    prompt = ballot_prompt(table.session, table.record, asked.among[0], asked.question, asked.options, ranked=True)
    assert VILE not in prompt.text


def test_a_result_keeps_its_counts_and_who_changed_their_mind() -> None:
    table = proposing()
    closing = go_on(table, lambda step: isinstance(step, ClosePoll))
    assert isinstance(closing, ClosePoll)
    at = last_poll(table).opened.by.index("Aino")
    table.close_poll(closing, *[at] * 20)
    before, told = last_poll(table), asides(last_poll(table), table.record)
    assert VILE in table.record.turns[-1].text.splitlines()[0]
    take_out(table, "Aino")
    after = last_poll(table)
    assert (after.points, after.winners, asides(after, table.record)) == (before.points, before.winners, told)
    first, *others = table.record.turns[-1].text.splitlines()
    assert first.endswith(f" points: Aino's proposal {TAKEN_OUT}.")
    assert any(line.startswith("Aino's proposal: ") for line in others)
    summing_up = go_on(table, lambda step: isinstance(step, Summarise))
    assert isinstance(summing_up, Summarise)
    assert summing_up.cue.states == after
    assert not left_out(f"Aino's proposal has won, with {max(after.points)} points.", after), "whose it was can be told"


def test_a_table_that_votes_once_more_does_so_on_what_is_left() -> None:
    table = proposing()
    table.play()
    take_out(table, "Ravi")
    table.steer(TurnsChanged(turns=3, goes_on=True))
    table.play()
    first, second = polls(table.record)
    assert TAKEN_OUT in first.options
    assert "Ravi" not in second.opened.by


def test_what_later_tables_are_told_of_a_result_changes_without_the_names_of_guests() -> None:
    table = proposing(vile="Aino", others="kind to Zoe Zander")
    table.guest("Hello, it is me.", name="Zoe Zander")
    table.play()
    (revealed,) = [turn for turn in table.record if isinstance(turn.steering, PositionsRevealed)]
    (taken,) = [each for each in positions(table.record) if each.name == "Aino"]
    left = removal(table.session, table.record, [taken.seq])
    assert {turn.kind for turn in left.turns} >= {"position", "moderator"}
    assert VILE not in "".join(left.kept.values())
    assert "Be kind to a guest" in left.kept[revealed.seq]


@pytest.mark.parametrize("options", [(), ("yes", "no")])
def test_what_stands_for_older_turns_is_told_anew(options: tuple[str, ...]) -> None:
    table = proposing(options=options)
    table.play()
    short = compaction(table.session, table.record, room=1200)
    assert short is not None
    table.steer(short)
    assert ("vile" in short.gist) == (not options), "a choice has no words of its own"
    take_out(table, "Aino")
    assert VILE not in transcript(table.session, table.record)
    assert "Be kind, says Ravi" in transcript(table.session, table.record) or options


def test_which_turns_tell_positions() -> None:
    def telling(table: RecordedTable) -> dict[type, list[str]]:
        told = {type(turn.steering): positions_told_in(table.record, turn) for turn in table.record}
        return {kind: [each.name for each in found] for kind, found in told.items() if found}

    everybody = [persona.name for persona in CAST]
    table = proposing()
    table.play()
    assert telling(table) == dict.fromkeys((PositionsRevealed, PollOpened, PollClosed), everybody)
    take_out(table, "Aino")
    assert telling(table)[PollOpened] == everybody, "so that it can be asked for once more"
    with_options = proposing(options=("yes", "no"))
    with_options.play()
    assert telling(with_options) == {PositionsRevealed: everybody}, "its vote is on the convener's words"
