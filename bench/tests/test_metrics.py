"""The measures of what was said, on discussions small enough to be counted by hand."""

import math

import pytest

from bench.quality import metrics
from bench.quality.transcripts import Said, Transcript, transcript_of
from bot.discussion.model.persona import Persona

AINO = Persona(name="Aino", full_name="Professor Aino Virtanen", prompt="You count the ice floes of the river.")
RAVI = Persona(name="Ravi", full_name="Ravi Menon", prompt="You bake bread for the village.")
MIRA = Persona(name="Mira", full_name="Dr. Mira Kessler", prompt="You keep bees behind the mill.")
CAST = (AINO, RAVI, MIRA)


def test_distinct_pairs_are_counted_over_all_turns() -> None:
    # one two, two one, one two | one two, two three: three different ones of five
    assert metrics.distinct(["one two one two", "One two three"]) == 3 / 5
    assert metrics.distinct(["one"]) == 0.0


def test_repetition_is_what_stood_in_an_earlier_turn() -> None:
    # The second has two 4-grams, of which one is old. Within a turn nothing is repeated.
    assert metrics.repetition(["a b c d", "a b c d e"]) == 1 / 2
    assert metrics.repetition(["a b c d a b c d", "x y z w"]) == 0.0


def test_self_bleu_is_one_where_all_say_the_same() -> None:
    assert metrics.self_bleu(["a b c d", "a b c d"]) == pytest.approx(1.0)
    # 3/4 words, 2/3 pairs, 1/2 triples, and 0.1 in place of no 4-gram of one
    expected = (3 / 4 * 2 / 3 * 1 / 2 * 0.1 / 1) ** 0.25
    assert metrics.self_bleu(["a b c d", "a b c x"]) == pytest.approx(expected)
    assert metrics.self_bleu(["a b c d"]) is None


def test_a_short_text_is_no_good_copy_of_a_long_one() -> None:
    # All of "a b c d" stands in the longer one, and half its length costs e^(1 - 8/4); the longer one has 4/8, 3/7,
    # 2/6 and 1/5 of the shorter one's.
    long, short = (4 / 8 * 3 / 7 * 2 / 6 * 1 / 5) ** 0.25, math.exp(1 - 8 / 4)
    assert metrics.self_bleu(["a b c d", "a b c d e f g h"]) == pytest.approx((long + short) / 2)


def test_entropy_is_of_the_whole_table() -> None:
    assert metrics.entropy(["Aino", "Ravi", "Aino", "Ravi"], 2) == pytest.approx(1.0)
    assert metrics.entropy(["Aino", "Ravi", "Aino", "Ravi"], 4) == pytest.approx(0.5)
    assert metrics.entropy(["Aino", "Aino"], 3) == 0.0


def test_gini_of_who_spoke() -> None:
    assert metrics.gini([3, 3, 3]) == 0.0
    assert metrics.gini([0, 0, 6]) == pytest.approx(2 / 3)
    assert metrics.gini([1, 3]) == 1 / 4


def test_who_speaks_after_whom() -> None:
    speakers = ["Aino", "Ravi", "Aino", "Aino", "Mira"]
    assert metrics.immediate_repeats(speakers) == 1 / 4
    assert metrics.back_and_forth(speakers) == 1 / 3
    assert metrics.back_and_forth(["Aino", "Aino", "Aino"]) == 0.0


def test_of_those_addressed_how_many_speak() -> None:
    turns = [Said("Aino", "a", addressed="Ravi"), Said("Ravi", "b", addressed="Mira"), Said("Aino", "c")]
    assert metrics.answered(turns) == 1 / 2
    assert metrics.answered([Said("Aino", "a"), Said("Ravi", "b", addressed="Aino")]) is None


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("Aino: Good morning.", {"Aino"}),
        ("**Professor Aino Virtanen:** Good morning.", {"Aino"}),
        ("[Ravi] Good morning.", {"Ravi"}),
        ("Good morning.\nDr. Kessler: Same to you.", {"Mira"}),
        ("Good morning. Ravi: Same to you.", {"Ravi"}),
        ("Moderator: The next question.", {"Moderator"}),
        ("I asked Ravi: what is bread?", set[str]()),
        ("Ravi, good morning.", set[str]()),
    ],
)
def test_name_tags(text: str, whose: set[str]) -> None:
    assert metrics.tags_of(text, CAST) == whose


@pytest.mark.parametrize(
    ("text", "leaks"),
    [
        ("As an AI, I have no house.", True),
        ("<think>What would Aino say?</think> Ice.", True),
        ("(A note from the moderator to Aino alone.", True),
        ("I think as an aide would.", False),
        ("Thinking is hard.", False),
    ],
)
def test_leaks(text: str, leaks: bool) -> None:
    assert metrics.leaks(text) is leaks


