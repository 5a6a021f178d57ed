"""A council by its rules alone: what follows what, whoever comes, goes, abstains or wants it to end."""

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import open_poll, polls
from bot.discussion.model.positions import positions
from bot.discussion.model.record import MINORITY_FLAG, Record, speakers
from bot.discussion.model.steerings import (
    Muted,
    PollCut,
    PollOpened,
    PositionsRevealed,
    SeatAdded,
    SeatRemoved,
    TurnsChanged,
    TurnSkipped,
    WrapUpCalled,
)
from bot.discussion.moderation.agenda import is_to_sum_up
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Close, ClosePoll, Gather, Say, Speak, Step, Summarise
from bot.discussion.prompts.prompt import build_prompt, transcript
from bot.discussion.replies.stated import left_out
from bot.sessions.delivery.status import who_is_next
from tests.support.recorded_table import CAST, MIRA, RAVI, RecordedTable, persona

S = TypeVar("S")
YES_NO = ("yes", "no", "it depends")
CHOICE = "In the end the table chooses “yes”, “no” or “it depends” by a vote. "


def council(*, options: Sequence[str] = (), seed: int = 1, turns: int = 3) -> RecordedTable:
    return RecordedTable(seed=seed, options=tuple(options), dials=Dials(format="council", turns=turns))


def go_on_until(table: RecordedTable, kind: type[S]) -> S:
    """Take steps until one of this kind comes next."""
    while not isinstance(step := table.step, kind):
        assert not isinstance(step, Close)
        table.take(step)
    return step


def until_ballot(table: RecordedTable) -> Gather:
    while not (isinstance(step := table.step, Gather) and step.kind == "ballot"):
        table.take(step)
    return step


def vote(table: RecordedTable, **ballots: tuple[int, ...]) -> None:
    """Everybody votes: as is said here, else for the first option."""
    step = until_ballot(table)
    whole = range(len(step.options) if step.ranked else 1)
    for voter in step.among:
        table.answer(step, voter.name, "A", *ballots.get(voter.name, whole))


def kinds(record: Record) -> list[str]:
    return [turn.kind for turn in record]


def test_the_course_of_a_council() -> None:
    table = council(options=YES_NO)
    vote(table, Ravi=(1,))
    table.take(table.step)
    table.play()
    cast = len(CAST)
    assert kinds(table.record) == [
        *["moderator", *["position"] * cast, "moderator", *["persona"] * 3],
        *["moderator", *["ballot"] * cast, "result", "persona", "summary"],
    ]
    report = table.record.turns[-2]
    assert (report.speaker, report.flags) == ("Ravi", (MINORITY_FLAG,))
    assert len(table.record.persona_turns()) == 3  # it is outside the clock
    assert isinstance(table.step, Close)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([(), YES_NO, ("a", "b")]), st.integers(1, 4))
def test_whatever_happens_a_council_ends_and_decides_the_same_again(
    chance: int, options: tuple[str, ...], turns: int
) -> None:
    rng = Random(chance)
    table = council(options=options, seed=rng.randrange(1000), turns=turns)
    joins = [persona("Zuri"), persona("Ilse")]
    decided: list[tuple[int, Step]] = []
    for _ in range(120):
        decided.append((table.record.last_seq, step := table.step))
        if isinstance(step, Close):
            break
        if rng.random() < 0.15:
            disturb(table, rng, joins)
            continue
        match step:
            case Gather():
                who = rng.choice(step.among)
                size = len(step.options)
                ranking = rng.sample(range(size), size)[: size if step.ranked else 1]
                table.answer(
                    step, who.name, f"{who.name} says {rng.random()}", *(ranking if rng.random() < 0.8 else ())
                )
            case ClosePoll():
                table.close_poll(step, *rng.choices(range(2), k=rng.randrange(4)))
            case _:
                table.take(step)
    assert isinstance(table.step, Close)
    # Killed after any turn, it decides from what is stored what it would have decided.
    for length, step in decided:
        assert next_step(table.session, Record(table.record.turns[:length])) == step
    for poll in polls(table.record):
        assert sum(poll.together) == sum(bool(ranking) for ranking in poll.ballots.values()) + sum(poll.people)
        assert 2 <= len(poll.options) <= 10
        assert sorted(set(poll.opened.by)) == sorted(poll.opened.by)
    assert sum(MINORITY_FLAG in turn.flags for turn in table.record) <= 1
    assert kinds(table.record).count("summary") <= 1


