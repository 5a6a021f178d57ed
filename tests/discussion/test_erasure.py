"""What is left of a record once a member is forgotten."""

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member, forget, without, without_name
from bot.discussion.model.gist import gist
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn, moderator_turn
from bot.discussion.model.steerings import Compaction, FloorGiven, QuestionPut
from bot.discussion.model.task import Task
from bot.discussion.prompts.prompt import transcript

CAST = (
    Persona(name="Aino", full_name="Professor Aino Virtanen", prompt="You are a physicist."),
    Persona(name="Otto", full_name="Otto Berg", prompt="You are a baker."),
)
SESSION = Session(Task(name="bread", questions=("Who bakes?",)), CAST, Dials(), 1)
KIM = Member(77, ("Kim *of* Kent", "Kimmy"))


def record(*turns: Turn) -> Record:
    made = Record()
    for turn in turns:
        made.append(turn)
    return made


def guest(seq: int, text: str, *, name: str = "Kimmy", author_id: int = KIM.id) -> Turn:
    return Turn(seq, "guest", name, text, message_id=seq + 100, author_id=author_id)


def after(before: Record, member: Member = KIM) -> list[Turn]:
    changed = forget(SESSION, before, member)
    left = Record(list(before))
    for turn in changed:
        left.put(turn)
    return left.turns


def test_their_lines_are_blank_and_point_at_nobody() -> None:
    left = after(record(guest(1, "I live at Mill Lane 4."), guest(2, "So do I.", name="Lena", author_id=5)))
    assert left == [Turn(1, "guest", "someone", ""), guest(2, "So do I.", name="Lena", author_id=5)]


def test_where_the_table_named_them_it_says_someone() -> None:
    left = after(
        record(
            guest(1, "Hello."),
            Turn(2, "persona", "Aino", "Well, Kimmy, and Kimmys too.", raw="Aino: Well, Kimmy"),
            moderator_turn(record(guest(1, ""), guest(2, "")), FloorGiven(name="Aino"), r"Kim \*of\* Kent gives it."),
        )
    )
    assert [t.text for t in left[1:]] == ["Well, someone, and Kimmys too.", "someone gives it."]
    assert left[1].raw is None


def test_a_question_stays_as_it_was_put() -> None:
    question = Turn(2, "moderator", "Moderator", "Is Kimmy right?", steering=QuestionPut(question="Is Kimmy right?"))
    assert after(record(guest(1, "Hello."), question))[1] == question


def test_a_name_they_share_with_a_persona_stays_with_the_persona() -> None:
    otto = Member(77, ("Otto",))
    left = after(
        record(guest(1, "Hi.", name="Otto"), Turn(2, "persona", "Aino", "Otto, and Otto of the audience.")), otto
    )
    assert left[1].text == "Otto, and someone."


def test_a_very_short_name_is_left_in_what_personas_said() -> None:
    left = after(record(guest(1, "Hi.", name="I"), Turn(2, "persona", "Aino", "I think so.")), Member(77, ("I",)))
    assert left[1].text == "I think so."


def test_personas_of_a_table_they_were_not_at_are_left_alone() -> None:
    assert forget(SESSION, record(Turn(1, "persona", "Aino", "Kimmy is a name.", raw="x")), KIM) == []


def test_the_gist_of_a_compaction_follows() -> None:
    spoken = record(guest(1, "Hello."), Turn(2, "persona", "Aino", "Good evening."))
    short = gist(SESSION, spoken, 2)
    assert "Kimmy" in short
    spoken.append(moderator_turn(spoken, Compaction(upto=2, gist=short), ""))
    left = Record(after(spoken))
    assert "Kimmy" not in transcript(SESSION, left)
    assert "Aino" in transcript(SESSION, left)


@pytest.mark.parametrize(
    ("name", "said", "left"),
    [
        # In whatever writing.
        ("Otis", "OTIS, otis and **Otis**: well, Ｏｔｉｓ.", "someone, someone and **someone**: well, someone."),
        ("O'Hara", "O’Hara and O`Hara agree.", "someone and someone agree."),
        ("Anne-Sophie", "Anne‑Sophie is right.", "someone is right."),
        ("José", "Jose, I agree.", "someone, I agree."),
        ("Jürgen", "Juergen, I agree.", "someone, I agree."),
        ("🦊 Otis", "Otis, I agree.", "someone, I agree."),
        ("Otis | he/him", "Otis, I agree.", "someone, I agree."),
        ("Otis Hale", "I agree with Otis.", "I agree with someone."),
        ("Otis Hale", "Mr. Hale is right, and Hale’s oven is new.", "Mr. someone is right, and someone’s oven is new."),
        ("Dr. Otis", "I agree with Otis.", "I agree with someone."),
        ("Anne-Sophie", "I agree with Anne Sophie.", "I agree with someone."),
        # The genitive of a language, where the text is in it.
        ("Sarah", "Das ist Sarahs Brot, und Sarahs Ofen.", "Das ist someone Brot, und someone Ofen."),
        ("Sarah", "Jag tycker om Sarahs bröd.", "Jag tycker om someone bröd."),
        ("Sarah", "There are two Sarahs here.", "There are two Sarahs here."),
        ("Otis", "It is Otis' turn, and Otis’s word.", "It is someone' turn, and someone’s word."),
        ("민서", "민서씨는 맞아요.", "someone씨는 맞아요."),
        ("花子", "花子さんの話です。", "someoneさんの話です。"),
        ("Ольга", "Я согласен с Ольгой.", "Я согласен с someone."),
        ("Otis", "See https://example.org/Otis or `Otis`.", "See https://example.org/someone or `someone`."),
        ("Otis", "Otisville is far.", "Otisville is far."),
        ("Otis", "An Otis-like, pre-Otis word.", "An someone-like, pre-someone word."),
        ("Иван", "Я согласен с Иваном.", "Я согласен с someone."),
        ("Dr. Otis", "Dr. Otis or Dr Otis?", "someone or someone?"),
        ("otis_99", "Ask @otis_99 or otis\\_99.", "Ask @someone or someone."),
        # A word only where it is clearly one.
        ("May", "May I say that bread may be dear?", "May I say that bread may be dear?"),
        ("Will", "Will you say what will be?", "Will you say what will be?"),
        ("Hope", "I hope so. Hope you do.", "I hope so. Hope you do."),
        ("May", "May said so, as May does.", "someone said so, as someone does."),
        ("May", "Thanks, May! May I go on, May?", "Thanks, someone! May I go on, someone?"),
        ("Bread", "The bread is dear, Bread.", "The bread is dear, someone."),
    ],
)
def test_a_name_is_found_in_every_writing_and_words_are_left(name: str, said: str, left: str) -> None:
    assert without_name(SESSION, said, Member(77, (name,))) == left


def test_whole_words_longest_name_first() -> None:
    assert without(["Kim", "Kim Bo"], "Kim Bo, Kimono, Kim.") == "someone, Kimono, someone."
    assert without([""], "Kim") == "Kim"
