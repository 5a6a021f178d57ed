"""What is kept of a table: what it came to, and nobody's name but the personas'."""

from dataclasses import replace
from typing import Any

import pytest

from bot.discussion.model.memory import KeptTurn, Memory
from bot.discussion.model.record import Turn, struck
from bot.discussion.model.steerings import PositionsRevealed, PositionTaken, QuestionPut
from tests.support.recorded_table import RecordedTable

SUMMARY = "✅ Lend the tools.\n⚖️ Ravi doubts it.\n❓ Who pays?"


def add(table: RecordedTable, kind: str, speaker: str, text: str, **fields: Any) -> Turn:
    """A turn of any kind, of formats' too."""
    turn = replace(Turn(table.record.last_seq + 1, "summary", speaker, text, **fields), kind=kind)
    table.record.append(turn)
    return turn


def kept(table: RecordedTable) -> Memory:
    memory = Memory.of(table.session, table.record)
    assert memory is not None
    return memory


def test_kept_are_the_questions_that_were_put_and_what_the_table_came_to() -> None:
    table = RecordedTable()
    table.steer(QuestionPut(question="Lend tools?"))
    for name, text in (("Ravi", "No: they break. I choose no."), ("Aino", "Yes."), ("Ravi", "Yes after all.")):
        add(table, "position", name, text)
    table.steer(PositionsRevealed())
    table.say("Aino", "A point on the way.")
    table.steer(QuestionPut(question="Who pays?"))
    add(table, "result", "Moderator", "Yes 2, no 1.")
    add(table, "summary", "Aino", "An early summary.")
    add(table, "summary", "Mira", SUMMARY)
    memory = kept(table)
    assert memory.questions == ("Lend tools?", "Who pays?")
    assert (memory.summary, memory.result) == (SUMMARY, "Yes 2, no 1.")
    assert [memory.position_of(name) for name in ("Ravi", "Aino", "Mira")] == ["Yes after all.", "Yes.", ""]
    assert "A point on the way." not in memory.text
    assert Memory.model_validate(memory.model_dump(mode="json")) == memory


def test_a_table_that_came_to_nothing_is_not_kept() -> None:
    table = RecordedTable()
    table.say("Aino")
    assert Memory.of(table.session, table.record) is None


def test_what_a_person_took_out_is_not_kept_nor_what_the_place_refused() -> None:
    table = RecordedTable()
    table.record.put(struck(add(table, "summary", "Mira", SUMMARY)))
    add(table, "result", "Moderator", "Yes 2.", withheld=True)
    assert Memory.of(table.session, table.record) is None
    add(table, "position", "Ravi", "Yes.")
    assert Memory.of(table.session, table.record) is None, "nobody has seen it"
    table.steer(PositionsRevealed())
    memory = kept(table)
    assert [turn.text for turn in memory.turns] == ["Yes."]
    assert memory.without(memory.turns[0].seq) is None


NAMED = [
    # guest, summary, as it is kept
    ("Zoe", "Zoe asked who pays, and zoe's point stands.", "a guest asked who pays, and a guest's point stands."),
    ("Otto Berg | he/him", "Otto (guest) and Berg agree.", "a guest and a guest agree."),
    ("王小明", "王小明提出了一个好问题。", "a guest提出了一个好问题。"),
    ("李", "李先生问了问题。", "a guest先生问了问题。"),
    ("민수", "민수가 물었다.", "a guest가 물었다."),
    ("राहुल", "राहुल ने पूछा।", "a guest ने पूछा।"),
    ("Γιώργος", "Ρώτησαν τον Γιώργο.", "Ρώτησαν τον a guest."),
    ("Jürgen", "Juergen und Jürgens Frage", "a guest und a guest Frage"),
    ("Ольга", "Ольга спросила, а Ольге ответили.", "a guest спросила, а a guest ответили."),
    ("สมชาย", "คุณสมชายถามว่าใครจ่าย", "คุณa guestถามว่าใครจ่าย"),
    ("さくら", "さくらさんは反対した。", "a guestさんは反対した。"),
    ("محمد", "سأل محمد من يدفع", "سأل a guest من يدفع"),
    ("Bo", "Bo asked. No bobbin, no bo.", "a guest asked. No bobbin, no bo."),
    ("I", "I asked.", "I asked."),
    ("Ravi", "Ravi doubts it.", "Ravi doubts it."),
    ("May", "May we lend? May asked.", "May we lend? a guest asked."),
]


@pytest.mark.parametrize(("name", "text", "as_kept"), NAMED)
def test_guests_are_remembered_as_a_guest(name: str, text: str, as_kept: str) -> None:
    table = RecordedTable()
    table.guest("Who pays?", name=name)
    table.steer(QuestionPut(question=text))
    for kind, speaker in (("summary", "Mira"), ("result", "Moderator"), ("position", "Aino")):
        add(table, kind, speaker, text)
    table.steer(PositionsRevealed())
    memory = kept(table)
    assert {*memory.questions, memory.summary, memory.result, memory.position_of("Aino")} == {as_kept}


def test_a_position_says_for_which_option_it_is() -> None:
    table = RecordedTable()
    task = table.session.task.model_copy(update={"options": ("Lend them", "Sell them")})
    for name, choice, text in (("Aino", 1, "They rust."), ("Ravi", 0, ""), ("Mira", None, "Neither.")):
        add(table, "position", name, text, steering=PositionTaken(choice=choice))
    table.steer(PositionsRevealed())
    memory = Memory.of(replace(table.session, task=task), table.record)
    assert memory is not None
    assert [memory.position_of(name) for name in ("Aino", "Ravi", "Mira")] == [
        "Sell them. They rust.",
        "Lend them.",
        "Neither.",
    ]


def test_it_is_rewritten_as_a_whole() -> None:
    turn = KeptTurn(seq=4, kind="summary", speaker="Mira", text="Otto pays.")
    memory = Memory(questions=("Does Otto pay?",), turns=(turn,))
    assert memory.rewritten(lambda text: text.replace("Otto", "someone")).text == "Does someone pay?\nsomeone pays."


def test_later_tables_read_options_in_words_whatever_letters_a_position_has() -> None:
    table = RecordedTable(options=("Lend them", "Keep them"))
    add(table, "position", "Aino", "I am for B), they break.", steering=PositionTaken(choice=1))
    add(table, "position", "Ravi", "Neither A) nor (B).", steering=PositionTaken(choice=None))
    table.steer(PositionsRevealed())
    add(table, "summary", "Mira", SUMMARY)
    assert kept(table).position_of("Aino") == "Keep them. I am for “Keep them”, they break."
    assert kept(table).position_of("Ravi") == "Neither “Lend them” nor “Keep them”."
