"""What the bot itself says: how a session stands, what the moderator does, what members said by command."""

from typing import Final

from bot.chat.text.sentences import small
from bot.discussion.model.dials import TurnOrder
from bot.discussion.model.record import Turn
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.text.segmentation import clipped
from bot.sessions.delivery.stage import StatusReport
from bot.store.models import Status

# Of the 2000 characters of an answer.
_CAST_LIMIT: Final = 1000

NOTICE: Final = (
    "The speakers are AI. What you write here goes to the host's model and is kept with the discussion; "
    "a message that starts with // stays out of it."
)
CHIME_IN: Final = "Just write here to chime in. Reply to a persona, or begin with its name, to have it answer you."
LISTENED_TO: Final = "This table is only listened to: nobody chimes in."
CANT_READ: Final = (
    "I can't read ordinary messages on this server. To chime in, use `/roundtable say`, mention me, "
    "reply to this card, or right-click a persona's message → Apps → *Ask this persona*."
)
NO_LENGTH: Final = (
    "It has no number of turns: people keep it going. `/roundtable wrapup` brings it to its summary, "
    "`/roundtable stop` ends it."
)
_SHARED: Final = (
    "{} tables share what Discord takes in this channel and its threads, about 30 messages a minute: "
    "each may have to speak less often."
)
# Who speaks next, as the convener chooses it and the card tells it.
FLOORS: Final[dict[TurnOrder, str]] = {
    "natural": "whoever was spoken to, else someone who has not spoken for a while",
    "round_robin": "one after the other, in seating order",
    "random": "by lot, but never the same twice in a row",
    "moderator": "whom the model chooses, each time",
}


def floor_choice(floor: TurnOrder) -> str:
    """A floor as one of the choices of `start`."""
    return f"{floor.replace('_', ' ')}: {FLOORS[floor]}"


def how_to_chime_in(chimers: int | None, *, can_read: bool) -> str:
    """How members can say something at a table, and who may (`chimers` as StoredSession has it)."""
    if chimers == 0:
        return LISTENED_TO
    how = CHIME_IN if can_read else CANT_READ
    return how if chimers is None else f"Members with the role <@&{chimers}> chime in here. {how}"


def moderator_line(turn: Turn) -> str:
    """A moderator's turn as the table sees it."""
    if isinstance(turn.steering, QuestionPut):
        return f"❓ **{turn.text}**"
    return small(turn.text)


def state(report: StatusReport) -> str:
    """How a session stands, in a few lines."""
    lines: list[str] = []
    match report.status:
        case Status.RUNNING:
            lines.append("**The table is open.**" if not report.waiting else "**Waiting for Discord.**")
        case Status.PAUSED:
            lines.append("**The table is paused.**")
        case Status.ENDED:
            lines.append("**The table is closed.**")
    if report.phase and report.status is not Status.ENDED:
        lines[0] += f" Now: {report.phase}."
    if report.reason:
        lines.append(report.reason)
    if report.question and report.status is not Status.ENDED:
        number = f"Question {report.question_number} of {report.questions}: " if report.questions > 1 else ""
        lines.append(f"{number}{clipped(report.question, 300)}")
    return "\n".join(lines)


def details(report: StatusReport, *, sharing: int = 1) -> str:
    """The same with what changes from turn to turn. `sharing`: how many tables are under way in the channel and its
    threads."""
    cast = clipped(", ".join(report.cast), _CAST_LIMIT)
    stand_in = f"The last turn came from the endpoint “{report.spoken_by}”, since the usual one failed."
    return "\n".join(
        [
            state(report),
            f"Turn {report.turns}{f' of {report.turns_in_all}' if report.turns_in_all else ''}. At the table: {cast}.",
            *([stand_in] if report.spoken_by else []),
            *([_queue(report.calls_before)] if report.calls_before is not None else []),
            *([_SHARED.format(sharing)] if sharing > 1 and report.status is Status.RUNNING else []),
            f"Tokens used: {report.tokens:,}{f' of {report.most_tokens:,}' if report.most_tokens else ''}.",
            *([f"Cost so far: {report.cost}."] if report.cost else []),
            f"Convened by <@{report.convener_id}>." if report.convener_id else "Its convener asked to be forgotten.",
        ]
    )


def _queue(before: int) -> str:
    first = {0: "it is next", 1: "1 call goes first"}.get(before, f"{before} calls go first")
    return f"The next turn waits for the model: {first}."


def covers(turns: int, reached: int, questions: int, *, then: str | None = None) -> str:
    """How far the turns will get, for the answer to `start`. `then`: what comes behind them, where that is not the
    summary."""
    spoken = "1 turn" if turns == 1 else f"{turns} turns"
    if questions == 1:
        return f"{spoken} on one question, then {then or 'a summary'}."
    # A table with nothing new to say on a question moves on sooner.
    least = "" if turns == 1 else "at least "
    covered = f"all {questions}" if reached == questions else f"{least}{reached} of the {questions}"
    return f"{spoken} will cover {covered} questions, then {then or 'comes a summary'}."


def answers(turns: int) -> str:
    """The same of a table that only answers people."""
    return f"{'1 answer' if turns == 1 else f'{turns} answers'} to what people ask, then a summary."
