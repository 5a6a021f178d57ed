"""The stage for a terminal: the same discussion as in a channel, in colour, for trying out personas and models."""

import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Final, TextIO

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import MINORITY_FLAG, Record, Session, Turn
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.text.control_sequences import without_controls
from bot.discussion.text.wrapping import columns, wrapped
from bot.minutes.account import PlaceNames
from bot.sessions.composing.findings import ForTheHost, NotRead
from bot.sessions.delivery.notices import (
    Done,
    GoesOn,
    LastCall,
    NearsItsEnd,
    Notice,
    NotShown,
    OutageOver,
    Paused,
    SessionClosed,
)
from bot.sessions.delivery.stage import GuestMessage, OwnMessage, StatusReport
from bot.store.models import Post, PostKind

# ANSI colours that can be read on black and on white.
_COLOURS: Final = (36, 35, 32, 33, 34, 31, 96, 95, 92, 94)
# How wide a page is where no terminal says so, and how narrow it may get.
_USUAL_WIDTH: Final = 100
_LEAST_WIDTH: Final = 20
_INDENT: Final = "  "
_BOLD: Final = "1"
_DIM: Final = "2"


class TerminalStage:
    """Prints turns. Nothing can be refused or get lost here.

    What is printed is wrapped to the terminal as wide as it is then, and holds no order to it but our own colours.
    """

    min_pace = 0.0

    def __init__(
        self, out: TextIO | None = None, *, colour: bool = True, unread: Callable[[], object] = lambda: None
    ) -> None:
        """`unread` is called once nobody reads any more what is printed (a pager was left); `is_read` then is false."""
        self._out = out or sys.stdout
        self._colour = colour
        self._colours: dict[str, int] = {}
        self._last_id = 0
        self.is_read = True
        self._unread = unread

    def show_header(self, session: Session) -> None:
        """What the discussion is about, who sits at it and how long it will be, before its first turn."""
        format = format_of(session)
        if session.task.name not in session.task.questions:  # the question comes next
            self._print(session.task.name.replace("-", " "), _BOLD)
        cast = [without_controls(p.full_name) for p in session.cast]
        self._colours = {name: _COLOURS[seat % len(_COLOURS)] for seat, name in enumerate(cast)}
        for names in _lines_of_names(cast, self._width):
            self._line(", ".join(self._paint(name, self._colour_of(name)) for name in names))
        for rule in format.rules(session):
            self._print(rule, _DIM)
        turns = format.turns_in_all(session, Record())
        length = f"{turns} turn{'' if turns == 1 else 's'}" if turns is not None else "As many turns as people want"
        then = format.after_the_turns(session, Record()) or "a summary"
        self._print(f"{length}, then {then}. Seed {session.seed}.", _DIM)
        self._line()

    def split(self, turn: Turn, persona: Persona | None) -> list[Post]:
        if isinstance(turn.steering, QuestionPut):
            return [Post(PostKind.NOTICE, f"— {turn.text}", turn_seq=turn.seq)]
        if turn.kind in ("moderator", "result"):
            return [Post(PostKind.NOTICE, turn.text, turn_seq=turn.seq)]
        name = persona.full_name if persona else turn.speaker
        heading = f"── Summary by {turn.speaker} ──" if turn.kind == "summary" else name
        if MINORITY_FLAG in turn.flags:
            heading = f"── Minority report by {turn.speaker} ──"
        return [Post(PostKind.TURN, turn.text, username=heading, turn_seq=turn.seq)]

    def sentence(self, notice: Notice) -> str:
        match notice:
            case Paused(reason=reason):
                # Nothing goes on by itself here, and the record goes with the command.
                return f"⏸ The discussion stops here. {reason}"
            case GoesOn() | OutageOver():
                return "▶ The table goes on."
            case NearsItsEnd(limit=limit):
                return f"⏳ The table comes to its end. {limit}"
            case LastCall():
                return notice.sentence
            case NotShown(what=what, why=why):
                return f"The {what} could not be shown. {why}"
            case SessionClosed():
                return "🏁 The table is closed. Thank you all."
            case NotRead():
                who = notice.named()
                return f"The model's server refuses to read something that {who} said. The table goes on without it."
            case ForTheHost(what=what) | Done(what=what):
                return what

    def names(self) -> PlaceNames:
        return PlaceNames()

    def safe_name(self, name: str) -> str:
        return name

    async def send(self, post: Post) -> int:
        self._last_id += 1
        if post.kind is PostKind.TURN:
            heading = without_controls(post.username or "")
            self._print(heading, self._colour_of(heading))
            self._print(post.content, indent=_INDENT)
        elif post.content:
            # What belongs to a turn is the moderator's; the rest is about the table.
            self._print(post.content, _DIM if post.turn_seq is None else _BOLD)
        self._line()
        return self._last_id

    async def sent_since(self, after_id: int) -> list[OwnMessage]:
        return []

    async def heard_since(self, after_id: int) -> list[GuestMessage]:
        return []

    def id_at(self, when: datetime) -> int:
        return 0

    async def said_of(self, message_ids: Collection[int]) -> dict[int, str | None]:
        return {}

    async def remove(self, message: OwnMessage) -> None: ...

    async def redraw(self, post: Post) -> None: ...

    async def renew(self) -> None: ...

    async def wake(self) -> None: ...

    async def show_typing(self, persona: Persona) -> None: ...

    def adopt_panel(self, message_id: int, *, instead_of: Collection[int] = ()) -> None: ...

    def expect(self, report: StatusReport) -> None: ...

    async def refresh(self, report: StatusReport) -> None: ...

    async def tell_convener(self, sentence: str) -> None:
        self._print(sentence)

    @property
    def _width(self) -> int:
        """Asked anew each time: a terminal can be resized."""
        return max(_LEAST_WIDTH, shutil.get_terminal_size((_USUAL_WIDTH, 24)).columns)

    def _colour_of(self, name: str) -> str:
        """Each seat its own, as long as there are enough; nothing but bold for what is nobody's name."""
        return f"{_BOLD};{self._colours[name]}" if name in self._colours else _BOLD

    def _print(self, text: str, code: str = "", *, indent: str = "") -> None:
        for line in wrapped(without_controls(text), self._width - len(indent)):
            self._line(f"{indent}{self._paint(line, code)}".rstrip())

    def _line(self, text: str = "") -> None:
        if not self.is_read:
            return
        try:
            print(text, file=self._out, flush=True)
        except BrokenPipeError:
            # Not raised: for a session it would be one more post of which nobody knows what became.
            self.is_read = False
            self._unread()

    def _paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self._colour and code and text else text


def _lines_of_names(names: Collection[str], width: int) -> Iterator[list[str]]:
    """The names of a list with commas, line by line; none is torn."""
    line: list[str] = []
    for name in names:
        if line and columns(", ".join([*line, name])) >= width:  # a comma behind it
            yield line
            line = []
        line.append(name)
    yield line