def disturb(table: RecordedTable, rng: Random, joins: list[Persona]) -> None:
    """Somebody comes, goes, only listens, speaks up or wants the table to come to its end."""
    there = speakers(table.session, table.record)
    acts = [lambda: table.guest("Hear me out.")]
    if len(there) > 1:
        acts += [lambda: table.steer(SeatRemoved(name=rng.choice(there).name))]
        acts += [lambda: table.steer(Muted(name=rng.choice(there).name))]
    if joins:
        acts += [lambda: table.steer(SeatAdded(persona=joins.pop()))]
    if not format_of(table.session).refusal("wrap_up", table.session, table.record):
        acts += [lambda: table.steer(WrapUpCalled())]
    if open_poll(table.record):
        acts += [lambda: table.steer(PollCut())]
    acts += [lambda: table.steer(TurnsChanged(turns=len(table.record.persona_turns())))]
    rng.choice(acts)()


def test_whoever_has_called_for_the_end_before_a_vote_may_do_so_again_while_it_is_open() -> None:
    table = council(options=YES_NO)
    while not table.record.persona_turns():
        step = table.step
        table.answer(step, step.among[0].name, "No.", 0) if isinstance(step, Gather) else table.take(step)
    assert not is_to_sum_up(table.record)
    table.steer(TurnsChanged(turns=1))
    assert is_to_sum_up(table.record)
    while open_poll(table.record) is None:
        table.take(table.step)
    assert not is_to_sum_up(table.record), "it would leave out the minority report as well"
    table.steer(TurnsChanged(turns=1))
    assert is_to_sum_up(table.record)


def test_everybody_writes_a_position_before_anybody_reads_one() -> None:
    table = council()
    go_on_until(table, Gather)
    asked = [persona.name for persona in CAST]
    for name in asked:
        step = table.step
        assert isinstance(step, Gather)
        assert step.kind == "position"
        assert name in [persona.name for persona in step.among]
        table.answer(step, name, f"The plan of {name}.")
        assert "The plan of" not in transcript(table.session, table.record)
    assert isinstance(table.step, Say)
    table.take(table.step)
    told = transcript(table.session, table.record)
    assert all(f"{name}: The plan of {name}." in told for name in asked)


def test_whoever_joins_before_the_reveal_is_asked_and_whoever_leaves_is_not() -> None:
    table = council()
    step = go_on_until(table, Gather)
    table.answer(step, "Aino", "A plan.")
    table.steer(SeatRemoved(name="Ravi"), Muted(name="Mira"), SeatAdded(persona=persona("Zuri")))
    step = table.step
    assert isinstance(step, Gather)
    assert [persona.name for persona in step.among] == ["Tomás", "Zuri"]


def test_whoever_joins_after_the_reveal_votes_without_a_position() -> None:
    table = council(options=YES_NO)
    go_on_until(table, Speak)
    table.steer(SeatAdded(persona=persona("Zuri")), SeatRemoved(name="Mira"))
    step = until_ballot(table)
    assert [persona.name for persona in step.among] == ["Aino", "Ravi", "Tomás", "Zuri"]


