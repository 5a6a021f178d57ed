"""Control marks of chat templates: some servers read `<|im_end|>` or `[INST]` as a turn's end also inside a text."""

import re
from typing import Final

from bot.discussion.text.text_caches import caches_turn_texts

# Every vendor's marks are a word in angle brackets (`</s>`, `<|im_start|>`, `<｜User｜>`, `<start_of_turn>`,
# `<<SYS>>`), a word of capitals in square ones (`[/INST]`, `[TOOL_CALLS]`, `[gMASK]`), `[|user|]` or `]~b]`, `[e~[`.
# Only whole marks count, so one space behind the first sign is enough.
_MARK: Final = re.compile(r"<(?=[^\s\d=-])|\[(?=\||/?(?:[A-Z][A-Z_]+|gMASK|sop)\])|\](?=~)|~(?=\[)|\|(?=>)")


# Each prompt holds the lines of the one before.
@caches_turn_texts(maxsize=1024)
def escape_control_tokens(text: str) -> str:
    """`text` with every control mark broken by a space; nothing else changes, and never across a line's end."""
    return _MARK.sub(r"\g<0> ", text)
