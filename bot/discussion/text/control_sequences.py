"""Text for a terminal: without what it would take for an order (colours, titles, moves) or a change of direction."""

import re
from typing import Final

# Escape sequences and their one-character forms: ECMA-48, 5th edition, sections 5.3 to 5.6.
_SEQUENCE: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
# All other control characters but tab and line feed; marks that turn the direction of what follows; halves of
# characters, which no terminal can be sent.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def without_controls(text: str) -> str:
    """`text` as a terminal shows it as text: without escape sequences, control characters and halves of characters."""
    return _CONTROLS.sub("", _SEQUENCE.sub("", text))
