"""Whether what is written like a name is the name, or the word that it also is: "Will", "Hope", "Umut", "光".

By its place, the punctuation and the case. Only where nothing of that speaks for either, a list of words does.
"""

from bot.discussion.model.address_words import (
    ALSO_WORDS,
    NEVER_BEFORE_A_CAPITAL,
    NEVER_BEFORE_A_NAME,
    NEVER_BEHIND_A_NAME,
)
from bot.discussion.model.reading import Place, Reading
from bot.discussion.model.titles import TITLES


def is_written_as_name(place: Place, reading: Reading) -> bool:
    """Whether a mention has the capital of a name, or stands where case says nothing."""
    return not place.letter.islower() or not reading.has_capitals or place.mention.form in reading.finder.uncased


def also_is_word(place: Place) -> bool:
    """Whether the name is known to be a word as well."""
    return place.mention.form in ALSO_WORDS or place.mention.form in TITLES


def may_be_name(place: Place, reading: Reading) -> bool:
    """Whether nothing shows that a mention is only a word, though no sign of a call shows that it is the name."""
    if place.has_at or place.mention.has_honorific or not (place.before or place.behind):
        return True
    is_word = also_is_word(place)
    is_small = place.letter.islower() and place.mention.form not in reading.finder.uncased
    if not place.letter.isupper() and not is_small:
        return not is_word  # a script without cases
    if is_small:
        # Phones set the first letter of a text only: who writes no other capitals writes names without them, too.
        return not (is_word or _is_used_as_word(place) or reading.has_inner_capitals)
    if not reading.has_capitals and is_word:
        return False
    if place.before:
        last = place.before[-1]
        return last not in NEVER_BEFORE_A_CAPITAL and not (is_word and last == "a")
    return not (is_word or _has_subject_behind(place))


def is_only_word(place: Place, reading: Reading) -> bool:
    """Whether a mention is clearly the word: in small letters among capitals, or as the word opens a sentence."""
    if place.has_at or place.mention.has_honorific:
        return False
    if not is_written_as_name(place, reading):
        return also_is_word(place) or _is_used_as_word(place)
    return also_is_word(place) and not place.before and _has_subject_behind(place)


def _is_used_as_word(place: Place) -> bool:
    """ "a king", "they will", "hope it"."""
    return (place.before[-1:] != () and place.before[-1] in NEVER_BEFORE_A_NAME) or _has_subject_behind(place)


def _has_subject_behind(place: Place) -> bool:
    """ "Will this …", "May I …", "Hope you …"."""
    return not place.tail.lstrip().startswith((",", ":", "!", "?", ".")) and (
        place.behind[:1] != () and place.behind[0] in NEVER_BEHIND_A_NAME
    )
