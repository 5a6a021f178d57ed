"""Marks of chat templates that end up in a reply: what begins a message, and what ends it and all that is said."""

import re
from collections.abc import Iterator
from typing import Final

from bot.discussion.replies.verbatim import code

# Who a template says is speaking; whose line that is, is told like that of any other line.
_ROLE: Final = r"[^\W\d_][^\n:<>|｜\[\]]{0,60}"
_LINE: Final = rf"{_ROLE}(?=\n)"
_COMMON: Final = r"(?i:assistant|user|system|human|model|bot|chatbot)(?!\w)"
# Begins a message, at the very beginning of a reply: a pattern, and whose it is. Source: the models' chat templates.
_BEGINNINGS: Final = (
    (
        r"<s>|<bos>|<\|begin_of_text\|>|<｜begin▁of▁sentence｜>|<\|startoftext\|>",
        "Llama, Mistral, Gemma, DeepSeek, LFM",
    ),
    (rf"<\|im_start\|>[^\S\n]*(?P<chatml>{_LINE}|{_COMMON})?\n?", "ChatML: Qwen, Yi, SmolLM, Hermes and many others"),
    (rf"<\|start_header_id\|>(?P<llama>{_ROLE})?<\|end_header_id\|>", "Llama 3"),
    (rf"<start_of_turn>(?P<gemma>{_LINE}|{_COMMON})?\n?", "Gemma up to 3"),
    (rf"<\|turn>(?P<gemma4>{_LINE}|{_COMMON})?\n?", "Gemma 4"),
    (rf"<\|start_of_role\|>(?P<granite>{_ROLE})?<\|end_of_role\|>", "Granite"),
    (rf"<\|start\|>(?P<harmony>{_ROLE}(?=<)|{_COMMON})?(?:<\|message\|>)?", "gpt-oss"),
    (rf"<[|｜](?P<bare>{_COMMON})[|｜]>", "Phi, Zephyr, DeepSeek, GLM"),
    (r"<\|START_OF_TURN_TOKEN\|>|<\|(?P<cohere>CHATBOT|USER|SYSTEM)_TOKEN\|>", "Command R"),
    (
        r"<\|(?:START_RESPONSE|START_TEXT|begin_of_solution|begin_of_box)\|>|<\|message\|>",
        "Command A, OpenThinker, GLM",
    ),
    (r"<(?P<tag>answer|response|output)>", "Hunyuan, ERNIE, Reflection"),
    (r"\[/INST\]|\[/?SYSTEM_PROMPT\]", "Mistral"),
)
# Ends a message. What a model writes behind it is another message, or another's.
_ENDINGS: Final = (
    (
        r"<[|｜][^<>|｜\s]{1,40}[|｜]>",
        "<|eot_id|>, <|im_end|>, <|endoftext|>, <|end|>, <|user|>, <｜end▁of▁sentence｜> …",
    ),
    (r"<\|[a-z_]{2,20}>|<[a-z_]{2,20}\|>", "Gemma 4"),
    (r"</?s>|<(?:eos|bos|pad|unk)>|</?(?:start|end)_of_turn>", "Llama, Mistral, Gemma"),
    (r"\[/?INST\]|<</?SYS>>|\[/?SYSTEM_PROMPT\]", "Llama 2, Mistral"),
    (r"\[e~\[|\]~b\]", "MiniMax"),
    (r"</(?:answer|response|output)>\s*\Z", "Hunyuan, ERNIE, Reflection"),
    (r"(?m:^[^\S\n]*\#{3,}[^\S\n]*$)", "Alpaca, where its header is cut short"),
    # The words are left where a server takes out the marks around them.
    (r"(?<=[.!?…。！？\"”*)])(?:assistant|user)(?=\n)", "Llama 3, ChatML"),
)
_BEGINNING: Final = re.compile(r"\s*(?:" + "|".join(pattern for pattern, _ in _BEGINNINGS) + ")")
_ENDING: Final = re.compile("|".join(pattern for pattern, _ in _ENDINGS))
# Words struck out, as in HTML.
_STRUCK: Final = re.compile(r"<s>[^\n<>]{1,200}</s>")


def without_marks(text: str) -> str:
    """`text` from behind the marks that begin it up to the first that ends it. Those in code are no marks.

    A role that a mark names becomes a name tag ("user:"), so that it is judged as such.
    """
    at, label = 0, ""
    while match := _BEGINNING.match(text, at):
        at = match.end()
        role = next((said for name, said in match.groupdict().items() if said and name != "tag"), "")
        label = f"{role.strip()}:\n" if role.strip() else label
    text = label + text[at:].lstrip() if at else text
    end = next(_endings(text), None)
    return text if end is None else text[:end].rstrip()


def _endings(text: str) -> Iterator[int]:
    found = list(_ENDING.finditer(text))
    hidden = [(s.start, s.end) for s in code(text)] + [s.span() for s in _STRUCK.finditer(text)] if found else []
    return (mark.start() for mark in found if not any(start <= mark.start() < end for start, end in hidden))
