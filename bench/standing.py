"""What a table that has stood for weeks costs the bot: `python -m bench.standing [TURNS]`.

It prints how long the moderator takes to decide what comes next, how long it takes to make a prompt and to look through
an answer, and how much memory the record takes; beside the same of a table that has just begun.
"""

import random
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from time import perf_counter

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn, moderator_turn
from bot.discussion.model.steerings import Compaction
from bot.discussion.model.task import Task
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Listen, Speak
from bot.discussion.prompts.prompt import build_prompt
from bot.discussion.replies.guards import objection
from bot.discussion.replies.reply import Reply
from bot.discussion.replies.trimming import trimmed
from bot.sessions.composing.requests import COMPARED

_NAMES = ("Aino", "Ravi", "Mira")
_WORDS = 40
# Of the house's own compaction, at the length of a turn here: every so many turns one.
_COMPACTED_EVERY = 60


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{'turns':>7} {'next step':>10} {'prompt':>9} {'answer':>9} {'memory':>9}")
    for turns in (100, most):
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        session, record = _table(turns)
        memory = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert isinstance(next_step(session, record), Listen)
        deciding = _best(partial(_decided, session, record))
        record.append(Turn(record.last_seq + 1, "guest", "Kim", "Ravi, is anybody there?", addressed="Ravi"))
        step = next_step(session, record)
        assert isinstance(step, Speak)
        prompting = _best(partial(build_prompt, session, record, step.persona, step.cue))
        said = Reply(_text(random.Random(-1)), ())
        looking = _best(partial(_looked_through, session, record, step, said))
        cells = (
            *(f"{1000 * seconds:.2f} ms" for seconds in (deciding, prompting, looking)),
            f"{memory / 2**20:.1f} MB",
        )
        print(f"{turns:>7} {cells[0]:>10} {cells[1]:>9} {cells[2]:>9} {cells[3]:>9}")


def _decided(session: Session, record: Record) -> None:
    next_step(session, Record(record.turns))  # which has not been looked through yet


def _looked_through(session: Session, record: Record, step: Speak, reply: Reply) -> None:
    lately = record.lately(COMPARED)
    trimmed(reply, session, lately, step.persona, cue="")
    objection(reply, session, lately, step.persona, cue="", summary=False)


def _table(turns: int) -> tuple[Session, Record]:
    cast = tuple(Persona(name=name, full_name=name, prompt=f"You are {name}.") for name in _NAMES)
    session = Session(Task.asking(["What is new?"]), cast, Dials(format="open", open_turns=1), 1)
    record, chance = Record(), random.Random(1)
    while len(record) < turns:
        seq = record.last_seq + 1
        text = _text(chance)
        record.turns.append(Turn(seq, "guest", f"Guest {chance.randrange(50)}", text, author_id=seq, message_id=seq))
        persona = Turn(seq + 1, "persona", chance.choice(_NAMES), _text(chance), heard=seq, raw=_text(chance))
        record.turns.append(persona)
        if len(record) % _COMPACTED_EVERY < 2:
            gist = Compaction(upto=len(record), gist="Earlier there spoke many.")
            record.turns.append(moderator_turn(record, gist, ""))
    if record.turns[-1].kind != "persona":
        seq = record.last_seq + 1
        record.turns.append(Turn(seq, "persona", "Aino", _text(chance), heard=seq - 1))
    return session, record


def _text(chance: random.Random) -> str:
    return " ".join(f"word{chance.randrange(5_000)}" for _ in range(_WORDS)) + "."


def _best(work: Callable[[], object], times: int = 5) -> float:
    taken: list[float] = []
    for _ in range(times):
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return min(taken)


if __name__ == "__main__":
    main()
