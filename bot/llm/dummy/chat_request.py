"""What a chat completion request must look like: every check of OpenAI's API reference that the dummy makes.

A request that fails one is answered with HTTP 400 and a sentence; what passes is a ChatRequest.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

MODEL: Final = "roundtable-dummy"
ROLES: Final = frozenset({"system", "developer", "user", "assistant", "tool", "function"})

# About four characters a token, as with real vocabularies: a piece of a word with the blank before it, or one sign.
_TOKEN: Final = re.compile(r"\s?\w{1,6}|\s?[^\w\s]|\s")


class BadRequest(Exception):
    """What is wrong with a request: a sentence, the parameter it is about, OpenAI's code for it, the HTTP status."""

    def __init__(
        self,
        message: str,
        param: str | None = None,
        code: str | None = None,
        *,
        status: int = web.HTTPBadRequest.status_code,
    ) -> None:
        super().__init__(message)
        self.message, self.param, self.code, self.status = message, param, code, status


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message; `content` in parts is joined."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request for a completion that has passed every check."""

    messages: tuple[Message, ...]
    max_tokens: int | None
    stop: tuple[str, ...]
    seed: int | None
    stream: bool
    include_usage: bool

    @property
    def prompt(self) -> str:
        """What a chat template would make of the messages."""
        return "".join(f"<{m.role}>\n{m.content}\n" for m in self.messages)


def tokens(text: str) -> list[str]:
    """Cut a text into the dummy's tokens; joined they are the text again."""
    return _TOKEN.findall(text)


def parse_request(body: object) -> ChatRequest:
    """Check a request's body. Raises BadRequest, naming the parameter, for anything that OpenAI's API would refuse."""
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    model = body.get("model")
    if not isinstance(model, str) or not model.strip():
        raise BadRequest("You must provide a model parameter: the name of a model, as a string.", "model")
    check_model(model)
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadRequest("'messages' must be a list of at least one message.", "messages")
    if _whole_number(body, "n", at_least=1) not in (None, 1):
        raise BadRequest("'n' must be 1: this model gives one choice at a time.", "n")
    _number(body, "temperature", 0, 2)
    _number(body, "top_p", 0, 1)
    limits = [_whole_number(body, name, at_least=1) for name in ("max_completion_tokens", "max_tokens")]
    stream = _flag(body, "stream")
    options = body.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise BadRequest("'stream_options' must be an object.", "stream_options")
    if options is not None and not stream:
        raise BadRequest("'stream_options' is only allowed when 'stream' is true.", "stream_options")
    return ChatRequest(
        messages=tuple(_message(message, f"messages[{i}]") for i, message in enumerate(messages)),
        max_tokens=next((limit for limit in limits if limit is not None), None),
        stop=_stop(body.get("stop")),
        seed=_whole_number(body, "seed"),
        stream=stream,
        include_usage=_flag(options or {}, "include_usage", "stream_options."),
    )


def check_roles(messages: Sequence[Message]) -> None:
    """Raises BadRequest, in its words, where the chat template of Mistral-7B-Instruct-v0.2 fails: it takes user and
    assistant in turns, the user first, and no system message. The strictest that is common."""
    for i, message in enumerate(messages):
        if (message.role == "user") != (i % 2 == 0):
            raise BadRequest("Conversation roles must alternate user/assistant/user/assistant/...", "messages")
        if message.role not in ("user", "assistant"):
            raise BadRequest("Only user and assistant roles are supported!", "messages")


def _message(message: object, where: str) -> Message:
    if not isinstance(message, dict):
        raise BadRequest(f"'{where}' must be an object with a role and content.", where)
    role, content = message.get("role"), message.get("content")
    if not isinstance(role, str) or role not in ROLES:
        raise BadRequest(f"'{where}.role' must be one of {', '.join(sorted(ROLES))}.", f"{where}.role")
    if isinstance(content, list) and content:
        for i, part in enumerate(content):
            if not (isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)):
                at = f"{where}.content[{i}]"
                raise BadRequest(f"'{at}' must be a part of type 'text' with a text.", at)
        content = "".join(part["text"] for part in content)
    if not isinstance(content, str):
        raise BadRequest(f"'{where}.content' must be a string or a list of text parts.", f"{where}.content")
    return Message(role, content)


def _stop(stop: object) -> tuple[str, ...]:
    if stop is None:
        return ()
    given = stop if isinstance(stop, list) else [stop]
    stops = tuple(s for s in given if isinstance(s, str) and s)
    if len(stops) != len(given):
        raise BadRequest("'stop' must be a string or a list of strings, none of them empty.", "stop")
    return stops


def _whole_number(body: dict[str, Any], name: str, *, at_least: int | None = None) -> int | None:
    value = body.get(name)
    if value is None or (type(value) is int and (at_least is None or value >= at_least)):
        return value
    raise BadRequest(f"'{name}' must be a whole number{'' if at_least is None else f' of at least {at_least}'}.", name)


def _number(body: dict[str, Any], name: str, low: float, high: float) -> None:
    value = body.get(name)
    if value is not None and not (type(value) in (int, float) and low <= value <= high):
        raise BadRequest(f"'{name}' must be a number from {low} to {high}.", name)


def _flag(body: dict[str, Any], name: str, within: str = "") -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadRequest(f"'{within}{name}' must be true or false.", within + name)
    return bool(value)


def check_model(name: str) -> None:
    """Raises BadRequest (404) for a model that is not the dummy's own."""
    if name != MODEL:
        message = f"The model '{name[:100]}' does not exist; this server has '{MODEL}'."
        raise BadRequest(message, "model", "model_not_found", status=404)
