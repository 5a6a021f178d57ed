"""A debate: its sides, how its turns are spread, the floor's questions, and that all of it follows from the record."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.dials import Dials
from bot.discussion.model.polls import open_poll
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import (
    FloorGiven,
    Muted,
    PhaseBegun,
    PollOpened,
    QuestionTaken,
    SeatAdded,
    SeatRemoved,
    SidesDrawn,
    Steering,
    TurnsChanged,
    TurnSkipped,
    WrapUpCalled,
)
from bot.discussion.moderation.formats.debate_floor import QUESTION_FLAG
from bot.discussion.moderation.formats.debate_phases import floor_turns
from bot.discussion.moderation.formats.debate_sides import sides_fault
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Close, ClosePoll, Gather, Speak, Step, Summarise
from bot.discussion.prompts.prompt import Cue, build_prompt, transcript
from tests.support.recorded_debate import MOTION, RecordedDebate
from tests.support.recorded_table import names, persona


def debate(size: int = 4, turns: int = 10, **more: Any) -> RecordedDebate:
    """A debate between Ann, Ben and so on: `for` and `against` are as they were drawn."""
    cast = tuple(persona(name) for name in ("Ann", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gil", "Hal")[:size])
    return RecordedDebate(cast, dials=Dials(format="debate", turns=turns, wrap_up=2), **more)


def drawn(table: RecordedDebate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who speaks for and who against."""
    table.play_until(lambda step: isinstance(step, Speak))
    newest = [s for _, s in table.record.steerings() if isinstance(s, SidesDrawn)][-1]
    return newest.supporters, newest.opponents


def sides_of_turns(table: RecordedDebate) -> str:
    """Of each persona's turn the side: "+-+-"."""
    supporters, _ = drawn(table)
    return "".join("+" if name in supporters else "-" for name in table.spoken())


def spoken_by_phase(table: RecordedDebate) -> dict[str, int]:
    """How many persona turns each phase had."""
    counts, phase = Counter[str](), ""
    for turn in table.record:
        phase = turn.steering.name if isinstance(turn.steering, PhaseBegun) else phase
        counts[phase] += turn.kind == "persona"
    return dict(counts)


# --- how it goes ---


def test_a_debate_from_its_opening_to_its_end() -> None:
    table = debate(4, 10)
    kinds = [turn.kind for turn in table.record] if table.play() else []
    assert kinds[:7] == ["moderator", "moderator", *["position"] * 4, "result"]
    assert kinds[-7:] == ["moderator", *["ballot"] * 4, "result", "summary"]
    assert table.told()[0].startswith("Before anybody speaks, the motion is put to the vote")
    assert table.told()[1].startswith("For the motion: ")
    assert [line.split(":")[0] for line in table.told()[2:]] == [
        "The openings",
        "The rebuttals",
        "Questions from the floor",
        "The closings",
        "The debate is over, and the motion is put to the vote again.",
    ]
    polls = [s for _, s in table.record.steerings() if isinstance(s, PollOpened)]
    assert [poll.options for poll in polls] == [("For", "Against", "Undecided")] * 2


@pytest.mark.parametrize(
    ("size", "turns", "spread"),
    [
        (2, 1, {"openings": 1}),
        (2, 2, {"openings": 2}),
        (2, 3, {"openings": 2, "rebuttals": 1}),
        (2, 4, {"openings": 2, "closings": 2}),
        (3, 6, {"openings": 2, "rebuttals": 2, "closings": 2}),
        (3, 7, {"openings": 2, "rebuttals": 2, "floor": 1, "closings": 2}),
        (3, 10, {"openings": 2, "rebuttals": 4, "floor": 2, "closings": 2}),
        (4, 10, {"openings": 4, "rebuttals": 2, "floor": 2, "closings": 2}),
        (5, 12, {"openings": 4, "rebuttals": 4, "floor": 2, "closings": 2}),
        (6, 10, {"openings": 2, "rebuttals": 4, "floor": 2, "closings": 2}),
        (4, 20, {"openings": 4, "rebuttals": 8, "floor": 6, "closings": 2}),
    ],
)
def test_how_the_turns_are_spread(size: int, turns: int, spread: dict[str, int]) -> None:
    table = debate(size, turns)
    table.play()
    assert {phase: count for phase, count in spoken_by_phase(table).items() if count} == spread


