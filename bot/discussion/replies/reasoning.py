"""What a model thought aloud inside its text, by the tags that models put around it."""

import re
from typing import Final

OPENING: Final = "<think>"
# The last is Mistral's, which no persona writes by chance in capitals.
_TAG: Final = re.compile(r"(?i:<(?P<end>/?)(?:think|thinking|reasoning)>)|\[(?P<end_too>/?)THINK\]")


def is_unopened(text: str) -> bool:
    """Whether a thought ends in `text` that never began there: it does in what the model's template ends with."""
    tag = _TAG.search(text)
    return tag is not None and bool(tag["end"] or tag["end_too"])


def without_reasoning(text: str) -> str:
    """`text` less every thought: also one that never began (the template began it) or never ended (it was cut off)."""
    said: list[str] = []
    start, inside = 0, False
    for tag in _TAG.finditer(text):
        if not (tag["end"] or tag["end_too"]):
            if not inside:
                said.append(text[start : tag.start()])
            inside = True
            continue
        if not inside:
            said.clear()
        start, inside = tag.end(), False
    if not inside:
        said.append(text[start:])
    return "".join(said)
