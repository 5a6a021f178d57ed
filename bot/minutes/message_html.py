"""What somebody said as HTML: Discord's inline Markdown, lists, quotations and code, and no other markup at all."""

import re
from collections.abc import Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from bot.discussion.text.links import plain_links
from bot.discussion.text.markup import Mark, quotes, spans
from bot.discussion.text.plain_markdown import with_fences_apart

# Of CommonMark what Discord has, too. No HTML, images, headings, rules, tables or entities; links are made below.
_RULES: Final = ("backticks", "emphasis", "escape", "newline", "strikethrough", "blockquote", "fence", "list")
_QUOTED_AGAIN: Final = re.compile(r"^(?:>\s*)+")
_LISTED_AGAIN: Final = re.compile(r"^([^\S\n]*(?:[-*+]|\d+[.)])[^\S\n]+)((?:(?:[-*+]|\d+[.)])[^\S\n]+)+)", re.MULTILINE)
# As deep as lists that are indented step by step get within the length of a message.
_DEEPEST: Final = 200
_WEB: Final = re.compile(r"https?://[^\s\"<>]+", re.IGNORECASE)


class _Renderer(RendererHTML):
    """Shows addresses as links, and what Discord underlines as underlined."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return with_links(tokens[idx].content)

    def strong_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "<u>" if tokens[idx].markup == "__" else "<strong>"

    def strong_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</u>" if tokens[idx].markup == "__" else "</strong>"

    def paragraph_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "" if tokens[idx].hidden else '<p dir="auto">'

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return '<li dir="auto">'

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return Markup("<pre><code>{}</code></pre>\n").format(tokens[idx].content)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": _DEEPEST}, renderer_cls=_Renderer)
    return reader.enable(list(_RULES))


_READER: Final = _reader()


def message_html(text: str) -> Markup:
    """`text` as blocks of HTML. Whatever it holds, it makes no element but those, no attribute of its own but the
    address of a link to the web, and ends where it ends."""
    return Markup(_READER.render(_as_discord_reads(_flat_lists(plain_links(text)))))  # nosec B704 (the renderer escapes)


def with_links(text: str) -> Markup:
    """Plain text with its web addresses as links that tell nobody where they were followed from."""
    if "://" not in text:  # most has none, and reading it costs more than all else here
        return escape(text)
    parts: list[Markup] = []
    at = 0
    for span in spans(text):
        found = text[span.start : span.end].strip("<>")
        if span.mark is Mark.LINK and _WEB.fullmatch(found):
            link = Markup('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>').format(found)
            parts += [escape(text[at : span.start]), link]
            at = span.end
    return Markup("").join([*parts, escape(text[at:])])


def _as_discord_reads(text: str) -> str:
    """Where CommonMark differs: fences within a line, ">>>" for all that follows, quotations that end with their line,
    and no quotation or list within another on one line."""
    parts: list[str] = []
    at = 0
    for span in quotes(text) if ">" in text else ():
        if span.start > at + 1 or not at:  # what stands between two quotations ends the first
            parts += ["\n" if at else "", text[at : span.start]]
        quoted = text[span.start : span.end].strip()
        lines = quoted[3:].split("\n") if quoted.startswith(">>>") else [quoted[1:]]
        parts += [f"> {_QUOTED_AGAIN.sub(_escaped, line.strip())}\n" for line in lines]
        at = span.end
    parts += ["\n" if at else "", text[at:]]
    return with_fences_apart("".join(parts)) if "```" in text else "".join(parts)


def _flat_lists(text: str) -> str:
    """Outside of code, no item of a list begins with another's mark."""
    if not _LISTED_AGAIN.search(text):
        return text
    parts: list[str] = []
    at = 0
    for span in [span for span in spans(text) if span.mark is Mark.FENCE] + [None]:
        prose = text[at : span.start if span else None]
        parts.append(_LISTED_AGAIN.sub(lambda marks: f"{marks[1]}{_escaped(marks, 2)}", prose))
        if span:
            parts.append(text[span.start : span.end])
            at = span.end
    return "".join(parts)


def _escaped(found: re.Match[str], group: int = 0) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", found[group])
