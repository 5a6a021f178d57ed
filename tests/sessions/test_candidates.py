"""Which of the answers to one turn is shown: what is new of the better one, and nothing that nobody may see."""

import pytest

from bot.discussion.replies.guards import Objection
from bot.discussion.replies.reply import Reply
from bot.llm.completion import Completion
from bot.sessions.composing.candidates import Candidate, best

OLD, NEW = "old old old", "new new new"
REPEATED = Objection("repeat", "repeated", "Say something new.", is_fatal=False)
FOR_OTHERS = Objection("others", "spoke_as_other", "Say your own view.")


def answer(text: str, problem: Objection | None, *flags: str) -> Candidate:
    return Candidate(Completion(text, "stop", 1, 0, 1, 0.0), Reply(text, flags), problem)


def new_words(reply: Reply) -> int:
    return reply.text.count("new")


@pytest.mark.parametrize(
    ("answers", "text", "flags"),
    [
        ([answer(NEW, None)], NEW, ()),
        # The second is fine, whatever the first had.
        ([answer(NEW, REPEATED), answer(OLD, None)], OLD, ()),
        # Both are of little use: the one with more that is new, the first of two alike.
        ([answer("new", REPEATED), answer(NEW, REPEATED)], NEW, ("repeated",)),
        ([answer(NEW, REPEATED, "trimmed:repeated"), answer("new", REPEATED)], NEW, ("trimmed:repeated", "repeated")),
        ([answer("new one", REPEATED), answer("new two", REPEATED)], "new one", ("repeated",)),
        # Nothing new, nothing left, or somebody else's voice: a pass.
        ([answer(OLD, REPEATED), answer(OLD, REPEATED)], "", ("repeated",)),
        ([answer("", REPEATED), answer("", REPEATED)], "", ("repeated",)),
        ([answer(NEW, FOR_OTHERS), answer(NEW, FOR_OTHERS)], "", ("spoke_as_other",)),
        ([answer(NEW, FOR_OTHERS), answer("new", REPEATED)], "new", ("repeated",)),
        ([answer("new", REPEATED), answer(NEW, FOR_OTHERS)], "new", ("repeated",)),
    ],
)
def test_which_answer_becomes_the_turn(answers: list[Candidate], text: str, flags: tuple[str, ...]) -> None:
    said = best(answers, new_words).said("")
    assert said == Reply(text, flags)


def test_a_turn_says_why_it_was_asked_for_again() -> None:
    assert answer(NEW, None).said("asked_again:empty").flags == ("asked_again:empty",)
