"""Reads what a server says of an error, whatever the shape in which it says it: nothing is lost, nothing is judged.

Bodies seen: OpenAI's `{"error": {…}}`, `{"error": "…"}`, FastAPI's `{"detail": "…"}` and `{"detail": [{"loc": …}]}`, a
list around any of them, plain text, a web page; and one body inside another, as JSON or as Python in a string.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.llm import waits
from bot.llm.json_reading import as_count, at

# Keys under which something is said for people, for programs, and about a part of the request.
_WORDS: Final = frozenset(
    {"message", "error", "errors", "detail", "details", "msg", "raw", "description", "error_description", "title"}
    | {"error_message", "errormessage", "status_msg", "reasons", "failed_generation", "remedy_hint", "text"}
)
_CODES: Final = frozenset(
    {"code", "type", "status", "error_code", "error_type", "errortype", "reason", "__type", "blockreason"}
    | {"block_reason", "provider_code", "domain"}
)
_PARAMETERS: Final = frozenset({"param", "params", "parameter", "loc", "field", "unsupported_parameter"})
# What stands in front of a parameter's name in FastAPI's `loc`.
_WHERE: Final = frozenset({"body", "query", "__root__"})
# What says no more than the status does.
_GENERIC: Final = re.compile(
    r"(?:provider returned error|bad request|error|invalid[ _]request(?:[ _]error)?|unknown error|upstream error"
    r"|internal (?:server )?error|an error occurred|validation error|not found|forbidden|unauthori[sz]ed"
    r"|unprocessable (?:entity|content)|too many requests)[.!]?",
    re.I,
)
_PAGE: Final = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.I)
# One body inside another seldom goes deeper, and none that is longer says more.
_DEPTH: Final = 12
_PARTS: Final = 400
_TEXT_LIMIT: Final = 20_000
# How far inside a text the body that it quotes may begin.
_QUOTED: Final = re.compile(r"[\[{]")


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """What a server says of an error. `words` are what it says for people, the telling first; `codes`, in lower case,
    what it says for programs; `parameters` the parts of the request it is about; `numbers` whole ones by their key.

    `wait` is in seconds, None if not told. `is_inside`: it came in an answer with status 200, or was passed on by
    whoever stands in front of the server; `is_structured`: it was JSON that says something.
    """

    status: int
    words: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    parameters: tuple[str, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])
    wait: float | None = None
    is_inside: bool = False
    is_structured: bool = True

    @property
    def text(self) -> str:
        """All its words, for patterns to be looked for."""
        return "\n".join(self.words)

    @property
    def said(self) -> str:
        """The words that tell most, on one line; empty if there are none."""
        return " ".join(self.words[0].split()) if self.words else ""


def read_error(status: int, body: Any, headers: Mapping[str, str] | None = None) -> ErrorReport:
    """The report in an error's body: JSON (decoded), or its text where it is none."""
    fields = list(_fields(body))[:_PARTS]
    words: dict[str, None] = {}
    codes: set[str] = set()
    parameters: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for name, value in fields:
        key = name.lower()
        if (count := as_count(value)) is not None:
            numbers.setdefault(key, count)
        if key in _CODES and isinstance(value, str | int) and not isinstance(value, bool):
            codes.add(str(value).lower())
        elif key in _PARAMETERS and isinstance(value, str):
            parameters[value] = None
        elif key in _WORDS and isinstance(value, str) and value.strip() and not _PAGE.match(value):
            words[value.strip()] = None
    telling = [text for text in words if not _GENERIC.fullmatch(text)]
    told = waits.told_in_headers(headers or {})
    return ErrorReport(
        status=status,
        words=(*telling, *(text for text in words if _GENERIC.fullmatch(text))),
        codes=frozenset(codes),
        parameters=tuple(parameters),
        numbers=numbers,
        wait=waits.told_in_body(fields, "\n".join(telling)) if told is None else told,
        is_inside=bool(at(body, "error", "metadata", "raw")),
        is_structured=not isinstance(body, str) and bool(words or codes),
    )


