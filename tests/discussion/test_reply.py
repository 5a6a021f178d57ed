"""What the persona said: raw model text, mended and flagged."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.discussion.replies.reply import TEXT_LIMIT, Reply, clean
from tests.support.recorded_table import AINO, CAST, persona

OTHERS = CAST[1:]


def cleaned(raw: str, finish_reason: str | None = "stop") -> Reply:
    return clean(raw, speaker=AINO, others=OTHERS, guests=("Zoe",), finish_reason=finish_reason)


@pytest.mark.parametrize(
    ("raw", "text", "flags"),
    [
        ("Ice is ice.", "Ice is ice.", ()),
        (" Ice is ice.\n", "Ice is ice.", ()),
        # Stage directions.
        ("(smiles)\nIce is ice.", "Ice is ice.", ("aside",)),
        ("Ice is ice.\n*(The discussion is over.)*", "Ice is ice.", ("aside",)),
        ("[Aino nods.]\nIce is ice.", "Ice is ice.", ("aside",)),
        ("Ice is ice (mostly).", "Ice is ice (mostly).", ()),
        ("(Only an aside.)", "", ("aside", "empty")),
        ("# On ice\nIce is ice.\n-# Really.", "On ice\nIce is ice.\nReally.", ("heading",)),
        ("We are #1 on ice.", "We are #1 on ice.", ()),
        # Reasoning.
        ("<think>Hm.</think>\nIce is ice.", "Ice is ice.", ("reasoning",)),
        ("\n<THINKING>Hm.\n\nHm.</THINKING>Ice is ice.", "Ice is ice.", ("reasoning",)),
        ("<think>Hm.</think><think>Hm.</think>Ice is ice.", "Ice is ice.", ("reasoning",)),
        ("Hm, who am I?</think>\n\nIce is ice.", "Ice is ice.", ("reasoning",)),
        ("<think>Hm, it never en", "", ("reasoning", "empty")),
        ("Aino: <think>Hm.</think>Ice is ice.", "Ice is ice.", ("reasoning", "own_tag")),
        ("Ice is ice. <think>Hm, is it? I could al", "Ice is ice.", ("reasoning",)),
        ("Ice <think>Hm.</think>is ice.", "Ice is ice.", ("reasoning",)),
        ("<think>Hm. <think>Hm.</think> Hm.</think>Ice is ice.", "Ice is ice.", ("reasoning",)),
        ("[THINK]Hm.[/THINK]Ice is ice.", "Ice is ice.", ("reasoning",)),
        ("[thinking] Ice is ice.", "[thinking] Ice is ice.", ()),
        # Code fences around the whole, and halves of them; a fence inside stays.
        ("```\nIce is ice.\n```", "Ice is ice.", ("fence",)),
        ("```text\nIce is ice.\n```\n", "Ice is ice.", ("fence",)),
        ("```Ice is ice.```", "Ice is ice.", ("fence",)),
        ("```\nIce is ice.", "Ice is ice.", ("fence",)),
        ("Ice is ice.\n```", "Ice is ice.", ("fence",)),
        ("See:\n```\nx = 1\n\ny = 2\n```\nThere.", "See:\n```\nx = 1\n\ny = 2\n```\nThere.", ()),
        ("```\na\n```\nand\n```\nb\n```", "```\na\n```\nand\n```\nb\n```", ()),
        # Quotes around the whole.
        ('"Ice is ice."', "Ice is ice.", ("quotes",)),
        ("“Ice is ice.”", "Ice is ice.", ("quotes",)),
        ("“Ice is ice.“", "Ice is ice.", ("quotes",)),
        ("„Ice is ice.“", "Ice is ice.", ("quotes",)),
        ("「Ice is ice.」", "Ice is ice.", ("quotes",)),
        ("'Ice is ice.'", "Ice is ice.", ("quotes",)),
        ('"Ice," she said, "is ice."', '"Ice," she said, "is ice."', ()),
        ('"Ice" is a word.', '"Ice" is a word.', ()),
        # The own name tag, in any form.
        ("Aino: Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("aino : Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("**Aino**: Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("**Aino:** Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("[Aino] Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("[Aino]: Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("<Aino>: Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("Aino：Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("Aino (dryly): Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("Professor Aino Virtanen: Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("Professor Virtanen: Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("Aino: Aino: Ice is ice.", "Ice is ice.", ("own_tag",)),
        ("Aino: Ice.\nAino: And water.", "Ice.\nAnd water.", ("own_tag",)),
        ('Aino: "Ice is ice."', "Ice is ice.", ("own_tag", "quotes")),
        ('"Aino: Ice is ice."', "Ice is ice.", ("quotes", "own_tag")),
        ("Ice, said Aino: ice.", "Ice, said Aino: ice.", ()),
        # Where another speaker's line begins.
        ("Ice is ice.\nRavi: No!", "Ice is ice.", ("spoke_for_others",)),
        ("Ice is ice.\n\n**Ravi Menon**: No!", "Ice is ice.", ("blank_lines", "spoke_for_others")[1:]),
        ("Ice is ice.\n[Ravi] No!", "Ice is ice.", ("spoke_for_others",)),
        ("Ice is ice.\n  Dr. Kessler: No!", "Ice is ice.", ("spoke_for_others",)),
        ("Ice is ice.\nToma\u0301s: No!", "Ice is ice.", ("spoke_for_others",)),
        ('Ice is ice.\nZoe (guest): "No!"', "Ice is ice.", ("spoke_for_others",)),
        ("Ice is ice.\nA stranger (guest): No!", "Ice is ice.", ("spoke_for_others",)),
        ("Ice is ice.\nModerator: Next!", "Ice is ice.", ("spoke_for_others",)),
        ("Ice is ice.\u2028Ravi: No!", "Ice is ice.", ("spoke_for_others",)),
        ("Ice is ice.\n(A note from the moderator to Ravi alone.", "Ice is ice.", ("spoke_for_others",)),
        ("Ravi: No!", "", ("spoke_for_others", "empty")),
        ("Aino: Ravi: No!", "", ("own_tag", "spoke_for_others", "empty")),
        ("Ravi, no: ice is ice.", "Ravi, no: ice is ice.", ()),
        ("I count on:\n- Ravi: boats\n- Mira: nets", "I count on:\n- Ravi: boats\n- Mira: nets", ()),
        # Blank lines; those inside a fence belong to the code.
        ("Ice.\n\n \n\nWater.", "Ice.\nWater.", ("blank_lines",)),
        ("Ice.\n\n```\na\n\nb\n```", "Ice.\n```\na\n\nb\n```", ("blank_lines",)),
        # Nothing that could be shown.
        ("", "", ("empty",)),
        (" \n\t", "", ("empty",)),
        ("\u200b\ufeff", "", ("empty",)),
        ("…", "", ("empty",)),
        ("---", "", ("empty",)),
        ('"', "", ("empty",)),
        ("👏", "👏", ()),
        # What can't be stored or seen.
        ("Ice\x00 is\ud800 ice.\r\nReally.", "Ice is ice.\nReally.", ()),
    ],
)
def test_raw_text_to_what_was_said(raw: str, text: str, flags: tuple[str, ...]):
    assert cleaned(raw) == Reply(text, flags)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Ice is ice. And when it mel", "Ice is ice."),
        ("“Ice?” she said. “Ice!” And when it mel", "“Ice?” she said. “Ice!”"),
        ("It was 3.5 degrees and when it mel", "It was 3.5 degrees and when it mel…"),
        ("Ice is ice, and when it —", "Ice is ice, and when it…"),
        ("冰是冰。水是", "冰是冰。"),
        ("Ice is ice.", "Ice is ice."),
    ],
)
def test_a_cut_off_last_sentence_is_trimmed(raw: str, text: str):
    reply = cleaned(raw, "length")
    assert reply.text == text
    assert ("cut_off" in reply.flags) == (text != raw)


def test_a_reply_that_never_ends_is_cut_at_the_limit():
    sentences = " ".join(f"Ice is ice {number}." for number in range(5000))
    numbers = " ".join(map(str, range(5000)))
    for raw in (numbers, sentences, "x" * 50_000):
        reply = cleaned(raw)
        assert TEXT_LIMIT * 0.9 < len(reply.text) <= TEXT_LIMIT
        assert reply.flags == ("cut_off",)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("I see. You are you. You are you. You are you. You are you. And", "I see. You are you."),
        ("Ice is ice. So it is. ICE is ice. So it is. Ice is ice. So it is.", "Ice is ice. So it is."),
        (
            "Never again. Fine, never again. I mean it. Never again.",
            "Never again. Fine, never again. I mean it. Never again.",
        ),
        ("No. No. No. I will not.", "No. No. No. I will not."),
        # Without sentence marks: on lines, in a row, in scripts without spaces; a few times is no loop.
        ("Knots:\n" + "Rope\nRope\n\n" * 9, "Knots:\nRope"),
        ("rope " * 40, "rope"),
        ("верёвка\n" * 20 + "верё", "верёвка"),
        ("哈" * 30, "哈哈"),
        ("ロープ、" * 20, "ロープ、"),
        ("Ha ha ha ha ha ha!", "Ha ha ha ha ha ha!"),
        ("Row,\nrow,\nrow your boat", "Row,\nrow,\nrow your boat"),
    ],
)
def test_a_model_that_got_stuck_says_it_once(raw: str, text: str):
    reply = cleaned(raw)
    assert reply.text == text
    assert ("loop" in reply.flags) == (text != raw)


def test_names_that_change_their_length_when_folded():
    speaker, other = persona("Weiß"), persona("İlker")
    assert clean("WEISS: Ja.\nİlker: Nein.", speaker=speaker, others=[other]).text == "Ja."
    assert clean("Weiß: Ja.", speaker=speaker, others=[other]).text == "Ja."


def test_a_name_that_two_share_is_ones_own():
    speaker, other = persona("Ana", "Ana Berg"), persona("Lund", "Ana Lund")
    assert clean("Ana: Yes.", speaker=speaker, others=[other]).text == "Yes."


PIECES = (
    "Aino|Ravi Menon|Ravi|Zoe (guest)|Moderator|:|：|[|]|**|*|_|#|>|\"|“|”|'|```|```py\n|\n|\n\n| |\t|. |?|…|"
    "<think>|</think>|word|ß|\u2028|\x00|\ud800|\u200b|冰。|(|)|- |👏"
)
RAW = st.lists(st.sampled_from(PIECES.split("|")) | st.text(max_size=5), max_size=40).map("".join)


@settings(max_examples=200, deadline=None)
@given(raw=RAW, finish_reason=st.sampled_from(["stop", "length", None]))
@example(raw="- 0\r0", finish_reason="length")
def test_whatever_a_model_writes(raw: str, finish_reason: str | None):
    reply = cleaned(raw, finish_reason)
    assert len(reply.text) <= TEXT_LIMIT
    assert reply.text == reply.text.strip()
    assert bool(reply.text) != ("empty" in reply.flags)
    reply.text.encode()  # can be stored
    for line in reply.text.split("\n"):
        for name in ("Aino", "Ravi", "Ravi Menon", "Zoe", "Moderator"):
            assert not line.lstrip().casefold().startswith((f"{name}:".casefold(), f"**{name}**:".casefold()))
    # Said once more it stays as it is; what was cut off is whole by then.
    again = None if "cut_off" in reply.flags else finish_reason
    assert cleaned(reply.text, again).text == reply.text


UNITS = (
    '*|_|#|>|`|<| |\t|\n| \n|\n |[|]|[]|(|:|.|. |."|"|\'|-|<think>|</think>|<think></think>|```|```\n|``` |Aino: |'
    "Aino:\n|[Aino]|**Aino**: |A|Ravi |Aino (|(Aino)|\u2028|\u00a0|…|“|Aino\n|x\n\n|word |<think>x</think>Aino: |冰"
)


@pytest.mark.parametrize("unit", UNITS.split("|"))
@pytest.mark.parametrize(("before", "after"), [("Ice. ", " x"), ("```\n", "\n```")])
def test_no_text_takes_long(unit: str, before: str, after: str):
    reply = cleaned(before + unit * (100_000 // len(unit)) + after, "length")
    assert len(reply.text) <= TEXT_LIMIT
