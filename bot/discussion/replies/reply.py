"""Raw model text to what the persona said: a pure pipeline that flags each thing it mends."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.replies import layout
from bot.discussion.replies.loops import without_loop
from bot.discussion.replies.model_marks import without_marks
from bot.discussion.replies.reasoning import without_reasoning
from bot.discussion.replies.sentence_trimming import TEXT_LIMIT, closed_fence, ends_in_item, whole_sentences
from bot.discussion.replies.speaker_lines import Voices, own_lines, without_own_tag
from bot.discussion.replies.verbatim import outside_code
from bot.discussion.text.links import plain_links

# What follows this much after the reasoning would be cut in any case; it also bounds the time a reply can take.
_READ_LIMIT: Final = 2 * TEXT_LIMIT
# Wrappings in wrappings: more than this are no accident.
_PASSES: Final = 20

Mend = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the persona said (empty: nothing usable) and what had to be mended."""

    text: str
    flags: tuple[str, ...]


def clean(
    raw: str,
    *,
    speaker: Persona,
    others: Iterable[Persona],
    guests: Iterable[str] = (),
    finish_reason: str | None = None,
) -> Reply:
    """Turn raw model text into what `speaker` said.

    In: the text as the endpoint gave it, who else could be spoken for, and the endpoint's finish reason. Out: the text
    that is stored, shown and fed back, with a flag for each finding.
    """
    voices = Voices(speaker, others, guests)
    mends = _mends(voices)
    is_cut = finish_reason == "length"
    flags: dict[str, None] = {}
    text = layout.storable(raw).strip()
    for _ in range(_PASSES):  # one wrapping can hide another: a tag inside quotes inside a fence
        before = text
        for flag, mend in mends:
            mended = (mend(text) if mend else whole_sentences(text, cut_off=is_cut)).strip()
            if mended == text:
                continue
            if flag:
                flags[flag] = None
            # An item of a list is whole once the broken line behind it is gone.
            is_cut = is_cut and not (flag == "cut_off" and ends_in_item(mended))
            text = mended
        if text == before:
            break
    if not any(c.isalnum() or unicodedata.category(c) == "So" for c in text):
        text = ""  # "…", "---": nothing a person could say; an emoji (So) is
        flags["empty"] = None
    return Reply(text, tuple(flags))


def _mends(voices: Voices) -> Sequence[tuple[str, Mend | None]]:
    """What is done to a text, in order, each with its flag; None for what depends on where the text was cut off."""
    return (
        ("", _in_prose(layout.without_unseen)),
        ("reasoning", without_reasoning),
        ("template", without_marks),
        ("cut_off", lambda text: text[:_READ_LIMIT]),
        ("fence", layout.without_fence),
        ("quotes", layout.unquoted),
        ("spoke_for_others", _in_prose(partial(own_lines, voices=voices))),
        ("own_tag", _in_prose(partial(without_own_tag, voices=voices))),
        ("aside", _in_prose(layout.without_asides)),
        ("heading", _in_prose(layout.without_headings)),
        # In code as well: a link must not hide behind a fence that some client does not draw.
        ("links", plain_links),
        ("cut_off", None),
        ("fence", closed_fence),
        ("loop", _in_prose(without_loop)),
        ("blank_lines", _in_prose(layout.without_blank_lines)),
    )


def _in_prose(mend: Mend) -> Mend:
    return partial(outside_code, mend=mend)
