"""What came of a poll, in words: what won, how many votes each option has, who changed their mind, who abstained.

The table reads them, too, so options are named by their words, and proposals by whose they are: whoever reads letters
speaks in letters.
"""

from typing import Final

from bot.discussion.model.polls import Poll, letter
from bot.discussion.model.positions import ChangedMind, changed_minds
from bot.discussion.model.record import TAKEN_OUT, Record
from bot.discussion.text.enumeration import enumerated
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import clipped

# In characters: an option that has been read in full before.
_SHORT: Final = 60


def outcome(poll: Poll) -> str:
    """What won, as a sentence or two; of several at a tie each is named."""
    won = [_named(poll, number) for number in poll.winners]
    if not won:
        return "Nobody voted: there is no result."
    scores = poll.points if poll.opened.ranked else poll.together
    most, unit = max(scores), "point" if poll.opened.ranked else "vote"
    if len(won) > 1:
        return f"It is a tie, with {_many(most, unit)} each: {enumerated(won)}."
    score = _many(most, unit) if poll.opened.ranked else f"{most} of {_many(sum(scores), unit)}"
    return f"The result, with {score}: {won[0]}."


def how_to_state(poll: Poll) -> str:
    """In which form a summary is to tell what won, so that it can be told from other words in any language."""
    if not poll.winners:
        return "in a few words"
    if poll.opened.by:
        return "with the name of whose proposal it is, and its points in figures"
    return "word for word in quotation marks, with its votes in figures"


def in_words(poll: Poll, record: Record) -> str:
    """All of it, a line each, as the table sees it where there is no card."""
    return "\n".join([outcome(poll), *tally(poll), *asides(poll, record)])


def tally(poll: Poll) -> list[str]:
    """How many votes each option has, a line each."""
    options = (
        _whose(poll, number) if poll.opened.by else clipped(one_line(option), _SHORT)
        for number, option in enumerate(poll.options)
    )
    return [f"{option}: {votes_for(poll, number)}." for number, option in enumerate(options)]


def votes_for(poll: Poll, number: int) -> str:
    """How many votes, and where they were ranked points, an option has."""
    personas, people = poll.personas[number], poll.people[number]
    told = [_many(personas, "persona") if personas else "", _many(people, "person", "people") if people else ""]
    votes = enumerated(filter(None, told)) if personas or people else ""
    if not poll.opened.ranked:
        return votes or "nobody"
    return f"{_many(poll.points[number], 'point')}{f', first for {votes}' if votes else ''}"


def asides(poll: Poll, record: Record) -> list[str]:
    """Who changed their mind since the positions, and who abstained; nothing where nobody did."""
    changed = [_change(poll, change) for change in changed_minds(record, poll)]
    told = [("Changed their mind", changed), ("Abstained", list(poll.abstained))]
    return [f"{what}: {', '.join(who)}." for what, who in told if who]


def ballots(poll: Poll) -> list[tuple[str, str]]:
    """How each persona voted: by name, and in words; proposals by the letters that they had on the ballot."""
    return [
        (name, " > ".join(letter(at) if poll.opened.by else _short(poll, at) for at in ranking) or "abstains")
        for name, ranking in poll.ballots.items()
    ]


def _change(poll: Poll, change: ChangedMind) -> str:
    before = "their own proposal" if change.before is None else _short(poll, change.before)
    return f"{change.name} (from {before} to {_short(poll, change.after)})"


def _named(poll: Poll, number: int) -> str:
    """An option in full; a proposal with whose it is."""
    option = one_line(poll.options[number]).rstrip(".")
    if not poll.opened.by:
        return f"“{option}”"
    return f"{_whose(poll, number)} {TAKEN_OUT if option == TAKEN_OUT else f'(“{option}”)'}"


def _short(poll: Poll, number: int) -> str:
    """An option where it is one of several in a line: a proposal by whose it is."""
    return f"{poll.opened.by[number]}'s" if poll.opened.by else f"“{clipped(one_line(poll.options[number]), _SHORT)}”"


def _whose(poll: Poll, number: int) -> str:
    return f"{one_line(poll.opened.by[number])}'s proposal"


def _many(number: int, thing: str, things: str = "") -> str:
    return f"{number} {thing if number == 1 else things or f'{thing}s'}"
