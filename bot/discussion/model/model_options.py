"""How a model is asked, as hosts set it for an endpoint and a persona's file for the persona."""

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict

from bot.discussion.text.json_object import as_text, read_json_object

# What a request holds that can be left out.
OMITTABLE: Final = ("max_tokens", "response_format", "stop", "stream_options", "temperature")
# What a request holds that extra_body can't change, and what does so.
_RESERVED: Final[Mapping[str, str]] = {
    "model": "LLM_MODEL, ENDPOINT_<NAME>_MODEL or a persona's “model” names it",
    "messages": "the discussion is in it; …_LAYOUT says in which roles",
    "stream": "…_STREAM says so",
    "stream_options": "…_STREAM asks for them and …_OMIT leaves them out",
    "max_tokens": "LLM_MAX_TOKENS sets it and …_OMIT leaves it out",
    "max_completion_tokens": "LLM_MAX_TOKENS sets it and …_OMIT leaves it out",
    "stop": "it changes from turn to turn; …_OMIT leaves it out",
    "n": "a turn is one answer",
}
_BODY_EXAMPLE: Final = '{"top_p": 0.9}'
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")


def _extra_body(value: Any) -> str | None:
    if value is None:
        return None
    body = read_json_object(value, example=_BODY_EXAMPLE)
    for key, reason in _RESERVED.items():
        if key in body:
            raise ValueError(f"can't hold “{key}”: {reason}. Take it out")
    try:
        return as_text(body)
    except ValueError:
        raise ValueError("holds a number that JSON does not have (NaN or Infinity)") from None


def _names(value: Any) -> tuple[str, ...] | None:
    """Names in a list, or separated by commas in a text; in lower case, each once."""
    if value is None:
        return None
    listed: Any = value.split(",") if isinstance(value, str) else value
    parts = cast(Sequence[Any], listed if isinstance(listed, list | tuple) else (None,))
    if not all(isinstance(part, str) for part in parts):
        raise ValueError("is not a list of names. Separate them by commas")
    return tuple(dict.fromkeys(name for part in parts if (name := str(part).strip().lower())))


def _omitted(value: Any) -> tuple[str, ...] | None:
    names = _names(value)
    for name in names or ():
        if name not in OMITTABLE:
            raise ValueError(f"names “{name}”, which can't be left out. There are: {', '.join(OMITTABLE)}")
    return names


def _fallback(value: Any) -> tuple[str, ...] | None:
    names = _names(value)
    for name in names or ():
        if not _NAME.fullmatch(name):
            raise ValueError(f"names “{name}”, which can't be an endpoint's name. Write fast for ENDPOINT_FAST_…")
    return names


def _yes_or_no(value: Any) -> Any:
    word = value.strip().lower() if isinstance(value, str) else value
    if word is None or isinstance(word, bool):
        return word
    if word in ("true", "false"):
        return word == "true"
    raise ValueError("is neither true nor false. Write one of the two")


ExtraBody: TypeAlias = Annotated[str | None, BeforeValidator(_extra_body)]
Omitted: TypeAlias = Annotated[tuple[str, ...] | None, BeforeValidator(_omitted)]
Streamed: TypeAlias = Annotated[bool | None, BeforeValidator(_yes_or_no)]
Layout: TypeAlias = Literal["user", "system"]
EndpointNames: TypeAlias = Annotated[tuple[str, ...] | None, BeforeValidator(_fallback)]


class ModelOptions(BaseModel):
    """How a model is asked. None: as the next wider place has it; for an endpoint that is the usual way."""

    model_config = ConfigDict(frozen=True)

    extra_body: ExtraBody = None
    """A JSON object, as a text: further parameters of each request, such as top_p."""
    omit: Omitted = None
    """Parameters that are never sent, of OMITTABLE."""
    stream: Streamed = None
    """Whether answers are read piece by piece, as they come."""
    layout: Layout | None = None
    """Whether all is one user message, or what stays the same from turn to turn a system message before it."""
    fallback: EndpointNames = None
    """Endpoints that are asked in turn when the own one is down or refuses, by name."""

    @property
    def of_requests(self) -> tuple[Hashable, ...]:
        """What of this is about each request, for telling two ways of asking apart; all None where nothing is set."""
        return self.extra_body, self.omit, self.stream, self.layout
