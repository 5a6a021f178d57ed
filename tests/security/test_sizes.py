"""Whatever people and models write: no crash, nothing lost on the way to the channel, no post that is too long."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.commands.steering.actions import one_line
from bot.chat.hearing.guest_messages import without_unseen
from bot.chat.text.split import MESSAGE_LIMIT, split_text
from bot.discussion.replies.reply import TEXT_LIMIT, clean
from bot.discussion.text.links import plain_links
from bot.discussion.text.segmentation import utf16_length
from tests.support.recorded_table import AINO, RAVI

# Half characters and control characters among them, as a broken client or model could send.
ANY = st.text(st.characters(codec=None), max_size=60)
BITS = st.one_of(
    ANY, st.sampled_from(["```", "\n", "**", "[a](b)", "discord.gg/x", "Ravi: ", "\u2028", "🙂" * 90, ". "])
)
LONG = st.tuples(st.lists(BITS, max_size=20).map("".join), st.integers(1, 60)).map(lambda t: t[0] * t[1])


def added(pieces: list[str], text: str) -> str:
    """What the pieces of a text hold beside it, white space left out; fails if any of the text is missing."""
    rest = iter("".join("".join(pieces).split()))
    more: list[str] = []
    for character in "".join(text.split()):
        for shown in rest:
            if shown == character:
                break
            more.append(shown)
        else:
            raise AssertionError(f"{character!r} is lost")
    return "".join([*more, *rest])


@settings(deadline=None)
@given(LONG, st.sampled_from([None, "stop", "length"]))
def test_a_models_text_comes_whole_into_posts(raw: str, finish_reason: str | None) -> None:
    said = clean(raw, speaker=AINO, others=[RAVI], finish_reason=finish_reason).text
    assert len(said) <= TEXT_LIMIT
    said.encode()
    pieces = split_text(f"**Summary.** {said}")
    assert all(0 < utf16_length(piece) <= MESSAGE_LIMIT for piece in pieces)
    more = added(pieces, f"**Summary.** {said}")
    if "```" not in said:  # the first line of a fence that is cut is repeated
        assert re.fullmatch(r"[`*_~|>#-]*", more), "only formatting is closed and opened anew"
    if len(pieces) == 1:
        assert more == ""


@settings(deadline=None)
@given(LONG)
def test_a_guests_text_can_be_stored_and_shown(text: str) -> None:
    kept = plain_links(without_unseen(text))
    kept.encode()
    assert "\x00" not in kept
    assert len(kept) <= len(text) + text.count("](")


@settings(deadline=None)
@given(LONG)
def test_a_question_is_one_line(text: str) -> None:
    question = one_line(text)
    if question is not None:
        assert question == question.strip() != ""
        assert len(question.splitlines()) == 1
        question.encode()
