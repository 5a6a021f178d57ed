"""Polls: how votes add up, what wins and what is a tie, who changed their mind, and who is the strongest dissenter."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.model import poll_words
from bot.discussion.model.polls import Poll, moved
from bot.discussion.model.positions import changed_minds
from bot.discussion.model.record import Record, Turn
from bot.discussion.model.steerings import Moved, Muted, PollClosed, PollOpened, PositionTaken
from bot.discussion.moderation.dissenter import dissenter
from tests.support.recorded_table import RecordedTable

OPTIONS = ("yes", "no", "it depends")


def poll(ballots: Mapping[str, tuple[int, ...]], people: tuple[int, ...] = (0, 0, 0), *, ranked: bool = False) -> Poll:
    by = ("Aino", "Ravi", "Mira") if ranked else ()
    opened = PollOpened(name="council", question="?", options=OPTIONS, by=by, ranked=ranked)
    return Poll(7, opened, ballots, closed=PollClosed(poll=7, people=people))


RANKINGS = st.one_of(st.just(()), st.permutations([0, 1, 2]).map(tuple))
PEOPLE = st.tuples(*[st.integers(0, 50)] * 3)


@given(st.dictionaries(st.text(min_size=1), RANKINGS), PEOPLE, st.booleans())
def test_votes_add_up(ballots: dict[str, tuple[int, ...]], people: tuple[int, ...], ranked: bool) -> None:
    made = poll(ballots if ranked else {name: ranking[:1] for name, ranking in ballots.items()}, people, ranked=ranked)
    voters = sum(bool(ranking) for ranking in ballots.values())
    assert sum(made.personas) == voters
    assert sum(made.together) == voters + sum(people)
    assert len(made.abstained) == len(ballots) - voters
    if ranked:  # 2, 1 and 0 points a ballot; a member gives a first place
        assert sum(made.points) == 3 * voters + 2 * sum(people)
    scores = made.points if ranked else made.together
    assert set(made.winners) == {n for n in range(3) if scores[n] == max(scores) > 0}
    assert bool(made.winners) == bool(voters + sum(people))
    told = poll_words.outcome(made)
    assert told == "Nobody voted: there is no result." if not made.winners else told.count("“") == len(made.winners)


@pytest.mark.parametrize(
    ("ballots", "people", "ranked", "told"),
    [
        ({"Aino": (0,), "Ravi": (1,), "Mira": (0,)}, (0, 0, 0), False, "The result, with 2 of 3 votes: “yes”."),
        ({"Aino": (0,), "Ravi": (1,)}, (0, 0, 0), False, "It is a tie, with 1 vote each: “yes” and “no”."),
        ({"Aino": (0,), "Ravi": (1,)}, (0, 1, 0), False, "The result, with 2 of 3 votes: “no”."),
        ({"Aino": (), "Ravi": ()}, (0, 0, 0), False, "Nobody voted: there is no result."),
        ({"Aino": (), "Ravi": ()}, (0, 0, 1), False, "The result, with 1 of 1 vote: “it depends”."),
        ({"Aino": (0, 1, 2), "Ravi": (1, 0, 2)}, (0, 1, 0), True, "The result, with 5 points: Ravi's proposal (“no”)."),
        (
            {"Aino": (0, 1, 2), "Ravi": (1, 0, 2)},
            (0, 0, 0),
            True,
            "It is a tie, with 3 points each: Aino's proposal (“yes”) and Ravi's proposal (“no”).",
        ),
    ],
)
def test_what_won(ballots: dict[str, tuple[int, ...]], people: tuple[int, ...], ranked: bool, told: str) -> None:
    assert poll_words.outcome(poll(ballots, people, ranked=ranked)) == told


def test_the_votes_of_an_option_in_words() -> None:
    assert poll_words.tally(poll({"Aino": (0,), "Ravi": (0,)}, (1, 3, 0))) == [
        "yes: 2 personas and 1 person.",
        "no: 3 people.",
        "it depends: nobody.",
    ]
    assert poll_words.tally(poll({"Aino": (0, 2, 1)}, ranked=True)) == [
        "Aino's proposal: 2 points, first for 1 persona.",
        "Ravi's proposal: 0 points.",
        "Mira's proposal: 1 point.",
    ]


def positions(*taken: tuple[str, str, int | None]) -> Record:
    return Record(
        [
            Turn(seq, "position", name, text, steering=PositionTaken(choice=choice))
            for seq, (name, text, choice) in enumerate(taken, 1)
        ]
    )


def test_who_changed_their_mind_is_told_by_name_and_from_what_to_what() -> None:
    record = positions(("Aino", "Why not.", 0), ("Ravi", "Never.", 1), ("Mira", "Who knows.", None), ("Tomás", "!", 2))
    made = poll({"Aino": (1,), "Ravi": (1,), "Mira": (0,), "Tomás": ()})
    assert [change.name for change in changed_minds(record, made)] == ["Aino"]
    assert poll_words.asides(made, record) == ["Changed their mind: Aino (from “yes” to “no”).", "Abstained: Tomás."]


def test_where_proposals_are_ranked_it_is_who_puts_another_s_first() -> None:
    record = positions(("Aino", "yes", None), ("Ravi", "no", None), ("Mira", "it depends", None))
    made = poll({"Aino": (0, 1, 2), "Ravi": (2, 1, 0), "Mira": (2, 1, 0)}, ranked=True)
    assert poll_words.asides(made, record) == ["Changed their mind: Ravi (from their own proposal to Mira's)."]
    assert poll_words.ballots(made)[1] == ("Ravi", "C > B > A")


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 2)), st.dictionaries(st.integers(1, 9), st.integers(0, 2)))
def test_every_member_of_two_polls_is_counted_once(before: dict[int, int], after: dict[int, int]) -> None:
    rows = moved(before, after)
    assert sum(row.members for row in rows) == len(before.keys() | after.keys())
    assert sum(row.members for row in rows if row.after == 1) == sum(vote == 1 for vote in after.values())
    assert Moved(before=None, after=None, members=1) not in rows


@pytest.mark.parametrize(
    ("ballots", "people", "ranked", "names"),
    [
        ({"Aino": (0,), "Ravi": (0,), "Mira": (1,)}, (0, 0, 0), False, {"Mira"}),
        ({"Aino": (0,), "Ravi": (0,), "Mira": (0,)}, (0, 0, 0), False, set[str]()),  # all agree
        ({"Aino": (0,), "Ravi": (1,), "Mira": (2,)}, (0, 0, 0), False, set[str]()),  # nothing has lost
        ({"Aino": (0,), "Ravi": (1,), "Mira": (2,)}, (2, 1, 0), False, {"Mira"}),  # for the smallest
        ({"Aino": (0,), "Ravi": (), "Mira": ()}, (0, 0, 0), False, set[str]()),  # who abstains has no report
        ({"Aino": (0, 1, 2), "Ravi": (1, 0, 2), "Mira": (1, 2, 0)}, (3, 0, 0), True, {"Mira"}),  # ranks it lowest
        ({"Aino": (0,), "Ravi": (1,), "Mira": (1,)}, (2, 0, 0), False, {"Ravi", "Mira"}),  # by lot
        ({"Gone": (1,), "Aino": (0,)}, (2, 0, 0), False, set[str]()),  # whoever left gives none
    ],
)
def test_who_gives_the_minority_report(
    ballots: dict[str, tuple[int, ...]], people: tuple[int, ...], ranked: bool, names: set[str]
) -> None:
    drawn = set[str]()
    for seed in range(12):
        table = RecordedTable(seed=seed)
        found = dissenter(table.session, table.record, poll(ballots, people, ranked=ranked))
        assert found == dissenter(table.session, table.record, poll(ballots, people, ranked=ranked))
        drawn |= {found.name} if found else set()
    assert drawn == names


def test_whoever_only_listens_gives_no_minority_report() -> None:
    table = RecordedTable()
    table.steer(Muted(name="Mira"))
    assert dissenter(table.session, table.record, poll({"Aino": (0,), "Ravi": (0,), "Mira": (1,)})) is None
