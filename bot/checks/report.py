"""What `roundtable check` has found, printed as it comes."""

from collections.abc import Callable


class Report:
    """Prints findings as they come, and counts those that must be mended and those that are worth a thought."""

    def __init__(self, say: Callable[[str], None] = print) -> None:
        self.faults = self.notes = 0
        self._say = say

    def fine(self, text: str) -> None:
        self._say(f"✓ {text}")

    def note(self, text: str) -> None:
        self.notes += 1
        self._say(f"! {text}")

    def fault(self, text: str) -> None:
        self.faults += 1
        self._say(f"✗ {text}")

    @property
    def outcome(self) -> str:
        """All of it in a sentence."""
        if self.faults:
            return f"{self.faults} to mend (✗ above)."
        if self.notes:
            return f"Nothing must be mended; {self.notes} to think about (! above)."
        return "Everything is right."
