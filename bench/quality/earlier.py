"""Two ways to lay out a prompt that the product has left behind, rebuilt to measure what they cost."""

from collections.abc import Sequence
from typing import Final

from bench.quality.dialogue import Message
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session
from bot.discussion.prompts import prompt
from bot.discussion.prompts.prompt import Cue

# Where two of the user's messages would follow each other.
FILLER: Final = "I see."
# Characters of English prose in a token, on the safe side for a model with a small vocabulary.
CHARS_PER_TOKEN: Final = 4.0


def the_script(session: Session, record: Record, speaker: Persona, cue: Cue) -> Sequence[Message]:
    """The script that Roundtable began as. Earlier turns are messages whose roles alternate by position; behind them
    one of the user's with card, topic, instructions, time left and name. It is not kept: the next turn has its own."""
    said = [turn for turn in record if turn.kind == "persona" and turn.text]
    messages = [
        {"role": "assistant" if position % 2 else "user", "content": f"{turn.speaker}: {turn.text}"}
        for position, turn in enumerate(said)
    ]
    if len(messages) % 2:
        messages.append({"role": "assistant", "content": FILLER})
    parts = [speaker.prompt]
    if not said:
        others = ", ".join(p.full_name for p in session.cast if p is not speaker)
        parts += [session.task.context, f"You discuss with {others}."]
    parts += [f"Topic: {cue.question}", session.task.discuss]
    if cue.ask:
        parts.append(f"Ask {cue.ask} for an opinion.")
    parts += [f"You have {cue.turns_left} minutes left.", f"{speaker.name}:"]
    return [*messages, {"role": "user", "content": "\n\n".join(parts)}]


class DropsOldest:
    """Our layout, but where it does not fit into `room` tokens the oldest lines go, as many as it takes, each turn."""

    def __init__(self, room: int) -> None:
        self._room = int(room * CHARS_PER_TOKEN)

    def __call__(self, session: Session, record: Record, speaker: Persona, cue: Cue) -> Sequence[Message]:
        head, end = prompt.preamble(session), prompt.tail(session, speaker, cue)
        lines = prompt.transcript(session, record).splitlines(keepends=True)
        while lines and len(head) + sum(map(len, lines)) + len(end) > self._room:
            del lines[0]
        return [{"role": "user", "content": head + "".join(lines) + end}]
