"""What `roundtable check` has found, printed as it comes, and what is ready at the end of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bot.discussion.text.control_sequences import without_controls
from bot.discussion.text.enumeration import enumerated

# What is looked at for them, in the order in which they are told.
_COMMANDS: Final = ("demo", "discuss", "run")
_MENDED: Final = "what is marked ✗"


class Report:
    """Prints findings as they come, and counts those that must be mended and those that are worth a thought."""

    def __init__(self, say: Callable[[str], None] = print) -> None:
        self.faults = self.notes = 0
        self._say = say
        self._concerned: tuple[str, ...] = _COMMANDS
        self._needs: dict[str, list[str]] = {command: [] for command in _COMMANDS}

    def fine(self, text: str) -> None:
        self._tell("✓", text)

    def note(self, text: str) -> None:
        self.notes += 1
        self._tell("!", text)

    def fault(self, text: str) -> None:
        self.faults += 1
        self._tell("✗", text)
        self.needs(_MENDED)

    def needs(self, what: str) -> None:
        """Something is missing without which the commands concerned do not work."""
        for command in self._concerned:
            if what not in self._needs[command]:
                self._needs[command].append(what)

    def is_ready(self, command: str) -> bool:
        """Whether nothing stands in the way of this command."""
        return not self._needs[command]

    @contextmanager
    def concerning(self, *commands: str) -> Iterator[None]:
        """What is found meanwhile stands in the way of these commands only; otherwise of all."""
        before, self._concerned = self._concerned, commands
        try:
            yield
        finally:
            self._concerned = before

    @property
    def outcome(self) -> str:
        """All of it in a line: what there is to do, and at the end what is ready."""
        counts = f"{self.faults} to mend (✗ above). " if self.faults else ""
        counts += f"{self.notes} to think about (! above). " if self.notes else ""
        ready = [command for command in _COMMANDS if not self._needs[command]]
        waiting: dict[str, list[str]] = {}
        for command, needs in self._needs.items():
            if needs:
                waiting.setdefault(" and ".join(needs), []).append(command)
        rest = "".join(
            f"; {enumerated(commands)} still need{'s' if len(commands) == 1 else ''} {needs}"
            for needs, commands in waiting.items()
        )
        return f"{counts}Ready for {enumerated(ready) or 'nothing yet'}{rest}."

    def _tell(self, sign: str, text: str) -> None:
        self._say(f"{sign} {without_controls(text)}")
