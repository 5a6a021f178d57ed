"""What in a text is no prose: code, addresses, paths, emoji by name, mentions, times and quoted lines, in Discord.

One reader for all who must not take them for words: addressing, the clean-up of replies, the splitter, the prompts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from bot.discussion.text.text_caches import caches_turn_texts


class Mark(Enum):
    """What a span is; the value is the name of its group in the pattern."""

    FENCE = "fence"  # ```code``` over lines; one that is never closed goes on to the end
    CODE = "code"  # `code` in a line
    EMOJI = "emoji"  # <:name:id>, <a:name:id>; :name: where a client, or a model, has but that
    MENTION = "mention"  # <@id>, <@&id>, <#id>, </command:id>, <id:guide>; <@name>, <#name>: see `mention`
    TIME = "time"  # <t:seconds:style>
    EMAIL = "email"
    LINK = "link"  # an address, in angle brackets or not; of a masked link, what stands behind its words
    PATH = "path"  # of a file or folder, or its name; of a forum (r/bread) or package (@baker/bread)
    QUOTE = "quote"  # a line behind "> ", all lines behind ">>> "


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, from `start` up to `end`."""

    mark: Mark
    start: int
    end: int


# Every repetition is possessive (`++`): a text made to be slow to read must cost no more than any other.
_SCHEME: Final = r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}+://"
# What an address may hold: brackets only in pairs, and no punctuation of scripts that put no space behind it.
_IN_ADDRESS: Final = r"[^\s<>()。、，！？；：「」『』（）【】｡]"
_REST: Final = rf"(?:{_IN_ADDRESS}++|\({_IN_ADDRESS}*+\))"
# An address ends before the punctuation that belongs to the sentence around it.
_NOT_ITS_END: Final = ".,:;!?'\"”’»]}*_~|`"
# Written without "https://", an address is known by how its host ends, or by what follows that.
_DOMAIN: Final = r"(?:com|org|net|edu|gov|info|io|dev|app|gg|tv|co\.uk)(?![\w-])"
_HOST: Final = rf"(?:[a-z0-9-]++\.)+?(?:{_DOMAIN}(?:\.[a-z]{{2}}\b)?|[a-z]{{2,24}}(?=/\w))"
# https://en.wikipedia.org/wiki/List_of_file_formats, of those that people show each other.
_FILE_TYPE: Final = (
    r"\.(?i:txt|md|pdf|docx?|xlsx?|pptx?|csv|json|ya?ml|toml|xml|html?|css|jsx?|tsx?|py|ipynb|rs|cpp|java|sql|sh|bat|exe"
    r"|ini|cfg|log|png|jpe?g|gif|webp|svg|mp[34]|wav|ogg|zip)(?![\w-])"
)
_NAME: Final = r"[\w.@+-]"

# Source of the marks but for Markdown's: https://discord.com/developers/docs/reference#message-formatting
_MARK: Final = re.compile(
    r"\\[^\w\s]"  # what stands behind a backslash is no mark
    r"|(?P<fence>(?P<run>`{3,}+)(?:[^`]++|(?!(?P=run))`++)*+(?:(?P=run)`*+|\Z))"
    r"|(?P<code>(?P<ticks>`{1,2}+)(?:[^`\n]++|\n(?![^\S\n]*+(?:\n|```))|(?!(?P=ticks)(?!`))`++)++(?P=ticks)(?!`))"
    r"|(?P<emoji><a?:(?P<emoji_name>\w{1,64}):\d{1,25}>|(?<![\w:])(?::(?=[+-]?\w)(?!\d++:)[\w+-]{2,32}+:)++(?![\w:]))"
    r"|(?P<time><t:(?P<seconds>-?\d{1,13})(?::(?P<style>[tTdDfFsSR]))?>)"
    r"|(?P<mention><(?:(?P<sigil>@[!&]?|\#)(?P<named>[^\s<>@&!][^<>\n]{0,99})"
    r"|/(?P<command>[\w '-]{1,100}):\d+|id:(?P<part>[\w-]+))>)"
    r"|(?P<email>(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++)"
    rf"|(?P<link><{_SCHEME}[^\s<>]++>|{_SCHEME}{_REST}++|(?<![\w.@/-])www\.{_REST}++"
    rf"|(?<![\w.@/-]){_HOST}(?:[/?#]{_REST}*+)?|(?<=\]\()<?\w{_IN_ADDRESS}*+>?(?=\)))"
    rf"|(?P<path>\b[a-zA-Z]:\\[^\s<>|\"*?]++|(?<![\w/.~])(?:(?:~|\.{{1,2}})/|/{_NAME}++/){_NAME}++(?:/{_NAME}*+)*+"
    rf"|(?<![\w@/])@{_NAME}++/{_NAME}++|(?<![\w/])/?[ur]/[\w-]++|(?<![\w.@/-])[\w-]++(?:\.[\w-]++)*?{_FILE_TYPE})",
    re.DOTALL,
)
# Lines that are quoted one by one, or all that follow.
_QUOTES: Final = re.compile(r"^(?:[^\S\n]*+>(?:[^\S\n][^\n]*+)?(?:\n|\Z))++|^[^\S\n]*+>>>[^\S\n](?s:.*)", re.MULTILINE)
_NAMES_NOBODY: Final = re.compile(r"\d+")
_SOMEBODY: Final = {"@": "@someone", "@!": "@someone", "@&": "@some-role", "#": "#some-channel"}

