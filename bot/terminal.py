"""The stage for a terminal: the same discussion as in a channel, in colour, for trying out personas and models."""

import sys
import textwrap
import zlib
from collections.abc import Collection
from typing import Final, TextIO

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import QuestionPut, Turn
from bot.sessions.composing.findings import ForTheHost, NotRead
from bot.sessions.delivery.notices import (
    Done,
    GoesOn,
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
_WIDTH: Final = 100


class TerminalStage:
    """Prints turns. Nothing can be refused or get lost here."""

    min_pace = 0.0

    def __init__(self, out: TextIO | None = None, *, colour: bool = True) -> None:
        self._out = out or sys.stdout
        self._colour = colour
        self._last_id = 0

    def split(self, turn: Turn, persona: Persona | None) -> list[Post]:
        if isinstance(turn.steering, QuestionPut):
            return [Post(PostKind.NOTICE, f"— {turn.text}", turn_seq=turn.seq)]
        name = persona.full_name if persona else turn.speaker
        return [Post(PostKind.TURN, turn.text, username=name, turn_seq=turn.seq)]

    def sentence(self, notice: Notice) -> str:
        match notice:
            case Paused(reason=reason):
                # Nothing goes on by itself here, and the record goes with the command.
                return f"⏸ The discussion stops here. {reason}"
            case GoesOn() | OutageOver():
                return "▶ The table goes on."
            case NearsItsEnd(limit=limit):
                return f"⏳ The table comes to its end. {limit}"
            case NotShown(what=what, why=why):
                return f"The {what} could not be shown. {why}"
            case SessionClosed():
                return "🏁 The table is closed. Thank you all."
            case NotRead():
                who = notice.named()
                return f"The model's server refuses to read something that {who} said. The table goes on without it."
            case ForTheHost(what=what) | Done(what=what):
                return what

    def safe_name(self, name: str) -> str:
        return name

    async def send(self, post: Post) -> int:
        self._last_id += 1
        if post.kind is PostKind.TURN:
            name = post.username or ""
            paragraphs = post.content.splitlines()
            body = "\n".join(textwrap.fill(p, _WIDTH, initial_indent="  ", subsequent_indent="  ") for p in paragraphs)
            colour = _COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]
            print(f"{self._paint(name, f'1;{colour}')}\n{body}\n", file=self._out, flush=True)
        elif post.content:
            print(self._paint(textwrap.fill(post.content, _WIDTH), "2") + "\n", file=self._out, flush=True)
        return self._last_id

    async def sent_since(self, after_id: int) -> list[OwnMessage]:
        return []

    async def heard_since(self, after_id: int) -> list[GuestMessage]:
        return []

    async def said_of(self, message_ids: Collection[int]) -> dict[int, str | None]:
        return {}

    async def remove(self, message: OwnMessage) -> None: ...

    async def renew(self) -> None: ...

    async def wake(self) -> None: ...

    async def show_typing(self, persona: Persona) -> None: ...

    def adopt_panel(self, message_id: int, *, instead_of: Collection[int] = ()) -> None: ...

    def expect(self, report: StatusReport) -> None: ...

    async def refresh(self, report: StatusReport) -> None: ...

    async def tell_convener(self, sentence: str) -> None:
        print(sentence, file=self._out, flush=True)

    def _paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self._colour else text