def test_proposals_are_voted_on_in_an_order_that_the_seed_draws_and_without_names() -> None:
    orders = set[tuple[str, ...]]()
    for seed in range(6):
        table = council(seed=seed)
        step = until_ballot(table)
        assert step.ranked
        assert sorted(step.options) == sorted(f"{persona.name} proposes a thing." for persona in CAST)
        opened = next(s for _, s in table.record.steerings() if isinstance(s, PollOpened))
        assert [f"{name} proposes a thing." for name in opened.by] == list(opened.options)
        orders.add(step.options)
    assert len(orders) > 1


def test_of_more_than_ten_proposals_ten_are_drawn_and_the_table_is_told() -> None:
    cast = tuple(persona(f"P{chr(97 + number)}") for number in range(12))
    table = replace(council(), cast=cast)
    step = until_ballot(table)
    assert (len(step.options), len(step.among)) == (10, 12)
    told = next(turn.text for turn in table.record if isinstance(turn.steering, PollOpened))
    assert told.startswith("The table votes, each for themselves. 10 of 12 proposals, drawn by lot:\nA) ")


@pytest.mark.parametrize("texts", [("", "", "", ""), ("One plan.", "", "", ""), ("The same.",) * 4])
def test_with_fewer_than_two_proposals_nothing_is_voted_on(texts: tuple[str, ...]) -> None:
    table = council()
    step = go_on_until(table, Gather)
    for persona_, text in zip(step.among, texts, strict=True):
        table.answer(step, persona_.name, text)
    table.play()
    assert "ballot" not in kinds(table.record)
    assert kinds(table.record)[-1] == "summary"
    assert format_of(table.session).after_the_turns(table.session, table.record) is None


def test_where_nobody_has_a_position_that_is_said() -> None:
    table = council(options=YES_NO)
    step = go_on_until(table, Gather)
    for persona_ in step.among:
        table.answer(step, persona_.name, "")
    step = table.step
    assert step == Say(PositionsRevealed(), f"{CHOICE}Nobody wrote down a position.")
    until_ballot(table)  # there is still something to vote on


def test_where_everybody_abstains_there_is_no_result_no_report_and_nothing_to_state() -> None:
    table = council(options=YES_NO)
    vote(table, **{persona.name: () for persona in CAST})
    table.take(table.step)
    assert table.record.turns[-1].text.startswith("Nobody voted: there is no result.")
    step = table.step
    assert isinstance(step, Summarise)
    assert step.cue.states is not None
    assert left_out("A lively talk.", step.cue.states) == ()
    assert "Nobody voted" in build_prompt(table.session, table.record, step.persona, step.cue).tail


def test_the_summary_is_asked_to_state_what_won() -> None:
    table = council(options=YES_NO)
    vote(table, Aino=(1,), Ravi=(1,), Mira=(1,))
    table.close_poll(go_on_until(table, ClosePoll), 1, 1)
    go_on_until(table, Summarise)
    step = table.step
    assert isinstance(step, Summarise)
    assert step.cue.states is not None
    assert left_out("There was no agreement.", step.cue.states) == (1,)
    told = "The result, with 5 of 6 votes: “no”. State this result in the summary, word for word in quotation marks, "
    assert told in build_prompt(table.session, table.record, MIRA, step.cue).tail


def test_the_report_can_be_skipped_and_does_not_keep_a_table_that_is_to_end() -> None:
    for steering in (TurnSkipped(name="Ravi"), TurnsChanged(turns=3)):
        table = council(options=YES_NO)
        vote(table, Ravi=(1,))
        table.take(table.step)
        step = table.step
        assert isinstance(step, Speak)
        assert step.persona == RAVI
        assert format_of(table.session).phase(table.session, table.record) == "minority report"
        assert who_is_next(table.session, table.record) is None  # nobody sums up yet
        assert "minority report" in build_prompt(table.session, table.record, RAVI, step.cue).tail
        table.steer(steering)
        assert isinstance(table.step, Summarise)


def test_a_table_that_wraps_up_comes_to_its_vote_sooner() -> None:
    table = council(options=YES_NO, turns=20)
    go_on_until(table, Speak)
    table.steer(WrapUpCalled())
    until_ballot(table)
    assert len(table.record.persona_turns()) == table.dials.wrap_up