def error_inside(answer: Any) -> Any:
    """The error in an answer that came with status 200; None if it holds none.

    One in a choice counts as well: what was said before it broke off is no turn.
    """
    answer = answer[0] if isinstance(answer, list) and answer else answer
    if not isinstance(answer, dict):
        return None
    if error := at(answer, "choices", "error"):
        return {"error": error}
    # Gemini, where it refuses a prompt: there is nothing to choose from, and why.
    for reason in (at(answer, "promptFeedback", "blockReason"), at(answer, "prompt_feedback", "block_reason")):
        if reason and not at(answer, "choices", "message", "content"):
            return {"error": {"code": "content_filter", "status": 400, "message": f"the prompt is blocked: {reason}"}}
    if isinstance(answer.get("choices"), list):
        return None
    is_error = answer.get("error") or answer.get("object") == "error"
    return answer if is_error or (not _LISTS & answer.keys() and _SAID & answer.keys()) else None


# What stands in an answer that is a list of models; what stands in one that says something.
_LISTS: Final = frozenset({"data", "models", "object"})
_SAID: Final = frozenset({"detail", "message", "msg", "base_resp"})


def status_inside(error: Any) -> int:
    """The HTTP status that an error with status 200 stands for; 502 where it does not tell."""
    report = read_error(502, error)
    numbers = [int(code) for code in report.codes if code.isdecimal() and len(code) == 3]
    if inner := next((number for number in numbers if 400 <= number < 600), None):
        return inner
    text = " ".join([*report.codes, report.text])
    return next((status for status, pattern in _STATUS_OF if pattern.search(text)), 502)


# Servers that answer with 200 whatever comes, by what they then say.
_STATUS_OF: Final = (
    (404, re.compile(r"unexpected endpoint|not[ _]found", re.I)),  # LM Studio, whatever the path
    (429, re.compile(r"rate[ _-]?limit|too many requests|quota|resource_exhausted", re.I)),
    (401, re.compile(r"unauthori[sz]ed|authentication|invalid[ _](?:api[ _])?key", re.I)),
    (400, re.compile(r"context[ _](?:length|window|size)|invalid[ _](?:request|argument)|bad[ _]request", re.I)),
)


def _fields(data: Any, name: str = "message", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every leaf of a body with the key it stands under; a body that stands in a text is read as well."""
    if depth > _DEPTH:
        return
    if isinstance(data, dict):
        loc = _name_in(data.get("loc"))
        for key, value in data.items():
            if key == "loc" and loc:
                yield "loc", loc
            elif loc and key == "msg" and isinstance(value, str):
                yield "msg", f"{loc}: {value}"
            elif key != "input":  # FastAPI and others quote what they were sent
                yield from _fields(value, str(key), depth + 1)
    elif isinstance(data, list):
        for item in data:
            yield from _fields(item, name, depth + 1)
    elif isinstance(data, str):
        text = data[:_TEXT_LIMIT]
        before, inner = _body_in(text)
        if inner is None or before.strip():
            yield name, text
        if inner is not None:
            yield from _fields(inner, name, depth + 1)
    else:
        yield name, data


def _name_in(loc: Any) -> str:
    parts = [part for part in loc if isinstance(part, str)] if isinstance(loc, list | tuple) else []
    return ".".join(part for part in parts if part not in _WHERE)


def _body_in(text: str) -> tuple[str, Any]:
    """What stands before a body (an object, or a list of them) that a text quotes up to its end, and that body."""
    for match in _QUOTED.finditer(text):
        quoted = text[match.start() :].strip().rstrip(".")
        if quoted[-1:] not in ("}", "]"):
            return text, None
        for read in (json.loads, ast.literal_eval):
            try:
                inner = read(quoted)
            except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
                continue
            first = inner[0] if isinstance(inner, list) and inner else inner
            if isinstance(first, dict):
                return text[: match.start()], inner
            break
    return text, None
