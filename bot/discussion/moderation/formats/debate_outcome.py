"""What came of a debate, in words: which side has won, by what, and whom of the personas it moved."""

from typing import Final

from bot.discussion.model import swing
from bot.discussion.model.polls import Poll
from bot.discussion.model.record import Record
from bot.discussion.model.swing import OPTIONS, SIDES, Swing
from bot.discussion.moderation.formats.debate_sides import SIDE_NAMES

NOBODY: Final = "Nobody voted, so nobody has won."
BY_PERSONAS: Final = "No member voted after the debate, so the personas’ secret ballots have decided."


def outcome(record: Record, after: Poll) -> str:
    """The result by people's votes; by the personas' secret ballots only where no member voted after the debate. The
    first line tells who has won, those behind it the rest. `after`: that poll, once it is closed."""
    told = [verdict(record, after)]
    if swing.of_people(after).is_told:
        told.append(_apart(swing.of_personas(record, after)))
    return "\n".join(filter(None, [*told, _minds(record, after)]))


def verdict(record: Record, after: Poll) -> str:
    """Which side has won, and whose votes have decided that, where it is not people's. `after`: as in `outcome`."""
    people, personas = swing.of_people(after), swing.of_personas(record, after)
    if people.is_told:
        return _won(people, "member")
    return f"{_won(personas, 'persona')}\n{BY_PERSONAS}" if personas.is_told else NOBODY


def _won(votes: Swing, who: str) -> str:
    """Who has won, and by what."""
    measured = [_gain(votes.gains[side]) if votes.twice else _count(votes.all_after[side], "vote") for side in SIDES]
    if votes.twice:
        by = f"among {_count(votes.twice, who)} who voted both times"
    else:
        by = f"for nobody voted both times, and {_count(sum(votes.all_after), who)} voted after the debate"
    winner = votes.winner
    if winner is None:
        return f"It is a tie: both sides {'' if votes.twice else 'have '}{measured[0]}, {by}."
    has = "" if votes.twice else "has "
    return (
        f"The side {SIDE_NAMES[winner]} the motion wins: it {has}{measured[winner]}, the other {has}"
        f"{measured[1 - winner]}, {by}."
    )


def _apart(votes: Swing) -> str:
    if not votes.is_told:
        return ""
    if not votes.twice:
        return f"The personas, whose votes do not count in this: {_listed(votes.all_after)}."
    counts = zip(OPTIONS, votes.before, votes.after, strict=True)
    told = ", ".join(f"{option.lower()} {before} → {after}" for option, before, after in counts if before or after)
    return f"The personas, whose votes do not count in this: {told}."


def _minds(record: Record, after: Poll) -> str:
    changed = swing.changed_minds(record, after)
    told = (f"{name} ({OPTIONS[one].lower()} → {OPTIONS[other].lower()})" for name, (one, other) in changed.items())
    return f"Moved by the debate: {', '.join(told)}." if changed else ""


def _listed(counts: swing.Counts) -> str:
    return ", ".join(f"{option.lower()} {count}" for option, count in zip(OPTIONS, counts, strict=True) if count)


def _gain(votes: int) -> str:
    if not votes:
        return "gained no vote"
    return f"gained {_count(votes, 'vote')}" if votes > 0 else f"lost {_count(-votes, 'vote')}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
