"""Who gives the minority report: the persona whose ballot lost by most."""

from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import Poll
from bot.discussion.model.record import Record, Session, speakers
from bot.discussion.moderation.seeded_random import seeded_random


def dissenter(session: Session, record: Record, poll: Poll) -> Persona | None:
    """Of those who may speak and voted for none of the winners: who ranked the best of those lowest, or is for the
    option with fewest votes; at a tie by lot. None where nobody won, or nobody lost."""
    if not poll.winners:
        return None
    lost = {name: ranking for name, ranking in poll.ballots.items() if ranking and ranking[0] not in poll.winners}
    there = [persona for persona in speakers(session, record) if persona.name in lost]
    seeded_random(session.seed, "minority", poll.seq).shuffle(there)
    return max(there, key=lambda persona: _strength(poll, lost[persona.name]), default=None)


def _strength(poll: Poll, ranking: tuple[int, ...]) -> int:
    if poll.opened.ranked:
        return min(ranking.index(number) for number in poll.winners)
    return -poll.together[ranking[0]]
