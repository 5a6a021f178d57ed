"""The answers that the calls for one turn came to, and which of them becomes the turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.discussion.replies.guards import Objection
from bot.discussion.replies.reply import Reply
from bot.llm.completion import Completion


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one call came to, and what is to be said against it."""

    completion: Completion
    reply: Reply
    problem: Objection | None

    @property
    def may_stand(self) -> bool:
        """Whether something of it may be shown."""
        return bool(self.reply.text) and not (self.problem and self.problem.is_fatal)

    def said(self, asked_again: str) -> Reply:
        """The reply as it becomes a turn: one that may not stand is a pass."""
        flags = [*self.reply.flags, self.problem.flag if self.problem else "", asked_again]
        text = self.reply.text if self.may_stand else ""
        return Reply(text, tuple(dict.fromkeys(filter(None, flags))))


def best(answers: Sequence[Candidate], worth: Callable[[Reply], int]) -> Candidate:
    """The last answer if nothing is to be said against it; else the one with most that is new, if one has any.

    `worth`: how much in a reply is new, 0 for nothing.
    """
    last = answers[-1]
    if last.problem is None:
        return last
    new = [(worth(answer.reply), answer) for answer in answers if answer.may_stand]
    most, best = max(new, key=lambda found: found[0], default=(0, last))
    return best if most else replace(last, reply=replace(last.reply, text=""))
