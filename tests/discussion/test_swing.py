"""What a debate moved: the swing between two votes, which side has won, and in which words that is told."""

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.model import swing
from bot.discussion.model.dials import Dials
from bot.discussion.model.polls import moved, poll_named
from bot.discussion.model.swing import Swing
from bot.discussion.moderation.formats.debate_outcome import BY_PERSONAS
from bot.discussion.moderation.steps import Summarise
from tests.support.recorded_debate import RecordedDebate
from tests.support.recorded_table import persona

FOR, AGAINST, UNDECIDED = 0, 1, 2
TO_AGAINST = "The side against the motion wins: "


def played(
    before: Mapping[int, int], after: Mapping[int, int], *, views: str = "", ballots: str = ""
) -> RecordedDebate:
    """A debate of two with these votes. `views` and `ballots`: the personas', a letter each (f, a, u; -: none)."""
    cast = (persona("Ann"), persona("Ben"))
    letters = {"f": FOR, "a": AGAINST, "u": UNDECIDED, "-": None}
    own = [{p.name: letters[c] for p, c in zip(cast, votes or "--", strict=True)} for votes in (views, ballots)]
    table = RecordedDebate(
        cast, dials=Dials(format="debate", turns=4), before=before, after=after, views=own[0], ballots=own[1]
    )
    table.play()
    return table


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        # Somebody changed sides.
        (
            {1: FOR, 2: FOR, 3: AGAINST},
            {1: AGAINST, 2: FOR, 3: AGAINST},
            f"{TO_AGAINST}it gained 1 vote, the other lost 1 vote, among 3 members who voted both times.",
        ),
        # The bigger side does not win by being that.
        (
            {1: FOR, 2: FOR, 3: FOR, 4: UNDECIDED},
            {1: FOR, 2: FOR, 3: FOR, 4: AGAINST},
            f"{TO_AGAINST}it gained 1 vote, the other gained no vote, among 4 members who voted both times.",
        ),
        # Who loses less wins.
        (
            {1: FOR, 2: FOR},
            {1: UNDECIDED, 2: FOR},
            f"{TO_AGAINST}it gained no vote, the other lost 1 vote, among 2 members who voted both times.",
        ),
        # Ties: nobody moved, and both gained as much.
        (
            {1: FOR, 2: AGAINST},
            {1: FOR, 2: AGAINST},
            "It is a tie: both sides gained no vote, among 2 members who voted both times.",
        ),
        (
            {1: UNDECIDED, 2: UNDECIDED},
            {1: FOR, 2: AGAINST},
            "It is a tie: both sides gained 1 vote, among 2 members who voted both times.",
        ),
        # Who voted once only does not move anything as long as anybody voted twice.
        (
            {1: UNDECIDED, 8: FOR},
            {1: AGAINST, 9: FOR, 10: FOR},
            f"{TO_AGAINST}it gained 1 vote, the other gained no vote, among 1 member who voted both times.",
        ),
        # Only after: the votes themselves.
        (
            {},
            {1: FOR, 2: AGAINST, 3: AGAINST},
            f"{TO_AGAINST}it has 2 votes, the other has 1 vote, for nobody voted both times, and 3 members voted after "
            "the debate.",
        ),
        (
            {1: FOR},
            {2: UNDECIDED},
            "It is a tie: both sides have 0 votes, for nobody voted both times, and 1 member voted after the debate.",
        ),
        # Only before, and nobody at all.
        ({1: FOR, 2: FOR}, {}, "Nobody voted, so nobody has won."),
        ({}, {}, "Nobody voted, so nobody has won."),
    ],
)
def test_which_side_wins_and_by_what(before: Mapping[int, int], after: Mapping[int, int], told: str) -> None:
    assert played(before, after).result == told


@pytest.mark.parametrize(
    ("views", "ballots", "told"),
    [
        (
            "fa",
            "aa",
            f"{TO_AGAINST}it gained 1 vote, the other lost 1 vote, among 2 personas who voted both times.\n"
            f"{BY_PERSONAS}\nMoved by the debate: Ann (for → against).",
        ),
        (
            "f-",
            "fa",
            f"It is a tie: both sides gained no vote, among 1 persona who voted both times.\n{BY_PERSONAS}",
        ),
        (
            "--",
            "-a",
            f"{TO_AGAINST}it has 1 vote, the other has 0 votes, for nobody voted both times, and 1 persona voted after "
            f"the debate.\n{BY_PERSONAS}",
        ),
        ("ff", "--", "Nobody voted, so nobody has won."),
    ],
)
def test_the_personas_decide_where_no_member_voted_after(views: str, ballots: str, told: str) -> None:
    assert played({5: FOR}, {}, views=views, ballots=ballots).result == told


def test_the_personas_votes_are_told_apart_from_people_s() -> None:
    told = played({1: FOR}, {1: AGAINST}, views="ff", ballots="fu").result
    assert told.startswith(f"{TO_AGAINST}it gained 1 vote, the other lost 1 vote, among 1 member")
    assert told.endswith(
        "The personas, whose votes do not count in this: for 2 → 1, undecided 0 → 1.\n"
        "Moved by the debate: Ben (for → undecided)."
    )
    told = played({1: FOR}, {1: AGAINST}, views="--", ballots="fa").result
    assert told.endswith("The personas, whose votes do not count in this: for 1, against 1.")


def test_the_summary_is_told_the_result() -> None:
    table = played({}, {})
    table.record.turns.pop()
    step = table.step
    assert isinstance(step, Summarise)
    assert "Nobody voted, so nobody has won. Say so." in step.cue.note


votes = st.dictionaries(st.integers(1, 9), st.sampled_from([FOR, AGAINST, UNDECIDED]))


@given(before=votes, after=votes)
def test_the_swing_adds_up(before: dict[int, int], after: dict[int, int]) -> None:
    found, both = Swing(moved(before, after)), before.keys() & after.keys()
    assert found.twice == len(both) == sum(found.before) == sum(found.after)
    assert sum(found.gains) == 0, "what one option gains others lose"
    assert found.all_after == tuple(Counter(after.values())[option] for option in range(3))
    mirrored = [{who: {FOR: AGAINST, AGAINST: FOR}.get(vote, vote) for who, vote in v.items()} for v in (before, after)]
    other = Swing(moved(*mirrored)).winner
    assert found.winner == (None if other is None else 1 - other), "the rule favours neither side"


@given(before=votes, after=votes)
def test_what_is_told_follows_from_the_counts_alone(before: dict[int, int], after: dict[int, int]) -> None:
    table = played(before, after)
    poll = poll_named(table.record, "after")
    assert poll is not None
    assert swing.of_people(poll) == Swing(moved(before, after))
    renamed = played({k + 100: v for k, v in before.items()}, {k + 100: v for k, v in after.items()})
    assert renamed.result == table.result
