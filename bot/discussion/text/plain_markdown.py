"""Somebody's words as Markdown that can't leave its own entry: paragraphs and code, each with its speaker first.

CommonMark and GitHub's extensions: a line becomes a heading, rule, list, quote, table, definition or HTML block by what
it begins with, so a backslash before that makes it prose. What stands in a persona's fence stays byte for byte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.discussion.text.folding import one_line
from bot.discussion.text.links import plain_links
from bot.discussion.text.markup import Mark, spans

# https://spec.commonmark.org/0.31.2/#fenced-code-blocks
_FENCE: Final = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})(?P<info>.*)")
_WITHIN_A_LINE: Final = re.compile(r"```(?:(?P<info>[\w+#.-]*)\n)(?P<code>[^`](?:.*[^`])?)```", re.DOTALL)
# What precedes the first letter or digit of a line: marks that begin a block or bold type, wherever among other signs.
_LEAD: Final = re.compile(r"(?:[^\w]|_)*")
_STRUCTURAL: Final = re.compile(r"[#>*+_=|:<`~\[$-]")
_NUMBERED: Final = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
# A tag, comment or autolink; with an odd number of backslashes before it it is none already.
_TAG: Final = re.compile(r"(?P<slashes>\\*)<(?=[A-Za-z/!?])")
_LONG_TICKS: Final = re.compile(r"`{3,}")
_IN_NAME: Final = re.compile(r"[\\`*_\[\]<>&~|#!^$]")
# A closing run of # belongs to a heading's marks.
_CLOSING_HASHES: Final = re.compile(r"(?<=\s)#+$|^#+$")
# Renderers break a line at two spaces; they disturb nobody who reads the text as it is.
_BREAK: Final = "  \n"


@dataclass(frozen=True, slots=True)
class _Block:
    lines: list[str]
    is_code: bool


def entry(name: str, text: str, *, guest: bool = False, signs: tuple[str, ...] = ()) -> str:
    """What `name` said, as paragraphs that begin with the name in bold, and fences between them. What a further line
    has in bold behind one of `signs` is its label, and nobody's name.

    A fence that was left open is closed. A guest's code and further lines are quoted: "Ravi: …" on a line of its own
    would look like another's entry.
    """

    def tag(*notes: str) -> str:
        notes = ("guest", *notes) if guest else notes
        return f"**{plain_name(name)}**" + (f" ({', '.join(notes)})" if notes else "")

    parts: list[str] = []
    for block in _blocks("\n".join(text.splitlines()) if guest else text):
        if block.is_code:
            code = "\n".join(block.lines)
            parts += [*([] if parts else [f"{tag()}:"]), quotation(code) if guest else code]
        else:
            first, *further = [_prose(line) for line in block.lines]
            said = f"{tag('continued') if parts else tag()}: {first}"
            rest = _BREAK.join(line if signs and line.startswith(signs) else _plain_start(line) for line in further)
            if rest:
                said += f"\n{quotation(rest)}" if guest else f"{_BREAK}{rest}"
            parts.append(said)
    return "\n\n".join(parts)


def heading(level: int, text: str) -> str:
    """`text` on one line as a heading."""
    line = _prose(one_line(text))
    closing = _CLOSING_HASHES.search(line)
    return f"{'#' * level} " + (f"{line[: closing.start()]}\\{closing[0]}" if closing else line)


def quotation(text: str) -> str:
    """`text`, which may be Markdown, as a quotation: whatever it leaves open ends with it."""
    return "\n".join(f"> {line}" if line else ">" for line in text.splitlines())


def plain_name(name: str) -> str:
    """`name` on one line, with every mark of Markdown taken literally."""
    return _IN_NAME.sub(r"\\\g<0>", one_line(name))


def _blocks(text: str) -> Iterator[_Block]:
    """Runs of prose (no empty lines in them) and whole fences, as they come."""
    prose: list[str] = []
    code: list[str] = []
    marks = ""
    # A fence keeps its lines: only what Markdown takes for a line's end may part them.
    for line in re.split(r"\r\n|\r|\n", with_fences_apart(text)):
        found = _FENCE.fullmatch(line)
        if marks:
            code.append(line)
            if found and not found["info"].strip(" \t") and found["marks"].startswith(marks):
                yield _Block(code, True)
                code, marks = [], ""
        elif found and not (found["marks"][0] == "`" and "`" in found["info"]):
            if prose:
                yield _Block(prose, False)
                prose = []
            code, marks = [line], found["marks"]
        else:
            prose += [part for part in line.splitlines() if part.strip()]
    if code:
        yield _Block([*code, marks], True)
    if prose:
        yield _Block(prose, False)


def with_fences_apart(text: str) -> str:
    """Discord lets a fence begin and end within a line, Markdown does not; what is fine for both stays as it is."""
    parts: list[str] = []
    at = 0
    for span in spans(text):
        found = _WITHIN_A_LINE.fullmatch(text, span.start, span.end) if span.mark is Mark.FENCE else None
        line = text.rfind("\n", 0, span.start) + 1
        if found is None or "`" in text[span.end : span.end + 1]:
            continue
        before = text[line : span.start]
        if before.strip() or found["code"].rpartition("\n")[2].strip():
            code = found["code"].removesuffix("\n")
            parts += [text[at : span.start], "\n" * bool(before.strip()), f"```{found['info']}\n{code}\n```\n"]
            at = span.end
    return "".join([*parts, text[at:]])


def _prose(line: str) -> str:
    """A line without hidden addresses, tags, and what some readers take for a fence inside a line."""
    line = _TAG.sub(lambda m: m[0] if len(m["slashes"]) % 2 else f"{m['slashes']}\\<", plain_links(one_line(line)))
    return _LONG_TICKS.sub(lambda ticks: r"\`" * len(ticks[0]), line)


def _plain_start(line: str) -> str:
    """A line of prose that begins no block, and no bold type that would pass for a speaker's name."""
    if numbered := _NUMBERED.match(line):
        return f"{numbered[1]}\\{line[numbered.end(1) :]}"
    lead = _LEAD.match(line)
    end = lead.end() if lead else 0
    return _escaped(line[:end]) + line[end:]


def _escaped(lead: str) -> str:
    return re.sub(r"\\.|(.)", lambda m: m[0] if m[1] is None or not _STRUCTURAL.match(m[1]) else f"\\{m[1]}", lead)
