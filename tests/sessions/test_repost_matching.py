"""Whose message an application has posted again: the pure rule, as a table."""

import pytest

from bot.sessions.reposts import Fate, Original, original_of

# A moment, in milliseconds of Discord's clock.
NOON = 200_000_000_000


def at(seconds: float, number: int = 0) -> int:
    """The id of a message of so many seconds after noon."""
    return (NOON + int(seconds * 1000) << 22) + number


def said(seconds: float, words: str | None, *, deleted: bool = False, fate: Fate = Fate.TURN) -> Original:
    return Original(at(seconds), 7, words, fate, is_deleted=deleted)


@pytest.mark.parametrize(
    ("original", "repost"),
    [
        ("[Is rye better?]", "Is rye better?"),
        ("A: Is rye better?", "Is rye better?"),
        ("Is rye better? -a", "Is rye better?"),
        ("{{🌙 Is rye better? 🌙}}", "Is rye better?"),
        ("Is rye better?", "Is rye better?"),  # by whoever last spoke so, without tags
        ("ルナ「ライ麦のほうがいい？」", "ライ麦のほうがいい？"),
        ("л: Рожь лучше?", "Рожь лучше?"),
        ("[هل الجاودار أفضل؟]", "هل الجاودار أفضل؟"),
        ("ה- שיפון עדיף?", "שיפון עדיף?"),
        ("หนู: ข้าวไรย์ดีกว่าไหม", "ข้าวไรย์ดีกว่าไหม"),
        ("m: cafe\u0301", "caf\u00e9"),  # in another normal form
        ("A:  two\n\nlines  here", "two\nlines here"),
        ("[see https://rye.example/a]", "see <https://rye.example/a>"),  # without the right to previews
        ("A: see [image]", "see [image]"),
        ("see -a [image] [file]", "see [image] [file]"),
        ("@Lena L. [is that so?]", "@Lena L. is that so?"),  # the tags come behind a mention
        ("a: One.\nb: Two.", "Two."),  # two reposts of one message
    ],
)
def test_tags_of_any_kind(original: str, repost: str) -> None:
    assert original_of(repost, at(1), [said(0, original)]) == said(0, original)


@pytest.mark.parametrize(
    ("original", "repost"),
    [
        ("[Is rye better?]", "Is oat better?"),
        ("[Is rye better?]", "Is rye much better?"),
        ("Is rye", "Is rye better?"),
        ("I think you agree", "I agree"),
        ("[Is rye better?]", ""),
        ("", "Is rye better?"),
    ],
)
def test_other_words(original: str, repost: str) -> None:
    assert original_of(repost, at(1), [said(0, original)]) is None


@pytest.mark.parametrize(("apart", "is_of"), [(0.0, True), (1.2, True), (5.0, True), (5.001, False), (6.0, False)])
def test_five_seconds_by_the_ids(apart: float, is_of: bool) -> None:
    original = Original(at(0), 7, "[Yes.]", Fate.TURN)
    assert (original_of("Yes.", at(apart, 1), [original]) is original) is is_of


def test_five_seconds_since_it_was_edited() -> None:
    """PluralKit also posts again what gets its tags by an edit."""
    original = Original(at(0), 7, "[Yes.]", Fate.TURN, edited=at(60))
    assert [original_of("Yes.", at(after), [original]) for after in (61, 66)] == [original, None]


def test_what_comes_behind_it_is_not_reposted() -> None:
    assert original_of("Yes.", at(1), [said(1, "[Yes.]"), said(2, "[Yes.]")]) is None


@pytest.mark.parametrize(
    ("repost", "is_of", "said_before"),
    [
        # Two members at once.
        ("Rye.", 0, [said(0, "[Rye.]"), said(0.1, "{Oats.}")]),
        ("Oats.", 1, [said(0, "[Rye.]"), said(0.1, "{Oats.}")]),
        # The same text by two people: the newest, which most likely has come just now.
        ("Yes.", 1, [said(0, "Yes."), said(1, "Yes.")]),
        ("Yes.", 1, [said(0, "[Yes.]"), said(1, "{Yes.}")]),
        # In one of them the words stand between tags, in the other by chance.
        ("ok", 0, [said(0, "a: ok"), said(1, "That looks ok to me.")]),
        ("a", 0, [said(0, "[a]"), said(0.5, "[abc]")]),
        ("Yes.", 0, [said(0, "[Yes.]"), said(1, "Yes.")]),
        ("ok", 1, [said(0, "Well, ok"), said(1, "ok")]),
        # One that is gone already, as originals are.
        ("Yes.", 0, [said(0, "[Yes.]", deleted=True), said(1, "Yes.")]),
        ("Yes.", 1, [said(0, "Yes."), said(1, "[Yes.]", deleted=True)]),
        # One that was left out leaves its repost out.
        ("Yes.", 1, [said(0, "Yes."), said(1, "[Yes.]", fate=Fate.LEFT_OUT)]),
        ("Yes.", 0, [said(0, "//Yes.", fate=Fate.LEFT_OUT), said(1, "Oats.")]),
        # Words that nobody knows any more, if nothing else fits.
        ("Yes.", 1, [said(0, None, deleted=True), said(1, "[Yes.]")]),
        ("Yes.", 0, [said(0, None, deleted=True), said(1, "[No.]")]),
    ],
)
def test_which_of_several(repost: str, is_of: int, said_before: list[Original]) -> None:
    assert original_of(repost, at(2), said_before) is said_before[is_of]