def test_a_recital_is_told_by_its_triples() -> None:
    frame = metrics.frame_of([AINO.prompt])
    assert metrics.recited("You count the ice floes of the river!", frame) == 1.0
    # I count the · count the ice · the ice cream: one of three
    assert metrics.recited("I count the ice cream.", frame) == pytest.approx(1 / 3)
    assert metrics.in_own_words("So I count the ice floes daily", frame) == "so i daily"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("One… and still the first", 2),
        ("Dr. Kessler agrees with Prof. Virtanen.", 1),
        ("It costs 3.5 euros at example.org. Cheap!", 2),
        ("A line\nand another", 2),
        ("“Stop!” she said.", 2),
        ("…", 0),
    ],
)
def test_sentences_are_counted(text: str, count: int) -> None:
    assert metrics.sentences(text) == count


def test_the_limit_is_read_from_the_rules() -> None:
    assert metrics.sentence_limit("Speak in character, in no more than three sentences a turn.") == 3
    assert metrics.sentence_limit("Use at most 2 sentences.") == 2
    assert metrics.sentence_limit("Be brief.") == metrics.SENTENCES


def test_speakers_are_told_by_their_words() -> None:
    ice = [("Aino", "ice floes counted"), ("Aino", "ice floes melted")]
    bread = [("Ravi", "bread dough baked"), ("Ravi", "bread dough kneaded")]
    assert metrics.separability([*ice, *bread]) == (1.0, 0.5)
    # Each says what the other had said: nobody is told.
    crossed = [("Aino", "ice floes"), ("Ravi", "ice floes"), ("Aino", "bread dough"), ("Ravi", "bread dough")]
    assert metrics.separability(crossed) == (0.0, 0.5)
    assert metrics.separability(ice) is None


def test_names_tell_nobody() -> None:
    said = [("Aino", "ravi"), ("Aino", "ravi ravi"), ("Ravi", "aino"), ("Ravi", "aino aino")]
    assert metrics.separability(said) == (1.0, 0.5)
    assert metrics.separability(said, metrics.names_in(CAST)) is None


def test_a_whole_discussion() -> None:
    transcript = Transcript(
        turns=(
            Said("Aino", "How many floes are there, Ravi?", "Aino: How many floes are there, Ravi?", "Ice?", "Ravi"),
            Said("Ravi", "I agree with you.", "I agree with you.\nMira: So do I.", "Ice?"),
            Said("Aino", "", "As an AI model I can't.", "Bread?"),
            Said("Aino", "You count the ice floes of the river. One. Two. Three.", None, "Ice?"),
        ),
        cast=CAST,
        frame=(AINO.prompt, "Ice?", "Bread?"),
        questions=("Ice?", "Bread?"),
    )
    found = metrics.measure(transcript)
    assert found["turns"] == 4
    assert found["passes"] == 1 / 4
    assert found["words"] == (6 + 4 + 11) / 3
    assert found["silent"] == 1
    assert found["answered"] == 1.0
    assert (found["own_tag_raw"], found["own_tag"]) == (1 / 3, 0.0)
    assert (found["for_others_raw"], found["for_others"]) == (1 / 3, 0.0)
    assert (found["leaks_raw"], found["leaks"]) == (1 / 3, 0.0)
    assert found["recital"] == 1 / 3
    # 6 of the 9 triples of the last turn: "You count the ice floes of the river"; none of the others'.
    assert found["from_prompt"] == pytest.approx(6 / 9 / 3)
    assert found["agrees"] == 1 / 3
    assert found["questions"] == 1 / 2
    assert found["over_limit"] == 1 / 3
    assert metrics.measure(transcript, limit=4)["over_limit"] == 0.0
    assert found["novelty"] == 1.0


def test_an_old_file_has_no_session() -> None:
    rows = [
        {"seq": 1, "kind": "moderator", "speaker": "Moderator", "text": "Ice?"},
        {"seq": 2, "kind": "persona", "speaker": "Aino", "text": "Ravi, how many?", "question": "Ice?"},
        {"seq": 3, "kind": "persona", "speaker": "Ravi", "text": "Nine.", "question": "Ice?"},
    ]
    transcript = transcript_of(rows)
    assert [turn.speaker for turn in transcript.turns] == ["Aino", "Ravi"]
    found = metrics.measure(transcript)
    assert found["answered"] == 1.0
    assert [found[name] for name in ("silent", "recital", "questions", "own_tag_raw")] == [None] * 4