def test_the_floor_has_half_of_what_lies_between_and_the_sides_as_many_rebuttals() -> None:
    assert [floor_turns(n) for n in range(11)] == [0, 0, 0, 1, 2, 1, 2, 3, 4, 3, 4]


@given(size=st.integers(2, 8), turns=st.integers(1, 30), seed=st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_the_sides_alternate_and_everybody_is_heard(size: int, turns: int, seed: int) -> None:
    table = debate(size, turns, seed=seed)
    table.play()
    supporters, opponents = drawn(table)
    assert abs(len(supporters) - len(opponents)) <= 1
    assert len(table.spoken()) == turns
    assert sides_of_turns(table) == ("+-" * turns)[:turns]
    if turns >= 2 * max(len(supporters), len(opponents)):
        assert set(table.spoken()) == {p.name for p in table.cast}
    # Of one side nobody speaks twice more than another.
    for side in (supporters, opponents):
        counts = [table.spoken().count(name) for name in side]
        assert max(counts) - min(counts) <= 1


# --- the sides ---


def test_the_lot_decides_and_always_in_the_same_way() -> None:
    found = {drawn(debate(4, seed=seed)) for seed in range(30)}
    assert len(found) > 5
    assert drawn(debate(4, seed=7)) == drawn(debate(4, seed=7))


@pytest.mark.parametrize(
    ("options", "sides"),
    [
        (("for: Ann, Dan", "against: Ben, Cleo"), ({"Ann", "Dan"}, {"Ben", "Cleo"})),
        (("Against: ann", "FOR : ben"), ({"Ben"}, {"Ann"})),
        (("for: Ann, Ben, Cleo",), ({"Ann", "Ben", "Cleo"}, {"Dan"})),
        (("for: Ann, Zoe", "against: Ben"), ({"Ann"}, {"Ben"})),
    ],
)
def test_sides_are_chosen_and_whoever_is_not_named_goes_to_the_smaller(
    options: tuple[str, ...], sides: tuple[set[str], set[str]]
) -> None:
    supporters, opponents = drawn(debate(4, options=options))
    assert sides[0] <= set(supporters)
    assert sides[1] <= set(opponents)
    assert len(supporters) + len(opponents) == 4


@pytest.mark.parametrize(
    ("size", "options", "why"),
    [
        (4, (), None),
        (4, ("for: Ann, Dan", "against: Ben"), None),
        (1, (), "A debate has two sides, and here is one speaker. Choose two personas or more."),
        (4, ("yes", "no"), "“yes” is no side of a debate. Write its options as for: Aino, Ravi | against: Bo"),
        (4, ("for: Ann", "against: Zoe"), "“Zoe” does not sit at this table. At it are Ann, Ben, Cleo, Dan."),
        (4, ("for: Ann", "against: Ann"), "Ann stands on both sides. Leave them on one."),
        (2, ("for: Ann, Ben",), "All of them speak for the motion. Leave somebody for the other side."),
    ],
)
def test_what_is_wrong_with_chosen_sides_is_said(size: int, options: tuple[str, ...], why: str | None) -> None:
    table = debate(size)
    assert sides_fault(options, table.cast) == why
    assert format_of(table.session).problem(table.session.task, table.cast) is None or size == 1


def test_who_joins_later_goes_to_the_smaller_side_and_the_table_is_told() -> None:
    table = debate(3)
    supporters, opponents = drawn(table)
    table.steer(SeatAdded(persona=persona("Zed")))
    smaller = "for" if len(supporters) < len(opponents) else "against"
    table.speak()
    assert f"Zed speaks {smaller} the motion." in table.told()
    table.play()
    assert "Zed" in table.spoken()


@pytest.mark.parametrize("steering", [Muted, SeatRemoved])
def test_a_side_of_which_nobody_can_speak_is_passed_over(steering: type[Muted] | type[SeatRemoved]) -> None:
    table = debate(2, 10)
    (supporter,), (opponent,) = drawn(table)
    table.speak(2)
    table.steer(steering(name=opponent))
    table.guest("Why not at noon?")
    table.play()
    # The question is answered still, and the closing given: there is nobody to rebut.
    assert sorted(table.spoken()[:2]) == sorted([supporter, opponent])
    assert table.spoken()[2:] == [supporter] * 2
    assert table.record.turns[-1].kind == "summary"


# --- what speakers are told ---


def test_what_each_speaker_is_told() -> None:
    table = debate(4, 10)
    (one, mate), (other, _) = drawn(table)
    assert table.next_note == (
        f"This is a debate, and the question is its motion. {one} speaks for the motion with {mate}, and argues that "
        f"side alone, whatever {one} holds otherwise. This is the opening: make your case, with the one reason that "
        f"weighs most for {one}."
    )
    table.speak()
    assert f"{other} speaks against the motion" in table.next_note
    table.speak(3)
    assert f"what {table.spoken()[-1]} said last for the other side" in table.next_note
    table.speak(4)
    assert "Bring no new argument." in table.next_note


def test_what_a_round_table_asks_for_is_left_out() -> None:
    table = debate(4, 20)
    table.dials = Dials(format="debate", turns=20, dissent_every=1, ask_every=1)
    steps = [step for step in table.play(lambda step, n: "Yes, I agree.") if isinstance(step, Speak)]
    assert len(steps) == 20
    for step in steps:
        assert step.cue == Cue(MOTION, note=step.cue.note)


def test_each_prompt_begins_with_the_one_before_and_tells_nobody_s_private_view() -> None:
    table, before = debate(4, 12), ""
    while not isinstance(step := table.step, Close):
        if isinstance(step, Speak | Summarise):
            prompt = build_prompt(table.session, table.record, step.persona, step.cue)
            assert prompt.transcript.startswith(before)
            assert "private view" not in prompt.text
            before = prompt.transcript
        table.take(step)
        if len(table.record) == 15:
            table.guest("Who lets them in?")
    supporters, opponents = drawn(table)
    told = f"Moderator: For the motion: {', '.join(supporters)}. Against the motion: {', '.join(opponents)}.\n"
    assert before.count(told) == 1


# --- the floor ---


def test_questions_wait_for_their_time_and_are_taken_in_order() -> None:
    table = debate(4, 20)
    drawn(table)
    first = table.guest("Who pays for it?", name="Zoe")
    table.guest("I like cats.", name="Kim")
    second = table.guest("And at noon？", name="Kim")
    while "instruction" not in table.next_note:
        assert table.next_note.endswith("What the audience has asked is answered later, not in this turn.")
        assert not [s for _, s in table.record.steerings() if isinstance(s, QuestionTaken)]
        table.speak()
    assert spoken_by_phase(table)["rebuttals"] == 8
    assert "Zoe of the audience has asked" in table.next_note
    table.play()
    taken = [s.question for _, s in table.record.steerings() if isinstance(s, QuestionTaken)]
    assert taken == [first.seq, second.seq]
    assert "Zoe has asked from the floor, and both sides answer." in table.told()


def test_both_sides_answer_a_question_and_whoever_was_asked_answers_alone() -> None:
    table = debate(4, 16)
    supporters, _ = drawn(table)
    table.speak(4)
    table.guest("Who pays for it?", name="Zoe")
    table.guest(f"{supporters[1]}, would you?", name="Kim")
    notes: list[tuple[str, str]] = []
    while not isinstance(step := table.step, Summarise):
        if isinstance(step, Speak) and "instruction: " in step.cue.note:
            notes.append((step.persona.name, step.cue.note.split("instruction: ")[1].split('"')[1]))
        table.take(step)
    (one, q1), (other, q2), (third, q3) = notes
    assert (q1, q2, q3) == ("Who pays for it?", "Who pays for it?", f"{supporters[1]}, would you?")
    assert {one in supporters, other in supporters} == {True, False}
    assert third == supporters[1]


def test_what_counts_as_a_question() -> None:
    table = debate(4, 20)
    supporters, _ = drawn(table)
    told = {
        "Nice weather.": False,
        "see https://example.com/?q=1 there": False,
        "Why?": True,
        "それは本当ですか": True,
        f"{supporters[0]}, that is wrong.": True,
    }
    asked = [table.guest(text) for text in told]
    plain = table.guest("Tell me about noon.")
    table.record.amend(plain.seq, flags=(QUESTION_FLAG,))
    table.record.amend(table.guest("Deleted?").seq, text="")
    table.play()
    taken = [s.question for _, s in table.record.steerings() if isinstance(s, QuestionTaken)]
    expected = [turn.seq for turn in asked if told[turn.text]] + [plain.seq]
    assert taken == expected[: len(taken)]
    assert len(taken) >= 3


def test_a_question_that_is_deleted_while_it_is_answered_is_dropped() -> None:
    table = debate(4, 20)
    drawn(table)
    table.speak(12)
    question = table.guest("Who pays?")
    assert '"Who pays?"' in table.next_note
    table.record.amend(question.seq, text="")
    assert "rebuttal" in table.next_note


def test_questions_without_an_answer_are_owned_up_to() -> None:
    table = debate(2, 7)
    drawn(table)
    for text in ("Why?", "When?", "Where?"):
        table.guest(text)
    table.play()
    assert any(line.endswith("2 questions from the floor stay without an answer.") for line in table.told())


# --- what people change ---


def test_wrap_up_goes_to_the_closings() -> None:
    table = debate(4, 20)
    table.speak(3)
    table.steer(WrapUpCalled())
    notes = [step.cue.note for step in table.play() if isinstance(step, Speak)]
    assert len(notes) == 2
    assert all("closing speech" in note for note in notes)


def test_a_limit_ends_the_speeches_at_once_and_the_audience_still_votes() -> None:
    table = debate(4, 20, after={1: 0})
    table.speak(3)
    table.steer(TurnsChanged(turns=3))
    steps = table.play()
    assert [type(step) for step in steps[1:]] == [Gather, ClosePoll, Summarise]
    assert table.result


def test_before_anybody_has_spoken_there_is_nothing_to_vote_on_or_sum_up() -> None:
    table = debate(4, 20)
    drawn(table)
    table.steer(TurnsChanged(turns=0))
    assert isinstance(table.step, Close)


def test_lengthened_in_its_closings_it_goes_back_to_rebuttals() -> None:
    table = debate(4, 10)
    table.speak(9)
    table.steer(TurnsChanged(turns=16))
    assert "rebuttal" in table.next_note
    notes = [step.cue.note for step in table.play() if isinstance(step, Speak)]
    assert len(table.spoken()) == 16
    assert ["closing speech" in note for note in notes[-3:]] == [False, True, True]
    assert [type(turn.steering) for turn in table.record].count(PollOpened) == 2


def test_lengthened_by_no_more_than_its_closings_it_begins_no_rebuttals() -> None:
    table = debate(4, 10)
    table.speak(9)
    table.steer(TurnsChanged(turns=11))
    assert "closing" in table.next_note


def test_stopped_in_its_first_vote_and_continued_it_holds_no_vote_that_nobody_can_cast() -> None:
    table = debate(4, 10)
    while open_poll(table.record) is None:
        table.take(table.step)
    table.steer(TurnsChanged(turns=6, goes_on=True))
    assert open_poll(table.record) is None
    assert not isinstance(table.step, ClosePoll | Gather)


def test_after_its_end_it_goes_on_to_another_vote() -> None:
    table = debate(4, 10, before={1: 0}, after={1: 1})
    table.play()
    table.steer(TurnsChanged(turns=14, goes_on=True))
    steps = table.play()
    assert len(names(steps)) == 4
    last = [step for step in steps if isinstance(step, Speak)][-1]
    assert "closing speech" in last.cue.note
    assert [turn.kind for turn in table.record].count("result") == 3
    assert "The side against the motion wins" in table.result
    closing = [step for step in steps if isinstance(step, ClosePoll)]
    assert closing[0].compared == next(t.seq for t, s in table.record.steerings() if isinstance(s, PollOpened))


def test_who_is_skipped_loses_the_turn_of_the_side() -> None:
    table = debate(4, 10)
    supporters, opponents = drawn(table)
    table.steer(TurnSkipped(name=supporters[0]))
    (spoke,) = table.speak()
    assert spoke == opponents[0]
    (spoke,) = table.speak()
    assert spoke == supporters[1]


def test_skipped_closings_end_the_debate() -> None:
    table = debate(2, 6)
    table.speak(4)
    for _ in range(2):
        step = table.play_until(lambda step: isinstance(step, Speak))
        assert isinstance(step, Speak)
        table.steer(TurnSkipped(name=step.persona.name))
    assert len(table.spoken()) == 4
    table.play()
    assert table.record.turns[-1].kind == "summary"
    assert len(table.spoken()) == 4


def test_the_floor_can_be_given_and_the_other_side_catches_up() -> None:
    table = debate(4, 20)
    supporters, opponents = drawn(table)
    table.speak(5)
    table.steer(FloorGiven(name=supporters[0]))
    assert table.speak() == [supporters[0]]
    assert sides_of_turns(table)[4:] == "++"
    table.speak(2)
    assert sides_of_turns(table)[4:] == "++--"
    assert opponents


# --- all of it follows from the record ---

STEERINGS: list[Steering] = [
    TurnsChanged(turns=16),
    WrapUpCalled(),
    SeatAdded(persona=persona("Zed")),
    Muted(name="Ben"),
    FloorGiven(name="Cleo"),
    TurnSkipped(name="Dan"),
    SeatRemoved(name="Ann"),
]


@pytest.mark.parametrize("seed", range(4))
def test_every_prefix_of_a_record_decides_what_was_decided(seed: int) -> None:
    table, dice = debate(4, 14, seed=seed, before={1: 0, 2: 2}, after={1: 1, 2: 2}), Random(seed)
    steerings, said = dice.sample(STEERINGS, 3), ["Why?", "Ann, really?", "Fine."]
    decided: list[tuple[int, Step]] = []
    while not isinstance(step := table.step, Close):
        decided.append((len(table.record), step))
        if steerings and dice.random() < 0.15:
            table.steer(steerings.pop())
        elif dice.random() < 0.2:
            table.guest(dice.choice(said))
        else:
            table.take(step, lambda step, number: "" if dice.random() < 0.1 else f"Point {number}.")
        assert len(table.record) < 150
    for length, step in decided:
        assert next_step(table.session, Record(table.record.turns[:length])) == step
    assert "result" in [turn.kind for turn in table.record]


def test_the_panel_tells_the_phase() -> None:
    table, told = debate(4, 10), []
    while not isinstance(step := table.step, Close):
        phase = format_of(table.session).phase(table.session, table.record)
        takes = format_of(table.session).takes_questions(table.session, table.record)
        if (phase, takes) not in told:
            told.append((phase, takes))
        table.take(step)
    assert told == [
        ("", True),
        ("vote before the debate", True),
        ("openings", True),
        ("rebuttals", True),
        ("questions from the floor", True),
        ("questions from the floor", False),
        ("closings", False),
        ("", False),
        ("vote after the debate", False),
    ]


def test_the_first_vote_is_told_to_nobody_before_the_end() -> None:
    table = debate(4, 10, before={1: 0, 2: 0, 3: 1})
    drawn(table)
    assert table.result == ""
    assert "vote" not in transcript(table.session, table.record)
