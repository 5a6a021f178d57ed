"""Whether what is written like a name is the name, or the word that it also is: "Will", "Hope", "Umut", "光".

By its place, the punctuation and the case. Only where nothing of that speaks for either, a list of words does.
"""

from bot.discussion.model.reading import Occurrence, Reading
from bot.discussion.model.titles import TITLES
from bot.discussion.model.word_names import (
    ALSO_WORDS_ELSEWHERE,
    ALSO_WORDS_OF_ENGLISH,
    NEVER_BEFORE_A_CAPITAL,
    NEVER_BEFORE_A_CAPITAL_WORD,
    NEVER_BEFORE_A_NAME,
    NEVER_BEHIND_A_NAME,
    ONLY_BEHIND_A_NAME,
)
from bot.discussion.text.folding import bare


def is_written_as_name(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether a mention has the capital of a name, or stands where case says nothing."""
    return (
        not occurrence.letter.islower() or not reading.has_capitals or occurrence.mention.form in reading.finder.uncased
    )


def also_is_word(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether the name is known to be a word as well in the language of the text, and stands without a title."""
    form = bare(occurrence.mention.form)
    if is_english_word(occurrence) or (form in TITLES and not occurrence.mention.is_titled):
        return True
    return form in ALSO_WORDS_ELSEWHERE and not occurrence.mention.is_titled and not reading.is_english


def is_english_word(occurrence: Occurrence) -> bool:
    """Whether the name is known to be a word in English, and stands without a title."""
    return bare(occurrence.mention.form) in ALSO_WORDS_OF_ENGLISH and not occurrence.mention.is_titled


def may_be_name(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether nothing shows that a mention is only a word, though no sign of a call shows that it is the name."""
    if occurrence.has_at or occurrence.mention.is_titled or not (occurrence.before or occurrence.behind):
        return True
    is_word = also_is_word(occurrence, reading)
    is_small = occurrence.letter.islower() and occurrence.mention.form not in reading.finder.uncased
    if not occurrence.letter.isupper() and not is_small:
        return not is_word  # a script without cases
    if is_small:
        # Phones set the first letter of a text only: who writes no other capitals writes names without them, too.
        return not (is_word or _is_used_as_word(occurrence) or reading.has_inner_capitals)
    if not reading.has_capitals and is_word:
        return False
    if occurrence.before:
        before = occurrence.word_before
        return before not in NEVER_BEFORE_A_CAPITAL and not (is_word and before in NEVER_BEFORE_A_CAPITAL_WORD)
    return occurrence.word_behind in ONLY_BEHIND_A_NAME or not (is_word or _has_subject_behind(occurrence))


def is_only_word(occurrence: Occurrence, reading: Reading) -> bool:
    """Whether a mention is clearly the word: in small letters among capitals, or as the word opens a sentence."""
    if occurrence.has_at or occurrence.mention.is_titled:
        return False
    if not is_written_as_name(occurrence, reading):
        return also_is_word(occurrence, reading) or _is_used_as_word(occurrence)
    return also_is_word(occurrence, reading) and not occurrence.before and _has_subject_behind(occurrence)


def _is_used_as_word(occurrence: Occurrence) -> bool:
    """ "a king", "they will", "hope it"."""
    return occurrence.word_before in NEVER_BEFORE_A_NAME or _has_subject_behind(occurrence)


def _has_subject_behind(occurrence: Occurrence) -> bool:
    """ "Will this …", "May I …", "Hope you …"."""
    return occurrence.word_behind in NEVER_BEHIND_A_NAME