def test_a_table_that_goes_on_after_its_end_votes_anew() -> None:
    table = council(options=YES_NO)
    table.play()
    table.steer(TurnsChanged(turns=5, goes_on=True))
    assert format_of(table.session).refusal("length", table.session, table.record) is None
    go_on_until(table, Speak)
    vote(table, Aino=(1,))
    table.play()
    assert len(polls(table.record)) == 2
    assert len(table.record.persona_turns()) == 5
    assert kinds(table.record).count("position") == len(positions(table.record)) == len(CAST)
    assert "Changed their mind: Aino (from “yes” to “no”)." in next(
        turn.text for turn in reversed(table.record.turns) if turn.kind == "result"
    )


def test_what_is_told_of_where_it_stands() -> None:
    table = council(options=YES_NO)
    form = format_of(table.session)
    told: list[str] = []
    while not isinstance(step := table.step, Close):
        told.append(form.phase(table.session, table.record))
        table.take(step)
    assert list(dict.fromkeys(told)) == ["positions", "", "vote", "result"]


def test_positions_are_told_with_what_they_are_for() -> None:
    table = council(options=YES_NO)
    step = go_on_until(table, Gather)
    table.answer(step, "Aino", "It is\nright.", 0)
    table.answer(step, "Ravi", "", 1)
    table.answer(step, "Mira", "")
    table.answer(step, "Tomás", "Who knows.")
    step = table.step
    assert isinstance(step, Say)
    assert step.text.splitlines()[1:] == [
        "Aino (yes): It is right.",
        "Ravi (no)",
        "Mira: no position",
        "Tomás: Who knows.",
    ]


# --- options in words ---


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I choose B), for the cats.", "I choose “no”, for the cats."),
        ("I choose (B) for the cats.", "I choose “no” for the cats."),
        ("I am for B) no, and C) it depends.", "I am for no, and it depends."),
        ("A) yes\nB) no\nC) it depends\nI am for A).", "yes no it depends I am for “yes”."),
        ("Ich bin für B): die Katzen.", "Ich bin für “no”: die Katzen."),
        ("我选择B）因为猫。", "我选择“no”因为猫。"),
        ("Nothing (so much for plan B) and D) nor E).", "Nothing (so much for plan B) and D) nor E)."),
        ("A cat is a cat, and vitamin C is C.", "A cat is a cat, and vitamin C is C."),
    ],
)
def test_the_table_reads_options_in_words_whatever_letters_a_position_has(said: str, told: str) -> None:
    table = council(options=YES_NO)
    step = go_on_until(table, Gather)
    for persona_ in step.among:
        table.answer(step, persona_.name, said if persona_ == RAVI else "So be it.", 1)
    table.take(table.step)
    assert f"Moderator: {CHOICE}Everybody wrote down a position" in transcript(table.session, table.record)
    assert f"Ravi (no): {told} Mira (no): So be it." in transcript(table.session, table.record)


@pytest.mark.parametrize("options", [YES_NO, ()])
def test_but_for_the_ballots_no_prompt_has_letters(options: tuple[str, ...]) -> None:
    table = council(options=options, turns=6)
    asked: list[str] = []
    while not isinstance(step := table.step, Close):
        if isinstance(step, Speak | Summarise):
            asked.append(build_prompt(table.session, table.record, step.persona, step.cue).text)
        if isinstance(step, Gather) and step.kind == "ballot":
            table.answer(step, step.among[0].name, "B", *(range(len(step.options)) if step.ranked else (1,)))
        else:
            table.take(step)
    assert len(asked) > 6
    assert "The result, with " in asked[-1]
    assert not [prompt for prompt in asked if re.search(r"\b[A-J]\)|, by \w+ \(|\b[A-J] > ", prompt)]
