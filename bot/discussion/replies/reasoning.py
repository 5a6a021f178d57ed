"""What a model thought aloud inside its text, by the marks that models put around it."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.discussion.replies.verbatim import code

OPENING: Final = "<think>"


class _ThoughtMarks(NamedTuple):
    """How some models mark a thought, as patterns. `answers` begins what is said, whatever stood before it."""

    whose: str
    begins: str
    ends: str
    answers: str = ""
    ends_inside: str = ""  # ends a thought that it is in, and is something else elsewhere


def _tags(whose: str, names: str) -> _ThoughtMarks:
    return _ThoughtMarks(whose, rf"(?i:<(?:{names})>)", rf"(?i:</(?:{names})>)")


_HERE_IS: Final = r"(?:\*\*)?Here(?: i|['’])s my"
_MESSAGE: Final = r"(?:[^<\n]{0,80}(?:<\|constrain\|>[^<\n]{0,40})?<\|message\|>)?"
# Sources: the reasoning parsers of vLLM (vllm/reasoning/) and of llama.cpp (common/chat.cpp), and the models' own
# chat templates and pages where neither has one.
MARKS: Final = (
    _tags("DeepSeek, Qwen, GLM, Nemotron, SmolLM3 and most others", "think"),
    _tags("prompts in the manner of Anthropic's; Ollama's templates", "thinking|antthinking"),
    _tags("EXAONE Deep, Marco-o1", "thought|thoughts"),
    _tags("Reka Flash, DeepHermes", "reasoning"),
    _tags("models trained like Reflection-70B", "reflection|scratchpad|inner_monologue"),
    _tags("ByteDance Seed-OSS", "seed:think"),
    _tags("LongCat", "longcat_think"),
    _tags("MiniMax M3", "mm:think"),
    # In capitals, which no persona writes by chance.
    _ThoughtMarks("Mistral's Magistral", r"\[THINK\]", r"\[/THINK\]"),
    _ThoughtMarks("Kimi-VL Thinking", "◁think▷", "◁/think▷"),
    _ThoughtMarks(
        "OpenThinker, Sky-T1", r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>", r"<\|begin_of_solution\|>"
    ),
    _ThoughtMarks(
        "Cohere Command A Reasoning", r"<\|START_THINKING\|>", r"<\|END_THINKING\|>", r"<\|START_(?:RESPONSE|TEXT)\|>"
    ),
    _ThoughtMarks("Apertus", r"<\|inner_prefix\|>", r"<\|inner_suffix\|>"),
    _ThoughtMarks("Solar Open", r"<\|think(?::start)?\|>", r"<\|(?:think:end|/think)\|>"),
    _ThoughtMarks("MedGemma", r"<unused94>(?:thought\b)?", "<unused95>"),
    _ThoughtMarks("openPangu", r"\[unused16\]", r"\[unused17\]"),
    _ThoughtMarks("Gemma 4", r"<\|channel>(?:thought|analysis)?\b", r"<channel\|>"),
    _ThoughtMarks(
        "gpt-oss (harmony)",
        rf"(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary){_MESSAGE}",
        r"(?!)",
        rf"(?:<\|start\|>assistant)?<\|channel\|>final{_MESSAGE}",
        r"<\|end\|>",
    ),
    # Where a server leaves out the marks themselves.
    _ThoughtMarks("gpt-oss, flattened", r"\A\s*analysis(?=[A-Z])", r"(?!)", ends_inside=r"assistant(?:final)"),
    _ThoughtMarks(
        "IBM Granite 3",
        rf"\A\s*{_HERE_IS} thought process:(?:\*\*)?",
        r"(?!)",
        ends_inside=rf"{_HERE_IS} response:(?:\*\*)?",
    ),
)


# How a text with any of the marks looks at a glance: most answers have none, and the whole table is slow to look for.
_GLANCE: Final = re.compile(r"[<\[◁]|\A\s*(?:\*\*)?(?:analysis|Here)")


def _any_of(patterns: Iterator[str]) -> str:
    return "|".join(filter(None, patterns))


_MARK: Final = re.compile(
    f"(?P<answers>{_any_of(m.answers for m in MARKS)})|(?P<begins>{_any_of(m.begins for m in MARKS)})"
    f"|(?P<ends>{_any_of(m.ends for m in MARKS)})|(?P<ends_inside>{_any_of(m.ends_inside for m in MARKS)})"
)


def is_unopened(text: str) -> bool:
    """Whether a thought ends in `text` that never began there: it does in what the model's template ends with."""
    first = next((mark.lastgroup for mark in _marks(text) if mark.lastgroup != "ends_inside"), None)
    return first == "ends"


def without_reasoning(text: str) -> str:
    """`text` less every thought: also one that never began (the template began it) or never ended (it was cut off)."""
    said: list[str] = []
    start, inside = 0, False
    for mark in _marks(text):
        if mark.lastgroup == "begins":
            if not inside:
                said.append(text[start : mark.start()])
            inside = True
        elif inside or mark.lastgroup != "ends_inside":
            if not inside or mark.lastgroup == "answers":
                said.clear()
            start, inside = mark.end(), False
    if not inside:
        said.append(text[start:])
    return "".join(said)


def _marks(text: str) -> Iterator[re.Match[str]]:
    """The marks in `text` that are no code. Inside a thought anything may be: no backtick hides its end."""
    found = list(_MARK.finditer(text)) if _GLANCE.search(text) else []
    hidden = code(text) if found else []
    inside = False
    for mark in found:
        if inside or not any(span.start <= mark.start() < span.end for span in hidden):
            inside = mark.lastgroup == "begins"
            yield mark