# Without one of these a text is all prose: most are, and one look for them takes a hundredth of the time.
_MAY_BE_MARKED: Final = re.compile(rf"[`<>@/\\]|www\.|\]\(|\.{_DOMAIN}|{_FILE_TYPE}|:[\w+-]+:")


def spans(text: str) -> list[Span]:
    """Every span of `text` but the quotes, in order; none lies in another."""
    return [_span(match) for match in _read(text)[0]]


def quotes(text: str) -> list[Span]:
    """The quoted lines of `text` that do not begin inside a code fence, in order. They may hold other spans.

    Lines behind ">>>" are one span; lines that follow each other, each behind its own ">", are one each.
    """
    found: list[Span] = []
    for block in _read(text)[1]:
        if block.group().lstrip().startswith(">>>"):
            found.append(Span(Mark.QUOTE, *block.span()))
            continue
        at = block.start()
        for line in block.group().split("\n"):
            if line:
                found.append(Span(Mark.QUOTE, at, at + len(line)))
            at += len(line) + 1
    return found


def prose(text: str) -> str:
    """`text` with every span and every quoted line blanked: as long as before, each line break in its place."""
    if not _MAY_BE_MARKED.search(text):
        return text
    parts = list(text)
    for span in [*quotes(text), *spans(text)]:
        parts[span.start : span.end] = [c if c == "\n" else " " for c in parts[span.start : span.end]]
    return "".join(parts)


def in_words(text: str, *, named: Callable[[str], str] = str) -> str:
    """`text` as it is read out, outside of code: a custom emoji by its name (`:bread:`), a time as a date in UTC, a
    mention as `@name` or `#name`.

    `named` tells what a member (or role) of a name is to be called.
    """
    if "<" not in text:
        return text
    parts: list[str] = []
    at = 0
    for match in _read(text)[0]:
        read = _read_out(match, named)
        if read is not None:
            parts += [text[at : match.start()], read]
            at = match.end()
    return "".join([*parts, text[at:]])


def mention(sigil: str, name: str) -> str:
    """A mention of somebody (`sigil` "@") or of a channel ("#") by name, in a form that stays a mention: `<@Ben>`.

    As plain "@Ben" it would call a persona of that name. `in_words` makes that of it where nobody is called any more.
    """
    plain = " ".join(name.replace("<", " ").replace(">", " ").split()).lstrip("@&! ")[:100].rstrip()
    return f"<{sigil}{plain or 'someone'}>"


@caches_turn_texts(maxsize=64)
def _read(text: str) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """The marks in `text` and its quotes. What begins first holds the other: a quote ends what was opened in it, and
    no line inside a fence is a quote."""
    marks: list[re.Match[str]] = []
    quoted: list[re.Match[str]] = []
    at = 0
    while at < len(text):
        quote = _QUOTES.search(text, at)
        end = quote.start() if quote else len(text)
        for match in _MARK.finditer(text, at, end):
            # A fence that is not closed before the quote may be closed behind it, and then there is none.
            whole = _MARK.match(text, match.start()) if match["fence"] and match.end() == end else match
            assert whole is not None
            at = whole.end()
            if _is_span(whole):
                marks.append(whole)
        if quote and at <= end:
            marks += filter(_is_span, _MARK.finditer(text, *quote.span()))
            quoted.append(quote)
            at = quote.end()
        elif not quote:
            break
    return marks, quoted


def _is_span(match: re.Match[str]) -> bool:
    span_ends_behind_scheme = match["link"] is None or "//" not in match["link"] or _span(match).end > match.start() + 3
    return match.lastgroup is not None and span_ends_behind_scheme


def _span(match: re.Match[str]) -> Span:
    assert match.lastgroup is not None
    mark, end = Mark(match.lastgroup), match.end()
    if mark in (Mark.LINK, Mark.PATH) and not match.group().startswith("<"):
        end = match.start() + len(match.group().rstrip(_NOT_ITS_END))
    return Span(mark, match.start(), end)


def _read_out(match: re.Match[str], named: Callable[[str], str]) -> str | None:
    """What a mark is in words, None for one that stays as it is."""
    if match["emoji_name"]:
        return f":{match['emoji_name']}:"
    if match["time"]:
        return _date(int(match["seconds"]), match["style"])
    if match["command"]:
        return f"/{match['command']}"
    if match["part"]:
        return f"#{match['part']}"
    if match["named"]:
        if _NAMES_NOBODY.fullmatch(match["named"]):
            return _SOMEBODY[match["sigil"]]
        return f"#{match['named']}" if match["sigil"] == "#" else f"@{named(match['named'])}"
    return None


def _date(seconds: int, style: str | None) -> str:
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return "(some time)"
    if style in ("t", "T"):
        return f"{moment:%H:%M} UTC"
    if style in ("d", "D"):
        return f"{moment.day} {moment:%B %Y}"
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
