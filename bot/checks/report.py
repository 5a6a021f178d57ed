"""What `roundtable check` has found, printed as it comes."""

from collections.abc import Callable


class Report:
    """Prints findings as they come, and counts those that must be mended."""

    def __init__(self, say: Callable[[str], None] = print) -> None:
        self.faults = 0
        self._say = say

    def fine(self, text: str) -> None:
        self._say(f"✓ {text}")

    def note(self, text: str) -> None:
        self._say(f"! {text}")

    def fault(self, text: str) -> None:
        self.faults += 1
        self._say(f"✗ {text}")
