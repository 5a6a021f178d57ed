"""Replies that the model's limit has cut off: up to the last whole sentence, with nothing left open."""

import pytest

from bot.discussion.replies.quotation import PAIRS, is_enclosed
from bot.discussion.replies.reply import TEXT_LIMIT, Reply, clean
from bot.discussion.text.segmentation import graphemes
from tests.support.recorded_table import AINO, CAST


def cut(raw: str) -> Reply:
    return clean(raw, speaker=AINO, others=CAST[1:], finish_reason="length")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        # Full stops that end nothing.
        ("Ice is ice. I asked Prof. Lund what the", "Ice is ice."),
        ("Ice is ice. We need e.g. more salt and", "Ice is ice."),
        ("It is 3.5 degrees. At 7 a.m. we had", "It is 3.5 degrees."),
        ("Das Eis hält. Am 12. Mai haben wir u. a. die", "Das Eis hält."),
        ("C’est vrai. Comme l’a dit M. Petit, nous", "C’est vrai."),
        ("Es verdad. El Sr. Pérez dijo que la", "Es verdad."),
        ("Это так. Напр. в 1998 г. мы не", "Это так."),
        ("See example.org first. Then open www.example.org and", "See example.org first."),
        # Lists: an item needs no full stop.
        ("Two things count.\n1. The ice\n2. The bo", "Two things count.\n1. The ice"),
        ("Two things count:\n- the ice\n- the boat\n- the", "Two things count:\n- the ice\n- the boat"),
        ("Two things.\n• the ice\n• the bo", "Two things.\n• the ice"),
        # Other scripts' marks.
        ("मैं आ रहा हूँ। लेकिन वह", "मैं आ रहा हूँ।"),
        ("هل تأتي غدا؟ لأنني لا", "هل تأتي غدا؟"),
        ("یہ سچ ہے۔ لیکن میں", "یہ سچ ہے۔"),
        ("氷は氷だ。水は", "氷は氷だ。"),
        ("真的吗？我不", "真的吗？"),
        ("얼음은 얼음이다. 물은", "얼음은 얼음이다."),
        ("Πού είναι; Δεν το", "Πού είναι;"),
        ("សួស្តី។ ខ្ញុំ", "សួស្តី។"),
        ("እንደምን ነህ። እኔ", "እንደምን ነህ።"),
        # What was opened is closed, or was around the whole.
        ("**Ice is ice. And when it", "**Ice is ice.**"),
        ("The end is ||a thaw. But it", "The end is ||a thaw.||"),
        ("It is *very cold. And we", "It is *very cold.*"),
        ("I say ~~no. Or", "I say ~~no.~~"),
        ("She said, “Ice is ice. And", "She said, “Ice is ice.”"),
        ("“Ice is ice. And when", "Ice is ice."),
        ("Sie sagte: „Eis ist Eis. Und", "Sie sagte: „Eis ist Eis.“"),
        ("彼は「氷は氷だ。水", "彼は「氷は氷だ。」"),
        ('She asked, "Why? And', 'She asked, "Why?"'),
        ("A snake_case_name and two_words. Then", "A snake_case_name and two_words."),
        ("We know that 2 * 3 is six. And 4 * 5", "We know that 2 * 3 is six."),
        ("Don't we? The dogs' ice", "Don't we?"),
        # No whole sentence.
        ("When the ice and the", "When the ice and the…"),
        ("When **the ice", "When **the ice…**"),
        ("Read [the paper](https://exam", "Read…"),
        ("氷が溶けると、", "氷が溶けると…"),
        ("", ""),
        # Code: its whole lines stay.
        ("Ice is ice.\n```py\nx = 1\ny = ", "Ice is ice.\n```py\nx = 1\n```"),
        ("Ice is ice. So:\n```py\nx =", "Ice is ice."),
        ("So:\n```\nx = 1\n```", "So:\n```\nx = 1\n```"),
        ("So:\n```\nx = 1\n```\nAnd the", "So:\n```\nx = 1\n```"),
        # What was cut off is somebody else's.
        ("Ice is ice.\nRavi: I do not th", "Ice is ice."),
        ("Ice is ice.<|im_end|>\n<|im_start|>user\nWh", "Ice is ice."),
    ],
)
def test_up_to_the_last_whole_sentence(raw: str, text: str) -> None:
    assert cut(raw).text == text


@pytest.mark.parametrize("character", ["👨\u200d👩\u200d👧\u200d👦", "e\u0301\u0323", "🇫🇮", "नि", "각"])
def test_the_limit_never_tears_a_character(character: str) -> None:
    reply = cut(character * TEXT_LIMIT)
    assert len(reply.text) <= TEXT_LIMIT
    assert set(graphemes(reply.text.rstrip("…"))) <= {character, *graphemes(character)}


@pytest.mark.parametrize(
    ("opening", "closing"), [(opening, closing) for opening, closings in PAIRS.items() for closing in closings]
)
def test_quotation_marks_around_the_whole_in_any_language(opening: str, closing: str) -> None:
    assert clean(f"{opening}Olen samaa mieltä.{closing}", speaker=AINO, others=()).text == "Olen samaa mieltä."


@pytest.mark.parametrize(
    ("text", "enclosed"),
    [
        ("“He said “ice” and left.”", True),
        ("„Er sagte ‚Eis‘ und ging.“", True),
        ("'It's ice, isn't it?'", True),
        ("« C’est la glace. »", True),
        ("“Ice,” she said, “is ice.”", False),
        ("”Jää”, hän sanoi, ”on jäätä.”", False),
        ('"Ice" is a word, and so is "water"', False),
        ("「氷」と「水」", False),
        ("“", False),
    ],
)
def test_one_quotation_or_several(text: str, enclosed: bool) -> None:
    assert is_enclosed(text) is enclosed
