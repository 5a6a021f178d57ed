"""What a model answers when it is asked in private: which answers are a ballot or a position, and which are none."""

import json

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.prompts.private_prompts import (
    ballot_prompt,
    choice_prompt,
    position_prompt,
    read_ballot,
    read_choice,
    read_position,
)
from bot.discussion.prompts.prompt import Cue, build_prompt
from tests.support.recorded_table import AINO, RecordedTable

YES_NO = ("yes", "no", "it depends")
PROPOSALS = ("Lend them for a week.", "Sell them.", "Lend them to members.")


@pytest.mark.parametrize(
    ("answer", "options", "number"),
    [
        ("B", YES_NO, 1),
        ("b.", YES_NO, 1),
        ("**C**", YES_NO, 2),
        ("(A)", YES_NO, 0),
        ("B) no", YES_NO, 1),
        ("B: no", YES_NO, 1),
        ("No.", YES_NO, 1),
        ("“it depends”", YES_NO, 2),
        ("Vote: C", YES_NO, 2),
        ("Aino's ballot: A", YES_NO, 0),
        ("\n\nA\nBecause it is right.", YES_NO, 0),
        ("Ｂ", YES_NO, 1),  # full width
        ("选择：B", YES_NO, 1),
        ("Выбор: C", YES_NO, 2),
        ("はい", ("はい", "いいえ"), 0),
        ("JA", ("ja", "nein"), 0),
        # What is none: another letter, two of them, a sentence that begins with one, nothing.
        ("D", YES_NO, None),
        ("A or B", YES_NO, None),
        ("A cat should decide.", YES_NO, None),
        ("B) yes", YES_NO, None),
        ("I would say yes", YES_NO, None),
        ("АБ", YES_NO, None),
        ("", YES_NO, None),
        ("…", YES_NO, None),
    ],
)
def test_a_vote_for_one(answer: str, options: tuple[str, ...], number: int | None) -> None:
    assert read_ballot(answer, options) == (None if number is None else (number,))


@pytest.mark.parametrize(
    ("answer", "ranking"),
    [
        ("B > A > C", (1, 0, 2)),
        ("C, A, B", (2, 0, 1)),
        ("b>c>a", (1, 2, 0)),
        ("**A > B > C**", (0, 1, 2)),
        ("My order: C > B > A.", (2, 1, 0)),
        ("Ｃ＞Ａ＞Ｂ", (2, 0, 1)),
        ("B、A、C", (1, 0, 2)),
        ("1. B 2. A 3. C", None),
        ("B > A", None),  # not all
        ("B > A > C > D", None),  # one that is not there
        ("B > B > C", None),
        ("A is best, then B, then C", None),
        ("B", None),
        ("", None),
        ('{"place_1": "B", "place_2": "C", "place_3": "A"}', (1, 2, 0)),
        ('{"place_1": "B", "place_2": "B", "place_3": "A"}', None),
    ],
)
def test_an_order_of_all(answer: str, ranking: tuple[int, ...] | None) -> None:
    assert read_ballot(answer, PROPOSALS, ranked=True) == ranking


@pytest.mark.parametrize(
    ("answer", "text", "choice"),
    [
        ("It costs little. So do it.\nChoice: A", "It costs little. So do it.", 0),
        ("It costs little.\n**Choice:** B", "It costs little.", 1),
        ("It costs little.\n\nB) no\n", "It costs little.", 1),
        ("Choice: C\nIt costs little.", "It costs little.", 2),
        ("Es kostet wenig.\nWahl: C", "Es kostet wenig.", 2),
        ("费用不高。\n选择：A", "费用不高。", 0),
        ("Стоит недорого.\nВыбор: B", "Стоит недорого.", 1),
        ("It costs little.", "It costs little.", None),
        ("It costs little.\nChoice: none of them", "It costs little.\nChoice: none of them", None),
        ("Choice: A", "", 0),
        # The options written down again are no choice; a choice behind them is one.
        ("A) yes\nB) no\nC) it depends", "A) yes\nB) no\nC) it depends", None),
        ("A: yes\nB: no", "A: yes\nB: no", None),
        ("A) yes\nB) no\nIt costs little.\nChoice: A", "A) yes\nB) no\nIt costs little.", 0),
    ],
)
def test_a_position_with_its_choice(answer: str, text: str, choice: int | None) -> None:
    assert read_position(answer, YES_NO) == (text, choice)


@pytest.mark.parametrize(
    ("answer", "choice"),
    [
        ('{"choice": "B"}', 1),
        ('```json\n{"choice": "C"}\n```', 2),
        ('{\n  "choice":"B) no"\n}', 1),
        ("B", 1),
        ("Choice: C", 2),
        ("I hold to it.\nChoice: A", 0),
        ('{"choice": "D"}', None),
        ('{"choice": "A", "second": "B"}', None),
        ('{"choice": ', None),
        ('["A"]', 0),  # in brackets
        ("{}", None),
        ("I can't tell.", None),
    ],
)
def test_the_choice_alone(answer: str, choice: int | None) -> None:
    assert read_choice(answer, YES_NO) == choice


def test_a_second_try_has_the_form_of_what_can_be_read() -> None:
    table = RecordedTable(dials=Dials(format="council"))
    table.steer(QuestionPut(question=table.questions[0]))
    about = (table.session, table.record, AINO, table.questions[0])
    assert ballot_prompt(*about, YES_NO, note="A debate was held.").form is None, (
        "most models need none, and may think before they answer"
    )
    for prompt, places in (
        (choice_prompt(*about, YES_NO, said="It costs little."), ["choice"]),
        (ballot_prompt(*about, YES_NO, problem="Again."), ["choice"]),
        (ballot_prompt(*about, PROPOSALS, ranked=True, problem="Again."), ["place_1", "place_2", "place_3"]),
    ):
        assert prompt.form
        assert prompt.form["required"] == list(prompt.form["properties"]) == places
        assert all(place["enum"] == ["A", "B", "C"] for place in prompt.form["properties"].values())
        answer = dict(zip(places, "CAB", strict=False))
        assert read_ballot(json.dumps(answer), YES_NO, ranked=len(places) > 1)
    assert "“It costs little.”" in choice_prompt(*about, YES_NO, said="It costs\nlittle.").tail


def test_what_is_asked_in_private_differs_from_a_turn_in_its_tail_alone() -> None:
    table = RecordedTable(dials=Dials(format="council"))
    table.steer(QuestionPut(question=table.questions[0]))
    turn = build_prompt(table.session, table.record, AINO, Cue(table.questions[0]))
    asked = [
        position_prompt(table.session, table.record, AINO, table.questions[0], ()),
        position_prompt(table.session, table.record, AINO, table.questions[0], YES_NO),
        ballot_prompt(table.session, table.record, AINO, table.questions[0], YES_NO),
        ballot_prompt(table.session, table.record, AINO, table.questions[0], PROPOSALS, ranked=True),
    ]
    for prompt in asked:
        assert (prompt.preamble, prompt.transcript) == (turn.preamble, turn.transcript)
    assert "A) yes B) no C) it depends." in asked[1].tail
    assert asked[1].tail.rstrip().endswith("Aino:")
    assert "C > B > A" in asked[3].tail  # in no order that a model would give by itself
    assert asked[3].tail.rstrip().endswith("Aino's ballot:")
